// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// number.h - what is known of an integer: its range, and how it is made of a parameter.
#ifndef ESCAPEMENT_GCC_NUMBER_H
#define ESCAPEMENT_GCC_NUMBER_H

#include "compat.h"

namespace escapement {

// `at` may be null; with it what is known at this statement alone counts too. `param` tells which
// parameter of the model a PARM_DECL is, ESC_NONE for none.
EscNumber number_of(tree value, gimple *at, const std::map<tree, uint32_t> &params);
// The bytes that an offset can add; false: anything.
bool offset_range(tree value, int64_t &lo, int64_t &hi);

} // namespace escapement

#endif
