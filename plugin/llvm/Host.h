// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Host.h - what a report asks of the program that runs our passes: the compiler, or the linker.
//
// NOT HERE  What Clang answers (ClangHost.cpp).
#ifndef ESCAPEMENT_PLUGIN_HOST_H
#define ESCAPEMENT_PLUGIN_HOST_H

#include "llvm/ADT/Twine.h"
#include <cstdint>
#include <string>

namespace escapement {

// The name of our optimization remarks.
constexpr char PassName[] = "escapement";

class Host {
public:
  virtual ~Host() = default;
  // Something the user asked for cannot be done; the host fails in the end.
  virtual void error(const llvm::Twine &Message) = 0;
  // At a place of the source, by the host's own number for it (Promise::Host).
  virtual void errorAt(uint64_t Where, const llvm::Twine &Message) { error(Message); }
  // It fails already: nothing more is to be said.
  virtual bool failed() const = 0;
  virtual bool wantsRemarks() const = 0;
  virtual bool allowsColour() const = 0;
  // What `%` in the report's name stands for.
  virtual std::string objectName() const = 0;
};

} // namespace escapement

#endif
