#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# selftest.sh - the arithmetic of score.sh, on results that were made up.
# shellcheck disable=SC2034 # PLACE, PLUGIN: read by score.sh
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PLACE=$(mktemp -d)
PLUGIN=some
trap 'rm -rf "$PLACE"' EXIT
# shellcheck source=testsuite/corpus/measure.sh
source "$HERE/measure.sh"
# shellcheck source=testsuite/corpus/score.sh
source "$HERE/score.sh"

# expect WHAT ACTUAL: the lines of standard input are all there is in ACTUAL.
expect() {
    diff - "$2" || { echo "FAILED: $1" && exit 1; }
}

row() {
    local IFS=$'\t'
    echo "$*"
}

# A program's counts: before and after, then blocks, slots0, slots1 of the limit.
mkdir -p "$PLACE"/out/{one,two}
echo "allocations 1000 bytes 9 processes 1" >"$PLACE/out/one/file.plain.counted.counts"
echo "allocations 700 bytes 9 processes 1" >"$PLACE/out/one/file.plugin.counted.counts"
for file in reference file.plain.counted file.plugin.counted lto.plain.counted; do
    echo "what it prints" >"$PLACE/out/one/$file"
done
echo "exit status 124" >"$PLACE/out/one/lto.plugin.counted"
cp "$PLACE/out/one/file.plain.counted.counts" "$PLACE/out/one/lto.plain.counted.counts"
cp "$PLACE/out/one/file.plugin.counted.counts" "$PLACE/out/one/lto.plugin.counted.counts"
echo "blocks 800 library 0 sites 3 bytes 9 freed0 900 slots0 400 slots1 200 processes 1 lost 0" >"$PLACE/out/one/limit"
{
    score_row one file
    score_row one lto
} >"$PLACE/counts"
row one file 1000 700 800 400 200 | expect "the rows of a program, without the run that took too long" "$PLACE/counts"

# 300 blocks moved where 400 could: three quarters, whatever other processes allocated (1000 and 800). More moved than
# the limit says counts as 1 in the second mean. Below 3 %, and without any allocation, a program is in no mean. A form that was
# not built is no zero.
{
    row one whole 1000 500 800 400 200
    row two file 200 190 400 20 0
    row edge file 100 100 1000 30 0
    row little file 100 90 1000 29 971
    row none whole 0 0 0 0 0
} >>"$PLACE/counts"
score_table "$PLACE/counts" >"$PLACE/table"
{
    row program 'limit k=0 %' 'limit k<=1 %' 'file k=0' 'k<=1' 'summaries k=0' 'k<=1' 'lto k=0' 'k<=1' 'whole k=0' 'k<=1'
    row one 50.0 75.0 0.75 0.50 - - - - 1.25 0.83
    row two 5.0 5.0 0.50 0.50 - - - - - -
    row edge 3.0 3.0 0.00 0.00 - - - - - -
    row little 2.9 100.0 0.34 0.01 - - - - - -
    row none 0.0 0.0 - - - - - - - -
    row mean '' '' 0.42 0.33 - - - - 1.25 0.83
    row 'mean, at most 1 each' '' '' 0.42 '' - '' - '' 1.00 ''
    row 'programs in the mean' '' '' 3 '' 0 '' 0 '' 1 ''
    echo '# left out of the means, limit below 3 %: little none'
} | expect "the table" "$PLACE/table"

# Sites: blocks bytes freed0..3 slots0 slots1 overlapping reallocated large frame, innermost first.
cat >"$PLACE/out/one/limit.sites" <<'END'
500 9 500 0 0 0 500 0 0 0 0 make_key@key.c:10:5 main@main.c:3:1
200 9 200 0 0 0 150 0 50 0 0 parse@parse.c:20:7 main@main.c:4:1
100 9 100 0 0 0 100 0 0 0 0 moved@parse.c:90:7
90 9 0 90 0 0 0 90 0 0 0 returned@parse.c:95:7
END
# 300 of make_key's blocks stay, through the wrapper and on two paths; all 200 of parse, of which a slot could hold 150.
cat >"$PLACE/out/one/whole.blame" <<'END'
      590  100.0%  STORED_PARAM

      200   33.9%  (larger than its place) parse@parse.c:20:9 main@main.c:4:1
      180   30.5%  RETURNED xmalloc@xmalloc.c:2:9 make_key@key.c:10:5 main@main.c:3:1
      120   20.3%  STORED_PARAM xmalloc@xmalloc.c:2:9 make_key@key.c:10:5 other@key.c:60:1
       90   15.3%  RETURNED returned@parse.c:95:7
END
{
    row program form stay 'slot blocks k=0' where reason
    row one whole 300 500 make_key@key.c:10:5 RETURNED
} >"$PLACE/first"
score_stays 1 one two >"$PLACE/stays"
expect "the largest site that stays" "$PLACE/stays" <"$PLACE/first"
score_stays 10 one two >"$PLACE/stays"
{
    cat "$PLACE/first"
    row one whole 150 150 parse@parse.c:20:7 '(larger than its place)'
} | expect "all sites that stay" "$PLACE/stays"
