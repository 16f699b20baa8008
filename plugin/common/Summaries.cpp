// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Summaries.cpp - see Summaries.h.
#include "Summaries.h"
#include "SummaryFiles.h"
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstring>
#include <set>
#include <string_view>
#include <unistd.h>

namespace escapement {
namespace {

const char Suffix[] = ".escsum", BodySuffix[] = ".escbody";
const char BodyVersion[] = "escapement-body 1\n";
const char Gone[] = "escapement-summary 1\ngone\n";

// As a file's name: what is no letter, digit or one of _ . $ - is written %XX.
std::string fileName(const std::string &Symbol) {
  std::string Name;
  for (char C : Symbol) {
    bool Plain = std::isalnum(static_cast<unsigned char>(C)) || C == '_' || C == '$' || C == '-' ||
                 (C == '.' && !Name.empty());
    char Code[4] = {C, 0, 0, 0};
    if (!Plain)
      std::snprintf(Code, sizeof Code, "%%%02X", static_cast<unsigned char>(C));
    Name += Code;
  }
  if (Name.size() > 200) // more than a file system may take
    Name = Name.substr(0, 160) + "%" + hashOf(Symbol);
  return Name;
}

std::string shelf(const std::string &Directory, const std::string &Symbol) {
  return Directory + "/" + hashOf(Symbol).substr(0, 2);
}

} // namespace

// ---- writing -----------------------------------------------------------------------------------

SummaryWriter::SummaryWriter(std::string Given, std::string Object,
                             const std::string &WorkDirectory, std::string Format)
    : Directory(std::move(Given)), Object(std::move(Object)),
      Number(hashOf(WorkDirectory + "\n" + this->Object)), Format(std::move(Format)),
      Usable(makeDirectory(Directory) && isDirectory(Directory)) {}

std::string SummaryWriter::pathOf(const std::string &Symbol, const char *Suffix) const {
  return shelf(Directory, Symbol) + "/" + fileName(Symbol) + "/" + Number + Suffix;
}

// A body that is gone leaves a file that says so, if there was one.
bool SummaryWriter::writeBody(const SymbolSummary &S) const {
  std::string Path = pathOf(S.Symbol, BodySuffix);
  if (!S.Body.empty())
    return replaceFile(Path, bodyText(S, Object, Format));
  return access(Path.c_str(), F_OK) != 0 || replaceFile(Path, Gone);
}

std::vector<std::string> SummaryWriter::written() const {
  return linesOfFile(Directory + "/objects/" + Number);
}

std::string SummaryWriter::write(const std::vector<SymbolSummary> &All) {
  std::set<std::string> Present;
  std::string List;
  for (const SymbolSummary &S : All) {
    Present.insert(S.Symbol);
    std::string Path = pathOf(S.Symbol, Suffix), Shelf = shelf(Directory, S.Symbol);
    if (!holds(Path, S.Text) &&
        (!makeDirectory(Shelf) || !makeDirectory(Shelf + "/" + fileName(S.Symbol)) ||
         !replaceFile(Path, S.Text)))
      return errnoText(Path);
    if (!writeBody(S))
      return errnoText(pathOf(S.Symbol, BodySuffix));
  }
  const std::vector<std::string> Before = written();
  for (const std::string &Symbol : Before) {
    std::string Path = pathOf(Symbol, Suffix);
    if (!Present.count(Symbol) &&
        (!replaceFile(Path, Gone) || !writeBody({Symbol, {}, {}, {}, {}})))
      return errnoText(Path);
  }
  // The list never forgets: a symbol that comes back is found in its place.
  Present.insert(Before.begin(), Before.end());
  for (const std::string &Symbol : Present)
    List += Symbol + "\n";
  std::string Objects = Directory + "/objects";
  if (!makeDirectory(Objects) || !replaceFile(Objects + "/" + Number, List))
    return errnoText(Objects + "/" + Number);
  return {};
}

// ---- bodies ------------------------------------------------------------------------------------

static std::string bodyContent(const std::string &Body, const std::string &Format) {
  return "format " + Format + "\n" + Body;
}

std::string bodyHash(const std::string &Body, const std::string &Format) {
  return hashOf(bodyContent(Body, Format));
}

std::string bodyText(const SymbolSummary &S, const std::string &From, const std::string &Format) {
  return BodyVersion + ("from " + From + "\nhash " + S.BodyHash + "\n") +
         bodyContent(S.Body, Format);
}

// False: the file is damaged. A body of another format is none.
static bool readBody(std::string_view Text, const std::string &Format, SymbolSummary &S) {
  std::string_view From, Hash, Theirs;
  if (Text.substr(0, sizeof BodyVersion - 1) != BodyVersion)
    return false;
  Text.remove_prefix(sizeof BodyVersion - 1);
  if (!takeLine(Text, "from ", From) || !takeLine(Text, "hash ", Hash) ||
      hashOf(std::string(Text)) != Hash || !takeLine(Text, "format ", Theirs))
    return false;
  if (Theirs != Format)
    return true;
  S.BodyHash = Hash;
  S.Body = Text;
  return true;
}

const std::string &SummaryReader::loadBody(const std::string &Symbol) {
  static const std::string None;
  auto It = Loaded.find(Symbol);
  if (It == Loaded.end())
    return None;
  SymbolSummary &S = It->second.Text;
  if (!TriedBody.emplace(Symbol, true).second)
    return S.Body;
  bool Same = true;
  for (const std::string &Path : filesIn(placeOf(Symbol), BodySuffix)) {
    std::string Text;
    SymbolSummary One;
    Files.push_back(Path);
    if (!readWhole(Path, Text) || Text == Gone)
      continue;
    if (!readBody(Text, Format, One) && Complaint.empty())
      Complaint = Path + ": the body does not fit its hash";
    Same &= !One.Body.empty() && (S.Body.empty() || S.BodyHash == One.BodyHash);
    S.Body = One.Body;
    S.BodyHash = One.BodyHash;
  }
  if (!Same)
    S.Body.clear();
  return S.Body;
}

// ---- reading -----------------------------------------------------------------------------------

SummaryReader::SummaryReader(std::string Given, std::string T, std::string Format)
    : Directory(std::move(Given)), Target(std::move(T)), Format(std::move(Format)),
      Heads(esc_module_new(nullptr)) {}

std::string SummaryReader::placeOf(const std::string &Symbol) const {
  return shelf(Directory, Symbol) + "/" + fileName(Symbol);
}

bool SummaryReader::touchesHeap(const std::string &Symbol, unsigned Depth) const {
  EscAllocatorModel Model;
  if (Heads && esc_model_allocator(Heads.get(), Symbol.c_str(), &Model))
    return true;
  auto It = Loaded.find(Symbol);
  if (It == Loaded.end() || Depth == MaxSteps)
    return false;
  const Summary &S = It->second;
  return !S.Model.empty() || S.Text.Text.find(" = alloc ") != std::string::npos ||
         S.Text.Text.find("\n    free ") != std::string::npos ||
         std::any_of(S.Calls.begin(), S.Calls.end(),
                     [&](const std::string &Callee) { return touchesHeap(Callee, Depth + 1); });
}

bool SummaryReader::touchesHeap(const std::string &Symbol) const { return touchesHeap(Symbol, 0); }

void SummaryReader::loadOne(const std::string &Symbol, std::vector<std::string> &Calls) {
  if (!Heads || !Tried.emplace(Symbol, true).second ||
      esc_model_exists(Heads.get(), Symbol.c_str()))
    return;
  Summary Found;
  EscSummary Head = {};
  bool Same = true;
  for (const std::string &Path : filesIn(placeOf(Symbol), Suffix)) {
    std::string Text;
    Files.push_back(Path);
    Found.Files.push_back(Path);
    if (!readWhole(Path, Text) || Text == Gone)
      continue;
    EscError Error = {};
    std::shared_ptr<EscParsedSummary> Parsed(
        esc_summary_parse(Heads.get(), Text.data(), Text.size(), Target.c_str(), &Head, &Error),
        esc_summary_free);
    if (!Parsed || Head.name != Symbol) {
      if (std::strcmp(Error.message, "it is a summary for another target") == 0)
        continue;
      if (Complaint.empty())
        Complaint = Path + ":" + std::to_string(Error.line) + ": " +
                    (Error.message[0] ? Error.message : "it is another function's");
      Same = false;
      continue;
    }
    Same &= Found.Text.Hash.empty() || Found.Text.Hash == Head.hash;
    Found.Text = {Symbol, Head.hash, Text, {}, {}};
    Found.Model = Head.model ? Head.model : "";
    Found.Parsed = std::move(Parsed);
  }
  if (!Same || Found.Text.Hash.empty())
    return;
  if (Found.Model.empty()) {
    Found.Calls.assign(Head.calls, Head.calls + Head.ncalls);
    Found.Signatures.assign(Head.signatures, Head.signatures + Head.nsignatures);
  }
  Calls.insert(Calls.end(), Found.Calls.begin(), Found.Calls.end());
  Called.insert(Found.Calls.begin(), Found.Calls.end());
  Loaded.emplace(Symbol, std::move(Found));
}

void SummaryReader::addModels(EscModule *M) const {
  std::string Lines;
  for (const auto &[Symbol, S] : Loaded)
    if (!S.Model.empty())
      Lines += S.Model + "\n";
  EscError Error;
  if (!Lines.empty() && !esc_models_read(M, Lines.data(), Lines.size(), &Error))
    esc_module_give_up(M, Error.message);
}

void SummaryReader::addSummaries(EscModule *M) const {
  auto Find = [](const void *Context, const char *Name) -> const EscParsedSummary * {
    const auto &All = *static_cast<const std::map<std::string, Summary> *>(Context);
    auto It = All.find(Name);
    return It == All.end() || !It->second.Model.empty() ? nullptr : It->second.Parsed.get();
  };
  if (!esc_summaries_add(M, Find, &Loaded))
    esc_module_give_up(M, "out of memory");
}

// ---- in the object -----------------------------------------------------------------------------

std::string droppedSection(const char *Name, const std::string &Bytes) {
  if (Bytes.empty())
    return {};
  std::string Asm = std::string("\t.pushsection ") + Name + ",\"e\",%progbits\n";
  for (size_t At = 0; At < Bytes.size(); At += 512) {
    Asm += "\t.ascii \"";
    for (char C : Bytes.substr(At, 512)) {
      auto U = static_cast<unsigned char>(C);
      if (U < ' ' || U > '~' || C == '"' || C == '\\')
        Asm += {'\\', char('0' + (U >> 6)), char('0' + (U >> 3 & 7)), char('0' + (U & 7))};
      else
        Asm += C;
    }
    Asm += "\"\n";
  }
  return Asm + "\t.popsection\n";
}

static std::string linesOf(const SymbolSummary &S) {
  std::string Lines = S.Symbol + " " + S.Hash + "\n";
  return S.Body.empty() ? Lines : Lines + "body " + S.Symbol + " " + S.BodyHash + "\n";
}

std::string summarySections(const std::vector<SymbolSummary> &Written, const SummaryReader *Read,
                            const std::function<bool(const std::string &)> &Defines) {
  std::string Texts, Said, Assumes;
  std::map<std::string, std::string> Own;
  for (const SymbolSummary &S : Written) {
    Texts += S.Text;
    Said += linesOf(S);
    Own[S.Symbol] = S.Hash;
  }
  if (Read) {
    for (const auto &[Symbol, S] : Read->summaries())
      Assumes += linesOf(S.Text);
    for (const std::string &Symbol : Read->called()) {
      if (!Defines(Symbol))
        continue;
      auto [It, Silent] = Own.try_emplace(Symbol, "none");
      std::string Line = Symbol + " " + It->second + "\n";
      Said += Silent ? Line : "";
      Assumes += Line;
    }
  }
  return droppedSection(".escapement.summary", Texts) +
         droppedSection(".escapement.defines", Said) +
         droppedSection(".escapement.assumes", Assumes);
}

} // namespace escapement
