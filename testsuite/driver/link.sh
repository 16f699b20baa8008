#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The plugin object itself: it needs no library of LLVM, and the analysis inside it is private.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

readelf -d "$ESC_PLUGIN" | grep NEEDED >needed
lacks needed 'LLVM|clang-cpp|escapement'
nm -D --defined-only "$ESC_PLUGIN" >exported
lacks exported ' esc_'
if [[ $ESC_VERSION -lt 18 ]]; then
    has exported ' llvmGetPassPluginInfo$'
fi
