#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# With GCC too.
# The analysis library, the allocator and their unit tests, compiled by our own plugin, pass once more.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir self
cmake -S "$ESC_SOURCE" -B self -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER="$ESC_CLANG" \
    -DESCAPEMENT_BUILD_PLUGIN=OFF -DESCAPEMENT_CCACHE=OFF \
    -DCMAKE_C_FLAGS="${checking[*]} -fplugin=$ESC_PLUGIN -fplugin-arg-escapement-m" >log 2>&1 || fail "$(tail -n 20 log)"
# A plugin with a sanitizer inside makes the same objects: there it is the compilations that matter.
targets=()
[[ ${ESC_SANITIZE:-OFF} != ON ]] || targets=(--target analysis-objects runtime-objects)
cmake --build self -j 2 "${targets[@]}" >log 2>&1 || fail "$(grep -v '^\[' log | tail -n 20)"
echo "moved to stack in our own C: $(grep -c 'moved to stack' log || true)"
grep -q 'escapes to heap' log || fail "the plugin has said nothing of our own C"
[[ ${ESC_SANITIZE:-OFF} != ON ]] || exit 0
ctest --test-dir self --output-on-failure -j 2 -L unit --no-tests=error --timeout 600
