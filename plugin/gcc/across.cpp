// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// across.cpp - see across.h.
//
// Clang's summaries are not read, nor ours by Clang: the two lower a struct that is passed by value
// to different parameters, and what one of them takes from attributes and library names the other
// need not. The line "target" tells them apart.
#include "across.h"
#include "apply.h"
#include "closed.h"

namespace escapement {
namespace {

// The arguments of the driver as it hands them to each program that it starts: 'A' 'B'.
std::vector<std::string> driver_arguments() {
  std::vector<std::string> all;
  const char *at = getenv("COLLECT_GCC_OPTIONS");
  bool quoted = false, inside = false;
  for (; at && *at; ++at) {
    if (*at == '\'') {
      quoted = !quoted;
      if (quoted && !inside)
        all.emplace_back();
      inside = true;
    } else if (quoted) {
      all.back() += *at;
    } else if (*at == '\\' && at[1]) {
      all.back() += *++at;
    } else {
      inside = false;
    }
  }
  return all;
}

// The object as the user named it. When the driver links at once the object is a temporary file of
// a random name; then it is named as other by-products of it are.
std::string object_name() {
  std::string output;
  bool ends_here = false;
  const std::vector<std::string> all = driver_arguments();
  for (size_t i = 0; i < all.size(); ++i) {
    ends_here |= all[i] == "-c" || all[i] == "-S";
    if (all[i] == "-o" && i + 1 < all.size())
      output = all[i + 1];
  }
  if (ends_here && !output.empty() && output != "-")
    return output;
  const char *base = aux_base_name ? aux_base_name : main_input_filename;
  return base ? std::string(base) + ".o" : "-";
}

std::string work_directory() {
  const char *path = getpwd();
  return path ? path : "";
}

std::string target_line() {
  return ESCAPEMENT_GCC_TARGET " " + std::to_string(POINTER_SIZE) + " gcc";
}

bool is_default_visible(tree decl) { return DECL_VISIBILITY(decl) == VISIBILITY_DEFAULT; }

// The loader may put another definition in its place, and we can see it. What we cannot see (it
// comes from a shared library, or is exported by one) is refused at the link.
bool may_be_replaced(tree decl) {
  return DECL_WEAK(decl) || (flag_shlib && flag_semantic_interposition && is_default_visible(decl));
}

bool is_used(cgraph_node *node) {
  ipa_ref *ref = nullptr;
  return node->callers || node->iterate_referring(0, ref);
}

// The linker takes this body and no other.
bool is_the_definition(cgraph_node *node) {
  tree decl = node->decl;
  return node->definition && TREE_PUBLIC(decl) && !DECL_EXTERNAL(decl) && !DECL_WEAK(decl) &&
         !DECL_COMDAT(decl) && !node->alias && !node->ifunc_resolver && !node->thunk &&
         node->get_availability() >= AVAIL_AVAILABLE;
}

// Whether anything here allocates, so that it matters what callees do.
bool asks_anything(const SummaryReader &reader) {
  const EscModule *library = reader.library();
  cgraph_node *node;
  FOR_EACH_FUNCTION(node) {
    if (node->definition || !is_used(node))
      continue;
    std::string name = linkage_name_of(node->decl);
    EscAllocatorModel model;
    auto found = reader.summaries().find(name);
    bool wrapper = found != reader.summaries().end() && !found->second.Model.empty();
    if (wrapper || DECL_IS_MALLOC(node->decl) || !library ||
        (esc_model_allocator(library, name.c_str(), &model) && model.allocates))
      return true;
  }
  return false;
}

// Symbols of this unit that are no plain declaration of a function.
std::set<std::string> own_names() {
  std::set<std::string> names;
  symtab_node *node;
  FOR_EACH_SYMBOL(node) {
    if (!DECL_P(node->decl) || !HAS_DECL_ASSEMBLER_NAME_P(node->decl))
      continue;
    auto *function = dyn_cast<cgraph_node *>(node);
    if (!function || function->definition || function->alias || may_be_replaced(node->decl))
      names.insert(linkage_name_of(node->decl));
  }
  return names;
}

// File-scope assembly may take any address.
bool brings_from_outside() { return brings_functions() || symtab->first_asm_symbol(); }

// What others call by a name of its own: a static function, if its address is taken.
bool is_named(cgraph_node *node, const ClosedSet *set) {
  return set && node->definition && !TREE_PUBLIC(node->decl) && !node->alias && !node->thunk &&
         is_address_taken(node) && node->get_availability() >= AVAIL_AVAILABLE;
}

} // namespace

across::across(const Options &opts)
    : plain(opts), others(opts, object_name(), target_line(), work_directory()) {
  plain.NeedSource = false;
  plain.DumpFile.clear();
}

std::string across::write() {
  cgraph_node *node;
  FOR_EACH_FUNCTION(node)
  if (node->definition && TREE_PUBLIC(node->decl))
    defined.insert(linkage_name_of(node->decl));
  question asked;
  asked.summarize = true;
  asked.set = set();
  source_table none(false);
  lowered_module lowered = lower(none, plain, {}, asked);
  if (lowered.m)
    esc_analyze(lowered.m.get());
  auto add = [](void *context, const char *text, size_t length) {
    static_cast<std::string *>(context)->append(text, length);
    return true;
  };
  std::vector<SymbolSummary> written;
  const char *target = others.target().c_str(), *object = others.object().c_str();
  for (const lowered_function &f : lowered.functions) {
    SymbolSummary s;
    EscWritten facts;
    if (!lowered.m || (!is_the_definition(f.node) && !is_named(f.node, set())) ||
        !esc_summary_write(lowered.m.get(), f.id, target, object, add, &s.Text, &facts))
      continue;
    tree decl = f.node->decl;
    s.Symbol = set() ? shared_name(decl, set()->StaticSuffix) : linkage_name_of(decl);
    s.Hash = facts.hash;
    written.push_back(s);
  }
  std::vector<Member> members;
  if (set())
    members = taken_here(set()->StaticSuffix);
  // The second compilation of -fcompare-debug, and questions of configure scripts: no such object
  // will come again to replace what it said.
  if (others.object() != "/dev/null")
    return others.write(std::move(written), members, brings_from_outside());
  others.note(std::move(written), members, brings_from_outside());
  return {};
}

void across::read(const std::vector<std::string> &more) {
  UnitQuestions unit;
  unit.Named = more;
  cgraph_node *node;
  FOR_EACH_FUNCTION(node)
  if (!node->definition && !node->alias && is_used(node) && !may_be_replaced(node->decl))
    unit.Named.push_back(linkage_name_of(node->decl));
  std::sort(unit.Named.begin(), unit.Named.end());
  const std::set<std::string> own = own_names();
  unit.MayRead = [&own](const std::string &symbol) { return !own.count(symbol); };
  unit.Asks = [this] { return asks_anything(known()); };
  if (set()) {
    unit.Brings = brings_from_outside();
    unit.Kinds = kinds_called();
  }
  others.read(unit);
  for (const std::string &file : others.files())
    if (told.insert(file).second)
      compat::add_dependency(file.c_str());
  // No diagnostic of the compiler: -Werror must not make an error of what is only not used.
  std::string complaint = others.complaint();
  if (!complained && !complaint.empty())
    fprintf(stderr, "warning: escapement: not used: %s\n", complaint.c_str());
  complained |= !complaint.empty();
}

void across::add_sections(FILE *assembly, bool changed) const {
  auto defines = [this](const std::string &symbol) { return defined.count(symbol) != 0; };
  fputs(others.sections(changed, defines).c_str(), assembly);
}

} // namespace escapement
