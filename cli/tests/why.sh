#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# `escapement why`: the flow with the source's lines, and only changes that turn the verdict.
# shellcheck source=cli/tests/lib.sh
. "$(dirname "$0")/lib.sh"
[[ -x ${ESC_COMMAND%/*}/escapement-check ]] || skip "escapement-check was not built"

cat >why.c <<'C'
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

void inspect(const char *text);
int look(const char *text __attribute__((noescape)));
char *last;

int given(void) {
    char *text = malloc(32);
    if (!text)
        return 0;
    inspect(text);
    int n = text[0];
    free(text);
    return n;
}

int large(void) {
    char *text = malloc(20000);

    if (!text)
        return 0;
    int n = look(text);
    free(text);
    return n;
}

char *stored(void) {
    char *text = malloc(8);
    last = text;
    inspect(text);
    return text;
}

int rounds(int n) {
    char *before = 0;
    int same = 0;
    for (int i = 0; i < n; i++) {
        char *text = malloc(8);
        if (!text)
            break;
        text[0] = (char)i;
        if (before)
            same += before[0] == text[0];
        before = text;
    }
    return same;
}

int local(void) {
    char word[8];
    last = word;
    return word[0];
}

int moved(void) {
    char *text = malloc(8);

    if (!text)
        return 0;
    int n = look(text);
    free(text);
    return n;
}

void parameter(char *text) {
    last = text;
}
C
why() { ends "$1" escapement why "${@:2}" -- cc -O2 -c why.c; }

why 0 why.c:10
has out '^why\.c:10:18: malloc\(32\) escapes to heap: passed to inspect, whose body is unknown$'
has out '^  2\. why\.c:10  text = malloc\(32\) \(init\)$'
has out '^       inspect\(text\);$'
has out '^  - add __attribute__\(\(noescape\)\) to parameter 1 .*of `inspect'
has out '^  - make the body of `inspect. visible'
# It is true: with the attribute the site moves.
sed 's/void inspect(const char \*text)/void inspect(const char *text __attribute__((noescape)))/' why.c >changed.c
ends 0 escapement check -- cc -O2 -c changed.c
has out '^changed\.c:10:18: moved to stack: malloc\(32\)$'

why 0 why.c:20
has out '^  - raise the budget: -fplugin-arg-escapement-max-object=20000$'
has out '^  - bound its size: at most 16384 bytes'
ends 0 escapement check --set=max-object=20000 -- cc -O2 -c why.c
has out '^why\.c:20:18: moved to stack: malloc\(20000\)$'
ends 0 escapement why why.c:20 --set=max-object=20000 -- cc -O2 -c why.c
has out 'moved to stack: malloc\(20000\)'

# Three ways out: no single change helps, so they are offered together.
why 0 why.c:30
has out '^  - do not return it at why\.c:33:5'
has out '^    and do not store it in `last'
has out '^    and make the body of `inspect'
why 0 why.c:40
has out 'two may be live at once in this loop'
has out '^  - free it before the loop allocates the next one at why\.c:40'
why 0 why.c:52
has out 'address of word escapes: stored in global last'
has out '^  - do not store it in `last'
why 0 why.c:58:18
has out '^why\.c:58:18: moved to stack: malloc\(8\)$'
lacks out 'if you'
why 0 why.c:67
has out 'leaking param: text'
has out '^  - do not store it in `last'

ends 0 escapement why --json why.c:10 -- cc -O2 -c why.c
[[ $(jsonq out 'd[0]["changes"][0][0]["kind"]') == noescape ]] || fail "another change first: $(cat out)"
[[ $(jsonq out 'd[0]["flow"][0]["source"]') == 'char *text = malloc(32);' ]] || fail "no source line"

# By a compile database, from another directory.
mkdir build
echo "[{\"directory\": \"$PWD\", \"file\": \"why.c\", \"command\": \"cc -O2 -c why.c\"}]" >build/compile_commands.json
(cd build && escapement why -p . ../why.c:10) >out || fail "not from another directory"
has out '^       inspect\(text\);$'

one_line 2 'why\.c:2: nothing to explain here; the nearest are why\.c:10, ' escapement why why.c:2 -- cc -O2 -c why.c
one_line 2 'other\.c: not in .*compile_commands\.json' escapement why other.c:2 -p build
echo 'int f( {' >wrong.c
one_line 2 'wrong\.c:1:.*error' escapement why wrong.c:1 -- cc -c wrong.c
ends 2 escapement why why.c -p build
ends 2 escapement why why.c:10
