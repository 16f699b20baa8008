// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bisect.cpp - see Bisect.h.
#include "Bisect.h"
#include "Lines.h"
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace escapement {
namespace {

std::string field(const char *Name, const std::string &Text) {
  return quoted(Name) + ":" + quoted(Text);
}

std::string modelText(const EscModule *M) {
  std::string Text;
  auto Append = [](void *Context, const char *Bytes, size_t Length) {
    static_cast<std::string *>(Context)->append(Bytes, Length);
    return true;
  };
  return esc_module_print(M, Append, &Text) ? Text : std::string();
}

// False: errno says why.
bool readAll(const std::string &File, std::string &Text) {
  FILE *F = std::fopen(File.c_str(), "r");
  if (!F)
    return false;
  char Buffer[4096];
  while (size_t N = std::fread(Buffer, 1, sizeof Buffer, F))
    Text.append(Buffer, N);
  bool Good = !std::ferror(F);
  std::fclose(F);
  return Good;
}

// A hash a line; the word "all" where `All` is given.
void addHashes(const std::string &Text, std::set<std::string> &Hashes, bool *All) {
  for (size_t Begin = 0; Begin < Text.size();) {
    size_t End = std::min(Text.find('\n', Begin), Text.size());
    std::string Word = Text.substr(Begin, End - Begin);
    Word.erase(0, Word.find_first_not_of(" \t\r"));
    Word.erase(Word.find_last_not_of(" \t\r") + 1);
    if (All && Word == "all")
      *All = true;
    else if (!Word.empty())
      Hashes.insert(Word);
    Begin = End + 1;
  }
}

std::string currentDirectory() {
  char Here[4096];
  return getcwd(Here, sizeof Here) ? Here : "";
}

} // namespace

Change movedObject(const EscVerdict &V, const std::string &Hash, const std::string &Function,
                   const std::string &Call) {
  std::string Text = "moved to stack";
  if (V.placement == ESC_PLACE_BUFFER)
    Text += " up to " + std::to_string(V.slot_bytes) + " bytes";
  char Folded[256] = "an allocation that is no call of the source";
  if (!Call.empty())
    esc_fold_text(Call.c_str(), Folded, sizeof Folded);
  return {"site", Hash, Function, Text + ": " + Folded, "", 0, 0};
}

std::string Bisect::directory() {
  const char *Named = std::getenv("ESCAPEMENT_BISECT");
  return Named ? Named : "";
}

std::string Bisect::open(const std::string &In, const Options &Opts) {
  Directory = In;
  std::string File = Directory + "/allow", Text;
  if (!readAll(File, Text))
    return "cannot read '" + File + "' (ESCAPEMENT_BISECT): " + std::strerror(errno);
  addHashes(Text, Allowed, &AllowAll);
  File = Directory + "/explain";
  Text.clear();
  if (readAll(File, Text))
    addHashes(Text, Explained, nullptr);
  else if (errno != ENOENT)
    return "cannot read '" + File + "' (ESCAPEMENT_BISECT): " + std::strerror(errno);
  if (!Explained.empty())
    Models = Opts.Models;
  return {};
}

void Bisect::note(const Change &C, const EscModule *Model) {
  Lines += "{" + field("kind", C.Kind) + "," + field("hash", C.Hash) + "," +
           field("function", C.Function) + "," + field("text", C.Text);
  if (!C.File.empty())
    Lines += "," + field("file", C.File) + ",\"line\":" + std::to_string(C.Line) +
             ",\"col\":" + std::to_string(C.Col);
  if (Model && Explained.count(C.Hash))
    Lines += "," + field("model", modelText(Model));
  Lines += "}\n";
}

std::string Bisect::write(const std::string &Input) {
  std::string All = "{" + field("kind", "compilation") + "," +
                    field("directory", currentDirectory()) + "," + field("input", Input) +
                    ",\"models\":[";
  for (const ModelsFile &File : Models)
    All += (&File == &Models.front() ? "{" : ",{") + field("path", File.Path) + "," +
           field("text", File.Text) + "}";
  All += "]}\n" + Lines;
  const std::string Suffix = ".part";
  std::string Temporary = Directory + "/records/XXXXXXXXXXXX" + Suffix;
  int Descriptor = mkstemps(&Temporary[0], int(Suffix.size()));
  FILE *F = Descriptor < 0 ? nullptr : fdopen(Descriptor, "w");
  if (!F)
    return "cannot write to '" + Directory + "/records': " + std::strerror(errno);
  bool Good = std::fwrite(All.data(), 1, All.size(), F) == All.size();
  Good &= std::fclose(F) == 0;
  std::string Final = Temporary.substr(0, Temporary.size() - Suffix.size()) + ".jsonl";
  if (!Good || std::rename(Temporary.c_str(), Final.c_str()) != 0)
    return "cannot write '" + Temporary + "': " + std::strerror(errno);
  return {};
}

} // namespace escapement
