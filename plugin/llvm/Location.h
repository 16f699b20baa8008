// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Location.h - debug locations of the IR -> entries of the source table and places of the model.
//
// A locator belongs to one module of the IR; it remembers the number of every DIFile it met, since
// finding it compares paths. Without a debug location there is no entry, which costs a line of the
// report and never a verdict.
//
// NOT HERE  What stands at a place (Source.h).
#ifndef ESCAPEMENT_PLUGIN_LOCATION_H
#define ESCAPEMENT_PLUGIN_LOCATION_H

#include "Match.h"
#include "escapement/analysis.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/Instruction.h"
#include "llvm/IR/ValueMap.h"

namespace llvm {
class DIFile;
class DILocation;
class GlobalVariable;
} // namespace llvm

namespace escapement {

// Allocas and the variables they are; follows the IR as it changes.
using LocalNames = llvm::ValueMap<const llvm::Value *, const VariableInfo *>;

bool isFunctionStatic(const llvm::GlobalVariable &G);
// The name of a variable as the source has it.
llvm::StringRef sourceName(const llvm::GlobalVariable &G);

class Locator {
public:
  // `Enabled` false: nothing will be printed, every answer is "no place".
  Locator(const SourceTable &Table, bool Enabled) : Table(Table), Enabled(Enabled) {}

  const CallInfo *call(const llvm::Instruction &I, llvm::StringRef Callee);
  const AssignInfo *assignment(const llvm::Instruction &I);
  const FunctionInfo *function(llvm::StringRef LinkageName) const {
    return Enabled ? Table.function(LinkageName) : nullptr;
  }
  // The calls that were inlined above `I`, innermost first: "t.c:3:4@t.c:9:1"; empty: none.
  static std::string chain(const llvm::Instruction &I);

  // The same places as sources of the model; 0 when there is none.
  EscSource siteSource(EscModule *M, const CallInfo *Call);   // text: the whole call
  EscSource calleeSource(EscModule *M, const CallInfo *Call); // text: the callee
  EscSource argumentSource(EscModule *M, const CallInfo *Call, unsigned N);
  EscSource destinationSource(EscModule *M, const CallInfo *Call);
  EscSource assignmentSource(EscModule *M, const llvm::Instruction &I);
  // Where `I` stands, with a text that is not in the source.
  EscSource namedSource(EscModule *M, const llvm::Instruction &I, llvm::StringRef Text);
  // A named thing: parameter, variable, function.
  static EscSource placeSource(EscModule *M, const Place &At, llvm::StringRef Text);

private:
  unsigned file(const llvm::DIFile *File);
  const llvm::DILocation *locate(const llvm::Instruction &I, unsigned &File);

  const SourceTable &Table;
  bool Enabled;
  llvm::DenseMap<const llvm::DIFile *, unsigned> Files;
  llvm::DenseMap<const void *, EscSource> Known; // entry of the table -> its source in the model
};

} // namespace escapement

#endif
