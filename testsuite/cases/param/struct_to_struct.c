/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A large struct comes in memory and goes out in memory: what it holds is in the result. */
struct three {
    char *first, *second, *third;
};

struct three whole(struct three x) { // expect: leaking param: x to result ~r0 level=0
    return x;
}

struct three part(struct three x) { // expect: leaking param: x to result ~r0 level=0
    struct three y = {x.second, 0, 0};
    return y;
}

struct three other(struct three x, char *p) { // expect: x does not escape // expect: leaking param: p to result ~r0 level=0
    struct three y = {p, x.first == x.second ? p : 0, 0};
    return y;
}
