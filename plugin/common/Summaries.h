// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Summaries.h - the directory of summaries: one small file for each symbol and object.
//
//     DIR/3f/xmalloc/2b0c...escsum     the summary of xmalloc by the object with that number
//     DIR/3f/xmalloc/2b0c...escbody    its body, as only its own compiler reads it
//     DIR/objects/2b0c...              which symbols that object has written
//
// A compilation opens what it names and nothing else. A file comes to be whole (written beside and
// renamed) and is touched only when its text changes, so parallel compilations need no lock and
// `make` rebuilds the users of what changed. A function that is gone leaves a file that says so: a
// dependency file may name it.
//
// INVARIANT  What a directory answers depends on the files that are there, not on who came first: a
// symbol of which two objects say different things has no summary.
//
// NOT HERE  What a summary says (analysis/summary_text.c); no compiler's types.
#ifndef ESCAPEMENT_PLUGIN_SUMMARIES_H
#define ESCAPEMENT_PLUGIN_SUMMARIES_H

#include "escapement/analysis.h"
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace escapement {

struct SymbolSummary {
  std::string Symbol, Hash, Text;
  std::string Body, BodyHash; // of the function itself; empty: it does not travel
};

// The body as it stands in a file: `From`, as in a summary, is for messages and not hashed.
std::string bodyText(const SymbolSummary &S, const std::string &From, const std::string &Format);
// Of a body, with what it holds for.
std::string bodyHash(const std::string &Body, const std::string &Format);

// Writing, by the object of this compilation.
class SummaryWriter {
public:
  // `Object`: the output as the compiler was given it; with the working directory it tells objects
  // apart.
  // `Format`: of the bodies, all that they depend on.
  SummaryWriter(std::string Directory, std::string Object, const std::string &WorkDirectory,
                std::string Format = {});
  // The directory exists, or could be made in one that does. If not, this compilation is not the
  // one that was meant (it may run on another machine) and does without.
  bool usable() const { return Usable; }
  // Replaces all that the object has written before. What went wrong; empty: nothing.
  std::string write(const std::vector<SymbolSummary> &All);
  // Of the object: in the names of its files, and of its static functions.
  const std::string &number() const { return Number; }

private:
  std::string pathOf(const std::string &Symbol, const char *Suffix) const;
  std::vector<std::string> written() const;
  bool writeBody(const SymbolSummary &S) const;

  std::string Directory, Object, Number, Format;
  bool Usable;
};

// Reading what a compilation names, and what that names.
class SummaryReader {
public:
  struct Summary {
    SymbolSummary Text;
    std::string Model;                // a line for a models file; empty: none
    std::vector<std::string> Files;   // read for it
    std::vector<std::string> Calls;   // whose summaries it refers to
    std::vector<uint32_t> Signatures; // of its calls through pointers
    std::shared_ptr<EscParsedSummary> Parsed;
  };

  SummaryReader(std::string Directory, std::string Target, std::string Format = {});
  // Loads the summaries of `Symbols` and, some steps on, of those they call. Not those for which
  // `Skip` holds: the file's own, the library's.
  template <typename Predicate> void load(const std::vector<std::string> &Symbols, Predicate Skip) {
    std::vector<std::string> Wave = Symbols, Next;
    for (unsigned Step = 0; Step < MaxSteps && !Wave.empty(); ++Step) {
      Next.clear();
      for (const std::string &Symbol : Wave)
        if (!Skip(Symbol) && Loaded.size() < MaxLoaded)
          loadOne(Symbol, Next);
      Wave.swap(Next);
    }
  }
  const std::map<std::string, Summary> &summaries() const { return Loaded; }
  // Whose names what was loaded calls: some may be this file's own functions.
  const std::set<std::string> &called() const { return Called; }
  // The body that a loaded summary is of; empty: there is none, or several that differ. Not to be
  // forgotten: an object that used it depends on it.
  const std::string &loadBody(const std::string &Symbol);
  // Whether a call may allocate, free or reallocate, as far as summaries were loaded.
  bool touchesHeap(const std::string &Symbol) const;
  // Every file that was opened, those that nothing came of too, in order.
  const std::vector<std::string> &files() const { return Files; }
  // Knows the library's functions; null without memory.
  const EscModule *library() const { return Heads.get(); }
  // Of the files that could not be used; one line for all of them is enough.
  const std::string &complaint() const { return Complaint; }

  // The thin wrappers, to be read before the program is lowered.
  void addModels(EscModule *M) const;
  // All others that it names, to be read after it.
  void addSummaries(EscModule *M) const;

private:
  struct Free {
    void operator()(EscModule *M) const { esc_module_free(M); }
  };
  // Far enough for a library's wrapper of a wrapper; a whole program is not read.
  static constexpr unsigned MaxSteps = 4;
  static constexpr size_t MaxLoaded = 4000;

  void loadOne(const std::string &Symbol, std::vector<std::string> &Calls);
  std::string placeOf(const std::string &Symbol) const;
  bool touchesHeap(const std::string &Symbol, unsigned Depth) const;

  std::string Directory, Target, Format;
  std::map<std::string, Summary> Loaded;
  std::set<std::string> Called;
  std::map<std::string, bool> Tried, TriedBody;
  std::vector<std::string> Files;
  std::string Complaint;
  std::unique_ptr<EscModule, Free> Heads; // to look at texts, and for the library's names
};

// The sections that go into the object, as assembly: `Written`, and what was believed of `Read`
// (null: nothing), a line "SYMBOL HASH" each, and for a body that is there "body SYMBOL HASH". What
// was read may call functions that `Defines` says this file has: then it is believed that those
// are meant ("none" for a hash when nothing was written of it).
std::string summarySections(const std::vector<SymbolSummary> &Written, const SummaryReader *Read,
                            const std::function<bool(const std::string &)> &Defines);
// One section that the linker drops; none for no bytes.
std::string droppedSection(const char *Name, const std::string &Bytes);

} // namespace escapement

#endif
