# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# libtomcrypt without public keys: its own tests of hashes, ciphers, modes, message authentication and key derivation.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=libtomcrypt
cppflags=(-DLTC_SOURCE -DLTC_NO_PK -DLTC_NO_PKCS -DLTC_NO_MATH -DLTC_PKCS_5 -DLTC_HKDF '-DLTC_TEST_FILE' -Isrc/headers -Itests)
ldlibs=()
typed_calls=yes
rename=(src/hashes/blake2s.c:O_{DIGEST_LENGTH,KEY_LENGTH,FANOUT,DEPTH,LEAF_LENGTH,NODE_OFFSET,XOF_LENGTH,NODE_DEPTH,INNER_LENGTH,SALT,PERSONAL})

prepare() { cp "$HERE/programs/libtomcrypt.main.c" tests/main.c; }

sources() {
    sed -n '/^OBJECTS=/,/^$/p' makefile_include.mk | sed 's/^OBJECTS=//' | tr ' \\' '\n\n' | sed -n '/aes_enc\|pk\/\|math\/\|^$/d; s/\.o$/.c/p'
    printf 'tests/%s.c\n' main store_test misc_test cipher_hash_test mac_test modes_test multi_test base64_test file_test no_prng common
}

inputs() { :; }

work() { (cd "$SRC" && run); }

# Tables that two files include each, under names that others have too.
fix_tree() {
    local table
    for table in ciphers/aes/aes:ciphers/aes/aes_tab mac/pelican/pelican:ciphers/aes/aes_tab hashes/whirl/whirl:hashes/whirl/whirltab \
        ciphers/safer/safer:ciphers/safer/safer_tab ciphers/safer/saferp:ciphers/safer/safer_tab \
        ciphers/twofish/twofish:ciphers/twofish/twofish_tab stream/sober128/sober128_stream:stream/sober128/sober128tab; do
        sed -i -e "/^#include \".*${table##*/}\.c\"/{r src/${table#*:}.c
d}" "src/${table%:*}.c"
    done
}
