// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// SourceText.h - pieces of a C source file, found by position alone.
//
// For a front end whose program has places but no texts. It knows C's tokens, brackets, comments
// and literals, and nothing of declarations or macros: a position is one that the compiler gave.
//
// INVARIANT  Every answer lies inside the file; a position that is not in it gives an empty text.
//
// NOT HERE  Which position to ask for.
#ifndef ESCAPEMENT_PLUGIN_SOURCE_TEXT_H
#define ESCAPEMENT_PLUGIN_SOURCE_TEXT_H

#include <cstddef>
#include <string>
#include <vector>

namespace escapement {

class SourceText {
public:
  static constexpr size_t None = std::string::npos;

  struct Piece {
    size_t Begin = None, End = None; // [Begin, End), None: there is none
    explicit operator bool() const { return Begin != None; }
  };

  // What an expression is done with: `L = R`, `T L = R`, `return R`, an argument.
  enum class Use { None, Assign, Init, Return, Argument };
  struct Around {
    Use Kind = Use::None;
    size_t At = None;         // the '=', the `return`, the argument
    Piece Whole, Left, Right; // "L = R" without the type of a declaration; "L"; "R"
  };

  explicit SourceText(std::string Text);

  size_t offset(unsigned Line, unsigned Col) const; // both from 1, columns in bytes
  unsigned line(size_t At) const;
  unsigned column(size_t At) const;
  std::string text(Piece P) const;

  // The end of the token that begins here.
  size_t tokenEnd(size_t At) const;
  // A name and, when '(' follows, all up to the matching ')': a use of a macro, or a call.
  Piece use(size_t At) const;
  // The arguments of a call whose text is this piece.
  std::vector<Piece> arguments(Piece Call) const;
  // From here up to the end of the expression: a ';', ',' or closing bracket that is not inside.
  Piece expression(size_t At) const;
  // What the expression that lies here is part of, casts and parentheses left out.
  Around around(Piece Expression) const;
  // `L = R` by the position of its '='; `T L = R` also by that of L.
  Around assignment(size_t At) const;
  // `return R` by a position in it.
  Around returned(size_t At) const;

private:
  size_t skipBlanks(size_t At) const; // and comments, forward
  size_t matching(size_t Open) const; // the bracket that closes this one
  size_t before(size_t At) const;     // the last byte before At that is no blank or comment
  size_t statement(size_t At) const;  // where the statement around At begins
  size_t opening(size_t Close) const; // the bracket that this one closes
  bool isPlainEquals(size_t At) const;
  Around atEquals(size_t Equals) const;

  std::string Text;
  std::vector<size_t> Lines;     // where each begins
  std::vector<unsigned char> Is; // of each byte: code, comment or literal
};

} // namespace escapement

#endif
