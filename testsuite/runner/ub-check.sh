#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ub-check.sh - every trap program is a correct C program.
#
#     ub-check.sh GCC [PROGRAM.c...]
#
# Each is built without the plugin with the address and undefined-behaviour sanitizers and run; a
# program that is undefined proves nothing about a rewrite. What they leak on purpose is allowed.
set -euo pipefail

compiler=$1
shift
here=$(cd "$(dirname "$0")/../run" && pwd)
(($#)) || set -- "$here"/*.c
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=1:allocator_may_return_null=1
export UBSAN_OPTIONS=halt_on_error=1
sanitize=(-g -O1 -fno-sanitize-recover=all "-fsanitize=address,undefined")
bad=0
for program; do
    mapfile -t args < <(sed -n 's|^// args: ||p' "$program" | tr ' ' '\n' | grep -v '^-fplugin-arg-')
    if ! "$compiler" "${sanitize[@]}" -w -I "$here/support" "${args[@]}" "$program" \
        "$here"/support/{scribble,opaque}.c -lm -o "$scratch/program" ||
        ! timeout 60 "$scratch/program" >"$scratch/out" 2>&1; then
        echo "FAIL $program"
        tail -n 20 "$scratch/out"
        bad=1
    fi
done
exit "$bad"
