// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Database.cpp - see Database.h.
//
// Read here and not by Clang's library: that one does not say on which line a database is broken.
#include "Database.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"
#include <set>

using namespace llvm;

namespace escapement {

std::string absolutePath(const std::string &Directory, const std::string &Path) {
  SmallString<256> Whole;
  if (!sys::path::is_absolute(Path))
    Whole = Directory;
  sys::path::append(Whole, Path);
  sys::fs::make_absolute(Whole);
  sys::path::remove_dots(Whole, /*remove_dot_dot=*/true);
  return Whole.str().str();
}

std::string pathFromHere(const std::string &Absolute) {
  SmallString<256> Here;
  if (sys::fs::current_path(Here))
    return Absolute;
  StringRef Rest = Absolute;
  if (Rest.consume_front(Here) && Rest.consume_front("/"))
    return Rest.str();
  return Absolute;
}

static std::string databaseFile(const std::string &Build) {
  if (!sys::fs::is_directory(Build))
    return Build;
  return absolutePath(Build, "compile_commands.json");
}

static std::vector<std::string> words(StringRef Command) {
  BumpPtrAllocator Memory;
  StringSaver Saver(Memory);
  SmallVector<const char *, 64> Words;
  cl::TokenizeGNUCommandLine(Command, Saver, Words);
  return {Words.begin(), Words.end()};
}

namespace {

struct Reader {
  std::string Path; // of the database

  [[noreturn]] void wrong(size_t Index, const std::string &What) {
    trouble(pathFromHere(absolutePath(".", Path)) + ": entry " + std::to_string(Index + 1) + ": " +
            What);
  }

  // Clang's words for a JSON error: "[LINE:COL, byte=N]: WHAT".
  [[noreturn]] void broken(Error E) {
    std::string Text = toString(std::move(E));
    StringRef Rest = Text;
    if (Rest.consume_front("[")) {
      auto [Where, What] = Rest.split("]: ");
      trouble(Path + ":" + Where.split(',').first.str() + ": " + What.str());
    }
    trouble(Path + ": " + Text);
  }

  CompileCommand entry(const json::Value &V, size_t Index) {
    const json::Object *O = V.getAsObject();
    if (!O)
      wrong(Index, "it is no object");
    auto Directory = O->getString("directory"), File = O->getString("file");
    if (!Directory || !File)
      wrong(Index, Directory ? "it has no \"file\"" : "it has no \"directory\"");
    CompileCommand E;
    E.Directory = absolutePath(sys::path::parent_path(Path).str(), Directory->str());
    E.File = File->str();
    E.Path = absolutePath(E.Directory, E.File);
    if (const json::Array *Arguments = O->getArray("arguments")) {
      for (const json::Value &A : *Arguments) {
        if (!A.getAsString())
          wrong(Index, "an argument is no string");
        E.Arguments.push_back(A.getAsString()->str());
      }
    } else if (auto Command = O->getString("command")) {
      E.Arguments = words(*Command);
    }
    if (E.Arguments.empty())
      wrong(Index, "it has no \"command\" and no \"arguments\"");
    return E;
  }

  std::vector<CompileCommand> read() {
    auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/true);
    if (!Buffer)
      trouble("cannot read " + Path + ": " + Buffer.getError().message());
    Expected<json::Value> Root = json::parse((*Buffer)->getBuffer());
    if (!Root)
      broken(Root.takeError());
    const json::Array *All = Root->getAsArray();
    if (!All)
      trouble(Path + ":1: a compile database is an array of objects");
    std::vector<CompileCommand> Entries;
    std::set<std::pair<std::string, std::vector<std::string>>> Seen;
    for (size_t I = 0; I < All->size(); ++I) {
      CompileCommand E = entry((*All)[I], I);
      if (Seen.insert({E.Path, E.Arguments}).second)
        Entries.push_back(std::move(E));
    }
    return Entries;
  }
};

} // namespace

static bool names(const std::string &Wanted, const CompileCommand &E) {
  StringRef Rest = E.Path;
  return Rest.consume_front(Wanted) && (Rest.empty() || Rest.front() == '/');
}

// Entries whose file has that name in another directory.
static std::string sameName(const std::vector<CompileCommand> &All, StringRef File) {
  for (const CompileCommand &E : All)
    if (sys::path::filename(E.Path) == sys::path::filename(File))
      return "; there is " + pathFromHere(E.Path);
  return "";
}

static std::vector<CompileCommand> choose(const std::vector<CompileCommand> &All,
                                          const CheckRequest &R, const std::string &Path) {
  std::vector<bool> Chosen(All.size());
  for (const std::string &File : R.Files) {
    std::string Wanted = absolutePath(".", File);
    bool Found = false;
    for (size_t I = 0; I < All.size(); ++I)
      if (names(Wanted, All[I]))
        Chosen[I] = Found = true;
    if (!Found)
      trouble(File + ": not in " + Path + sameName(All, File));
  }
  std::vector<CompileCommand> Some;
  for (size_t I = 0; I < All.size(); ++I)
    if (Chosen[I])
      Some.push_back(All[I]);
  return Some;
}

static CompileCommand entryOfCommand(const CheckRequest &R) {
  CompileCommand E;
  SmallString<256> Here;
  if (sys::fs::current_path(Here))
    trouble("the current directory is gone");
  E.Directory = Here.str().str();
  E.Arguments = R.Command;
  return E; // the file: CommandLine.cpp knows which word it is
}

std::vector<CompileCommand> readDatabase(const CheckRequest &R) {
  if (!R.Command.empty())
    return {entryOfCommand(R)};
  Reader Database{databaseFile(R.Build)};
  std::vector<CompileCommand> All = Database.read();
  return R.Files.empty() ? All : choose(All, R, Database.Path);
}

} // namespace escapement
