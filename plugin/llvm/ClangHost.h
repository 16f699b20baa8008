// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ClangHost.h - Clang's answers to what a report asks.
//
// NOT HERE  Entry points and arguments (Plugin.cpp).
#ifndef ESCAPEMENT_PLUGIN_CLANG_HOST_H
#define ESCAPEMENT_PLUGIN_CLANG_HOST_H

#include "Host.h"

namespace clang {
class CompilerInstance;
}

namespace escapement {

class ClangHost : public Host {
public:
  explicit ClangHost(clang::CompilerInstance &CI) : CI(CI) {}
  void error(const llvm::Twine &Message) override;
  void errorAt(uint64_t Where, const llvm::Twine &Message) override;
  bool failed() const override;
  bool wantsRemarks() const override;
  bool allowsColour() const override;
  // The object as the user named it. When the driver links at once the object is a temporary file
  // of a random name; then it is what -c would have made.
  std::string objectName() const override;

private:
  clang::CompilerInstance &CI;
};

} // namespace escapement

#endif
