// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// FormatSarif.cpp - findings as SARIF 2.1.0: each line of -m is a result, a flow is a code flow.
//
// What is bad news is a `fail` of level warning (sites) or note (parameters); good news is a
// `pass`, so that a viewer can show both. `rank` is the place in the order of ranked(), 100 the
// first.
#include "Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <cctype>
#include <cstring>
#include <map>

using namespace llvm;

namespace escapement {
namespace {

std::string ruleOf(const Finding &F) {
  switch (F.Kind) {
  case ESC_FIND_SITE:
    if (F.Good || F.Moved)
      return F.OptimizedAway ? "OPTIMIZED_AWAY" : "MOVED_TO_STACK";
    return F.Reason < ESC_REASONS ? esc_reason_code(F.Reason) : "ESCAPES";
  case ESC_FIND_LOCAL:
    return F.Good ? "MOVED_TO_HEAP" : "ADDRESS_ESCAPES";
  case ESC_FIND_PARAM:
    return F.Good ? "PARAMETER" : "LEAKING_PARAMETER";
  case ESC_FIND_RESULT:
    return "FRESH_RESULT";
  }
  return "ESCAPES";
}

const char *textOfRule(const std::string &Rule) {
  static const std::map<std::string, const char *> Texts = {
#define ESC_REASON(Name, Text) {#Name, Text},
#include "escapement/reasons.def"
#undef ESC_REASON
      {"MOVED_TO_STACK", "moved to stack"},
      {"OPTIMIZED_AWAY", "does not escape; optimized away"},
      {"ADDRESS_ESCAPES", "address of a local variable outlives its function"},
      {"MOVED_TO_HEAP", "local variable moved to the heap"},
      {"PARAMETER", "what a function does with a parameter"},
      {"LEAKING_PARAMETER", "what a parameter points to may outlive the call"},
      {"FRESH_RESULT", "result is fresh memory"}};
  auto It = Texts.find(Rule);
  return It == Texts.end() ? "escapes to heap" : It->second;
}

// "stored in global %s" -> "stored in global ..."
std::string description(const std::string &Rule) {
  std::string Text = textOfRule(Rule);
  size_t At = Text.find("%s");
  return At == std::string::npos ? Text : Text.replace(At, 2, "...");
}

std::string uri(const std::string &File) {
  std::string Out = File[0] == '/' ? "file://" : "";
  for (unsigned char C : File) {
    bool Plain = isalnum(C) || strchr("-._~/+@", C);
    char Buffer[4];
    snprintf(Buffer, sizeof Buffer, "%%%02X", C);
    Out += Plain ? std::string(1, char(C)) : Buffer;
  }
  return Out;
}

json::Object physical(const std::string &File, unsigned Line, unsigned Col) {
  json::Object Region{{"startLine", Line ? Line : 1}};
  if (Col)
    Region["startColumn"] = Col;
  return json::Object{{"artifactLocation", json::Object{{"uri", uri(File)}}},
                      {"region", std::move(Region)}};
}

json::Object location(const std::string &File, unsigned Line, unsigned Col,
                      const std::string &Text) {
  json::Object L{{"physicalLocation", physical(File, Line, Col)}};
  if (!Text.empty())
    L["message"] = json::Object{{"text", json::fixUTF8(Text)}};
  return L;
}

json::Value codeFlow(const Finding &F, const std::vector<FlowStep> &Steps) {
  json::Array Locations;
  auto Add = [&](json::Object L) { Locations.push_back(json::Object{{"location", std::move(L)}}); };
  Add(location(F.File, F.Line, F.Col, F.Text));
  for (const FlowStep &S : Steps)
    Add(location(S.File, S.Line, S.Col, S.Text));
  json::Array Threads;
  Threads.push_back(json::Object{{"locations", std::move(Locations)}});
  return json::Array{json::Object{{"threadFlows", std::move(Threads)}}};
}

struct Writer {
  std::map<std::string, size_t> RuleIndex;
  json::Array Rules;

  size_t rule(const std::string &Name) {
    auto [It, New] = RuleIndex.try_emplace(Name, Rules.size());
    if (New)
      Rules.push_back(json::Object{
          {"id", Name}, {"shortDescription", json::Object{{"text", description(Name)}}}});
    return It->second;
  }

  json::Value result(const Finding &F, double Rank) {
    std::string Rule = ruleOf(F);
    bool Fails = !F.Good && !F.Moved;
    json::Object Out{{"ruleId", Rule},
                     {"ruleIndex", int64_t(rule(Rule))},
                     {"kind", Fails ? "fail" : "pass"},
                     {"level", !Fails                     ? "none"
                               : F.Kind == ESC_FIND_PARAM ? "note"
                                                          : "warning"},
                     {"message", json::Object{{"text", json::fixUTF8(F.Text)}}},
                     {"locations", json::Array{location(F.File, F.Line, F.Col, "")}}};
    if (!F.Hash.empty())
      Out["partialFingerprints"] = json::Object{{"escapementSite/v1", F.Hash}};
    if (Rank > 0)
      Out["rank"] = Rank;
    std::vector<FlowStep> Steps = Fails ? flowSteps(F) : std::vector<FlowStep>();
    if (!Steps.empty())
      Out["codeFlows"] = codeFlow(F, Steps);
    return Out;
  }
};

json::Array failures(const Results &R) {
  json::Array Out;
  for (const Failure &F : R.Failures)
    Out.push_back(
        json::Object{{"level", "error"},
                     {"message", json::Object{{"text", json::fixUTF8("not checked: " + F.What)}}},
                     {"locations", json::Array{location(F.File, 1, 0, "")}}});
  return Out;
}

} // namespace

std::string sarifFormat(const Results &R) {
  Writer W;
  std::map<const Finding *, double> Ranks;
  std::vector<const Finding *> Order = ranked(R);
  for (size_t I = 0; I < Order.size(); ++I)
    Ranks[Order[I]] = 100.0 * double(Order.size() - I) / double(Order.size());
  json::Array Found;
  for (const Finding &F : R.Lines)
    if (F.Printed)
      Found.push_back(W.result(F, Ranks.count(&F) ? Ranks[&F] : 0));
  json::Object Driver{
      {"name", "escapement"}, {"version", ESCAPEMENT_VERSION}, {"rules", std::move(W.Rules)}};
  json::Object Invocation{{"executionSuccessful", R.Failures.empty()},
                          {"toolExecutionNotifications", failures(R)}};
  json::Object Run{{"tool", json::Object{{"driver", std::move(Driver)}}},
                   {"invocations", json::Array{std::move(Invocation)}},
                   {"columnKind", "utf16CodeUnits"},
                   {"results", std::move(Found)}};
  json::Object Log{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                   {"version", "2.1.0"},
                   {"runs", json::Array{std::move(Run)}}};
  std::string Out;
  raw_string_ostream(Out) << formatv("{0:2}", json::Value(std::move(Log))) << "\n";
  return Out;
}

} // namespace escapement
