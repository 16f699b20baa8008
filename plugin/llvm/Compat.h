// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compat.h - every difference between the LLVM versions we build for, and nothing else.
//
// NOT HERE  Clang's (ClangCompat.h). Version checks anywhere else in the plugin: a second #if on a
// version belongs here.
#ifndef ESCAPEMENT_PLUGIN_COMPAT_H
#define ESCAPEMENT_PLUGIN_COMPAT_H

#include "escapement/analysis.h"
#include "llvm/Analysis/LazyValueInfo.h"
#include "llvm/IR/ConstantRange.h"
#include "llvm/IR/Instruction.h"
#include "llvm/IR/Module.h"

namespace escapement {
namespace compat {

// What the function that holds `At` proves about an integer there.
inline llvm::ConstantRange rangeAt(llvm::LazyValueInfo &LVI, llvm::Value *V,
                                   llvm::Instruction *At) {
  return LVI.getConstantRange(V, At, /*UndefAllowed=*/false);
}

// alloc_size(element, count): the second one, ESC_NONE when absent. 16 has llvm::Optional, 17
// std's.
template <typename MaybeUnsigned> uint32_t countParam(const MaybeUnsigned &Count) {
  return Count ? uint32_t(*Count) : ESC_NONE;
}

// 19 has two forms of debug information; functions are copied between modules that have the same.
#if LLVM_VERSION_MAJOR >= 19
inline void sameDebugFormat(llvm::Module &M, const llvm::Module &As) {
  M.setIsNewDbgInfoFormat(As.IsNewDbgInfoFormat);
}
inline void plainDebugFormat(llvm::Module &M) { M.setIsNewDbgInfoFormat(false); }
#else
inline void sameDebugFormat(llvm::Module &, const llvm::Module &) {}
inline void plainDebugFormat(llvm::Module &) {}
#endif

} // namespace compat
} // namespace escapement

#endif
