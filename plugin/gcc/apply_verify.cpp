// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// apply_verify.cpp - verify mode: where the rewrite has the address of a slot, a call of the verify
// runtime says where the object is (verify/include/escapement/verify.h).
//
//     slot            and beside it   cell = &cell
//     p = &slot       p = esc_verify_take(&cell, &slot, n, align, &site)
//     p == &slot      p == cell
//     return          esc_verify_leave(&cell); return
//
// INVARIANT  The same sites are moved and the same frees removed, guarded or copied as without
// verify mode: a plan does not know of it, only its execution does. The slots stay, for what is not
// guarded, and so does their weight in the budgets.
//
// The runtime's functions are declared as leaves that do not throw, as they are: a call of one then
// needs no edges of its own where setjmp or exceptions are about.
//
// NOT HERE  The places themselves (apply_slot.cpp, apply_free.cpp, apply_realloc.cpp); what a later
// lowering makes of the calls (models of their names in analysis/models/libc.models).
#include "apply_verify.h"

namespace escapement {
namespace {

struct guarded_slot {
  tree slot, cell, note;
  uint64_t align;
};

bool is_on = false;                // verify mode
std::vector<guarded_slot> guarded; // the slots of the body that is being rewritten

const guarded_slot *find(tree slot) {
  for (const guarded_slot &g : guarded)
    if (g.slot == slot)
      return &g;
  return nullptr;
}

tree runtime_function(const char *name, tree result, const std::vector<tree> &args) {
  symtab_node *known = symtab_node::get_for_asmname(get_identifier(name));
  if (known && TREE_CODE(known->decl) == FUNCTION_DECL)
    return known->decl;
  std::vector<tree> types;
  for (tree arg : args)
    types.push_back(POINTER_TYPE_P(TREE_TYPE(arg)) ? ptr_type_node : TREE_TYPE(arg));
  tree decl =
      build_fn_decl(name, build_function_type_array(result, int(types.size()), types.data()));
  DECL_ATTRIBUTES(decl) = tree_cons(get_identifier("leaf"), NULL_TREE, NULL_TREE);
  return decl;
}

gcall *build_call(const char *name, tree result, const std::vector<tree> &args, location_t where) {
  vec<tree> list = vNULL;
  for (tree arg : args)
    list.safe_push(arg);
  gcall *call = gimple_build_call_vec(runtime_function(name, result, args), list);
  list.release();
  if (!VOID_TYPE_P(result))
    gimple_call_set_lhs(call, make_ssa_name(result));
  gimple_call_set_nothrow(call, true);
  gimple_set_location(call, where);
  return call;
}

gcall *insert(gimple_stmt_iterator *gsi, const char *name, tree result,
              const std::vector<tree> &args, location_t where) {
  gcall *call = build_call(name, result, args, where);
  gsi_insert_before(gsi, call, GSI_SAME_STMT);
  count_edge(call);
  return call;
}

tree size_of(uint64_t bytes) { return build_int_cst(size_type_node, HOST_WIDE_INT(bytes)); }

tree insert_taking(gimple_stmt_iterator *gsi, const char *name, const site_plan &s, tree bytes,
                   const std::vector<tree> &more) {
  const guarded_slot &g = *find(s.slot);
  std::vector<tree> args = {build_fold_addr_expr(g.cell), build_fold_addr_expr(s.slot), bytes,
                            size_of(g.align), build_fold_addr_expr(g.note)};
  args.insert(args.end(), more.begin(), more.end());
  return gimple_call_lhs(insert(gsi, name, ptr_type_node, args, gimple_location(s.call)));
}

// ---- what the report will say

std::string place_of(const gimple *stmt) {
  location_t where = stmt ? gimple_location(stmt) : UNKNOWN_LOCATION;
  if (LOCATION_LOCUS(where) <= BUILTINS_LOCATION)
    return "a place that is not known";
  expanded_location e = expand_location(
      linemap_resolve_location(line_table, where, LRK_MACRO_EXPANSION_POINT, nullptr));
  std::string file = e.file ? e.file : "";
  if (file.compare(0, 2, "./") == 0)
    file.erase(0, 2);
  return file + ":" + std::to_string(e.line) + ":" + std::to_string(e.column);
}

std::string describe_op(const plan &p, const op_plan &op) {
  std::string at = " at " + place_of(op.call);
  switch (op.what) {
  case op_plan::kind::frees:
    return (op.remove ? "free removed" : "free guarded") + at;
  case op_plan::kind::reallocates:
    return "realloc rewritten" + at;
  case op_plan::kind::calls:
    return "call of a copy of " + linkage_name_of(p.lowered.functions[op.callee].node->decl) + at;
  }
  return {};
}

std::string flow_of(const plan &p, const site_plan &s, const lowered_site &l) {
  std::string text = "slot of " + std::to_string(s.bytes) + " bytes";
  auto f = p.functions.find(l.function);
  if (f != p.functions.end())
    for (const op_plan &op : f->second.ops)
      if (std::find(op.sites.begin(), op.sites.end(), s.site) != op.sites.end())
        text += "\n" + describe_op(p, op);
  for (size_t begin = 0; begin < l.chain.size();) {
    size_t end = std::min(l.chain.find('@', begin), l.chain.size());
    text += "\ninlined at " + l.chain.substr(begin, end - begin);
    begin = end + 1;
  }
  return text;
}

tree text(const std::string &bytes) {
  return build_string_literal(int(bytes.size() + 1), bytes.c_str());
}

// EscVerifySite, field by field.
tree site_record() {
  tree type = make_node(RECORD_TYPE), fields = NULL_TREE, last = NULL_TREE;
  auto add = [&](unsigned n, tree field_type) {
    for (; n; --n) {
      tree field = build_decl(BUILTINS_LOCATION, FIELD_DECL, NULL_TREE, field_type);
      DECL_CONTEXT(field) = type;
      (last ? DECL_CHAIN(last) : fields) = field;
      last = field;
    }
  };
  add(5, build_pointer_type(char_type_node));
  add(1, uint64_type_node);
  add(4, uint32_type_node);
  TYPE_FIELDS(type) = fields;
  layout_type(type);
  return type;
}

} // namespace

tree describe_site(const plan &p, const site_plan &s) {
  const lowered_site &l = p.lowered.sites[s.site];
  tree decl = p.lowered.functions[l.function].node->decl;
  std::string expression = l.source ? l.source->text : linkage_name_of(gimple_call_fndecl(s.call));
  std::string limit = s.buffer ? " up to " + std::to_string(s.bytes) + " bytes" : "";
  std::string function =
      DECL_NAME(decl) ? IDENTIFIER_POINTER(DECL_NAME(decl)) : linkage_name_of(decl);
  tree type = site_record();
  std::vector<tree> values = {text(l.source              ? l.source->at.file
                                   : main_input_filename ? main_input_filename
                                                         : "-"),
                              text(expression),
                              text(function),
                              text("moved to stack" + limit + ": " + expression),
                              text(flow_of(p, s, l)),
                              build_int_cst(uint64_type_node, HOST_WIDE_INT(s.bytes))};
  for (unsigned n : {l.source ? l.source->at.line : 0, l.source ? l.source->at.col : 0, 0u, 0u})
    values.push_back(build_int_cst(uint32_type_node, n));
  vec<constructor_elt, va_gc> *elements = nullptr;
  tree field = TYPE_FIELDS(type);
  for (tree value : values) {
    CONSTRUCTOR_APPEND_ELT(elements, field, fold_convert(TREE_TYPE(field), value));
    field = DECL_CHAIN(field);
  }
  tree var = build_decl(BUILTINS_LOCATION, VAR_DECL, create_tmp_var_name("esc.site"), type);
  TREE_STATIC(var) = TREE_USED(var) = TREE_ADDRESSABLE(var) = 1;
  DECL_ARTIFICIAL(var) = DECL_IGNORED_P(var) = 1;
  DECL_INITIAL(var) = build_constructor(type, elements);
  TREE_CONSTANT(DECL_INITIAL(var)) = TREE_STATIC(DECL_INITIAL(var)) = 1;
  varpool_node::finalize_decl(var);
  // The functions' references are counted anew only later.
  varpool_node::get(var)->force_output = 1;
  return var;
}

namespace {

// A block of its own behind the call, on the way that the function goes on.
void insert_landing(gcall *call) {
  edge next;
  edge_iterator ei;
  gcall *landed = build_call("esc_verify_landed", void_type_node, {}, gimple_location(call));
  FOR_EACH_EDGE(next, ei, gimple_bb(call)->succs)
  if (!(next->flags & (EDGE_ABNORMAL | EDGE_EH)))
    break;
  if (!stmt_ends_bb_p(call)) {
    gimple_stmt_iterator gsi = gsi_for_stmt(call);
    gsi_insert_after(&gsi, landed, GSI_SAME_STMT);
  } else if (next) {
    gsi_insert_on_edge_immediate(next, landed);
  } else {
    return; // it never comes back
  }
  count_edge(landed);
}

} // namespace

// In a copy of a callee, what a caller hands down is the address of its object.
bool is_guarded(tree slot) { return is_on && (TREE_CODE(slot) == SSA_NAME || find(slot)); }

void guard_slot(const site_plan &s, tree note) {
  tree cell = create_tmp_var(ptr_type_node, "esc_cell");
  TREE_ADDRESSABLE(cell) = 1;
  guarded.push_back({s.slot, cell, note, s.align});
  gsi_insert_on_edge_immediate(single_succ_edge(ENTRY_BLOCK_PTR_FOR_FN(cfun)),
                               gimple_build_assign(cell, build_fold_addr_expr(cell)));
}

tree insert_object(gimple_stmt_iterator *gsi, tree slot) {
  tree name = make_ssa_name(ptr_type_node);
  gsi_insert_before(gsi, gimple_build_assign(name, find(slot)->cell), GSI_SAME_STMT);
  return name;
}

tree insert_take(gimple_stmt_iterator *gsi, const site_plan &s, tree bytes) {
  return insert_taking(gsi, "esc_verify_take", s, bytes, {});
}

tree insert_take_copy(gimple_stmt_iterator *gsi, const site_plan &s, tree bytes, tree source,
                      tree keep) {
  return insert_taking(gsi, "esc_verify_take_copy", s, bytes, {source, keep});
}

tree insert_resize(gimple_stmt_iterator *gsi, const site_plan &s, tree bytes, tree old, tree keep) {
  return insert_taking(gsi, "esc_verify_resize", s, bytes, {old, keep});
}

void insert_copy_out(gimple_stmt_iterator *gsi, tree to, tree old, tree keep, location_t where) {
  insert(gsi, "esc_verify_copy_out", void_type_node, {to, old, keep}, where);
}

void insert_verified_free(gimple_stmt_iterator *gsi, tree object, location_t where) {
  insert(gsi, "esc_verify_free", void_type_node, {object}, where);
}

void replace_removed_free(gcall *call, uint32_t pointer_arg, const std::vector<tree> &slots) {
  gimple_stmt_iterator gsi = gsi_for_stmt(call);
  location_t where = gimple_location(call);
  tree freed = gimple_call_arg(call, pointer_arg), known = NULL_TREE;
  for (tree slot : slots) {
    tree object = slot_address(&gsi, slot, TREE_TYPE(freed));
    tree is = insert_value(&gsi, boolean_type_node, EQ_EXPR, freed, object, where);
    known = known ? insert_value(&gsi, boolean_type_node, BIT_IOR_EXPR, known, is, where) : is;
  }
  known = insert_value(&gsi, integer_type_node, NOP_EXPR, known, NULL_TREE, where);
  insert(&gsi, "esc_verify_removed_free", void_type_node, {freed, known}, where);
  remove_statement(call);
}

void leave_at_returns() {
  basic_block bb;
  FOR_EACH_BB_FN(bb, cfun) {
    gimple_stmt_iterator gsi = gsi_last_nondebug_bb(bb);
    if (gsi_end_p(gsi))
      continue;
    gimple *end = gsi_stmt(gsi);
    bool unwinds = gimple_code(end) == GIMPLE_RESX && EDGE_COUNT(bb->succs) == 0;
    if (gimple_code(end) != GIMPLE_RETURN && !unwinds)
      continue;
    for (const guarded_slot &g : guarded)
      insert(&gsi, "esc_verify_leave", void_type_node, {build_fold_addr_expr(g.cell)},
             gimple_location(end));
  }
  guarded.clear();
}

void prepare_verify() {
  is_on = true;
  cgraph_node *node;
  FOR_EACH_FUNCTION_WITH_GIMPLE_BODY(node) {
    ::function *fun = node->get_fun();
    if (!fun || !fun->cfg || !gimple_in_ssa_p(fun) || !fun->calls_setjmp)
      continue;
    push_cfun(fun);
    std::vector<gcall *> returning;
    basic_block bb;
    FOR_EACH_BB_FN(bb, fun)
    for (gimple_stmt_iterator gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi))
      if (auto *call = dyn_cast<gcall *>(gsi_stmt(gsi)))
        if (gimple_call_flags(call) & ECF_RETURNS_TWICE)
          returning.push_back(call);
    for (gcall *call : returning)
      insert_landing(call);
    free_dominance_info(CDI_DOMINATORS);
    free_dominance_info(CDI_POST_DOMINATORS);
    calculate_dominance_info(CDI_DOMINATORS);
    mark_virtual_operands_for_renaming(fun);
    update_ssa(TODO_update_ssa);
    free_dominance_info(CDI_DOMINATORS);
    pop_cfun();
  }
}

} // namespace escapement
