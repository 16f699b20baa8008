# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# measure.sh - run a program's work load, compare what it wrote, count (sourced by scripts/corpus).
#
# Every run happens in the same empty directory under the same program name, without address randomisation,
# so that two outputs differ only if the programs do. Counted runs (preloaded counter) are not timed ones.
#
# INVARIANT  Outputs of all runs of all variants are equal byte for byte, or the comparison fails loudly.
# shellcheck disable=SC2034 # SRC, INPUT: the recipes

# For recipes: one run of the program. A failure belongs to the output and is compared like it.
run() {
    local status=0 counter=()
    [[ -z $COUNTS ]] || counter=(-c "${COUNTER:-$CORPUS/tools/counter.so}" -n "$COUNTS")
    "$CORPUS/tools/launch" -t "$RUN_LIMIT" -s "$STATS" "${counter[@]}" "$PROGRAM" "$@" || status=$?
    [[ $status == 0 ]] || echo "exit status $status"
}

# run_once NAME FORM VARIANT LOAD OUTPUT [COUNTS]: LOAD is `work` or `tests`.
run_once() {
    local name=$1 build=$PLACE/build/$1/$2.$3 load=$4 output=$5 scratch=$CORPUS/run/scratch
    rm -rf "$scratch" "$CORPUS/run/bin" "$output" "$output.stats" "$output.error"
    mkdir -p "$scratch" "$CORPUS/run/bin" "${output%/*}"
    cp "$build/program" "$CORPUS/run/bin/$name"
    : >"$output.stats"
    (
        COUNTS=${6:-} STATS=$output.stats PROGRAM=$CORPUS/run/bin/$name
        export LC_ALL=C TZ=UTC HOME=$scratch
        cd "$scratch"
        set +e
        "$load" >"$output" 2>"$output.error" </dev/null
    )
}

# compare_outputs NAME FORM WHAT EXPECTED ACTUAL
compare_outputs() {
    cmp -s "$4" "$5" && cmp -s "$4.error" "$5.error" && return 0
    {
        echo "corpus: DIFFERENT OUTPUT: $1 ($2 form, $3)"
        echo "  expected $4 (and .error), got $5"
        diff -a "$4" "$5" | head -n 10 || true
        diff -a "$4.error" "$5.error" | head -n 10 || true
    } >&2
    FAILED=yes
}

median() {
    sort -n | awk '{ v[NR] = $1 } END { if (NR) print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2; else print 0 }'
}

# Prints "maxrss_kib cpu_us" of one run: the largest process, the sum of all.
stats_of() {
    awk '{ if ($1 > rss) rss = $1; cpu += $2 } END { print rss + 0, cpu + 0 }' "$1.stats"
}

# One counted run; leaves "allocations N bytes N ..." in FILE.counts.
count_run() {
    local output=$PLACE/out/$1/$2.$3.counted counts=$CORPUS/run/counts
    mkdir -p "${output%/*}" "${counts%/*}"
    "$CORPUS/tools/launch" -z "$counts"
    run_once "$1" "$2" "$3" work "$output" "$counts"
    "$CORPUS/tools/launch" -p "$counts" >"$output.counts"
}

# field FILE NAME: the number after NAME.
field() {
    awk -v name="$2" '{ for (i = 1; i < NF; i += 2) if ($i == name) print $(i + 1) }' "$1"
}

# measure_program NAME FORM VARIANT...: counted once, timed ROUNDS times, interleaved. Leaves
# $PLACE/out/NAME/FORM.VARIANT.{counted.counts,time}, time being "maxrss_kib cpu_us" per round.
measure_program() {
    local name=$1 form=$2 variant round base=$PLACE/out/$1/$2
    shift 2
    for variant in "$@"; do
        count_run "$name" "$form" "$variant"
        compare_outputs "$name" "$form" "work load, $variant" "$PLACE/out/$name/reference" "$base.$variant.counted"
        : >"$base.$variant.time"
        run_tests "$name" "$form" "$variant"
    done
    for ((round = 0; round < ROUNDS; round++)); do
        for variant in "$@"; do
            run_once "$name" "$form" "$variant" work "$base.$variant.out"
            stats_of "$base.$variant.out" >>"$base.$variant.time"
            compare_outputs "$name" "$form" "timed, $variant" "$PLACE/out/$name/reference" "$base.$variant.out"
        done
    done
}

# The program's own tests, where its recipe has them.
run_tests() {
    declare -F tests >/dev/null || return 0
    run_once "$1" "$2" "$3" tests "$PLACE/out/$1/$2.$3.tests"
    compare_outputs "$1" "$2" "own tests, $3" "$PLACE/out/$1/reference.tests" "$PLACE/out/$1/$2.$3.tests"
}

# What the plain build of the separate files writes is what all others are compared with.
make_reference() {
    run_once "$1" file plain work "$PLACE/out/$1/reference"
    ! declare -F tests >/dev/null || run_once "$1" file plain tests "$PLACE/out/$1/reference.tests"
}
