#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# annotations.sh - annotate.h under GCC: nothing without the plugin, the same errors however the file comes to the
# compiler, and no trace in the object.
#
# Environment: ESC_GCC the compiler, ESC_PLUGIN the plugin, ESC_SOURCE the repository.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
cases=$ESC_SOURCE/testsuite/cases/annotate
include=$ESC_SOURCE/analysis/include
arg=-fplugin-arg-escapement
plain=(timeout 60 "$ESC_GCC")
gcc=("${plain[@]}" "-fplugin=$ESC_PLUGIN" -fchecking=2)

fail() {
    echo "annotations: $*" >&2
    exit 1
}
# breaks WAY ARGUMENT...: the compilation fails with these arguments, and the error says the way.
breaks() {
    local way=$1
    shift
    if "${gcc[@]}" -I "$include" "$@" 2>err; then fail "$*: the promise is not checked"; fi
    grep -q 'error: escapement: .* must be on the stack\|error: escapement: .* promises not to' err || fail "$*: $(cat err)"
    grep -qF "$way" err || fail "$*: $(cat err)"
}
# keeps ARGUMENT...: it is compiled, and nothing is said.
keeps() {
    "${gcc[@]}" -Wall -Wextra -I "$include" "$@" 2>err || fail "$*: $(cat err)"
    [[ ! -s err ]] || fail "$*: $(cat err)"
}

# At every level, also where nothing is rewritten, and with -flto.
for how in -O0 -Og -O1 -O2 -O3 -Os "-O2 -flto" "-O2 -flto -ffat-lto-objects" "-O2 -fanalyzer" "-O2 $arg-mode=report" \
    "-O2 -g" "-O2 -D_FORTIFY_SOURCE=2" "-O2 -fpic -fvisibility=hidden" "-O2 -std=c99 -pedantic"; do
    read -ra flags <<<"$how"
    breaks 'from return text (return)' "${flags[@]}" -c "$cases/must_stack_broken.c" -o broken.o
    breaks 'flow: decode calls twice' "${flags[@]}" -c "$cases/no_alloc_broken.c" -o broken.o
    breaks 'address of job escapes: stored in global current' "${flags[@]}" -c "$cases/must_stack_variable.c" -o broken.o
    keeps "${flags[@]}" -c "$cases/kept_promises.c" -o kept.o
    keeps "${flags[@]}" -c "$cases/wrapper.c" -o kept.o
    keeps "${flags[@]}" -D_GNU_SOURCE -c "$cases/may_heap_file.c" -o kept.o
    keeps "${flags[@]}" -c "$cases/no_alloc_wrapper.c" -o kept.o
done
[[ ! -e broken.o ]] || fail "an object is left of a broken promise"

# Under sanitizers nothing is moved on purpose.
keeps -O2 -fsanitize=address -c "$cases/must_stack_broken.c" -o kept.o

# Also when a preprocessor of its own has read the file.
cp "$cases"/{must_stack_broken,kept_promises,may_heap_file}.c .
for file in must_stack_broken kept_promises; do
    "${gcc[@]}" -O2 -I "$include" -E "$file.c" -o "$file.i"
    grep -q '__escapement_must_stack__' "$file.i" || fail "-E does not know that the plugin is there: $(tail "$file.i")"
done
breaks 'escapes to heap: returned' -O2 -fpreprocessed -c must_stack_broken.i -o broken.o
breaks 'escapes to heap: returned' -O2 -save-temps -c must_stack_broken.c -o broken.o
keeps -O2 -fpreprocessed -c kept_promises.i -o kept.o
"${gcc[@]}" -O2 -I "$include" -E may_heap_file.c -o may_heap_file.i
keeps -O2 -fpreprocessed -c may_heap_file.i -o kept.o
keeps -O2 -save-temps -c kept_promises.c -o kept.o
"${gcc[@]}" -O2 -I "$include" -MM kept_promises.c | grep -q annotate.h || fail "-MM"
"${gcc[@]}" -O2 -I "$include" -E - <"$cases/wrapper.c" >/dev/null || fail "-E of standard input"

# The object with promises is the object without.
mkdir -p none/escapement
printf '#define %s\n' ESC_MUST_STACK ESC_NO_ALLOC 'ESC_MAY_HEAP(reason)' >none/escapement/annotate.h
for file in "$cases"/{kept_promises,wrapper,may_heap,may_heap_file}.c; do
    for how in -O0 -O2 "-O2 -g" "-O2 -g3" "-O2 -flto -frandom-seed=1"; do
        read -ra flags <<<"$how"
        "${gcc[@]}" -I "$include" "${flags[@]}" -c "$file" -o with.o
        "${gcc[@]}" -I none "${flags[@]}" -c "$file" -o without.o
        [[ $how == *-g* || $how == *-flto* ]] || cmp with.o without.o || fail "$how: the object of $file knows its promises"
        # Debug information names the header, and LTO's sections its places.
        cmp <(objdump -d with.o | tail -n +3) <(objdump -d without.o | tail -n +3) || fail "$how: other code of $file"
        if strings -a with.o | grep -q 'escapement_\|escapement promise'; then fail "$how: a trace is left in $file"; fi
    done
done
"${gcc[@]}" -O2 -fcompare-debug -I "$include" -c "$cases/kept_promises.c" -o kept.o || fail "-fcompare-debug"

# What was promised and linked again with -flto.
cat >main.c <<'CODE'
#include <stdio.h>
int length_of_two(const char *, const char *);
int main(void) { return length_of_two("one", "three") != 8; }
CODE
"${gcc[@]}" -O2 -flto -I "$include" "$cases/kept_promises.c" main.c -o linked
timeout 20 ./linked || fail "the program linked with -flto says something else"

# A variable of the file, of an outer function, a parameter; what a statement expression gives.
cat >places.c <<'CODE'
#include <escapement/annotate.h>
#include <stdlib.h>
void *kept;
ESC_MAY_HEAP("grows seldom") static char *table;
ESC_NO_ALLOC int grow(int n) {
    table = realloc(table, (size_t)n);
    return table != NULL;
}
#ifdef BROKEN
int outer(int n) {
    ESC_MUST_STACK char *shared = NULL;
    void inner(void) { kept = shared = malloc(9); }
    inner();
    return shared[n];
}
int takes(ESC_MUST_STACK char *parameter) {
    kept = parameter = malloc(3);
    return parameter[1];
}
int chooses(int c) {
    ESC_MUST_STACK char *chosen = c ? kept : ({ int k = c + 2; (char *)calloc(1, (size_t)k); });
    kept = chosen;
    return chosen[0];
}
ESC_MUST_STACK static int no_variable;
int opaque(void *(*make)(int)) {
    ESC_MUST_STACK char *hidden = make(3);
    return hidden[2] + no_variable;
}
#endif
CODE
keeps -O2 -c places.c -o kept.o
breaks 'escapes to heap' -O2 -DBROKEN -c places.c -o broken.o
for name in shared parameter chosen no_variable hidden; do
    grep -q "error: escapement: $name must be on the stack" err || fail "$name: $(cat err)"
done
[[ $(grep -c 'error:' err) == 5 ]] || fail "more is broken than was promised: $(cat err)"

# Without the plugin they are nothing, in no language and no standard.
for file in "$cases"/*.c; do
    for standard in gnu99 gnu11 gnu17 gnu2x; do
        "${plain[@]}" -std=$standard -Wall -Wextra -I "$include" -fsyntax-only \
            "$file" 2>err || true
        if grep -i 'attribute\|ESC_\|annotate' err; then fail "$file, $standard, without the plugin"; fi
    done
done
cat >any.c <<'CODE'
#include <escapement/annotate.h>
ESC_NO_ALLOC int f(ESC_MUST_STACK int *p);
ESC_NO_ALLOC int f(ESC_MUST_STACK int *p) { ESC_MAY_HEAP("why") int *q = p; return *q; }
CODE
for language in "c -std=c89" "c -std=c2x" "c++ -std=c++98" "c++ -std=c++20"; do
    for with in "" "-fplugin=$ESC_PLUGIN"; do
        # shellcheck disable=SC2086 # words
        "${plain[@]}" $with -x $language -Wall -Wextra -pedantic -pedantic-errors -Werror -I "$include" -O2 -c any.c -o any.o ||
            fail "$language with '$with'"
    done
done
echo "annotations: ok"
