// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Wire.cpp - see Wire.h.
#include "Wire.h"
#include "Lines.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace escapement {
namespace {

std::string text(const json::Object &O, StringRef Key) {
  auto Text = O.getString(Key);
  return Text ? Text->str() : std::string();
}

EscReason reasonOf(StringRef Code) {
  for (unsigned I = 0; I < ESC_REASONS; ++I)
    if (Code == esc_reason_code(EscReason(I)))
      return EscReason(I);
  return ESC_REASONS;
}

EscFindingKind kindOf(StringRef Name) {
  return Name == "local"    ? ESC_FIND_LOCAL
         : Name == "param"  ? ESC_FIND_PARAM
         : Name == "result" ? ESC_FIND_RESULT
                            : ESC_FIND_SITE;
}

EscPlacement placementOf(StringRef Name) {
  return Name == "kept"     ? ESC_PLACE_KEPT
         : Name == "slot"   ? ESC_PLACE_SLOT
         : Name == "buffer" ? ESC_PLACE_BUFFER
                            : ESC_PLACE_HEAP;
}

// A step of a flow was cut off its indentation when it was written.
std::string flowOf(const json::Object &O) {
  std::string Out;
  const json::Array *Steps = O.getArray("flow");
  for (size_t I = 0; Steps && I < Steps->size(); ++I) {
    StringRef Step = (*Steps)[I].getAsString().value_or("");
    const char *Indent = Step.starts_with("flow: ")  ? "  "
                         : Step.starts_with("from ") ? "    "
                                                     : "";
    Out += Indent + Step.str() + "\n";
  }
  return Out;
}

bool findingFrom(StringRef Text, Finding &F) {
  Expected<json::Value> V = json::parse(Text);
  if (!V) {
    consumeError(V.takeError());
    return false;
  }
  const json::Object &O = *V->getAsObject();
  F.Kind = kindOf(text(O, "kind"));
  F.File = text(O, "file");
  F.Line = unsigned(O.getInteger("line").value_or(0));
  F.Col = unsigned(O.getInteger("col").value_or(0));
  F.Text = text(O, "text");
  F.Flow = flowOf(O);
  F.SourceFunction = text(O, "function");
  F.Good = O.getBoolean("good").value_or(false);
  F.Printed = O.getBoolean("printed").value_or(false);
  F.Reason = reasonOf(text(O, "reason"));
  F.Callee = text(O, "allocator");
  F.Hash = text(O, "site");
  F.Moved = O.getBoolean("moved").value_or(false);
  F.InLoop = O.getBoolean("loop").value_or(false);
  F.Placement = placementOf(text(O, "placement"));
  F.OptimizedAway = text(O, "placement") == "optimized-away";
  if (auto Size = O.getInteger("size"))
    F.SizeBytes = uint64_t(*Size);
  return true;
}

} // namespace

std::string wireText(const std::vector<Finding> &Lines, const std::vector<Finding> &Details) {
  std::string Out;
  for (const Finding &F : Lines)
    Out += "L " + jsonLine(F) + "\n";
  for (const Finding &F : Details)
    Out += "D " + jsonLine(F) + "\n";
  return Out;
}

bool readWire(const std::string &Text, Outcome &Out) {
  StringRef Rest = Text;
  while (!Rest.empty()) {
    auto [Line, After] = Rest.split('\n');
    Rest = After;
    StringRef What = Line.size() > 2 ? Line.drop_front(2) : StringRef();
    switch (Line.empty() ? ' ' : Line.front()) {
    case 'L':
      Out.Lines.emplace_back();
      if (!findingFrom(What, Out.Lines.back()))
        return false;
      break;
    case 'D':
      Out.Report.push_back(What.str());
      break;
    case 'U':
      Out.Unknown.push_back(What.str());
      break;
    case 'X':
      Out.LeftOut.push_back(What.str());
      break;
    case 'F':
      Out.File = What.str();
      break;
    case 'S':
      Out.Skipped = What.str();
      break;
    case 'E':
      Out.Error = What.str();
      break;
    default:
      return false;
    }
  }
  return true;
}

} // namespace escapement
