#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# warnings.sh - GCC's warnings about wrong uses of the heap are the same with the plugin as without, at each level, in
# their words and places. One is lost, and named.
#
# Environment: ESC_GCC the compiler, ESC_PLUGIN the plugin, ESC_SOURCE the repository.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
gcc=(timeout 60 "$ESC_GCC" -Wall -Wextra)
plugin=("-fplugin=$ESC_PLUGIN" -fchecking=2)

fail() {
    echo "warnings: $*" >&2
    exit 1
}

cat >bad.c <<'CODE'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct List { struct List *next; char *text; };
void middle(void) { char *p = malloc(8); if (!p) return; p[0] = 1; p[1] = p[0]; free(p + 1); }
int twice(int n) { char *p = malloc(8); if (!p) return 0; p[0] = (char)n; free(p); if (n) free(p); return n; }
int after(int n) { char *p = malloc(8); if (!p) return 0; p[0] = (char)n; free(p); return p[0]; }
int after_copy(int n) { char *p = malloc(8), *q = p + 2; if (!p) return 0; *q = (char)n; free(p); return *q; }
int lost(int n) { char *p = malloc(8); if (!p) return 0; p[0] = (char)n; if (n) return 1; free(p); return 0; }
int none(void) { int *p = malloc(sizeof(int)); return *p; }
int second(int n) { int *p = malloc(2 * sizeof(int)); if (!p) return 0; p[0] = n; int r = p[1] + p[0]; free(p); return r; }
void wrong(void) { int *p = malloc(3); if (p) *p = 1; free(p); }
int beyond(int n) { int *p = calloc(4, sizeof *p); if (!p) return 0; p[4] = n; int r = p[4]; free(p); return r; }
void size(char *to) { char *p = malloc(4); if (p) { memset(p, 0, 16); strncpy(p, to, sizeof(p)); } free(p); }
int set(int n) { char *p = malloc(4); if (!p) return 0; memset(p, n, 16); n = p[2]; free(p); return n; }
int copied(const char *from) { char *p = malloc(4); if (!p) return 0; memcpy(p, from, 9); int n = p[2]; free(p); return n; }
int text(void) { char *p = malloc(4); if (!p) return 0; strcpy(p, "longer"); int n = (int)strlen(p); free(p); return n; }
int printed(int k) { char *p = malloc(4); if (!p) return 0; sprintf(p, "%s-%d", "longer", k); int n = (int)strlen(p); free(p); return n; }
int dup(const char *s) { char *p = strdup(s); if (!p) return 0; int n = p[0]; free(p); return n + p[1]; }
struct List *give(int n) { struct List *p = malloc(sizeof *p); if (!p) return 0; p->next = 0; p->text = 0; if (n) { free(p); return p->next; } free(p); return 0; }
static void release(char *p) { free(p); }
int through(int n) { char *p = malloc(8); if (!p) return 0; p[0] = (char)n; release(p); return p[0]; }
void my_free(void *); void *my_alloc(int) __attribute__((malloc, malloc(my_free, 1)));
void mismatched(int n) { char *p = my_alloc(n); if (!p) return; p[0] = 1; free(p); }
void file(int n) { char *p = malloc((size_t)9); if (!p) return; p[0] = (char)n; fclose((FILE *)p); }
int small(void) { long *p = malloc(4); if (!p) return 1; free(p); return 0; }
int neg(int n) { int *p = malloc(16); if (!p) return 1; p[-1] = n; n = p[-1]; free(p); return n; }
int loop(int n) { int s = 0; for (int i = 0; i < n; i++) { int *p = malloc(16); if (!p) return 1; p[0] = i; free(p); s += p[0]; } return s; }
int zero(void) { char *p = malloc(0); if (!p) return 1; p[0] = 1; int n = p[0]; free(p); return n; }
int huge(void) { char *p = malloc((size_t)-3); if (!p) return 1; p[0] = 1; int n = p[0]; free(p); return n; }
CODE
# The same functions done right: all of it is moved.
cat >good.c <<'CODE'
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
int hidden_header(int n) {
    char *block = malloc(32);
    if (!block)
        return 0;
    char *user = block + 16;
    user[0] = (char)n;
    int r = user[0];
    free(user - 16);
    return r;
}
int freed_on_each_way(int n) {
    char *p = malloc(8);
    if (!p)
        return 0;
    memset(p, n, 8);
    if (n > 3) {
        free(p);
        return 1;
    }
    int r = p[7];
    free(p);
    return r;
}
int compared_later(int n, const char *old) {
    char *p = malloc(8);
    if (!p)
        return 0;
    p[0] = (char)n;
    int r = p[0];
    free(p);
    return p == old ? r : -r;
}
int in_a_loop(int n) {
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int *p = malloc(16);
        if (!p)
            return 1;
        p[3] = i;
        sum += p[3];
        free(p);
    }
    return sum;
}
int written_elsewhere(const char *from) {
    char *p = malloc(8);
    if (!p)
        return 0;
    memcpy(p, from, 8);
    int r = p[5];
    free(p);
    return r;
}
CODE

# said FILE: without the compiler's quotations of the source.
said() {
    grep -E '^[a-z.]+:[0-9]+:[0-9]+: (warning|note):' "$1" || true
}
for level in -O1 -O2 -O3 -Os; do
    "${gcc[@]}" $level -c bad.c -o plain.o 2>err
    said err >without
    "${gcc[@]}" $level "${plugin[@]}" -c bad.c -o plugin.o 2>err
    said err >with
    cmp -s without with || fail "$level: other warnings: $(diff without with)"
    for warning in use-after-free free-nonheap-object uninitialized '(array-bounds|stringop-overflow)' mismatched-dealloc; do
        grep -qE "\[-W[a-z-]*$warning" without || fail "$level: GCC has nothing of $warning to say: $(cat without)"
    done
    "${gcc[@]}" $level "${plugin[@]}" -fplugin-arg-escapement-m -c good.c -o good.o 2>err
    [[ $(grep -c 'moved to stack' err) == 5 ]] || fail "$level: what is right is not moved: $(cat err)"
    if grep 'warning:' err; then fail "$level: a warning of what is right"; fi
done

# Lost: what depends on the length of a text that the object holds already.
cat >lost.c <<'CODE'
#include <stdlib.h>
#include <string.h>
int cat(void) {
    char *p = malloc(6);
    if (!p)
        return 0;
    strcpy(p, "abc");
    strcat(p, "longer");
    int n = (int)strlen(p);
    free(p);
    return n;
}
CODE
"${gcc[@]}" -O2 -c lost.c -o lost.o 2>without
grep -q 'Wstringop-overflow' without || fail "GCC says nothing of lost.c"
"${gcc[@]}" -O2 "${plugin[@]}" -c lost.c -o lost.o 2>with
if grep -q 'Wstringop-overflow' with; then fail "a warning is no longer lost: say so in docs/checkers.md"; fi
echo "warnings: ok"
