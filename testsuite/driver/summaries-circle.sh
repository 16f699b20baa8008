#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# summaries=DIR where functions of several files call each other in a circle, and are given locals that hold what a caller allocated:
# what happens to it is known, and what no longer holds is refused. Each such program is also run: it does crash. With GCC too.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"
command=$ESC_BUILD/cli/escapement
[[ -x $command ]] || { echo "skipped: no command escapement" && exit 77; }

compile() {
    local directory=$1 file
    shift
    for file in "$@"; do
        esc -O2 -c "$file" -o "${file%.c}.o" "$(arg "summaries=$directory")"
    done
}

# ---- a circle through this file
cat >circle.h <<'C'
int walk(const char *text, int depth);
int step(const char *text, int depth);
C
cat >user.c <<'C'
#include <stdlib.h>
#include <string.h>
#include "circle.h"
int __attribute__((noinline)) step(const char *text, int depth) { return depth > 0 ? walk(text, depth - 1) : text[0]; }
int __attribute__((noinline)) use(int n) {
    char *p = malloc(16);
    if (!p) return 1;
    memset(p, n, 16);
    n = walk(p, 3) - n - 4;
    free(p);
    return n;
}
int main(int argc, char **argv) { (void)argv; return use(argc); }
C
cat >walk.c <<'C'
#include "circle.h"
int walk(const char *text, int depth) { return step(text, depth) + 1; }
C
compile dir user.c walk.c && compile dir user.c walk.c
lacks_call user.o malloc
"$command" ld "$ESC_CLANG" user.o walk.o -o circle && ./circle
# The linker was told that walk.o's step is another one, which frees.
cat >wrapped.c <<'C'
#include <stdlib.h>
int __wrap_step(const char *text, int depth);
int __wrap_step(const char *text, int depth) { free((void *)text); return depth; }
C
plain -O2 -c wrapped.c -o wrapped.o
refused_ld 'user.o relies on what step does, but the linker was told to put another one in its place' user.o walk.o wrapped.o -Wl,--wrap=step
plain user.o walk.o wrapped.o -Wl,--wrap=step -o bad && crashes ./bad
# A function that is static here is not the one that the other file means, which keeps.
sed 's/^int __attribute__((noinline)) step/static &/; s/#include "circle.h"/int walk(const char *, int);/; s/free(p);/n += step("a", 0) - 97;/' user.c >hidden.c
cat >keeps.c <<'C'
#include "circle.h"
const char *kept;
int step(const char *text, int depth) { kept = text; return depth + 1; }
C
compile dir2 hidden.c walk.c keeps.c && compile dir2 hidden.c walk.c keeps.c
has_call hidden.o malloc

# ---- a local that holds it, given to another file's function
cat >item.h <<'C'
struct item { const char *key; int length; };
int look(const struct item *item);
int find(const char *key);
C
cat >find.c <<'C'
#include "item.h"
int find(const char *key) { struct item i = {key, 3}; return look(&i) + i.length; }
C
cat >look.c <<'C'
#include "item.h"
const char *kept;
int look(const struct item *item) { return item->key[item->length]; }
C
cat >asks.c <<'C'
#include <stdlib.h>
#include <string.h>
#include "item.h"
extern const char *kept;
int __attribute__((noinline)) use(int n) {
    char *p = malloc(16);
    if (!p) return 1;
    memset(p, n, 16);
    n = find(p) - n - 3;
    if (!kept) free(p);
    return n;
}
static void __attribute__((noinline)) scribble(void) {
    volatile char dead[4096];
    for (int i = 0; i < 4096; i++) dead[i] = 0x55;
}
int main(int argc, char **argv) {
    (void)argv;
    int n = use(argc);
    scribble();
    if (kept && kept[0] != argc) abort();
    return n;
}
C
compile dir3 asks.c find.c look.c && compile dir3 asks.c find.c look.c
lacks_call asks.o malloc
"$command" ld "$ESC_CLANG" asks.o find.o look.o -o asks && ./asks
# Now it keeps what the local holds.
sed -i 's/return item/kept = item->key; &/' look.c
compile dir3 look.c
refused_ld 'asks.o relies on what look does, but look.o has another one: compile the former again' asks.o find.o look.o
plain asks.o find.o look.o -o bad && crashes ./bad
compile dir3 asks.c && has_call asks.o malloc
"$command" ld "$ESC_CLANG" asks.o find.o look.o -o asks && ./asks
# It puts something else there, which find keeps.
cat >look.c <<'C'
#include "item.h"
const char *kept;
int look(const struct item *item) { int c = item->key[3]; ((struct item *)item)->key++; return c; }
C
cat >find.c <<'C'
#include "item.h"
extern const char *kept;
int find(const char *key) { struct item i = {0, 3}; i.key = key; int n = look(&i) + i.length; kept = i.key; return n; }
C
compile dir4 asks.c find.c look.c && compile dir4 asks.c find.c look.c
has_call asks.o malloc
"$command" ld "$ESC_CLANG" asks.o find.o look.o -o asks && ./asks
