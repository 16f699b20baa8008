#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The findings are Clang's own remarks of pass `escapement` too, and change no object.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

esc -O2 -c sample.c -o quiet.o
esc -O2 -c sample.c -o remark.o -Rpass=escapement 2>err
has err 'sample\.c:10:18: remark: .*\[-Rpass=escapement\]'
lacks err 'malloc\(32\)'
same quiet.o remark.o "-Rpass"
esc -O2 -c sample.c -o missed.o -Rpass-missed=escapement 2>err
has err 'sample\.c:20:18: remark: .*returned.*\[-Rpass-missed=escapement\]'
same quiet.o missed.o "-Rpass-missed"
esc -O2 -c sample.c -o record.o -fsave-optimization-record 2>err
empty err "-fsave-optimization-record prints nothing"
has record.opt.yaml '^Pass: +escapement$'
