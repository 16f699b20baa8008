// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Wire.h - what the process of a file tells the one that waits for it, as text.
//
//     L {finding}     a line of -m, as an object of the plugin's report
//     D {finding}     an object of the report
//     U OPTION        left out of the command: Clang does not know it
//     F FILE          how the command spells its file
//     S REASON        nothing to check
//     E WHAT          why it was not checked
//     X FILE: WHY     of several files that are one program: not part of it
//
// NOT HERE  Processes (Workers.cpp).
#ifndef ESCAPEMENT_TOOL_WIRE_H
#define ESCAPEMENT_TOOL_WIRE_H

#include "Finding.h"
#include <string>
#include <vector>

namespace escapement {

// What is known of one file in the end.
struct Outcome {
  std::vector<Finding> Lines;
  std::vector<std::string> Report; // JSON objects
  std::vector<std::string> Unknown;
  std::vector<std::string> LeftOut; // "FILE: WHY"
  std::string File, Error, Skipped;
  double Seconds = 0, Cpu = 0;
  long PeakKilobytes = 0;
};

std::string wireText(const std::vector<Finding> &Lines, const std::vector<Finding> &Details);
// False: the text does not end as it should, so its writer did not.
bool readWire(const std::string &Text, Outcome &Out);

} // namespace escapement

#endif
