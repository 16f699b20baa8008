// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Unit.h - one file, compiled in memory with the plugin inside.
//
// NOT HERE  Processes (Workers.h): what is here may crash, and happens once in a process.
#ifndef ESCAPEMENT_TOOL_UNIT_H
#define ESCAPEMENT_TOOL_UNIT_H

#include "CommandLine.h"
#include "Finding.h"

namespace escapement {

// Compiles as `Line` says. `Arguments`: the plugin's. False: it does not compile, and standard
// error has Clang's errors. REQUIRES  The current directory is the entry's.
bool checkUnit(const CommandLine &Line, const std::vector<std::string> &Arguments,
               std::vector<Finding> &Lines, std::vector<Finding> &Details);

} // namespace escapement

#endif
