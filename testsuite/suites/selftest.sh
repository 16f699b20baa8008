#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# selftest.sh - what compare.sh says of suites whose results are known: broken, vanished, flaky and equal tests.
# shellcheck disable=SC2034 # read by compare.sh
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
SUITES=$(mktemp -d)
trap 'rm -rf "$SUITES"' EXIT
TABLE=$SUITES/table VARIANT=plugin OPT=-O2 FULL=no source_package=none
# shellcheck source=testsuite/suites/compare.sh
source "$ROOT/testsuite/suites/compare.sh"

# What compare.sh needs of the others: a suite is a function of its form and of how often that has run.
form_of() { echo "$1$OPT"; }
version_of() { echo 1; }
sites_of_build() { echo 0/0; }
run_tests() {
    local variant=$2 output=$3 round
    round=$(cat "$SUITES/$variant.round" 2>/dev/null || echo 0)
    echo $((round + 1)) >"$SUITES/$variant.round"
    "results_of_$1" "$variant" "$round" | sort -t $'\t' -k2 -u >"$output"
    echo log >"$output.log"
}

results_of_equal() { printf 'pass\tone\nfail(1)\ttwo\nskip\tthree\n'; }
results_of_empty() { printf 'fail(1)\tone\n'; }
results_of_mixed() {
    local wrong=pass seldom=pass
    [[ $1 == plain ]] || wrong='fail(139)'
    [[ $1 == plain || $2 -gt 0 ]] || seldom='fail(6)'
    printf '%s\tbroken\n%s\tseldom\npass\tright\n' "$wrong" "$seldom"
    [[ $1 != plain ]] || printf 'pass\tvanished\n'
}
# A flaky test is looked at when the first two results differ.
results_of_turning() {
    local state=pass
    if [[ $1 == plain ]] && (($2 % 2 == 0)); then state='fail(1)'; fi
    printf 'pass\tsure\n%s\tturning\n' "$state"
}

# says NAME HOW VERDICT...: compare_suite ends HOW (well, badly) and its verdicts are these.
says() {
    local name=$1 how=$2 status=well
    shift 2
    rm -f "$SUITES"/*.round
    mkdir -p "$SUITES/$name/plain$OPT" "$SUITES/$name/plugin$OPT"
    echo key >"$SUITES/$name/plain$OPT/built"
    compare_suite "$name" 2>"$SUITES/said" || status=badly
    [[ $status == "$how" ]] || { echo "FAILED: $name ended $status, not $how" && cat "$SUITES/said" && exit 1; }
    diff <( (($# == 0)) || printf "%s\n" "$@" | sort) <(sort "$SUITES/$name/plugin$OPT.plugin.results.verdicts") ||
        { echo "FAILED: verdicts on $name" && exit 1; }
}

says equal well
says empty badly 'DIFFERENT (the suite): nothing passes'
says turning well 'flaky turning: fail(1) pass by itself'
says mixed badly 'DIFFERENT broken: pass plain, fail(139)' 'DIFFERENT vanished: pass plain, absent' \
    'DIFFERENT seldom: pass plain, fail(6) pass'
[[ $(wc -l <"$TABLE") -eq 4 ]] || { echo "FAILED: $(wc -l <"$TABLE") rows" && exit 1; }
