# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# zopfli: small and large texts, and bytes that compress badly, as gzip, zlib and raw deflate.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=zopfli
cppflags=()
ldlibs=(-lm)
no_whole=yes # not tried yet

prepare() { :; }

sources() { find src/zopfli -name '*.c' | LC_ALL=C sort; }

inputs() {
    awk 'BEGIN { for (i = 0; i < 2500; i++) printf "line %d of the log: value %d, state %s\n", i, i * 7919 % 10007, i % 3 ? "idle" : "busy" }' \
        >"$INPUT/log.txt"
    awk 'BEGIN { for (i = 0; i < 40000; i++) { s = (s * 1103515245 + 12345) % 2147483648; printf "%c", s / 65536 % 90 + 33 } }' >"$INPUT/noise"
    cat "$SRC"/src/zopfli/{deflate,squeeze}.c >"$INPUT/sources.c"
    : >"$INPUT/empty"
}

work() {
    local file
    for file in log.txt noise sources.c empty; do
        run --i3 -c "$INPUT/$file" | cksum
        run --i2 --zlib -c "$INPUT/$file" | cksum
        run --i1 --deflate --splitlast -c "$INPUT/$file" | cksum
    done
}
