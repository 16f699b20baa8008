#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# `escapement baseline` and `escapement compare`: verdicts are kept by function and text, so lines may move; what gets
# worse is named with its flow; gates hold and fail.
# shellcheck source=cli/tests/lib.sh
. "$(dirname "$0")/lib.sh"
has_compiler clang || skip "no Clang with a plugin"
compiler=$(escapement env --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["compiler"])')

mkdir -p src/deep
cat >src/a.c <<'C'
#include <stdlib.h>
#include <string.h>
char *kept;
static char *make(int n) {
    char *p = malloc(n);
    if (p)
        p[0] = 1;
    return p;
}
void keep(void) { kept = make(4); }
int uses(void) {
    char *q = make(8);
    int r = q ? q[0] : 0;
    free(q);
    return r;
}
int twice(const char *s) {
    char *a = malloc(32), *b = malloc(32);
    int n = 0;
    if (a && b && strlen(s) < 32)
        n = (int)strlen(strcpy(a, s)) + strcmp(a, strcpy(b, s));
    free(a);
    free(b);
    return n;
}
C
# Of the same name, in another directory.
cat >src/deep/a.c <<'C'
#include <stdlib.h>
char *last;
void twice_too(void) { last = malloc(5); }
C
# build REPORTS: each in its own directory, as recursive makes do.
build() {
    rm -rf "$1"
    (cd src && escapement cc --compiler="$compiler" --report="$work/$1" -O2 -c a.c -o a.o)
    (cd src/deep && escapement cc --compiler="$compiler" --report="$work/$1" -O2 -c a.c -o a.o)
}
build one
ends 0 escapement baseline write program.baseline one
has err '4 allocations, 2 of them not on the heap'
printf '%s\t%s\t%s\t%s\n' \
    src/a.c make 'malloc(n)' 'moved to stack in some places; escapes to heap: stored in global kept' \
    src/a.c twice 'malloc(32)' 'moved to stack' \
    src/a.c twice 'malloc(32) #2' 'moved to stack' \
    src/deep/a.c twice_too 'malloc(5)' 'escapes to heap: stored in global last' >expected
grep -v '^#' program.baseline | diff expected - || fail "another baseline"

# The same one again; lines that move; the directory's spelling.
ends 0 escapement baseline check program.baseline one
has out '4 allocations, as they were'
sed -i '1i\\n\n/* more */' src/a.c
build one
ends 0 escapement baseline check program.baseline one/
ESCAPEMENT_REPORT=$work/one ends 0 escapement baseline check program.baseline
(cd src && ends 0 escapement baseline check --root=.. ../program.baseline ../one)
# From a report alone, whose compiler's directory is not known.
ends 0 escapement baseline write - one/from/"$work"/src/*.json
has out '^a\.c.make'

# Worse: the flow stands beside it. Better, removed and new.
sed -i 's/    free(b);/    kept = b;/' src/a.c
sed -i 's/void twice_too.*/void other(void) { free(last); last = calloc(1, 6); }/' src/deep/a.c
build two
ends 1 escapement baseline check program.baseline two
has out '^src/a\.c:[0-9]+:32: malloc\(32\) in twice: worse$'
has out '^    was: moved to stack$'
has out '^    now: escapes to heap: stored in global kept$'
has out '^ +from kept = b \(stored in global\) at a\.c:'
has out '^src/deep/a\.c:3:39: calloc\(1, 6\) in other: new, on the heap$'
has out '^src/deep/a\.c: malloc\(5\) in twice_too: removed$'
has out '1 worse; 1 new, on the heap; 1 removed'
ends 1 escapement baseline check --json program.baseline two
[[ $(jsonq out '[c["change"] for c in d["changes"]], d["held"]') == "(['worse', 'new, on the heap', 'removed'], False)" ]] || fail "$(cat out)"
ends 1 escapement baseline check --worse program.baseline two
ends 0 escapement baseline check --update program.baseline two
has out 'worse$'
ends 0 escapement baseline check program.baseline two
ends 0 escapement baseline write two.baseline two
cmp two.baseline program.baseline || fail "updated, it is another one than written"
# All that changed gets better again.
ends 1 escapement baseline check two.baseline one
has out 'malloc\(32\) in twice: better'
ends 1 escapement baseline check --worse two.baseline one
has out 'malloc\(5\) in twice_too: new, on the heap'

# Gates on the sites, of reports and of baselines.
ends 0 escapement compare one two --gate 'sites<=+0' --gate 'sites.escaping<=+1' --gate 'sites.moved>=1'
ends 1 escapement compare one two --gate 'sites.moved>=-0'
has err "gate .sites.moved>=-0' failed: it was 2, is 1, and may be 2"
ends 1 escapement compare program.baseline one --gate 'sites.worse<=0'
ends 1 escapement compare one two --gate 'sites.heap<=+10%' --gate 'sites<5' --json
[[ $(jsonq out '[g["held"] for g in d["gates"]], d["held"]') == '([False, True], False)' ]] || fail "$(cat out)"
ends 1 escapement compare one two --gate 'sites.worse==0' --markdown
has out '^### Escapement: a gate failed$'
has out '^\| `sites.worse==0` \| 0 \| 2 \| 0 \| \*\*FAILED\*\* \|$'
has out '^- `malloc\(32\)` in `twice`, src/a.c:[0-9]+:32: was \*moved to stack\*, is \*escapes to heap: stored in global kept\*$'
has out '^    from kept = b'
ends 0 escapement compare one one --gate 'sites.worse<=0'

# Gates on measurements: made up, so that every kind of change is there.
python3 - <<'P'
import json
def save(name, **values):
    names = "allocs frees reallocs bytes heap.peak rss.peak faults faults.major user sys cpu wall".split()
    metrics = {n: [7] * 5 for n in names}
    metrics.update({n.replace("_", "."): v for n, v in values.items()})
    json.dump({"escapement": "measure", "version": 1, "made_by": "test", "measured": {"command": "x", "runs": 5,
        "programs": 1, "metrics": metrics, "classes": [{"size": 16, "allocs": 5.0, "frees": 4.0}]}}, open(name, "w"))
save("old.json", allocs=[1000] * 5, cpu=[1.0, 1.01, 0.99, 1.02, 0.98], rss_peak=[1048576 * 10] * 5)
save("fewer.json", allocs=[900] * 5, cpu=[1.02, 1.0, 0.99, 1.03, 0.98], rss_peak=[1048576 * 10] * 5)
save("more.json", allocs=[1001] * 5, cpu=[1.2, 1.21, 1.19, 1.22, 1.18], rss_peak=[1048576 * 12] * 5)
P
gate() { ends "$1" escapement compare old.json "$2" --gate "$3"; }
gate 0 fewer.json 'allocs<=+0%'
gate 0 fewer.json 'allocs<=-10%'
gate 1 fewer.json 'allocs<=-10.1%'
gate 0 fewer.json 'allocs<=-100'
gate 0 fewer.json 'allocs<=900'
gate 1 fewer.json 'allocs<900'
gate 1 more.json 'allocs<=+0%'
gate 0 more.json 'allocs<=+0.1%'
gate 0 more.json 'allocs==+1'
gate 0 fewer.json 'cpu<=+0%' # within noise
has out 'held \(noise\)'
gate 1 more.json 'cpu<=+5%'
gate 0 more.json 'cpu<=+21%'
gate 0 more.json 'cpu<=1300ms'
gate 1 more.json 'cpu<=1.1s'
gate 0 more.json 'rss.peak<=12MiB'
gate 1 more.json 'rss.peak<=+1MiB'
ends 0 escapement compare old.json more.json
has out '^allocs +1000 +±0% +1001 +±0% +\+0\.10% +exact$'
has out '^cpu +.*\+20\.00% +p=0\.008 n=5\+5$'
has out '^frees .* ~ +all equal$'
ends 0 escapement compare old.json fewer.json --json
[[ $(jsonq out 'd["metrics"]["allocs"]["change"], d["metrics"]["cpu"]["change"], d["metrics"]["wall"]["change"]') == "('exact', 'noise', 'none')" ]] || fail "$(cat out)"
# Both at once.
ends 1 escapement compare old.json fewer.json --old-report=one --new-report=two --gate 'allocs<=+0%' --gate 'sites.worse<=0' --markdown
has out '^\| allocs \| 1000 '
has out '^\| `allocs<=\+0%` .* held \|$'

# A coloured table is for terminals that want it.
lacks out "$(printf '\033')"
if command -v script >/dev/null; then
    coloured() { TERM=xterm script -qec "escapement compare old.json more.json" /dev/null >out </dev/null; }
    coloured
    has out "$(printf '\033\\[31m')"
    NO_COLOR=1 coloured
    lacks out "$(printf '\033')"
fi
