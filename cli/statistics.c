/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* statistics.c - see statistics.h.
 *
 * The test: H. B. Mann, D. R. Whitney, "On a test of whether one of two random variables is
 * stochastically larger than the other", Annals of Mathematical Statistics 18 (1947), 50-60. Its
 * distribution is that of the sum of na ranks out of na + nb, every choice equally probable; with
 * ties, of the mid-ranks that are there (E. L. Lehmann, "Nonparametrics", 1975, section 1.4). The
 * choices with each sum are counted, rank by rank, as in their recurrence.
 *
 * Sums are of doubled ranks, so that mid-ranks are whole. Counts are doubles: C(100, 50) has 97
 * bits, and what is rounded is the last digit of a p of sixteen.
 *
 * Why no library: docs/design/0068-measure.md.
 */
#include "statistics.h"

#include "command.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_EXACT = 100 };

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double *sorted_copy(const double *values, size_t n) {
    double *copy = allocate(n * sizeof *copy);
    memcpy(copy, values, n * sizeof *copy);
    qsort(copy, n, sizeof *copy, by_size);
    return copy;
}

double median(const double *values, size_t n) {
    if (n == 0)
        return 0;
    double *sorted = sorted_copy(values, n);
    double middle = n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    free(sorted);
    return middle;
}

double spread(const double *values, size_t n) {
    double middle = median(values, n), farthest = 0;
    for (size_t i = 0; i < n; i++)
        farthest = fmax(farthest, fabs(values[i] - middle));
    return farthest == 0 ? 0 : middle == 0 ? INFINITY : farthest / fabs(middle);
}

bool all_equal(const double *values, size_t n) {
    for (size_t i = 1; i < n; i++)
        if (values[i] != values[0])
            return false;
    return true;
}

/* ---- Mann-Whitney ---------------------------------------------------------------------------- */

typedef struct Ranks {
    size_t n;        /* of both */
    size_t *doubled; /* of the values in ascending order: twice the mid-rank */
    double ties;     /* the sum of t^3 - t over groups of t equal values */
    size_t sum;      /* of the doubled ranks of a */
} Ranks;

static size_t count_of(const double *values, size_t n, double value) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += values[i] == value;
    return count;
}

static Ranks rank(const double *a, size_t na, const double *b, size_t nb) {
    Ranks r = {.n = na + nb};
    r.doubled = allocate(r.n * sizeof *r.doubled);
    double *all = allocate(r.n * sizeof *all);
    memcpy(all, a, na * sizeof *all);
    memcpy(all + na, b, nb * sizeof *all);
    qsort(all, r.n, sizeof *all, by_size);
    for (size_t first = 0, end; first < r.n; first = end) {
        for (end = first + 1; end < r.n && all[end] == all[first]; end++)
            ;
        size_t doubled = first + 1 + end; /* ranks first+1 ... end */
        double t = (double)(end - first);
        for (size_t i = first; i < end; i++)
            r.doubled[i] = doubled;
        r.ties += t * t * t - t;
        r.sum += doubled * count_of(a, na, all[first]);
    }
    free(all);
    return r;
}

/* ways[k * (most + 1) + s]: how many choices of k of the ranks so far have the sum s. */
static double *count_ways(const Ranks *r, size_t chosen, size_t most) {
    double *ways = allocate((chosen + 1) * (most + 1) * sizeof *ways);
    ways[0] = 1;
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = i < chosen ? i + 1 : chosen; k > 0; k--)
            for (size_t s = most; s >= r->doubled[i]; s--)
                ways[k * (most + 1) + s] += ways[(k - 1) * (most + 1) + s - r->doubled[i]];
    return ways;
}

static double exact(const Ranks *r, size_t na) {
    size_t most = r->n * (r->n + 1);
    double *ways = count_ways(r, na, most), below = 0, above = 0, total = 0;
    for (size_t s = 0; s <= most; s++) {
        double n = ways[na * (most + 1) + s];
        total += n;
        below += s <= r->sum ? n : 0;
        above += s >= r->sum ? n : 0;
    }
    free(ways);
    return fmin(1, 2 * fmin(below, above) / total);
}

static double approximate(const Ranks *r, size_t na, size_t nb) {
    double a = (double)na, b = (double)nb, n = a + b;
    double u = (double)r->sum / 2 - a * (a + 1) / 2;
    double variance = a * b / 12 * (n + 1 - r->ties / (n * (n - 1)));
    if (variance <= 0)
        return 1; /* all values are equal */
    double distance = fmax(0, fabs(u - a * b / 2) - 0.5);
    return fmin(1, erfc(distance / sqrt(2 * variance)));
}

double mann_whitney(const double *a, size_t na, const double *b, size_t nb) {
    if (na == 0 || nb == 0)
        return 1;
    Ranks r = rank(a, na, b, nb);
    double p = r.n <= MOST_EXACT ? exact(&r, na) : approximate(&r, na, nb);
    free(r.doubled);
    return p;
}
