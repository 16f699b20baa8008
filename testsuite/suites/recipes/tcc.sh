# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# tcc's own tests: programs with expected output, the preprocessor's, the library's, and tcc compiling itself.
# shellcheck shell=bash disable=SC2034 # read by scripts/suites and run
source_package=tcc

build() {
    ./configure --cc="$CC" --extra-cflags="$OPT"
    make -j "$JOBS"
    # A script writes this header of another test, of what the machine's own compiler says.
    make -C tests -k -j "$JOBS" abitest-cc libtcc_test || true
}

# one NAME DIRECTORY TARGET
one() {
    wanted "$1" || return 0
    if timeout 300 make -C "$2" -s "$3" >&2; then
        result pass "$1"
    else
        result fail "$1"
    fi
}

tests() {
    local name file
    for name in hello-exe hello-run libtest libtest_mt test3 memtest dlltest abitest asm-c-connect-test vla_test-run \
        btest test1b; do
        one "$name" tests "$name"
    done
    for file in tests/tests2/[0-9]*.c; do
        name=$(basename "$file" .c)
        [[ ! -f tests/tests2/$name.expect ]] || one "tests2/$name" tests/tests2 "$name.test"
    done
    for file in tests/pp/*.expect; do
        name=$(basename "$file" .expect)
        one "pp/$name" tests/pp "$name.test"
    done
}
