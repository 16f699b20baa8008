// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Match.cpp - parameters, arguments and variables of the source, found in the IR.
//
// An alloca has neither name nor location, but those who use it have locations. Each use is a
// witness for a variable:
//     lifetime.start            the declaration statement there declares it; the order is the
//     source's stored, passed, returned  the source has `&x` (or an array) at that place stored to,
//     as a whole     an initialiser of, or an assignment to x is at that place an argument stored
//     to it  it is that parameter
// All witnesses of an alloca must agree, sizes must be equal, and a variable has one alloca.
//
// NOT HERE  Allocas that only loads and stores use: SROA removes them and nobody reports them.
#include "Match.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Metadata.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace escapement {

namespace {

constexpr const char *TagName = "escapement.local";

// ---- arguments

// An argument of the source: a scalar, or a struct by value.
struct SourceArgument {
  uint64_t Bytes;
  bool IsStruct;
};

// How many arguments of the IR, from `I` on, hold the source's argument. Structs of up to two words
// come in registers, larger ones in memory; _Complex double and __int128 are two words as well.
unsigned partsOf(const SourceArgument &Source, unsigned I, ArrayRef<Type *> Types,
                 ArrayRef<bool> InMemory, const DataLayout &DL) {
  if (Source.IsStruct && Source.Bytes == 0)
    return 0;
  if (InMemory[I] || (Source.IsStruct && Source.Bytes > 16 && Types[I]->isPointerTy()))
    return 1;
  if (!Source.IsStruct && Source.Bytes != 16)
    return 1;
  uint64_t Bytes = 0;
  unsigned Parts = 0;
  while (I + Parts < Types.size() && Bytes < Source.Bytes)
    Bytes += DL.getTypeAllocSize(Types[I + Parts++]).getFixedValue();
  return Parts;
}

std::vector<int> matchArguments(ArrayRef<SourceArgument> Sources, ArrayRef<Type *> Types,
                                ArrayRef<bool> InMemory, bool Hidden, const DataLayout &DL) {
  std::vector<int> Result(Types.size(), -1);
  unsigned I = Hidden ? 1 : 0;
  bool Fits = true;
  for (unsigned S = 0; S < Sources.size() && Fits; ++S) {
    if (I == Types.size()) {
      Fits = Sources[S].IsStruct && Sources[S].Bytes == 0;
      continue;
    }
    for (unsigned Parts = partsOf(Sources[S], I, Types, InMemory, DL); Parts; --Parts)
      Result[I++] = static_cast<int>(S);
  }
  if (Fits && I == Types.size())
    return Result;
  bool OneToOne = Sources.size() + (Hidden ? 1 : 0) == Types.size();
  for (unsigned N = 0; N < Types.size(); ++N)
    Result[N] = OneToOne ? static_cast<int>(N) - (Hidden ? 1 : 0) : -1;
  return Result;
}

// ---- variables

struct Position {
  unsigned File = 0, Line = 0, Col = 0;
  StringRef Function;
};

// Where the address of an alloca goes.
struct AddressUse {
  const Use *U;
  bool Direct; // the address itself, not a part's
};

class VariableFinder {
public:
  VariableFinder(const Function &F, const SourceTable &Sources) : F(F), Sources(Sources) {}

  DenseMap<const AllocaInst *, const VariableInfo *> run() {
    for (const Instruction &I : instructionsWithLife())
      noteLife(cast<IntrinsicInst>(I));
    for (const BasicBlock &B : F)
      for (const Instruction &I : B)
        if (const auto *Alloca = dyn_cast<AllocaInst>(&I))
          find(*Alloca);
    return answers();
  }

private:
  // A witness that saw the address taken or the life begin is better than one that saw a store: a
  // temporary is sometimes stored to at its variable's place.
  struct Answer {
    const VariableInfo *Variable = nullptr;
    bool Strong = false, Contradicted = false;
  };

  std::vector<std::reference_wrapper<const Instruction>> instructionsWithLife() const {
    std::vector<std::reference_wrapper<const Instruction>> Result;
    for (const BasicBlock &B : F)
      for (const Instruction &I : B)
        if (const auto *Intrinsic = dyn_cast<IntrinsicInst>(&I))
          if (Intrinsic->getIntrinsicID() == Intrinsic::lifetime_start)
            Result.push_back(I);
    return Result;
  }

  void noteLife(const IntrinsicInst &Start) {
    Position At;
    const auto *Alloca =
        dyn_cast<AllocaInst>(Start.getArgOperand(Start.arg_size() - 1)->stripPointerCasts());
    if (!Alloca || !locate(Start, At))
      return;
    auto &Here = Lives[{At.File, {At.Line, At.Col}}];
    if (!is_contained(Here, Alloca))
      Here.push_back(Alloca);
  }

  bool locate(const Instruction &I, Position &At) {
    const DILocation *Loc = I.getDebugLoc().get();
    if (!Loc || Loc->getInlinedAt() || Loc->getLine() == 0)
      return false;
    auto [It, New] = Files.try_emplace(Loc->getFile(), 0u);
    if (New)
      It->second = Sources.file(Loc->getDirectory(), Loc->getFilename());
    At = {It->second, Loc->getLine(), Loc->getColumn(),
          Loc->getScope()->getSubprogram()->getName()};
    return At.File != 0;
  }

  void find(const AllocaInst &Alloca) {
    SmallVector<AddressUse, 16> Uses;
    if (!addressUses(Alloca, Uses))
      return;
    if (!Alloca.isStaticAlloca())
      return findDynamic(Alloca);
    for (const AddressUse &Use : Uses)
      hear(Alloca, Use);
  }

  void findDynamic(const AllocaInst &Alloca) {
    Position At;
    if (locate(Alloca, At))
      witness(Alloca, Sources.dynamic(At.File, At.Line, At.Col, At.Function), /*Strong=*/true);
  }

  // Collect the uses of the address and of parts of it; false when it is only loaded from and
  // stored to.
  static bool addressUses(const AllocaInst &Alloca, SmallVectorImpl<AddressUse> &Uses) {
    bool Taken = false;
    SmallVector<std::pair<const Value *, bool>, 8> Work{{&Alloca, true}};
    while (!Work.empty()) {
      auto [Pointer, Direct] = Work.pop_back_val();
      for (const Use &U : Pointer->uses()) {
        const User *By = U.getUser();
        if (isa<GetElementPtrInst>(By) || isa<BitCastInst>(By)) {
          Work.push_back({By, Direct && isa<BitCastInst>(By)});
          continue;
        }
        Uses.push_back({&U, Direct});
        Taken |= takesAddress(U);
      }
    }
    return Taken;
  }

  static bool takesAddress(const Use &U) {
    const auto *By = cast<Instruction>(U.getUser());
    if (isa<LoadInst>(By))
      return false;
    if (isa<StoreInst>(By))
      return U.getOperandNo() != StoreInst::getPointerOperandIndex();
    const auto *Intrinsic = dyn_cast<IntrinsicInst>(By);
    return !Intrinsic || !Intrinsic->isLifetimeStartOrEnd();
  }

  void hear(const AllocaInst &Alloca, const AddressUse &Use) {
    const auto *By = cast<Instruction>(Use.U->getUser());
    if (const auto *Store = dyn_cast<StoreInst>(By))
      return hearStore(Alloca, *Store, Use);
    if (const auto *Intrinsic = dyn_cast<IntrinsicInst>(By))
      return hearIntrinsic(Alloca, *Intrinsic, Use);
    if (const auto *Call = dyn_cast<CallBase>(By))
      return hearCall(Alloca, *Call, *Use.U);
    if (isa<ReturnInst>(By))
      if (const AssignInfo *Return = assignment(*By))
        witness(Alloca, Return->AddressOf, /*Strong=*/true);
  }

  const AssignInfo *assignment(const Instruction &I) {
    Position At;
    return locate(I, At) ? Sources.assignment(At.File, At.Line, At.Col, At.Function) : nullptr;
  }

  void hearStore(const AllocaInst &Alloca, const StoreInst &Store, const AddressUse &Use) {
    bool IsTarget = Use.U->getOperandNo() == StoreInst::getPointerOperandIndex();
    if (const auto *Arg = dyn_cast<Argument>(Store.getValueOperand()); Arg && IsTarget)
      return witness(Alloca, parameter(*Arg), /*Strong=*/true);
    if (IsTarget && !Use.Direct)
      return;
    if (const AssignInfo *Assign = assignment(Store))
      witness(Alloca, IsTarget ? Assign->Target : Assign->AddressOf, !IsTarget);
  }

  void hearIntrinsic(const AllocaInst &Alloca, const IntrinsicInst &I, const AddressUse &Use) {
    if (I.getIntrinsicID() == Intrinsic::lifetime_start)
      return hearLife(Alloca, I);
    if (!isa<MemIntrinsic>(I) || Use.U->getOperandNo() != 0 || !Use.Direct)
      return;
    if (const AssignInfo *Assign = assignment(I))
      witness(Alloca, Assign->Target, /*Strong=*/false);
  }

  // The optimizer removes variables, so the order proves something only while all are there.
  void hearLife(const AllocaInst &Alloca, const IntrinsicInst &Start) {
    Position At;
    if (!locate(Start, At))
      return;
    const auto &Here = Lives[{At.File, {At.Line, At.Col}}];
    auto Declared = Sources.declared(At.File, At.Line, At.Col, At.Function);
    if (Here.size() != Declared.size())
      return;
    for (size_t N = 0; N < Here.size(); ++N)
      if (Here[N] == &Alloca)
        witness(Alloca, Declared[N], /*Strong=*/true);
  }

  void hearCall(const AllocaInst &Alloca, const CallBase &Call, const Use &U) {
    if (!Call.isArgOperand(&U))
      return;
    unsigned N = Call.getArgOperandNo(&U);
    if (Call.paramHasAttr(N, Attribute::StructRet)) {
      if (const AssignInfo *Assign = assignment(Call))
        witness(Alloca, Assign->Target, /*Strong=*/false);
      return;
    }
    Position At;
    if (Call.isByValArgument(N) || !locate(Call, At))
      return;
    const Function *Callee = Call.getCalledFunction();
    const CallInfo *Info = Sources.call(At.File, At.Line, At.Col,
                                        Callee ? Callee->getName() : StringRef(), At.Function);
    if (!Info)
      return;
    int Source = sourceArguments(Call, *Info)[N];
    if (Source >= 0)
      witness(Alloca, Info->Args[static_cast<size_t>(Source)].AddressOf, /*Strong=*/true);
  }

  const VariableInfo *parameter(const Argument &Arg) {
    if (!Info)
      Info = Sources.function(F.getName());
    if (!Info)
      return nullptr;
    if (Parameters.empty())
      Parameters = sourceParameters(F, *Info);
    int N = Parameters[Arg.getArgNo()];
    return N < 0 ? nullptr : Info->Params[static_cast<size_t>(N)].Variable;
  }

  void witness(const AllocaInst &Alloca, const VariableInfo *Variable, bool Strong) {
    if (!Variable)
      return;
    Answer &A = Answers[&Alloca];
    if (!fits(Alloca, *Variable) || (A.Variable && A.Variable != Variable))
      A.Contradicted = true;
    if (!A.Variable)
      Order.push_back(&Alloca);
    A.Variable = Variable;
    A.Strong |= Strong;
  }

  bool fits(const AllocaInst &Alloca, const VariableInfo &Variable) const {
    if (!Alloca.isStaticAlloca())
      return Variable.Bytes == 0;
    auto Size = Alloca.getAllocationSize(F.getParent()->getDataLayout());
    return Size && !Size->isScalable() && Size->getFixedValue() == Variable.Bytes;
  }

  DenseMap<const AllocaInst *, const VariableInfo *> answers() {
    DenseMap<const VariableInfo *, unsigned> Strong, Weak;
    for (const AllocaInst *Alloca : Order) {
      const Answer &A = Answers[Alloca];
      ++(A.Strong ? Strong : Weak)[A.Variable];
    }
    DenseMap<const AllocaInst *, const VariableInfo *> Result;
    for (const AllocaInst *Alloca : Order) {
      const Answer &A = Answers[Alloca];
      bool Only =
          A.Strong ? Strong[A.Variable] == 1 : Strong[A.Variable] == 0 && Weak[A.Variable] == 1;
      if (Only && !A.Contradicted)
        Result[Alloca] = A.Variable;
    }
    return Result;
  }

  const Function &F;
  const SourceTable &Sources;
  const FunctionInfo *Info = nullptr;
  std::vector<int> Parameters;
  DenseMap<const DIFile *, unsigned> Files;
  DenseMap<std::pair<unsigned, std::pair<unsigned, unsigned>>, SmallVector<const AllocaInst *, 4>>
      Lives;
  DenseMap<const AllocaInst *, Answer> Answers;
  std::vector<const AllocaInst *> Order;
};

} // namespace

std::vector<int> sourceParameters(const Function &F, const FunctionInfo &Info) {
  SmallVector<SourceArgument, 8> Sources;
  for (const ParameterInfo &P : Info.Params)
    Sources.push_back({P.Bytes, P.IsStruct});
  SmallVector<Type *, 8> Types;
  SmallVector<bool, 8> InMemory;
  // A copy made by us takes slots behind the parameters of the source.
  size_t Slots = 0;
  if (Attribute Extra = F.getFnAttribute(SlotParameters); Extra.isStringAttribute())
    Extra.getValueAsString().getAsInteger(10, Slots);
  for (const Argument &Arg : F.args()) {
    if (Arg.getArgNo() + Slots >= F.arg_size())
      break;
    Types.push_back(Arg.getType());
    InMemory.push_back(Arg.hasByValAttr());
  }
  bool Hidden = F.arg_size() && F.hasParamAttribute(0, Attribute::StructRet);
  std::vector<int> Result =
      matchArguments(Sources, Types, InMemory, Hidden, F.getParent()->getDataLayout());
  Result.resize(F.arg_size(), -1);
  return Result;
}

std::vector<int> sourceArguments(const CallBase &Call, const CallInfo &Info) {
  SmallVector<SourceArgument, 8> Sources;
  for (const ArgumentInfo &A : Info.Args)
    Sources.push_back({A.Bytes, A.IsStruct});
  SmallVector<Type *, 8> Types;
  SmallVector<bool, 8> InMemory;
  // memcpy and its like end in a flag of their own.
  unsigned N = Call.arg_size() - (isa<MemIntrinsic>(Call) ? 1 : 0);
  for (unsigned I = 0; I < N; ++I) {
    Types.push_back(Call.getArgOperand(I)->getType());
    InMemory.push_back(Call.isByValArgument(I));
  }
  bool Hidden = Call.arg_size() && Call.paramHasAttr(0, Attribute::StructRet);
  std::vector<int> Result =
      matchArguments(Sources, Types, InMemory, Hidden, Call.getModule()->getDataLayout());
  Result.resize(Call.arg_size(), -1);
  return Result;
}

DenseMap<const AllocaInst *, const VariableInfo *> localVariables(const Function &F,
                                                                  const SourceTable &Sources) {
  return VariableFinder(F, Sources).run();
}

void tagLocals(Module &M, const SourceTable &Sources) {
  LLVMContext &Context = M.getContext();
  unsigned Kind = Context.getMDKindID(TagName);
  for (Function &F : M)
    for (const auto &[Alloca, Variable] : localVariables(F, Sources)) {
      auto *Number = ConstantInt::get(Type::getInt32Ty(Context), Variable->Number);
      const_cast<AllocaInst *>(Alloca)->setMetadata(
          Kind, MDNode::get(Context, ConstantAsMetadata::get(Number)));
    }
}

const VariableInfo *taggedLocal(const AllocaInst &Alloca, const SourceTable &Sources) {
  const MDNode *Tag = Alloca.getMetadata(TagName);
  if (!Tag || Tag->getNumOperands() != 1)
    return nullptr;
  const auto *Number = mdconst::dyn_extract<ConstantInt>(Tag->getOperand(0));
  return Number ? Sources.variable(static_cast<unsigned>(Number->getZExtValue())) : nullptr;
}

void untagLocals(Module &M) {
  unsigned Kind = M.getContext().getMDKindID(TagName);
  for (Function &F : M)
    for (Instruction &I : instructions(F))
      if (isa<AllocaInst>(I))
        I.setMetadata(Kind, nullptr);
}

} // namespace escapement
