// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compat.h - every difference between the LLVM and Clang versions we build for, and nothing else.
//
// NOT HERE  Version checks anywhere else in the plugin: a second #if on a version belongs here.
#ifndef ESCAPEMENT_PLUGIN_COMPAT_H
#define ESCAPEMENT_PLUGIN_COMPAT_H

#include "escapement/analysis.h"
#include "clang/Basic/CodeGenOptions.h"
#include "clang/Basic/Version.h"
#include "clang/CodeGen/ModuleBuilder.h"
#include "clang/Frontend/CompilerInstance.h"
#include "llvm/Analysis/LazyValueInfo.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/IR/ConstantRange.h"
#include "llvm/IR/Instruction.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Passes/PassBuilder.h"

// Before 18 the pipeline can be reached only through the pass plugin interface, which needs an
// exported llvmGetPassPluginInfo and the path of our own shared object.
#define ESCAPEMENT_HAS_PASS_BUILDER_CALLBACKS (LLVM_VERSION_MAJOR >= 18)
// Before 17 the code generator copies its options before a plugin can ask for locations.
#define ESCAPEMENT_CAN_TRACK_LOCATIONS (LLVM_VERSION_MAJOR >= 17)

namespace escapement {
namespace compat {

// What ASTConsumer::CompleteExternalDeclaration gets.
#if LLVM_VERSION_MAJOR >= 19
using ExternalDecl = clang::DeclaratorDecl;
#else
using ExternalDecl = clang::VarDecl;
#endif

inline bool hasDebugInfo(const clang::CodeGenOptions &Opts) {
#if LLVM_VERSION_MAJOR >= 17
  return Opts.getDebugInfo() != llvm::codegenoptions::NoDebugInfo;
#else
  return Opts.getDebugInfo() != clang::codegenoptions::NoDebugInfo;
#endif
}

// Locations on instructions, nothing in the object file.
inline void trackLocations(clang::CodeGenOptions &Opts) {
#if LLVM_VERSION_MAJOR >= 17
  Opts.setDebugInfo(llvm::codegenoptions::LocTrackingOnly);
#else
  Opts.setDebugInfo(clang::codegenoptions::LocTrackingOnly);
#endif
  Opts.DebugColumnInfo = 1;
}

inline std::unique_ptr<clang::CodeGenerator>
createCodeGen(clang::CompilerInstance &CI, clang::DiagnosticsEngine &Diags,
              const clang::CodeGenOptions &Opts, llvm::StringRef Name, llvm::LLVMContext &Context) {
  return std::unique_ptr<clang::CodeGenerator>(
      clang::CreateLLVMCodeGen(Diags, Name, &CI.getVirtualFileSystem(), CI.getHeaderSearchOpts(),
                               CI.getPreprocessorOpts(), Opts, Context));
}

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

} // namespace compat
} // namespace escapement

#endif
