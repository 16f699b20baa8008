// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Calls.cpp - see Calls.h.
#include "Calls.h"
#include <cstring>

namespace escapement {

static uint64_t saturatingProduct(uint64_t A, uint64_t B) {
  uint64_t Result;
  return __builtin_mul_overflow(A, B, &Result) ? UINT64_MAX : Result;
}

EscNumber product(const EscNumber &A, const EscNumber &B) {
  EscNumber N = esc_number_unknown();
  N.lo = saturatingProduct(A.lo, B.lo);
  N.hi = saturatingProduct(A.hi, B.hi);
  const EscNumber &Factor = A.lo == A.hi ? A : B, &Term = A.lo == A.hi ? B : A;
  // calloc fails where its product overflows, so the expression holds wherever there is an object.
  if (Factor.lo == Factor.hi && Factor.lo != 0 && Term.param != ESC_NONE &&
      Term.mul <= UINT64_MAX / Factor.lo && Term.add <= UINT64_MAX / Factor.lo) {
    N.param = Term.param;
    N.mul = Term.mul * Factor.lo;
    N.add = Term.add * Factor.lo;
  }
  return N;
}

bool printedAddresses(const std::string &Format, std::vector<unsigned> &Out) {
  unsigned Next = 0;
  const char *At = Format.c_str();
  while ((At = std::strchr(At, '%'))) {
    ++At;
    for (bool Done = false; !Done; ++At) {
      if (!*At)
        return true; // a lone '%' at the end
      char C = *At;
      if (C == '$')
        return false; // numbered arguments
      if (C == '*')
        ++Next; // a width or a precision
      if (C == '*' || std::strchr("-+ #0'I.123456789hlqLjzZt", C))
        continue;
      Done = true;
      if (C == 'p')
        Out.push_back(Next);
      if (C != '%' && C != 'm')
        ++Next;
    }
  }
  return true;
}

} // namespace escapement
