#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# opt-info.sh - GCC's own channel: -fopt-info-optimized, -missed and -note say the findings, and change no object.
#
# Environment: ESC_GCC the compiler, ESC_PLUGIN the plugin, ESC_SOURCE the repository.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
cp "$ESC_SOURCE/testsuite/driver/sample.c" "$ESC_SOURCE/testsuite/driver/dangling.c" .
gcc=(timeout 60 "$ESC_GCC" -fchecking=2 "-fplugin=$ESC_PLUGIN" -O2 -w -c)

fail() {
    echo "opt-info: $*" >&2
    exit 1
}
says() { grep -Fxq -e "$2" "$1" || fail "no line '$2' in: $(cat "$1")"; }
keeps_quiet() { ! grep -q -e "$2" "$1" || fail "unexpected: $(grep -m 3 -e "$2" "$1")"; }

"${gcc[@]}" sample.c -o quiet.o 2>lines
[[ ! -s lines ]] || fail "not quiet: $(cat lines)"
"${gcc[@]}" -fopt-info-optimized sample.c -o told.o 2>lines
says lines 'sample.c:10:18: optimized: moved to stack: malloc(64)'
keeps_quiet lines 'escapes to heap'
cmp quiet.o told.o || fail "-fopt-info-optimized changes the object"
"${gcc[@]}" -fopt-info-missed sample.c -o told.o 2>lines
says lines 'sample.c:20:18: missed: malloc(32) escapes to heap: returned'
says lines 'sample.c:27:12: missed: malloc(16) escapes to heap: stored in global last'
keeps_quiet lines 'moved to stack'
cmp quiet.o told.o || fail "-fopt-info-missed changes the object"
# To a file, and both at once; the lines of -m stay where they are.
"${gcc[@]}" -fplugin-arg-escapement-m -fopt-info-optimized-missed=told.txt sample.c -o told.o 2>lines
says told.txt 'sample.c:10:18: optimized: moved to stack: malloc(64)'
says told.txt 'sample.c:20:18: missed: malloc(32) escapes to heap: returned'
says lines 'sample.c:10:18: moved to stack: malloc(64)'
"${gcc[@]}" -fopt-info-note sample.c -o told.o 2>lines
says lines 'sample.c:19:7: note: result of label is fresh memory'
"${gcc[@]}" -fplugin-arg-escapement-heap-locals -fopt-info-optimized dangling.c -o told.o 2>lines
grep -q 'optimized: moved to heap: total$' lines || fail "no local: $(cat lines)"
"${gcc[@]}" -fplugin-arg-escapement-mode=report -fopt-info-optimized sample.c -o told.o 2>lines
says lines 'sample.c:10:18: optimized: moved to stack: malloc(64)'
echo "opt-info: ok"
