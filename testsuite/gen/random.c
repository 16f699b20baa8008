/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * random.c - choices that depend on the seed and the number of the node alone.
 *
 * Every node has a stream of its own, so a node that is left out takes no numbers from the others.
 */
#include "gen.h"

/* Weyl steps through a finalizer of the splitmix family: short, and no two nodes share a stream. */
static uint64_t scramble(uint64_t x) {
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

uint32_t hash_of(uint64_t a, uint64_t b) {
    return (uint32_t)(scramble(scramble(a + 0x9e3779b97f4a7c15u) ^ (b * 0xd1342543de82ef95u)) >>
                      32);
}

Random random_of(uint64_t seed, uint32_t node) {
    return (Random){scramble(seed * 0x9e3779b97f4a7c15u + 1) ^ ((uint64_t)node << 17)};
}

uint32_t random_bits(Random *r) {
    r->state += 0x9e3779b97f4a7c15u;
    return (uint32_t)(scramble(r->state) >> 32);
}

uint32_t random_below(Random *r, uint32_t n) {
    return (uint32_t)(((uint64_t)random_bits(r) * n) >> 32);
}

uint32_t random_between(Random *r, uint32_t low, uint32_t high) {
    return low + random_below(r, high - low + 1);
}

bool chance(Random *r, uint32_t percent) {
    return random_below(r, 100) < percent;
}

int random_weighted(Random *r, const uint32_t *weights, uint32_t n) {
    uint64_t salt = random_bits(r), best = 0;
    int chosen = -1;
    for (uint32_t i = 0; i < n; i++) {
        /* The k-fold maximum of a uniform number wins with probability k over the sum. */
        for (uint32_t k = 0; k < weights[i]; k++) {
            uint64_t score = 1 + (uint64_t)hash_of(salt ^ ((uint64_t)k << 32), i);
            if (score > best) {
                best = score;
                chosen = (int)i;
            }
        }
    }
    return chosen;
}
