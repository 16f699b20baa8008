#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What `escapement check --format=sarif` writes is SARIF 2.1.0: valid by the standard's schema, which a
# package on npm ships. Without it, without python3-jsonschema, or without a network the first time: skipped.
# shellcheck source=cli/tests/lib.sh
. "$(dirname "$0")/lib.sh"
[[ -x ${ESC_COMMAND%/*}/escapement-check ]] || skip "escapement-check was not built"
python=$(for p in python3 /usr/bin/python3; do "$p" -c 'import jsonschema' 2>/dev/null && echo "$p" && break; done)
[[ -n $python ]] || skip "no jsonschema for Python (Debian: python3-jsonschema)"
schema=$ESC_BUILD/sarif-2.1.0.json
if [[ ! -s $schema ]]; then
    command -v npm >/dev/null || skip "no npm to fetch the schema with"
    timeout 120 npm pack --silent @microsoft/jest-sarif@1.0.0-beta.0 >/dev/null 2>&1 || skip "the schema cannot be fetched"
    tar -xOf microsoft-jest-sarif-*.tgz package/lib/schemas/sarif-2.1.0-rtm.5.json >"$schema"
fi

# valid FILE: by the schema, and every ruleIndex is the rule of its ruleId.
valid() {
    "$python" - "$schema" "$1" <<'PYTHON'
import json, sys, jsonschema
schema, document = (json.load(open(name)) for name in sys.argv[1:3])
jsonschema.Draft7Validator(schema).validate(document)
run = document["runs"][0]
rules = run["tool"]["driver"]["rules"]
for result in run["results"]:
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"], result
PYTHON
}

cp "$ESC_SOURCE"/testsuite/driver/sample.c .
echo 'int f( {' >wrong.c
printf '[{"directory": "%s", "file": "%s", "command": "cc -O2 -c %s"},\n' "$PWD" sample.c sample.c >compile_commands.json
printf ' {"directory": "%s", "file": "%s", "command": "cc -O2 -c %s"}]\n' "$PWD" wrong.c wrong.c >>compile_commands.json
ends 1 escapement check -p . --format=sarif -o found.sarif
valid found.sarif || fail "not valid: $(head -n 40 found.sarif)"
[[ $(jsonq found.sarif 'len(d["runs"][0]["results"])') -gt 3 ]] || fail "few results"
# Validation can fail.
sed 's/"startLine": [0-9]*/"startLine": 0/' found.sarif >broken.sarif
! valid broken.sarif 2>/dev/null || fail "a broken file counts as valid"

# All cases whose flows are golden, as one file.
separator='['
for file in "$ESC_SOURCE"/testsuite/cases/flow/*.c; do
    printf '%s{"directory": "%s", "file": "%s", "command": "cc -O2 -c %s"}' "$separator" "$PWD" "$file" "$file"
    separator=','
done >compile_commands.json
echo ']' >>compile_commands.json
ends 0 escapement check -q -p . --format=sarif -o found.sarif
valid found.sarif || fail "not valid"
