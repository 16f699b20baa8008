// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// lower.cpp - the unit's part of lowering: functions, their attributes and parameters, globals.
//
// Everything that has a body is declared first, so that a body never meets a callee whose flags
// change later.
//
// NOT HERE  Statements (lower_body.cpp and what it names).
#include "apply.h"
#include "Promises.h"
#include "lower_impl.h"
#include "slice.h"

namespace escapement {

std::string linkage_name(tree decl) {
  const char *name = IDENTIFIER_POINTER(DECL_ASSEMBLER_NAME(decl));
  return *name == '*' ? name + 1 : name; // given by an asm label
}

bool is_aggregate(tree type) { return AGGREGATE_TYPE_P(type); }

bool returns_in_memory(tree function_type) {
  tree type = TREE_TYPE(function_type);
  if (!is_aggregate(type))
    return false;
  HOST_WIDE_INT bytes = int_size_in_bytes(type);
  return bytes < 0 || bytes > max_value_bytes;
}

bool holds_pointers(tree type, unsigned depth) {
  constexpr unsigned deepest = 64;
  if (POINTER_TYPE_P(type) || depth > deepest)
    return true;
  if (TREE_CODE(type) == ARRAY_TYPE)
    return holds_pointers(TREE_TYPE(type), depth);
  if (!RECORD_OR_UNION_TYPE_P(type))
    return false;
  for (tree field = TYPE_FIELDS(type); field; field = DECL_CHAIN(field))
    if (TREE_CODE(field) == FIELD_DECL && holds_pointers(TREE_TYPE(field), depth + 1))
      return true;
  return false;
}

bool allocator_of(const EscModule *m, const gcall *call, EscAllocatorModel &model) {
  tree decl = called_function(call);
  return decl && esc_model_allocator(m, linkage_name(decl).c_str(), &model);
}

namespace {

bool is_lowered_body(cgraph_node *node) {
  ::function *fun = node ? node->get_fun() : nullptr;
  return fun && node->definition && !node->alias && !node->thunk && node->has_gimple_body_p() &&
         fun->cfg && gimple_in_ssa_p(fun);
}

bool calls_returns_twice(::function *fun) {
  basic_block bb;
  if (fun->calls_setjmp || fun->has_nonlocal_label)
    return true;
  FOR_EACH_BB_FN(bb, fun)
  for (gimple_stmt_iterator gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi))
    if (auto *call = dyn_cast<gcall *>(gsi_stmt(gsi)))
      if (gimple_call_flags(call) & ECF_RETURNS_TWICE)
        return true;
  return false;
}

// What earlier rounds (here, or in what was inlined here) moved into the frame.
uint64_t moved_bytes(::function *fun) {
  uint64_t bytes = 0;
  unsigned i;
  tree var;
  FOR_EACH_LOCAL_DECL(fun, i, var)
  if (is_slot(var) && tree_fits_uhwi_p(DECL_SIZE_UNIT(var)))
    bytes += tree_to_uhwi(DECL_SIZE_UNIT(var));
  return bytes;
}

bool cannot_throw(tree decl) { return !flag_exceptions || TREE_NOTHROW(decl); }

bool has(tree decl, const char *attribute) {
  return lookup_attribute(attribute, DECL_ATTRIBUTES(decl)) != NULL_TREE;
}

bool returns_pointer(tree decl) { return POINTER_TYPE_P(TREE_TYPE(TREE_TYPE(decl))); }

bool is_va_list(tree type) {
  tree list = va_list_type_node;
  if (TREE_CODE(list) == ARRAY_TYPE)
    return POINTER_TYPE_P(type) &&
           TYPE_MAIN_VARIANT(TREE_TYPE(type)) == TYPE_MAIN_VARIANT(TREE_TYPE(list));
  return TYPE_MAIN_VARIANT(type) == TYPE_MAIN_VARIANT(list);
}

bool points_to_numbers(tree type) {
  if (!POINTER_TYPE_P(type))
    return false;
  tree pointee = TREE_TYPE(type);
  return INTEGRAL_TYPE_P(pointee) || SCALAR_FLOAT_TYPE_P(pointee) ||
         TREE_CODE(pointee) == COMPLEX_TYPE;
}

} // namespace

module_lowering::module_lowering(source_table &sources, const Options &opts,
                                 const std::set<const gimple *> &settled, question asked)
    : where(sources), opts(opts), settled(settled),
      // What is written of a file does not depend on the others.
      closed(opts.WholeProgram && !asked.summarize &&
             (asked.set ? asked.set->Closed : opts.Summaries.empty() && !brings_functions())),
      numbers(closed || asked.set), asked(asked) {
  EscConfig config = esc_config_default();
  config.max_object_bytes = opts.MaxObject;
  config.max_frame_bytes = opts.MaxFrame;
  config.max_recursive_bytes = opts.MaxRecursive;
  config.small_buffer_bytes = opts.SmallBuffer;
  config.max_milliseconds = opts.LimitTime * 1000;
  config.forget = opts.Forget;
  config.closed_program = closed;
  config.keep_calls = asked.summarize;
  config.shared_signatures = asked.set != nullptr;
  out.m.reset(esc_module_new(&config));
  collect_disabled_builtins();
  if (numbers)
    taken = taken_by_name();
}

// Whether the address may be taken anywhere in the program.
bool module_lowering::is_taken(cgraph_node *node) const {
  if (is_address_taken(node))
    return true;
  if (!numbers || node->inlined_to)
    return false;
  std::string name = linkage_name(node->decl);
  return taken.count(name) || (asked.set && TREE_PUBLIC(node->decl) && asked.set->find(name));
}

// A static function that other files call through pointers: its summary goes out under a name that
// no other function has.
bool module_lowering::is_named_by_others(tree decl) const {
  cgraph_node *node = cgraph_node::get(decl);
  return asked.summarize && asked.set && !TREE_PUBLIC(decl) && node && is_address_taken(node);
}

// What another file takes the address of. A static function of that name is not it.
EscFunc module_lowering::member(Member &s) {
  EscModule *m = out.m.get();
  if (cgraph_node *here = shared_function(symbols, s.Symbol)) {
    join(s, describe(here->decl));
    return function(here->decl);
  }
  EscFunc id = esc_function(m, (s.Symbol + (symbols.count(s.Symbol) ? "@other" : "")).c_str());
  esc_function_declare(m, id, s.NumParams,
                       ESC_FUNC_ADDRESS_TAKEN | ESC_FUNC_EXPORTED | ESC_FUNC_RETURNS_PTR |
                           (s.Malloc ? uint32_t(ESC_FUNC_MALLOC) : 0));
  return id;
}

// -fno-builtin and -fno-builtin-NAME; nothing else keeps them.
void module_lowering::collect_disabled_builtins() {
  for (unsigned i = 0; i < save_decoded_options_count; ++i) {
    const cl_decoded_option &option = save_decoded_options[i];
    std::string text = option.orig_option_with_args_text ? option.orig_option_with_args_text : "";
    const std::string one = "-fno-builtin-";
    if (text.compare(0, one.size(), one) == 0)
      disabled_builtins.insert(text.substr(one.size()));
    else if (text == "-fno-builtin" || text == "-ffreestanding" || text == "-fno-hosted")
      no_builtins = true;
    else if (text == "-fbuiltin" || text == "-fhosted")
      no_builtins = false;
  }
}

bool module_lowering::is_disabled_builtin(tree decl) {
  if (has_body(decl))
    return false;
  return no_builtins || disabled_builtins.count(linkage_name(decl));
}

// It has a body that no verdict depends on.
bool module_lowering::is_left_out(tree decl) const {
  cgraph_node *node = cgraph_node::get(decl);
  return !asked.whole && is_lowered_body(node) && !relevant.count(node);
}

// Defined by the program, and not seen here.
bool module_lowering::is_elsewhere(tree decl) const {
  cgraph_node *node = cgraph_node::get(decl);
  return (is_left_out(decl) && !DECL_EXTERNAL(decl)) || (node && node->in_other_partition);
}

// Does a call of it make an object that could be asked about?
bool module_lowering::makes_sites(tree decl) {
  EscAllocatorModel model;
  if (allocator(decl, model))
    return model.allocates || model.reallocates;
  return DECL_IS_MALLOC(decl) && !is_lowered_body(cgraph_node::get(decl));
}

// An `extern inline` function of a header is the library's function of that name, if there is one.
bool module_lowering::has_body(tree decl) {
  if (!is_lowered_body(cgraph_node::get(decl)) || is_left_out(decl))
    return false;
  return !DECL_EXTERNAL(decl) || !esc_model_exists(out.m.get(), linkage_name(decl).c_str());
}

unsigned module_lowering::parameters(tree decl) const {
  tree type = TREE_TYPE(decl);
  unsigned n = returns_in_memory(type) ? 1 : 0;
  if (DECL_ARGUMENTS(decl)) {
    for (tree arg = DECL_ARGUMENTS(decl); arg; arg = DECL_CHAIN(arg))
      ++n;
    return n;
  }
  for (tree arg = TYPE_ARG_TYPES(type); arg && arg != void_list_node; arg = TREE_CHAIN(arg))
    ++n;
  return n;
}

EscFunc module_lowering::function(tree decl) {
  auto known = functions.find(decl);
  if (known != functions.end())
    return known->second;
  std::string name = linkage_name(decl);
  if (is_disabled_builtin(decl))
    name += "@nobuiltin";
  else if (is_elsewhere(decl))
    name += "@elsewhere"; // a program's own function is not the library's of the same name
  else if (is_named_by_others(decl))
    name = shared_name(decl, asked.set->StaticSuffix);
  EscFunc id = esc_function(out.m.get(), name.c_str());
  functions[decl] = id;
  declare(decl, id);
  return id;
}

EscFunc module_lowering::unknown_function(const std::string &name, unsigned nparams) {
  std::string unbound = name + "@alias"; // an alias of a library function is not that function
  EscFunc id = esc_function(out.m.get(), unbound.c_str());
  esc_function_declare(out.m.get(), id, nparams,
                       ESC_FUNC_EXPORTED | ESC_FUNC_RETURNS_PTR | ESC_FUNC_VARIADIC);
  esc_function_source(out.m.get(), id, name.c_str(), 0);
  return id;
}

uint32_t module_lowering::function_flags(tree decl) {
  uint32_t flags = 0;
  auto set = [&](bool condition, uint32_t flag) { flags |= condition ? flag : 0; };
  cgraph_node *node = cgraph_node::get(decl);
  set(stdarg_p(TREE_TYPE(decl)), ESC_FUNC_VARIADIC);
  set(!node || is_taken(node) || node->used_from_other_partition, ESC_FUNC_ADDRESS_TAKEN);
  // Others may call a static one that is "used", but no other file knows it by its name.
  set(TREE_PUBLIC(decl) || is_named_by_others(decl) || (has(decl, "used") && !asked.summarize),
      ESC_FUNC_EXPORTED);
  set(DECL_PURE_P(decl) && cannot_throw(decl), ESC_FUNC_PURE);
  set(TREE_READONLY(decl) && cannot_throw(decl), ESC_FUNC_CONST);
  set(has_body(decl) ? is_declared_malloc(decl) : DECL_IS_MALLOC(decl), ESC_FUNC_MALLOC);
  set(lookup_attribute("returns_nonnull", TYPE_ATTRIBUTES(TREE_TYPE(decl))) != NULL_TREE,
      ESC_FUNC_RETURNS_NONNULL);
  set(returns_pointer(decl), ESC_FUNC_RETURNS_PTR);
  if (!has_body(decl))
    return flags;
  set(asked.late || !can_clone(decl), ESC_FUNC_NO_CLONE);
  set(asked.late || !may_inline(decl), ESC_FUNC_NO_INLINE);
  ::function *fun = node->get_fun();
  set(node->get_availability() < AVAIL_AVAILABLE, ESC_FUNC_INTERPOSABLE);
  set(calls_returns_twice(fun), ESC_FUNC_RETURNS_TWICE);
  set(!opt_for_fn(decl, optimize) || has(decl, "naked"), ESC_FUNC_NO_REWRITE);
  set(opts.Sanitized, ESC_FUNC_SANITIZED);
  set(!DECL_ARTIFICIAL(decl), ESC_FUNC_REPORT);
  return flags;
}

void module_lowering::declare(tree decl, EscFunc id) {
  EscModule *m = out.m.get();
  bool body = has_body(decl), rest = body && stdarg_p(TREE_TYPE(decl));
  uint32_t flags = function_flags(decl);
  if (!opts.Rewrite && !optimize)
    flags &= ~uint32_t(ESC_FUNC_NO_REWRITE); // -O0 reports what would be done
  if (opts.Promised)
    flags |= opts.Promised->functionFlags(linkage_name(decl));
  if (closed && (flags & ESC_FUNC_ADDRESS_TAKEN)) {
    Member s = describe(decl);
    auto known = taken.find(s.Symbol);
    if (known != taken.end())
      join(s, known->second);
    esc_function_signatures(m, id, s.Exact, s.Dropped, s.Without);
  }
  esc_function_declare(m, id, parameters(decl) + (rest ? 1 : 0), flags);
  if (body)
    esc_function_reserve(m, id, moved_bytes(DECL_STRUCT_FUNCTION(decl)));
  std::string name = DECL_NAME(decl) ? IDENTIFIER_POINTER(DECL_NAME(decl)) : linkage_name(decl);
  esc_function_source(m, id, name.c_str(),
                      body ? where.named(m, DECL_SOURCE_LOCATION(decl), name) : 0);
  declare_attributes(decl, id);
  declare_parameters(decl, id);
}

void module_lowering::declare_attributes(tree decl, EscFunc id) {
  unsigned hidden = returns_in_memory(TREE_TYPE(decl)) ? 1 : 0;
  for (tree a = lookup_attribute("malloc", DECL_ATTRIBUTES(decl)); a;
       a = lookup_attribute("malloc", TREE_CHAIN(a))) {
    tree args = TREE_VALUE(a);
    tree dealloc = args ? TREE_VALUE(args) : NULL_TREE;
    if (!dealloc || TREE_CODE(dealloc) != FUNCTION_DECL)
      continue;
    tree position = TREE_CHAIN(args) ? TREE_VALUE(TREE_CHAIN(args)) : NULL_TREE;
    uint32_t n = position && tree_fits_uhwi_p(position) ? uint32_t(tree_to_uhwi(position) - 1) : 0;
    esc_function_deallocator(out.m.get(), id, function(dealloc), n);
    break;
  }
  tree size = lookup_attribute("alloc_size", TYPE_ATTRIBUTES(TREE_TYPE(decl)));
  if (!size)
    return;
  uint32_t at[2] = {ESC_NONE, ESC_NONE};
  unsigned n = 0;
  for (tree arg = TREE_VALUE(size); arg && n < 2; arg = TREE_CHAIN(arg))
    if (tree_fits_uhwi_p(TREE_VALUE(arg)))
      at[n++] = uint32_t(tree_to_uhwi(TREE_VALUE(arg))) - 1 + hidden;
  if (n)
    esc_function_alloc_size(out.m.get(), id, at[0], at[1]);
}

void module_lowering::declare_parameters(tree decl, EscFunc id) {
  EscModule *m = out.m.get();
  constexpr uint32_t hidden_group = 1u << 16; // groups of what is no parameter of the source
  bool body = has_body(decl);
  uint32_t n = 0, group = 0;
  if (returns_in_memory(TREE_TYPE(decl)))
    esc_param(m, id, n++, nullptr, hidden_group, ESC_PARAM_SRET, 0);
  if (!DECL_ARGUMENTS(decl))
    for (tree arg = TYPE_ARG_TYPES(TREE_TYPE(decl)); arg && arg != void_list_node;
         arg = TREE_CHAIN(arg), ++n) {
      tree type = TREE_VALUE(arg);
      uint32_t flags = is_aggregate(type) ? uint32_t(ESC_PARAM_BYVAL) : 0;
      if (lookup_attribute("noescape", TYPE_ATTRIBUTES(type)))
        flags |= ESC_PARAM_NOESCAPE;
      esc_param(m, id, n, nullptr, hidden_group + n, flags, 0);
    }
  for (tree arg = DECL_ARGUMENTS(decl); arg; arg = DECL_CHAIN(arg), ++n) {
    uint32_t flags = 0;
    tree type = TREE_TYPE(arg);
    std::string name = DECL_NAME(arg) ? IDENTIFIER_POINTER(DECL_NAME(arg)) : "";
    if (is_aggregate(type))
      flags |= ESC_PARAM_BYVAL;
    if (has(arg, "noescape"))
      flags |= ESC_PARAM_NOESCAPE;
    if (body && holds_pointers(type) && !is_va_list(type) && !name.empty())
      flags |= ESC_PARAM_REPORT;
    if (points_to_numbers(type))
      flags |= ESC_PARAM_FLAT;
    esc_param(m, id, n, name.empty() ? nullptr : name.c_str(), group++, flags,
              body ? where.named(m, DECL_SOURCE_LOCATION(arg), name) : 0);
  }
  if (body && stdarg_p(TREE_TYPE(decl)))
    esc_param(m, id, n, nullptr, hidden_group + n, ESC_PARAM_REST, 0);
}

EscGlobal module_lowering::global(tree decl) {
  auto known = globals.find(decl);
  if (known != globals.end())
    return known->second;
  EscGlobalKind kind = ESC_GLOBAL_PLAIN;
  if (VAR_P(decl) && DECL_THREAD_LOCAL_P(decl))
    kind = ESC_GLOBAL_THREAD;
  else if (VAR_P(decl) && TREE_STATIC(decl) && decl_function_context(decl))
    kind = ESC_GLOBAL_STATIC;
  bool is_const = TREE_CODE(decl) == CONST_DECL || TREE_CODE(decl) == STRING_CST ||
                  (VAR_P(decl) && TREE_READONLY(decl) && !DECL_EXTERNAL(decl) && !DECL_WEAK(decl) &&
                   !TREE_THIS_VOLATILE(decl));
  bool named = DECL_P(decl) && DECL_NAME(decl);
  EscGlobal id = esc_global(out.m.get(), named ? IDENTIFIER_POINTER(DECL_NAME(decl)) : nullptr,
                            kind, is_const);
  return globals[decl] = id;
}

bool module_lowering::allocator(tree decl, EscAllocatorModel &model) {
  if (is_disabled_builtin(decl) ||
      !esc_model_allocator(out.m.get(), linkage_name(decl).c_str(), &model))
    return false;
  // A program's own malloc is a function like any other; its own zmalloc, declared by the user as
  // an allocator, is what the user says.
  cgraph_node *node = cgraph_node::get(decl);
  bool own = node && ((node->definition && !DECL_EXTERNAL(decl)) || node->in_other_partition);
  return !own || model.user_declared;
}

lowered_module module_lowering::run() {
  EscModule *m = out.m.get();
  if (!m)
    return std::move(out);
  if (asked.across)
    asked.across->addModels(m);
  for (const ModelsFile &file : opts.Models) {
    EscError error;
    if (!esc_models_read(m, file.Text.data(), file.Text.size(), &error))
      esc_module_give_up(m, error.message);
  }
  if (!asked.whole)
    relevant = relevant_functions(
        [this](cgraph_node *node) {
          return (closed && is_taken(node)) ||
                 (asked.across && asked.across->called().count(linkage_name(node->decl)));
        },
        [this](cgraph_node *node) { return makes_sites(node->decl); });
  cgraph_node *node;
  FOR_EACH_DEFINED_FUNCTION(node) {
    if (node->inlined_to || !has_body(node->decl))
      continue;
    lowered_function f;
    f.node = node;
    out.functions.push_back(f);
  }
  // The symbol table's order is the reverse of the source's.
  std::sort(out.functions.begin(), out.functions.end(),
            [](const lowered_function &a, const lowered_function &b) {
              return a.node->order < b.node->order;
            });
  for (unsigned i = 0; i < out.functions.size(); ++i) {
    lowered_function &f = out.functions[i];
    f.id = function(f.node->decl);
    out.function_index[f.node->decl] = i;
  }
  if (closed)
    FOR_EACH_FUNCTION(node)
  if (!node->inlined_to && is_taken(node))
    function(node->decl);
  if (closed && asked.set) {
    symbols = symbols_by_name();
    declareMembers(m, *asked.set, [this](Member &s) { return member(s); });
  }
  for (unsigned i = 0; i < out.functions.size(); ++i) {
    push_cfun(out.functions[i].node->get_fun());
    body_lowering(*this, out.functions[i], i).run();
    pop_cfun();
  }
  if (asked.across)
    asked.across->addSummaries(m);
  return std::move(out);
}

lowered_module lower(source_table &sources, const Options &opts,
                     const std::set<const gimple *> &settled, question asked) {
  return module_lowering(sources, opts, settled, asked).run();
}

} // namespace escapement
