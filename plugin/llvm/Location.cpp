// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Location.cpp - see Location.h.
#include "Location.h"
#include "Notes.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace escapement {

unsigned Locator::file(const DIFile *File) {
  if (!File)
    return 0;
  auto [It, New] = Files.try_emplace(File, 0u);
  if (New)
    It->second = Table.file(File->getDirectory(), File->getFilename());
  return It->second;
}

const DILocation *Locator::locate(const Instruction &I, unsigned &File) {
  if (!Enabled)
    return nullptr;
  const DILocation *Loc = I.getDebugLoc().get();
  if (!Loc || Loc->getLine() == 0)
    return nullptr;
  File = file(Loc->getFile());
  return File ? Loc : nullptr;
}

// The function a location was written in, also after it was inlined elsewhere.
static StringRef functionOf(const DILocation &Loc) {
  const DISubprogram *Function = Loc.getScope()->getSubprogram();
  return Function ? Function->getName() : StringRef();
}

const CallInfo *Locator::call(const Instruction &I, StringRef Callee) {
  if (const CallInfo *Noted = Enabled ? Table.noted(noteOf(I)) : nullptr)
    return Noted;
  unsigned File = 0;
  const DILocation *Loc = locate(I, File);
  return Loc ? Table.call(File, Loc->getLine(), Loc->getColumn(), Callee, functionOf(*Loc))
             : nullptr;
}

const AssignInfo *Locator::assignment(const Instruction &I) {
  unsigned File = 0;
  const DILocation *Loc = locate(I, File);
  if (!Loc)
    return nullptr;
  StringRef Global;
  if (const auto *S = dyn_cast<StoreInst>(&I))
    if (const auto *G = dyn_cast<GlobalVariable>(getUnderlyingObject(S->getPointerOperand())))
      Global = sourceName(*G);
  return Table.assignment(File, Loc->getLine(), Loc->getColumn(), functionOf(*Loc), Global);
}

// Clang names a static variable of a function FUNCTION.VARIABLE.
bool isFunctionStatic(const GlobalVariable &G) {
  size_t Dot = G.getName().find('.');
  return G.hasLocalLinkage() && Dot != StringRef::npos && Dot != 0 &&
         G.getParent()->getFunction(G.getName().take_front(Dot));
}

StringRef sourceName(const GlobalVariable &G) {
  StringRef Name = G.getName();
  return isFunctionStatic(G) ? Name.drop_front(Name.find('.') + 1) : Name;
}

std::string Locator::chain(const Instruction &I) {
  std::string Text;
  raw_string_ostream Out(Text);
  const DILocation *Loc = I.getDebugLoc().get();
  for (Loc = Loc ? Loc->getInlinedAt() : nullptr; Loc; Loc = Loc->getInlinedAt()) {
    Out << (Text.empty() ? "" : "@") << Loc->getFilename() << ':' << Loc->getLine() << ':'
        << Loc->getColumn();
    Out.flush();
  }
  return Text;
}

// Strings of the table are not terminated by a zero.
static EscSource makeSource(EscModule *M, const Place &At, StringRef Text, StringRef Lvalue,
                            StringRef Rvalue) {
  if (!At)
    return 0;
  std::string File = At.File.str(), T = Text.str(), L = Lvalue.str(), R = Rvalue.str();
  EscSourceInfo Info{File.c_str(),
                     At.Line,
                     At.Col,
                     T.empty() ? nullptr : T.c_str(),
                     L.empty() ? nullptr : L.c_str(),
                     R.empty() ? nullptr : R.c_str()};
  return esc_source(M, &Info);
}

EscSource Locator::siteSource(EscModule *M, const CallInfo *Call) {
  return Call ? makeSource(M, Call->At, Call->Text, StringRef(), StringRef()) : 0;
}

EscSource Locator::calleeSource(EscModule *M, const CallInfo *Call) {
  if (!Call)
    return 0;
  auto [It, New] = Known.try_emplace(Call, EscSource(0));
  if (New)
    It->second = makeSource(M, Call->At, Call->Callee, StringRef(), Call->Text);
  return It->second;
}

EscSource Locator::argumentSource(EscModule *M, const CallInfo *Call, unsigned N) {
  if (!Call || N >= Call->Args.size())
    return 0;
  const ArgumentInfo &Arg = Call->Args[N];
  auto [It, New] = Known.try_emplace(&Arg, EscSource(0));
  if (New)
    It->second = makeSource(M, Arg.At, Arg.Text, StringRef(), StringRef());
  return It->second;
}

EscSource Locator::destinationSource(EscModule *M, const CallInfo *Call) {
  return Call ? makeSource(M, Call->DestAt, Call->DestText, Call->DestLvalue, Call->Text) : 0;
}

EscSource Locator::assignmentSource(EscModule *M, const Instruction &I) {
  const AssignInfo *Assign = assignment(I);
  if (!Assign)
    return 0;
  auto [It, New] = Known.try_emplace(Assign, EscSource(0));
  if (New)
    It->second = makeSource(M, Assign->At, Assign->Text, Assign->Lvalue, Assign->Rvalue);
  return It->second;
}

EscSource Locator::namedSource(EscModule *M, const Instruction &I, StringRef Text) {
  if (!Enabled)
    return 0;
  Place At;
  if (const CallInfo *Call = call(I, StringRef()))
    At = Call->At;
  else if (const DILocation *Loc = I.getDebugLoc().get())
    At = {Loc->getFilename(), Loc->getLine(), Loc->getColumn()};
  return makeSource(M, At, Text, StringRef(), StringRef());
}

EscSource Locator::placeSource(EscModule *M, const Place &At, StringRef Text) {
  return makeSource(M, At, Text, StringRef(), StringRef());
}

} // namespace escapement
