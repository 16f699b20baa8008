# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# cJSON: a big document parsed, walked, edited, printed (programs/cjson.main.c), and its own test programs' inputs.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=cjson
cppflags=(-I.)
ldlibs=(-lm)

prepare() { cp "$HERE/programs/cjson.main.c" main.c; }

sources() { printf '%s\n' cJSON.c main.c; }

inputs() {
    awk 'BEGIN {
        print "["
        for (i = 0; i < 6000; i++)
            printf "%s {\"id\": %d, \"name\": \"user \\u00e9 %d\", \"score\": %d.%03d, \"tags\": [\"a\", \"b%d\", true, null],\n  \"pos\": {\"x\": %de-3, \"y\": -%d, \"deep\": [[[%d]]]}}",
                i ? ",\n" : "", i, i * 31 % 997, i * 7, i % 1000, i % 17, i * 3, i, i
        print "\n]"
    }' >"$INPUT/big.json"
    printf '{"broken": [1, 2,' >"$INPUT/broken.json"
}

work() { run "$INPUT/big.json" "$INPUT/broken.json"; }

tests() { run "$SRC"/tests/inputs/test*[0-9] "$SRC"/tests/json-patch-tests/*.json; }

# In one file the library has no other users: nobody else can set its allocation hooks.
fix_tree() { sed -i 's/^#define CJSON_PUBLIC(type) type$/#define CJSON_PUBLIC(type) static type/' cJSON.h; }
