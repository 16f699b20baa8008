#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What docs/security.md says of hardened builds: a moved object is an array of the frame to -fstack-protector-strong and
# to _FORTIFY_SOURCE, and an overflow of it ends the program as one of a local array does.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"
ulimit -c 0

cat >canary.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int length(const char *name) {
    char *text = malloc(64);
    if (!text)
        return -1;
    snprintf(text, 64, "name: %s", name);
    int n = (int)strlen(text);
    free(text);
    return n;
}
C
plain -O2 -fstack-protector-strong -S canary.c -o plain.s
esc -O2 -fstack-protector-strong -S canary.c -o plugin.s "$(arg m)" 2>err
has err 'moved to stack: malloc\(64\)'
lacks plain.s '__stack_chk_fail'
has plugin.s '__stack_chk_fail'

# The canary is found: an overflow that no library function sees.
cat >smash.c <<'C'
#include <stdlib.h>
__attribute__((noinline)) static void fill(char *to, int n) {
    for (int i = 0; i < n; i++)
        to[i] = (char)i;
}
__attribute__((noinline)) static int smash(int n) {
    char *text = malloc(32);
    if (!text)
        return -1;
    fill(text, n);
    n = text[n & 7];
    free(text);
    return n;
}
int main(int argc, char **argv) { return argc == 2 ? smash(atoi(argv[1])) : 9; }
C
esc -O1 -fstack-protector-strong smash.c -o smash "$(arg m)" 2>err
has err 'moved to stack: malloc\(32\)'
./smash 8 || fail "no overflow, and exit status $?"
# ends STATUS MESSAGE COMMAND...
ends() {
    local status=0
    { timeout 20 "${@:3}" >said 2>&1 </dev/null || status=$?; } 2>aborted # what the shell says of it
    [[ $status -eq $1 ]] || fail "exit status $status, not $1, of: ${*:3}"
    [[ -z $2 ]] || has said "$2"
}
ends 134 'stack smashing detected' ./smash 120

cat >fortify.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define BODY                                                                                                           \
    if (!text)                                                                                                         \
        return -1;                                                                                                     \
    strcpy(text, from);                                                                                                \
    int n = (int)strlen(text) + text[0]
__attribute__((noinline)) static int array(const char *from) {
    char place[16], *text = place;
    BODY;
    return n;
}
__attribute__((noinline)) static int constant(const char *from) {
    char *text = malloc(16);
    BODY;
    free(text);
    return n;
}
__attribute__((noinline)) static int bounded(const char *from, unsigned size) {
    if (size > 64)
        return -2;
    char *text = malloc(size);
    BODY;
    free(text);
    return n;
}
int main(int argc, char **argv) {
    if (argc != 4)
        return 9;
    unsigned size = (unsigned)atoi(argv[2]);
    printf("%d\n", argv[1][0] == 'a' ? array(argv[3]) : argv[1][0] == 'c' ? constant(argv[3]) : bounded(argv[3], size));
    return 0;
}
C
long() { printf "%0${1}d" 0; }
for level in 2 3; do
    esc -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$level fortify.c -o fortify "$(arg m)" 2>err
    has err 'moved to stack: malloc\(16\)'
    has err 'moved to stack: malloc\(size\)'
    for kind in array constant bounded; do
        ends 0 '' ./fortify $kind 16 short
        ends 134 'buffer overflow detected' ./fortify $kind 16 "$(long 100)"
    done
    ends 134 'buffer overflow detected' ./fortify constant 0 "$(long 17)"
    # The check is against the slot, which is as large as the largest request: beyond it nothing is written.
    ends 0 '' ./fortify bounded 16 "$(long 40)"
done
# Without the plugin level 2 does not see a size that is no constant; level 3 sees exactly what was asked for.
plain -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 fortify.c -o plain.x
ends 134 'buffer overflow detected' ./plain.x bounded 16 "$(long 40)"

# Frames larger than a page are probed.
sed 's/malloc(64)/malloc(12000)/' canary.c >large.c
esc -O2 -fstack-clash-protection -S large.c -o probed.s "$(arg m)" 2>err
has err 'moved to stack: malloc\(12000\)'
has probed.s '(orq|movq)[[:space:]]+\$0, \(%rsp\)'
