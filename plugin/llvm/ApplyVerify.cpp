// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ApplyVerify.cpp - verify mode: where the rewrite has the address of a slot, a call of the verify
// runtime says where the object is (verify/include/escapement/verify.h).
//
//     slot = alloca N      and beside it   cell = alloca ptr; *cell = cell
//     p = slot             p = esc_verify_take(cell, slot, n, align, site)
//     p == slot            p == *cell
//     return               esc_verify_leave(cell); return
//
// INVARIANT  The same sites are moved and the same frees removed, guarded or cloned as without
// verify mode: a plan does not know of it, only its execution does. The slots stay, for what is not
// guarded, and so does their weight in the budgets.
//
// NOT HERE  The places themselves (ApplySlot.cpp, ApplyFree.cpp); what a later lowering makes of
// the calls (models of their names in analysis/models/libc.models).
#include "Plan.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace escapement {
namespace {

Type *pointerType(Module &M) { return PointerType::getUnqual(M.getContext()); }

Type *sizeType(Module &M) { return M.getDataLayout().getIntPtrType(M.getContext()); }

CallInst *emitCall(IRBuilder<> &B, StringRef Name, Type *Result, ArrayRef<Value *> Args) {
  SmallVector<Type *, 8> Params;
  for (Value *A : Args)
    Params.push_back(A->getType());
  Module *M = B.GetInsertBlock()->getModule();
  FunctionCallee Callee =
      M->getOrInsertFunction(Name, FunctionType::get(Result, Params, /*isVarArg=*/false));
  CallInst *Call = B.CreateCall(Callee, Args);
  Call->setDoesNotThrow();
  return Call;
}

Value *emitTaking(IRBuilder<> &B, StringRef Name, const Slot &S, Value *Bytes, Value *Source,
                  Value *Keep) {
  Module &M = *S.Memory->getModule();
  Value *Align = ConstantInt::get(sizeType(M), S.Memory->getAlign().value());
  SmallVector<Value *, 8> Args{S.Cell, S.Memory, Bytes, Align, S.Site};
  if (Source) {
    Args.push_back(Source);
    Args.push_back(Keep);
  }
  return emitCall(B, Name, pointerType(M), Args);
}

// ---- what the report will say

std::string placeOf(const Instruction *I) {
  const DILocation *At = I ? I->getDebugLoc().get() : nullptr;
  if (!At)
    return "a place that is not known";
  StringRef File = At->getFilename();
  File.consume_front("./");
  return (File + ":" + Twine(At->getLine()) + ":" + Twine(At->getColumn())).str();
}

std::string describeOp(const Plan &P, const OpPlan &Op) {
  std::string At = " at " + placeOf(Op.Call);
  switch (Op.What) {
  case OpPlan::Kind::Free:
    return (Op.Remove ? "free removed" : "free guarded") + At;
  case OpPlan::Kind::Realloc:
    return "realloc rewritten" + At;
  case OpPlan::Kind::Call:
    return "call of a copy of " + P.Lowered.Functions[Op.Callee].F->getName().str() + At;
  }
  return {};
}

std::string flowOf(const Plan &P, const SitePlan &S, const LoweredSite &L) {
  std::string Text = "slot of " + std::to_string(S.Bytes) + " bytes";
  auto It = P.Functions.find(L.Function);
  if (It != P.Functions.end())
    for (const OpPlan &Op : It->second.Ops)
      if (is_contained(Op.Sites, S.Site))
        Text += "\n" + describeOp(P, Op);
  SmallVector<StringRef, 4> Chain;
  StringRef(L.Chain).split(Chain, '@', -1, /*KeepEmpty=*/false);
  for (StringRef Call : Chain)
    Text += ("\ninlined at " + Call).str();
  return Text;
}

std::string verdictOf(const SitePlan &S, StringRef Expression) {
  std::string Limit = S.Buffer ? " up to " + std::to_string(S.Bytes) + " bytes" : "";
  return ("moved to stack" + Limit + ": " + Expression).str();
}

Constant *text(Module &M, StringRef Text) {
  Constant *Bytes = ConstantDataArray::getString(M.getContext(), Text);
  auto *G = new GlobalVariable(M, Bytes->getType(), /*isConstant=*/true,
                               GlobalValue::PrivateLinkage, Bytes, "esc.verify.text");
  G->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
  return G;
}

} // namespace

// EscVerifySite.
GlobalVariable *describeSite(const Plan &P, const SitePlan &S) {
  const LoweredSite &L = P.Lowered.Sites[S.Site];
  const Function &F = *P.Lowered.Functions[L.Function].F;
  Module &M = *S.Call->getModule();
  const DISubprogram *Program = F.getSubprogram();
  std::string Callee = S.Call->getCalledOperand()->stripPointerCasts()->getName().str();
  StringRef Expression = L.Source ? L.Source->Text : StringRef(Callee);
  Type *I32 = Type::getInt32Ty(M.getContext()), *I64 = Type::getInt64Ty(M.getContext());
  auto Number = [&](Type *T, uint64_t N) { return ConstantInt::get(T, N); };
  Constant *Fields = ConstantStruct::getAnon(
      {text(M, L.Source ? L.Source->At.File : StringRef(M.getSourceFileName())),
       text(M, Expression), text(M, Program ? Program->getName() : F.getName()),
       text(M, verdictOf(S, Expression)), text(M, flowOf(P, S, L)), Number(I64, S.Bytes),
       Number(I32, L.Source ? L.Source->At.Line : 0), Number(I32, L.Source ? L.Source->At.Col : 0),
       Number(I32, 0), Number(I32, 0)});
  return new GlobalVariable(M, Fields->getType(), /*isConstant=*/false, GlobalValue::PrivateLinkage,
                            Fields, "esc.verify.site");
}

void addCell(Slot &S, GlobalVariable &Site) {
  IRBuilder<> B(S.Memory);
  S.Cell = B.CreateAlloca(pointerType(*S.Memory->getModule()), nullptr, "esc.cell");
  S.Site = &Site;
  BasicBlock &Entry = *S.Memory->getParent();
  B.SetInsertPoint(&Entry, Entry.getFirstNonPHIOrDbgOrAlloca());
  B.CreateStore(S.Cell, S.Cell);
}

Value *emitAddress(IRBuilder<> &B, const Slot &S) {
  if (!S.Cell)
    return S.Memory;
  return B.CreateLoad(S.Memory->getType(), S.Cell, "esc.object");
}

Value *emitTake(IRBuilder<> &B, const Slot &S, Value *Bytes) {
  if (!S.Cell)
    return S.Memory;
  return emitTaking(B, "esc_verify_take", S, Bytes, nullptr, nullptr);
}

Value *emitTakeCopy(IRBuilder<> &B, const Slot &S, Value *Bytes, Value *Source, Value *Keep) {
  return emitTaking(B, "esc_verify_take_copy", S, Bytes, Source, Keep);
}

Value *emitResize(IRBuilder<> &B, const Slot &S, Value *Bytes, Value *Old, Value *Keep) {
  return emitTaking(B, "esc_verify_resize", S, Bytes, Old, Keep);
}

void emitCopyOut(IRBuilder<> &B, Value *To, Value *Old, Value *Keep) {
  emitCall(B, "esc_verify_copy_out", B.getVoidTy(), {To, Old, Keep});
}

void emitVerifiedFree(IRBuilder<> &B, Value *Object) {
  emitCall(B, "esc_verify_free", B.getVoidTy(), {Object});
}

void replaceRemovedFree(CallInst &Call, uint32_t PointerArg, ArrayRef<SlotRef> Slots) {
  IRBuilder<> B(&Call);
  Value *Freed = Call.getArgOperand(PointerArg);
  Value *Known = B.CreateZExt(emitIsSlot(B, *Freed, Slots), B.getInt32Ty());
  emitCall(B, "esc_verify_removed_free", B.getVoidTy(), {Freed, Known});
  Call.eraseFromParent();
}

void leaveAtReturns(Function &F, const MapVector<EscSite, Slot> &Slots) {
  for (BasicBlock &BB : F) {
    Instruction *End = BB.getTerminator();
    if (!isa<ReturnInst, ResumeInst>(End))
      continue;
    IRBuilder<> B(End);
    for (const auto &[Site, S] : Slots)
      emitCall(B, "esc_verify_leave", B.getVoidTy(), {S.Cell});
  }
}

void prepareVerify(Module &M) {
  const char Landed[] = "esc_verify_landed";
  for (Function &F : M) {
    if (F.isDeclaration())
      continue;
    F.addFnAttr("frame-pointer", "all");
    SmallVector<CallInst *, 4> Returning;
    for (Instruction &I : instructions(F))
      if (auto *Call = dyn_cast<CallInst>(&I);
          Call && Call->hasFnAttr(Attribute::ReturnsTwice) && !Call->isMustTailCall())
        Returning.push_back(Call);
    for (CallInst *Call : Returning) {
      IRBuilder<> B(Call->getNextNode());
      emitCall(B, Landed, B.getVoidTy(), {});
    }
  }
}

} // namespace escapement
