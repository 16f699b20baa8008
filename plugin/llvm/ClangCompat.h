// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ClangCompat.h - every difference between the Clang versions we build for, and nothing else.
//
// NOT HERE  LLVM's (Compat.h), which the linker's plugin needs too; version checks anywhere else.
#ifndef ESCAPEMENT_PLUGIN_CLANG_COMPAT_H
#define ESCAPEMENT_PLUGIN_CLANG_COMPAT_H

#include "clang/Basic/CodeGenOptions.h"
#include "clang/Basic/Version.h"
#include "clang/CodeGen/ModuleBuilder.h"
#include "clang/Frontend/CompilerInstance.h"
#include "llvm/Config/llvm-config.h"
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

} // namespace compat
} // namespace escapement

#endif
