// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Promises.h - what a source promises with annotate.h, and whether it is kept.
//
// A front end reads the annotations and adds them. While it reports, it asks here after each model
// that holds the whole translation unit, and in the end with what became of every site.
//
// NOT HERE  Whether a function allocates (analysis/promise.c), reading annotations, saying errors.
#ifndef ESCAPEMENT_PLUGIN_PROMISES_H
#define ESCAPEMENT_PLUGIN_PROMISES_H

#include "Finding.h"
#include <functional>
#include <map>
#include <tuple>

namespace escapement {

using Position = std::tuple<std::string, unsigned, unsigned>; // file, line, column

enum class PromiseKind { MustStack, NoAlloc, MayHeap };

struct Promise {
  PromiseKind Kind = PromiseKind::MustStack;
  std::string Name;            // of the variable or function, as written
  std::string Linked;          // a function's name in the compiler; empty: a variable
  std::string Reason;          // MayHeap
  Position At;                 // of the name
  uint64_t Host = 0;           // the same for the compiler's own messages
  bool Misplaced = false;      // of a variable that is in no frame
  std::vector<Position> Calls; // whose results are assigned to the variable
};

struct BrokenPromise {
  const Promise *What;
  std::string Text; // lines as of -m=2, the first without a position
};

// A call of the source that is still there at the end of the optimizer.
struct RemainingCall {
  Position At;
  std::string Chain;
};

class Promises {
public:
  // Its number, for what becomes known of it later.
  size_t add(Promise P) {
    All.push_back(std::move(P));
    return All.size() - 1;
  }
  void addCalls(size_t Number, const std::vector<Position> &Calls) {
    All[Number].Calls.insert(All[Number].Calls.end(), Calls.begin(), Calls.end());
  }
  bool empty() const { return All.empty(); }
  bool mentions(PromiseKind Kind) const;
  // EscFuncFlags of what is promised of a function.
  uint32_t functionFlags(const std::string &Linked) const;
  // Why the source allows what is allocated at this call; null: it does not.
  const std::string *allowed(const Position &Call) const;

  // Breaches of NoAlloc in a model that was analysed. `Find`: the function of that name, or
  // ESC_NONE. `Inlined`: as if what verdicts want in its caller were there (esc_breaches).
  std::vector<BrokenPromise> breaches(const EscModule *M,
                                      const std::function<EscFunc(const std::string &)> &Find,
                                      bool Inlined = false) const;
  // MustStack: `Found` is what is true in the end, of sites each copy that counts (Merge.h).
  // `Left`: null when nothing is known of the end of the optimizer.
  std::vector<BrokenPromise> onHeap(const std::vector<Finding> &Found,
                                    const std::vector<RemainingCall> *Left) const;

private:
  std::vector<Promise> All;
};

} // namespace escapement

#endif
