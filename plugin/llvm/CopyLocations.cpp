// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CopyLocations.cpp - see CopyLocations.h.
//
// The unit is marked as one without debug information, as LocTrackingOnly does it, so that the
// object is the same as without.
#include "CopyLocations.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/IR/DIBuilder.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace escapement {
namespace {

bool sameShape(const Function &A, const Function &B) {
  auto I = inst_begin(A), J = inst_begin(B);
  for (; I != inst_end(A) && J != inst_end(B); ++I, ++J)
    if (I->getOpcode() != J->getOpcode() || I->getNumOperands() != J->getNumOperands())
      return false;
  return I == inst_end(A) && J == inst_end(B);
}

class Copier {
public:
  explicit Copier(Module &M) : M(M), Builder(M) {}

  void run(const Module &Located) {
    for (Function &F : M) {
      const Function *From = Located.getFunction(F.getName());
      if (F.isDeclaration() || F.getSubprogram() || !From || !From->getSubprogram() ||
          !sameShape(F, *From))
        continue;
      copy(F, *From);
    }
    Builder.finalize();
  }

private:
  DIFile *file(const DIFile *From) {
    return Builder.createFile(From->getFilename(), From->getDirectory());
  }

  DICompileUnit *unit(const DISubprogram &Of) {
    if (!Unit)
      Unit = Builder.createCompileUnit(dwarf::DW_LANG_C11, file(Of.getFile()), "", true, "", 0, "",
                                       DICompileUnit::NoDebug);
    return Unit;
  }

  void copy(Function &F, const Function &From) {
    const DISubprogram *Old = From.getSubprogram();
    DICompileUnit *CU = unit(*Old);
    DISubprogram *New = Builder.createFunction(
        CU, Old->getName(), Old->getLinkageName(), file(Old->getFile()), Old->getLine(),
        Builder.createSubroutineType(Builder.getOrCreateTypeArray({})), Old->getScopeLine(),
        DINode::FlagZero, DISubprogram::SPFlagDefinition | DISubprogram::SPFlagOptimized);
    F.setSubprogram(New);
    auto J = inst_begin(From);
    for (auto I = inst_begin(F); I != inst_end(F); ++I, ++J)
      I->setDebugLoc(location(*I, J->getDebugLoc().get(), New, *Old));
  }

  DebugLoc location(const Instruction &I, const DILocation *From, DISubprogram *Scope,
                    const DISubprogram &Old) {
    if (!From) // a call in a function that has locations needs one
      return isa<CallBase>(I) ? DebugLoc(DILocation::get(M.getContext(), 0, 0, Scope)) : DebugLoc();
    DIScope *In = Scope;
    if (From->getFile() != Old.getFile())
      In = Builder.createLexicalBlockFile(Scope, file(From->getFile()));
    return DebugLoc(DILocation::get(M.getContext(), From->getLine(), From->getColumn(), In));
  }

  Module &M;
  DIBuilder Builder;
  DICompileUnit *Unit = nullptr;
};

} // namespace

void copyLocations(Module &M, const Module &Located) { Copier(M).run(Located); }

} // namespace escapement
