// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bisect.h - the plugin's side of `escapement bisect`: what may be changed, and what was.
//
// The environment variable ESCAPEMENT_BISECT names a directory with
//
//     allow       "all", or the hashes of the changes that may be made, one a line
//     explain     (may be absent) hashes of changes whose program model goes into the record
//     records/    every compilation leaves one file here: a JSON object a line, the first of
//                 the compilation, one for each change that was made
//
// A change is whatever we do to the program: a moved object, a call inlined for one, a local moved
// to the heap, a call through a pointer that became direct. With an empty list the object is the
// compiler's own.
//
// INVARIANT  A record appears whole or not at all, under a name of its own: any number of
// compilations may write at once.
//
// NOT HERE  The search (cli/); what a change's hash is made of (each front end).
#ifndef ESCAPEMENT_PLUGIN_BISECT_H
#define ESCAPEMENT_PLUGIN_BISECT_H

#include "Options.h"
#include <set>
#include <string>

namespace escapement {

struct Change {
  std::string Kind, Hash, Function, Text;
  std::string File; // empty: no place
  unsigned Line = 0, Col = 0;
};

// A moved object; `Call`: its allocation as written, empty when it is no call of the source.
Change movedObject(const EscVerdict &V, const std::string &Hash, const std::string &Function,
                   const std::string &Call);

class Bisect {
public:
  // The directory that the environment names; empty: no search is on.
  static std::string directory();

  // Reads what is allowed; what is wrong as text, empty when nothing is.
  std::string open(const std::string &In, const Options &Opts);

  bool allows(const std::string &Hash) const { return AllowAll || Allowed.count(Hash); }

  // A change that was made; the model it was decided on, or null.
  void note(const Change &C, const EscModule *Model);

  // Leaves the record; what is wrong as text. `Input`: the file as it was given to the compiler.
  std::string write(const std::string &Input);

private:
  std::string Directory;
  bool AllowAll = false;
  std::set<std::string> Allowed, Explained;
  std::vector<ModelsFile> Models;
  std::string Lines; // of the record, JSON
};

} // namespace escapement

#endif
