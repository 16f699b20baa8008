/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * locals.c - locals named heap_* live on the heap: each declaration that is reached makes a new
 * one.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOINLINE __attribute__((noinline))
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("line %d\n", __LINE__);                                                         \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

NOINLINE void see(void *p) {
    __asm__ volatile("" ::"r"(p) : "memory");
}
NOINLINE static void scribble(void) {
    volatile char dead[4096];
    memset((void *)dead, 0xa5, sizeof dead);
}

struct node {
    int value;
    struct node *next;
};
struct wide {
    _Alignas(64) char a[64];
    int x;
};
int *kept, *table[8];
struct wide *wide;

NOINLINE int *returned(int v) {
    int heap_x = v;
    see(&heap_x);
    return &heap_x;
}
NOINLINE void one_each_round(int n) {
    for (int i = 0; i < n; i++) {
        int heap_x = i * 10;
        table[i] = &heap_x;
        see(table);
    }
}
NOINLINE struct node *list(int n) {
    struct node *head = NULL;
    for (int i = 0; i < n; i++) {
        struct node heap_node;
        heap_node.value = i;
        heap_node.next = head;
        head = &heap_node;
        see(head);
    }
    return head;
}
NOINLINE void parameter(int heap_p) {
    kept = &heap_p;
    see(&kept);
}
NOINLINE void aligned(int x) {
    struct wide heap_w;
    heap_w.x = x;
    memset(heap_w.a, x, 64);
    wide = &heap_w;
    see(wide);
}
NOINLINE int *jumped_into(int c) {
    if (c)
        goto inside;
    {
        int heap_y;
        heap_y = 1;
    inside:
        heap_y = c + 5;
        see(&heap_y);
        return &heap_y;
    }
}
NOINLINE int *one_of_two(int c) {
    int *r = NULL;
    {
        int heap_a = c, heap_b = c + 1;
        r = c ? &heap_a : &heap_b;
        see(r);
    }
    return r;
}
NOINLINE int *inside_an_array(int c) {
    int heap_array[10];
    for (int i = 0; i < 10; i++)
        heap_array[i] = i * c;
    see(heap_array);
    return heap_array + 3;
}

int main(void) {
    int *a = returned(3), *b = returned(4);
    scribble();
    CHECK(*a == 3 && *b == 4);
    one_each_round(8);
    struct node *head = list(5);
    parameter(7);
    aligned(9);
    scribble();
    for (int i = 0; i < 8; i++)
        CHECK(*table[i] == i * 10);
    for (int i = 4; i >= 0; i--, head = head->next)
        CHECK(head->value == i);
    CHECK(head == NULL && *kept == 7);
    CHECK(wide->x == 9 && wide->a[63] == 9 && (uintptr_t)wide % 64 == 0);
    a = jumped_into(0), b = jumped_into(2);
    scribble();
    CHECK(*a == 5 && *b == 7);
    a = one_of_two(1), b = one_of_two(0);
    int *c = inside_an_array(3);
    scribble();
    CHECK(*a == 1 && *b == 1 && *c == 9);
    puts("all right");
    return 0;
}
