/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* cjson.main.c - parse each file, walk it, change it, print it in both styles. */
#include "cJSON.h"

#include <stdio.h>
#include <stdlib.h>

static char *read_file(const char *name) {
    FILE *file = fopen(name, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        return NULL;
    long size = ftell(file);
    rewind(file);
    char *text = malloc((size_t)size + 1);
    if (text != NULL)
        text[fread(text, 1, (size_t)size, file)] = '\0';
    fclose(file);
    return text;
}

static double sum_numbers(const cJSON *item) {
    double sum = cJSON_IsNumber(item) ? item->valuedouble : 0;
    for (const cJSON *child = item->child; child != NULL; child = child->next)
        sum += sum_numbers(child);
    return sum;
}

static void print_item(const cJSON *item, int formatted) {
    char *text = formatted ? cJSON_Print(item) : cJSON_PrintUnformatted(item);
    puts(text != NULL ? text : "(null)");
    cJSON_free(text);
}

static void edit(cJSON *document) {
    cJSON *item;
    cJSON_ArrayForEach(item, document) {
        if (!cJSON_IsObject(item))
            continue;
        cJSON_AddNumberToObject(item, "added", cJSON_GetArraySize(item));
        cJSON_DeleteItemFromObject(item, "tags");
    }
}

static void process(const char *text) {
    cJSON *document = cJSON_Parse(text);
    if (document == NULL) {
        const char *at = cJSON_GetErrorPtr();
        printf("error at %ld\n", at != NULL ? (long)(at - text) : -1);
        return;
    }
    cJSON *copy = cJSON_Duplicate(document, 1);
    printf("sum %.6f equal %d\n", sum_numbers(document), cJSON_Compare(document, copy, 1));
    edit(copy);
    print_item(copy, 0);
    print_item(document, 1);
    cJSON_Delete(copy);
    cJSON_Delete(document);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        char *text = read_file(argv[i]);
        if (text == NULL) {
            puts("cannot read");
            continue;
        }
        process(text);
        free(text);
    }
    return 0;
}
