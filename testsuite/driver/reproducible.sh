#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The object does not depend on what is printed, on the run, or on the directory; the lines do not either.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

include=(-I"$ESC_SOURCE/analysis/include" -I"$ESC_SOURCE/analysis")
compile() { esc -w "${include[@]}" "${words[@]}" -c "$source" "$@"; }

# Real sources: silent, then with lines, then with lines in another environment (no address may matter).
check_quickly() {
    compile -o first.o
    compile -o told.o "$(arg m)" 2>first.err
    same first.o told.o "-m of $source ${words[*]}"
    PADDING=$(printf '%05000d' 0) compile -o other.o "$(arg m)" 2>other.err
    same first.o other.o "another environment, $source ${words[*]}"
    same first.err other.err "the lines in another environment, $source ${words[*]}"
    sort -t: -k1,1 -k2,2n -k3,3n -s first.err >sorted.err
    same first.err sorted.err "the order of the lines of $source"
    [[ $(sort first.err | uniq -d) == "" ]] || fail "a line twice: $(sort first.err | uniq -d | head -n 3)"
}

for source in sample.c still.c; do
    for level in -O1 "-O2 -g" -Os "-O3 -fPIC" -O0; do
        read -ra words <<<"$level"
        check_quickly
        compile -o second.o
        same first.o second.o "two runs of $source $level"
        compile -o told.o "$(arg m=2)" "$(arg report=first.json)" 2>first.err
        same first.o told.o "-m=2 and a report of $source $level"
        compile -o told.o "$(arg m=2)" "$(arg report=second.json)" 2>second.err
        same first.err second.err "the flows of $source $level"
        same first.json second.json "the reports of $source $level"
    done
done
words=(-O2)
for source in "$ESC_SOURCE"/analysis/*.c; do
    check_quickly
done
