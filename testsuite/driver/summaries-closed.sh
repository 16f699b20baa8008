#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# whole-program with summaries=DIR: calls through pointers reach the functions of their type of all files; and a program that has
# one more is refused. Each such program is also run: it does crash. With GCC too.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"
command=$ESC_BUILD/cli/escapement
[[ -x $command ]] || { echo "skipped: no command escapement" && exit 77; }

whole=$(arg whole-program)
extra=()
compile() {
    local directory=$1 file
    shift
    for file in "$@"; do
        esc -O2 -c "$file" -o "${file%.c}.o" "$(arg "summaries=$directory")" "$whole" "${extra[@]}"
    done
}

# ---- a table of methods in one file, called in another, with what a third one allocates
cat >table.h <<'C'
struct methods { unsigned long (*hash)(const char *); int (*compare)(const char *, const char *); };
extern const struct methods *current;
int lookup(const struct methods *, const char *);
void choose(int);
C
cat >table.c <<'C'
#include "table.h"
int lookup(const struct methods *m, const char *key) { return (int)(m->hash(key) % 7) + m->compare(key, "b"); }
int look_now(const char *key) { return (int)current->hash(key) + current->compare(key, "b"); }
C
cat >methods.c <<'C'
#include "table.h"
static unsigned long one(const char *s) { unsigned long h = 5; while (*s) h = h * 33 + (unsigned char)*s++; return h; }
static unsigned long two(const char *s) { return (unsigned long)s[0]; }
int compare(const char *a, const char *b) { return a[0] - b[0]; }
int compare_last(const char *a, const char *b) { return a[1] - b[0]; }
static const struct methods first = {one, compare}, second = {two, compare_last};
const struct methods *current = &first;
void choose(int n) { current = n ? &second : &first; }
C
cat >user.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "table.h"
int look_now(const char *);
int __attribute__((noinline)) use(int n) {
    char *key = malloc(16), *other = malloc(16);
    if (!key || !other) return 0;
    snprintf(key, 16, "k%d", n);
    strcpy(other, key);
    choose(n & 1);
    n = lookup(current, key) + look_now(other);
    free(key);
    free(other);
    return n;
}
int main(void) { printf("%d %d\n", use(3), use(4)); return 0; }
C
program='user.o table.o methods.o'
plain -O2 user.c table.c methods.c -o plain && ./plain >expected
compile dir user.c table.c methods.c
has_call user.o malloc
compile dir table.c methods.c user.c
lacks_call user.o malloc
# shellcheck disable=SC2086
"$command" ld "$ESC_CLANG" $program -o checked && ./checked >out && same out expected "checked"
cp user.o again.o && compile dir user.c && same user.o again.o "the same object from the same set"
readelf -WS checked >sections && lacks sections escapement
# Without the promise, without the directory: nothing.
esc -O2 -c user.c -o open.o "$(arg summaries=dir)" && has_call open.o malloc
esc -O2 -c user.c -o alone.o "$(arg summaries=not/there)" "$whole" && has_call alone.o malloc

# refused REGEX ARGUMENT...: link-check says so, and `escapement ld` leaves no program.
refused() {
    local pattern=$1 status=0
    shift
    "$command" link-check "$@" 2>err || status=$?
    [[ $status -eq 1 ]] || fail "link-check $*: exit status $status"
    has err "$pattern"
    status=0
    rm -f bad
    "$command" ld "$ESC_CLANG" "$@" -o bad 2>err || status=$?
    [[ $status -eq 1 && ! -e bad ]] || fail "ld $*: exit status $status"
    has err "$pattern"
}
# ---- one more function, which frees
cat >more.c <<'C'
#include <stdlib.h>
#include "table.h"
static unsigned long frees(const char *s) { free((void *)s); return 0; }
static int never(const char *a, const char *b) { return a == b; }
static const struct methods third = {frees, never};
__attribute__((constructor)) static void start(void) { current = &third; }
C
sed 's/choose(n & 1);//; s/free(other);//; s/free(key);//; s/lookup(current, key) + //' user.c >main.c
sed -i 's/^int __attr/\/\/ what is looked up is freed there\n&/' main.c
rm -rf dir2
compile dir2 table.c methods.c main.c && compile dir2 table.c methods.c main.c
lacks_call main.o malloc
"$command" link-check main.o table.o methods.o
compile dir2 more.c
refused 'main.o relies on which functions its pointers may name, but more.o takes the address of (frees|never).*: compile the former again' \
    main.o table.o methods.o more.o
plain main.o table.o methods.o more.o -o bad && crashes ./bad
compile dir2 main.c && has_call main.o malloc
"$command" ld "$ESC_CLANG" main.o table.o methods.o more.o -o good && ./good >out
# In an archive, and joined to one object.
compile dir3 table.c methods.c main.c && compile dir3 table.c methods.c main.c && compile dir4 more.c
ar rcs libmore.a more.o
status=0
"$command" link-check main.o table.o methods.o libmore.a 2>err || status=$?
[[ $status -eq 1 ]] || fail "an archive: exit status $status"
has err 'libmore.a\(more.o\) takes the address of'
ld -r main.o more.o -o joined.o
refused 'joined.o takes the address of' joined.o table.o methods.o
# An object that does not say.
esc -O2 -c more.c -o more.o
refused 'main.o relies on .* but more.o does not say: compile that with the plugin' main.o table.o methods.o more.o
plain main.o table.o methods.o more.o -o bad && crashes ./bad
# Functions from elsewhere.
sed 's/^__attr.*//' more.c >outside.c
echo '#include <dlfcn.h>
__attribute__((constructor)) static void start(void) { current = dlsym(RTLD_DEFAULT, "outside"); if (!current) current = &third; }' >>outside.c
compile dir3 outside.c
refused 'but outside.o gets others from outside' main.o table.o methods.o outside.o
plain main.o table.o methods.o outside.o -o bad && crashes ./bad
compile dir3 main.c && has_call main.o malloc
# A library gets pointers from its users.
extra=(-fPIC -fno-semantic-interposition)
rm -rf dir5 && compile dir5 table.c methods.c main.c && compile dir5 table.c methods.c main.c
lacks_call main.o malloc
status=0
"$command" ld "$ESC_CLANG" -shared -Wl,-Bsymbolic main.o table.o methods.o -o bad.so 2>err || status=$?
[[ $status -eq 1 && ! -e bad.so ]] || fail "a library: exit status $status"
has err 'main.o was compiled with whole-program and is linked into a shared library'
extra=()

# ---- an allocator behind a hook, in another file
cat >hooks.c <<'C'
#include <stdlib.h>
struct hooks { void *(*allocate)(size_t); void (*release)(void *); } hooks = {malloc, free};
C
cat >hooked.c <<'C'
#include <stdio.h>
#include <stddef.h>
extern struct hooks { void *(*allocate)(size_t); void (*release)(void *); } hooks;
int __attribute__((noinline)) use(int n) {
    char *p = hooks.allocate(32);
    if (!p) return 0;
    snprintf(p, 32, "%d", n);
    n = p[0];
    hooks.release(p);
    return n;
}
int main(void) { printf("%d\n", use(5)); return 0; }
C
compile dir6 hooks.c hooked.c && compile dir6 hooked.c
lacks_call hooked.o hooks
lacks_call hooked.o malloc
"$command" ld "$ESC_CLANG" hooked.o hooks.o -o hooked && ./hooked >out && [[ $(cat out) == 53 ]] || fail "hooked: $(cat out)"

# ---- a hook that nobody sets, until another file does
cat >lonely.c <<'C'
#include <stdlib.h>
#include <string.h>
extern int (*volatile rare)(char *, int, char *, int);
int __attribute__((noinline)) use(int n) {
    char *p = malloc(16);
    if (!p) return 1;
    memset(p, n, 16);
    if (rare) return rare(p, n, p, n);
    n = p[3] - n;
    free(p);
    return n;
}
int main(int argc, char **argv) { (void)argv; return use(argc); }
C
echo 'int (*volatile rare)(char *, int, char *, int);' >nobody.c
cat >somebody.c <<'C'
#include <stdlib.h>
static int frees(char *p, int n, char *q, int m) { free(p); return p != q || n != m; }
int (*volatile rare)(char *, int, char *, int) = frees;
C
compile dir7 lonely.c nobody.c && compile dir7 lonely.c
lacks_call lonely.o malloc
"$command" ld "$ESC_CLANG" lonely.o nobody.o -o lonely && ./lonely
compile dir7 somebody.c
refused 'lonely.o relies on which functions its pointers may name, but somebody.o takes the address of frees' lonely.o somebody.o
plain lonely.o somebody.o -o bad && crashes ./bad
compile dir7 lonely.c && has_call lonely.o malloc
"$command" ld "$ESC_CLANG" lonely.o somebody.o -o good && ./good

# ---- typed: a function that keeps a number is not given a pointer
cat >keeper.c <<'C'
static unsigned long kept;
static int keeps(const char *p, unsigned long n) { kept += n; return p[0]; }
int (*volatile keeper)(const char *, unsigned long) = keeps;
C
cat >given.c <<'C'
#include <stdlib.h>
#include <string.h>
extern int (*volatile keeper)(const char *, unsigned long);
static int first(const char *p, const char *q) { return p[0] - q[0]; }
static int second(const char *p, const char *q) { return p[1] - q[1]; }
int (*volatile looks[2])(const char *, const char *) = {first, second};
int __attribute__((noinline)) use(int n) {
    char *p = malloc(16);
    if (!p) return 1;
    memset(p, n, 16);
    n = looks[n & 1](p, p) + keeper(p, 7) - n;
    free(p);
    return n;
}
int main(int argc, char **argv) { (void)argv; return use(argc); }
C
compile dir8 keeper.c given.c && compile dir8 given.c && has_call given.o malloc
whole=$(arg whole-program=typed)
compile dir9 keeper.c given.c && compile dir9 given.c && lacks_call given.o malloc
"$command" ld "$ESC_CLANG" given.o keeper.o -o given && ./given
# Who did not promise it counts in another way. Its summaries are not read either.
whole=$(arg whole-program)
compile dir9 keeper.c
refused 'given.o relies on .* keeper.o was made by another compiler, or with another whole-program' given.o keeper.o
