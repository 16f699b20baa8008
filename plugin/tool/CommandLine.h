// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CommandLine.h - a command of the database -> one that Clang runs in memory.
//
// What decides a verdict stays: the language, macros, include paths, -O, -f and -m that Clang
// knows. What writes files, loads plugins or links goes; so does what only another compiler knows,
// and that is said.
#ifndef ESCAPEMENT_TOOL_COMMAND_LINE_H
#define ESCAPEMENT_TOOL_COMMAND_LINE_H

#include "Database.h"

namespace escapement {

struct CommandLine {
  std::vector<std::string> Arguments;       // Clang first
  std::vector<std::string> Unknown;         // left out because Clang does not know them
  std::vector<std::string> PluginArguments; // that the command has for the plugin
  std::string File;                         // as the command spells it
  std::string Error;                        // why there is none; empty: all is well
  bool IsC = true;
};

// REQUIRES  The current directory is the entry's (response files are read from there).
CommandLine commandLine(const CompileCommand &E);

// Clang's own headers are where this program expects them; else what is missing.
std::string missingHeaders();

} // namespace escapement

#endif
