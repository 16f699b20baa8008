// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Database.h - which files there are, and the command that compiles each.
//
// NOT HERE  What Clang cannot read of a command (CommandLine.h).
#ifndef ESCAPEMENT_TOOL_DATABASE_H
#define ESCAPEMENT_TOOL_DATABASE_H

#include "CheckRequest.h"

namespace escapement {

// A file of the compile database, in a way no process depends on.
struct CompileCommand {
  std::string Directory;              // absolute; the command runs there
  std::string File;                   // as the command spells it, or as the database does
  std::string Path;                   // absolute, without dots
  std::vector<std::string> Arguments; // the compiler first
};

// The entries that were asked for, in the order of the database; of a file that is compiled twice
// with the same command, one. Ends the program when the database cannot be read, or a file is not
// in it.
std::vector<CompileCommand> readDatabase(const CheckRequest &R);

// Absolute and without "." and "..".
std::string absolutePath(const std::string &Directory, const std::string &Path);
// As a person who stands in the current directory would write it: relative when it is below.
std::string pathFromHere(const std::string &Absolute);

} // namespace escapement

#endif
