// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// source.cpp - see source.h.
#include "source.h"

namespace escapement {
namespace {

location_t expansion_point(location_t where) {
  return linemap_resolve_location(line_table, where, LRK_MACRO_EXPANSION_POINT, nullptr);
}

// The location without its block and its range.
location_t caret(location_t where) { return get_pure_location(line_table, where); }

bool is_macro(location_t where) {
  return linemap_location_from_macro_expansion_p(line_table, where);
}

std::string without_dot_slash(const char *path) {
  while (path[0] == '.' && path[1] == '/') {
    path += 2;
    while (*path == '/')
      ++path;
  }
  return path;
}

EscSource make(EscModule *m, const place &at, const std::string &text, const std::string &lvalue,
               const std::string &rvalue) {
  if (!at.line)
    return 0;
  EscSourceInfo info{at.file.c_str(),
                     at.line,
                     at.col,
                     text.empty() ? nullptr : text.c_str(),
                     lvalue.empty() ? nullptr : lvalue.c_str(),
                     rvalue.empty() ? nullptr : rvalue.c_str()};
  return esc_source(m, &info);
}

} // namespace

// ---- places -------------------------------------------------------------------------------------

place source_table::at(location_t where) const {
  place p;
  if (!enabled || LOCATION_LOCUS(where) <= BUILTINS_LOCATION)
    return p;
  location_t point = expansion_point(where);
  expanded_location e = expand_location(point);
  if (!e.file || e.line <= 0)
    return p;
  p.file = without_dot_slash(e.file);
  p.line = unsigned(e.line);
  p.col = unsigned(e.column);
  if (in_system_header_at(point))
    system_headers.insert(p.file);
  return p;
}

std::string source_table::chain(const gimple *stmt) const {
  std::string text;
  if (!enabled)
    return text;
  for (tree b = gimple_block(stmt); b && TREE_CODE(b) == BLOCK; b = BLOCK_SUPERCONTEXT(b)) {
    if (!BLOCK_ABSTRACT_ORIGIN(b) || BLOCK_SOURCE_LOCATION(b) == UNKNOWN_LOCATION ||
        TREE_CODE(block_ultimate_origin(b)) != FUNCTION_DECL)
      continue;
    place p = at(BLOCK_SOURCE_LOCATION(b));
    text += (text.empty() ? "" : "@") + p.file + ":" + std::to_string(p.line) + ":" +
            std::to_string(p.col);
  }
  return text;
}

const SourceText *source_table::file(const std::string &name) {
  auto known = files.find(name);
  if (known != files.end())
    return known->second.get();
  std::unique_ptr<SourceText> &entry = files[name];
  FILE *f = fopen(name.c_str(), "rb");
  if (!f)
    return nullptr;
  std::string text;
  char buffer[4096];
  while (size_t n = fread(buffer, 1, sizeof buffer, f))
    text.append(buffer, n);
  fclose(f);
  entry.reset(new SourceText(std::move(text)));
  return entry.get();
}

// Whether a directive stands on this line, behind blanks.
static bool is_directive(const SourceText &text, unsigned line) {
  for (size_t at = text.offset(line, 1); at != SourceText::None; ++at) {
    std::string c = text.text({at, at + 1});
    if (c != " " && c != "\t")
      return c == "#";
  }
  return false;
}

// Behind #line the file that is named need not exist: count the lines of the one that was read.
bool source_table::physical(location_t where, unsigned &line, std::string &name) {
  const line_map_ordinary *map = nullptr;
  linemap_resolve_location(line_table, where, LRK_MACRO_EXPANSION_POINT, &map);
  const line_map_ordinary *first = LINEMAPS_ORDINARY_MAP_AT(line_table, 0), *last = map;
  while (map > first && !file(without_dot_slash(ORDINARY_MAP_FILE_NAME(map))))
    --map;
  name = map ? without_dot_slash(ORDINARY_MAP_FILE_NAME(map)) : std::string();
  const SourceText *text = map ? file(name) : nullptr;
  if (!text)
    return false;
  // Lines that the map's own count has to be moved by.
  int64_t moved = 0;
  for (; map < last; ++map) {
    // The directive stands on the last line of a map, or on the one before.
    int64_t directive = SOURCE_LINE(map, MAP_START_LOCATION(map + 1) - 1) + moved;
    if (directive > 1 && !is_directive(*text, unsigned(directive)))
      --directive;
    moved = directive + 1 - ORDINARY_MAP_STARTING_LINE_NUMBER(map + 1);
  }
  line = unsigned(line + moved);
  return true;
}

const SourceText *source_table::find(location_t where, size_t &offset) {
  place p = at(where);
  const SourceText *text = p.line ? file(p.file) : nullptr;
  offset = text ? text->offset(p.line, p.col) : SourceText::None;
  if (text || !p.line)
    return text;
  unsigned line = p.line;
  std::string name;
  if (!physical(where, line, name))
    return nullptr;
  text = file(name);
  offset = text ? text->offset(line, p.col) : SourceText::None;
  return text;
}

// `like` is the place of `base`.
place source_table::place_in(const place &like, const SourceText &text, size_t base,
                             size_t offset) const {
  place p;
  if (offset == SourceText::None)
    return p;
  p.file = like.file;
  p.line = like.line + text.line(offset) - text.line(base);
  p.col = text.column(offset);
  return p;
}

// ---- calls --------------------------------------------------------------------------------------

// From where the call begins to where it ends; in a macro, the use of the outermost one.
SourceText::Piece source_table::call_piece(const SourceText &text, size_t begin,
                                           location_t where) const {
  if (begin == SourceText::None)
    return {};
  SourceText::Piece use = text.use(begin);
  location_t finish = get_range_from_loc(line_table, where).m_finish;
  if (linemap_location_from_macro_expansion_p(line_table, caret(finish)))
    return use;
  expanded_location first = expand_location(get_range_from_loc(line_table, where).m_start);
  expanded_location e = expand_location(finish);
  bool near = e.file && first.file && strcmp(e.file, first.file) == 0 && e.line >= first.line;
  unsigned line = text.line(begin) + unsigned(e.line - first.line);
  size_t last = near ? text.offset(line, unsigned(e.column)) : SourceText::None;
  if (last == SourceText::None || last < begin)
    return use;
  return {begin, std::max(last + 1, use.End)};
}

static EscDestKind dest_kind(SourceText::Use use) {
  switch (use) {
  case SourceText::Use::Assign:
    return ESC_DEST_ASSIGN;
  case SourceText::Use::Init:
    return ESC_DEST_INIT;
  case SourceText::Use::Return:
    return ESC_DEST_RETURN;
  case SourceText::Use::Argument:
    return ESC_DEST_ARGUMENT;
  case SourceText::Use::None:
    break;
  }
  return ESC_DEST_NONE;
}

void source_table::fill(call_info &info, const SourceText &text, SourceText::Piece piece) {
  info.text = text.text(piece);
  for (SourceText::Piece arg : text.arguments(piece))
    info.args.push_back({place_in(info.at, text, piece.Begin, arg.Begin), text.text(arg)});
  SourceText::Around use = text.around(piece);
  info.dest = dest_kind(use.Kind);
  if (info.dest == ESC_DEST_NONE)
    return;
  info.dest_at = place_in(info.at, text, piece.Begin, use.At);
  info.dest_text = text.text(use.Whole);
  info.dest_lvalue = text.text(use.Left);
}

// The name as it is written: GCC makes malloc of realloc(NULL, n), and so do we.
const call_info *source_table::call(const gcall *call, const std::string &given) {
  location_t where = gimple_location(call);
  if (!enabled || LOCATION_LOCUS(where) <= BUILTINS_LOCATION)
    return nullptr;
  place begin = at(get_range_from_loc(line_table, where).m_start);
  if (!begin.line)
    begin = at(where);
  size_t offset;
  const SourceText *text = find(get_range_from_loc(line_table, where).m_start, offset);
  std::string callee = given;
  if (text && offset != SourceText::None && !given.empty() && !is_macro(caret(where))) {
    std::string written = text->text({offset, text->tokenEnd(offset)});
    if (written == "realloc" && given == "malloc")
      callee = written;
  }
  std::unique_ptr<call_info> &entry = calls[key(begin.file, begin.line, begin.col, callee)];
  if (entry)
    return entry.get();
  entry.reset(new call_info);
  entry->at = begin;
  entry->callee = callee;
  SourceText::Piece piece = text ? call_piece(*text, offset, where) : SourceText::Piece();
  if (!piece) {
    entry->text = callee + "(...)";
    return entry.get();
  }
  fill(*entry, *text, piece);
  if (is_macro(caret(where)))
    entry->args.clear();
  if (!callee.empty())
    return entry.get();
  // A call through a pointer: what is called, as it is written.
  size_t open = entry->text.rfind('(');
  if (!entry->args.empty()) {
    SourceText inner(entry->text);
    std::vector<SourceText::Piece> args = inner.arguments({0, entry->text.size()});
    open = args.empty() ? open : entry->text.rfind('(', args[0].Begin);
  }
  entry->callee = entry->text.substr(0, open);
  return entry.get();
}

// ---- places of the model ------------------------------------------------------------------------

EscSource source_table::named(EscModule *m, const place &where, const std::string &text) {
  return make(m, where, text, "", "");
}

EscSource source_table::named(EscModule *m, location_t where, const std::string &text) {
  return make(m, at(where), text, "", "");
}

EscSource source_table::site(EscModule *m, const call_info *call) {
  return call ? make(m, call->at, call->text, "", "") : 0;
}

EscSource source_table::callee(EscModule *m, const call_info *call) {
  return call ? make(m, call->at, call->callee, "", call->text) : 0;
}

EscSource source_table::argument(EscModule *m, const call_info *call, unsigned n) {
  if (!call || n >= call->args.size())
    return 0;
  return make(m, call->args[n].at, call->args[n].text, "", "");
}

EscSource source_table::destination(EscModule *m, const call_info *call) {
  return call ? make(m, call->dest_at, call->dest_text, call->dest_lvalue, call->text) : 0;
}

EscSource source_table::around(EscModule *m, const place &like, const SourceText &text, size_t base,
                               const SourceText::Around &what) {
  if (what.Kind == SourceText::Use::None)
    return 0;
  return make(m, place_in(like, text, base, what.At), text.text(what.Whole), text.text(what.Left),
              text.text(what.Right));
}

EscSource source_table::assignment(EscModule *m, location_t where) {
  place p = at(where);
  size_t offset;
  const SourceText *text = find(where, offset);
  if (offset == SourceText::None)
    return 0;
  if (is_macro(caret(where))) // the use of the macro, and no left or right side
    return make(m, p, text->text(text->use(offset)), "", "");
  SourceText::Around what = text->assignment(offset);
  if (what.Kind == SourceText::Use::None)
    return returned(m, where);
  return around(m, p, *text, offset, what);
}

EscSource source_table::returned(EscModule *m, location_t where) {
  place p = at(where);
  size_t offset;
  const SourceText *text = find(where, offset);
  return offset == SourceText::None ? 0 : around(m, p, *text, offset, text->returned(offset));
}

} // namespace escapement
