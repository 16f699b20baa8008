#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# `escapement top` tries what it advises: what it says helps, helps when it is done; what does not help, and what cannot be
# tried, is said. --no-try, and a report without its command, leave the advice as it was.
# shellcheck source=cli/tests/lib.sh
. "$(dirname "$0")/lib.sh"
runtime=$ESC_BUILD/runtime/libescapement.so
[[ -x ${ESC_COMMAND%/*}/escapement-check ]] || skip "escapement-check was not built"
has_compiler clang || skip "no Clang with a plugin"
command -v jq >/dev/null || skip "no jq"

mkdir src
cat >src/memory.c <<'C'
#include <stdlib.h>
void *need(size_t size) {
    void *p = malloc(size);
    if (!p)
        abort();
    return p;
}
void *table(size_t n, size_t each) {
    void *p = calloc(n, each);
    if (!p)
        abort();
    return p;
}
C
cat >src/main.c <<'C'
#include <stdlib.h>
#include <string.h>
void *need(size_t size), *table(size_t n, size_t each);
static char *last;
static char *volatile *ring[2];
static void keep(int n) {
    char *p = malloc(n);
    memset(p, n, n);
    free(last);
    last = p;
}
static int local(int n) {
    char *p = need(40);
    memset(p, n, 40);
    int first = p[n % 40];
    free(p);
    return first;
}
static int counted(int n) {
    int *p = table(8, sizeof *p);
    int first = p[n % 8];
    free(p);
    return first;
}
static char *fresh(int n) {
    char *p = malloc(n);
    if (p)
        *p = 0;
    return p;
}
static int large(int n) {
    char *p = malloc(20000);
    if (!p)
        return 0;
    memset(p, n, 20000);
    int first = p[n];
    free(p);
    return first;
}
int main(void) {
    int sum = 0;
    for (int i = 1; i < 100; i++) {
        keep(i);
        char *p = fresh(i);
        sum += local(i) + counted(i) + large(i);
        *(char *volatile *)&ring[0] = p;
        free(p);
    }
    return sum == 42;
}
C
for file in memory main; do
    escapement cc --report="$PWD/reports" -O2 -g -c src/$file.c -o $file.o
done
gcc ./*.o -o program
ESCAPEMENT_PROFILE=heap.gz ESCAPEMENT_PROFILE_RATE=1 LD_PRELOAD=$runtime ./program
line_of() { grep -n "$1" src/main.c | head -n 1 | cut -d: -f1; }
field() { jq -r --argjson line "$(line_of "$1")" '[.sites[] | select(.file == "src/main.c" and .line == $line)][0] | '"$2" top.json; }
tried() { # tried SOURCE STATE TEXT-REGEX
    [[ $(field "$1" .tried.state) == "$2" && $(field "$1" .tried.text) =~ $3 ]] ||
        fail "$1: '$(field "$1" .tried.state)', '$(field "$1" .tried.text)', not '$2', '$3'"
}
escapement top heap.gz --report=reports --json >top.json 2>err
tried 'p = malloc(n);$' helps "^do not store it in .last'"
tried 'need(40)' helps '^declare it in a models file: allocator need\(size\) free free$'
tried 'table(8' 'not tried' 'which parameter of table is the size'
tried 'malloc(20000)' helps '^raise the budget: -fplugin-arg-escapement-max-object='
[[ $(field 'need(40)' .advice) == *models* ]] || fail "the advice itself is gone"

# What was said to help does.
echo 'allocator need(size) free free' >my.models
budget=$(field 'malloc(20000)' .tried.text | grep -Eo 'max-object=[0-9]+')
escapement cc --arg=m --arg=models="$PWD/my.models" --arg="$budget" -O2 -g -c src/main.c -o done.o 2>lines
has lines "^src/main.c:$(line_of 'need(40)'):.*: moved to stack: need\(40\)$"
has lines "^src/main.c:$(line_of 'malloc(20000)'):.*: moved to stack: malloc\(20000\)$"

# For people.
escapement top heap.gz --report=reports >out 2>err
has out 'allocator need\(size\) free free'
has out '\(tried: it moves$|\(tried: it moves then\)$|\(tried: it$|\(tried:$'
has out '^[0-9]+ not tried \(src/main\.c:[0-9]+.*: which parameter of table is the size'

# Without trying, and without what it needs: the same advice.
escapement top heap.gz --report=reports --no-try --json >plain.json
[[ $(jq '[.sites[] | select(.tried != null)] | length' plain.json) -eq 0 ]] || fail "--no-try tries"
cmp <(jq '.sites[].advice' top.json) <(jq '.sites[].advice' plain.json) || fail "the advice is another one"
find reports -name '*.command' -delete
escapement top heap.gz --report=reports --json >top.json
tried 'need(40)' 'not tried' 'is not beside the report'
# A compile database does as well; one that lacks the file, or whose file is gone, says so.
for file in memory main; do
    printf '{"directory": "%s", "file": "src/%s.c", "arguments": ["cc", "-O2", "-c", "src/%s.c"]}\n' "$PWD" $file $file
done | jq -s . >compile_commands.json
escapement top heap.gz --report=reports -p . --json >top.json
tried 'need(40)' helps 'allocator need'
jq '[.[0]]' compile_commands.json >some.json
escapement top heap.gz --report=reports -p some.json --json >top.json
tried 'need(40)' 'not tried' 'not in some.json'
mv src/main.c gone.c
cp gone.c src/main.c
sed -i 's/need(40)/need(n)/; s/20000/200/' src/main.c
escapement top heap.gz --report=reports -p . --json >top.json
mv gone.c src/main.c
tried 'malloc(20000)' 'not tried' 'no such allocation|does not escape'

# With the summaries of other files the call of their wrapper is an allocation, also when its change is tried; nothing is written
# to them.
cat >src/user.c <<'C'
#include <string.h>
void *need(size_t size);
char *kept;
int main(void) {
    for (int i = 0; i < 100; i++) {
        kept = need(48);
        memset(kept, i, 48);
    }
    return kept[7] == 42;
}
C
for round in 1 2; do
    for file in memory user; do
        escapement cc --arg="summaries=$PWD/others" --report="$PWD/reports$round" -O2 -g -c src/$file.c -o $file.o
    done
done
gcc memory.o user.o -o program
ESCAPEMENT_PROFILE=heap.gz ESCAPEMENT_PROFILE_RATE=1 LD_PRELOAD=$runtime ./program
cp -r others before
escapement top heap.gz --report=reports2 --json >top.json
[[ $(jq -r '.sites[] | select(.file == "src/user.c") | .tried.state + ": " + .tried.text' top.json) == "helps: do not store it in \`kept' "* ]] ||
    fail "across files: $(jq -c '.sites[] | {file, line, tried}' top.json)"
printf '[{"directory": "%s", "file": "src/user.c", "arguments": ["cc", "-O2", "-c", "src/user.c"]}]' "$PWD" >compile_commands.json
ends 2 escapement why -p . src/user.c:6
ends 0 escapement check -p . --set=summaries=others
has out '^src/user.c:6:16: need\(48\) escapes to heap: stored in global kept'
diff -r before others || fail "the summaries were changed"
one_line 2 'summaries=.*/nowhere: there is no such directory' escapement check -p . --set=summaries=nowhere
