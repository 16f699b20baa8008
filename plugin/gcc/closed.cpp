// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// closed.cpp - see closed.h.
#include "closed.h"
#include "lower_impl.h"
#include "plan.h"

namespace escapement {

namespace {

// Passed as its first member, so a call of one type may be of a function of the other; and values
// of the model differ.
bool has_transparent_parameter(tree function_type) {
  for (tree arg = TYPE_ARG_TYPES(function_type); arg && arg != void_list_node;
       arg = TREE_CHAIN(arg))
    if (RECORD_OR_UNION_TYPE_P(TREE_VALUE(arg)) && TYPE_TRANSPARENT_AGGR(TREE_VALUE(arg)))
      return true;
  return false;
}

bool brings_functions(symtab_node *node) {
  if (node->alias && node->definition && node->get_availability() < AVAIL_AVAILABLE)
    return true;
  auto *function = dyn_cast<cgraph_node *>(node);
  if (!function)
    return false;
  // A weak reference goes by another function's name, of which there may be no node.
  bool taken = is_address_taken(function);
  if (function->ifunc_resolver ||
      (taken && (function->weakref || has_transparent_parameter(TREE_TYPE(function->decl)))))
    return true;
  std::string name = linkage_name(function->decl);
  return !function->definition && (name == "dlsym" || name == "dlvsym") &&
         (function->callers || taken);
}

} // namespace

bool brings_functions() {
  symtab_node *node;
  FOR_EACH_SYMBOL(node)
  if (brings_functions(node))
    return true;
  return false;
}

bool is_address_taken(cgraph_node *node) { return node->address_taken || node->has_aliases_p(); }

bool is_declared_malloc(tree decl) {
  return DECL_IS_MALLOC(decl) &&
         (lookup_attribute("malloc", DECL_ATTRIBUTES(decl)) || fndecl_built_in_p(decl));
}

namespace {

// Options::TypedCalls, for all that is compiled.
bool typed_calls;

// As parameters pointers and integers of their size are one, unless they are promised to be typed:
// programs pass a long where a void * is declared. As results they are not. By what it is made of:
// what it is called may differ between files, and a vector's mode between functions.
std::string passed_as(tree type, bool pointers_apart) {
  if (POINTER_TYPE_P(type))
    return pointers_apart ? "*" : "p";
  if (INTEGRAL_TYPE_P(type) && TYPE_PRECISION(type) <= POINTER_SIZE)
    return TYPE_PRECISION(type) == POINTER_SIZE ? "p" : "i";
  if (is_aggregate(type))
    return "struct " + std::to_string(int_size_in_bytes(type));
  if (VECTOR_TYPE_P(type))
    return "vector " + std::to_string(int_size_in_bytes(type));
  return VOID_TYPE_P(type) ? "void" : GET_MODE_NAME(TYPE_MODE(type));
}

// What the arguments are passed as: without a prototype a float is a double.
std::vector<tree> parameter_types(tree decl) {
  std::vector<tree> types;
  tree function_type = TREE_TYPE(decl);
  if (prototype_p(function_type)) {
    for (tree arg = TYPE_ARG_TYPES(function_type); arg && arg != void_list_node;
         arg = TREE_CHAIN(arg))
      types.push_back(TREE_VALUE(arg));
    return types;
  }
  for (tree arg = DECL_ARGUMENTS(decl); arg; arg = DECL_CHAIN(arg))
    types.push_back(DECL_ARG_TYPE(arg));
  return types;
}

// A declaration without parameter types that no definition follows.
bool is_unprototyped(tree decl) {
  cgraph_node *node = cgraph_node::get(decl);
  return !prototype_p(TREE_TYPE(decl)) && !(node && node->definition);
}

bool in_memory(tree returned) {
  return is_aggregate(returned) &&
         (int_size_in_bytes(returned) < 0 || int_size_in_bytes(returned) > max_value_bytes);
}

uint32_t number(const std::vector<tree> &params, bool variadic, tree returned, ResultUse use) {
  std::string text = in_memory(returned) ? passed_as(returned, false) + " sret," : "";
  for (tree type : params)
    text += passed_as(type, typed_calls) + ",";
  text += variadic ? "..." : "";
  return signatureNumber(text, in_memory(returned) ? "void" : passed_as(returned, true), use);
}

} // namespace

void promise_typed_calls(bool promised) { typed_calls = promised; }

Member describe(tree decl) {
  Member s;
  std::vector<tree> params = parameter_types(decl);
  tree returned = TREE_TYPE(TREE_TYPE(decl));
  s.Symbol = linkage_name(decl);
  s.NumParams = unsigned(params.size()) + (in_memory(returned) ? 1 : 0);
  s.Malloc = is_declared_malloc(decl);
  s.Static = !TREE_PUBLIC(decl);
  if (is_unprototyped(decl))
    return s; // without numbers any call may reach it
  auto as = [&](ResultUse use) { return number(params, stdarg_p(TREE_TYPE(decl)), returned, use); };
  s.Exact = as(ResultUse::Used);
  s.Dropped = as(ResultUse::Dropped);
  s.Without = as(ResultUse::None);
  return s;
}

uint32_t signature_of(const gcall *call) {
  tree type = gimple_call_internal_p(call) || gimple_call_fndecl(call) ? NULL_TREE
                                                                       : gimple_call_fntype(call);
  if (!type || !prototype_p(type) || stdarg_p(type) || has_transparent_parameter(type))
    return ESC_NONE;
  std::vector<tree> params;
  for (tree arg = TYPE_ARG_TYPES(type); arg && arg != void_list_node; arg = TREE_CHAIN(arg))
    params.push_back(TREE_VALUE(arg));
  tree returned = TREE_TYPE(type), lhs = gimple_call_lhs(call);
  bool unused = !lhs || (TREE_CODE(lhs) == SSA_NAME && has_zero_uses(lhs));
  bool none = VOID_TYPE_P(returned) || returns_in_memory(type);
  return number(params, false, returned,
                none     ? ResultUse::None
                : unused ? ResultUse::Dropped
                         : ResultUse::Used);
}

// ---- other files -------------------------------------------------------------------------------

std::string shared_name(tree decl, const std::string &static_suffix) {
  return linkage_name(decl) + (TREE_PUBLIC(decl) ? "" : static_suffix);
}

std::vector<Member> taken_here(const std::string &static_suffix) {
  std::vector<Member> all;
  cgraph_node *node;
  FOR_EACH_FUNCTION(node) {
    if (node->inlined_to || !is_address_taken(node))
      continue;
    all.push_back(describe(node->decl));
    all.back().Symbol = shared_name(node->decl, static_suffix);
  }
  // The symbol table's order is an accident.
  std::sort(all.begin(), all.end(),
            [](const Member &a, const Member &b) { return a.line() < b.line(); });
  return all;
}

std::map<std::string, Member> taken_by_name() {
  std::map<std::string, Member> all;
  for (const Member &s : taken_here("")) {
    auto known = all.insert({s.Symbol, s});
    if (!known.second)
      join(known.first->second, s);
  }
  return all;
}

std::set<std::string> kinds_called() {
  std::set<std::string> kinds;
  cgraph_node *node;
  FOR_EACH_FUNCTION_WITH_GIMPLE_BODY(node) {
    ::function *fun = node->get_fun();
    if (node->inlined_to || !fun->cfg || !gimple_in_ssa_p(fun))
      continue;
    basic_block bb;
    FOR_EACH_BB_FN(bb, fun)
    for (gimple_stmt_iterator gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi))
      if (auto *call = dyn_cast<gcall *>(gsi_stmt(gsi)))
        if (uint32_t number = signature_of(call); number != ESC_NONE)
          kinds.insert(kindOf(number));
  }
  return kinds;
}

symbol_table_by_name symbols_by_name() {
  symbol_table_by_name all;
  symtab_node *node;
  FOR_EACH_SYMBOL(node) {
    if (!DECL_P(node->decl) || !HAS_DECL_ASSEMBLER_NAME_P(node->decl))
      continue;
    auto *function = dyn_cast<cgraph_node *>(node);
    if (!function || !function->inlined_to)
      all.insert({linkage_name(node->decl), node});
  }
  return all;
}

cgraph_node *shared_function(const symbol_table_by_name &symbols, const std::string &name) {
  auto found = symbols.find(name);
  auto *function = found == symbols.end() ? nullptr : dyn_cast<cgraph_node *>(found->second);
  return function && TREE_PUBLIC(function->decl) ? function : nullptr;
}

// ---- calls by name ------------------------------------------------------------------------------

namespace {

// A call of such a function stands elsewhere in its block or has other virtual operands.
bool changes_its_call(tree decl) {
  return flags_from_decl_or_type(decl) &
         (ECF_NORETURN | ECF_RETURNS_TWICE | ECF_CONST | ECF_PURE | ECF_NOVOPS);
}

// A function of the library that nothing here has named.
cgraph_node *declare(const std::string &name, tree type) {
  tree decl = build_fn_decl(name.c_str(), type);
  TREE_NOTHROW(decl) = 0;
  return cgraph_node::get_create(decl);
}

// A model of the functions whose address is taken, and of nothing else.
class target_model {
public:
  explicit target_model(const ClosedSet *set) {
    EscConfig config = esc_config_default();
    config.shared_signatures = set != nullptr;
    m.reset(esc_module_new(&config));
    if (!m)
      return;
    const std::map<std::string, Member> taken = taken_by_name();
    cgraph_node *node;
    FOR_EACH_FUNCTION(node)
    if (!node->alias && !node->inlined_to && is_address_taken(node)) {
      const Member &s = taken.at(linkage_name(node->decl));
      EscFunc id = add(s.Symbol + (s.Static ? "@static" : ""), s, node, "");
      esc_function_signatures(m.get(), id, s.Exact, s.Dropped, s.Without);
    }
    if (set) {
      symbols = symbols_by_name();
      declareMembers(m.get(), *set, [this](Member &s) { return add(s); });
    }
  }

  // The functions that the call can be of; none: they are too many, or other calls than this one.
  // `added` gets the names of those that have been declared for it.
  std::vector<cgraph_node *> targets(const gcall *call, std::vector<std::string> &added) {
    std::vector<cgraph_node *> known;
    uint32_t number = m ? signature_of(call) : uint32_t(ESC_NONE);
    if (number == ESC_NONE)
      return known;
    EscFunc ids[ESC_MAX_TARGETS] = {esc_sole_target(m.get(), number)};
    uint32_t count = ids[0] != ESC_NONE ? 1 : esc_allocator_targets(m.get(), number, ids);
    for (uint32_t n = 0; n < count; ++n) {
      cgraph_node *node = target(call, ids[n], added);
      if (!node || changes_its_call(node->decl) ||
          !types_compatible_p(gimple_call_fntype(call), TREE_TYPE(node->decl)))
        return {};
      known.push_back(node);
    }
    return known;
  }

private:
  struct entry {
    cgraph_node *node = nullptr; // null: nothing here names it
    std::string name;            // to declare it by; empty: it has none that means it here
  };

  // Null: it has no name here. The files of several programs may be in one directory: what nothing
  // here names may not be linked, but for the library's functions.
  cgraph_node *target(const gcall *call, EscFunc id, std::vector<std::string> &added) {
    if (id >= functions.size())
      return nullptr;
    entry &e = functions[id];
    if (!e.node && !e.name.empty() && esc_model_exists(m.get(), e.name.c_str())) {
      e.node = declare(e.name, gimple_call_fntype(call));
      added.push_back(e.name);
    }
    return e.node;
  }

  EscFunc add(const std::string &id_name, const Member &s, cgraph_node *node,
              const std::string &name) {
    EscFunc id = esc_function(m.get(), id_name.c_str());
    esc_function_declare(m.get(), id, s.NumParams,
                         ESC_FUNC_ADDRESS_TAKEN | (s.Malloc ? uint32_t(ESC_FUNC_MALLOC) : 0));
    if (functions.size() <= id)
      functions.resize(size_t(id) + 1);
    functions[id] = {node, name};
    return id;
  }

  EscFunc add(Member &s) {
    cgraph_node *node = shared_function(symbols, s.Symbol);
    if (node)
      join(s, describe(node->decl));
    return add(s.Symbol, s, node, symbols.count(s.Symbol) || s.Static ? "" : s.Symbol);
  }

  std::unique_ptr<EscModule, lowered_module::destroy> m;
  std::vector<entry> functions; // by EscFunc
  symbol_table_by_name symbols;
};

// Asks the pointer for each function but the last: that one it is then, for the program is closed.
// Virtual operands and the call graph are left for later.
void ask_pointer(gcall *call, const std::vector<cgraph_node *> &targets) {
  for (size_t n = 0; n + 1 < targets.size(); ++n)
    gimple_ic(call, targets[n], profile_probability::even());
}

// Whether a block may end in front of the call and behind it.
bool can_be_asked(gcall *call) {
  return !stmt_ends_bb_p(call) && gimple_vdef(call) && TREE_CODE(gimple_vdef(call)) == SSA_NAME;
}

} // namespace

void known_targets::apply_in(cgraph_node *node, bool keep,
                             const std::vector<std::pair<gcall *, targets_of_call>> &calls) {
  bool asked = false;
  for (const auto &entry : calls) {
    gcall *call = entry.first;
    asked |= entry.second.size() > 1;
    ask_pointer(call, entry.second);
    changes.push_back({node, call, gimple_call_fn(call)});
    gimple_call_set_fndecl(call, entry.second.back()->decl);
    update_stmt(call);
    if (!keep)
      continue;
    if (cgraph_edge *e = node->get_edge(call))
      cgraph_edge::remove(e);
    node->create_edge(entry.second.back(), call, gimple_bb(call)->count);
  }
  if (asked) {
    finish_body();
    cgraph_edge::rebuild_edges();
  }
}

bool known_targets::apply(bool keep, const ClosedSet *set, const change_filter &may_change) {
  if (set ? !set->Closed : brings_functions())
    return false;
  target_model model(set);
  cgraph_node *node;
  FOR_EACH_FUNCTION_WITH_GIMPLE_BODY(node) {
    ::function *fun = node->get_fun();
    if (node->inlined_to || !fun->cfg || !gimple_in_ssa_p(fun) || !opt_for_fn(node->decl, optimize))
      continue;
    push_cfun(fun);
    std::vector<std::pair<gcall *, targets_of_call>> calls;
    basic_block bb;
    FOR_EACH_BB_FN(bb, fun)
    for (gimple_stmt_iterator gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi)) {
      auto *call = dyn_cast<gcall *>(gsi_stmt(gsi));
      if (!call || gimple_call_must_tail_p(call) || gimple_call_chain(call))
        continue;
      targets_of_call targets = model.targets(call, added);
      if (targets.size() > 1 && (!keep || !can_be_asked(call)))
        continue;
      if (!targets.empty() && std::all_of(targets.begin(), targets.end(), [&](cgraph_node *t) {
            return may_change(node->decl, "direct call", call, t->decl);
          }))
        calls.push_back({call, std::move(targets)});
    }
    apply_in(node, keep, calls);
    pop_cfun();
  }
  return !changes.empty();
}

void known_targets::undo() {
  for (const change &c : changes) {
    push_cfun(c.caller->get_fun());
    gimple_call_set_fn(c.call, c.pointer);
    update_stmt(c.call);
    pop_cfun();
  }
  changes.clear();
}

} // namespace escapement
