/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* multiply.c - makes the summaries and objects of a large program of those of a few of its files.
 *
 * usage: esc-multiply FIRST COUNT FILES TEMPLATES TO [OBJECTS]
 *
 * A file of the simulated program defines the functions gNNNNN_00 to gNNNNN_99, where NNNNN is its
 * number. COUNT files from number FIRST on were compiled: their summaries are in TEMPLATES. Every
 * other file is one of them with all numbers moved by a multiple of COUNT, modulo FILES, and with
 * the hashes that belong to the moved texts: to a reader it is as if it had been compiled. Writes
 * the summaries of the others into TO; or, of the objects fNNNNN.o in OBJECTS, those of all FILES.
 */
#include "escapement/analysis.h"

#include <ctype.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DIGITS = 5, FUNCTIONS = 100, PATH_BYTES = 4096 };

typedef struct Bytes {
    char *data; /* a '\0' behind it */
    size_t length;
} Bytes;

static unsigned first, count, files;
static Bytes *texts; /* of the templates' functions, by file and function */
static char (*hashes)[ESC_HASH_BYTES];

static void fail(const char *what) {
    fprintf(stderr, "esc-multiply: %s: %s\n", what, strerror(errno));
    exit(2);
}

static Bytes read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    struct stat status;
    if (!file || fstat(fileno(file), &status) != 0)
        fail(path);
    Bytes all = {malloc((size_t)status.st_size + 1), (size_t)status.st_size};
    if (!all.data || fread(all.data, 1, all.length, file) != all.length)
        fail(path);
    all.data[all.length] = '\0';
    fclose(file);
    return all;
}

static void write_file(const char *path, const Bytes *all) {
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(all->data, 1, all->length, file) != all->length || fclose(file) != 0)
        fail(path);
}

static void make_directory(const char *path) {
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        fail(path);
}

/* gNNNNN_ or fNNNNN. at `at`. */
static bool is_numbered(const char *at, const char *end) {
    if (end - at < DIGITS + 2 || (*at != 'g' && *at != 'f'))
        return false;
    for (int i = 1; i <= DIGITS; i++)
        if (!isdigit((unsigned char)at[i]))
            return false;
    return at[DIGITS + 1] == (*at == 'g' ? '_' : '.');
}

static unsigned number_at(const char *digits, int n) {
    unsigned value = 0;
    while (n-- > 0)
        value = value * 10 + (unsigned)(*digits++ - '0');
    return value;
}

/* A copy in which each number is `shift` larger. */
static Bytes moved(const Bytes *from, unsigned shift) {
    Bytes to = {malloc(from->length + 1), from->length};
    if (!to.data)
        fail("memory");
    memcpy(to.data, from->data, from->length + 1);
    for (char *at = to.data, *end = at + to.length; at < end; at++)
        if (is_numbered(at, end)) {
            char digits[16];
            snprintf(digits, sizeof digits, "%05u", (number_at(at + 1, DIGITS) + shift) % files);
            memcpy(at + 1, digits, DIGITS);
            at += DIGITS;
        }
    return to;
}

/* Writes the right hash into a summary, and into `hash`. */
static void hash_again(Bytes *text, char hash[ESC_HASH_BYTES]) {
    char *line = strstr(text->data, "\nhash "), *hashed = line ? strchr(line + 1, '\n') : NULL;
    if (!hashed || hashed - line - 6 != ESC_HASH_BYTES - 1) {
        errno = EINVAL;
        fail("a summary without a hash");
    }
    esc_hash(hashed + 1, text->length - (size_t)(hashed + 1 - text->data), hash);
    memcpy(line + 6, hash, ESC_HASH_BYTES - 1);
}

/* ---- reading the templates ------------------------------------------------------------------- */

static int read_template(const char *path, const struct stat *status, int type, struct FTW *where) {
    (void)status;
    size_t length = strlen(path);
    if (type != FTW_F || length < 8 || strcmp(path + length - 7, ".escsum") != 0)
        return 0;
    const char *name = path + where->base - 1; /* the slash before the last part */
    while (name > path && name[-1] != '/')
        name--;
    unsigned number = is_numbered(name, path + length) ? number_at(name + 1, DIGITS) : 0;
    if (number >= first && number < first + count)
        texts[(number - first) * FUNCTIONS + number_at(name + DIGITS + 2, 2)] = read_file(path);
    return 0;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* DIR/ab/gNNNNN_II/OBJECT.escsum, as plugin/common/Summaries.h has it. */
static void write_summary(const char *directory, unsigned number, unsigned function,
                          const Bytes *text) {
    char path[PATH_BYTES], symbol[32], object[32], shelf[ESC_HASH_BYTES], id[ESC_HASH_BYTES];
    snprintf(symbol, sizeof symbol, "g%05u_%02u", number, function);
    snprintf(object, sizeof object, "f%05u.o", number);
    esc_hash(symbol, strlen(symbol), shelf);
    esc_hash(object, strlen(object), id);
    snprintf(path, sizeof path, "%s/%.2s", directory, shelf);
    make_directory(path);
    snprintf(path, sizeof path, "%s/%.2s/%s", directory, shelf, symbol);
    make_directory(path);
    snprintf(path, sizeof path, "%s/%.2s/%s/%s.escsum", directory, shelf, symbol, id);
    write_file(path, text);
}

/* The hashes of all functions; with `directory`, also the summaries of those that are not
 * templates. */
static void multiply_summaries(const char *directory) {
    for (unsigned shift = 0; shift < files; shift += count)
        for (unsigned i = 0; i < count * FUNCTIONS; i++) {
            if (!texts[i].data)
                continue;
            unsigned number = (first + i / FUNCTIONS + shift) % files;
            Bytes text = moved(&texts[i], shift);
            hash_again(&text, hashes[number * FUNCTIONS + i % FUNCTIONS]);
            if (directory && shift)
                write_summary(directory, number, i % FUNCTIONS, &text);
            free(text.data);
        }
}

/* In lines "gNNNNN_II HASH" of an object's sections. */
static void correct_hashes(Bytes *object) {
    for (char *at = object->data, *end = at + object->length; at < end; at++) {
        char *hash = at + DIGITS + 5, *stop = hash + ESC_HASH_BYTES - 1;
        if (!is_numbered(at, end) || *at != 'g' || stop >= end || hash[-1] != ' ' || *stop != '\n')
            continue;
        unsigned which = number_at(at + 1, DIGITS) * FUNCTIONS + number_at(at + DIGITS + 2, 2);
        memcpy(hash, hashes[which], ESC_HASH_BYTES - 1);
        at = stop;
    }
}

static void multiply_objects(const char *from, const char *to) {
    for (unsigned i = 0; i < count; i++) {
        char path[PATH_BYTES];
        snprintf(path, sizeof path, "%s/f%05u.o", from, first + i);
        Bytes template = read_file(path);
        for (unsigned shift = 0; shift < files; shift += count) {
            Bytes object = moved(&template, shift);
            correct_hashes(&object);
            snprintf(path, sizeof path, "%s/f%05u.o", to, (first + i + shift) % files);
            write_file(path, &object);
            free(object.data);
        }
        free(template.data);
    }
}

static void parse_arguments(int argc, char **argv) {
    if (argc != 6 && argc != 7) {
        fputs("usage: esc-multiply FIRST COUNT FILES TEMPLATES TO [OBJECTS]\n", stderr);
        exit(2);
    }
    first = (unsigned)strtoul(argv[1], NULL, 10);
    count = (unsigned)strtoul(argv[2], NULL, 10);
    files = (unsigned)strtoul(argv[3], NULL, 10);
    if (count == 0 || files % count != 0 || first + count > files || files > 99999) {
        fputs("esc-multiply: FILES is a multiple of COUNT, and below 100000\n", stderr);
        exit(2);
    }
}

int main(int argc, char **argv) {
    parse_arguments(argc, argv);
    texts = calloc((size_t)count * FUNCTIONS, sizeof *texts);
    hashes = calloc((size_t)files * FUNCTIONS, sizeof *hashes);
    if (!texts || !hashes)
        fail("memory");
    if (nftw(argv[4], read_template, 16, FTW_PHYS) != 0)
        fail(argv[4]);
    multiply_summaries(argc == 6 ? argv[5] : NULL);
    if (argc == 7)
        multiply_objects(argv[6], argv[5]);
    return 0;
}
