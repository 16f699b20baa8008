# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# lib.sh - what every driver test needs; sourced first by each testsuite/driver/NAME.sh.
#
# ctest gives in the environment
#   ESC_CLANG, ESC_PLUGIN, ESC_VERSION   the compiler under test, the plugin built for it, its major version
#   ESC_OTHER_PLUGINS                    plugins built for other versions, separated by blanks
#   ESC_SOURCE, ESC_BUILD                the source tree and the build tree
#   ESC_SANITIZE                         ON when the plugin was built with sanitizers
#   ESC_COMPILER                         gcc: of a script that says "With GCC too.", ESC_CLANG is a GCC; else clang
# A test runs in a directory of its own that is removed afterwards. It ends by itself: the first command
# that fails, and `fail`, end it with an exit status other than zero.
set -euo pipefail
: "${ESC_CLANG:?}" "${ESC_PLUGIN:?}" "${ESC_VERSION:?}" "${ESC_SOURCE:?}" "${ESC_BUILD:?}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'echo "FAILED: line $LINENO of ${0##*/}: $BASH_COMMAND" >&2' ERR
cd "$work"
cp "$ESC_SOURCE"/testsuite/driver/*.c .

fail() {
    trap - ERR
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

# GCC then checks its own intermediate form; one that we broke may make it run forever.
checking=()
[[ ${ESC_COMPILER:=clang} != gcc ]] || checking=(-fchecking=2)
plain() { timeout 120 "$ESC_CLANG" "$@"; }
esc() { timeout 120 "$ESC_CLANG" "${checking[@]}" -fplugin="$ESC_PLUGIN" "$@"; }

# a -m=2 b.c: the short spelling of a plugin argument, as argument vector $options.
arg() { printf -- '-fplugin-arg-escapement-%s' "$1"; }

# same A B WHAT: two files hold the same bytes.
same() { cmp -s "$1" "$2" || fail "$3: $1 and $2 differ"; }
differ() { ! cmp -s "$1" "$2" || fail "$3: $1 and $2 are the same"; }

# empty FILE WHAT: nothing was printed.
empty() { [[ ! -s $1 ]] || fail "$2, but: $(head -n 5 "$1")"; }

# has_line FILE LINE: the file holds exactly this line. lacks FILE REGEX: no line matches.
has_line() { grep -Fxq -e "$2" "$1" || fail "no line '$2' in: $(head -n 20 "$1")"; }
has() { grep -Eq -e "$2" "$1" || fail "nothing like '$2' in: $(head -n 20 "$1")"; }
lacks() { ! grep -Eq -e "$2" "$1" || fail "unexpected: $(grep -E -m 3 -e "$2" "$1")"; }

# one_error REGEX COMMAND...: the command fails without a crash and says so in exactly one
# line that holds "error:" and matches; leaves its standard error in the file err.
one_error() {
    local pattern=$1 status=0
    shift
    "$@" >out 2>err </dev/null || status=$?
    [[ $status -ne 0 ]] || fail "exit status 0 of: $*"
    [[ $status -lt 124 ]] || fail "exit status $status (crash or time out) of: $*: $(head -n 5 err)"
    # "1 error generated." is the compiler's own count, not a second message; GCC's second line says who failed.
    sed -i '/^[0-9]* errors\{0,1\} generated\.$/d; /^cc1: error: failed to initialize plugin /d' err
    [[ $(grep -c '' err) -eq 1 ]] || fail "not one line from $*: $(head -n 10 err)"
    has err "error: "
    has err "$pattern"
}

# What an object calls, by name: has_call FILE NAME, lacks_call FILE NAME.
calls() { nm -u "$1" | awk '{ print $2 }'; }
has_call() { calls "$1" | grep -qx "$2" || fail "$1 does not call $2"; }
lacks_call() { ! calls "$1" | grep -qx "$2" || fail "$1 calls $2"; }

# crashes PROGRAM...: it ends by a signal.
crashes() {
    local status=0
    (ulimit -c 0 && exec "$@") >out 2>&1 || status=$?
    [[ $status -gt 128 ]] || fail "$* does not crash: exit status $status"
}

# compile_with DIR FILE...: with the summaries in DIR and the arguments in `extra`, objects beside.
extra=()
compile_with() {
    local directory=$1 file
    shift
    for file in "$@"; do
        esc -O2 -c "$file" -o "${file%.c}.o" "$(arg "summaries=$directory")" "${extra[@]}"
    done
}

# refused_ld REGEX ARGUMENT...: `escapement ld` says so, and leaves no program. $command is the command.
# shellcheck disable=SC2154 # command: the test sets it
refused_ld() {
    local pattern=$1 status=0
    shift
    rm -f bad
    "$command" ld "$ESC_CLANG" "$@" -o bad 2>err || status=$?
    [[ $status -eq 1 && ! -e bad ]] || fail "ld $*: exit status $status"
    has err "$pattern"
}
