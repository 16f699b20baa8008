// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Format.h - what was found in all files, in the form that somebody reads.
//
// Text is what the compiler prints with the plugin. The others are for machines that show findings
// beside the source; they get paths from where the program was started.
#ifndef ESCAPEMENT_TOOL_FORMAT_H
#define ESCAPEMENT_TOOL_FORMAT_H

#include "Database.h"
#include "Wire.h"

namespace escapement {

// A file that could not be checked.
struct Failure {
  std::string File, What;
};

struct Results {
  std::vector<Finding> Lines;      // of all files, sorted, each line once
  std::vector<std::string> Report; // JSON objects, file after file
  std::vector<Failure> Failures;
  size_t Files = 0;
};

// Of several files: the same line (of a header, say) is one. Positions are spelt as the compiler
// does, which is relative to the directory where it ran; where that is another than the current
// one, from here.
Results collect(const std::vector<CompileCommand> &Entries, std::vector<Outcome> &Outcomes);

std::string textFormat(const Results &R, unsigned Level, bool Colour);
std::string jsonFormat(const Results &R);
std::string sarifFormat(const Results &R);
std::string githubFormat(const Results &R);
std::string junitFormat(const Results &R);

// One step of a flow, from its line of -m=2.
struct FlowStep {
  std::string Text; // "head = n (stored in global)"
  std::string File;
  unsigned Line = 0, Col = 0;
};
std::vector<FlowStep> flowSteps(const Finding &F);

// Sites that stay on the heap, and what else is bad news, the most rewarding first: what is in a
// loop; then what does not escape and only lacks a condition; then by what the reason asks for,
// from a number (budgets) over a word (noescape, a models file) to other code (stored, returned).
std::vector<const Finding *> ranked(const Results &R);

} // namespace escapement

#endif
