/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* tree.c - binary trees are built, walked and freed while one large tree stays: GCBench's shape.
 *
 * Nodes of one small size whose neighbours in memory are used together: rewards allocators that
 * give out a span in order of address.
 */
#include "bench.h"

#include <stdlib.h>

static const char usage[] = "THREADS DEPTH TREES";

typedef struct Node {
    struct Node *left, *right;
} Node;

static struct { size_t depth, ntrees; } plan;

static Node *build(size_t depth) {
    Node *node = malloc(sizeof *node);
    if (node == NULL)
        bench_fail("malloc returned NULL");
    node->left = depth ? build(depth - 1) : NULL;
    node->right = depth ? build(depth - 1) : NULL;
    return node;
}

static size_t count(const Node *node) {
    return node ? 1 + count(node->left) + count(node->right) : 0;
}

static void destroy(Node *node) {
    if (node == NULL)
        return;
    destroy(node->left);
    destroy(node->right);
    free(node);
}

static void trees(size_t index, void *argument) {
    Node *lasting = build(plan.depth);
    (void)index;
    (void)argument;
    for (size_t i = 0; i < plan.ntrees; i++) {
        size_t depth = 4 + i % (plan.depth - 4);
        Node *tree = build(depth);
        if (count(tree) != ((size_t)2 << depth) - 1)
            bench_fail("a tree lost nodes");
        destroy(tree);
    }
    destroy(lasting);
}

int main(int argc, char **argv) {
    size_t nthreads = bench_number(argc, argv, 1, usage);
    plan.depth = bench_number(argc, argv, 2, usage);
    plan.ntrees = bench_number(argc, argv, 3, usage) / nthreads;
    if (plan.depth < 5 || plan.depth > 26)
        bench_fail("a depth between 5 and 26");
    bench_threads(nthreads, trees, NULL);
    return 0;
}
