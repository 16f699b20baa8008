/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* advice.h - for each reason that a verdict can carry, the cheapest change that the report allows
 * to name (advice.def).
 *
 * NOT HERE  Whether the change works: `escapement why' tries it.
 */
#ifndef ESCAPEMENT_CLI_ADVICE_H
#define ESCAPEMENT_CLI_ADVICE_H

/* The advice for a finding's reason code and its text, which holds the reason's argument; to be
 * freed. NULL: there is none. */
char *advice_for(const char *reason, const char *text);
/* The code of the reason that ends a verdict's text, for where the report has no code of its own;
 * NULL: none. */
const char *reason_in(const char *text);
/* Reasons that are no compiler's: what join.h finds out by itself. */
#define REASON_WRAPPER "WRAPPER" /* the report has no verdict on this call of a wrapper */
#define REASON_LIBRARY "LIBRARY" /* a function that is not in the report allocated it */
#define REASON_OUTSIDE "OUTSIDE" /* no function of the stack is in the report */
#define REASON_MOVED "MOVED"     /* the report says that it is in the frame */

/* What a code means in a few words, without its argument; "no reason given" for NULL. */
const char *reason_words(const char *reason);
/* "outlives", "unseen", "life", "budget", "off"; "none" for those that are no compiler's, "moved"
 * for REASON_MOVED; NULL for an unknown code. */
const char *reason_category(const char *reason);

#endif
