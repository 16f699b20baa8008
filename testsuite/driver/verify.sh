#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Verify mode: the programs of testsuite/verify say nothing with right verdicts, and each is caught when the analysis
# is told to forget the flow that it lives by.
#
# `// forget: FLOW` names a line of forget.def; each `// says: TEXT` must stand in the report. With GCC too.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

runtime=$ESC_BUILD/verify/libescapement-verify.a
programs=("$ESC_SOURCE"/testsuite/verify/*.c)
flows=$ESC_SOURCE/analysis/include/escapement/forget.def
bad=0

complain() {
    echo "$@"
    bad=1
}

# build OUTPUT SOURCE FLAGS...: in verify mode.
build() {
    local output=$1 source=$2
    shift 2
    esc -O2 -w "$(arg verify)" "$@" "$source" "$runtime" -pthread -o "$output"
}

run() { (timeout 20 "./$1" >"$1.out" 2>"$1.err" </dev/null || exit 1) 2>/dev/null; }

# right SOURCE: the same output as without the plugin, and no report.
right() {
    plain -O2 -w -pthread "$1" -o plain
    run plain || complain "$1: the program fails without the plugin"
    build verified "$1"
    run verified || complain "$1: fails in verify mode: $(cat verified.err)"
    cmp -s plain.out verified.out || complain "$1: says something else in verify mode"
    [[ ! -s verified.err ]] || complain "$1: reported: $(cat verified.err)"
}

# wrong SOURCE FLOW: caught, with one report that says what was promised.
wrong() {
    local text
    build broken "$1" "$(arg forget="$2")"
    if run broken; then
        complain "$1: not caught when '$2' is forgotten"
        return
    fi
    [[ $(grep -c '^escapement: verify: ' broken.err) -eq 1 ]] || complain "$1: not one report: $(cat broken.err)"
    while read -r text; do
        grep -Fq -e "$text" broken.err || complain "$1: the report does not say '$text': $(cat broken.err)"
    done < <(sed -n 's|^// says: ||p' "$1")
}

number=0
for program in "${programs[@]}"; do
    # A plugin with sanitizers takes ten times as long; every fourth program is enough to run its code.
    [[ $ESC_SANITIZE != ON ]] || ((number++ % 4 == 0)) || continue
    right "$program"
    flow=$(sed -n 's|^// forget: ||p' "$program")
    [[ -n $flow ]] || fail "$program: forgets nothing"
    wrong "$program" "$flow"
    grep -q '^// says: ' "$program" || complain "$program: promises no text"
done

# Every flow has a program.
for flow in $(sed -n 's/^ESC_FORGET(\([A-Z_]*\),.*/\1/p' "$flows" | tr '[:upper:]_' '[:lower:]-'); do
    grep -qx "// forget: $flow" "${programs[@]}" || complain "no program is broken by forgetting '$flow'"
done

# One that is not sampled is as wrong as in the frame, and not reported; log= takes the report elsewhere.
build broken "$ESC_SOURCE/testsuite/verify/returned.c" "$(arg forget=returned)"
ESCAPEMENT_VERIFY=log=report.txt run broken && complain "a log file hides the error"
grep -q 'ended: its function returned' report.txt || complain "the log has no report"
[[ ! -s broken.err ]] || complain "the report is in the log, and on standard error too"
one_error "nothing is called 'nonsense' to forget" esc -O2 -c sample.c "$(arg forget=nonsense)"
exit "$bad"
