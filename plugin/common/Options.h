// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Options.h - the plugin's arguments, parsed and checked.
//
// One object for each translation unit; never changed after parsing.
//
// NOT HERE  What the compiler's own flags mean for us (Plugin.cpp).
#ifndef ESCAPEMENT_PLUGIN_OPTIONS_H
#define ESCAPEMENT_PLUGIN_OPTIONS_H

#include "escapement/analysis.h"
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace escapement {

struct Finding;
class Promises;
// Gets the lines of -m and the details of the report of a translation unit, each sorted.
using Receiver =
    std::function<void(const std::vector<Finding> &Lines, const std::vector<Finding> &Details)>;

struct ModelsFile {
  std::string Path; // as the user wrote it, for messages
  std::string Text;
};

struct Options {
  enum class Mode { Default, Report, Rewrite };

  unsigned MLevel = 0;              // -m: 0 prints nothing, 1 verdicts, 2 flows as well
  std::string ReportFile;           // report=FILE, '%' not yet expanded; empty: none
  Mode RewriteMode = Mode::Default; // Default: rewrite at -O1 and up
  bool HeapLocals = false;
  bool Verify = false;       // moved objects live in the memory of the verify runtime
  bool WholeProgram = false; // no function pointer comes from outside this translation unit
  bool TypedCalls = false;   // and a call by one passes pointers as pointers, numbers as numbers
  uint64_t MaxObject = 16384;
  uint64_t MaxFrame = 65536;
  uint64_t MaxRecursive = 128;
  uint64_t SmallBuffer = 256;
  uint64_t LimitTime = 0; // seconds for one analysis of the translation unit; 0: no limit
  std::vector<ModelsFile> Models;
  std::string Only;            // regular expression on source function names; empty: all
  uint64_t Limit = UINT64_MAX; // how many rewrites in this translation unit
  std::string Site;            // hash of the only site to rewrite; empty: all
  std::string DumpFile;        // the model as text; empty: none
  std::string Summaries;       // directory of the summaries of all files; empty: none

  // For tests of the tests only (docs/HACKING.md): a flow that is forgotten on purpose.
  EscForget Forget = ESC_FORGET_NOTHING;
  // For measurements only, not documented: where the rewrite runs.
  bool EarlyPosition = true; // before the inliner
  bool LatePosition = true;  // after the inliner

  // Set from the compiler's flags, not by arguments.
  bool Rewrite = false;   // the verdicts may be applied at all
  bool Sanitized = false; // a sanitizer is on, also one that marks no functions (leak)
  bool AddressNumbers =
      true;                // the source may turn pointers into integers; false: surely it does not
  bool NeedSource = false; // something will be printed or selected by place: -m, report, site
  // What the source promises (annotate.h); null: nothing.
  const Promises *Promised = nullptr;
  // Gets every finding when the front end is inside a program of ours; empty in a compiler.
  Receiver Found;
  // Of `escapement bisect` (Bisect.h): whether the change of this hash may be made; empty: any.
  std::function<bool(const std::string &)> Allows;
};

// Fills `Opts`; what is wrong as text, empty when nothing is.
std::string parseOptions(const std::vector<std::string> &Arguments, Options &Opts);

} // namespace escapement

#endif
