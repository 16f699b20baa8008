#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# A wrong plugin argument is one compiler error; without arguments the plugin says nothing.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

esc -O2 -c sample.c -o quiet.o >out 2>err
empty out "no -m, standard output is empty"
empty err "no -m, standard error is empty"

for wrong in wrong wrong=1 max-objects=5 mm; do
    rm -f none.o
    one_error "${wrong%%=*}" esc -O2 -c sample.c -o none.o "$(arg "$wrong")"
    [[ ! -e none.o ]] || fail "an object in spite of -fplugin-arg-escapement-$wrong"
done
for wrong in mode=sideways max-object=many max-frame= small-buffer=-1 limit=x m=7 'only=(' whole-program=all ; do
    one_error "${wrong%%=*}" esc -O2 -c sample.c -o none.o "$(arg "$wrong")"
done
# Also where no code is made.
one_error wrong esc -fsyntax-only sample.c "$(arg wrong)"
