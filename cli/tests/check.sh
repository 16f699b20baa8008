#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# `escapement check`: the lines are the plugin's; every format holds them; what goes wrong is one line.
# shellcheck source=cli/tests/lib.sh
. "$(dirname "$0")/lib.sh"
[[ -x ${ESC_COMMAND%/*}/escapement-check ]] || skip "escapement-check was not built"
clang="clang-19"
plugin=$ESC_BUILD/plugin/llvm/escapement.so
cp "$ESC_SOURCE"/testsuite/driver/sample.c "$ESC_SOURCE"/testsuite/driver/still.c .

# database FILE COMMAND...: compile_commands.json with one command for each file.
database() {
    local separator='['
    while [[ $# -gt 0 ]]; do
        printf '%s{"directory": "%s", "file": "%s", "command": "%s"}' "$separator" "$PWD" "$1" "$2"
        separator=$',\n'
        shift 2
    done >compile_commands.json
    echo ']' >>compile_commands.json
}

# The same lines as the plugin, at each level and in each way of compiling (a plain clang does not load one with sanitizers).
if command -v $clang >/dev/null && [[ -f $plugin && $ESC_SANITIZE != ON ]]; then
    for options in "-O2" "-O0" "-O2 -g" "-fsyntax-only"; do
        for level in 1 2; do
            # shellcheck disable=SC2086
            $clang $options -c sample.c -o x.o -fplugin="$plugin" -fplugin-arg-escapement-m=$level 2>lines
            # shellcheck disable=SC2086
            ends 0 escapement check -m$level -- $clang $options -c sample.c
            cmp -s lines out || fail "other lines than the plugin ($options, m=$level): $(diff lines out | head)"
        done
    done
    $clang -O2 -c sample.c -o x.o -fplugin="$plugin" -fplugin-arg-escapement-report=report.json
    ends 0 escapement check --json -- $clang -O2 -c sample.c
    cmp -s report.json out || fail "another report than the plugin's: $(diff report.json out | head -n 4)"
fi

# Another compiler's command: what Clang does not know is left out, and said once.
database sample.c "ccache gcc -O2 -fno-ipa-cp-clone -fconserve-stack -Wno-such -c sample.c -o sample.o -MD -MF d" \
    still.c "gcc -O2 -fconserve-stack -c still.c"
ends 0 escapement check -p .
has out '^sample\.c:10:18: moved to stack: malloc\(64\)$'
has err 'without what Clang does not know: .*-fconserve-stack'
[[ ! -e sample.o && ! -e d ]] || fail "something was written"
ends 0 escapement check -p . still.c
lacks out sample

# From another directory the places are from there.
mkdir elsewhere
(cd elsewhere && escapement check -m2 -p .. 2>/dev/null) >out
has out "^$PWD/sample\.c:10:18: moved"
has out "from return text \(return\) at $PWD/sample\.c:"

# A file that crashes the compiler, one that is wrong and one that is C++ are a line each, or none.
echo '#pragma clang __debug crash' >crash.c
echo 'int f( {' >wrong.c
database sample.c "cc -O2 -c sample.c" crash.c "cc -c crash.c" wrong.c "cc -c wrong.c" plus.cpp "c++ -c plus.cpp"
ends 1 escapement check -j2 --timing -p .
has out 'moved to stack: malloc\(64\)'
has err 'crash\.c: not checked: the check crashed'
has err 'wrong\.c: not checked: wrong\.c:1:.*error: '
has err '^ .* sample\.c$'

# Other formats.
ends 1 escapement check --format=github -p .
has out '^::error file=wrong\.c,title=escapement%3A not checked::'
has out '^::warning file=sample\.c,line=20,col=18,title=escapement::malloc\(32\) escapes to heap: returned%0A'
ends 1 escapement check --format=junit -p .
python3 - out <<'PYTHON' || fail "the JUnit file is not as it should be"
import sys, xml.etree.ElementTree as tree
suites = {s.get("name"): s for s in tree.parse(sys.argv[1]).getroot()}
assert suites["sample.c"].get("failures") == "2", suites["sample.c"].attrib
assert suites["wrong.c"].find("testcase/error") is not None
PYTHON
ends 1 escapement check --format=sarif -o found.sarif -p .
[[ $(jsonq found.sarif 'd["runs"][0]["results"][0]["ruleId"]') == MOVED_TO_STACK ]] || fail "no results in SARIF"
flow=$(jsonq found.sarif '[r for r in d["runs"][0]["results"] if r["ruleId"] == "RETURNED"][0]["codeFlows"][0]["threadFlows"][0]["locations"][-1]["location"]["physicalLocation"]["region"]["startLine"]')
[[ $flow -gt 20 ]] || fail "the flow in SARIF ends at line $flow"

# Several files as one program: what another file does is known; statics of one name stay apart.
cat >one.c <<'C'
#include <stdlib.h>
void fill(char *text);
static int helper(const char *text) { return text[0]; }
int use(void) {
    char *text = malloc(16);
    if (!text)
        return 0;
    fill(text);
    int first = helper(text);
    free(text);
    return first;
}
int main(void) { return use(); }
C
cat >two.c <<'C'
#include <stdlib.h>
static char *helper(void) { return malloc(24); }
char *keep;
void fill(char *text) { text[0] = 1; keep = helper(); }
C
echo 'int main(void) { return 0; }' >other.c
database one.c "cc -O2 -c one.c" two.c "cc -O2 -c two.c" other.c "cc -O2 -c other.c"
ends 0 escapement check -p .
has out 'one\.c:5:18: malloc\(16\) escapes to heap: passed to fill, whose body is unknown'
ends 1 escapement check --program -p .
has out 'one\.c:5:18: moved to stack: malloc\(16\)'
has out 'two\.c:2:36: malloc\(24\) escapes to heap'
has err 'other\.c: not checked: it defines main'

# Wrong use.
one_line 2 'cannot read nowhere: No such file' escapement check -p nowhere
mkdir broken
printf '[{"directory": ".",\n "file": }]' >broken/compile_commands.json
one_line 2 'compile_commands.json:2:10: ' escapement check -p broken
echo '[{"directory": ".", "file": "a.c"}]' >broken/compile_commands.json
one_line 2 'entry 1: it has no "command"' escapement check -p broken
one_line 2 'nowhere/one\.c: not in .*; there is one\.c' escapement check -p . nowhere/one.c
one_line 2 "argument 'max-object' needs a number" escapement check -p . --set=max-object=much
one_line 2 "one of -p BUILD and -- COMMAND is needed" escapement check
one_line 2 "cannot write .*no/such" escapement check -p . -o no/such one.c
