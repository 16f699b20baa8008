// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Notes.cpp - see Notes.h.
//
// A note is one string, its fields ended by a character that no source text keeps once it is
// folded. Places are FILE LINE COL.
#include "Notes.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace escapement {
namespace {

constexpr StringLiteral NotePrefix = "escapement.call.1\x1f";
constexpr StringLiteral OptionsName = "escapement.options";
constexpr char End = '\x1f';

// ---- a note as text --------------------------------------------------------------------------

struct Writer {
  std::string Text = NotePrefix.str();
  void field(StringRef Value) {
    for (char C : Value)
      Text += C == End ? ' ' : C;
    Text += End;
  }
  void field(uint64_t Value) { field(utostr(Value)); }
  void place(const Place &At) {
    field(At.File);
    field(At.Line);
    field(At.Col);
  }
};

// Sticky: after the first missing field everything is empty.
struct Reader {
  StringRef Rest;
  bool Failed = false;
  StringRef field() {
    size_t At = Rest.find(End);
    if (At == StringRef::npos) {
      Failed = true;
      return {};
    }
    StringRef Value = Rest.take_front(At);
    Rest = Rest.drop_front(At + 1);
    return Value;
  }
  unsigned number() {
    unsigned Value = 0;
    Failed |= field().getAsInteger(10, Value);
    return Failed ? 0 : Value;
  }
  Place place() {
    Place At;
    At.File = field();
    At.Line = number();
    At.Col = number();
    return At;
  }
};

// A field more than any call can have is a damaged note.
constexpr unsigned MaxArguments = 1u << 16;

// ---- options ---------------------------------------------------------------------------------

void add(std::vector<std::string> &Out, const char *Name, uint64_t Value, uint64_t Default) {
  if (Value != Default)
    Out.push_back((Name + Twine('=') + Twine(Value)).str());
}

std::vector<std::string> linkArguments(const Options &Opts) {
  const Options Default;
  std::vector<std::string> Out;
  add(Out, "m", Opts.MLevel, Default.MLevel);
  add(Out, "max-object", Opts.MaxObject, Default.MaxObject);
  add(Out, "max-frame", Opts.MaxFrame, Default.MaxFrame);
  add(Out, "max-recursive", Opts.MaxRecursive, Default.MaxRecursive);
  add(Out, "small-buffer", Opts.SmallBuffer, Default.SmallBuffer);
  add(Out, "limit-time", Opts.LimitTime, Default.LimitTime);
  // What was not to be rewritten, or to be watched, or searched for, is left alone at link time.
  bool Chosen = !Opts.Only.empty() || !Opts.Site.empty() || Opts.Limit != UINT64_MAX || Opts.Allows;
  if (Opts.RewriteMode == Options::Mode::Report || Opts.Sanitized || Opts.Verify || Chosen)
    Out.push_back("mode=report");
  for (const ModelsFile &File : Opts.Models)
    Out.push_back("models=" + File.Path + End + File.Text);
  return Out;
}

void joinModels(StringRef Value, Options &Opts) {
  auto [Path, Text] = Value.split(End);
  for (const ModelsFile &Known : Opts.Models)
    if (Known.Text == Text)
      return;
  Opts.Models.push_back({Path.str(), Text.str()});
}

bool join(StringRef Argument, Options &Opts) {
  auto [Name, Value] = Argument.split('=');
  if (Name == "models") {
    joinModels(Value, Opts);
    return true;
  }
  if (Argument == "mode=report") {
    Opts.RewriteMode = Options::Mode::Report;
    return true;
  }
  uint64_t Number;
  if (Value.getAsInteger(10, Number))
    return false;
  if (Name == "m") {
    Opts.MLevel = std::max(Opts.MLevel, unsigned(Number));
    return Number <= 2;
  }
  if (Name == "limit-time") {
    Opts.LimitTime = Opts.LimitTime ? std::min(Opts.LimitTime, Number) : Number;
    return true;
  }
  uint64_t *Budget = Name == "max-object"      ? &Opts.MaxObject
                     : Name == "max-frame"     ? &Opts.MaxFrame
                     : Name == "max-recursive" ? &Opts.MaxRecursive
                     : Name == "small-buffer"  ? &Opts.SmallBuffer
                                               : nullptr;
  if (Budget)
    *Budget = std::min(*Budget, Number);
  return Budget != nullptr;
}

bool isNote(StringRef Text) { return Text.substr(0, NotePrefix.size()) == NotePrefix; }

// The annotations of `I` without ours; null when none is left.
MDNode *otherAnnotations(const MDNode &Notes, LLVMContext &Context) {
  SmallVector<Metadata *, 4> Kept;
  for (const MDOperand &Operand : Notes.operands()) {
    const auto *Note = dyn_cast<MDString>(Operand);
    if (!Note || !isNote(Note->getString()))
      Kept.push_back(Operand.get());
  }
  return Kept.empty() ? nullptr : MDNode::get(Context, Kept);
}

} // namespace

void writeNote(CallBase &Call, const CallInfo &Info, StringRef Said) {
  Writer W;
  W.field(Said);
  W.place(Info.At);
  W.field(Info.Text);
  W.field(Info.Callee);
  W.field(unsigned(Info.Dest));
  W.place(Info.DestAt);
  W.field(Info.DestText);
  W.field(Info.DestLvalue);
  W.field(Info.Args.size());
  for (const ArgumentInfo &Argument : Info.Args) {
    W.place(Argument.At);
    W.field(Argument.Text);
    W.field(Argument.Bytes);
    W.field(Argument.IsStruct);
  }
  Call.addAnnotationMetadata(W.Text);
}

StringRef noteOf(const Instruction &I) {
  const MDNode *Notes = I.getMetadata(LLVMContext::MD_annotation);
  if (!Notes)
    return {};
  for (const MDOperand &Operand : Notes->operands())
    if (const auto *Note = dyn_cast<MDString>(Operand))
      if (StringRef Text = Note->getString(); isNote(Text))
        return Text;
  return {};
}

bool readNote(StringRef Text, CallInfo &Info) {
  if (!Text.consume_front(NotePrefix))
    return false;
  Reader R{Text};
  Info.Said = R.field();
  Info.At = R.place();
  Info.Text = R.field();
  Info.Callee = R.field();
  unsigned Dest = R.number();
  Info.DestAt = R.place();
  Info.DestText = R.field();
  Info.DestLvalue = R.field();
  unsigned NumArguments = R.number();
  if (R.Failed || Dest > unsigned(Destination::Argument) || NumArguments > MaxArguments)
    return false;
  Info.Dest = Destination(Dest);
  for (unsigned N = 0; N < NumArguments && !R.Failed; ++N) {
    ArgumentInfo Argument;
    Argument.At = R.place();
    Argument.Text = R.field();
    Argument.Bytes = R.number();
    Argument.IsStruct = R.number() != 0;
    Info.Args.push_back(Argument);
  }
  return !R.Failed;
}

void writeOptions(Module &M, const Options &Opts) {
  LLVMContext &Context = M.getContext();
  for (const std::string &Argument : linkArguments(Opts))
    M.getOrInsertNamedMetadata(OptionsName)
        ->addOperand(MDNode::get(Context, MDString::get(Context, Argument)));
}

std::string readOptions(const Module &M, Options &Opts) {
  const NamedMDNode *Node = M.getNamedMetadata(OptionsName);
  if (!Node)
    return {};
  for (const MDNode *Operand : Node->operands()) {
    const auto *Text =
        Operand->getNumOperands() == 1 ? dyn_cast<MDString>(Operand->getOperand(0)) : nullptr;
    if (!Text || !join(Text->getString(), Opts))
      return "an object was compiled by another version of the plugin; compile it again";
  }
  return {};
}

void dropNotes(Module &M) {
  if (NamedMDNode *Node = M.getNamedMetadata(OptionsName))
    Node->eraseFromParent();
  for (Function &F : M)
    for (Instruction &I : instructions(F))
      if (!noteOf(I).empty())
        I.setMetadata(LLVMContext::MD_annotation,
                      otherAnnotations(*I.getMetadata(LLVMContext::MD_annotation), M.getContext()));
}

} // namespace escapement
