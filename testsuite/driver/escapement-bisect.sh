#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# `escapement bisect` over a project of several files, built by make -j: a models file that lies makes one rewrite
# wrong (or two, both of which are needed to fail), and that one is found, with where its object goes and a model
# that gives the verdict again.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"
escapement=$ESC_BUILD/cli/escapement
[[ -x $escapement ]] || { echo "skipped: escapement is not built" && exit 77; }
command -v make >/dev/null || { echo "skipped: no make" && exit 77; }

# Twelve files with two honest allocations each; one of them keeps what it should only read.
mkdir project
{
    printf '#include <stdio.h>\n'
    for ((i = 0; i < 12; i++)); do printf 'int work%d(int n);\n' $i; done
    printf 'int check(void);\nint main(void) {\n    int sum = 0;\n'
    for ((i = 0; i < 12; i++)); do printf '    sum += work%d(%d);\n' $i $i; done
    printf '    printf("%%d %%d\\n", sum, check());\n    return 0;\n}\n'
} >project/main.c
for ((i = 0; i < 12; i++)); do
    {
        printf '#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\nvoid keep(int slot, char *text);\n'
        for part in head tail; do
            printf '__attribute__((noinline)) static int %s%d(int n) {\n' $part $i
            printf '    char *text = malloc(48);\n    if (!text)\n        return -1;\n'
            printf '    snprintf(text, 48, "%s of %d, %%d", n);\n    n = (int)strlen(text);\n' $part $i
            printf '    free(text);\n    return n;\n}\n'
        done
        printf 'int work%d(int n) {\n' $i
        if [[ $i -eq 7 || $i -eq 9 ]]; then
            printf '    char *kept = malloc(32);\n    if (!kept)\n        return -1;\n'
            printf '    memcpy(kept, "a text that lives on", 21);\n    keep(%d, kept);\n' $((i == 9))
            printf '    free(realloc(NULL, 16));\n' # its number in the model changes when the others are cut away
        fi
        printf '    return head%d(n) + tail%d(n);\n}\n' $i $i
    } >project/work$i.c
done
cat >project/keep.c <<'C'
#include <string.h>
static char *held[2];
void keep(int slot, char *text) { held[slot] = text; }
__attribute__((noinline)) static int dirty(int n) {
    volatile char stack[4096];
    for (unsigned i = 0; i < sizeof stack; i++)
        stack[i] = (char)(n + (int)i % 7);
    return stack[n];
}
static int is_lost(const char *text) { return !text || memcmp(text, "a text that lives on", 21) != 0; }
int check(void) {
    dirty(3);
#ifdef BOTH
    return is_lost(held[0]) && is_lost(held[1]);
#else
    return is_lost(held[0]);
#endif
}
C
echo 'keep(slot, text: read)' >project/lies.models
cat >project/Makefile <<M
objects = main.o keep.o $(printf 'work%d.o ' {0..11})
program: \$(objects); \$(CC) -o \$@ \$(objects)
%.o: %.c; \$(CC) -O2 -fplugin=$ESC_PLUGIN \$(FLAGS) -fplugin-arg-escapement-models=lies.models -c \$< -o \$@
clean:; rm -f *.o program
M
cat >project/try <<'S'
#!/bin/sh
make -s clean && make -s -j4 CC="$CC" FLAGS="$FLAGS" || exit 125
./program | grep -qx "[0-9]* 0"
S
chmod +x project/try
export CC=$ESC_CLANG FLAGS=
cd project

# bisects STATUS ARGUMENT...: leaves out and err.
bisects() {
    local want=$1 status=0
    shift
    timeout 300 "$escapement" bisect "$@" >../out 2>../err || status=$?
    [[ $status -eq $want ]] || fail "exit status $status, not $want: $(tail -n 30 ../err ../out)"
}
questions() { grep -c '^run ' ../err; }

bisects 0 -- ./try
has ../err '^run 1: no change, 14 files compiled: passes'
has ../err '^run 2: all [0-9]+ changes: fails'
has ../out '^work7\.c:24:18: moved to stack: malloc\(32\)$'
has ../out 'in function work7 of work7\.c; change [0-9a-f]{16}$'
has ../out '^work7\.c:24:18:     from keep\(kept\) \(call parameter\) at work7\.c:28:13$'
has ../out '^    keep\(slot, text: read\)$'
changes=$(sed -nE 's/^run 2: all ([0-9]+) changes.*/\1/p' ../err)
[[ $changes -ge 26 ]] || fail "$changes changes of at least 26"
[[ $(questions) -le 10 ]] || fail "$(questions) builds for $changes changes"
# The reproducer gives the verdict again, and only the culprit's function has a body in it.
"$escapement" model escapement-bisect.model >../model.out
has_line ../model.out 'work7.c:24:18: moved to stack: malloc(32)'
[[ $(grep -c '^func .*{$' escapement-bisect.model) -eq 1 ]] || fail "more than the culprit's function"
sed -i 's/^#models: /#/' escapement-bisect.model
"$escapement" model escapement-bisect.model >../model.out
has ../model.out 'malloc\(32\) escapes to heap: passed to keep'
# The hash names that rewrite alone.
site=$(sed -nE 's/.*-fplugin-arg-escapement-(site=.*)/\1/p' ../out)
esc -O2 -c work7.c -o alone.o "$(arg models=lies.models)" "$(arg "$site")" "$(arg m)" 2>../alone.err
[[ $(grep -c 'moved to stack' ../alone.err) -eq 1 ]] || fail "$site moves more: $(cat ../alone.err)"

# The rest is about the command alone; with sanitizers in the plugin a compilation costs ten times as much.
[[ ${ESC_SANITIZE:-OFF} != ON && $ESC_COMPILER != gcc ]] || exit 0

# Two that are needed together.
FLAGS=-DBOTH bisects 0 --output=both.model -- ./try
has ../out '^These 2 changes break the program together'
has ../out '^work7\.c:24:18: moved to stack'
has ../out '^work9\.c:24:18: moved to stack'
has both.model '^# in function work9'

# What is not the plugin's, or not there.
bisects 1 -- sh -c './try; exit 1'
has ../out 'fails with no change'
: >honest.models
FLAGS=-fplugin-arg-escapement-mode=report bisects 2 -- ./try
has ../err 'no file was compiled with the plugin'
sed -i 's/lies.models/honest.models/' Makefile
bisects 1 -- ./try
has ../out 'passes with all changes'
# A build that keeps its objects answers nothing.
sed -i 's/^make -s clean && //' try
rm -f ./*.o
bisects 2 -- ./try
has ../err 'from scratch'
# A command that cannot tell, one that cannot be run, one that hangs, wrong use.
bisects 2 -- sh -c 'exit 125'
bisects 2 -- ./absent
bisects 2
bisects 2 --timeout=never -- ./try
bisects 2 --timeout=1 -- sleep 60
"$escapement" bisect --help | grep -q 'BUILD-AND-TEST' || fail "no help"
