// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ClosedSet.cpp - see ClosedSet.h.
#include "ClosedSet.h"
#include "SummaryFiles.h"
#include <cstdlib>

namespace escapement {

const Member *ClosedSet::find(const std::string &Symbol) const {
  if (!Others)
    return nullptr;
  auto It = Others->members().find(Symbol);
  return It == Others->members().end() ? nullptr : &It->second;
}

// The first digits of the hash of a text.
static uint32_t numberOfText(const std::string &Text, unsigned Bits) {
  std::string First = hashOf(Text).substr(0, 8);
  return uint32_t(std::strtoul(First.c_str(), nullptr, 16)) >> (32 - Bits);
}

// 24 bits for the parameters, 8 for the result: 0 none, 1 dropped. Two texts of one number are one
// signature; that is only less precise.
uint32_t signatureNumber(const std::string &Params, const std::string &Returned, ResultUse Use) {
  uint32_t Code = Use == ResultUse::Used ? 2 + numberOfText(Returned, 8) % 253
                                         : uint32_t(Use == ResultUse::Dropped);
  return numberOfText(Params, 24) << 8 | Code; // never ESC_NONE: the code is at most 254
}

void join(Member &S, const Member &Here) {
  if (Here.Exact != S.Exact || Here.Dropped != S.Dropped || Here.Without != S.Without)
    S.Exact = Member::AnyNumber;
}

void declareMembers(EscModule *M, const ClosedSet &Set,
                    const std::function<EscFunc(Member &)> &Declare) {
  if (!Set.Others)
    return;
  for (const auto &Entry : Set.Others->members()) {
    Member S = Entry.second;
    EscFunc Id = Declare(S);
    esc_function_signatures(M, Id, S.Exact, S.Dropped, S.Without);
  }
  for (const std::string &Kind : Set.Others->kinds()) {
    uint32_t First = uint32_t(std::strtoul(Kind.c_str(), nullptr, 16)) << 8;
    if (Kind != kindOf(Member::AnyNumber))
      esc_signatures_complete(M, First, First | 255);
  }
}

} // namespace escapement
