// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// closed.cpp - see closed.h.
#include "closed.h"
#include "lower_impl.h"
#include "plan.h"

namespace escapement {

bool brings_functions() {
  symtab_node *node;
  FOR_EACH_SYMBOL(node) {
    if (node->alias && node->definition && node->get_availability() < AVAIL_AVAILABLE)
      return true;
    auto *function = dyn_cast<cgraph_node *>(node);
    if (!function)
      continue;
    if (function->ifunc_resolver)
      return true;
    std::string name = linkage_name(function->decl);
    if (!function->definition && (name == "dlsym" || name == "dlvsym") &&
        (function->callers || is_address_taken(function)))
      return true;
  }
  return false;
}

bool is_address_taken(cgraph_node *node) { return node->address_taken || node->has_aliases_p(); }

namespace {

// As parameters pointers and integers of their size are one: programs pass a long where a void * is
// declared. As results they are not.
std::string passed_as(tree type, bool pointers_apart) {
  if (POINTER_TYPE_P(type))
    return pointers_apart ? "*" : "p";
  if (INTEGRAL_TYPE_P(type) && TYPE_PRECISION(type) <= POINTER_SIZE)
    return TYPE_PRECISION(type) == POINTER_SIZE ? "p" : "i";
  if (is_aggregate(type))
    return "struct " + std::to_string(int_size_in_bytes(type));
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

} // namespace

uint32_t signature_table::number(const std::vector<tree> &params, bool variadic, tree returned,
                                 result r) {
  bool in_memory =
      returned && is_aggregate(returned) &&
      (int_size_in_bytes(returned) < 0 || int_size_in_bytes(returned) > max_value_bytes);
  std::string key = in_memory ? passed_as(returned, false) + " sret," : "";
  for (tree type : params)
    key += passed_as(type, false) + ",";
  key += variadic ? "..." : "";
  key += r == result::dropped ? "->any" : "->";
  if (r == result::used)
    key += in_memory ? "void" : passed_as(returned, true);
  return numbers.insert({key, uint32_t(numbers.size())}).first->second;
}

void signature_table::declare(EscModule *m, EscFunc id, tree decl) {
  cgraph_node *node = cgraph_node::get(decl);
  if (!node || !is_address_taken(node) || is_unprototyped(decl))
    return; // without numbers any call may reach it
  std::vector<tree> params = parameter_types(decl);
  auto as = [&](result r) {
    return number(params, stdarg_p(TREE_TYPE(decl)), TREE_TYPE(TREE_TYPE(decl)), r);
  };
  esc_function_signatures(m, id, as(result::used), as(result::dropped), as(result::none));
}

uint32_t signature_table::number(const gcall *call) {
  tree type = gimple_call_internal_p(call) || gimple_call_fndecl(call) ? NULL_TREE
                                                                       : gimple_call_fntype(call);
  if (!type || !prototype_p(type) || stdarg_p(type))
    return ESC_NONE;
  std::vector<tree> params;
  for (tree arg = TYPE_ARG_TYPES(type); arg && arg != void_list_node; arg = TREE_CHAIN(arg))
    params.push_back(TREE_VALUE(arg));
  tree returned = TREE_TYPE(type), lhs = gimple_call_lhs(call);
  bool unused = !lhs || (TREE_CODE(lhs) == SSA_NAME && has_zero_uses(lhs));
  bool none = VOID_TYPE_P(returned) || returns_in_memory(type);
  return number(params, false, returned,
                none     ? result::none
                : unused ? result::dropped
                         : result::used);
}

// ---- calls by name ------------------------------------------------------------------------------

namespace {

// A call of such a function stands elsewhere in its block or has other virtual operands.
bool changes_its_call(tree decl) {
  return flags_from_decl_or_type(decl) &
         (ECF_NORETURN | ECF_RETURNS_TWICE | ECF_CONST | ECF_PURE | ECF_NOVOPS);
}

// A model of the functions whose address is taken, and of nothing else.
class target_model {
public:
  target_model() : m(esc_module_new(nullptr)) {
    cgraph_node *node;
    FOR_EACH_FUNCTION(node) {
      if (node->alias || node->inlined_to || !is_address_taken(node) || !m)
        continue;
      EscFunc id = esc_function(m.get(), linkage_name(node->decl).c_str());
      uint32_t flags = ESC_FUNC_ADDRESS_TAKEN;
      flags |= DECL_IS_MALLOC(node->decl) ? uint32_t(ESC_FUNC_MALLOC) : 0;
      esc_function_declare(m.get(), id, unsigned(parameter_types(node->decl).size()), flags);
      table.declare(m.get(), id, node->decl);
      if (functions.size() <= id)
        functions.resize(size_t(id) + 1);
      functions[id] = node;
    }
  }

  // The functions that the call can be of; none: they are too many, or other calls than this one.
  std::vector<cgraph_node *> targets(const gcall *call) {
    std::vector<cgraph_node *> known;
    uint32_t number = m ? table.number(call) : uint32_t(ESC_NONE);
    if (number == ESC_NONE)
      return known;
    EscFunc ids[ESC_MAX_TARGETS] = {esc_sole_target(m.get(), number)};
    uint32_t count = ids[0] != ESC_NONE ? 1 : esc_allocator_targets(m.get(), number, ids);
    for (uint32_t n = 0; n < count; ++n) {
      cgraph_node *node = ids[n] < functions.size() ? functions[ids[n]] : nullptr;
      if (!node || changes_its_call(node->decl) ||
          !types_compatible_p(gimple_call_fntype(call), TREE_TYPE(node->decl)))
        return {};
      known.push_back(node);
    }
    return known;
  }

private:
  signature_table table;
  std::unique_ptr<EscModule, lowered_module::destroy> m;
  std::vector<cgraph_node *> functions; // by EscFunc
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

void known_targets::apply(bool keep, const change_filter &may_change) {
  if (brings_functions())
    return;
  target_model model;
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
      targets_of_call targets = model.targets(call);
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
