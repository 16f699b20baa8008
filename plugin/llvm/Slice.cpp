// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Slice.cpp - see Slice.h.
#include "Slice.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace escapement {
namespace {

// How far up memory is followed that is handed to callers. Moving it there takes one round of
// inlining for each step (Pass.cpp), and one more caller to see that it stays.
constexpr unsigned MaxCallers = 5;

void addCallers(const Function &F, FunctionSet &Set, SmallVectorImpl<const Function *> &Added) {
  for (const User *U : F.users())
    if (const auto *Call = dyn_cast<CallBase>(U))
      if (const Function *Caller = Call->getFunction(); Set.insert(Caller).second)
        Added.push_back(Caller);
}

// The functions a constant names: itself, or inside casts and aggregates; not what a global
// variable is initialised with, since no verdict looks there.
void addNamed(const Constant *C, FunctionSet &Set, SmallVectorImpl<const Function *> &Added) {
  if (const auto *F = dyn_cast<Function>(C)) {
    if (!F->isDeclaration() && Set.insert(F).second)
      Added.push_back(F);
    return;
  }
  if (isa<GlobalVariable>(C) || isa<ConstantData>(C) || isa<BlockAddress>(C))
    return;
  for (const Value *Operand : C->operands()) // expressions, aggregates, aliases
    if (const auto *Part = dyn_cast<Constant>(Operand))
      addNamed(Part, Set, Added);
}

} // namespace

FunctionSet relevantFunctions(Module &M, function_ref<bool(const Function &)> IsReached,
                              function_ref<bool(Function &)> IsAllocator) {
  FunctionSet Set;
  SmallVector<const Function *, 32> Order;
  for (Function &F : M)
    if (!F.use_empty() && IsAllocator(F))
      addCallers(F, Set, Order);
  for (unsigned Level = 0, Begin = 0; Level < MaxCallers; ++Level) {
    unsigned End = unsigned(Order.size());
    for (; Begin < End; ++Begin) {
      const Function *F = Order[Begin]; // addCallers may move the array
      addCallers(*F, Set, Order);
    }
  }
  // Any of them may be called through a pointer, or from another file.
  for (Function &F : M)
    if (!Order.empty() && !F.isDeclaration() && IsReached(F) && Set.insert(&F).second)
      Order.push_back(&F);
  for (unsigned I = 0; I < Order.size(); ++I) {
    const Function *F = Order[I];
    for (const Instruction &Inst : instructions(*F))
      for (const Value *Operand : Inst.operands())
        if (const auto *C = dyn_cast<Constant>(Operand))
          addNamed(C, Set, Order);
  }
  return Set;
}

} // namespace escapement
