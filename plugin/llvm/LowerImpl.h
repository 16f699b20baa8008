// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LowerImpl.h - shared by the files that lower: the module's part and one function's part.
//
//     Lower.cpp           the module: functions, parameters, globals, the order of work
//     LowerBody.cpp       a body: the order of work, every instruction that no other file has
//     LowerHolders.cpp    which values may hold a pointer
//     LowerValues.cpp     making values and operations; constants
//     LowerAddress.cpp    offsets, differences, decisions by the bits of an address
//     LowerCall.cpp       calls
//     LowerAllocator.cpp  calls of allocators: sites
//     LowerIntrinsic.cpp  intrinsics, variable arguments, inline assembly
//     LowerWrapper.cpp    marks for the analysis to find thin wrappers of allocators by
//
// SOUNDNESS  An integer, a float or a vector is a value of the model as soon as bits of a pointer
// can have come into it (BodyLowering::findHolders). Skipping integers that are loaded would break
// every program that copies a struct byte by byte or keeps a pointer in a uintptr_t.
//
// NOT HERE  Anything a user of Lower.h needs.
#ifndef ESCAPEMENT_PLUGIN_LOWER_IMPL_H
#define ESCAPEMENT_PLUGIN_LOWER_IMPL_H

#include "Closed.h"
#include "Location.h"
#include "Lower.h"
#include "Slice.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Operator.h"

namespace escapement {

// The function that is called, whatever casts and aliases stand between; null: through a pointer.
llvm::Function *calledFunction(const llvm::CallBase &C);

// The library's getline and the like, which keep the memory they make in their caller's pointer.
bool readsLines(const llvm::Function &F);

class ModuleLowering {
public:
  ModuleLowering(llvm::Module &IR, const LowerAnalyses &Analyses, const SourceTable &Sources,
                 const Options &Opts);
  LoweredModule run();

  // Declares on first sight. A library function the compiler must not know (-fno-builtin) gets a
  // name no model has.
  EscFunc function(llvm::Function *F);
  // A callee that is only a name: an ifunc, an interposable alias.
  EscFunc unknownFunction(llvm::StringRef Name, unsigned NumParams);
  EscGlobal global(const llvm::GlobalVariable *G);
  // The allocator model of a callee, when the compiler may treat it as that function.
  bool allocator(llvm::Function *F, EscAllocatorModel &Model);

  bool Closed = false;  // Options::WholeProgram holds
  bool Numbers = false; // calls through pointers have a number
  llvm::Module &IR;
  const LowerAnalyses &Analyses;
  const Options &Opts;
  const llvm::DataLayout &DL;
  Locator Where;
  LoweredModule Out;
  SignatureTable Signatures; // of a closed program

private:
  struct AllocatorEntry {
    bool Known = false;
    EscAllocatorModel Model;
  };
  void collectDisabledBuiltins();
  bool isDisabledBuiltin(llvm::Function *F);
  bool makesSites(llvm::Function &F);
  bool isLowered(const llvm::Function *F) const {
    return !F->isDeclaration() && (!Analyses.Slice || Relevant.count(F));
  }
  void declare(llvm::Function *F, EscFunc Id);
  void declareAttributes(llvm::Function *F, EscFunc Id);
  static bool takesRest(const llvm::Function &F); // its arguments beyond the named ones are a value
  void declareParameters(llvm::Function *F, EscFunc Id, const FunctionInfo *Info);
  bool isTaken(const llvm::Function &F) const;
  bool isNamedByOthers(const llvm::Function &F) const;
  EscFunc member(Member &S);

  FunctionSet Relevant; // with Slice
  bool NoBuiltins = false;
  llvm::StringSet<> DisabledBuiltins;
  llvm::DenseMap<const llvm::Function *, EscFunc> Functions;
  llvm::DenseMap<const llvm::GlobalVariable *, EscGlobal> Globals;
  llvm::DenseMap<const llvm::Function *, AllocatorEntry> Allocators;
};

class BodyLowering {
public:
  BodyLowering(ModuleLowering &ML, LoweredFunction &LF, unsigned Index);
  void run();

private:
  // Which values may hold a pointer (LowerHolders.cpp).
  bool canHold(llvm::Type *T) const;
  bool carriesOperand(const llvm::Instruction &I) const;
  void findHolders();
  void numberValues();

  // Values and operations (LowerValues.cpp).
  EscValue operand(const llvm::Value *V);
  EscValue result(const llvm::Instruction &I) const;
  EscValue constant(const llvm::Constant *C);
  EscValue constantExpression(const llvm::ConstantExpr *E);
  EscValue newValue() { return esc_value(M, Id); }
  EscOp emit(const EscOpInfo &Info, llvm::Instruction *From);
  EscValue emitWorld(llvm::Instruction *From);
  void emitCopy(EscValue Dst, EscValue A, int64_t Lo, int64_t Hi, llvm::Instruction *From,
                uint32_t Flags = 0);
  void emitUnknownCopy(EscValue Dst, EscValue A, llvm::Instruction *From);
  void emitMerge(EscValue Dst, llvm::ArrayRef<EscValue> Args, llvm::Instruction *From);
  // Any function of the operands: one of them, at any offset.
  void emitMix(EscValue Dst, llvm::ArrayRef<EscValue> Args, llvm::Instruction *From);
  void emitUse(EscValue A, llvm::Instruction *From);
  void emitStore(EscValue Address, EscValue Value, llvm::Type *T, bool Volatile,
                 llvm::Instruction *From);
  void emitLoad(EscValue Dst, EscValue Address, llvm::Type *T, bool Volatile,
                llvm::Instruction *From);

  // The body (LowerBody.cpp).
  void lowerEdges();
  EscLocal newLocal(uint64_t Bytes, llvm::AllocaInst *A, llvm::StringRef Name, const Place &At);
  void lowerLocals();
  void lower(llvm::Instruction &I);
  void lowerPhi(llvm::PHINode &I);
  void lowerCast(llvm::CastInst &I);
  void lowerReturn(llvm::ReturnInst &I);
  void lowerGeneric(llvm::Instruction &I);

  // Addresses (LowerAddress.cpp).
  void lowerArithmetic(llvm::BinaryOperator &I);
  void lowerGEP(llvm::Instruction &I, const llvm::GEPOperator &G, EscValue Dst);
  void lowerDecision(const llvm::Value *A, const llvm::Value *B, llvm::Instruction &I);
  void lowerOrder(llvm::Instruction &I);
  void lowerAddressNumber(const llvm::Value *V, llvm::Instruction *From);
  void decideBy(const llvm::Value *V);
  void leakDecided();

  // Calls (LowerCall.cpp).
  void lowerCall(llvm::CallBase &C);
  void lowerDirectCall(llvm::CallBase &C, EscFunc Callee);
  void lowerPrintedAddresses(llvm::CallBase &C, llvm::Function &Fn, EscSource Source);
  void lowerAddressNumbers(llvm::CallBase &C);
  void arguments(llvm::CallBase &C, const CallInfo *Source, llvm::SmallVectorImpl<EscArg> &Args);
  EscNumber argumentNumber(llvm::CallBase &C, uint32_t Param);
  uint32_t callFlags(const llvm::CallBase &C) const;
  llvm::LazyValueInfo *lazyValues();

  // Allocators (LowerAllocator.cpp).
  bool lowerAllocator(llvm::CallBase &C, llvm::Function *F);
  void lowerOpaqueAllocation(llvm::CallBase &C, llvm::Function *F, const CallInfo *Source);
  void lowerLineBuffer(llvm::CallBase &C, llvm::Function *Fn, const CallInfo *Source);
  EscSite newSite(llvm::CallBase &C, EscSiteInfo &Info, const CallInfo *Source);
  EscNumber allocatedSize(llvm::CallBase &C, const EscAllocatorModel &Model);
  uint64_t alignment(llvm::CallBase &C, const EscAllocatorModel &Model);

  // Marks (LowerWrapper.cpp).
  bool mayBeWrapper() const;
  void emitMark(uint32_t Flag, EscValue A, uint32_t Index, llvm::Instruction *From);
  void markStart();
  void markBlock(llvm::BasicBlock &BB);
  void markEffect(llvm::Instruction &I);
  void wrapperArguments(llvm::CallBase &C, llvm::SmallVectorImpl<EscArg> &Args);

  // Intrinsics (LowerIntrinsic.cpp).
  void lowerIntrinsic(llvm::IntrinsicInst &I);
  void lowerVariableStart(llvm::IntrinsicInst &I);
  void lowerVariableArgument(llvm::Instruction &I);
  bool lowerVectorMemory(llvm::IntrinsicInst &I);
  void lowerMemoryMove(llvm::CallBase &C);
  void lowerMemorySet(llvm::CallBase &C);
  void leakOperands(llvm::CallBase &C, EscReason Reason, llvm::StringRef Name);
  void lowerAsm(llvm::CallBase &C);

  ModuleLowering &ML;
  LoweredFunction &LF;
  unsigned Index; // in LoweredModule::Functions
  llvm::Function &F;
  EscModule *M;
  EscFunc Id;
  EscBlock Current = 0;
  bool Marks = false;                                      // LowerWrapper.cpp
  llvm::SmallVector<const llvm::Instruction *, 0> Holders; // in the order found
  llvm::DenseSet<const llvm::Value *> Holds;
  llvm::SmallVector<EscValue, 0> Decided; // by these: LowerAddress.cpp
  llvm::DenseSet<const llvm::Value *> DecidedSeen;
  llvm::DenseMap<const llvm::Constant *, EscValue> Constants;
  llvm::DenseMap<const llvm::BasicBlock *, EscBlock> Blocks;
  llvm::DenseMap<const llvm::AllocaInst *, EscLocal> Locals;
};

} // namespace escapement

#endif
