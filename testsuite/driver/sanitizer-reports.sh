#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Sanitizers as referees: of programs with planted defects every sanitizer says exactly the same with the plugin as
# without, at run time; the compiler's own warnings and its static analyzer do too, when it compiles.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"
[[ $ESC_SANITIZE != ON ]] || exit 77 # a plugin with a sanitizer inside does not change what it says

# ---- programs: NAME SANITIZER, then the body of main; p and q are there.
programs=()
program() {
    programs+=("$1 $2")
    {
        printf '#include <pthread.h>\n#include <stdint.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n'
        cat
    } >"$1.c"
}
head='__attribute__((noinline)) static void use(char *p) { __asm__ volatile("" : : "r"(p) : "memory"); }'
program use-after-free address <<C
$head
int main(void) { char *p = malloc(24); if (!p) return 1; strcpy(p, "text"); free(p); use(p); return p[2]; }
C
program use-after-free-in-callee address <<C
$head
__attribute__((noinline)) static void release(char *p) { use(p); free(p); }
int main(void) { char *p = malloc(24); if (!p) return 1; p[0] = 1; release(p); return p[0]; }
C
program double-free address <<C
$head
int main(void) { char *p = malloc(40); if (!p) return 1; use(p); free(p); use(p); free(p); return 0; }
C
program overflow address <<C
$head
int main(int argc, char **argv) { char *p = malloc(8); (void)argv; if (!p) return 1; use(p); p[8 + argc] = 1; use(p); free(p); return 0; }
C
program overflow-by-strcpy address <<C
$head
int main(int argc, char **argv) { char *p = malloc(4); (void)argc; if (!p) return 1; use(p); strcpy(p, argv[0]); use(p); free(p); return 0; }
C
program underflow address <<C
$head
int main(int argc, char **argv) { int *p = calloc(4, 4); (void)argv; if (!p) return 1; use((char *)p); argc = p[-argc]; free(p); return argc & 1; }
C
program free-in-the-middle address <<C
$head
int main(void) { char *p = malloc(16); if (!p) return 1; use(p); free(p + 8); return 0; }
C
program realloc-and-use address <<C
$head
int main(void) { char *p = malloc(16); if (!p) return 1; char *q = realloc(p, 4000); use(q); p[1] = 2; use(p); free(q); return 0; }
C
program leak-at-end leak <<C
$head
int main(void) { char *p = malloc(100); if (!p) return 1; use(p); p = NULL; use(p); return 0; }
C
program leak-on-error-path leak <<C
$head
__attribute__((noinline)) static int half(int n) { char *p = malloc(33); if (!p) return 1; use(p); if (n) return 2; free(p); return 0; }
int main(int argc, char **argv) { (void)argv; return half(argc) == 2 ? 0 : 3; }
C
program uninitialised memory <<C
$head
int main(void) { int *volatile hidden = malloc(16); int *p = hidden; if (!p) return 1; int r = p[2] ? 3 : 4; printf("%d\n", r); free(p); return 0; }
C
program race thread <<C
$head
static void *other(void *p) { ++*(int *)p; return NULL; }
int main(void) { int *p = calloc(1, 4); pthread_t t; if (!p || pthread_create(&t, NULL, other, p)) return 1; ++*p; pthread_join(t, NULL); use((char *)p); free(p); return 0; }
C
program misaligned undefined <<C
$head
int main(void) { char *p = malloc(32); if (!p) return 1; memset(p, 1, 32); use(p); int r = *(int *)(void *)(p + 1); use(p); free(p); return r & 1; }
C
program out-of-bounds undefined <<C
$head
int main(int argc, char **argv) { int a[4] = {0}; (void)argv; int *p = malloc(16); if (!p) return 1; *p = 1 << (argc + 30); a[argc + 3] = *p; use((char *)a); free(p); return 0; }
C

# Process numbers, addresses and times differ between any two runs; the same address twice stays visible.
normal() {
    sed -E 's/==[0-9]+==/==PID==/g; s/pid=[0-9]+/pid=PID/g; s/0x[0-9a-f]{6,}/ADDRESS/g; s/\(BuildId: [0-9a-f]+\)//g' "$1"
}
# What no sanitizer reports is a planted defect that is none: the test would say nothing.
run() {
    local status=0
    ASAN_OPTIONS=symbolize=0 LSAN_OPTIONS=symbolize=0 MSAN_OPTIONS=symbolize=0 UBSAN_OPTIONS=print_stacktrace=0 \
        TSAN_OPTIONS=symbolize=0 timeout 60 ./victim >said 2>&1 || status=$?
    # Which of two racing accesses comes first, and so what is said of them, differs.
    [[ $sanitizer != thread ]] || sed -i -n "/^WARNING/s/ *(pid.*//p" said
    { normal said && echo "status $status"; } >"$1"
}
compared=0
for entry in "${programs[@]}"; do
    read -r name sanitizer <<<"$entry"
    for level in -O1 -O2; do
        flags=("$level" -g -w "-fsanitize=$sanitizer" -fno-omit-frame-pointer "$name.c" -pthread -no-pie -o victim)
        if ! plain "${flags[@]}" 2>/dev/null; then
            # No runtime for this compiler: what it makes is the same at least.
            plain "${flags[@]:0:5}" -c "$name.c" -o plain.o
            esc "${flags[@]:0:5}" -c "$name.c" -o plugin.o
            same plain.o plugin.o "the object of $name with -fsanitize=$sanitizer $level"
            continue
        fi
        cp victim plain.x
        run "$name.plain"
        esc "${flags[@]}" "$(arg models="$ESC_SOURCE/analysis/models/libc.models")"
        same plain.x victim "the program $name with -fsanitize=$sanitizer $level"
        run "$name.plugin"
        same "$name.plain" "$name.plugin" "what $sanitizer says of $name at $level"
        grep -qE 'ERROR|WARNING|runtime error' "$name.plain" || fail "$sanitizer finds nothing in $name at $level"
        compared=$((compared + 1))
    done
done
echo "compared: $compared reports of ${#programs[@]} programs"
[[ $compared -ge 16 || $ESC_VERSION -lt 19 ]] || fail "only $compared reports"

# ---- when it compiles: every warning, its place and its words, and the analyzer's.
cat >bad.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct List { struct List *next; char *text; };
int *local(void) { int x = 3; return &x; }
const char *array(void) { char text[8] = "text"; return text; }
void number(void) { int x; free(&x); }
void middle(void) { char *p = malloc(8); free(p + 1); }
int twice(int n) { char *p = malloc(8); if (!p) return 0; p[0] = (char)n; free(p); if (n) free(p); return n; }
int after(int n) { char *p = malloc(8); if (!p) return 0; p[0] = (char)n; free(p); return p[0]; }
int lost(int n) { char *p = malloc(8); if (!p) return 0; p[0] = (char)n; if (n) return 1; free(p); return 0; }
int none(void) { int *p = malloc(sizeof(int)); return *p; }
void wrong(void) { int *p = malloc(3); if (p) *p = 1; free(p); }
void size(char *to) { char *p = malloc(4); if (p) { memset(p, 0, 16); strncpy(p, to, sizeof(p)); } free(p); }
struct List *literal(void) { return &(struct List){NULL, NULL}; }
int unset(void) { int x; return x; }
void format(char *p) { printf("%d\n", p); }
void self(int n) { n = n; if (n = 3) puts("x"); }
C
warnings=(-Wall -Wextra -Weverything -Wno-unsafe-buffer-usage)
for level in -O0 -O1 -O2; do
    plain "$level" "${warnings[@]}" -c bad.c -o bad.o 2>plain.err
    esc "$level" "${warnings[@]}" -c bad.c -o bad.o 2>plugin.err
    same plain.err plugin.err "the warnings at $level"
done
for warning in return-stack-address free-nonheap-object sizeof-pointer-memaccess uninitialized format; do
    has plain.err "\[-W[^]]*$warning"
done
plain -fsyntax-only "${warnings[@]}" bad.c 2>plain.err
esc -fsyntax-only "${warnings[@]}" bad.c 2>plugin.err
same plain.err plugin.err "the warnings of -fsyntax-only"
for output in text plist; do
    plain --analyze -Xclang -analyzer-output="$output" bad.c -o plain.plist 2>plain.err
    esc --analyze -Xclang -analyzer-output="$output" bad.c -o plugin.plist 2>plugin.err
    same plain.err plugin.err "what the analyzer prints ($output)"
    [[ $output == text ]] || same plain.plist plugin.plist "the analyzer's report"
    [[ $output == plist ]] || for finding in unix.Malloc core.StackAddressEscape; do has plain.err "$finding"; done
done
# With our own lines on, theirs are still all there, in their order.
esc -O2 "${warnings[@]}" -c bad.c -o bad.o "$(arg m=2)" 2>plugin.err
plain -O2 "${warnings[@]}" -c bad.c -o bad.o 2>plain.err
grep -E 'warning:' plain.err >want
grep -E 'warning:' plugin.err >got
same want got "the warnings beside -m=2"
