#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# whole-program: functions that a pointer may name, and that a compiler's form of the program hides. Each program frees
# through its pointer what must not be in the frame. With GCC too.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

cat >head.h <<'C'
#include <stdlib.h>
#include <string.h>
typedef void (*hook)(void *);
static void looks(void *p) { ((char *)p)[1] = 2; }
volatile hook other = looks;
C
# freed NAME: standard input is the program.
freed() {
    cat >"$1.c"
    for positions in early,late early late; do
        [[ $positions == early,late ]] && options=() || options=("$(arg positions="$positions")")
        esc -O2 -w "$1.c" -o "$1" "$(arg whole-program)" "${options[@]}"
        "./$1" || fail "$1, $positions: exit status $?"
    done
}
work='__attribute__((noinline)) int work(int n) { char *p = malloc(16); if (!p) return 0; memset(p, n, 16); n = p[3]; current(p); return n; }
int main(int argc, char **argv) { (void)argv; return work(argc) - 1; }'
# Found to return fresh memory by the compiler itself, behind the inliner; called as if it returned nothing.
freed inferred <<C
#include "head.h"
__attribute__((noinline)) static void *swap(void *p) { free(p); return malloc(1); }
volatile hook current = (hook)swap;
$work
C
freed transparent <<C
#include "head.h"
union either { char *text; int *numbers; } __attribute__((transparent_union));
typedef void (*taker)(union either);
static void drop(char *p) { free(p); }
static void look(union either p) { p.text[1] = 0; }
volatile taker hooked = (taker)drop, other_hook = look;
#define current(p) hooked((union either)(p))
$work
C
# It ends by a call of drop: a hook that was taken for the only other function would not.
freed weak_reference <<C
#include "head.h"
static void drop(void *) __attribute__((weakref("finish")));
__asm__(".text\n.globl finish\nfinish: xorl %edi, %edi\njmp exit@PLT");
volatile hook current = drop;
__attribute__((noinline)) int work(int n) { char *p = malloc(16); if (!p) return 0; memset(p, n, 16); current(p); return 1; }
int main(int argc, char **argv) { (void)argv; work(argc); return 1; }
C
