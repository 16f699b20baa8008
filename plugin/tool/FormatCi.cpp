// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// FormatCi.cpp - findings for two machines that read lines and XML: GitHub's annotations, JUnit.
//
// GitHub shows ten annotations of a kind for a step and drops the rest, so the ten are chosen here:
// errors are files that could not be checked, warnings are bad news in the order of ranked().
#include "Format.h"
#include <map>

namespace escapement {
namespace {

constexpr size_t MaxAnnotations = 10;

// A message, or (Property) a value before the `::`.
std::string escapedCommand(const std::string &Text, bool Property) {
  std::string Out;
  for (char C : Text)
    switch (C) {
    case '%':
      Out += "%25";
      break;
    case '\r':
      Out += "%0D";
      break;
    case '\n':
      Out += "%0A";
      break;
    case ':':
      Out += Property ? "%3A" : ":";
      break;
    case ',':
      Out += Property ? "%2C" : ",";
      break;
    default:
      Out += C;
    }
  return Out;
}

std::string annotation(const char *Kind, const std::string &File, unsigned Line, unsigned Col,
                       const std::string &Title, const std::string &Text) {
  std::string Out = std::string("::") + Kind + " file=" + escapedCommand(File, true);
  if (Line)
    Out += ",line=" + std::to_string(Line) + ",col=" + std::to_string(Col);
  return Out + ",title=" + escapedCommand(Title, true) + "::" + escapedCommand(Text, false) + "\n";
}

// XML 1.0 has no control characters but three, and what is not UTF-8 is not well-formed.
std::string xml(const std::string &Text) {
  std::string Out;
  for (unsigned char C : Text)
    switch (C) {
    case '&':
      Out += "&amp;";
      break;
    case '<':
      Out += "&lt;";
      break;
    case '>':
      Out += "&gt;";
      break;
    case '"':
      Out += "&quot;";
      break;
    case '\n':
      Out += "&#10;";
      break;
    default:
      Out += (C < 0x20 && C != '\t') || C >= 0x7f ? '?' : char(C);
    }
  return Out;
}

std::string testCase(const Finding &F) {
  std::string Place = std::to_string(F.Line) + ":" + std::to_string(F.Col);
  std::string Out = "    <testcase classname=\"" + xml(F.File) + "\" name=\"" +
                    xml(Place + ": " + F.Text) + "\" file=\"" + xml(F.File) + "\" line=\"" +
                    std::to_string(F.Line) + "\"";
  if (F.Good || F.Moved)
    return Out + "/>\n";
  return Out + ">\n      <failure message=\"" + xml(F.Text) + "\">" + xml(F.Flow) +
         "</failure>\n    </testcase>\n";
}

} // namespace

std::string githubFormat(const Results &R) {
  std::string Out;
  for (size_t I = 0; I < R.Failures.size() && I < MaxAnnotations; ++I)
    Out += annotation("error", R.Failures[I].File, 0, 0, "escapement: not checked",
                      R.Failures[I].What);
  std::vector<const Finding *> Order = ranked(R);
  for (size_t I = 0; I < Order.size() && I < MaxAnnotations; ++I) {
    const Finding &F = *Order[I];
    std::string Text = F.Text + (F.Flow.empty() ? "" : "\n" + F.Flow);
    Out += annotation("warning", F.File, F.Line, F.Col,
                      F.InLoop ? "escapement: in a loop" : "escapement", Text);
  }
  if (Order.size() > MaxAnnotations)
    Out += "escapement: " + std::to_string(Order.size() - MaxAnnotations) +
           " more allocations stay on the heap\n";
  return Out;
}

// A suite for each file of the source, a case for each allocation; those that stay on the heap
// fail.
std::string junitFormat(const Results &R) {
  struct Suite {
    std::string Cases;
    size_t Tests = 0, Failures = 0, Errors = 0;
  };
  std::map<std::string, Suite> Suites;
  for (const Finding &F : R.Lines) {
    if (!F.Printed || (F.Kind != ESC_FIND_SITE && F.Kind != ESC_FIND_LOCAL))
      continue;
    Suite &S = Suites[F.File];
    S.Cases += testCase(F);
    ++S.Tests;
    S.Failures += !F.Good && !F.Moved;
  }
  for (const Failure &F : R.Failures) {
    Suite &S = Suites[F.File];
    S.Cases += "    <testcase classname=\"" + xml(F.File) +
               "\" name=\"check\">\n      <error message=\"" + xml(F.What) +
               "\"/>\n    </testcase>\n";
    ++S.Tests;
    ++S.Errors;
  }
  std::string Out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"escapement\">\n";
  for (const auto &[File, S] : Suites)
    Out += "  <testsuite name=\"" + xml(File) + "\" tests=\"" + std::to_string(S.Tests) +
           "\" failures=\"" + std::to_string(S.Failures) + "\" errors=\"" +
           std::to_string(S.Errors) + "\">\n" + S.Cases + "  </testsuite>\n";
  return Out + "</testsuites>\n";
}

} // namespace escapement
