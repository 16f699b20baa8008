#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# measured.sh - `escapement measure`, `compare` and `baseline` on two real programs, libyaml and GNU make.
#
# usage: testsuite/corpus/measured.sh --plugin=FILE --clang=PROGRAM --build=DIRECTORY
#
# What is measured is what counter.c counts, to the last allocation, reallocation and free, in the programs plain and with the
# plugin; what the plugin takes away is exact, and a gate that says so holds; the gate that must fail fails. The verdicts of
# their reports are a baseline that the same reports keep, and that notices one verdict changed.
#
# The builds of corpus.sample are taken as they are.
# shellcheck source=testsuite/corpus/start.sh
source "$(dirname "$0")/start.sh"
PATH=$BUILD/cli:$PATH

# ends STATUS COMMAND...: leaves $work/out.
ends() {
    local want=$1 status=0
    shift
    timeout 600 "$@" >"$work/out" 2>&1 || status=$?
    [[ $status -eq $want ]] || fail "exit status $status, not $want, of $*: $(tail -n 15 "$work/out")"
}

# agree PROGRAM ARGUMENT...: the counter and the measurement.
agree() {
    local counted measured tools=$CORPUS/tools
    ends 0 escapement measure -n 1 --no-sites --any-status -o "$work/one.json" -- "$@"
    "$tools/launch" -z "$work/counts"
    "$tools/launch" -c "$tools/counter.so" -n "$work/counts" "$@" >/dev/null 2>&1 </dev/null || true
    counted=$("$tools/launch" -p "$work/counts" | awk '{ print $2, $6, $8 }')
    measured=$(jq -r '.measured.metrics | "\(.allocs[0]) \(.reallocs[0]) \(.frees[0])"' "$work/one.json")
    [[ $counted == "$measured" ]] || fail "${1##*build/}: counted $counted, measured $measured"
    echo "ok     ${1##*build/}: $counted allocations, reallocations, frees"
}

# keeps_baseline DIRECTORY: of reports.
keeps_baseline() {
    ends 0 escapement baseline write "$work/baseline" "$1"
    ends 0 escapement baseline check "$work/baseline" "$1"
    # One that stays on the heap is said to have been moved.
    awk -F '\t' -v OFS='\t' '!done && $4 ~ /^escapes/ { $4 = "moved to stack"; done = 1 } 1' "$work/baseline" >"$work/better"
    ends 1 escapement baseline check "$work/better" "$1"
    grep -q ': worse$' "$work/out" || fail "not called worse: $(cat "$work/out")"
    ends 1 escapement compare "$work/better" "$1" --gate 'sites.worse<=0'
    ends 0 escapement compare "$work/baseline" "$1" --gate 'sites.worse<=0' --gate 'sites.moved>=-0'
    echo "ok     ${1#"$CORPUS"/build/}: $(grep -vc '^#' "$work/baseline") verdicts"
}

# check NAME ARGUMENT...: with the work load's arguments.
check() (
    name=$1
    shift
    # shellcheck disable=SC1090
    source "$HERE/programs/$name.sh"
    prepare_program "$name"
    for variant in plain plugin; do
        build_program "$name" whole "$variant"
        agree "$OUT/program" "$@"
    done
    before=$PLACE/build/$name/whole.plain/program after=$OUT/program
    ends 0 escapement measure -n 4 --no-sites --any-status -o "$work/both.json" --against "$before $*" -- "$after" "$@"
    grep -Eq '^allocs .*-[0-9.]+% +exact$' "$work/out" || fail "$name: the change is not exact: $(cat "$work/out")"
    grep '^allocs' "$work/out"
    ends 0 escapement compare "$work/both.json" --gate 'allocs<=-5%'
    ends 1 escapement compare "$work/both.json" --gate 'allocs<=-95%'
    keeps_baseline "$OUT/obj"
)

build_tools
check libyaml "$CORPUS/input/libyaml/inventory.yaml"
check make -f "$CORPUS/input/make/Makefile" "INPUT=$CORPUS/input/make" -n -j2 base=/other part7 part8
