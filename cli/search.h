/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* search.h - which of n changes are needed to make a test fail, by asking as seldom as possible.
 *
 * REQUIRES   The test passes with none of the changes and fails with all of them.
 * RESULT     A set with which it fails and of which every proper subset that was asked about
 * passes; no single member can be left out.
 *
 * Changes are numbered; what they are is the caller's business. One culprit among n costs about
 * log2(n) + 1 questions, k that are needed together about k * (log2(n) + 1) + k.
 */
#ifndef ESCAPEMENT_CLI_SEARCH_H
#define ESCAPEMENT_CLI_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

/* Does the test fail with exactly the changes i for which chosen[i]? `left` says between how many
 * the next culprit still lies. */
typedef bool SearchTest(void *context, const bool *chosen, size_t left);

/* Fills culprits[0..n) and returns how many they are. `scratch` holds n elements too. */
size_t search_culprits(size_t n, SearchTest *fails, void *context, bool *culprits, bool *scratch);

#endif
