// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Summaries.cpp - see Summaries.h.
#include "Summaries.h"
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace escapement {
namespace {

const char Suffix[] = ".escsum";
const char Gone[] = "escapement-summary 1\ngone\n";

bool isDirectory(const std::string &Path) {
  struct stat Status;
  return stat(Path.c_str(), &Status) == 0 && S_ISDIR(Status.st_mode);
}

bool makeDirectory(const std::string &Path) {
  return mkdir(Path.c_str(), 0777) == 0 || errno == EEXIST;
}

bool readWhole(const std::string &Path, std::string &Out) {
  FILE *File = std::fopen(Path.c_str(), "rb");
  if (!File)
    return false;
  char Buffer[8192];
  while (size_t Length = std::fread(Buffer, 1, sizeof Buffer, File))
    Out.append(Buffer, Length);
  bool Good = !std::ferror(File);
  std::fclose(File);
  return Good;
}

// A new file appears whole or not at all; one with the same text is left alone.
bool replaceFile(const std::string &Path, const std::string &Text) {
  std::string Old;
  if (readWhole(Path, Old) && Old == Text)
    return true;
  std::string Temporary = Path + ".XXXXXX";
  int Handle = mkstemp(Temporary.data());
  if (Handle < 0)
    return false;
  mode_t Mask = umask(0);
  umask(Mask);
  bool Good = fchmod(Handle, 0666 & ~Mask) == 0;
  for (size_t At = 0; Good && At < Text.size();) {
    ssize_t Length = ::write(Handle, Text.data() + At, Text.size() - At);
    if (Length < 0 && errno == EINTR)
      continue;
    Good = Length > 0;
    At += Good ? size_t(Length) : 0;
  }
  Good = close(Handle) == 0 && Good && rename(Temporary.c_str(), Path.c_str()) == 0;
  if (!Good) {
    int Why = errno;
    unlink(Temporary.c_str());
    errno = Why;
  }
  return Good;
}

std::string hashOf(const std::string &Text) {
  char Hash[ESC_HASH_BYTES];
  esc_hash(Text.data(), Text.size(), Hash);
  return Hash;
}

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

std::string errnoText(const std::string &Path) {
  return "cannot write '" + Path + "': " + std::strerror(errno);
}

} // namespace

// ---- writing -----------------------------------------------------------------------------------

SummaryWriter::SummaryWriter(std::string Given, const std::string &Object,
                             const std::string &WorkDirectory)
    : Directory(std::move(Given)), Number(hashOf(WorkDirectory + "\n" + Object)),
      Usable(makeDirectory(Directory) && isDirectory(Directory)) {}

std::string SummaryWriter::pathOf(const std::string &Symbol) const {
  return shelf(Directory, Symbol) + "/" + fileName(Symbol) + "/" + Number + Suffix;
}

std::vector<std::string> SummaryWriter::written() const {
  std::string Text;
  std::vector<std::string> Symbols;
  readWhole(Directory + "/objects/" + Number, Text);
  for (size_t At = 0, End; (End = Text.find('\n', At)) != std::string::npos; At = End + 1)
    Symbols.push_back(Text.substr(At, End - At));
  return Symbols;
}

std::string SummaryWriter::write(const std::vector<SymbolSummary> &All) {
  std::set<std::string> Present;
  std::string List;
  for (const SymbolSummary &S : All) {
    Present.insert(S.Symbol);
    std::string Path = pathOf(S.Symbol), Shelf = shelf(Directory, S.Symbol);
    if (!makeDirectory(Shelf) || !makeDirectory(Shelf + "/" + fileName(S.Symbol)) ||
        !replaceFile(Path, S.Text))
      return errnoText(Path);
  }
  for (const std::string &Symbol : written())
    if (!Present.count(Symbol) && !replaceFile(pathOf(Symbol), Gone))
      return errnoText(pathOf(Symbol));
  // The list never forgets: a symbol that comes back is found in its place.
  for (const std::string &Symbol : written())
    Present.insert(Symbol);
  for (const std::string &Symbol : Present)
    List += Symbol + "\n";
  std::string Objects = Directory + "/objects";
  if (!makeDirectory(Objects) || !replaceFile(Objects + "/" + Number, List))
    return errnoText(Objects + "/" + Number);
  return {};
}

// ---- reading -----------------------------------------------------------------------------------

SummaryReader::SummaryReader(std::string Given, std::string T)
    : Directory(std::move(Given)), Target(std::move(T)), Heads(esc_module_new(nullptr)) {}

void SummaryReader::loadOne(const std::string &Symbol, std::vector<std::string> &Calls) {
  if (!Heads || !Tried.emplace(Symbol, true).second ||
      esc_model_exists(Heads.get(), Symbol.c_str()))
    return;
  std::string Place = shelf(Directory, Symbol) + "/" + fileName(Symbol);
  DIR *D = opendir(Place.c_str());
  if (!D)
    return;
  std::vector<std::string> Names;
  while (struct dirent *Entry = readdir(D)) {
    std::string Name = Entry->d_name;
    size_t End = sizeof Suffix - 1;
    if (Name.size() > End && Name.compare(Name.size() - End, End, Suffix) == 0)
      Names.push_back(Place + "/" + Name);
  }
  closedir(D);
  std::sort(Names.begin(), Names.end());
  Summary Found;
  EscSummary Head = {};
  bool Same = true;
  for (const std::string &Path : Names) {
    std::string Text;
    Files.push_back(Path);
    Found.Files.push_back(Path);
    if (!readWhole(Path, Text) || Text == Gone)
      continue;
    EscError Error = {};
    if (!esc_summary_head(Heads.get(), Text.data(), Text.size(), Target.c_str(), &Head, &Error) ||
        Head.name != Symbol) {
      if (std::strcmp(Error.message, "it is a summary for another target") == 0)
        continue;
      if (Complaint.empty())
        Complaint = Path + ":" + std::to_string(Error.line) + ": " +
                    (Error.message[0] ? Error.message : "it is another function's");
      Same = false;
      continue;
    }
    Same &= Found.Text.Hash.empty() || Found.Text.Hash == Head.hash;
    Found.Text = {Symbol, Head.hash, Text};
    Found.Model = Head.model ? Head.model : "";
  }
  if (!Same || Found.Text.Hash.empty())
    return;
  if (Found.Model.empty())
    for (uint32_t I = 0; I < Head.ncalls; ++I)
      Calls.push_back(Head.calls[I]);
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
  for (const auto &[Symbol, S] : Loaded) {
    EscError Error;
    if (S.Model.empty() &&
        !esc_summary_read(M, S.Text.Text.data(), S.Text.Text.size(), Target.c_str(), &Error))
      esc_module_give_up(M, Error.message);
  }
}

// Each has a line behind the summary's own function.
void namedBy(const std::string &Summary, std::vector<std::string> &Names) {
  const std::string End = "\n}\n", Head = "func @";
  size_t At = Summary.find(End);
  for (At = At == std::string::npos ? At : At + End.size();
       At != std::string::npos && Summary.compare(At, Head.size(), Head) == 0;) {
    size_t Name = At + Head.size();
    Names.push_back(Summary.substr(Name, Summary.find_first_of("(\n", Name) - Name));
    At = Summary.find('\n', At);
    At += At != std::string::npos;
  }
}

// ---- in the object -----------------------------------------------------------------------------

static std::string section(const char *Name, const std::string &Bytes) {
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

std::string summarySections(const std::vector<SymbolSummary> &Written, const SummaryReader *Read) {
  std::string Texts, Defines, Assumes;
  for (const SymbolSummary &S : Written) {
    Texts += S.Text;
    Defines += S.Symbol + " " + S.Hash + "\n";
  }
  if (Read)
    for (const auto &[Symbol, S] : Read->summaries())
      Assumes += Symbol + " " + S.Text.Hash + "\n";
  return section(".escapement.summary", Texts) + section(".escapement.defines", Defines) +
         section(".escapement.assumes", Assumes);
}

} // namespace escapement
