# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# lib.sh - what every script test of the command needs; sourced first by each cli/tests/NAME.sh.
#
# ctest gives in the environment
#   ESC_COMMAND   the executable        ESC_SOURCE, ESC_BUILD   the source tree and the build tree
#   ESC_SANITIZE  ON when everything was built with sanitizers
# A test runs in a directory of its own that is removed afterwards. It ends by itself: the first command
# that fails, and `fail`, end it with an exit status other than zero.
set -euo pipefail
: "${ESC_COMMAND:?}" "${ESC_SOURCE:?}" "${ESC_BUILD:?}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'echo "FAILED: line $LINENO of ${0##*/}: $BASH_COMMAND" >&2' ERR
cd "$work"
PATH=${ESC_COMMAND%/*}:$PATH
# A command answers once and ends: what it has not freed by then is no leak. Nor does poison say anything where our code and
# Clang's, which knows of none, share LLVM's allocators (escapement-check).
export ASAN_OPTIONS=detect_leaks=0:allow_user_poisoning=0:detect_odr_violation=0 LC_ALL=C
unset CC CFLAGS LDFLAGS "${!ESCAPEMENT_@}" "${!CCACHE_@}"

fail() {
    trap - ERR
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}
skip() {
    echo "skipped: $*"
    exit 77
}

has_line() { grep -Fxq -e "$2" "$1" || fail "no line '$2' in: $(head -n 20 "$1")"; }
has() { grep -Eq -e "$2" "$1" || fail "nothing like '$2' in: $(head -n 20 "$1")"; }
lacks() { ! grep -Eq -e "$2" "$1" || fail "unexpected: $(grep -E -m 3 -e "$2" "$1")"; }
empty() { [[ ! -s $1 ]] || fail "$2, but: $(head -n 5 "$1")"; }

# ends STATUS COMMAND...: it ends with that status; leaves files out and err.
ends() {
    local want=$1 status=0
    shift
    timeout 300 "$@" >out 2>err </dev/null || status=$?
    [[ $status -eq $want ]] || fail "exit status $status, not $want, of: $* -- $(tail -n 20 err out)"
}

# one_line STATUS REGEX COMMAND...: and it says so in exactly one line of standard error, without a word before.
one_line() {
    local want=$1 pattern=$2
    shift 2
    ends "$want" "$@"
    [[ $(grep -c '' err) -eq 1 ]] || fail "not one line from: $* -- $(head -n 10 err)"
    has err "$pattern"
}

# Whether a plugin for Clang or GCC was built and its compiler is there.
has_compiler() { escapement env --compiler="$1" >/dev/null 2>&1; }

# jsonq FILE EXPRESSION: what a Python expression says of the document d.
jsonq() { python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$1" "$2"; }
