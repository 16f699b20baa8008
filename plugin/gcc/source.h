// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// source.h - what the source says at a place: texts, names and positions, read from the files.
//
// GCC has folded every expression by the time we see it, but each statement keeps its place: where
// it begins and ends, and through which macro. The text is read from the file again.
//
// INVARIANT  A table that is not enabled answers nothing and reads nothing. The table owns every
// answer; pointers to them stay valid.
//
// NOT HERE  C's tokens (SourceText.h), printing (report.h).
#ifndef ESCAPEMENT_GCC_SOURCE_H
#define ESCAPEMENT_GCC_SOURCE_H

#include "compat.h"
#include "SourceText.h"

namespace escapement {

// A place as it is printed: without a leading "./", 1-based; line 0: no place.
struct place {
  std::string file;
  unsigned line = 0, col = 0;
};

struct argument_text {
  place at;
  std::string text;
};

struct call_info {
  place at;                 // where a site at this call is reported
  std::string text, callee; // the call without casts, in a macro its use; the callee as written
  std::vector<argument_text> args;
  EscDestKind dest = ESC_DEST_NONE;
  place dest_at;
  std::string dest_text, dest_lvalue;
};

class source_table {
public:
  explicit source_table(bool enabled) : enabled(enabled) {}
  void enable() { enabled = true; }

  place at(location_t where) const;
  bool is_system_header(const std::string &file) const { return system_headers.count(file) != 0; }
  // The calls above an inlined statement, "file:line:col" each, innermost first, '@' between.
  std::string chain(const gimple *stmt) const;
  // What is written where this call stands; null: nothing.
  const call_info *call(const gcall *call, const std::string &callee);

  // Places of the model; 0 where nothing is known.
  EscSource named(EscModule *m, const place &at, const std::string &text);
  EscSource named(EscModule *m, location_t where, const std::string &text);
  EscSource site(EscModule *m, const call_info *call);
  EscSource callee(EscModule *m, const call_info *call);
  EscSource argument(EscModule *m, const call_info *call, unsigned n);
  EscSource destination(EscModule *m, const call_info *call);
  EscSource assignment(EscModule *m, location_t where);
  EscSource returned(EscModule *m, location_t where);

private:
  using key = std::tuple<std::string, unsigned, unsigned, std::string>;

  const SourceText *file(const std::string &name);
  // The text that a location lies in and where; null: it cannot be read.
  const SourceText *find(location_t where, size_t &offset);
  bool physical(location_t where, unsigned &line, std::string &name);
  place place_in(const place &like, const SourceText &text, size_t base, size_t offset) const;
  SourceText::Piece call_piece(const SourceText &text, size_t begin, location_t where) const;
  void fill(call_info &info, const SourceText &text, SourceText::Piece call);
  EscSource around(EscModule *m, const place &like, const SourceText &text, size_t base,
                   const SourceText::Around &what);

  bool enabled;
  std::map<std::string, std::unique_ptr<SourceText>> files; // null: cannot be read
  std::map<key, std::unique_ptr<call_info>> calls;
  mutable std::set<std::string> system_headers;
};

} // namespace escapement

#endif
