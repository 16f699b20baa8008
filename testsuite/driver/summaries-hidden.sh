#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# whole-program with summaries=DIR: every way in which a file can take the address of a function is in the set. Each such
# program is refused when the user of the pointer did not know that file, crashes when it is linked all the same, and
# is right when all is compiled again. With GCC too.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"
command=$ESC_BUILD/cli/escapement
[[ -x $command ]] || { echo "skipped: no command escapement" && exit 77; }

extra=("$(arg whole-program)")
cat >hook.h <<'C'
typedef int (*hook)(char *);
extern volatile hook current;
int frees(char *);
#define START __attribute__((constructor)) static void start(void)
C
cat >user.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include "hook.h"
void around(int (*)(void), int *) __attribute__((weak));
static int work(void) {
    char *p = malloc(16);
    if (!p) return 1;
    snprintf(p, 16, "%d", 7);
    return current(p) - 7;
}
int main(void) {
    int result = 1;
    if (!around) return work();
    around(work, &result);
    return result;
}
C
cat >plain.c <<'C'
#include "hook.h"
static int looks(char *p) { return p[0] - '0'; }
volatile hook current = looks;
C
# Nobody but the files below takes its address.
printf '#include <stdlib.h>\n#include "hook.h"\nint frees(char *p) { int n = p[0] - 48; free(p); return n; }\n' >frees.c
compile_with known plain.c frees.c user.c && compile_with known user.c
cp user.o believes.o
lacks_call believes.o malloc

# hidden NAME: standard input is the file that takes the address of `frees`, or of one like it.
hidden() {
    cat >"$1.c"
    compile_with unknown "$1.c" 2>log || fail "$1: $(cat log)"
    ! "$command" link-check believes.o plain.o frees.o "$1.o" 2>err || fail "$1: link-check says nothing"
    has err "^escapement: believes.o relies on which functions its pointers may name, but $1.o"
    plain believes.o plain.o frees.o "$1.o" -o bad 2>log || fail "$1: $(cat log)"
    crashes ./bad
    cp -r known "known-$1"
    compile_with "known-$1" "$1.c" 2>log
    compile_with "known-$1" user.c
    "$command" ld "$ESC_CLANG" user.o plain.o frees.o "$1.o" -o good 2>log || fail "$1: $(cat log)"
    ./good || fail "$1: the program that was compiled again ends with $?"
}
hidden direct <<'C'
#include "hook.h"
START { current = frees; }
C
hidden initializer <<'C'
#include "hook.h"
static const struct { int n; hook f; } table[] = {{1, 0}, {2, frees}};
volatile int which = 1;
START { current = table[which].f; }
C
hidden literal <<'C'
#include "hook.h"
struct two { hook f, g; };
static struct two *kept;
static void keep(struct two *t) { kept = t; }
START { struct two t = {frees, 0}; keep(&t); current = kept->f; }
C
hidden static_local <<'C'
#include "hook.h"
START { static const hook inside[2] = {frees, frees}; volatile int n = 1; current = inside[n]; }
C
hidden alias <<'C'
#include <stdlib.h>
#include "hook.h"
static int own(char *p) { int n = p[0] - 48; free(p); return n; }
int other_name(char *) __attribute__((alias("own")));
START { current = other_name; }
C
hidden static_alias <<'C'
#include <stdlib.h>
#include "hook.h"
int own(char *p) { int n = p[0] - 48; free(p); return n; }
static int other_name(char *) __attribute__((alias("own")));
START { current = other_name; }
C
hidden weak_reference <<'C'
#include "hook.h"
static int drop(char *) __attribute__((weakref("frees")));
START { current = drop; }
C
hidden label <<'C'
#include "hook.h"
int drop(char *) __asm__("frees");
START { current = drop; }
C
hidden inlined <<'C'
#include "hook.h"
static inline __attribute__((always_inline)) void set(hook f) { current = f; }
static inline __attribute__((always_inline)) void chosen(void) { set(frees); }
START { chosen(); }
C
hidden dropped_inline <<'C'
#include "hook.h"
extern inline __attribute__((gnu_inline, always_inline)) hook get(void) { return frees; }
START { current = get(); }
C
hidden table_of_a_switch <<'C'
#include "hook.h"
static int one(char *p) { return p[1]; }
static int two(char *p) { return p[2]; }
volatile int which = 3;
START { hook f; switch (which) { case 1: f = one; break; case 2: f = two; break; case 3: f = frees; break; case 4: f = one; break; default: f = two; } current = f; }
C
hidden clone <<'C'
#include "hook.h"
volatile int sink;
__attribute__((noinline)) static void set(hook f, int n) { for (; n; n--) sink++; current = f; }
START { set(frees, 3); set(frees, 4); }
C
hidden unprototyped <<'C'
typedef int (*hook)(char *);
extern volatile hook current;
int frees();
__attribute__((constructor)) static void start(void) { current = (hook)frees; }
C
hidden old_style <<'C'
#include <stdlib.h>
#include "hook.h"
static int own(p) char *p; { int n = p[0] - 48; free(p); return n; }
START { current = (hook)own; }
C
hidden number <<'C'
#include <stdlib.h>
#include "hook.h"
static int own(long p) { int n = *(char *)p - 48; free((void *)p); return n; }
START { current = (hook)(void *)own; }
C
hidden transparent <<'C'
#include <stdlib.h>
#include "hook.h"
union either { char *text; int *numbers; } __attribute__((transparent_union));
static int own(union either p) { int n = p.text[0] - 48; free(p.text); return n; }
START { current = (hook)(void *)own; }
C
hidden assembly <<'C'
#include "hook.h"
__asm__(".data\n.globl hidden_hook\nhidden_hook: .quad frees\n.text");
extern hook hidden_hook;
START { current = hidden_hook; }
C
hidden operand <<'C'
#include "hook.h"
START { hook f; __asm__("" : "=r"(f) : "0"(frees)); current = f; }
C
hidden resolved <<'C'
#include "hook.h"
static hook resolve(void) { return frees; }
int chosen(char *) __attribute__((ifunc("resolve")));
START { current = chosen; }
C
[[ $ESC_COMPILER != gcc ]] || hidden nested <<'C'
#include <stdlib.h>
#include "hook.h"
void around(int (*body)(void), int *result) {
    int count = 1;
    int nested(char *p) { int n = p[0] - 48; free(p); count += n; return n; }
    current = nested;
    *result = body() + (count != 8);
}
C

# ---- the other compiler's numbers are others
other=clang-19 plugin=$ESC_BUILD/plugin/llvm/escapement.so
[[ $ESC_COMPILER == gcc ]] || other=gcc-12 plugin=$ESC_BUILD/plugin/gcc/escapement.so
if [[ -f $plugin ]] && command -v "$other" >/dev/null; then
    cat >struct.c <<'C'
struct large { long a, b, c; };
static long first(struct large s) { return s.a; }
long (*table[])(struct large) = {first};
C
    "$other" -O2 -c struct.c -o struct.o -fplugin="$plugin" "$(arg summaries=unknown)" "${extra[@]}"
    ! "$command" link-check believes.o plain.o frees.o struct.o 2>err || fail "objects of two compilers: link-check says nothing"
    has err 'believes.o relies on .* but struct.o was made by another compiler'
fi

# ---- the link of -flto makes other functions: the promise counts for nothing then
if [[ $ESC_COMPILER == gcc ]]; then
    { cat user.c && echo 'static int own(char *p) { return p[1]; }
hook kept = own;'; } >more.c
    extra+=(-flto)
    compile_with known more.c
    plain -O2 -flto more.o plain.o frees.o -o good && ./good || fail "-flto believes in a whole program: $?"
fi
