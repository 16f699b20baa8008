/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* limit.c - makes and prints the file in which oracle.c counts (limits.h).
 *
 *     limit -z FILE     make a fresh one
 *     limit -p FILE     print it, one line: blocks N sites N freed0 N ... (names and numbers, as
 * launch -p) limit -s FILE     print its sites: address blocks bytes freed0 .. freed3 slots0 slots1
 * overlapping reallocated large
 */
#define _GNU_SOURCE
#include "limits.h"
#include "shared_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void print_totals(const Limits *l) {
    LimitSite sum = {0};
    unsigned nsites = 0;
    for (unsigned i = 0; i < LIMITS_SITES; i++) {
        const LimitSite *s = &l->sites[i];
        nsites += s->blocks != 0;
        sum.blocks += s->blocks;
        sum.bytes += s->bytes;
        for (unsigned k = 0; k < LIMITS_LEVELS; k++)
            sum.freed_at[k] += s->freed_at[k];
        for (unsigned k = 0; k < SLOT_LEVELS; k++)
            sum.slots_at[k] += s->slots_at[k];
    }
    printf("blocks %" PRIu64 " library %" PRIu64 " sites %u bytes %" PRIu64,
           sum.blocks + l->library, l->library, nsites, sum.bytes);
    for (unsigned k = 0; k < LIMITS_LEVELS; k++)
        printf(" freed%u %" PRIu64, k, sum.freed_at[k]);
    for (unsigned k = 0; k < SLOT_LEVELS; k++)
        printf(" slots%u %" PRIu64, k, sum.slots_at[k]);
    printf(" processes %" PRIu64 " lost %" PRIu64 "\n", l->processes, l->sites_lost);
}

static void print_sites(const Limits *l) {
    for (unsigned i = 0; i < LIMITS_SITES; i++) {
        const LimitSite *s = &l->sites[i];
        if (s->blocks == 0)
            continue;
        printf("0x%" PRIx64 " %" PRIu64 " %" PRIu64, s->address, s->blocks, s->bytes);
        for (unsigned k = 0; k < LIMITS_LEVELS; k++)
            printf(" %" PRIu64, s->freed_at[k]);
        for (unsigned k = 0; k < SLOT_LEVELS; k++)
            printf(" %" PRIu64, s->slots_at[k]);
        printf(" %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", s->overlapping, s->reallocated, s->large);
    }
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "-z") == 0)
        close(make_shared(argv[2], sizeof(Limits)));
    else if (argc == 3 && strcmp(argv[1], "-p") == 0)
        print_totals(read_shared(argv[2], sizeof(Limits)));
    else if (argc == 3 && strcmp(argv[1], "-s") == 0)
        print_sites(read_shared(argv[2], sizeof(Limits)));
    else {
        fputs("limit: usage: see the head of limit.c\n", stderr);
        return 125;
    }
    return 0;
}
