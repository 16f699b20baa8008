# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# zlib with its example program as its own test; minigzip compresses and decompresses generated text.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=zlib
cppflags=(-D_LARGEFILE64_SOURCE=1 -DHAVE_UNISTD_H -I.)
ldlibs=()
twice=(inffixed.h)

prepare() { [[ -f zconf.h ]] || cp zconf.h.in zconf.h; }

sources() {
    printf '%s\n' {trees,adler32,crc32,deflate,infback,inffast,inflate,inftrees,zutil,compress,uncompr}.c \
        {gzclose,gzlib,gzread,gzwrite}.c test/minigzip.c
}

inputs() {
    awk 'BEGIN { for (i = 0; i < 120000; i++) printf "line %d of the log: value %d, state %s\n", i, i * 7919 % 10007, i % 3 ? "idle" : "busy" }' \
        >"$INPUT/log.txt"
    head -c 600000 "$SRC"/ChangeLog "$SRC"/*.c >"$INPUT/sources.txt"
}

work() {
    local level file
    for level in 1 6 9; do
        for file in log sources; do
            cp "$INPUT/$file.txt" text
            run -$level text
            cksum text.gz
            run -d text.gz
            cksum text
        done
    done
}
