# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2034 # for build.sh and for the tests
# start.sh - the head of each test of the command on real programs (check.sh, measured.sh, profile.sh); sourced first, with
# the test's arguments: --plugin=FILE --clang=PROGRAM --build=DIRECTORY [NAME...].
#
# Leaves ROOT, HERE, PLUGIN, CLANG, BUILD (all there are), names, escapement (the command), work (a directory that is removed
# in the end), what build.sh reads, and PLACE, the directory CORPUS/$place of this test's builds. Only one test at a time is
# beyond this point: they share sources, which are kept in CORPUS, ESCAPEMENT_CORPUS_DIR (default build/corpus).
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
HERE=$ROOT/testsuite/corpus
CORPUS=${ESCAPEMENT_CORPUS_DIR:-$ROOT/build/corpus}
PLUGIN='' CLANG=clang-19 BUILD=$ROOT/build
names=()
for argument in "$@"; do
    case $argument in
    --plugin=*) PLUGIN=$(realpath "${argument#*=}") ;;
    --clang=*) CLANG=${argument#*=} ;;
    --build=*) BUILD=$(realpath "${argument#*=}") ;;
    -*) grep -m 1 '^# usage: ' "$0" >&2 && exit 2 ;;
    *) names+=("$argument") ;;
    esac
done
PLUGIN=${PLUGIN:-$BUILD/plugin/llvm/escapement.so}
escapement=$BUILD/cli/escapement
COMPILER=$CLANG COMPILER_KIND=clang OPTIMIZE=${optimize:--O2} MODELS=no VERIFY='' PLUGIN_EXTRA='' JOBS=2
mkdir -p "$CORPUS/${place:-}"
CORPUS=$(cd "$CORPUS" && pwd)
PLACE=$CORPUS${place:+/$place}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
exec 9>"$CORPUS/lock"
flock 9
# shellcheck source=testsuite/corpus/fetch.sh
source "$HERE/fetch.sh"
# shellcheck source=testsuite/corpus/build.sh
source "$HERE/build.sh"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}
