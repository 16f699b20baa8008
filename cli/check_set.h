/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* check_set.h - whether objects know all functions that their calls through pointers may reach.
 *
 * An object says which functions it takes the address of (.escapement.takes), and if it was
 * compiled with whole-program and changed by it, of which kinds it relied on knowing all, and which
 * it knew (.escapement.reaches).
 *
 * NOT HERE  Reading objects (objects.c), what the functions do (check.c).
 */
#ifndef ESCAPEMENT_CLI_CHECK_SET_H
#define ESCAPEMENT_CLI_CHECK_SET_H

#include "check.h"

/* Refuses each object that does not fit another one; how many there were. `exports`: what is linked
 * is a library whose users may call it with pointers of theirs. Inputs that cannot be read are
 * skipped: check_link has seen them. */
size_t check_sets(const LinkCheck *check, bool exports);

#endif
