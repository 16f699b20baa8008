// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// pass.cpp - see pass.h.
#include "pass.h"
#include "Lines.h"
#include "apply_verify.h"
#include "closed.h"

namespace escapement {
namespace {

driver *current = nullptr;

const pass_data early_data = {
    SIMPLE_IPA_PASS, "escapement", OPTGROUP_OTHER, TV_NONE, 0, 0, 0, 0, 0,
};

class early_pass : public simple_ipa_opt_pass {
public:
  explicit early_pass(gcc::context *context) : simple_ipa_opt_pass(early_data, context) {}
  unsigned execute(::function *) final override {
    current->early();
    return 0;
  }
};

const pass_data late_data = {
    SIMPLE_IPA_PASS, "escapement-late", OPTGROUP_NONE, TV_NONE, 0, 0, 0, 0, 0,
};

class late_pass : public simple_ipa_opt_pass {
public:
  explicit late_pass(gcc::context *context) : simple_ipa_opt_pass(late_data, context) {}
  // Where it does not run, GCC inlines one function after the other, as without us.
  bool gate(::function *) final override { return current->late_is_due(); }
  unsigned execute(::function *) final override {
    current->late();
    return 0;
  }
};

const pass_data last_data = {
    GIMPLE_PASS, "escapement-last", OPTGROUP_OTHER, TV_NONE, PROP_cfg, 0, 0, 0, 0,
};

class last_pass : public gimple_opt_pass {
public:
  explicit last_pass(gcc::context *context) : gimple_opt_pass(last_data, context) {}
  opt_pass *clone() final override { return new last_pass(m_ctxt); }
  unsigned execute(::function *fun) final override {
    current->last(fun);
    return 0;
  }
};

void add(const char *plugin_name, opt_pass *pass, const char *reference) {
  register_pass_info info;
  info.pass = pass;
  info.reference_pass_name = reference;
  info.ref_pass_instance_number = 1;
  info.pos_op = PASS_POS_INSERT_AFTER;
  register_callback(plugin_name, PLUGIN_PASS_MANAGER_SETUP, nullptr, &info);
}

} // namespace

void driver::dump(EscModule *m) {
  if (opts.DumpFile.empty() || dumped)
    return;
  dumped = true;
  FILE *file = fopen(opts.DumpFile.c_str(), "w");
  if (!file) {
    error("escapement: cannot write %qs: %s", opts.DumpFile.c_str(), xstrerror(errno));
    return;
  }
  auto write = [](void *context, const char *text, size_t length) {
    return fwrite(text, 1, length, static_cast<FILE *>(context)) == length;
  };
  esc_module_print(m, write, file);
  fclose(file);
}

lowered_module driver::ask(question asked) {
  asked.whole |= opts.HeapLocals && !asked.late; // any function's locals
  asked.across = other ? &other->known() : nullptr;
  asked.set = other ? other->set() : nullptr;
  lowered_module lowered = lower(sources, opts, state.settled, asked);
  if (!lowered.m)
    return lowered;
  dump(lowered.m.get());
  esc_analyze(lowered.m.get());
  for (const lowered_site &site : lowered.sites)
    if (site.call && site.source)
      allocators.insert(site.source->callee);
  return lowered;
}

void driver::begin() {
  out.open();
  if (!opts.Rewrite || in_lto_p || Bisect::directory().empty())
    return;
  searched = true;
  std::string wrong = search.open(Bisect::directory(), opts);
  if (!wrong.empty())
    error("escapement: %s", wrong.c_str());
  opts.Allows = [this](const std::string &hash) { return search.allows(hash); };
}

bool driver::may_change(tree caller, const char *kind, const gcall *call, tree callee) {
  if (!searched)
    return true;
  place at = sources.at(gimple_location(call));
  std::string function = linkage_name_of(caller);
  std::string text = std::string(kind) + " of " + linkage_name_of(callee);
  std::string where = at.line ? ":" + std::to_string(at.line) + ":" + std::to_string(at.col) : "";
  std::string hash = hashText(text + ":" + function + where + "@" + sources.chain(call));
  if (!search.allows(hash))
    return false;
  search.note({kind, hash, function, text, "", 0, 0}, nullptr);
  return true;
}

void driver::record(const lowered_module &lowered, const std::set<EscSite> &moved) {
  for (EscSite site : moved) {
    const lowered_site &s = lowered.sites[site];
    Change c = movedObject(esc_site_verdict(lowered.m.get(), site), site_hash(lowered, site),
                           linkage_name_of(lowered.functions[s.function].node->decl),
                           s.source ? s.source->text : "");
    if (s.source) {
      c.File = s.source->at.file;
      c.Line = s.source->at.line;
      c.Col = s.source->at.col;
    }
    search.note(c, lowered.m.get());
  }
  for (const auto &local : state.heap_locals)
    for (const lowered_function &f : lowered.functions)
      if (f.id == local.first)
        search.note({"local", local_hash(f, local.second), linkage_name_of(f.node->decl),
                     "a local moved to the heap, number " + std::to_string(local.second) +
                         " of its function",
                     "", 0, 0},
                    nullptr);
}

// From here on as if somebody read the lines: promises are about places of the source.
void driver::heed() {
  promised = promises.take();
  if (promised.empty())
    return;
  opts.Promised = &promised;
  opts.NeedSource = true;
}

// Written is what the source says, before anything is changed.
void driver::exchange() {
  if (opts.Summaries.empty() || !(opts.Rewrite || opts.NeedSource))
    return;
  other = std::make_unique<across>(opts);
  if (!other->usable()) {
    other.reset();
    return;
  }
  if (std::string wrong = opts.Rewrite ? other->write() : std::string(); !wrong.empty())
    error("escapement: %s", wrong.c_str());
  other->read();
}

void driver::early() {
  if (seen_error() || in_lto_p)
    return;
  for (const ModelsFile &read : opts.Models)
    compat::add_dependency(read.Path.c_str());
  heed();
  bool rewrite = opts.Rewrite && opts.EarlyPosition;
  change_filter changes = [this](tree caller, const char *kind, const gcall *call, tree callee) {
    return may_change(caller, kind, call, callee);
  };
  known_targets targets;
  if (opts.WholeProgram && opts.Summaries.empty())
    targets.apply(/*keep=*/rewrite, nullptr, changes);
  if (opts.Verify && rewrite)
    prepare_verify();
  exchange();
  // Without the directory this file is not known to be the program.
  if (other && other->set() && targets.apply(/*keep=*/rewrite, other->set(), changes)) {
    changed |= rewrite;
    other->read(targets.named());
  }
  // The report must not change what is decided: it has a model of its own.
  if (opts.NeedSource)
    if (lowered_module whole = ask({/*whole=*/true, /*late=*/false}); whole.m)
      out.collect(Stage::First, whole, {}, opts.Rewrite);
  if (rewrite)
    decide(changes);
  else
    targets.undo();
  left |= !opts.EarlyPosition;
  told = !has_late() || !late_is_due();
  if (told) // else when all is known
    out.dump();
}

void driver::decide(const change_filter &changes) {
  // A chain of wrappers is seldom deeper; every round costs a whole analysis.
  constexpr unsigned max_rounds = 4;
  const question asked = {/*whole=*/false, /*late=*/false};
  lowered_module lowered = ask(asked);
  for (unsigned round = 0; round < max_rounds && lowered.m && inline_requested(lowered, changes);
       ++round) {
    changed = true;
    lowered = ask(asked);
  }
  // What a wrapper allocates may be no allocation any more in the function that promised.
  if (out.has_breaches())
    if (lowered_module whole = ask({/*whole=*/true, /*late=*/false}); whole.m)
      out.look_for_breaches(whole, /*inlined=*/false);
  // What one round moves may show in the next one what its contents are, and what realloc made.
  for (Stage at : {Stage::Early, Stage::Again}) {
    if (!lowered.m)
      return;
    std::set<EscSite> moved = apply(lowered, at);
    if (moved.empty())
      return;
    if (at == Stage::Early)
      lowered = ask(asked);
  }
}

std::set<EscSite> driver::apply(lowered_module &lowered, Stage at) {
  std::set<EscSite> moved = apply_verdicts(lowered, opts, state);
  if (searched)
    record(lowered, moved);
  changed |= !moved.empty() || !state.heap_locals.empty();
  if (opts.NeedSource)
    out.collect(at, lowered, moved, true, state.heap_locals);
  left = false;
  for (const lowered_site &site : lowered.sites)
    left |= site.call && site.movable;
  return moved;
}

// At the link nothing tells which files were compiled with -fno-builtin but that there a function
// that GCC knows is none of its own.
static bool speaks_c_with_its_library() {
  unsigned i;
  tree unit;
  FOR_EACH_VEC_SAFE_ELT(all_translation_units, i, unit) {
    const char *language = TRANSLATION_UNIT_LANGUAGE(unit);
    if (!language || strncmp(language, "GNU C", 5) != 0 || !(ISDIGIT(language[5]) || !language[5]))
      return false;
  }
  std::set<std::string> known;
  for (int code = 0; code < END_BUILTINS; ++code)
    if (tree decl = builtin_decl_explicit(built_in_function(code)))
      known.insert(linkage_name_of(decl));
  cgraph_node *node;
  FOR_EACH_FUNCTION(node)
  if (!node->definition && !fndecl_built_in_p(node->decl) &&
      known.count(linkage_name_of(node->decl)))
    return false;
  return true;
}

bool driver::late_is_due() const {
  // -fipa-pta has told every function what its parameters point to.
  if (seen_error() || flag_ipa_pta)
    return false;
  return in_lto_p ? speaks_c_with_its_library() : left;
}

// GCC makes its copies of functions, and inlines what it decided to, when a body is asked for.
static void settle_bodies() {
  cgraph_node *node;
  FOR_EACH_DEFINED_FUNCTION(node)
  if (node->has_gimple_body_p() && !node->inlined_to && !node->in_other_partition)
    node->get_body();
}

void driver::late() {
  settle_bodies();
  state.late = true;
  state.settled.clear(); // statements that may be gone; is_settled() knows the others
  lowered_module lowered = ask({/*whole=*/false, /*late=*/true});
  if (lowered.m)
    apply(lowered, Stage::Late);
}

// Which allocations of the source did nobody remove?
void driver::last(::function *fun) {
  if (!opts.NeedSource || !opts.Rewrite)
    return;
  if (!told) // not in `late`: the bodies that it asks for end GCC's dump
    out.dump();
  told = true;
  out.saw_last();
  basic_block bb;
  FOR_EACH_BB_FN(bb, fun)
  for (gimple_stmt_iterator gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi)) {
    auto *call = dyn_cast<gcall *>(gsi_stmt(gsi));
    if (call && opts.Promised && !gimple_call_internal_p(call))
      out.still_called(call);
    tree decl = call && !gimple_call_internal_p(call) ? gimple_call_fndecl(call) : NULL_TREE;
    if (!decl)
      continue;
    std::string name = linkage_name_of(decl);
    for (const std::string &callee : allocators)
      if (callee == name || name == "malloc" || name == "calloc" || name == "realloc")
        out.still_there(sources.call(call, callee), sources.chain(call));
  }
}

void driver::end_of_unit() {
  if (other && asm_out_file && !seen_error())
    other->add_sections(asm_out_file, changed);
}

void driver::finish() {
  if (searched && !seen_error()) {
    std::string wrong = search.write(main_input_filename ? main_input_filename : "-");
    if (!wrong.empty())
      error("escapement: %s", wrong.c_str());
  }
  if (opts.NeedSource)
    out.finish();
}

void register_late_pass(const char *plugin_name, driver &d) {
  current = &d;
  if (d.has_late())
    add(plugin_name, new late_pass(g), "simdclone");
}

void register_passes(const char *plugin_name, driver &d) {
  current = &d;
  // GCC deletes them.
  add(plugin_name, new early_pass(g), "build_ssa_passes");
  register_late_pass(plugin_name, d);
  add(plugin_name, new last_pass(g), "optimized");
}

} // namespace escapement
