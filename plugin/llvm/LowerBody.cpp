// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LowerBody.cpp - which values may hold a pointer, and every instruction but calls.
//
// Three walks over a function: the constants (each becomes one operation in the entry block), the
// values that may hold a pointer (forward from everything that makes one), then the operations.
//
// INVARIANT  Every instruction in Holds has a number in LoweredFunction::Values and exactly one
// operation that defines it, or none, which means NULL.
//
// NOT HERE  Calls (LowerCall.cpp).
#include "LowerImpl.h"
#include "Number.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Analysis/CFG.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Operator.h"

using namespace llvm;

namespace escapement {

BodyLowering::BodyLowering(ModuleLowering &ML, LoweredFunction &LF, unsigned Index)
    : ML(ML), LF(LF), Index(Index), F(*LF.F), M(ML.Out.M.get()), Id(LF.Id) {}

void BodyLowering::run() {
  esc_function_begin_body(M, Id);
  for (BasicBlock &BB : F)
    Blocks[&BB] = esc_block(M, Id);
  lowerEdges();
  findHolders();
  numberValues();
  lowerLocals();
  for (BasicBlock &BB : F) {
    Current = Blocks[&BB];
    for (Instruction &I : BB)
      lower(I);
  }
}

void BodyLowering::lowerEdges() {
  for (BasicBlock &BB : F)
    for (BasicBlock *Next : successors(&BB))
      esc_edge(M, Id, Blocks[&BB], Blocks[Next]);
}

// ---- which values may hold a pointer -----------------------------------------------------------

bool BodyLowering::canHold(Type *T) const {
  if (T->isPointerTy())
    return true;
  if (const auto *I = dyn_cast<IntegerType>(T))
    return I->getBitWidth() >= 8; // one bit at a time nobody moves a pointer
  return T->isVectorTy() || T->isAggregateType() || T->isFloatingPointTy();
}

// Does the result depend on the bits of the operands, so that it holds a pointer when one of them
// does?
bool BodyLowering::carriesOperand(const Instruction &I) const {
  switch (I.getOpcode()) {
  case Instruction::ICmp:
  case Instruction::FCmp:
  case Instruction::FAdd:
  case Instruction::FSub:
  case Instruction::FMul:
  case Instruction::FDiv:
  case Instruction::FRem:
  case Instruction::FPTrunc:
  case Instruction::FPExt:
  case Instruction::Load: // holds by itself
  case Instruction::Alloca:
  case Instruction::AtomicRMW:
  case Instruction::AtomicCmpXchg:
  case Instruction::Invoke:
  case Instruction::CallBr:
  case Instruction::GetElementPtr: // a pointer, or a vector of them: by itself
    return false;
  case Instruction::Call: {
    const auto *II = dyn_cast<IntrinsicInst>(&I);
    return II && II->doesNotAccessMemory();
  }
  default:
    return true;
  }
}

static bool holdsByItself(const Instruction &I) {
  switch (I.getOpcode()) {
  case Instruction::Load:
  case Instruction::AtomicRMW:
  case Instruction::AtomicCmpXchg:
  case Instruction::PtrToInt:
  case Instruction::GetElementPtr:
  case Instruction::LandingPad:
  case Instruction::VAArg:
  case Instruction::Invoke:
  case Instruction::CallBr:
    return true;
  case Instruction::Call: {
    const auto *II = dyn_cast<IntrinsicInst>(&I);
    return !II || !II->doesNotAccessMemory();
  }
  default:
    return I.getType()->isPtrOrPtrVectorTy();
  }
}

void BodyLowering::findHolders() {
  auto Add = [&](const Instruction *I) {
    if (canHold(I->getType()) && Holds.insert(I).second)
      Holders.push_back(I);
  };
  Current = 0;
  for (const Argument &A : F.args())
    if (canHold(A.getType()))
      Holds.insert(&A);
  for (const Instruction &I : instructions(F)) {
    bool HasConstant = false;
    const auto *Call = dyn_cast<CallBase>(&I);
    for (const Use &Operand : I.operands())
      if (const auto *C = dyn_cast<Constant>(Operand);
          C && !(Call && Call->isCallee(&Operand) && calledFunction(*Call)))
        HasConstant |= !isa<ConstantData>(C) && !isa<BasicBlock>(C) && constant(C) != ESC_NONE;
    if (holdsByItself(I) || (HasConstant && carriesOperand(I)))
      Add(&I);
  }
  auto Follow = [&](const Value *V) {
    for (const User *U : V->users())
      if (const auto *I = dyn_cast<Instruction>(U))
        if (carriesOperand(*I))
          Add(I);
  };
  for (const Argument &A : F.args())
    if (Holds.count(&A))
      Follow(&A);
  for (size_t N = 0; N < Holders.size(); ++N)
    Follow(Holders[N]);
}

void BodyLowering::numberValues() {
  for (const Argument &A : F.args())
    LF.Values[&A] = A.getArgNo();
  for (const Instruction &I : instructions(F))
    if (Holds.count(&I))
      LF.Values[&I] = newValue();
}

// ---- values and operations ---------------------------------------------------------------------

EscOp BodyLowering::emit(const EscOpInfo &Info, Instruction *From) {
  EscOp Op = esc_op(M, Id, Current, &Info);
  if (Op == ESC_NONE) // the sticky error; every verdict gives up
    return Op;
  if (LF.OpInst.size() <= Op)
    LF.OpInst.resize(size_t(Op) + 1, nullptr);
  LF.OpInst[Op] = From;
  return Op;
}

EscValue BodyLowering::emitWorld(Instruction *From) {
  EscOpInfo Info = esc_op_info(ESC_OP_WORLD);
  Info.dst = newValue();
  emit(Info, From);
  return Info.dst;
}

void BodyLowering::emitCopy(EscValue Dst, EscValue A, int64_t Lo, int64_t Hi, Instruction *From,
                            uint32_t Flags) {
  if (Dst == ESC_NONE || A == ESC_NONE)
    return;
  EscOpInfo Info = esc_op_info(ESC_OP_COPY);
  Info.dst = Dst;
  Info.a = A;
  Info.lo = Lo;
  Info.hi = Hi;
  Info.flags = Flags;
  emit(Info, From);
}

void BodyLowering::emitUnknownCopy(EscValue Dst, EscValue A, Instruction *From) {
  emitCopy(Dst, A, ESC_OFFSET_MIN, ESC_OFFSET_MAX, From);
}

void BodyLowering::emitMerge(EscValue Dst, ArrayRef<EscValue> Values, Instruction *From) {
  SmallVector<EscArg, 4> Args;
  for (EscValue V : Values)
    if (V != ESC_NONE)
      Args.push_back({V, esc_number_unknown(), 0});
  if (Dst == ESC_NONE || Args.empty())
    return;
  EscOpInfo Info = esc_op_info(ESC_OP_MERGE);
  Info.dst = Dst;
  Info.args = Args.data();
  Info.nargs = uint32_t(Args.size());
  emit(Info, From);
}

void BodyLowering::emitMix(EscValue Dst, ArrayRef<EscValue> Values, Instruction *From) {
  SmallVector<EscValue, 4> Present;
  for (EscValue V : Values)
    if (V != ESC_NONE && !is_contained(Present, V))
      Present.push_back(V);
  if (Dst == ESC_NONE || Present.empty())
    return;
  if (Present.size() == 1)
    return emitUnknownCopy(Dst, Present[0], From);
  EscValue Merged = newValue();
  emitMerge(Merged, Present, From);
  emitUnknownCopy(Dst, Merged, From);
}

void BodyLowering::emitUse(EscValue A, Instruction *From) {
  if (A == ESC_NONE)
    return;
  EscOpInfo Info = esc_op_info(ESC_OP_USE);
  Info.a = A;
  emit(Info, From);
}

static uint32_t storeWidth(const DataLayout &DL, Type *T) {
  TypeSize Size = DL.getTypeStoreSize(T);
  return Size.isScalable() || Size.getKnownMinValue() > UINT32_MAX
             ? 0
             : uint32_t(Size.getKnownMinValue());
}

static uint32_t accessFlags(const DataLayout &DL, Type *T, bool Volatile) {
  uint32_t Flags = Volatile ? uint32_t(ESC_OPF_VOLATILE) : 0;
  // Whatever is not typed as a pointer counts as a number for the lines about parameters; as a flow
  // it counts all the same.
  (void)DL;
  if (T->isIntOrIntVectorTy() || T->isFPOrFPVectorTy())
    Flags |= ESC_OPF_NARROW;
  return Flags;
}

void BodyLowering::emitStore(EscValue Address, EscValue Value, Type *T, bool Volatile,
                             Instruction *From) {
  if (Address == ESC_NONE) // through NULL, or an address no object has
    return;
  EscOpInfo Info = esc_op_info(ESC_OP_STORE);
  Info.a = Address;
  Info.b = Value;
  Info.width = storeWidth(ML.DL, T);
  Info.flags = accessFlags(ML.DL, T, Volatile);
  if (Value != ESC_NONE)
    Info.source = ML.Where.assignmentSource(M, *From);
  emit(Info, From);
}

void BodyLowering::emitLoad(EscValue Dst, EscValue Address, Type *T, bool Volatile,
                            Instruction *From) {
  if (Dst == ESC_NONE || Address == ESC_NONE)
    return emitUse(Address, From);
  EscOpInfo Info = esc_op_info(ESC_OP_LOAD);
  Info.dst = Dst;
  Info.a = Address;
  Info.width = storeWidth(ML.DL, T);
  Info.flags = accessFlags(ML.DL, T, Volatile);
  emit(Info, From);
}

EscValue BodyLowering::result(const Instruction &I) const {
  return Holds.count(&I) ? LF.Values.lookup(&I) : EscValue(ESC_NONE);
}

EscValue BodyLowering::operand(const Value *V) {
  if (const auto *C = dyn_cast<Constant>(V)) {
    auto It = Constants.find(C);
    return It == Constants.end() ? EscValue(ESC_NONE) : It->second;
  }
  return Holds.count(V) ? LF.Values.lookup(V) : EscValue(ESC_NONE);
}

// ---- constants ---------------------------------------------------------------------------------

// The value of a constant, made in the entry block on first sight; ESC_NONE: holds no pointer.
EscValue BodyLowering::constant(const Constant *C) {
  if (isa<ConstantData>(C) || isa<BlockAddress>(C))
    return ESC_NONE;
  if (auto It = Constants.find(C); It != Constants.end())
    return It->second;
  EscValue V = ESC_NONE;
  if (const auto *G = dyn_cast<GlobalVariable>(C)) {
    EscOpInfo Info = esc_op_info(ESC_OP_GLOBAL);
    Info.index = ML.global(G);
    Info.dst = V = newValue();
    emit(Info, nullptr);
  } else if (const auto *Fn = dyn_cast<Function>(C)) {
    EscOpInfo Info = esc_op_info(ESC_OP_FUNCTION);
    Info.index = ML.function(const_cast<Function *>(Fn));
    Info.dst = V = newValue();
    emit(Info, nullptr);
  } else if (const auto *A = dyn_cast<GlobalAlias>(C)) {
    V = A->isInterposable() ? emitWorld(nullptr) : constant(A->getAliasee());
  } else if (isa<GlobalValue>(C)) { // an ifunc
    V = emitWorld(nullptr);
  } else if (const auto *E = dyn_cast<ConstantExpr>(C)) {
    V = constantExpression(E);
  } else { // aggregates, dso_local_equivalent, no_cfi, ...
    SmallVector<EscValue, 4> Parts;
    for (const Value *Operand : C->operands())
      if (const auto *Part = dyn_cast<Constant>(Operand))
        Parts.push_back(constant(Part));
    if (any_of(Parts, [](EscValue P) { return P != ESC_NONE; })) {
      V = newValue();
      emitMix(V, Parts, nullptr);
    }
  }
  Constants[C] = V;
  return V;
}

// The address of a device, or a mark such as (void *)-1 that is only compared. Nothing of ours is
// in the first and the last page.
static bool isMark(const Constant *C) {
  const auto *I = dyn_cast<ConstantInt>(C);
  return I &&
         (I->getValue().ult(4096) || I->getValue().uge(APInt::getAllOnes(I->getBitWidth()) - 4095));
}

EscValue BodyLowering::constantExpression(const ConstantExpr *E) {
  if (E->getOpcode() == Instruction::IntToPtr && isa<ConstantInt>(E->getOperand(0)))
    return isMark(E->getOperand(0)) ? EscValue(ESC_NONE) : emitWorld(nullptr);
  if (E->getOpcode() == Instruction::ICmp)
    return ESC_NONE;
  SmallVector<EscValue, 4> Parts;
  for (const Value *Operand : E->operands())
    if (const auto *Part = dyn_cast<Constant>(Operand))
      Parts.push_back(constant(Part));
  if (none_of(Parts, [](EscValue P) { return P != ESC_NONE; })) {
    // A number made into an address by arithmetic the folder left alone.
    const auto *G = dyn_cast<GEPOperator>(E);
    return G && !G->getPointerOperand()->getType()->isVectorTy() && !G->hasAllConstantIndices()
               ? emitWorld(nullptr)
               : EscValue(ESC_NONE);
  }
  EscValue V = newValue();
  APInt Offset(ML.DL.getIndexTypeSizeInBits(E->getType()->isPtrOrPtrVectorTy()
                                                ? E->getType()
                                                : PointerType::getUnqual(E->getContext())),
               0);
  const auto *G = dyn_cast<GEPOperator>(E);
  if (G && Parts[0] != ESC_NONE && G->accumulateConstantOffset(ML.DL, Offset))
    emitCopy(V, Parts[0], Offset.getSExtValue(), Offset.getSExtValue(), nullptr);
  else if (E->isCast() && E->getOpcode() != Instruction::Trunc)
    emitCopy(V, Parts[0], 0, 0, nullptr);
  else
    emitMix(V, Parts, nullptr);
  return V;
}

// ---- locals ------------------------------------------------------------------------------------

EscLocal BodyLowering::newLocal(uint64_t Bytes, AllocaInst *A, StringRef Name, const Place &At) {
  std::string Text = Name.str();
  EscLocal L = esc_local(M, Id, Bytes, Name.empty() ? nullptr : Text.c_str(),
                         Locator::placeSource(M, At, Name));
  if (L == ESC_NONE)
    return L;
  if (LF.LocalInst.size() <= L)
    LF.LocalInst.resize(size_t(L) + 1, nullptr);
  LF.LocalInst[L] = A;
  return L;
}

void BodyLowering::lowerLocals() {
  for (Instruction &I : instructions(F)) {
    auto *A = dyn_cast<AllocaInst>(&I);
    if (!A)
      continue;
    std::optional<TypeSize> Size = A->getAllocationSize(ML.DL);
    uint64_t Bytes =
        Size && !Size->isScalable() ? Size->getFixedValue() : uint64_t(ESC_SIZE_UNKNOWN);
    StringRef Name;
    Place At;
    if (const VariableInfo *Variable = ML.Analyses.Local ? ML.Analyses.Local(*A) : nullptr) {
      Name = Variable->Name;
      At = Variable->At;
    }
    Locals[A] = newLocal(Bytes, A, Name, At);
  }
}

// ---- instructions ------------------------------------------------------------------------------

void BodyLowering::lower(Instruction &I) {
  switch (I.getOpcode()) {
  case Instruction::Alloca: {
    EscOpInfo Info = esc_op_info(ESC_OP_LOCAL);
    Info.index = Locals[cast<AllocaInst>(&I)];
    Info.dst = result(I);
    emit(Info, &I);
    return;
  }
  case Instruction::Load: {
    auto &L = cast<LoadInst>(I);
    return emitLoad(result(I), operand(L.getPointerOperand()), L.getType(), L.isVolatile(), &I);
  }
  case Instruction::Store: {
    auto &S = cast<StoreInst>(I);
    Type *T = S.getValueOperand()->getType();
    return emitStore(operand(S.getPointerOperand()), operand(S.getValueOperand()), T,
                     S.isVolatile(), &I);
  }
  case Instruction::AtomicRMW: {
    auto &A = cast<AtomicRMWInst>(I);
    EscValue Address = operand(A.getPointerOperand()), Old = result(I);
    EscValue New = operand(A.getValOperand());
    emitLoad(Old, Address, A.getType(), A.isVolatile(), &I);
    if (A.getOperation() != AtomicRMWInst::Xchg && (New != ESC_NONE || Old != ESC_NONE)) {
      EscValue Mixed = newValue();
      emitMix(Mixed, {Old, New}, &I);
      New = Mixed;
    }
    return emitStore(Address, New, A.getType(), A.isVolatile(), &I);
  }
  case Instruction::AtomicCmpXchg: {
    auto &A = cast<AtomicCmpXchgInst>(I);
    EscValue Address = operand(A.getPointerOperand());
    Type *T = A.getNewValOperand()->getType();
    emitLoad(result(I), Address, T, A.isVolatile(), &I);
    emitUse(operand(A.getCompareOperand()), &I);
    return emitStore(Address, operand(A.getNewValOperand()), T, A.isVolatile(), &I);
  }
  case Instruction::GetElementPtr:
    return lowerGEP(I, cast<GEPOperator>(I), result(I));
  case Instruction::PHI:
    return lowerPhi(cast<PHINode>(I));
  case Instruction::Select:
    return emitMerge(result(I), {operand(I.getOperand(1)), operand(I.getOperand(2))}, &I);
  case Instruction::Freeze:
    return emitCopy(result(I), operand(I.getOperand(0)), 0, 0, &I);
  case Instruction::Switch:
    return lowerDecision(cast<SwitchInst>(I).getCondition(), nullptr, I);
  case Instruction::ICmp:
    if (!I.getOperand(0)->getType()->isPtrOrPtrVectorTy())
      return lowerDecision(I.getOperand(0), I.getOperand(1), I);
    emitUse(operand(I.getOperand(0)), &I);
    return emitUse(operand(I.getOperand(1)), &I);
  case Instruction::Ret:
    return lowerReturn(cast<ReturnInst>(I));
  case Instruction::Call:
  case Instruction::Invoke:
  case Instruction::CallBr:
    return lowerCall(cast<CallBase>(I));
  case Instruction::Br:
  case Instruction::Unreachable:
  case Instruction::Fence:
    return;
  case Instruction::VAArg:
    return lowerVariableArgument(I);
  case Instruction::LandingPad: {
    EscValue Dst = result(I);
    return Dst == ESC_NONE ? void() : emitCopy(Dst, emitWorld(&I), 0, 0, &I);
  }
  default:
    if (auto *B = dyn_cast<BinaryOperator>(&I))
      return lowerArithmetic(*B);
    if (auto *C = dyn_cast<CastInst>(&I))
      return lowerCast(*C);
    return lowerGeneric(I);
  }
}

// Is `V` a number computed from the address of something? Alignment tests and differences of two
// addresses do not tell where it is.
static bool tellsAddress(const Value *V, unsigned Depth = 0) {
  if (Depth == 8)
    return true;
  if (isa<PtrToIntInst>(V))
    return true;
  if (const auto *C = dyn_cast<CastInst>(V))
    return tellsAddress(C->getOperand(0), Depth + 1);
  const auto *B = dyn_cast<BinaryOperator>(V);
  if (!B)
    return false;
  // How the address itself is aligned; of a shifted one the low bits can be any bits.
  const auto *Mask = dyn_cast<ConstantInt>(B->getOperand(1));
  bool LowBits = B->getOpcode() == Instruction::And && Mask && Mask->getValue().ult(4096);
  if (LowBits || B->getOpcode() == Instruction::URem) {
    const Value *Masked = B->getOperand(0);
    while (const auto *C = dyn_cast<CastInst>(Masked)) {
      if (isa<PtrToIntInst>(C))
        return false;
      Masked = C->getOperand(0);
    }
  }
  bool First = tellsAddress(B->getOperand(0), Depth + 1);
  bool Second = tellsAddress(B->getOperand(1), Depth + 1);
  return B->getOpcode() == Instruction::Sub ? First != Second : First || Second;
}

// A program that decides by the bits of an address can build the address again without any flow of
// values. A test for null and an order between two addresses tell too little for that.
void BodyLowering::lowerDecision(const Value *A, const Value *B, Instruction &I) {
  bool First = tellsAddress(A), Second = B && tellsAddress(B);
  const auto *Zero = dyn_cast_or_null<ConstantInt>(B);
  bool NullTest = Zero && Zero->isZero() && isa<PtrToIntInst>(A->stripPointerCasts());
  if (First == Second || NullTest)
    return;
  EscOpInfo Info = esc_op_info(ESC_OP_LEAK);
  Info.a = operand(First ? A : B);
  Info.index = ESC_REASON_INTEGER;
  if (Info.a != ESC_NONE)
    emit(Info, &I);
}

// Vectors, aggregates, exceptions, and whatever a later LLVM adds: the result is made of
// the operands and of nothing else. What throws or branches on a pointer only uses it.
void BodyLowering::lowerGeneric(Instruction &I) {
  SmallVector<EscValue, 4> Operands;
  for (const Value *Operand : I.operands())
    if (EscValue V = operand(Operand); V != ESC_NONE)
      Operands.push_back(V);
  EscValue Dst = result(I);
  if (Dst == ESC_NONE) {
    for (EscValue V : Operands)
      emitUse(V, &I);
    return;
  }
  // An aggregate is one value for the model: its parts share what they point to, not an offset.
  bool Exact = isa<InsertValueInst, ExtractValueInst, InsertElementInst, ExtractElementInst,
                   ShuffleVectorInst>(I);
  if (Exact)
    return emitMerge(Dst, Operands, &I);
  if (I.getType()->isPtrOrPtrVectorTy())
    Operands.push_back(emitWorld(&I));
  emitMix(Dst, Operands, &I);
}

void BodyLowering::lowerPhi(PHINode &I) {
  EscValue Dst = result(I);
  if (Dst == ESC_NONE)
    return;
  // Each operand says where it comes from: it is used on that way only.
  SmallVector<EscArg, 8> Args;
  for (unsigned N = 0; N < I.getNumIncomingValues(); ++N)
    if (EscValue In = operand(I.getIncomingValue(N)); In != ESC_NONE)
      Args.push_back({In, esc_number_constant(Blocks.lookup(I.getIncomingBlock(N))), 0});
  if (Args.empty())
    return;
  EscOpInfo Info = esc_op_info(ESC_OP_MERGE);
  Info.dst = Dst;
  Info.args = Args.data();
  Info.nargs = uint32_t(Args.size());
  emit(Info, &I);
}

void BodyLowering::lowerCast(CastInst &I) {
  EscValue Dst = result(I), A = operand(I.getOperand(0));
  if (Dst == ESC_NONE)
    return emitUse(A, &I);
  if (A == ESC_NONE && I.getType()->isPtrOrPtrVectorTy()) // a number made into an address
    A = emitWorld(&I);
  uint32_t Flags = 0;
  if (isa<TruncInst>(I) &&
      ML.DL.getTypeStoreSize(I.getType()).getKnownMinValue() < ML.DL.getPointerSize())
    Flags = ESC_OPF_NARROW;
  emitCopy(Dst, A, 0, 0, &I, Flags);
}

// Functions of the C library whose result points into their first argument, or is NULL.
static bool returnsInside(const CallBase &C) {
  static const StringSet<> Names = {
      "strchr",  "strrchr", "memchr", "memrchr", "rawmemchr", "strstr",     "strpbrk", "index",
      "rindex",  "strcpy",  "stpcpy", "strcat",  "memcpy",    "mempcpy",    "memmove", "strncpy",
      "stpncpy", "strncat", "memset", "fgets",   "strchrnul", "strcasestr", "memmem"};
  const Function *F = C.getCalledFunction();
  return F && F->isDeclaration() && C.arg_size() > 0 && Names.contains(F->getName());
}

// The value that an address was computed from; nullptr for one that is being asked for already (a
// round of a loop), which adds nothing.
static const Value *addressRoot(const Value *V, SmallPtrSetImpl<const Value *> &Asked) {
  for (;;) {
    if (const auto *G = dyn_cast<GEPOperator>(V))
      V = G->getPointerOperand();
    else if (const auto *C = dyn_cast<CastInst>(V); C && !isa<IntToPtrInst>(C))
      V = C->getOperand(0);
    else if (const auto *Call = dyn_cast<CallBase>(V); Call && returnsInside(*Call))
      V = Call->getArgOperand(0);
    else
      break;
  }
  const auto *I = dyn_cast<Instruction>(V);
  if (!I || !(isa<PHINode>(I) || isa<SelectInst>(I)))
    return V;
  if (!Asked.insert(V).second)
    return nullptr;
  const Value *Only = nullptr;
  for (unsigned N = isa<SelectInst>(I) ? 1 : 0; N < I->getNumOperands(); ++N) {
    const Value *Root = addressRoot(I->getOperand(N), Asked);
    if (Root && Only && Root != Only)
      return V;
    if (Root)
      Only = Root;
  }
  return Only ? Only : V;
}

// Do both addresses come from one pointer, which is made once in a run of the function? Then their
// difference is an offset in one object and says nothing of where it is.
static bool sameObject(const Value *A, const Value *B) {
  SmallPtrSet<const Value *, 8> AskedA, AskedB;
  const Value *Root = addressRoot(A, AskedA);
  if (!Root || Root != addressRoot(B, AskedB))
    return false;
  const auto *I = dyn_cast<Instruction>(Root);
  if (!I)
    return isa<Argument>(Root);
  for (const BasicBlock *Next : successors(I->getParent()))
    if (isPotentiallyReachable(Next, I->getParent()))
      return false; // another round may make another object
  return true;
}

void BodyLowering::lowerArithmetic(BinaryOperator &I) {
  EscValue Dst = result(I), A = operand(I.getOperand(0)), B = operand(I.getOperand(1));
  if (Dst == ESC_NONE) {
    emitUse(A, &I);
    return emitUse(B, &I);
  }
  const auto *C = dyn_cast<ConstantInt>(I.getOperand(1));
  bool Small = C && C->getValue().getSignificantBits() <= 48;
  if (I.getOpcode() == Instruction::Add && Small)
    return emitCopy(Dst, A, C->getSExtValue(), C->getSExtValue(), &I);
  if (I.getOpcode() == Instruction::Sub && Small)
    return emitCopy(Dst, A, -C->getSExtValue(), -C->getSExtValue(), &I);
  if (I.getOpcode() == Instruction::Sub && isa<PtrToIntOperator>(I.getOperand(0)) &&
      isa<PtrToIntOperator>(I.getOperand(1)) && A != ESC_NONE && B != ESC_NONE) {
    if (I.hasMetadata(LLVMContext::MD_nosanitize) || // of pointers, see Pass.cpp
        sameObject(I.getOperand(0), I.getOperand(1))) {
      emitUse(A, &I);
      return emitUse(B, &I);
    }
    EscOpInfo Info = esc_op_info(ESC_OP_DIFF);
    Info.dst = Dst;
    Info.a = A;
    Info.b = B;
    emit(Info, &I);
    return;
  }
  emitMix(Dst, {A, B}, &I);
}

// The byte offsets a GEP can add; false: anything.
static bool gepRange(const GEPOperator &G, const DataLayout &DL, int64_t &Lo, int64_t &Hi) {
  unsigned Bits = DL.getIndexTypeSizeInBits(G.getType());
  MapVector<Value *, APInt> Variable;
  APInt Constant(Bits, 0);
  if (!G.collectOffset(DL, Bits, Variable, Constant) || Constant.getSignificantBits() > 48)
    return false;
  Lo = Hi = Constant.getSExtValue();
  for (const auto &[V, Scale] : Variable) {
    int64_t First, Last;
    if (Scale.getSignificantBits() > 32 || !offsetRange(V, Scale.getSExtValue(), First, Last))
      return false;
    Lo += First; // each below 2^48 * 2^32 was refused by offsetRange, and there are few of them
    Hi += Last;
    if (Lo < -(int64_t(1) << 48) || Hi > (int64_t(1) << 48))
      return false;
  }
  return true;
}

void BodyLowering::lowerGEP(Instruction &I, const GEPOperator &G, EscValue Dst) {
  EscValue Base = operand(G.getPointerOperand());
  if (Dst == ESC_NONE)
    return emitUse(Base, &I);
  if (Base == ESC_NONE) {
    // (char *)0 + number: the number is the address.
    SmallVector<EscValue, 4> Parts;
    for (const Value *V : G.indices())
      if (EscValue Index = operand(V); Index != ESC_NONE)
        Parts.push_back(Index);
    if (!G.hasAllConstantIndices())
      Parts.push_back(emitWorld(&I));
    return emitMix(Dst, Parts, &I);
  }
  int64_t Lo, Hi;
  if (!I.getType()->isVectorTy() && gepRange(G, ML.DL, Lo, Hi))
    emitCopy(Dst, Base, Lo, Hi, &I);
  else
    emitUnknownCopy(Dst, Base, &I);
}

void BodyLowering::lowerReturn(ReturnInst &I) {
  EscOpInfo Info = esc_op_info(ESC_OP_RETURN);
  if (const Value *V = I.getReturnValue())
    Info.a = operand(V);
  if (Info.a != ESC_NONE)
    Info.source = ML.Where.assignmentSource(M, I);
  emit(Info, &I);
}

} // namespace escapement
