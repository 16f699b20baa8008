// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lines.cpp - see Lines.h.
#include "Lines.h"
#include <algorithm>
#include <cstdio>
#include <tuple>

namespace escapement {
namespace {

// ---- JSON ---------------------------------------------------------------------------------------

// The length of the UTF-8 sequence at Text[At], 0 when there is none (RFC 3629).
size_t sequenceLength(const std::string &Text, size_t At) {
  auto Byte = [&](size_t N) {
    return At + N < Text.size() ? static_cast<unsigned char>(Text[At + N]) : 0u;
  };
  auto Continues = [&](size_t N) { return (Byte(N) & 0xC0) == 0x80; };
  unsigned First = Byte(0), Second = Byte(1);
  if (First < 0x80)
    return 1;
  if (First >= 0xC2 && First <= 0xDF)
    return Continues(1) ? 2 : 0;
  if (First >= 0xE0 && First <= 0xEF) {
    bool Overlong = First == 0xE0 && Second < 0xA0, Surrogate = First == 0xED && Second >= 0xA0;
    return Continues(1) && Continues(2) && !Overlong && !Surrogate ? 3 : 0;
  }
  if (First >= 0xF0 && First <= 0xF4) {
    bool Overlong = First == 0xF0 && Second < 0x90, TooLarge = First == 0xF4 && Second >= 0x90;
    return Continues(1) && Continues(2) && Continues(3) && !Overlong && !TooLarge ? 4 : 0;
  }
  return 0;
}

void appendEscaped(std::string &Out, char C) {
  switch (C) {
  case '"':
    Out += "\\\"";
    return;
  case '\\':
    Out += "\\\\";
    return;
  case '\t':
    Out += "\\t";
    return;
  case '\n':
    Out += "\\n";
    return;
  case '\r':
    Out += "\\r";
    return;
  default:
    break;
  }
  if (static_cast<unsigned char>(C) >= 0x20) {
    Out += C;
    return;
  }
  char Buffer[8];
  std::snprintf(Buffer, sizeof Buffer, "\\u%04x", static_cast<unsigned char>(C));
  Out += Buffer;
}

} // namespace

// Source text may hold any bytes; JSON may not.
std::string quoted(const std::string &Text) {
  std::string Out = "\"";
  for (size_t At = 0; At < Text.size();) {
    size_t Length = sequenceLength(Text, At);
    if (Length == 0)
      Out += "\xEF\xBF\xBD"; // U+FFFD
    else if (Length == 1)
      appendEscaped(Out, Text[At]);
    else
      Out.append(Text, At, Length);
    At += Length ? Length : 1;
  }
  return Out + "\"";
}

namespace {

std::string trimmed(const std::string &Text) {
  size_t Begin = Text.find_first_not_of(" \t\n\v\f\r");
  if (Begin == std::string::npos)
    return {};
  return Text.substr(Begin, Text.find_last_not_of(" \t\n\v\f\r") - Begin + 1);
}

std::vector<std::string> parts(const std::string &Text, char Separator) {
  std::vector<std::string> All;
  for (size_t Begin = 0; Begin <= Text.size();) {
    size_t End = std::min(Text.find(Separator, Begin), Text.size());
    if (End > Begin)
      All.push_back(Text.substr(Begin, End - Begin));
    Begin = End + 1;
  }
  return All;
}

std::string list(const std::string &Text, char Separator) {
  std::string Out;
  for (const std::string &Part : parts(Text, Separator))
    Out += (Out.empty() ? "" : ",") + quoted(trimmed(Part));
  return "[" + Out + "]";
}

const char *boolean(bool B) { return B ? "true" : "false"; }

const char *kindName(EscFindingKind Kind) {
  switch (Kind) {
  case ESC_FIND_SITE:
    return "site";
  case ESC_FIND_LOCAL:
    return "local";
  case ESC_FIND_PARAM:
    return "param";
  case ESC_FIND_RESULT:
    return "result";
  }
  return "site";
}

const char *placementName(const Finding &F) {
  if (F.OptimizedAway)
    return "optimized-away";
  switch (F.Placement) {
  case ESC_PLACE_HEAP:
    return "heap";
  case ESC_PLACE_KEPT:
    return "kept";
  case ESC_PLACE_SLOT:
    return "slot";
  case ESC_PLACE_BUFFER:
    return "buffer";
  }
  return "heap";
}

auto sortKey(const Finding &F) {
  return std::tie(F.File, F.Line, F.Col, F.Text, F.Kind, F.Function, F.Chain, F.Hash, F.Flow);
}

void appendLine(std::string &Out, const Finding &F, const std::string &Text, bool Colour) {
  std::string Place = F.File + ":" + std::to_string(F.Line) + ":" + std::to_string(F.Col) + ":";
  Out += (Colour ? "\033[1m" + Place + "\033[0m" : Place) + " " + Text + "\n";
}

} // namespace

void sortFindings(std::vector<Finding> &Findings) {
  std::sort(Findings.begin(), Findings.end(),
            [](const Finding &A, const Finding &B) { return sortKey(A) < sortKey(B); });
}

bool isSameLine(const Finding &A, const Finding &B) {
  return std::tie(A.File, A.Line, A.Col, A.Text) == std::tie(B.File, B.Line, B.Col, B.Text);
}

std::string linesText(const std::vector<Finding> &Sorted, unsigned Level, bool Colour) {
  std::string Out;
  const Finding *Last = nullptr;
  for (const Finding &F : Sorted) {
    if (!F.Printed || (Last && isSameLine(*Last, F)))
      continue;
    Last = &F;
    if (Level >= 2 && !F.Good)
      for (const std::string &Step : parts(F.Flow, '\n'))
        appendLine(Out, F, Step, Colour);
    appendLine(Out, F, F.Text, Colour);
  }
  return Out;
}

// The keys in the order of the alphabet.
std::string jsonLine(const Finding &F) {
  bool IsSite = F.Kind == ESC_FIND_SITE;
  std::string Out = "{";
  auto Add = [&](const char *Key, const std::string &Value) {
    Out += (Out.size() > 1 ? ",\"" : "\"") + std::string(Key) + "\":" + Value;
  };
  if (IsSite && F.Moved)
    Add("align", std::to_string(F.AlignBytes));
  if (IsSite) {
    Add("allocator", quoted(F.Callee));
    if (!F.Allowed.empty())
      Add("allowed", quoted(F.Allowed));
    Add("chain", list(F.Chain, '@'));
  }
  Add("col", std::to_string(F.Col));
  Add("file", quoted(F.File));
  if (!F.Flow.empty())
    Add("flow", list(F.Flow, '\n'));
  if (IsSite && F.Moved)
    Add("frees_removed", std::to_string(F.Frees));
  Add("function", quoted(F.SourceFunction));
  Add("good", boolean(F.Good));
  Add("kind", quoted(kindName(F.Kind)));
  Add("line", std::to_string(F.Line));
  if (IsSite && F.InLoop)
    Add("loop", boolean(true));
  if (IsSite) {
    Add("moved", boolean(F.Moved));
    Add("placement", quoted(placementName(F)));
  }
  Add("printed", boolean(F.Printed));
  if (F.Reason != ESC_REASONS && !F.Good && !F.Moved)
    Add("reason", quoted(esc_reason_code(F.Reason)));
  if (IsSite) {
    Add("site", quoted(F.Hash));
    if (F.SizeBytes != ESC_SIZE_UNKNOWN)
      Add("size", std::to_string(static_cast<int64_t>(F.SizeBytes)));
    if (F.Moved)
      Add("slot_bytes", std::to_string(F.SlotBytes));
  }
  Add("text", quoted(F.Text));
  if (IsSite && !F.Within.empty())
    Add("within", quoted(F.Within));
  return Out + "}";
}

std::string hashText(const std::string &Key) {
  uint64_t Hash = 0xcbf29ce484222325;
  for (unsigned char C : Key)
    Hash = (Hash ^ C) * 0x100000001b3;
  char Buffer[20];
  std::snprintf(Buffer, sizeof Buffer, "%016llx", static_cast<unsigned long long>(Hash));
  return Buffer;
}

} // namespace escapement
