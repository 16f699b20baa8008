// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// report.cpp - see report.h.
//
// Nothing is written before finish(), and then in one piece.
#include "report.h"
#include "apply.h"
#include "Lines.h"
#include "Merge.h"
#include <algorithm>
#include <unistd.h>

namespace escapement {
namespace {

// `%` in the report's name: the object as the user named it. The driver tells cc1 only the
// directory and the stem of it.
std::string object_name() {
  std::string directory = dump_dir_name ? dump_dir_name : "";
  size_t slash = directory.rfind('/');
  // Of "out/prog-" the last part is the program's name, not a directory.
  directory.resize(slash == std::string::npos ? 0 : slash + 1);
  std::string base = dump_base_name        ? dump_base_name
                     : main_input_filename ? main_input_filename
                                           : "-";
  slash = base.rfind('/');
  if (slash != std::string::npos && !directory.empty())
    base = base.substr(slash + 1);
  size_t dot = base.rfind('.');
  if (dot != std::string::npos && base.find('/', dot) == std::string::npos)
    base.resize(dot);
  return directory + base + ".o";
}

std::string report_path(const std::string &pattern) {
  std::string out;
  for (char c : pattern)
    if (c == '%')
      out += object_name();
    else
      out += c;
  return out;
}

// The number of bytes that is asked for, when the call says so.
uint64_t requested_bytes(const EscModule *m, const gcall *call) {
  EscAllocatorModel model;
  if (!call || !allocator_of(m, call, model) || model.size_param == ESC_NONE)
    return ESC_SIZE_UNKNOWN;
  uint64_t bytes = 1;
  for (uint32_t param : {model.size_param, model.count_param}) {
    if (param == ESC_NONE)
      continue;
    if (param >= gimple_call_num_args(call) || !tree_fits_uhwi_p(gimple_call_arg(call, param)) ||
        __builtin_mul_overflow(bytes, tree_to_uhwi(gimple_call_arg(call, param)), &bytes))
      return ESC_SIZE_UNKNOWN;
  }
  return bytes;
}

std::string source_name(tree decl) {
  return DECL_NAME(decl) ? IDENTIFIER_POINTER(DECL_NAME(decl)) : "";
}

} // namespace

using position = std::tuple<std::string, unsigned, unsigned, std::string>;

struct report::collector {
  report &r;
  Stage at;
  const lowered_module &lowered;
  const std::set<EscSite> &moved;
  bool rewrote;
  const std::set<std::pair<EscFunc, EscLocal>> &heap_locals;
  std::map<EscFunc, tree> functions;
  // With m=1 and a report file: what m=1 alone would find.
  std::set<position> level1;
  bool only_level1 = false;
};

static position position_of(const EscFinding &f) {
  return position(f.file ? f.file : "", f.line, f.col, f.text ? f.text : "");
}

void report::open() {
  if (opts.ReportFile.empty())
    return;
  path = report_path(opts.ReportFile);
  // The parts of a program are compiled side by side, behind the step that makes them: that one
  // begins the file.
  file = fopen(path.c_str(), flag_ltrans ? "a" : "w");
  if (!file)
    error("escapement: cannot write the report %qs: %s", path.c_str(), xstrerror(errno));
}

void report::collect(Stage at, const lowered_module &lowered, const std::set<EscSite> &moved,
                     bool rewrote, const std::set<std::pair<EscFunc, EscLocal>> &heap_locals) {
  collector c{*this, at, lowered, moved, rewrote, heap_locals, {}, {}};
  for (const lowered_function &f : lowered.functions)
    c.functions[f.id] = f.node->decl;
  int level = opts.MLevel >= 2 || file || opts.Promised ? 2 : 1;
  c.only_level1 = level == 2 && opts.MLevel < 2;
  if (c.only_level1)
    esc_findings(
        lowered.m.get(), 1,
        [](void *context, const EscFinding *f) {
          static_cast<collector *>(context)->level1.insert(position_of(*f));
        },
        &c);
  esc_findings(
      lowered.m.get(), level,
      [](void *context, const EscFinding *f) {
        auto *c = static_cast<collector *>(context);
        c->r.add(*c, *f);
      },
      &c);
  if (at != Stage::First || !opts.Promised)
    return;
  look_for_breaches(lowered, /*inlined=*/!opts.Rewrite);
  if (!opts.Rewrite)
    note_inlined(lowered);
}

// Where nothing is changed, a wrapper's allocation is not seen in its callers. The library asks for
// the inlining of a call only when what it allocates can surely be moved then.
void report::note_inlined(const lowered_module &lowered) {
  for (const lowered_function &f : lowered.functions)
    for (EscOp op = 0; op < f.op_stmt.size(); ++op) {
      const EscSite *sites;
      uint32_t count;
      auto *call = f.op_stmt[op] ? dyn_cast<gcall *>(f.op_stmt[op]) : nullptr;
      if (!call || esc_op_action(lowered.m.get(), f.id, op, &sites, &count) != ESC_ACT_INLINE)
        continue;
      place at = sources.at(get_range_from_loc(line_table, gimple_location(call)).m_start);
      Finding moved;
      moved.File = at.file;
      moved.Line = at.line;
      moved.Col = at.col;
      moved.Moved = true;
      bool slots = esc_inlines_slots(lowered.m.get(), f.id, op);
      moved.Placement = slots ? ESC_PLACE_SLOT : ESC_PLACE_BUFFER;
      moved.Text = "what is allocated in this call is moved to the stack up to a size only";
      inlined.push_back(std::move(moved));
    }
}

void report::look_for_breaches(const lowered_module &lowered, bool inlined) {
  auto find = [&](const std::string &name) {
    for (const lowered_function &f : lowered.functions)
      if (linkage_name_of(f.node->decl) == name)
        return f.id;
    return EscFunc(ESC_NONE);
  };
  breaches = opts.Promised->breaches(lowered.m.get(), find, inlined);
}

void report::add(collector &c, const EscFinding &f) {
  Finding found = copy(c, f);
  if (f.kind == ESC_FIND_SITE)
    return add_site(c, f.site, std::move(found));
  if (f.kind == ESC_FIND_LOCAL && c.heap_locals.count({f.func, f.item})) {
    sayMovedToHeap(found);
    heap_locals.insert({{found.File, found.Line, found.Col}, found});
  }
  if (c.at == Stage::First)
    others.push_back(std::move(found));
}

Finding report::copy(const collector &c, const EscFinding &f) const {
  Finding found = findingOf(f, c.at);
  found.Printed = !f.report_only && !sources.is_system_header(found.File);
  if (c.only_level1 && !c.level1.count(position_of(f)))
    found.Printed = false;
  auto in = c.functions.find(f.func);
  if (in != c.functions.end()) {
    found.Function = linkage_name_of(in->second);
    found.SourceFunction = source_name(in->second);
  }
  return found;
}

void report::add_site(const collector &c, EscSite id, Finding found) {
  if (id >= c.lowered.sites.size() || !c.lowered.sites[id].source)
    return;
  const lowered_site &s = c.lowered.sites[id];
  EscVerdict verdict = esc_site_verdict(c.lowered.m.get(), id);
  tree decl = c.lowered.functions[s.function].node->decl;
  found.Function = linkage_name_of(decl);
  found.SourceFunction = source_name(decl);
  found.Call = s.source->text;
  found.Callee = s.source->callee;
  found.Chain = s.chain;
  if (opts.Promised)
    if (const std::string *why = opts.Promised->allowed({found.File, found.Line, found.Col}))
      found.Allowed = *why;
  found.Hash = site_hash(c.lowered, id);
  setVerdict(found, verdict, c.rewrote, c.moved.count(id) != 0);
  found.SizeBytes = requested_bytes(c.lowered.m.get(), s.call);
  sites[s.source].Copies.push_back(std::move(found));
}

void report::still_there(const call_info *site, const std::string &chain) {
  auto known = site ? sites.find(site) : sites.end();
  if (known != sites.end())
    known->second.LeftInChains.push_back(chain);
}

void report::still_called(const gcall *call) {
  place at = sources.at(get_range_from_loc(line_table, gimple_location(call)).m_start);
  left.push_back({Position(at.file, at.line, at.col), sources.chain(call)});
}

// Of functions with the same body GCC keeps one, and the others become calls or other names of it:
// what they allocate is allocated there, under the place of the one that was kept.
void report::saw_last() {
  if (last_seen)
    return;
  last_seen = true;
  std::set<std::string> made_one;
  cgraph_node *node;
  FOR_EACH_FUNCTION(node)
  if (node->icf_merged)
    made_one.insert(linkage_name_of(node->decl));
  for (auto &entry : sites)
    for (const Finding &copy : entry.second.Copies)
      if (made_one.count(copy.Function))
        entry.second.LeftInChains.push_back(copy.Chain);
}

// The call of a moved site is gone by the time it is collected.
void report::share_sizes(const Site &s, std::vector<Finding> &copies) {
  for (Finding &copy : copies)
    for (const Finding &f : s.Copies)
      if (copy.SizeBytes == ESC_SIZE_UNKNOWN && f.At == Stage::First)
        copy.SizeBytes = f.SizeBytes;
}

static bool is_moved(const Finding &f) { return f.Moved; }

// Each line once, and every copy of it.
void report::gather(bool saw_last, std::vector<Finding> &lines, std::vector<Finding> &details) {
  for (const Finding &f : others)
    if (f.Kind != ESC_FIND_LOCAL || !heap_locals.count({f.File, f.Line, f.Col}))
      lines.push_back(f);
  for (const auto &entry : heap_locals)
    lines.push_back(entry.second);
  details = lines;
  for (auto &entry : sites) {
    std::vector<Finding> copies = finalCopies(entry.second, saw_last, opts);
    if (in_lto_p && std::none_of(copies.begin(), copies.end(), is_moved))
      continue;
    if (copies.empty())
      continue;
    share_sizes(entry.second, copies);
    lines.push_back(mergeCopies(copies));
    details.insert(details.end(), copies.begin(), copies.end());
  }
  sortFindings(lines);
  sortFindings(details);
}

void report::dump() {
  if (!dump_enabled_p())
    return;
  std::vector<Finding> lines, details;
  gather(/*saw_last=*/false, lines, details);
  const Finding *last = nullptr;
  for (const Finding &f : lines) {
    if (!f.Printed || (last && isSameLine(*last, f)))
      continue;
    last = &f;
    bool note = f.Kind == ESC_FIND_PARAM || f.Kind == ESC_FIND_RESULT;
    dump_printf(note     ? MSG_NOTE
                : f.Good ? MSG_OPTIMIZED_LOCATIONS
                         : MSG_MISSED_OPTIMIZATION,
                "%s:%u:%u: %s: %s\n", f.File.c_str(), f.Line, f.Col,
                note     ? "note"
                : f.Good ? "optimized"
                         : "missed",
                f.Text.c_str());
  }
}

// A promise that is not kept is an error where it stands.
bool report::say_broken(const std::vector<Finding> &details) {
  if (!opts.Promised)
    return false;
  std::vector<Finding> found = details;
  found.insert(found.end(), inlined.begin(), inlined.end());
  std::vector<BrokenPromise> broken = opts.Promised->onHeap(found, last_seen ? &left : nullptr);
  broken.insert(broken.end(), breaches.begin(), breaches.end());
  for (const BrokenPromise &b : broken)
    error_at(location_t(b.What->Host), "escapement: %s", b.Text.c_str());
  return !broken.empty();
}

void report::finish() {
  if (seen_error()) {
    if (file)
      fclose(file);
    file = nullptr;
    return;
  }
  std::vector<Finding> lines, details;
  gather(last_seen, lines, details);
  if (say_broken(details)) {
    if (file)
      fclose(file);
    file = nullptr;
    return;
  }
  if (opts.MLevel) {
    bool colour = isatty(STDERR_FILENO) && pp_show_color(global_dc->printer);
    std::string text = linesText(lines, opts.MLevel, colour);
    fwrite(text.data(), 1, text.size(), stderr);
  }
  if (file)
    write(details);
}

// In one piece, so that lines of the parts of a program do not mix.
void report::write(const std::vector<Finding> &details) {
  std::string text;
  for (const Finding &f : details)
    text += jsonLine(f) + "\n";
  setvbuf(file, nullptr, _IONBF, 0);
  bool failed = fwrite(text.data(), 1, text.size(), file) != text.size();
  if (fclose(file) != 0 || failed)
    error("escapement: cannot write the report %qs: %s", path.c_str(), xstrerror(errno));
  file = nullptr;
}

} // namespace escapement
