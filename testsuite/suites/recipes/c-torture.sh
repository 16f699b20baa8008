# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# GCC's torture programs (gcc.c-torture/execute): each compiled, linked and run at four levels. A test is NAME#LEVEL.
# What Clang does not compile (GNU extensions it has not) is skipped; its exit status is part of a failure's result.
# shellcheck shell=bash disable=SC2034 # read by scripts/suites and run
source_package=gcc-12
preloadable=no # most of them never call malloc

# Of the compiler's sources only these programs; the package holds a tarball in a tarball.
unpack_suite() {
    local outer
    outer=$(find "$CORPUS/dl" -name 'gcc-12_*.orig.tar.gz' | head -n 1)
    mkdir -p "$1"
    tar -xzOf "$outer" --wildcards '*/gcc-*.tar.xz' |
        tar -xJ -C "$1" --strip-components=5 --wildcards '*/gcc/testsuite/gcc.c-torture/execute'
}

build() { [[ $(find . -name '*.c' | wc -l) -gt 1000 ]]; }

# Most of them are older than C99, and Clang needs to be told.
old_c=(-Wno-error=implicit-function-declaration -Wno-error=implicit-int -Wno-error=int-conversion -Wno-error=return-type
    -Wno-error=incompatible-function-pointer-types)

# The options that a test asks for, where it asks for them on every machine.
options_of() {
    sed -nE 's/.*dg-(additional-)?options "([^"]*)" *\}.*/\2/p' "$1"
}

one_program() {
    local file=$1 level name options status program
    name=${file#./}
    program=$WORK/${name//\//_}
    read -ra options <<<"$(options_of "$file" | tr '\n' ' ')"
    for level in -O1 -O2 -O3 -Os; do
        wanted "$name#$level" || continue
        if ! timeout 60 "$CC" -std=gnu17 $OLD_C "$level" "${options[@]}" "$file" -o "$program" -lm >&2; then
            result skip "$name#$level"
            continue
        fi
        status=0
        timeout 20 "$program" >/dev/null 2>&1 || status=$?
        [[ $status == 0 ]] && result pass "$name#$level" || result "fail($status)" "$name#$level"
    done
    rm -f "$program"
}

tests() {
    WORK=$(mktemp -d)
    trap 'rm -rf "$WORK"' EXIT
    ulimit -c 0
    export WORK OLD_C="${old_c[*]}"
    export -f one_program options_of result wanted
    find . -name '*.c' -not -path './builtins/*' | sort | sample 400 |
        xargs -n 25 -P "$JOBS" bash -c 'for file; do one_program "$file"; done' programs
}
