#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The page of `escapement report` in a browser: Debian's Chromium, without a window (page.py says what is looked at).
# The sources hold what breaks pages that are put together from text; one report has 10,000 findings.
#
# ESC_SCREENSHOTS=DIR keeps pictures of it, light and dark, wide and narrow, to be looked at.
# shellcheck source=cli/tests/lib.sh
. "$(dirname "$0")/lib.sh"
[[ ${ESC_SANITIZE:-OFF} != ON ]] || skip "the page is the same with sanitizers"
command -v chromium >/dev/null && command -v chromedriver >/dev/null || skip "no chromium or no chromedriver"
/usr/bin/python3 -c 'import selenium' 2>/dev/null || skip "no python3-selenium"

# site FILE LINE TEXT REASON FLOW...: a line of a report.
line() {
    python3 - "$@" <<'PY'
import json, sys
file, line, text, reason, *flow = sys.argv[1:]
print(json.dumps({"kind": "site", "file": file, "line": int(line), "col": 9, "function": "f<b>", "text": text, "good": False,
                  "printed": True, "moved": False, "placement": "heap", "allocator": "malloc", "site": "0", "reason": reason,
                  "size": 64, "flow": flow, "chain": []}))
PY
}
mkdir src
printf '%s\n' '#include <stdlib.h>' 'char *a = "</script><script>window.broken = 1</script>";' \
    'char *b = "<b class=injected>&amp; \"quoted\"</b>";' $'char *c = "caf\xc3\xa9 \xff\xfe \xe2\x80\xa8 \x01";' \
    'static void *kept;' 'void *f(void) {' '    void *p = malloc(64);' '    kept = p;' '    return p; // <img src=x onerror=window.broken=2>' \
    '}' >'src/odd <name>.c'
for ((i = 0; i < 300; i++)); do echo "/* $i */"; done >>'src/odd <name>.c'
{
    line 'src/odd <name>.c' 7 'malloc(64) escapes to heap: stored in global kept' STORED_GLOBAL 'malloc(64) escapes to heap:' \
        'flow: p = &{malloc(64)}:' 'from p = malloc(64) (init) at src/odd <name>.c:7:13' \
        'flow: {heap} = p:' 'from kept = p (stored in global) at src/odd <name>.c:8:10'
    line 'src/odd <name>.c' 9 'make("</script><b class=injected>") escapes to heap: returned' RETURNED
    line 'src/odd <name>.c' 250 'malloc(n) does not escape; kept on heap: size is not bounded' SIZE_UNBOUNDED
    line 'src/gone.c' 3 'malloc(3) escapes to heap: passed to g, whose body is unknown' UNKNOWN_CALLEE
    echo '{"kind":"param","file":"src/odd <name>.c","line":6,"col":9,"function":"f","text":"leaking param: q","good":false,"printed":true}'
    line 'src/odd <name>.c' 300 'moved to stack: malloc(8)' '' | sed 's/"moved": false, "placement": "heap"/"moved": true, "placement": "slot"/; s/"reason": ""/"align": 16/'
} >odd.json
# measured FILE ALLOCS CLASSES SITES: what `escapement measure` saves.
measured() {
    echo "{\"escapement\": \"measure\", \"version\": 1, \"measured\": {\"command\": \"./p\", \"runs\": 3, \"metrics\":
        {\"allocs\": [$2], \"bytes\": [80000, 80000, 80000], \"cpu\": [0.1, 0.3, 0.2], \"own.metric\": [1, 2, 3]},
        \"classes\": [$3], \"sample_bytes\": 1, \"sites\": [$4]}}" >"$1"
}
class() { printf '{"size": %s, "allocs": %s, "frees": 0}' "$1" "$2"; }
site() { printf '{"place": "%s", "function": "%s", "via": "", "objects": 1, "bytes": %s}' "$1" "$2" "$3"; }
measured run9.json '900, 910, 905' "$(class 64 500), $(class 32 400)" \
    "$(site 'src/odd <name>.c:7' f 60000), $(site a.c:1 main 19000), $(site gone.c:9 '<b>lost' 1000)"
measured run45.json '450, 455, 452' "$(class 64 52), $(class 32 400), $(class 0 3)" \
    "$(site 'src/odd <name>.c:17' f 6000), $(site a.c:1 main 19000), $(site new.c:9 more 5000)"
# The compile before: what is kept now was moved, what is moved now escaped, and one was somewhere else.
{
    line 'src/odd <name>.c' 7 'moved to stack: malloc(64)' '' | sed 's/"moved": false, "placement": "heap"/"moved": true, "placement": "slot"/; s/"reason": ""/"align": 16/'
    line 'src/odd <name>.c' 300 'malloc(8) escapes to heap: returned' RETURNED
    line 'src/odd <name>.c' 9 'make("</script><b class=injected>") escapes to heap: returned' RETURNED
    line 'src/odd <name>.c' 240 'malloc(n) does not escape; kept on heap: size is not bounded' SIZE_UNBOUNDED
    line 'src/gone.c' 3 'malloc(3) escapes to heap: passed to g, whose body is unknown' UNKNOWN_CALLEE
    line 'src/gone.c' 5 'malloc(5) escapes to heap: returned' RETURNED
} >before.json
ends 0 escapement report -o odd --title='Odd <b>page</b>' --before=run9.json --after=run45.json --old-report=before.json odd.json
has err '^escapement: source files not found: 1 '
lacks odd/data.js '[^ -~]'

python3 - >many.json <<'PY'
import json
reasons = [("returned", "RETURNED"), ("stored in global g", "STORED_GLOBAL"), ("passed to h, whose body is unknown", "UNKNOWN_CALLEE"),
           ("stored through parameter out", "STORED_PARAM")]
for i in range(10000):
    why, code = reasons[i % 7 % 4]
    print(json.dumps({"kind": "site", "file": f"src/part{i % 90}.c", "line": 1 + i // 90 * 7, "col": 5, "function": f"function_{i % 700}",
                      "text": f"malloc({i}) escapes to heap: {why}", "good": False, "printed": True, "moved": False, "placement": "heap",
                      "allocator": "malloc", "site": str(i), "reason": code, "chain": [],
                      "flow": [f"flow: {{heap}} = &{{malloc({i})}}:", f"from g = malloc({i}) (assign) at src/part{i % 90}.c:{1 + i // 90 * 7}:3"]}))
PY
for ((i = 0; i < 90; i++)); do
    awk -v i=$i 'BEGIN { for (n = 1; n <= 800; n++) printf "    g = malloc(%d); /* line %d of %d */\n", n * 90 + i, n, i }' >src/part$i.c
done
escapement report -o many many.json >/dev/null
[[ $(stat -c %s many/data.js) -lt 16000000 ]] || fail "the data of 10,000 findings has $(stat -c %s many/data.js) bytes"
mkdir none
echo '{"kind":"param","file":"a.c","line":6,"col":9,"function":"f","text":"p does not escape","good":true,"printed":true}' >param.json
escapement report -o none param.json >/dev/null 2>&1

[[ -z ${ESC_SCREENSHOTS:-} ]] || mkdir -p "$ESC_SCREENSHOTS"
timeout 500 /usr/bin/python3 "$ESC_SOURCE/cli/tests/page.py" "$work" "${ESC_SCREENSHOTS:-}"
