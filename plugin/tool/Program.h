// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Program.h - all files as one program: calls from one into another are followed.
#ifndef ESCAPEMENT_TOOL_PROGRAM_H
#define ESCAPEMENT_TOOL_PROGRAM_H

#include "Database.h"
#include "Finding.h"

namespace escapement {

struct Program {
  std::vector<Finding> Lines, Details;
  std::vector<std::string> Unknown;                         // options Clang does not know
  std::vector<std::pair<std::string, std::string>> LeftOut; // files, and why
  size_t Files = 0;
};

// Parses every file, links what came out and analyses that. Nothing is freed: the process that
// calls it should end soon.
Program checkProgram(const std::vector<CompileCommand> &Entries,
                     const std::vector<std::string> &Arguments);

} // namespace escapement

#endif
