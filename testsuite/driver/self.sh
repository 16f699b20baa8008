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
cmake --build self -j 2 >log 2>&1 || fail "$(grep -v '^\[' log | tail -n 20)"
echo "moved to stack in our own C: $(grep -c 'moved to stack' log || true)"
grep -q 'escapes to heap' log || fail "the plugin has said nothing of our own C"
ctest --test-dir self --output-on-failure -j 2 -L unit --no-tests=error --timeout 600
