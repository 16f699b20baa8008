/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A program that uses nothing but the installed header and library. */
#include <escapement/analysis.h>

int main(void) {
    EscConfig config = esc_config_default();
    EscModule *module = esc_module_new(&config);
    const char *error = module ? esc_module_error(module) : "out of memory";
    esc_module_free(module);
    return error ? 1 : 0;
}
