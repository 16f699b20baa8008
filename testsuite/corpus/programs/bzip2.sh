# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# bzip2: generated text compressed and decompressed; its samples are its own test.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=bzip2
cppflags=(-D_FILE_OFFSET_BITS=64 -I.)
ldlibs=()

prepare() { :; }

sources() { printf '%s\n' {blocksort,huffman,crctable,randtable,compress,decompress,bzlib,bzip2}.c; }

inputs() {
    awk 'BEGIN { for (i = 0; i < 60000; i++) printf "line %d of the log: value %d, state %s\n", i, i * 7919 % 10007, i % 3 ? "idle" : "busy" }' \
        >"$INPUT/log.txt"
}

work() {
    cp "$INPUT/log.txt" text
    run -1 -k text
    cksum text.bz2
    run -d -c text.bz2 | cksum
    run -9 -f text
    cksum text.bz2
    run -t -v text.bz2
    run -d -s text.bz2
    cksum text
}

tests() {
    local i
    for i in 1 2 3; do
        run -$i <"$SRC/sample$i.ref" | cmp - "$SRC/sample$i.bz2"
        run -d <"$SRC/sample$i.bz2" | cmp - "$SRC/sample$i.ref"
    done
}
