// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CheckRequest.h - what the user of escapement-check asked for.
//
// NOT HERE  Reading it from a command line (Arguments.cpp).
#ifndef ESCAPEMENT_TOOL_REQUEST_H
#define ESCAPEMENT_TOOL_REQUEST_H

#include <string>
#include <vector>

namespace escapement {

enum class Format { Text, Json, Sarif, Github, Junit };

struct CheckRequest {
  std::string Build;                // where compile_commands.json is, or that file
  std::vector<std::string> Files;   // as given; empty: all
  std::vector<std::string> Command; // behind `--`: instead of a data base
  Format Output = Format::Text;
  std::string OutputFile; // empty: standard output
  unsigned Level = 1;     // as the plugin's m=
  unsigned Jobs = 1;
  unsigned Seconds = 0; // for one file; 0: no limit
  bool Timing = false, Quiet = false;
  std::string ModelFile;              // the model of the only file, as text; empty: none
  bool Program = false;               // all files as one program
  std::vector<std::string> Arguments; // of the plugin, "NAME" or "NAME=VALUE"
};

// Ends the program when the arguments are wrong.
CheckRequest readArguments(int Argc, char **Argv);

// One line on standard error, and the end of the program with status 2.
[[noreturn]] void trouble(const std::string &Message);
// One line on standard error.
void complain(const std::string &Message);

} // namespace escapement

#endif
