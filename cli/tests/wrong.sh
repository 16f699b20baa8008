#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Wrong input of each kind is one clear line on standard error, and exit status 2: a table.
# shellcheck source=cli/tests/lib.sh
. "$(dirname "$0")/lib.sh"

measure='{"escapement": "measure", "version": 1, "measured": {}}'
echo "$measure" >no-runs.json
echo "${measure/: 1,/: 99,}" >version.json
printf '{"escapement": "measure",\n  "version": 1,\n  oops}\n' >broken.json
echo '{"some": "thing"}' >other.json
echo '[1, 2]' >list.json
echo 'not JSON' >text
printf '{"kind": "result", "text": "x", "good": true, "file": "a.c", "line": 1, "col": 1, "function": "f", "printed": true}\n{"kind": "site", "te\n' >broken-report.json
printf '{"kind": "site", "text": "malloc(8) escapes to heap: returned", "good": false, "file": "a.c", "line": 1, "col": 1, "function": "f"}\n' >old-report.json
printf '{"kind": "site", "text": "says something", "good": false, "moved": false, "file": "a.c", "line": 1, "col": 1, "function": "f", "site": "1", "placement": "heap", "allocator": "malloc"}\n' >odd-report.json
: >empty.json
printf '# escapement baseline 1\na.c\tf\tmalloc(8)\tmoved to stack\n' >good.baseline
printf '# escapement baseline 7\n' >version.baseline
printf '# escapement baseline 1\na.c\tf\tmalloc(8)\n' >fields.baseline
printf '# escapement baseline 1\na.c\tf\tmalloc(8)\tflew away\n' >verdict.baseline
printf '# escapement baseline 1\na.c\tf\tmalloc(8)\tmoved to stack\na.c\tf\tmalloc(8)\tmoved to stack\n' >twice.baseline
mkdir nothing
echo secret >secret.json
chmod 0 secret.json

row() { one_line 2 "^escapement: $1" escapement "${@:2}"; }
row 'cannot read absent.json: No such file or directory$' compare absent.json absent.json
row 'broken.json:3:[0-9]+: broken JSON: ' compare broken.json broken.json
row 'text:1:[0-9]+: broken JSON: ' compare text text
row 'broken-report.json:2:[0-9]+: broken JSON: ' compare broken-report.json empty.json
row "old-report.json:1: no finding of this version's plugin: it has no .site'" compare old-report.json empty.json
row "odd-report.json:1: no finding of this version's plugin: .says something' is no verdict" compare odd-report.json empty.json
row 'other.json is neither a measurement, nor a report' compare other.json other.json
row 'list.json is neither a measurement, nor a report' compare list.json list.json
row 'good.baseline holds no measurement of one command against another' compare good.baseline
row 'no-runs.json is no measurement of this version: runs' compare no-runs.json no-runs.json
row 'version.json is no measurement of this version: its version is another one' compare version.json version.json
row 'version.baseline is a baseline of another version' compare version.baseline empty.json
row 'version.baseline is a baseline of another version' baseline check version.baseline empty.json
row 'fields.baseline:2: no line of a baseline: it needs four fields' baseline check fields.baseline empty.json
row "verdict.baseline:2: no line of a baseline: .flew away' is no verdict" baseline check verdict.baseline empty.json
row 'twice.baseline: malloc\(8\) in f of a.c stands there twice' baseline check twice.baseline empty.json
row 'text is no baseline' baseline check text empty.json
row 'cannot read absent: No such file' baseline check absent empty.json
row 'there is no report in nothing' baseline write new.baseline nothing
row 'cannot write nothing/at/all: No such file' baseline write nothing/at/all empty.json
row 'cannot write nothing: Is a directory' baseline write nothing empty.json
row 'cannot find the directory absent' baseline write new.baseline --root=absent empty.json
row 'baseline: no reports are named' baseline write new.baseline
row "gate .alocs<=5': there is no .alocs'; there are allocs, frees" compare good.baseline empty.json --gate 'alocs<=5'
row "gate .allocs=5': one of <= >= < > == is needed where it says .=5'" compare good.baseline empty.json --gate 'allocs=5'
row "gate .allocs': one of" compare good.baseline empty.json --gate allocs
row "gate .allocs<=many': a number is needed" compare good.baseline empty.json --gate 'allocs<=many'
row "gate .allocs<=\+': a number is needed" compare good.baseline empty.json --gate 'allocs<=+'
row "gate .allocs<=--5': a number is needed" compare good.baseline empty.json --gate 'allocs<=--5'
row "gate .allocs<=5%': a part of what it was has a sign" compare good.baseline empty.json --gate 'allocs<=5%'
row "gate .allocs<=5MiB': .MiB' is no unit" compare good.baseline empty.json --gate 'allocs<=5MiB'
row "gate .cpu<=5MiB': .MiB' is no unit" compare good.baseline empty.json --gate 'cpu<=5MiB'
row "gate .sites.worse<=\+0': sites.worse is a difference already" compare good.baseline empty.json --gate 'sites.worse<=+0'
row "gate .allocs<=\+0%': there is no measurement in empty.json" compare good.baseline empty.json --gate 'allocs<=+0%'
row 'good.baseline: there are verdicts in good.baseline already' compare good.baseline empty.json --old-report=good.baseline
row 'cannot write /absent/out.json: No such file' measure -n 1 -o /absent/out.json -- true
row 'cannot run ./secret.json: Permission denied' measure -- ./secret.json
# root may read everything, so another user asks.
as=(escapement)
if [[ $(id -u) -eq 0 ]] && command -v setpriv >/dev/null; then
    chmod 755 "$work"
    cp "$ESC_COMMAND" escapement
    as=(setpriv --reuid=65534 --regid=65534 --clear-groups ./escapement)
fi
if ! "${as[@]:0:${#as[@]}-1}" cat secret.json >/dev/null 2>&1; then
    for arguments in 'compare secret.json secret.json' 'baseline check good.baseline secret.json' 'baseline check secret.json empty.json'; do
        # shellcheck disable=SC2086
        one_line 2 '^escapement: cannot read secret.json: Permission denied$' "${as[@]}" $arguments
    done
    mkdir closed
    chmod 755 closed
    chown 0:0 closed 2>/dev/null || true
    [[ ${#as[@]} -eq 1 ]] || one_line 2 '^escapement: cannot write closed/new: Permission denied$' "${as[@]}" baseline write closed/new empty.json
else
    fail "nobody is kept from reading a file of mode 0"
fi
# What argp says of wrong use has a second line that names --help.
for arguments in 'compare' 'compare a b c' 'compare --unknown a b' 'baseline' 'baseline guess file' 'baseline write' \
    'measure' 'env extra' 'doctor extra' 'env --compiler'; do
    # shellcheck disable=SC2086
    ends 2 escapement $arguments
    has err 'escapement'
    empty out "standard output is for answers"
done
ends 2 escapement unknown
has_line err "escapement: no command \`unknown'"
