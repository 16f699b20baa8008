// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Calls.h - what can be said of a call's arguments without a compiler's types.
//
// NOT HERE  Arguments as a compiler has them: each front end's own files.
#ifndef ESCAPEMENT_PLUGIN_CALLS_H
#define ESCAPEMENT_PLUGIN_CALLS_H

#include "escapement/analysis.h"
#include <string>
#include <vector>

namespace escapement {

// The product, without wrapping around: what overflows is unbounded.
EscNumber product(const EscNumber &A, const EscNumber &B);

// Which variable arguments (from 0) a printf format prints as addresses; false: it is not
// understood, so any may be.
bool printedAddresses(const std::string &Format, std::vector<unsigned> &Out);

} // namespace escapement

#endif
