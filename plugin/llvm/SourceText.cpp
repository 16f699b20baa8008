// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// SourceText.cpp - how a thing is written: the text of an expression, an initialiser, a path.
//
// Texts are pieces of the source's own buffers wherever that is possible. In a macro: of a call,
// the outermost macro use with its arguments (outerText); of a part, as an argument or a left side,
// the text of the macro's argument if it is one, else what the AST prints (innerText).
//
// INVARIANT  A text lives as long as the table: in a buffer of the source, in an identifier, or in
// Strings.
//
// NOT HERE  Which text an answer has where (SourceAnswers.cpp).
#include "SourceImpl.h"
#include "clang/AST/PrettyPrinter.h"
#include "clang/Lex/Lexer.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;
using llvm::StringRef;

namespace escapement {

StringRef SourceTable::Impl::rawText(CharSourceRange Range) const {
  bool Invalid = false;
  StringRef Text = Lexer::getSourceText(Range, *Sources, Context->getLangOpts(), &Invalid);
  return Invalid ? StringRef() : Text;
}

StringRef SourceTable::Impl::printed(const Expr *E) {
  std::string Text;
  llvm::raw_string_ostream OS(Text);
  E->printPretty(OS, nullptr, Context->getPrintingPolicy());
  return Strings.save(OS.str());
}

StringRef SourceTable::Impl::outerText(SourceRange Range, const Expr *E) {
  StringRef Text = rawText(Sources->getExpansionRange(Range));
  return Text.empty() && E ? printed(E) : Text;
}

// As written, if it is written in one place; in a macro's argument that is the argument.
StringRef SourceTable::Impl::innerText(const Expr *E) {
  StringRef Text = rawText(CharSourceRange::getTokenRange(E->getSourceRange()));
  return Text.empty() ? printed(E) : Text;
}

StringRef SourceTable::Impl::initText(const VarDecl *V) {
  if (V->getLocation().isMacroID())
    return outerText(V->getSourceRange(), nullptr);
  return Strings.save((V->getName() + " = " + innerText(V->getInit())).str());
}

StringRef SourceTable::Impl::pathText(StringRef Name, const ElementPath *Path) {
  std::string Text;
  for (; Path; Path = Path->Outer) {
    if (!Path->Field)
      Text = "[" + std::to_string(Path->Index) + "]" + Text;
    else if (Path->Field->getIdentifier()) // a member of an anonymous struct is its owner's
      Text = "." + Path->Field->getName().str() + Text;
  }
  return Strings.save(Name + Text);
}

// ---- where the '=' is ---------------------------------------------------------------------------

Place SourceTable::Impl::equalsPlace(const VarDecl *V) {
  SourceLocation At = V->getLocation(), Init = V->getInit()->getBeginLoc();
  if (At.isMacroID() || Init.isMacroID())
    return equalsBeforeMacro(V);
  return place(lastEquals(At, Init));
}

// The name or the initialiser comes from a macro: look between their outermost positions.
Place SourceTable::Impl::equalsBeforeMacro(const VarDecl *V) {
  SourceLocation At = Sources->getExpansionLoc(V->getLocation());
  SourceLocation Init = Sources->getExpansionLoc(V->getInit()->getBeginLoc());
  return place(At == Init ? At : lastEquals(At, Init));
}

// The last '=' between the name and the initialiser; the name itself if there is none.
SourceLocation SourceTable::Impl::lastEquals(SourceLocation From, SourceLocation To) const {
  SourceLocation Found = From;
  auto [File, Begin] = Sources->getDecomposedLoc(From);
  auto [EndFile, End] = Sources->getDecomposedLoc(To);
  if (File != EndFile || Begin >= End)
    return Found;
  bool Invalid = false;
  StringRef Buffer = Sources->getBufferData(File, &Invalid);
  if (Invalid)
    return Found;
  Lexer Raw(Sources->getLocForStartOfFile(File), Context->getLangOpts(), Buffer.begin(),
            Buffer.begin() + Begin, Buffer.end());
  for (Token T; !Raw.LexFromRawLexer(T) && Sources->getFileOffset(T.getLocation()) < End;)
    if (T.is(tok::equal))
      Found = T.getLocation();
  return Found;
}

} // namespace escapement
