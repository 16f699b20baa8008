// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bisect.cpp - see Bisect.h.
#include "Bisect.h"
#include "Apply.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>

using namespace llvm;

namespace escapement {
namespace {

std::string text(StringRef Bytes) {
  return json::isUTF8(Bytes) ? Bytes.str() : json::fixUTF8(Bytes);
}

std::string line(json::Object Object) {
  std::string Text;
  raw_string_ostream Out(Text);
  Out << json::Value(std::move(Object)) << '\n';
  return Out.str();
}

std::string modelText(const EscModule *M) {
  std::string Text;
  auto Append = [](void *Context, const char *Bytes, size_t Length) {
    static_cast<std::string *>(Context)->append(Bytes, Length);
    return true;
  };
  return esc_module_print(M, Append, &Text) ? Text : std::string();
}

} // namespace

std::string Bisect::directory() {
  const char *Named = std::getenv("ESCAPEMENT_BISECT");
  return Named ? Named : "";
}

std::string Bisect::readHashes(const std::string &File, std::set<std::string> &Hashes, bool *All) {
  auto Buffer = MemoryBuffer::getFile(File, /*IsText=*/true);
  if (!Buffer)
    return "cannot read '" + File + "' (ESCAPEMENT_BISECT): " + Buffer.getError().message();
  SmallVector<StringRef, 0> Words;
  (*Buffer)->getBuffer().split(Words, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef Word : Words) {
    if (All && Word == "all")
      *All = true;
    else
      Hashes.insert(Word.trim().str());
  }
  return {};
}

std::string Bisect::open(const std::string &In, const Options &Opts) {
  Directory = In;
  std::string Error = readHashes(Directory + "/allow", Allowed, &AllowAll);
  if (Error.empty() && sys::fs::exists(Directory + "/explain"))
    Error = readHashes(Directory + "/explain", Explained, nullptr);
  if (!Explained.empty())
    Models = Opts.Models;
  return Error;
}

void Bisect::note(StringRef Kind, StringRef Hash, StringRef Function, const Place *Where,
                  StringRef Text, const EscModule *Model) {
  json::Object O{
      {"kind", Kind}, {"hash", Hash}, {"function", text(Function)}, {"text", text(Text)}};
  if (Where && *Where) {
    O["file"] = text(Where->File);
    O["line"] = Where->Line;
    O["col"] = Where->Col;
  }
  if (Model && Explained.count(Hash.str()))
    O["model"] = text(modelText(Model));
  Lines.push_back(line(std::move(O)));
}

void Bisect::noteSite(const LoweredModule &Lowered, EscSite Site) {
  const LoweredSite &S = Lowered.Sites[Site];
  EscVerdict V = esc_site_verdict(Lowered.M.get(), Site);
  std::string Text = "moved to stack";
  if (V.placement == ESC_PLACE_BUFFER)
    Text += " up to " + std::to_string(V.slot_bytes) + " bytes";
  char Folded[256] = "an allocation that is no call of the source";
  if (S.Source)
    esc_fold_text(S.Source->Text.str().c_str(), Folded, sizeof Folded);
  note("site", siteHash(Lowered, Site), Lowered.Functions[S.Function].F->getName(),
       S.Source ? &S.Source->At : nullptr, Text + ": " + Folded, Lowered.M.get());
}

std::string Bisect::write(StringRef Input) {
  SmallString<128> Here;
  sys::fs::current_path(Here);
  json::Array Read;
  for (const ModelsFile &File : Models)
    Read.push_back(json::Object{{"path", text(File.Path)}, {"text", text(File.Text)}});
  std::string All = line(json::Object{{"kind", "compilation"},
                                      {"directory", text(Here)},
                                      {"input", text(Input)},
                                      {"models", std::move(Read)}});
  All += join(Lines, "");
  int Descriptor;
  SmallString<128> Temporary;
  if (std::error_code Error = sys::fs::createUniqueFile(Directory + "/records/%%%%%%%%%%%%.part",
                                                        Descriptor, Temporary))
    return "cannot write to '" + Directory + "/records': " + Error.message();
  raw_fd_ostream File(Descriptor, /*shouldClose=*/true);
  File << All;
  File.close();
  std::error_code Error = File.error();
  File.clear_error();
  SmallString<128> Final = Temporary;
  sys::path::replace_extension(Final, "jsonl");
  if (!Error)
    Error = sys::fs::rename(Temporary, Final);
  return Error ? "cannot write '" + Temporary.str().str() + "': " + Error.message() : "";
}

} // namespace escapement
