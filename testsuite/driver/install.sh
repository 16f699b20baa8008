#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What is installed can be used: a project finds the package, its C sources are compiled with the plugin,
# and a program links the analysis library by CMake and by pkg-config.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

cmake --install "$ESC_BUILD" --prefix "$work/prefix" >install.log
cp -r "$ESC_SOURCE/testsuite/driver/consumer" consumer
cp sample.c main.c consumer/
unset CC CXX CFLAGS LDFLAGS
build() {
    cmake -S consumer -B "$1" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$work/prefix" \
        -DESC_SANITIZE="${ESC_SANITIZE:-OFF}" -DCMAKE_C_COMPILER="$2" >"$1.log" 2>&1 || fail "$(tail -n 20 "$1.log")"
    cmake --build "$1" -v >>"$1.log" 2>&1 || fail "$(tail -n 20 "$1.log")"
}
build with "$ESC_CLANG"
[[ $(with/program) == "5 label 7 42" ]] || fail "the program prints $(with/program)"
has with.log "fplugin=$work/prefix/.*clang-$ESC_VERSION/escapement\.so"
has with.log 'sample\.c:10:18: moved to stack: malloc\(64\)'
if [[ ${ESC_SANITIZE:-OFF} == ON ]]; then
    exit 0 # programs of other compilers cannot link what the sanitizers' compiler made
fi
with/library
# Another compiler gets no option it does not know.
if command -v gcc >/dev/null; then
    build other gcc
    lacks other.log 'fplugin'
    [[ $(other/program) == "5 label 7 42" ]] || fail "the program of gcc prints $(other/program)"
fi
if command -v pkg-config >/dev/null; then
    pc=$(dirname "$(find prefix -name escapement.pc)")
    read -ra flags <<<"$(PKG_CONFIG_PATH=$pc pkg-config --cflags --libs escapement)"
    plain consumer/library.c "${flags[@]}" -o library
    LD_LIBRARY_PATH=$(PKG_CONFIG_PATH=$pc pkg-config --variable=libdir escapement) ./library
    [[ -d $(PKG_CONFIG_PATH=$pc pkg-config --variable=plugindir escapement) ]] || fail "plugindir is no directory"
fi
