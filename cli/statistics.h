/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* statistics.h - what several runs say: their middle, how far they spread, and whether two sets of
 * them differ.
 */
#ifndef ESCAPEMENT_CLI_STATISTICS_H
#define ESCAPEMENT_CLI_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

/* p below this is taken for a difference, as in benchstat. */
#define SIGNIFICANT 0.05

double median(const double *values, size_t n);
/* How far the value that is farthest from the median is from it, as a part of it; 0: all equal. */
double spread(const double *values, size_t n);
bool all_equal(const double *values, size_t n);

/* The two-sided p of the Mann-Whitney U test: how probable it is, where a and b are drawn from one
 * distribution, that they differ in their order as much as they do. Exact, ties included, for up to
 * 100 values in all; above that by the normal approximation. */
double mann_whitney(const double *a, size_t na, const double *b, size_t nb);

#endif
