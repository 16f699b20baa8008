#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The oracle of scripts/limit finds, for blocks of which it is known, how far up they could have lived.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

corpus=$ESC_SOURCE/testsuite/corpus
flags=(-std=c11 -O2)
"$ESC_CLANG" "${flags[@]}" "$corpus/limit.c" -o limit
"$ESC_CLANG" "${flags[@]}" -fno-builtin -fno-omit-frame-pointer -shared -fPIC "$corpus/oracle.c" -o oracle.so
# The flags of limit.sh.
read -ra instrument < <(sed -n 's/^limit_flags="\(.*\)"$/\1/p' "$corpus/limit.sh")
"$ESC_CLANG" "${instrument[@]}" -no-pie "$ESC_SOURCE/testsuite/driver/limits.c" -o program

# watch NAME=VALUE...: the totals of one run.
watch() {
    ./limit -z counts
    env LD_PRELOAD="$PWD/oracle.so" ESCAPEMENT_COUNTS="$PWD/counts" "$@" ./program || fail "the program failed with $?"
    ./limit -p counts >totals
}
# holds NAME NUMBER...
holds() {
    while (($#)); do
        [[ " $(cat totals) " == *" $1 $2 "* ]] || fail "$1 is not $2: $(cat totals)"
        shift 2
    done
}

wrapper=$(nm program | awk '$3 == "xmalloc" { print $1 }')
watch ESCAPEMENT_WRAPPERS="$wrapper"
holds sites 8 blocks 22 library 0 freed0 14 freed1 6 freed2 0 freed3 1 slots0 10 slots1 1 processes 1 lost 0
# Of two at once, five at once, a grown and a large one none is a slot.
[[ $(./limit -s counts | awk '{ over += $10; again += $11; large += $12 } END { print over, again, large }') == "7 1 1" ]] ||
    fail "the reasons are wrong: $(./limit -s counts)"
# Without the wrapper's address everything it hands out belongs one frame further up, at one site.
watch ESCAPEMENT_WRAPPERS=
holds sites 7 blocks 22 freed0 4 freed1 11 slots0 0 slots1 11
