/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_statistics.c - the Mann-Whitney test against the published tables, against counting every
 * choice where there are ties, and against itself where it goes over to the approximation.
 *
 * The tables: Mann and Whitney (1947), P(U <= u) of n and m up to 8, three digits; the critical
 * values at 0.05, two-sided, are in every book (Siegel, "Nonparametric statistics", table K).
 */
#include "statistics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int bad;

static void check(int holds, const char *what, double is) {
    if (holds)
        return;
    printf("%s: %.6f\n", what, is);
    bad = 1;
}

/* Two samples without ties whose U is u: na values among nb others. */
static double p_of(size_t na, size_t nb, size_t u) {
    double a[64], b[64];
    size_t beaten = u; /* a[i] is above so many of b, in all u */
    for (size_t j = 0; j < nb; j++)
        b[j] = (double)(j + 1);
    for (size_t i = 0; i < na; i++) {
        size_t above = beaten < nb ? beaten : nb;
        beaten -= above;
        a[i] = (double)above + 0.5 + (double)i / 1000;
    }
    return mann_whitney(a, na, b, nb);
}

static const struct {
    size_t n, u;
    double p; /* one-sided, P(U <= u) */
} table[] = {
    {3, 0, 0.050}, {3, 1, 0.100}, {3, 2, 0.200},  {3, 3, 0.350},  {4, 0, 0.014}, {4, 1, 0.029},
    {4, 2, 0.057}, {4, 3, 0.100}, {4, 5, 0.243},  {4, 7, 0.443},  {5, 0, 0.004}, {5, 2, 0.016},
    {5, 4, 0.048}, {5, 8, 0.210}, {5, 10, 0.345}, {5, 11, 0.421},
};

static const struct {
    size_t n, u; /* the largest U that is significant at 0.05, two-sided */
} critical[] = {{4, 0},  {5, 2},   {6, 5},   {7, 8},   {8, 13},
                {9, 17}, {10, 23}, {12, 37}, {15, 64}, {20, 127}};

static void check_tables(void) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        double p = p_of(table[i].n, table[i].n, table[i].u) / 2;
        check(fabs(p - table[i].p) < 0.00051, "not the table's", p);
    }
    for (size_t i = 0; i < sizeof critical / sizeof *critical; i++) {
        double at = p_of(critical[i].n, critical[i].n, critical[i].u);
        double above = p_of(critical[i].n, critical[i].n, critical[i].u + 1);
        check(at <= 0.05, "the critical value is not significant", at);
        check(above > 0.05, "one more is significant", above);
    }
    check(fabs(p_of(3, 5, 0) - 2.0 / 56) < 1e-12, "3 and 5 values, U = 0", p_of(3, 5, 0));
}

/* By counting, for every choice of na of the values, the pairs that are in order. */
static double u_of(const double *all, size_t n, unsigned choice) {
    double u = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if ((choice >> i & 1) && !(choice >> j & 1))
                u += all[i] > all[j] ? 1 : all[i] == all[j] ? 0.5 : 0;
    return u;
}

static double naive(const double *all, size_t na, size_t n) {
    double below = 0, above = 0, total = 0, u = u_of(all, n, (1u << na) - 1);
    for (unsigned choice = 0; choice < 1u << n; choice++) {
        if ((size_t)__builtin_popcount(choice) != na)
            continue;
        double other = u_of(all, n, choice);
        total++;
        below += other <= u;
        above += other >= u;
    }
    return fmin(1, 2 * fmin(below, above) / total);
}

static void check_ties(void) {
    unsigned seed = 1;
    for (int round = 0; round < 60; round++) {
        double all[10];
        size_t n = 4 + (size_t)round % 7, na = 1 + (size_t)round % (n - 1);
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1103515245 + 12345;
            all[i] = seed >> 16 & 3;
        }
        double p = mann_whitney(all, na, all + na, n - na), expected = naive(all, na, n);
        check(fabs(p - expected) < 1e-12, "not what counting says", p - expected);
    }
}

static void check_approximation(void) {
    double a[51], b[51];
    for (size_t i = 0; i < 51; i++) {
        a[i] = (double)(i * 7 % 51);
        b[i] = (double)(i * 11 % 51) + 6;
    }
    double exact = mann_whitney(a, 50, b, 50), near = mann_whitney(a, 51, b, 51);
    check(fabs(exact - near) < 0.02 && near > 0, "50 and 51 values are far apart", exact - near);
}

int main(void) {
    const double five[] = {5, 1, 3, 2, 4}, four[] = {4, 1, 3, 2}, same[] = {7, 7, 7};
    check(median(five, 5) == 3, "median of five", median(five, 5));
    check(median(four, 4) == 2.5, "median of four", median(four, 4));
    check(fabs(spread(five, 5) - 2.0 / 3) < 1e-12, "spread", spread(five, 5));
    check(spread(same, 3) == 0 && all_equal(same, 3), "spread of equals", spread(same, 3));
    check(mann_whitney(same, 3, same, 3) == 1, "equals differ", mann_whitney(same, 3, same, 3));
    check_tables();
    check_ties();
    check_approximation();
    return bad;
}
