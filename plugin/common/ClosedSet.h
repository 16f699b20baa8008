// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ClosedSet.h - what a compilation knows of the functions that pointers may name in a program whose
// other files were asked (whole-program with summaries=), and numbers that mean the same in every
// file.
//
// NOT HERE  The directory (Members.h), how a compiler's types are spelled (plugin/llvm/Closed.cpp,
// plugin/gcc/closed.cpp), which functions a call reaches (analysis/dispatch.c).
#ifndef ESCAPEMENT_PLUGIN_CLOSED_SET_H
#define ESCAPEMENT_PLUGIN_CLOSED_SET_H

#include "Members.h"
#include "escapement/analysis.h"
#include <functional>

namespace escapement {

struct ClosedSet {
  bool Closed = false;      // nobody brings functions from outside
  std::string StaticSuffix; // of static functions of this file, elsewhere
  const MemberReader *Others = nullptr;

  // The function with this external name, as another file's pointers may name it; null: none does.
  const Member *find(const std::string &Symbol) const;
};

// What becomes of the result of a call through a pointer.
enum class ResultUse { Used, Dropped, None };

// The number for these parameters, and for `Returned` where that is used, from their texts alone.
uint32_t signatureNumber(const std::string &Params, const std::string &Returned, ResultUse Use);

// What another file says of a function, and what is seen of it here: where they differ every call
// may reach it.
void join(Member &S, const Member &Here);

// Tells the model which functions other files take the address of, and of which kinds all are
// known.
void declareMembers(EscModule *M, const ClosedSet &Set,
                    const std::function<EscFunc(Member &)> &Declare);

} // namespace escapement

#endif
