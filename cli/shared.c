/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* shared.c - see command.h: memory that is there, texts, files, arguments, the one line of trouble.
 *
 * NOT HERE  What is printed on a terminal (terminal.c), tables (table.c).
 */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void trouble(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fflush(stdout);
    fputs("escapement: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(EXIT_TROUBLE);
}

void *reallocate(void *block, size_t bytes) {
    void *grown = realloc(block, bytes ? bytes : 1);
    if (!grown)
        trouble("out of memory");
    return grown;
}

void *allocate(size_t bytes) {
    return memset(reallocate(NULL, bytes), 0, bytes);
}

char *copy_text(const char *text) {
    size_t bytes = strlen(text) + 1;
    return memcpy(allocate(bytes), text, bytes);
}

char *format_text(const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = allocate(length < 0 ? 1 : (size_t)length + 1);
    if (length >= 0)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

char *quote_for_shell(const char *text) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+=:,./%@^";
    if (*text && text[strspn(text, plain)] == '\0')
        return copy_text(text);
    Text quoted = {0};
    text_add(&quoted, "'", 1);
    for (; *text; text++)
        text_add(&quoted, *text == '\'' ? "'\\''" : text, *text == '\'' ? 4 : 1);
    text_add(&quoted, "'", 1);
    return quoted.bytes;
}

void text_add(Text *text, const char *bytes, size_t length) {
    if (text->capacity - text->length <= length) {
        text->capacity = (text->length + length + 1) * 2;
        text->bytes = reallocate(text->bytes, text->capacity);
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_print(Text *text, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length >= 0) {
        char *part = allocate((size_t)length + 1);
        vsnprintf(part, (size_t)length + 1, format, again);
        text_add(text, part, (size_t)length);
        free(part);
    }
    va_end(again);
}

void text_free(Text *text) {
    free(text->bytes);
    *text = (Text){0};
}

char *read_file(const char *path, size_t *length) {
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    if (!file)
        return NULL;
    Text text = {0};
    char part[4096];
    size_t n;
    text_add(&text, "", 0);
    while ((n = fread(part, 1, sizeof part, file)) > 0)
        text_add(&text, part, n);
    int failed = ferror(file) ? errno : 0;
    if (!standard)
        fclose(file);
    if (failed) {
        text_free(&text);
        errno = failed;
        return NULL;
    }
    *length = text.length;
    return text.bytes;
}

bool write_file(const char *path, const char *text, size_t length) {
    FILE *file = fopen(path, "wb");
    if (!file)
        return false;
    bool written = fwrite(text, 1, length, file) == length;
    return fclose(file) == 0 && written;
}

char *read_input(const char *path, size_t *length) {
    char *text = read_file(path, length);
    if (!text)
        trouble("cannot read %s: %s", path, strerror(errno));
    return text;
}

void write_output(const char *path, const char *text, size_t length) {
    if (strcmp(path, "-") == 0 ? fwrite(text, 1, length, stdout) != length || fflush(stdout) != 0
                               : !write_file(path, text, length))
        trouble("cannot write %s: %s", strcmp(path, "-") == 0 ? "the answer" : path,
                strerror(errno));
}

void check_output(const char *path) {
    if (!path || strcmp(path, "-") == 0)
        return;
    bool was_there = access(path, F_OK) == 0;
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file < 0)
        trouble("cannot write %s: %s", path, strerror(errno));
    close(file);
    if (!was_there)
        unlink(path);
}

/* What is there already may say otherwise than EEXIST: a file system that is read only. */
static void make_one_directory(const char *part, const char *path) {
    struct stat s;
    if (mkdir(part, 0777) == 0)
        return;
    int failed = errno;
    if (stat(part, &s) != 0 || !S_ISDIR(s.st_mode))
        trouble("cannot make %s: %s", path, strerror(failed == EEXIST ? ENOTDIR : failed));
}

void make_directories(const char *path) {
    char *part = copy_text(path);
    for (char *slash = part; *part && (slash = strchr(slash + 1, '/')) != NULL;) {
        *slash = '\0';
        make_one_directory(part, path);
        *slash = '/';
    }
    make_one_directory(path, path);
    free(part);
}

void finish_output(void) {
    bool failed = ferror(stdout) != 0;
    if (fflush(stdout) != 0)
        trouble("cannot write the answer: %s", strerror(errno));
    if (failed)
        trouble("cannot write the answer");
}

void add_path(Paths *paths, char *path) {
    paths->all = reallocate(paths->all, (paths->n + 1) * sizeof *paths->all);
    paths->all[paths->n++] = path;
}

/* ---- arguments ------------------------------------------------------------------------------- */

void wrong_use(const struct argp_state *state, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s: ", state->name);
    vfprintf(stderr, format, args);
    fprintf(stderr, "; `%s --help' says more\n", state->name);
    va_end(args);
    exit(EXIT_TROUBLE);
}

static argp_parser_t parser_of_command;

/* What getopt finds wrong it says itself; argp would add two lines. */
static error_t parse_one(int key, char *value, struct argp_state *state) {
    if (key == ARGP_KEY_INIT)
        state->err_stream = NULL;
    error_t result = parser_of_command(key, value, state);
    if (key == ARGP_KEY_ARGS && result == ARGP_ERR_UNKNOWN)
        wrong_use(state, "%s is one argument too many", state->argv[state->next]);
    return result;
}

void parse_arguments(const struct argp *parser, int argc, char **argv, unsigned flags,
                     void *input) {
    struct argp mine = *parser;
    parser_of_command = parser->parser;
    mine.parser = parse_one;
    if (argp_parse(&mine, argc, argv, flags, NULL, input) != 0)
        exit(EXIT_TROUBLE);
}
