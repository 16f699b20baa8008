/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
static inline void say(int n) {
    char *p = malloc(16);
    if (!p)
        return;
    snprintf(p, 16, "%d", n);
    puts(p);
    free(p);
}
