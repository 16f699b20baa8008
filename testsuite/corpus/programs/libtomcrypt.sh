# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# libtomcrypt without public keys: its own tests of hashes, ciphers, modes, message authentication and key derivation.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=libtomcrypt
cppflags=(-DLTC_SOURCE -DLTC_NO_PK -DLTC_NO_PKCS -DLTC_NO_MATH -DLTC_PKCS_5 -DLTC_HKDF '-DLTC_TEST_FILE' -Isrc/headers -Itests)
ldlibs=()
no_whole=yes # not tried yet

prepare() { cp "$HERE/programs/libtomcrypt.main.c" tests/main.c; }

sources() {
    sed -n '/^OBJECTS=/,/^$/p' makefile_include.mk | sed 's/^OBJECTS=//' | tr ' \\' '\n\n' | sed -n '/aes_enc\|pk\/\|math\/\|^$/d; s/\.o$/.c/p'
    printf 'tests/%s.c\n' main store_test misc_test cipher_hash_test mac_test modes_test multi_test base64_test file_test no_prng common
}

inputs() { :; }

work() { (cd "$SRC" && run); }
