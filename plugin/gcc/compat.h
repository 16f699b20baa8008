// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// compat.h - GCC's headers in the order they need, and what differs between its versions.
//
// Everything else in this directory gets GCC from here. GCC's system.h forbids the names of the C
// library's allocator, so the standard headers and ours come first.
//
// NOT HERE  Anything but includes and one-line differences.
#ifndef ESCAPEMENT_GCC_COMPAT_H
#define ESCAPEMENT_GCC_COMPAT_H

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "escapement/analysis.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wpragmas"
#include "gcc-plugin.h"
#include "plugin-version.h"

#include "tree.h"
#include "tree-pass.h"
#include "context.h"
#include "function.h"
#include "basic-block.h"
#include "cfg.h"
#include "cfghooks.h"
#include "cfganal.h"
#include "cfgloop.h"
#include "cgraph.h"
#include "gimple.h"
#include "ipa-param-manipulation.h"
#include "gimple-iterator.h"
#include "gimple-ssa.h"
#include "gimplify.h"
#include "gimplify-me.h"
#include "gimple-walk.h"
#include "gimple-fold.h"
#include "ssa.h"
#include "value-prof.h"
#include "value-range.h"
#include "value-query.h"
#include "gimple-range.h"
#include "tree-cfg.h"
#include "tree-dfa.h"
#include "tree-eh.h"
#include "tree-into-ssa.h"
#include "tree-cfgcleanup.h"
#include "tree-inline.h"
#include "tree-ssa.h"
#include "fold-const.h"
#include "stor-layout.h"
#include "internal-fn.h"
#include "target.h"
#include "attribs.h"
#include "builtins.h"
#include "calls.h"
#include "diagnostic.h"
#include "dumpfile.h"
#include "langhooks.h"
#include "opts.h"
#include "options.h"
#include "output.h"
#include "print-tree.h"
#include "stringpool.h"
#include "toplev.h"
#pragma GCC diagnostic pop

// ipa-inline.h needs the headers of half of the inliner for its other declarations.
void clone_inlined_nodes(cgraph_edge *call, bool duplicate, bool update_original, int *size);

// The version a plugin was built for is the only one it may be loaded into.
#if GCCPLUGIN_VERSION_MAJOR != 12
#error "this plugin is written for GCC 12; what differs in another version belongs here"
#endif

// What a dependency file (-MD) is made of is in mkdeps.h and c-pragma.h, which are no headers for
// plugins. The compiler at the link of -flto has none of it.
struct cpp_reader;
class mkdeps;
extern __attribute__((weak)) cpp_reader *parse_in;
extern __attribute__((weak)) mkdeps *cpp_get_deps(cpp_reader *);
extern __attribute__((weak)) void deps_add_dep(mkdeps *, const char *);

// expr.h needs all of the back end.
extern tree string_constant(tree, tree *, tree *, tree *);

namespace escapement {
namespace compat {

// The end of a variable's life, and not merely contents that are of no use any more.
inline bool is_end_of_life(const gimple *stmt) { return gimple_clobber_p(stmt, CLOBBER_EOL); }

// The C front end keeps it in a flag of its own (c-tree.h, which is no header for plugins).
inline bool is_compound_literal(tree variable) { return DECL_LANG_FLAG_5(variable); }

// The object depends on this file, as on a header. Without -MD nobody keeps a list.
inline void add_dependency(const char *path) {
  mkdeps *list = &parse_in && parse_in && cpp_get_deps ? cpp_get_deps(parse_in) : nullptr;
  if (list && deps_add_dep)
    deps_add_dep(list, path);
}

} // namespace compat
} // namespace escapement

#endif
