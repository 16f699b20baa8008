# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154 # source_package: the recipe
# compare.sh - run a suite in both forms, compare test by test, make a row of the table (sourced by scripts/suites).
#
# Results are lines "STATE<tab>NAME", sorted by name, in $SUITES/NAME/FORM.VARIANT.results (.log: what the tests wrote).
#
# INVARIANT  A difference is called flaky only when the plain form alone was seen to give two results.

again=3 # further runs of a test with two results: seldom ones show up, and a suite of hours stays bearable

# run_tests NAME VARIANT OUTPUT [ONLY]: the results of one run of the tests.
run_tests() {
    local name=$1 variant=$2 output=$3 form status=0
    form=$(form_of "$variant")
    (
        [[ $variant != preload ]] || export ESCAPEMENT_SUITE_PRELOAD=$LIBRARY
        export ONLY=${4:-}
        in_tree "$name" "$form" "${tests_limit:-7200}" tests >"$output.raw" 2>"$output.log"
    ) || status=$?
    [[ $status == 0 ]] || printf 'fail(%s)\t(the run of the suite)\n' "$status" >>"$output.raw"
    sort -t $'\t' -k2 -u "$output.raw" >"$output"
    rm -f "$output.raw"
}

# Results of the plain form are kept while the build and the recipe are what they were.
run_plain() {
    local key
    key=$(cat "$SUITES/$1/$(form_of plain)/built" "$HERE/recipes/$1.sh" "$HERE/run" && echo "full $FULL")
    [[ $(cat "$2.key" 2>/dev/null) != "$key" || ! -s $2 ]] || return 0
    rm -f "$2.key"
    run_tests "$1" plain "$2"
    echo "$key" >"$2.key"
}

# Names of the tests whose results differ, or are in one file only.
differing() {
    awk -F '\t' '!($2 in first) { order[++n] = $2 }
        { first[$2]; if (FNR == NR) a[$2] = $1; else b[$2] = $1 }
        END { for (i = 1; i <= n; i++) if (a[order[i]] != b[order[i]]) print order[i] }' "$1" "$2"
}

# judge PLAIN OTHER NAMES: "flaky NAME" or "DIFFERENT NAME: PLAIN STATES, OTHER STATES", from all runs made.
judge() {
    local plain=$1 other=$2
    awk -F '\t' -v plain="$plain" 'function add(set, state) { return index(" " set " ", " " state " ") ? set : set (set ? " " : "") state }
        FILENAME == ARGV[1] { names[++n] = $1; next }
        index(FILENAME, plain) == 1 { a[$2] = add(a[$2], $1); next }
        { b[$2] = add(b[$2], $1) }
        END { for (i = 1; i <= n; i++) {
            name = names[i]
            if (a[name] ~ / /) print "flaky " name ": " a[name] " by itself"
            else print "DIFFERENT " name ": " (a[name] ? a[name] : "absent") " plain, " (b[name] ? b[name] : "absent")
        } }' "$3" "$plain" "$plain".again* "$other" "$other".again*
}

# look_again NAME PLAIN OTHER: leaves OTHER.verdicts.
look_again() {
    local name=$1 plain=$2 other=$3 round
    rm -f "$plain".again* "$other".again*
    differing "$plain" "$other" >"$other.differing"
    : >"$other.verdicts"
    [[ -s $other.differing ]] || return 0
    echo "suites: $name: $(wc -l <"$other.differing") tests have two results; each form runs them $again times more" >&2
    for ((round = 1; round <= again; round++)); do
        run_tests "$name" plain "$plain.again$round" "$other.differing"
        run_tests "$name" "$VARIANT" "$other.again$round" "$other.differing"
        rm -f "$plain.again$round.log"
    done
    mkdir -p "$other.logs"
    mv "$other".again*.log "$other.logs/"
    judge "$plain" "$other" "$other.differing" >"$other.verdicts"
}

table_head() {
    printf '%s\t' suite version level compared tests 'passed plain' 'passed with' 'failed plain' 'failed with' \
        'skipped plain' 'skipped with' flaky different
    echo 'moved/sites'
}

count() { awk -F '\t' -v state="$2" 'index($1, state) == 1 { n++ } END { print n + 0 }' "$1"; }

# compare_suite NAME: fails when a result differs. Every difference is named.
compare_suite() {
    local name=$1 plain other flaky different sites=- state
    plain=$SUITES/$name/$(form_of plain).plain.results
    other=$SUITES/$name/$(form_of "$VARIANT").$VARIANT.results
    echo "suites: testing $name, plain$OPT" >&2
    run_plain "$name" "$plain"
    echo "suites: testing $name, $VARIANT" >&2
    run_tests "$name" "$VARIANT" "$other"
    look_again "$name" "$plain" "$other"
    flaky=$(grep -c '^flaky ' "$other.verdicts") || true
    different=$(grep -c '^DIFFERENT ' "$other.verdicts") || true
    # A suite in which nothing passes has compared nothing.
    [[ $(count "$plain" pass) -gt 0 ]] || echo "DIFFERENT (the suite): nothing passes" >>"$other.verdicts"
    [[ $VARIANT == preload ]] || sites=$(sites_of_build "$SUITES/$name/$(form_of plugin)")
    {
        printf '%s\t' "$name" "$(version_of "$source_package")" "$OPT" "$VARIANT" "$(wc -l <"$plain")"
        for state in pass fail skip; do
            printf '%s\t' "$(count "$plain" "$state")" "$(count "$other" "$state")"
        done
        printf '%s\t%s\t%s\n' "$flaky" "$different" "$sites"
    } >>"$TABLE"
    sed "s/^/suites: $name$OPT: /" "$other.verdicts" >&2
    ! grep -q '^DIFFERENT ' "$other.verdicts"
}
