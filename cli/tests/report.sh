#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# `escapement report`: a folder that needs nothing else, whose data is that of `escapement top` and of the reports; what
# cannot be used is one line and exit status 2. How it looks: page.sh.
# shellcheck source=cli/tests/lib.sh
. "$(dirname "$0")/lib.sh"
has_compiler clang || skip "no Clang with a plugin"
command -v jq >/dev/null || skip "no jq"
cp "$ESC_SOURCE"/testsuite/driver/{sample,main}.c .
for file in sample main; do
    escapement cc --report="$PWD/reports" -O2 -g -c $file.c -o $file.o
done

# Everything that the page asks for is in the folder, and nothing else is asked for.
ends 0 escapement report -o made/in/here --title='A title' reports
has_line out made/in/here/index.html
empty err "nothing is wrong"
grep -Eo '(src|href)="[^"#]*"' made/in/here/index.html | cut -d'"' -f2 | grep -v '^data:' >asked
while read -r name; do
    [[ -s made/in/here/$name ]] || fail "the page asks for $name"
done <asked
[[ $(wc -l <asked) -ge 8 ]] || fail "the page asks for $(cat asked)"
find made -type f ! -name 'd3*' ! -name data.js ! -name 'LICENSE*' -exec cat {} + >texts
lacks texts '(src|href)="(https?:)?//|@import|url\(|fetch\(|innerHTML|document\.write|eval\('
has made/in/here/LICENSE-d3.txt 'Redistributions in binary form'

# The data is JSON, and the same from run to run.
data() { sed '1s/^window.ESCAPEMENT = //; $s/;$//' "$1/data.js"; }
data made/in/here | jq . >one.json
escapement report -o again --title='A title' reports >out
data again | jq . >two.json
cmp one.json two.json || fail "two reports differ"
escapement report --json --title='A title' reports | jq . >two.json
jq -S . one.json >one.sorted
jq -S . two.json >two.sorted
cmp one.sorted two.sorted || fail "--json says something else"
jq -r '.entries[] | select(.kind == "site") | "\(.line) \(.category) \(.expression): \(.verdict)"' one.json >sites
has_line sites '10 moved malloc(64): moved to stack'
has_line sites '20 outlives malloc(32): escapes to heap: returned'
has_line sites '27 outlives malloc(16): escapes to heap: stored in global last'
jq -c '.entries[] | select(.line == 27) | .flow[-1]' one.json >flow
has flow '^\["\{heap\}",".*","last = .*","stored in global",[0-9]+,27,[0-9]+\]$'
[[ $(jq -r '.files[] | select(.name == "sample.c") | .parts[0][1][9]' one.json) == $(sed -n 10p sample.c) ]] ||
    fail "line 10 of the source is $(jq -r '.files[].parts[0][1][9]' one.json)"

# From another directory the sources are found beside the reports, or where one is told.
mkdir elsewhere
(cd elsewhere && escapement report -o page ../reports >out 2>err && [[ ! -s err ]]) || fail "not found: $(cat elsewhere/err)"
mkdir moved && mv sample.c main.c moved
escapement report -o without reports >out 2>err
has err '^escapement: source files not found: 1 \(--sources=DIR'
ends 0 escapement report -o with --sources=moved reports
empty err "the sources are found"

# A large file: only lines around what is said of it.
{
    echo 'void *p;'
    for ((i = 0; i < 9000; i++)); do echo "/* a line that nobody looks at, number $i */"; done
} >large.c
echo '{"kind":"site","file":"large.c","line":4000,"col":5,"function":"f","text":"malloc(1) escapes to heap: returned","good":false,"printed":true,"moved":false,"placement":"heap","allocator":"malloc","site":"1","reason":"RETURNED","chain":[]}' >large.json
escapement report --json large.json >large
[[ $(jq -r '.files[0] | "\(.state) \(.parts | length) \(.parts[0][0]) \(.parts[0][1] | length)"' large) == 'part 1 3960 81' ]] ||
    fail "of a large file: $(jq -c '.files[0] | [.state, .parts[0][0], (.parts[0][1] | length)]' large)"

# A copy that was inlined out of wrappers stands where they are called; one out of another function where it is.
site() { # site FUNCTION CHAIN TEXT
    printf '{"kind":"site","file":"w.c","line":3,"col":5,"function":"%s","chain":[%s],"text":"malloc(n) escapes to heap: %s",' "$@"
    printf '"good":false,"printed":true,"moved":false,"placement":"heap","allocator":"malloc","site":"1","reason":"RETURNED"}\n'
}
result() {
    printf '{"kind":"result","file":"w.c","line":1,"col":5,"function":"%s","text":"result of %s is fresh memory",' "$1" "$1"
    printf '"good":true,"printed":true}\n'
}
{
    result inner
    result outer
    site inner '' returned
    site outer '"w.c:8:4"' returned
    site user '"w.c:8:4","a.c:20:6"' 'stored in global g'
    site other '"w.c:9:4"' 'stored in global h'
    site another '"w.c:9:4","b.c:30:7"' 'stored in global i'
} >wrapped.json
escapement report --json wrapped.json 2>/dev/null |
    jq -r '.files as $files | .entries[] | select(.kind == "site") | "\($files[.file].name):\(.line):\(.col) \(.expression) \(.via) \(.verdict)"' >got
cat >wanted <<'PLACES'
w.c:3:5 malloc(n) null escapes to heap: returned
w.c:8:4 inner(...) inner -> malloc(n) escapes to heap: returned
a.c:20:6 outer(...) outer -> inner -> malloc(n) escapes to heap: stored in global g
w.c:9:4 inner(...) inner -> malloc(n) escapes to heap: stored in global h
w.c:9:4 inner(...) inner -> malloc(n) escapes to heap: stored in global i
PLACES
diff wanted got || fail "the places of copies"

# With a profile: the amounts are those of top, and add up.
gcc sample.o main.o -o program
ESCAPEMENT_PROFILE=heap.gz ESCAPEMENT_PROFILE_RATE=1 LD_PRELOAD=$ESC_BUILD/runtime/libescapement.so ./program >/dev/null
escapement top heap.gz --report=reports --json |
    jq -c '[.total.alloc_bytes, .total.alloc_objects, .total.inuse_bytes, .total.inuse_objects]' >wanted
escapement report --json --profile=heap.gz --sources=moved reports >profiled
jq -c .profile.total profiled >got
cmp wanted got || fail "the total: $(cat wanted got)"
jq -c '[.entries[] | .amount // empty] | transpose | map(add)' profiled >got
cmp wanted got || fail "the sum of the entries: $(cat wanted got)"
[[ $(jq '[.entries[] | select(.kind == "site" and .amount and .line == 27)] | length' profiled) -eq 1 ]] || fail "line 27 has no amount"
[[ $(jq '[.entries[] | select(.kind == "site" and .line == 27)] | length' profiled) -eq 1 ]] || fail "line 27 is there twice"
one_line 2 'no heap profile' escapement report -o page --profile=large.c reports

# Measurements: two files, or one of two commands.
measured() { # measured RUNS
    printf '"command": "p", "runs": 2, "metrics": {"allocs": [%s]}' "$1"
}
echo "{\"escapement\": \"measure\", \"measured\": {$(measured '3, 4')}}" >three.json
echo "{\"escapement\": \"measure\", \"measured\": {$(measured '1, 2')}, \"against\": {$(measured '5, 6')}}" >five.json
numbers() { escapement report --json --sources=moved "$@" reports | jq -c '[.before, .after | .measured.metrics.allocs]'; }
[[ $(numbers --before=three.json --after=five.json) == '[[3,4],[1,2]]' ]] || fail "two files: $(numbers --before=three.json --after=five.json)"
[[ $(numbers --after=five.json) == '[[5,6],[1,2]]' ]] || fail "one file: $(numbers --after=five.json)"
one_line 2 'three.json measures one command' escapement report -o page --sources=moved --after=three.json reports
escapement measure -n 2 --no-sites -o real.json --against true -- true >out 2>err
[[ $(numbers --after=real.json) =~ ^\[\[[0-9]+,[0-9]+\],\[[0-9]+,[0-9]+\]\]$ ]] || fail "measured: $(numbers --after=real.json)"

# What cannot be used.
ends 2 escapement report
ends 2 escapement report reports
ends 2 escapement report -o page --before=one.json reports
one_line 2 'cannot read no-such' escapement report -o page no-such
one_line 2 'one.json is no file of .escapement measure' escapement report -o page --before=one.json --after=one.json reports
echo '{"escapement": "measure",' >broken.json
one_line 2 'broken.json:[0-9]+:[0-9]+: broken JSON' escapement report -o page --before=broken.json --after=broken.json reports
echo '{"kind": "site", "text": 1}' >broken.json
one_line 2 'broken.json:1: no finding' escapement report -o page broken.json
: >file
one_line 2 'cannot write file/index.html|cannot make file/page|cannot write file' escapement report -o file/page --sources=moved reports
[[ ! -e page ]] || fail "a folder was made although nothing could be read"
