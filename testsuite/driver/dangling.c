/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Every function leaves the address of a local behind; with heap-locals each is an object that
 * stays. */
#include <stdint.h>
#include <stdio.h>

#define NOINLINE __attribute__((noinline))
struct point {
    int x, y, more[4];
};
static int *kept, *table[8];
static struct point *point;

NOINLINE static int *returned(int v) {
    int x = v, *p = &x;
    return p;
}

NOINLINE static int *of_a_parameter(int v) {
    int *p = &v;
    return p;
}

NOINLINE static void an_element(int v) {
    int y[3] = {v, v + 1, v + 2};
    kept = &y[1];
}

NOINLINE static void each_iteration(int n) {
    for (int i = 0; i < 8; i++) {
        int z = n * i;
        table[i] = &z;
    }
}

NOINLINE static void some_iterations(int n) {
    for (int i = 0; i < 8; i++) {
        if (i % 2) {
            int z = n + i;
            if (i % 3)
                table[i] = &z;
            else
                table[i - 1] = &z;
            z++;
        }
    }
}

NOINLINE static int goto_loop(int n) {
    int sum = 0;
again : {
    int z = n;
    table[n] = &z;
    sum += z;
}
    if (n-- > 0)
        goto again;
    return sum;
}

NOINLINE static int one_for_the_whole_loop(int n) {
    int total = 0;
    kept = &total;
    for (int i = 0; i < n; i++)
        *kept += i;
    return total;
}

NOINLINE static struct point copied_out(int v) {
    struct point p = {v, v + 1, {1, 2, 3, v}};
    point = &p;
    p.y += 5;
    return p;
}

NOINLINE static int sum_of(struct point p) {
    return p.x + p.more[3];
}

NOINLINE static int passed_by_value(int v) {
    struct point q = {v, v, {0}};
    point = &q;
    q.more[v & 3] = 9;
    struct point r = q;
    return sum_of(q) + r.more[v & 3];
}

NOINLINE static void one_of_two(int first, int v) {
    int a = v, b = v + 1;
    kept = first ? &a : &b;
    a += 10;
    b += 20;
}

NOINLINE static void literal(int v) {
    point = &(struct point){v, v * 2, {v}};
}

NOINLINE static void aligned(int v) {
    _Alignas(64) int big[4] = {v};
    kept = big;
    *kept += (uintptr_t)big % 64 == 0;
}

NOINLINE static void changed_by_others(int n) {
    volatile int t = n;
    t += 2;
    kept = (int *)&t;
}

/* What lay in dead frames is gone. */
NOINLINE static void smash(void) {
    volatile char b[4096];
    for (unsigned i = 0; i < sizeof b; i++)
        b[i] = 99;
}

static void say(const char *what, const int *p) {
    smash();
    printf("%s %d\n", what, *p);
}

static void say_all(const char *what) {
    smash();
    printf("%s", what);
    for (int i = 0; i < 8; i++)
        printf(" %d", table[i] ? *table[i] : -1);
    printf("\n");
}

int main(void) {
    say("returned", returned(5));
    say("of a parameter", of_a_parameter(8));
    an_element(3);
    say("element", kept);
    each_iteration(3);
    say_all("each");
    some_iterations(10);
    say_all("some");
    printf("goto %d\n", goto_loop(5));
    say_all("goto");
    printf("loop %d\n", one_for_the_whole_loop(6));
    say("loop", kept);
    struct point p = copied_out(4);
    say("copied", &point->y);
    printf("copied %d %d\n", p.y, p.more[3]);
    printf("by value %d\n", passed_by_value(6));
    say("by value", &point->more[2]);
    one_of_two(1, 3);
    say("first", kept);
    one_of_two(0, 3);
    say("second", kept);
    literal(4);
    say("literal", &point->y);
    aligned(7);
    say("aligned", kept);
    changed_by_others(6);
    say("volatile", kept);
    return 0;
}
