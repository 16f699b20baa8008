/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* libtomcrypt.main.c - the library's own tests that need no numbers and no clock, each some times
 * over. */
#include <tomcrypt_test.h>

int main(void) {
    static const struct {
        const char *name;
        int (*run)(void);
    } tests[] = {{"store", store_test},   {"misc", misc_test},   {"hash", cipher_hash_test},
                 {"mac", mac_test},       {"modes", modes_test}, {"multi", multi_test},
                 {"base64", base64_test}, {"file", file_test}};
    if (register_all_ciphers() != CRYPT_OK || register_all_hashes() != CRYPT_OK ||
        register_all_prngs() != CRYPT_OK ||
        rng_make_prng(128, find_prng("yarrow"), &yarrow_prng, NULL) != CRYPT_OK)
        return 1;
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
            printf("%s %d\n", tests[i].name, tests[i].run());
    return 0;
}
