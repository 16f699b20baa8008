// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Members.cpp - see Members.h.
#include "Members.h"
#include "SummaryFiles.h"
#include <cinttypes>
#include <cstdio>

namespace escapement {
namespace {

const char SetSuffix[] = ".escset";
const char SetVersion[] = "escapement-set 1\n";
const char Brings[] = "brings", Any[] = "any";

std::string place(const std::string &Directory, const std::string &Kind) {
  return Directory + "/types/" + Kind;
}

} // namespace

std::string kindOf(uint32_t Number) {
  char Text[8];
  std::snprintf(Text, sizeof Text, "%06" PRIx32, Number >> 8);
  return Number == Member::AnyNumber ? Any : Text;
}

std::string Member::kind() const { return kindOf(Exact); }

std::string Member::line() const {
  char Text[64];
  std::snprintf(Text, sizeof Text, " %08" PRIx32 ".%08" PRIx32 ".%08" PRIx32 ".%" PRIu32 ".%c%c",
                Exact, Dropped, Without, NumParams, Malloc ? 'm' : '-', Static ? 's' : '-');
  return Symbol + Text;
}

bool Member::parse(const std::string &Line, Member &Out) {
  char Malloc, Static;
  size_t Blank = Line.rfind(' ');
  if (Blank == std::string::npos || Blank == 0 ||
      std::sscanf(Line.c_str() + Blank, " %8" SCNx32 ".%8" SCNx32 ".%8" SCNx32 ".%" SCNu32 ".%c%c",
                  &Out.Exact, &Out.Dropped, &Out.Without, &Out.NumParams, &Malloc, &Static) != 6)
    return false;
  Out.Symbol = Line.substr(0, Blank);
  Out.Malloc = Malloc == 'm';
  Out.Static = Static == 's';
  return Out.NumParams < 1000;
}

// ---- writing -----------------------------------------------------------------------------------

std::string MemberWriter::write(const std::vector<Member> &All, bool BringsFunctions) const {
  std::map<std::string, std::string> Contents; // kind -> lines
  for (const Member &M : All)
    Contents[M.kind()] += M.line() + "\n";
  if (BringsFunctions)
    Contents[Brings] = "from outside\n";
  std::string ListPath = Directory + "/objects/" + Number + ".types", List;
  std::set<std::string> Kinds;
  for (const std::string &Kind : linesOfFile(ListPath))
    Kinds.insert(Kind);
  for (const std::string &Kind : Kinds)
    Contents.emplace(Kind, ""); // what is gone says so
  if (!makeDirectory(Directory + "/types") || !makeDirectory(Directory + "/objects"))
    return errnoText(Directory + "/types");
  for (const auto &[Kind, Lines] : Contents) {
    std::string Path = place(Directory, Kind) + "/" + Number + SetSuffix;
    std::string Text = SetVersion + ("from " + Object + "\nhash " + hashOf(Lines) + "\n") + Lines;
    if (!makeDirectory(place(Directory, Kind)) || !replaceFile(Path, Text))
      return errnoText(Path);
    List += Kind + "\n";
  }
  return replaceFile(ListPath, List) ? std::string() : errnoText(ListPath);
}

// ---- reading -----------------------------------------------------------------------------------

bool MemberReader::readFile(const std::string &Path, std::vector<Member> &Added) {
  std::string Text;
  std::string_view Rest, From, Hash;
  Files.push_back(Path);
  bool Good = readWhole(Path, Text) && Text.compare(0, sizeof SetVersion - 1, SetVersion) == 0;
  Rest = Text;
  Rest.remove_prefix(Good ? sizeof SetVersion - 1 : 0);
  Good = Good && takeLine(Rest, "from ", From) && takeLine(Rest, "hash ", Hash) &&
         hashOf(std::string(Rest)) == Hash;
  for (std::string_view Line; Good && takeLine(Rest, "", Line);) {
    Member M;
    Good = Member::parse(std::string(Line), M);
    if (!Good || !Lines.insert(std::string(Line)).second)
      continue;
    auto [It, New] = All.emplace(M.Symbol, M);
    if (!New && It->second.line() != M.line())
      It->second.Exact = Member::AnyNumber;
    Added.push_back(M);
  }
  if (!Good && Complaint.empty())
    Complaint = Path + ": the set does not fit its hash";
  return Good;
}

bool MemberReader::read(const std::string &Kind, std::vector<Member> &Added) {
  if (Known.count(Kind))
    return true;
  bool Good = true;
  for (const std::string &Path : filesIn(place(Directory, Kind), SetSuffix))
    if (Path.find("/" + OwnNumber + SetSuffix) == std::string::npos)
      Good &= readFile(Path, Added);
  if (Good)
    Known.insert(Kind);
  return Good;
}

bool MemberReader::open() {
  std::vector<Member> None;
  for (const std::string &Path : filesIn(place(Directory, Brings), SetSuffix)) {
    std::string Text;
    Files.push_back(Path);
    if (Path.find("/" + OwnNumber + SetSuffix) == std::string::npos &&
        (!readWhole(Path, Text) || Text.find("\nfrom outside\n") != std::string::npos))
      return false;
  }
  return read(Any, None);
}

std::string MemberReader::lines() const {
  std::string Text;
  for (const std::string &Line : Lines)
    Text += Line + "\n";
  for (const std::string &Kind : Known)
    Text += "kind " + Kind + "\n";
  return Text;
}

} // namespace escapement
