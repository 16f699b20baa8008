// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// SourceText.cpp - see SourceText.h.
#include "SourceText.h"
#include <algorithm>
#include <cctype>

namespace escapement {
namespace {

enum Sort : unsigned char { Code, Comment, Literal, Directive };

bool isName(char C) { return std::isalnum(static_cast<unsigned char>(C)) || C == '_' || C == '$'; }
bool isBlank(char C) { return std::isspace(static_cast<unsigned char>(C)) || C == '\\'; }

// The end of the comment or literal that begins here, At itself when none does.
size_t closedEnd(const std::string &T, size_t At) {
  char C = T[At], D = At + 1 < T.size() ? T[At + 1] : '\0';
  if (C == '/' && D == '*') {
    size_t End = T.find("*/", At + 2);
    return End == std::string::npos ? T.size() : End + 2;
  }
  if (C == '/' && D == '/') {
    size_t End = At;
    do
      End = std::min(T.find('\n', End + 1), T.size());
    while (End < T.size() && T[End - 1] == '\\');
    return End;
  }
  if (C != '"' && C != '\'')
    return At;
  size_t End = At + 1;
  while (End < T.size() && T[End] != C && T[End] != '\n')
    End += T[End] == '\\' ? 2 : 1;
  return std::min(End + 1, T.size());
}

} // namespace

SourceText::SourceText(std::string Given) : Text(std::move(Given)), Is(Text.size(), Code) {
  Lines.push_back(0);
  for (size_t At = 0; At < Text.size(); ++At)
    if (Text[At] == '\n')
      Lines.push_back(At + 1);
  bool Begins = true; // of a line, blanks aside
  for (size_t At = 0; At < Text.size();) {
    if (Begins && Text[At] == '#') {
      size_t End = At;
      do
        End = std::min(Text.find('\n', End + 1), Text.size());
      while (End < Text.size() && Text[End - 1] == '\\');
      std::fill(Is.begin() + long(At), Is.begin() + long(End), Directive);
      At = End;
      continue;
    }
    size_t End = closedEnd(Text, At);
    if (End == At) {
      Begins = Text[At] == '\n' || (Begins && isBlank(Text[At]));
      ++At;
      continue;
    }
    std::fill(Is.begin() + long(At), Is.begin() + long(End), Text[At] == '/' ? Comment : Literal);
    At = End;
    Begins = false;
  }
}

size_t SourceText::offset(unsigned Line, unsigned Col) const {
  if (Line == 0 || Col == 0 || Line > Lines.size())
    return None;
  size_t At = Lines[Line - 1] + Col - 1;
  size_t End = Line < Lines.size() ? Lines[Line] : Text.size();
  return At < End ? At : None;
}

unsigned SourceText::line(size_t At) const {
  return unsigned(std::upper_bound(Lines.begin(), Lines.end(), At) - Lines.begin());
}

unsigned SourceText::column(size_t At) const { return unsigned(At - Lines[line(At) - 1] + 1); }

std::string SourceText::text(Piece P) const {
  return P && P.End > P.Begin && P.End <= Text.size() ? Text.substr(P.Begin, P.End - P.Begin)
                                                      : std::string();
}

size_t SourceText::skipBlanks(size_t At) const {
  while (At < Text.size() && (isBlank(Text[At]) || Is[At] == Comment || Is[At] == Directive))
    ++At;
  return At;
}

size_t SourceText::before(size_t At) const {
  while (At > 0) {
    --At;
    if (!isBlank(Text[At]) && Is[At] != Comment && Is[At] != Directive)
      return At;
  }
  return None;
}

size_t SourceText::tokenEnd(size_t At) const {
  if (At >= Text.size())
    return At;
  size_t End = At;
  if (isName(Text[At]))
    while (End < Text.size() && isName(Text[End]))
      ++End;
  else if (Is[At] == Literal)
    while (End < Text.size() && Is[End] == Literal)
      ++End;
  else
    ++End;
  return End;
}

size_t SourceText::matching(size_t Open) const {
  size_t Depth = 0;
  for (size_t At = Open; At < Text.size(); ++At) {
    if (Is[At] != Code)
      continue;
    char C = Text[At];
    Depth += C == '(' || C == '[' || C == '{';
    if ((C == ')' || C == ']' || C == '}') && --Depth == 0)
      return At;
  }
  return None;
}

size_t SourceText::opening(size_t Close) const {
  size_t Depth = 0;
  for (size_t At = Close + 1; At-- > 0;) {
    if (Is[At] != Code)
      continue;
    char C = Text[At];
    Depth += C == ')' || C == ']' || C == '}';
    if ((C == '(' || C == '[' || C == '{') && --Depth == 0)
      return At;
  }
  return None;
}

SourceText::Piece SourceText::use(size_t At) const {
  if (At == None || At >= Text.size())
    return {};
  Piece P{At, tokenEnd(At)};
  if (Text[At] == '(')
    if (size_t Close = matching(At); Close != None)
      P.End = Close + 1;
  size_t Open = skipBlanks(P.End);
  if (Open < Text.size() && Text[Open] == '(' && Is[Open] == Code)
    if (size_t Close = matching(Open); Close != None)
      P.End = Close + 1;
  return P;
}

std::vector<SourceText::Piece> SourceText::arguments(Piece Call) const {
  std::vector<Piece> All;
  if (!Call || Call.End == 0 || Call.End > Text.size() || Text[Call.End - 1] != ')')
    return All;
  size_t Open = opening(Call.End - 1);
  if (Open == None || Open < Call.Begin)
    return All;
  size_t Begin = skipBlanks(Open + 1), Close = Call.End - 1;
  for (size_t At = Open + 1; At <= Close; ++At) {
    if (Is[At] != Code)
      continue;
    if (At < Close && (Text[At] == '(' || Text[At] == '[' || Text[At] == '{')) {
      size_t End = matching(At);
      if (End == None)
        return All;
      At = End;
    } else if (Text[At] == ',' || At == Close) {
      size_t Last = before(At);
      if (Last != None && Last >= Begin)
        All.push_back({Begin, Last + 1});
      Begin = skipBlanks(At + 1);
    }
  }
  return All;
}

SourceText::Piece SourceText::expression(size_t At) const {
  size_t Begin = skipBlanks(At);
  for (At = Begin; At < Text.size(); ++At) {
    if (Is[At] != Code)
      continue;
    char C = Text[At];
    if (C == '(' || C == '[' || C == '{') {
      size_t End = matching(At);
      if (End == None)
        return {};
      At = End;
    } else if (C == ';' || C == ',' || C == ')' || C == ']' || C == '}') {
      size_t Last = before(At);
      return Last == None || Last < Begin ? Piece{} : Piece{Begin, Last + 1};
    }
  }
  return {};
}

bool SourceText::isPlainEquals(size_t At) const {
  if (At >= Text.size() || Text[At] != '=' || Is[At] != Code)
    return false;
  char Next = At + 1 < Text.size() ? Text[At + 1] : '\0', Last = At ? Text[At - 1] : '\0';
  return Next != '=' && std::string("=!<>").find(Last) == std::string::npos;
}

size_t SourceText::statement(size_t At) const {
  while (At > 0) {
    size_t Last = before(At);
    if (Last == None)
      return 0;
    char C = Text[Last];
    if (Is[Last] == Code && (C == ';' || C == '{' || C == '}' || C == '(' || C == ',' || C == '[' ||
                             C == '?' || C == ':'))
      return skipBlanks(Last + 1);
    if (Is[Last] == Code && (C == ')' || C == ']')) {
      size_t Open = opening(Last);
      if (Open == None)
        return skipBlanks(Last + 1);
      At = Open;
    } else {
      At = Last;
    }
  }
  return 0;
}

// `L = R`; of `T L = R` only the declared name counts.
SourceText::Around SourceText::atEquals(size_t Equals) const {
  Around A;
  A.At = Equals;
  A.Kind = Use::Assign;
  bool Compound = Equals && std::string("+-*/%&|^").find(Text[Equals - 1]) != std::string::npos;
  size_t Last = before(Compound ? Equals - 1 : Equals);
  if (Last == None)
    return {};
  A.Right = expression(Equals + 1);
  A.Left = {statement(Equals), Last + 1};
  // A control statement's head: `if (x) p = ...`.
  while (A.Left.Begin < Last) {
    size_t End = tokenEnd(A.Left.Begin);
    std::string Word = Text.substr(A.Left.Begin, End - A.Left.Begin);
    size_t Next = skipBlanks(End);
    if (Word == "else" || Word == "do")
      A.Left.Begin = Next;
    else if ((Word == "if" || Word == "while" || Word == "for" || Word == "switch") &&
             Next < Text.size() && Text[Next] == '(' && matching(Next) != None)
      A.Left.Begin = skipBlanks(matching(Next) + 1);
    else
      break;
  }
  // Two words, or a word and a '*', before the last name: a declaration.
  size_t Begin = A.Left.Begin, Name = Last;
  while (Name != None && Name > Begin && Text[Name] == ']') {
    size_t Open = opening(Name);
    Name = Open == None ? None : before(Open);
  }
  if (Name == None || Name < Begin || !isName(Text[Name]))
    return A;
  while (Name > Begin && isName(Text[Name - 1]))
    --Name;
  size_t Previous = Name > Begin ? before(Name) : None;
  bool Declares = Previous != None && Previous >= Begin && isName(Text[Begin]) &&
                  (isName(Text[Previous]) || Text[Previous] == '*');
  if (Declares) {
    A.Kind = Use::Init;
    A.Left.Begin = Name;
    A.Left.End = tokenEnd(Name);
  }
  A.Whole = {A.Left.Begin, A.Right ? A.Right.End : Last + 1};
  return A;
}

SourceText::Around SourceText::assignment(size_t At) const {
  if (At == None || At >= Text.size())
    return {};
  if (Text[At] == '=' || (At + 1 < Text.size() && Text[At + 1] == '=' && !isName(Text[At])))
    return atEquals(Text[At] == '=' ? At : At + 1);
  if (!isName(Text[At]))
    return {};
  size_t Equals = skipBlanks(tokenEnd(At));
  while (Equals < Text.size() && Text[Equals] == '[' && matching(Equals) != None)
    Equals = skipBlanks(matching(Equals) + 1);
  if (!isPlainEquals(Equals))
    return {};
  Around A = atEquals(Equals);
  A.Kind = Use::Init;
  A.Left = {At, tokenEnd(At)};
  A.Whole = {At, A.Right ? A.Right.End : Equals};
  return A;
}

SourceText::Around SourceText::returned(size_t At) const {
  Around A;
  if (At == None || At >= Text.size())
    return A;
  for (unsigned Level = 0; Level < 16; ++Level) {
    size_t Begin = Text.compare(At, 6, "return") == 0 ? At : statement(At);
    while (Begin < At && Text.compare(Begin, 6, "return") != 0) {
      size_t Next = skipBlanks(tokenEnd(Begin));
      if (Text[Begin] == '(' && matching(Begin) != None)
        Next = skipBlanks(matching(Begin) + 1);
      if (Next <= Begin)
        break;
      Begin = Next;
    }
    if (Text.compare(Begin, 6, "return") == 0 && !isName(Text[Begin + 6])) {
      A.Kind = Use::Return;
      A.At = Begin;
      A.Right = expression(Begin + 6);
      A.Whole = {Begin, A.Right ? A.Right.End : Begin + 6};
      return A;
    }
    size_t Last = statement(At);
    Last = Last ? before(Last) : None;
    if (Last == None || (Text[Last] != '(' && Text[Last] != ',' && Text[Last] != '?' &&
                         Text[Last] != ':' && Text[Last] != '['))
      return A;
    At = Last;
  }
  return A;
}

SourceText::Around SourceText::around(Piece Expression) const {
  Around A;
  size_t Begin = Expression.Begin;
  for (size_t Last = Expression ? before(Begin) : None; Last != None; Last = before(Begin)) {
    if (Is[Last] != Code)
      return A;
    if (Text[Last] == ')') { // a cast
      size_t Open = opening(Last);
      size_t Word = Open == None ? None : before(Open);
      if (Open == None || (Word != None && isName(Text[Word]) &&
                           !(Word >= 5 && Text.compare(Word - 5, 6, "return") == 0)))
        return A;
      Begin = Open;
      continue;
    }
    if (Text[Last] == '=' && isPlainEquals(Last))
      return atEquals(Last);
    if (Last >= 5 && Text.compare(Last - 5, 6, "return") == 0 &&
        (Last == 5 || !isName(Text[Last - 6])))
      return returned(Last - 5);
    if (Text[Last] == '(') {
      size_t Word = before(Last);
      if (Word == None || !isName(Text[Word])) { // parentheses
        Begin = Last;
        continue;
      }
    }
    if (Text[Last] == '(' || Text[Last] == ',') {
      A.Kind = Use::Argument;
      A.At = Begin;
      A.Whole = A.Right = {Begin, Expression.End};
    }
    return A;
  }
  return A;
}

} // namespace escapement
