// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// warned.h - allocations whose use is surely wrong, so that GCC's own warnings still see them.
//
// GCC looks for a use after free, a wrong free or a value never written behind our first position.
// An object that is in the frame by then is no heap object to it, and nothing is said. So what is
// wrong here stays on the heap. A correct program has such uses only where they are not reached.
//
// INVARIANT  Only a reason to move less: nothing that is decided rests on an answer `no misuse`.
#ifndef ESCAPEMENT_GCC_WARNED_H
#define ESCAPEMENT_GCC_WARNED_H

#include "compat.h"

namespace escapement {

// How what this call gives (`bytes` of it; UINT64_MAX: not known) is used as no heap object may be;
// null: it is not. `garbage`: the allocator writes nothing into it. REQUIRES  cfun is the call's
// function. It may leave that function's dominators, for the next question.
const char *misuse_of(const gcall *call, uint64_t bytes, bool garbage);

} // namespace escapement

#endif
