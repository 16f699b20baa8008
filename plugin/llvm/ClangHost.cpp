// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ClangHost.cpp - see ClangHost.h.
#include "ClangHost.h"
#include "clang/Basic/CodeGenOptions.h"
#include "clang/Basic/Diagnostic.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendOptions.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace escapement {

void ClangHost::error(const Twine &Message) { errorAt(0, Message); }

void ClangHost::errorAt(uint64_t Where, const Twine &Message) {
  clang::DiagnosticsEngine &Diags = CI.getDiagnostics();
  unsigned Id = Diags.getCustomDiagID(clang::DiagnosticsEngine::Error, "escapement: %0");
  Diags.Report(clang::SourceLocation::getFromRawEncoding(unsigned(Where)), Id) << Message.str();
}

bool ClangHost::failed() const { return CI.getDiagnostics().hasErrorOccurred(); }

bool ClangHost::wantsRemarks() const {
  const clang::CodeGenOptions &CG = CI.getCodeGenOpts();
  return !CG.OptRecordFile.empty() || CG.OptimizationRemark.patternMatches(PassName) ||
         CG.OptimizationRemarkMissed.patternMatches(PassName) ||
         CG.OptimizationRemarkAnalysis.patternMatches(PassName);
}

bool ClangHost::allowsColour() const { return CI.getDiagnosticOpts().ShowColors; }

std::string ClangHost::objectName() const {
  const clang::FrontendOptions &FE = CI.getFrontendOpts();
  StringRef Input =
      FE.Inputs.empty() || !FE.Inputs[0].isFile() ? StringRef("-") : FE.Inputs[0].getFile();
  StringRef Stem = sys::path::stem(Input), Output = FE.OutputFile;
  SmallString<64> Temporary;
  sys::path::system_temp_directory(/*ErasedOnReboot=*/true, Temporary);
  StringRef Name = sys::path::filename(Output);
  bool IsTemporary = sys::path::parent_path(Output) == Temporary && Name.consume_front(Stem) &&
                     Name.consume_front("-");
  if (Output.empty() || Output == "-" || IsTemporary)
    return (Stem + ".o").str();
  return Output.str();
}

} // namespace escapement
