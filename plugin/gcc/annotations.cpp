// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// annotations.cpp - see annotations.h.
//
// GCC frees a declaration that repeats another one, and merges the attributes of both. So nothing
// here keeps a declaration: it is given an attribute with the promise's number, which no source can
// spell.
#include "annotations.h"
#include "apply.h"

namespace escapement {
namespace {

const char mark[] = "escapement promise"; // the blank is in no name of a source

annotations *reader = nullptr;

struct kind_name {
  const char *name;
  PromiseKind kind;
};
const kind_name kinds[] = {
    {"escapement_must_stack", PromiseKind::MustStack},
    {"escapement_no_alloc", PromiseKind::NoAlloc},
    {"escapement_may_heap", PromiseKind::MayHeap},
};

tree accept(tree *node, tree name, tree args, int, bool *no_add_attrs) {
  *no_add_attrs = true;
  if (reader && DECL_P(*node))
    reader->meet(node, name, args);
  return NULL_TREE;
}

PromiseKind kind_of(tree name) {
  for (const kind_name &k : kinds)
    if (is_attribute_p(k.name, name))
      return k.kind;
  gcc_unreachable();
}

std::string text_of(tree args) {
  tree text = args ? TREE_VALUE(args) : NULL_TREE;
  if (!text || TREE_CODE(text) != STRING_CST)
    return {};
  return std::string(TREE_STRING_POINTER(text),
                     strnlen(TREE_STRING_POINTER(text), size_t(TREE_STRING_LENGTH(text))));
}

bool has_frame_storage(tree decl) {
  return TREE_CODE(decl) == PARM_DECL || (!TREE_STATIC(decl) && !DECL_EXTERNAL(decl));
}

bool can_be_marked(tree t) {
  return VAR_P(t) || TREE_CODE(t) == PARM_DECL || TREE_CODE(t) == FUNCTION_DECL;
}

// Calls `use` with the number of each mark of the declaration.
template <typename Use> void for_marks(tree decl, Use use) {
  for (tree a = lookup_attribute(mark, DECL_ATTRIBUTES(decl)); a;
       a = lookup_attribute(mark, TREE_CHAIN(a)))
    use(size_t(tree_to_uhwi(TREE_VALUE(TREE_VALUE(a)))));
}

// Does the declaration stay when the body that it is in does not?
bool is_outside(tree decl) {
  return VAR_P(decl) && DECL_NAME(decl) && (DECL_EXTERNAL(decl) || DECL_FILE_SCOPE_P(decl));
}

// What stands around an expression without changing its value.
tree stripped(tree e) {
  while (e && (CONVERT_EXPR_P(e) || TREE_CODE(e) == NON_LVALUE_EXPR ||
               TREE_CODE(e) == VIEW_CONVERT_EXPR || TREE_CODE(e) == SAVE_EXPR))
    e = TREE_OPERAND(e, 0);
  return e;
}

// The variable that an lvalue is in, as a member or an element; null: it may be elsewhere.
tree whole_of(tree lvalue) {
  while (lvalue && (TREE_CODE(lvalue) == COMPONENT_REF || TREE_CODE(lvalue) == ARRAY_REF))
    lvalue = TREE_OPERAND(lvalue, 0);
  return lvalue && VAR_P(lvalue) ? lvalue : NULL_TREE;
}

bool ends_with(const char *text, const char *end) {
  size_t size = strlen(text), tail = strlen(end);
  return size >= tail && strcmp(text + size - tail, end) == 0;
}

} // namespace

void annotations::announce() {
  // Debug information about macros would show it.
  if (debug_info_level >= DINFO_LEVEL_VERBOSE)
    return;
  lang_hooks.handle_option(OPT_D, "__ESCAPEMENT__=1", 1, 0, UNKNOWN_LOCATION, nullptr);
}

void annotations::register_with_gcc(annotations *heeded) {
  reader = heeded;
  static attribute_spec specs[] = {
      {"", 0, 0, true, false, false, false, accept, nullptr},
      {"", 0, 0, true, false, false, false, accept, nullptr},
      {"", 1, 1, true, false, false, false, accept, nullptr},
  };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i) {
    specs[i].name = kinds[i].name;
    register_attribute(&specs[i]);
  }
}

Position annotations::position(location_t where) const {
  place p = sources.at(where);
  return Position(p.file, p.line, p.col);
}

void annotations::meet(tree *decl, tree name, tree args) {
  if (!can_be_marked(*decl) || !DECL_NAME(*decl))
    return;
  sources.enable();
  Promise p;
  p.Kind = kind_of(name);
  p.Name = IDENTIFIER_POINTER(DECL_NAME(*decl));
  p.Reason = text_of(args);
  p.At = position(DECL_SOURCE_LOCATION(*decl));
  p.Host = DECL_SOURCE_LOCATION(*decl);
  p.Misplaced = TREE_CODE(*decl) != FUNCTION_DECL && p.Kind != PromiseKind::NoAlloc &&
                !has_frame_storage(*decl);
  tree number = build_int_cst(integer_type_node, HOST_WIDE_INT(all.size()));
  DECL_ATTRIBUTES(*decl) =
      tree_cons(get_identifier(mark), build_tree_list(NULL_TREE, number), DECL_ATTRIBUTES(*decl));
  // Before a declaration is complete nothing but the function that is parsed tells where it is.
  if (p.Kind == PromiseKind::MayHeap && VAR_P(*decl) && !current_function_decl)
    outside.push_back(all.size());
  all.push_back(std::move(p));
}

// A variable outside of functions may be assigned to before its promise is met.
bool annotations::may_promise() {
  for (; !includes && maps_seen < LINEMAPS_ORDINARY_USED(line_table); ++maps_seen) {
    const char *name = ORDINARY_MAP_FILE_NAME(LINEMAPS_ORDINARY_MAP_AT(line_table, maps_seen));
    includes = name && ends_with(name, "escapement/annotate.h");
  }
  return includes || !all.empty();
}

// ---- bodies -------------------------------------------------------------------------------------

// The calls whose result the expression is.
void annotations::add_calls(tree e, std::vector<location_t> &calls) const {
  e = stripped(e);
  if (!e)
    return;
  switch (TREE_CODE(e)) {
  case COND_EXPR:
    add_calls(TREE_OPERAND(e, 1), calls);
    add_calls(TREE_OPERAND(e, 2), calls);
    break;
  case COMPOUND_EXPR:
  case MODIFY_EXPR:
  case C_MAYBE_CONST_EXPR: // in front of the value: what is evaluated before it
    add_calls(TREE_OPERAND(e, 1), calls);
    break;
  case TARGET_EXPR: { // ({ ... }): its last statement assigns to the target
    struct last_value {
      tree slot, value;
    } found = {TARGET_EXPR_SLOT(e), NULL_TREE};
    auto look = [](tree *t, int *, void *context) -> tree {
      auto *f = static_cast<last_value *>(context);
      if (TREE_CODE(*t) == MODIFY_EXPR && TREE_OPERAND(*t, 0) == f->slot)
        f->value = TREE_OPERAND(*t, 1);
      return NULL_TREE;
    };
    walk_tree_without_duplicates(&TARGET_EXPR_INITIAL(e), look, &found);
    add_calls(found.value, calls);
    break;
  }
  case CALL_EXPR:
    if (POINTER_TYPE_P(TREE_TYPE(e)))
      calls.push_back(get_range_from_loc(line_table, EXPR_LOCATION(e)).m_start);
    break;
  default:
    break;
  }
}

void annotations::add_assigned(tree target, tree value) {
  target = stripped(target);
  if (!target || !value)
    return;
  if (tree whole = whole_of(target); whole && is_outside(whole))
    add_calls(value, assigned[IDENTIFIER_POINTER(DECL_NAME(whole))]);
  if (!VAR_P(target) && TREE_CODE(target) != PARM_DECL)
    return;
  std::vector<location_t> calls;
  add_calls(value, calls);
  for_marks(target, [&](size_t n) { add_positions(calls, all[n].Calls); });
}

void annotations::add_positions(const std::vector<location_t> &from,
                                std::vector<Position> &to) const {
  for (location_t where : from)
    to.push_back(position(where));
}

struct annotations::walk {
  annotations &a;
  std::vector<tree> nested, variables;

  static tree visit(tree *t, int *, void *context) {
    auto &w = *static_cast<walk *>(context);
    if (TREE_CODE(*t) == MODIFY_EXPR || TREE_CODE(*t) == INIT_EXPR)
      w.a.add_assigned(TREE_OPERAND(*t, 0), TREE_OPERAND(*t, 1));
    if (TREE_CODE(*t) == BIND_EXPR)
      for (tree v = BIND_EXPR_VARS(*t); v; v = DECL_CHAIN(v))
        w.variables.push_back(v);
    if (TREE_CODE(*t) != DECL_EXPR)
      return NULL_TREE;
    tree decl = DECL_EXPR_DECL(*t);
    if (VAR_P(decl))
      w.a.add_assigned(decl, DECL_INITIAL(decl));
    else if (TREE_CODE(decl) == FUNCTION_DECL && DECL_SAVED_TREE(decl))
      w.nested.push_back(decl);
    return NULL_TREE;
  }
};

void annotations::read_body(tree function) {
  if (!may_promise() || !DECL_SAVED_TREE(function))
    return;
  walk w{*this, {}, {}};
  walk_tree_without_duplicates(&DECL_SAVED_TREE(function), walk::visit, &w);
  for (tree inner : w.nested) // they may assign to the variables of this one
    read_body(inner);
  for (tree p = DECL_ARGUMENTS(function); p; p = DECL_CHAIN(p))
    unmark(p);
  for (tree v : w.variables)
    if (VAR_P(v) && !TREE_STATIC(v) && !DECL_EXTERNAL(v))
      unmark(v);
}

void annotations::unmark(tree decl) {
  if (lookup_attribute(mark, DECL_ATTRIBUTES(decl)))
    DECL_ATTRIBUTES(decl) = remove_attribute(mark, DECL_ATTRIBUTES(decl));
}

Promises annotations::take() {
  symtab_node *node;
  if (!all.empty())
    FOR_EACH_SYMBOL(node) {
      if (TREE_CODE(node->decl) == FUNCTION_DECL)
        for_marks(node->decl, [&](size_t n) { all[n].Linked = linkage_name_of(node->decl); });
      unmark(node->decl);
    }
  for (size_t n : outside)
    add_positions(assigned[all[n].Name], all[n].Calls);
  Promises taken;
  for (Promise &p : all)
    taken.add(std::move(p));
  all.clear();
  outside.clear();
  assigned.clear();
  return taken;
}

} // namespace escapement
