#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# A plugin built for another Clang says so in one line and fails the compilation; it does not crash.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

for plugin in ${ESC_OTHER_PLUGINS:-}; do
    for options in "-O2 -c" "-O0 -c" "-fsyntax-only" "-O2 -S"; do
        read -ra words <<<"$options"
        rm -f none.o
        one_error "$ESC_VERSION" plain "${words[@]}" -fplugin="$plugin" sample.c -o none.o
        [[ ! -e none.o ]] || fail "an object in spite of the wrong plugin"
    done
    one_error "$ESC_VERSION" plain -O2 -c -fplugin="$plugin" "$(arg m)" sample.c -o none.o
done
