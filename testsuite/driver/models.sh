#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# A models file that is not there, or has a bad line, is one compiler error that names the file and the line.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

one_error 'absent\.models' esc -O2 -c sample.c -o none.o "$(arg models=absent.models)"
printf '# a comment\n\n%%%% this is no model (\n' >bad.models
one_error 'bad\.models:3' esc -O2 -c sample.c -o none.o "$(arg models=bad.models)"
one_error 'models' esc -O2 -c sample.c -o none.o "$(arg models=.)"

printf '# only comments\n\n' >empty.models
esc -O2 -c sample.c -o with.o "$(arg models=empty.models)"
esc -O2 -c sample.c -o without.o
same with.o without.o "an empty models file changes nothing"
# The built-in file is itself a file that can be read.
if [[ -s $ESC_SOURCE/analysis/models/libc.models ]]; then
    esc -O2 -c sample.c -o with.o "$(arg "models=$ESC_SOURCE/analysis/models/libc.models")"
    same with.o without.o "the built-in models once more"
fi
