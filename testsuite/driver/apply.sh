#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The rewrites alone, with verdicts given by the names of functions (apply/verdicts.cpp): every form gives
# the output of the plain build, at each level and before and after the inliner.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"
[[ $ESC_SANITIZE != ON ]] || exit 77

llvm=$(dirname "$("llvm-config-$ESC_VERSION" --includedir)")
for source in "$ESC_SOURCE"/plugin/llvm/Apply*.cpp "$ESC_SOURCE"/plugin/common/Lines.cpp \
    "$ESC_SOURCE"/testsuite/driver/apply/verdicts.cpp; do
    timeout 300 "$ESC_CLANG" -x c++ -std=c++17 -O0 -fPIC -fno-rtti -fno-exceptions -Wall -Wextra -Wno-unused-parameter \
        -D__STDC_CONSTANT_MACROS -D__STDC_FORMAT_MACROS -D__STDC_LIMIT_MACROS -isystem "$llvm/include" \
        -I"$ESC_SOURCE/plugin/llvm" -I"$ESC_SOURCE/plugin/common" -I"$ESC_SOURCE/analysis/include" -c "$source" -o "$(basename "$source").o"
done
timeout 300 "$ESC_CLANG" -shared -o verdicts.so ./*.cpp.o -lstdc++

byname() { timeout 120 "$ESC_CLANG" -fpass-plugin=./verdicts.so "$@"; }
forms=$ESC_SOURCE/testsuite/driver/apply/forms.c
locals=$ESC_SOURCE/testsuite/driver/apply/locals.c
for level in -O1 -O2 -O3 -Oz '-O2 -g'; do
    read -ra flags <<<"$level"
    plain "${flags[@]}" "$forms" -o plain.x
    timeout 60 ./plain.x >want
    for late in '' 1; do
        ESC_LATE=$late
        if [[ $late ]]; then export ESC_LATE; else unset ESC_LATE; fi
        byname "${flags[@]}" "$forms" -o moved.x 2>log
        timeout 60 ./moved.x >got || fail "forms.c at $level, late=$late: exit status $?"
        same want got "forms.c at $level, late=$late"
    done
    unset ESC_LATE
    ESC_HEAP=1 byname "${flags[@]}" -fno-discard-value-names -w "$locals" -o locals.x 2>log
    timeout 60 ./locals.x >got || fail "locals.c at $level: exit status $?"
    has_line got "all right"
done
byname -O1 "$forms" -c -o forms.o 2>log
has_line log "moved $(grep -c '// moves' "$forms"), refused $(grep -c '// refused' "$forms"), to heap 0"

# Types that exclude each other are gone from accesses to one slot by two rounds.
byname -O2 -S -emit-llvm "$forms" -o forms.ll 2>log
sed -n '/define.*@slot_loop_types(/,/^}/p' forms.ll >types.ll
has types.ll 'store float'
lacks types.ll 'tbaa'
