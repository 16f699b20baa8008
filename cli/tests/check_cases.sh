#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# `escapement check` prints what the plugin prints, flows too, on every case of testsuite/cases that has no flags.
# shellcheck source=cli/tests/lib.sh
. "$(dirname "$0")/lib.sh"
[[ -x ${ESC_COMMAND%/*}/escapement-check ]] || skip "escapement-check was not built"
plugin=$ESC_BUILD/plugin/llvm/escapement.so
command -v clang-19 >/dev/null && [[ -f $plugin ]] || skip "no Clang 19 with a plugin"
[[ $ESC_SANITIZE != ON ]] || skip "a plain clang does not load a plugin with sanitizers, and its lines are the same"
compared=0
for file in "$ESC_SOURCE"/testsuite/cases/*/*.c; do
    ! grep -qE 'args:|only-llvm|not-llvm|expect-error' "$file" || continue
    cp "$file" case.c
    flags=(-O2 -w "-I$ESC_SOURCE/analysis/include" "-I${file%/*}" -c case.c)
    clang-19 "${flags[@]}" -o x.o -fplugin="$plugin" -fplugin-arg-escapement-m=2 2>lines
    ends 0 escapement check -m2 -- clang-19 "${flags[@]}"
    cmp -s lines out || fail "${file#"$ESC_SOURCE"/}: $(diff lines out | head -n 6)"
    compared=$((compared + 1))
done
[[ $compared -gt 90 ]] || fail "only $compared cases"
echo "$compared cases say the same"
