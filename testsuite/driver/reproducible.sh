#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The object does not depend on what is printed, on the run, or on the directory; the lines do not either.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

sources=(sample.c still.c)
for unit in "$ESC_SOURCE"/analysis/*.c; do
    [[ ! -f $unit ]] || sources+=("$unit")
done
include=(-I"$ESC_SOURCE/analysis/include" -I"$ESC_SOURCE/analysis")
for source in "${sources[@]}"; do
    for level in -O1 "-O2 -g"; do
        read -ra words <<<"$level"
        compile() { esc "${words[@]}" -w "${include[@]}" -c "$source" "$@"; }
        compile -o first.o
        compile -o second.o
        same first.o second.o "two runs of $source $level"
        compile -o told.o "$(arg m)" 2>first.err
        same first.o told.o "-m of $source $level"
        compile -o told2.o "$(arg m=2)" "$(arg report=r.json)" 2>flow.err
        same first.o told2.o "-m=2 and a report of $source $level"
        compile -o told.o "$(arg m)" 2>second.err
        same first.err second.err "the lines of $source $level"
        # Another address space layout, more environment: nothing may depend on addresses.
        PADDING=$(printf '%05000d' 0) compile -o other.o "$(arg m)" 2>other.err
        same first.o other.o "another environment, $source $level"
        same first.err other.err "the lines in another environment, $source $level"
        sort -t: -k1,1 -k2,2n -k3,3n -s first.err >sorted.err
        same first.err sorted.err "the order of the lines of $source"
        [[ $(sort first.err | uniq -d) == "" ]] || fail "a line twice: $(sort first.err | uniq -d | head -n 3)"
    done
done
