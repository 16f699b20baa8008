/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* sitemap.h - which findings speak of a frame of a call stack.
 *
 * A report spells a file as the compiler was given it ("src/a.c"), debug information knows its
 * whole path: where the compiler ran is known of a report of `escapement cc'; of others a path is
 * that of the longest spelling that it ends with.
 *
 * An inlined allocation has one finding for each copy, with the chain of calls above it; of those
 * at one place the one whose chain is the stack's is meant.
 */
#ifndef ESCAPEMENT_CLI_SITEMAP_H
#define ESCAPEMENT_CLI_SITEMAP_H

#include "findings.h"
#include "symbols.h"

typedef struct Sitemap Sitemap;

Sitemap *sitemap_new(const Findings *findings);
void sitemap_free(Sitemap *map);

/* The report's spelling of the file that a frame is in; NULL: the report says nothing of it. */
const char *sitemap_file(Sitemap *map, const Frame *frame);
/* The finding for an allocation by stack[0], which is called by stack[1] and so on; NULL: none. */
const Finding *sitemap_find(Sitemap *map, const Frame *const *stack, size_t depth);
/* Does the report say that what the frame's function returns is fresh memory? */
bool sitemap_is_fresh(Sitemap *map, const Frame *frame);
/* The same of a function that is known by its name only. */
bool sitemap_is_fresh_function(const Sitemap *map, const char *function);
/* The function that the `depth`th call of the finding's chain, or with 0 its own, stands in, when
 * that hands out fresh memory; NULL: it does not, or is not known. */
const char *sitemap_wrapper(const Sitemap *map, const Finding *finding, size_t depth);
/* How many calls above it the copy was inlined through. */
size_t chain_length(const Finding *finding);

#endif
