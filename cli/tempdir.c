/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* tempdir.c - see tempdir.h. */
#include "tempdir.h"

#include "command.h"
#include "interrupt.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPEN_FILES = 16 };

static char *to_remove; /* NULL: none was made */

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *where) {
    (void)s, (void)kind, (void)where;
    return remove(path);
}

static void remove_it(void) {
    if (!to_remove)
        return;
    interrupt_removes(NULL);
    nftw(to_remove, remove_one, OPEN_FILES, FTW_DEPTH | FTW_PHYS);
    free(to_remove);
}

char *temporary_directory(void) {
    if (to_remove)
        return copy_text(to_remove);
    const char *parent = getenv("TMPDIR");
    char *directory = format_text("%s/escapement-XXXXXX", parent && *parent ? parent : "/tmp");
    if (!mkdtemp(directory))
        trouble("cannot make %s: %s", directory, strerror(errno));
    to_remove = copy_text(directory);
    atexit(remove_it);
    interrupt_removes(to_remove);
    return directory;
}

void keep_temporary_directory(void) {
    interrupt_removes(NULL);
    to_remove = NULL;
}
