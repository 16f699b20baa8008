// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// annotations.h - the promises of a source (escapement/annotate.h), read while it is parsed.
//
// To GCC they are attributes of ours. Each is noted when its declaration is met; which calls are
// assigned to a variable is read from a function's tree before GCC makes GIMPLE of it. All are
// taken off again before a body is changed or written, so with promises the object is the same as
// without.
//
// NOT HERE  Whether a promise is kept (Promises.h).
#ifndef ESCAPEMENT_GCC_ANNOTATIONS_H
#define ESCAPEMENT_GCC_ANNOTATIONS_H

#include "Promises.h"
#include "source.h"

namespace escapement {

class annotations {
public:
  explicit annotations(source_table &sources) : sources(sources) {}

  // Makes the macro that annotate.h asks for known, also to a preprocessor of its own.
  // REQUIRES  GCC has read its command line, and no file.
  static void announce();
  // At PLUGIN_ATTRIBUTES. `heeded`: null, and the promises are read over.
  static void register_with_gcc(annotations *heeded);

  // The declaration, just met, has the attribute `name`.
  void meet(tree *decl, tree name, tree args);
  // The tree of a function that was just parsed.
  void read_body(tree function);
  // All that was promised; no declaration bears a mark of it any more.
  // REQUIRES  The whole unit is parsed, and all bodies are still there.
  Promises take();

private:
  struct walk;

  Position position(location_t where) const;
  bool may_promise();
  void add_calls(tree expression, std::vector<location_t> &calls) const;
  void add_positions(const std::vector<location_t> &from, std::vector<Position> &to) const;
  void add_assigned(tree target, tree value);
  void unmark(tree decl);

  source_table &sources;
  std::vector<Promise> all; // the number of each is the mark of its declaration
  // Of variables outside of functions: which of the promises except what is assigned to them, and
  // the calls that are, by name.
  std::vector<size_t> outside;
  std::map<std::string, std::vector<location_t>> assigned;
  bool includes = false;  // the file that has the promises' macros was read
  unsigned maps_seen = 0; // in the search for it
};

} // namespace escapement

#endif
