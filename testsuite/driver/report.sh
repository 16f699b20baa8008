#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The machine-readable report: one JSON object a line, one file for each object; a file that cannot be written
# is one compiler error, and the report changes no object.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

one_error 'no/such' esc -O2 -c sample.c -o none.o "$(arg report=no/such/directory.json)"
mkdir taken
one_error 'taken' esc -O2 -c sample.c -o none.o "$(arg report=taken)"

esc -O2 -c sample.c -o without.o
esc -O2 -c sample.c -o with.o "$(arg report=sample.json)" 2>err
empty err "a report prints nothing"
same with.o without.o "with and without a report"
[[ -s sample.json ]] || fail "the report is empty"
lacks sample.json '^[^{]|[^}]$'
has sample.json 'malloc\(64\)'
has sample.json 'malloc\(32\)'
if command -v python3 >/dev/null; then
    python3 -c 'import json, sys; [json.loads(line) for line in open("sample.json")]' ||
        fail "a line of the report is no JSON"
fi

mkdir objects
for name in sample still; do
    esc -O2 -c $name.c -o objects/$name.o "$(arg 'report=%.json')"
done
find . -name '*.json' | sort >reports
[[ $(grep -c 'sample\.o\.json$\|still\.o\.json$' reports) -eq 2 ]] ||
    [[ $(grep -c 'objects/\(sample\|still\)\.json$' reports) -eq 2 ]] ||
    fail "% did not become the object's name: $(cat reports)"
