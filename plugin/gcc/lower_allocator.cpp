// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// lower_allocator.cpp - calls that make, resize or give back an object: ALLOC, REALLOC, FREE.
//
// The model of a library function (esc_model_allocator) says which argument is a size, a pointer or
// the place the result is stored to; here these become numbers and values. An allocator that is
// only declared (attribute malloc) also makes an object, but one that stays where it is.
//
// INVARIANT  Every ALLOC and REALLOC has a site of its own, and lowered_module::sites says which
// call it is. A site is movable only in a form that apply.cpp can rewrite, at a call that may be
// changed.
//
// NOT HERE  Which functions are allocators (analysis/models/libc.models), all other calls
// (lower_call.cpp).
#include "apply.h"
#include "lower_impl.h"
#include "Calls.h"
#include "number.h"
#include "warned.h"

namespace escapement {

EscSite body_lowering::new_site(gcall *call, EscSiteInfo &info, const call_info *source) {
  if (ml.settled.count(call) || is_settled(call)) { // an object, but no site of ours
    info.movable = false;
    source = nullptr;
  }
  info.source = ml.where.site(m, source);
  // What getline returns is no memory.
  if (source && source->dest != ESC_DEST_NONE && info.kind != ESC_ALLOC_GETLINE) {
    info.dest = source->dest;
    info.dest_source = ml.where.destination(m, source);
  }
  EscSite site = esc_site(m, id, &info);
  if (site == ESC_NONE)
    return site;
  if (ml.out.sites.size() <= site)
    ml.out.sites.resize(size_t(site) + 1);
  lowered_site &entry = ml.out.sites[site];
  entry.call = call;
  entry.function = index;
  entry.source = source;
  entry.movable = info.movable;
  if (source)
    entry.chain = ml.where.chain(call);
  return site;
}

EscNumber body_lowering::allocated_size(gcall *call, const EscAllocatorModel &model) {
  EscNumber size = esc_number_unknown();
  unsigned nargs = gimple_call_num_args(call);
  if (model.duplicates) {
    size.lo = 1;
    if (model.source_param >= nargs)
      return size;
    const char *text = model.kind == ESC_ALLOC_WCSDUP
                           ? nullptr
                           : c_getstr(gimple_call_arg(call, model.source_param));
    if (text)
      size = esc_number_constant(strlen(text) + 1);
    if (model.size_param < nargs) { // strndup: at most n and the zero
      EscNumber most = number_of(gimple_call_arg(call, model.size_param), call, params);
      size.lo = 1;
      if (most.hi < size.hi)
        size.hi = most.hi + 1;
    }
    return size;
  }
  if (model.size_param >= nargs)
    return size;
  size = number_of(gimple_call_arg(call, model.size_param), call, params);
  if (model.count_param < nargs)
    size = product(size, number_of(gimple_call_arg(call, model.count_param), call, params));
  return size;
}

uint64_t body_lowering::alignment(gcall *call, const EscAllocatorModel &model) {
  constexpr uint64_t malloc_alignment = 16; // what the C library gives on 64-bit targets
  if (model.align_param >= gimple_call_num_args(call))
    return model.kind == ESC_ALLOC_ALIGNED ? 0 : malloc_alignment; // valloc: a page, unknown here
  tree align = gimple_call_arg(call, model.align_param);
  if (!tree_fits_uhwi_p(align) || tree_to_uhwi(align) >> 32 || !pow2p_hwi(tree_to_uhwi(align)))
    return 0;
  // posix_memalign refuses less than a pointer's size (EINVAL); a slot would not.
  if (model.kind == ESC_ALLOC_POSIX_MEMALIGN && tree_to_uhwi(align) < POINTER_SIZE / BITS_PER_UNIT)
    return 0;
  return std::max<uint64_t>(malloc_alignment, tree_to_uhwi(align));
}

bool body_lowering::lower_allocator(gcall *call, tree decl) {
  EscAllocatorModel model;
  if (!ml.allocator(decl, model))
    return false;
  std::string name = linkage_name(decl);
  const call_info *source = ml.where.call(call, name);
  unsigned nargs = gimple_call_num_args(call);
  auto pointer = [&](uint32_t param) {
    return param < nargs && !is_aggregate(TREE_TYPE(gimple_call_arg(call, param)))
               ? operand(gimple_call_arg(call, param))
               : EscValue(ESC_NONE);
  };
  if (!model.allocates && !model.reallocates) {
    if (!model.frees)
      return false;
    EscOpInfo given = esc_op_info(ESC_OP_FREE);
    given.a = pointer(model.pointer_param);
    given.flags = call_flags(call);
    given.source = ml.where.callee(m, source);
    if (given.a != ESC_NONE)
      emit(given, call);
    return true;
  }
  EscSiteInfo info = {};
  info.kind = model.kind;
  info.allocator = name.c_str();
  info.size_bytes = allocated_size(call, model);
  info.align_bytes = alignment(call, model);
  info.zeroed = model.zeroed;
  info.may_fail = model.may_fail;
  bool garbage = !model.zeroed && !model.duplicates && !model.reallocates;
  info.movable =
      is_movable(call, model, info.align_bytes) && !(call_flags(call) & ESC_OPF_NO_CHANGE);
  info.misuse = info.movable ? misuse_of(call, info.size_bytes.hi, garbage) : nullptr;
  info.movable &= !info.misuse;

  EscOpInfo op = esc_op_info(model.reallocates ? ESC_OP_REALLOC : ESC_OP_ALLOC);
  op.flags = call_flags(call);
  if (model.reallocates && !can_guard_realloc(call, model))
    op.flags |= ESC_OPF_NO_CHANGE;
  op.source = ml.where.callee(m, source);
  EscValue out = pointer(model.out_param);
  memory place_of_result;
  place_of_result.base = out;
  place_of_result.width = POINTER_SIZE / BITS_PER_UNIT;
  if (model.reallocates) {
    op.a = pointer(model.pointer_param);
    if (model.out_param != ESC_NONE) { // the old block lies where the new one goes
      op.a = out == ESC_NONE ? EscValue(ESC_NONE) : new_value();
      emit_load(op.a, place_of_result, 0, call);
    }
  }
  lower_printed_addresses(call, op.source);
  lower_address_numbers(call);
  // What else it reads: the string that strdup copies, what asprintf formats.
  for (unsigned n = 0; n < nargs; ++n)
    if (n != model.pointer_param && POINTER_TYPE_P(TREE_TYPE(gimple_call_arg(call, n))))
      emit_use(operand(gimple_call_arg(call, n)), call);
  std::vector<EscArg> args;
  if (marks) {
    wrapper_arguments(call, args);
    op.args = args.data();
    op.nargs = uint32_t(args.size());
  }
  op.index = new_site(call, info, source);
  EscValue made = model.out_param == ESC_NONE ? call_result(call) : EscValue(ESC_NONE);
  op.dst = made == ESC_NONE ? new_value() : made;
  emit(op, call);
  if (model.out_param != ESC_NONE)
    emit_store(place_of_result, op.dst, 0, 0, call);
  else
    store_result(call, op.dst);
  return true;
}

// A declared allocator (attribute malloc): its result is an object of its own that stays on the
// heap.
void body_lowering::lower_opaque_allocation(gcall *call, tree decl, const call_info *source,
                                            EscValue dst) {
  EscSiteInfo info = {};
  std::string name = linkage_name(decl);
  info.kind = ESC_ALLOC_OPAQUE;
  info.allocator = name.c_str();
  info.size_bytes = esc_number_unknown();
  tree size = lookup_attribute("alloc_size", TYPE_ATTRIBUTES(TREE_TYPE(decl)));
  bool first = true;
  for (tree arg = size ? TREE_VALUE(size) : NULL_TREE; arg; arg = TREE_CHAIN(arg)) {
    if (!tree_fits_uhwi_p(TREE_VALUE(arg)) ||
        tree_to_uhwi(TREE_VALUE(arg)) - 1 >= gimple_call_num_args(call))
      continue;
    EscNumber n =
        number_of(gimple_call_arg(call, unsigned(tree_to_uhwi(TREE_VALUE(arg)) - 1)), call, params);
    info.size_bytes = first ? n : product(info.size_bytes, n);
    first = false;
  }
  info.align_bytes = 16;
  info.may_fail = !lookup_attribute("returns_nonnull", TYPE_ATTRIBUTES(TREE_TYPE(decl)));
  EscOpInfo op = esc_op_info(ESC_OP_ALLOC);
  op.index = new_site(call, info, source);
  op.dst = dst;
  emit(op, call);
}

// The buffer that getline makes, or makes larger: an object of its own that stays on the heap. What
// else the call does its model says.
void body_lowering::lower_line_buffer(gcall *call, tree decl, const call_info *source) {
  EscValue line = operand(gimple_call_arg(call, 0));
  if (line == ESC_NONE)
    return;
  EscSiteInfo info = {};
  std::string name = linkage_name(decl);
  info.kind = ESC_ALLOC_GETLINE;
  info.allocator = name.c_str();
  info.size_bytes = esc_number_unknown();
  info.align_bytes = 16;
  info.may_fail = true;
  EscOpInfo op = esc_op_info(ESC_OP_ALLOC);
  op.index = new_site(call, info, source);
  op.dst = new_value();
  emit(op, call);
  memory at;
  at.base = line;
  at.width = POINTER_SIZE / BITS_PER_UNIT;
  emit_store(at, op.dst, 0, 0, call);
}

} // namespace escapement
