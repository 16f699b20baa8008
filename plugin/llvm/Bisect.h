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
// NOT HERE  The search (cli/); what a change's hash is made of (Apply.h).
#ifndef ESCAPEMENT_PLUGIN_BISECT_H
#define ESCAPEMENT_PLUGIN_BISECT_H

#include "Lower.h"
#include "llvm/ADT/StringRef.h"
#include <set>
#include <string>

namespace escapement {

class Bisect {
public:
  // The directory that the environment names; empty: no search is on.
  static std::string directory();

  // Reads what is allowed; what is wrong as text, empty when nothing is.
  std::string open(const std::string &Directory, const Options &Opts);

  bool allows(llvm::StringRef Hash) const { return AllowAll || Allowed.count(Hash.str()); }

  // A change that was made. `Where` may be null.
  void note(llvm::StringRef Kind, llvm::StringRef Hash, llvm::StringRef Function,
            const Place *Where, llvm::StringRef Text, const EscModule *Model);
  void noteSite(const LoweredModule &Lowered, EscSite Site);

  // Leaves the record; what is wrong as text. `Input`: the file as it was given to the compiler.
  std::string write(llvm::StringRef Input);

private:
  static std::string readHashes(const std::string &File, std::set<std::string> &Hashes, bool *All);

  std::string Directory;
  bool AllowAll = false;
  std::set<std::string> Allowed, Explained;
  std::vector<ModelsFile> Models;
  std::vector<std::string> Lines; // of the record, JSON
};

} // namespace escapement

#endif
