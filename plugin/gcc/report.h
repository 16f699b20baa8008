// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// report.h - collects what was found at each position of the pipeline and prints it once.
//
// NOT HERE  Finding anything; the wording of verdicts (the analysis library); which of several
// copies of an allocation speaks for all (Merge.h); the lines as text (Lines.h).
#ifndef ESCAPEMENT_GCC_REPORT_H
#define ESCAPEMENT_GCC_REPORT_H

#include "lower.h"
#include "Promises.h"

namespace escapement {

class report {
public:
  report(source_table &sources, const Options &opts) : sources(sources), opts(opts) {}

  // Opens the report file: one that cannot be written is an error of the compiler, before any work.
  // At the link of -flto the compilations have spoken: only what is moved there is news.
  void open();
  // After esc_analyze, and after apply: remember the findings, and which sites were really moved.
  // `rewrote` false: nothing is ever applied, a verdict counts as done. Copies what it needs.
  void collect(Stage at, const lowered_module &lowered, const std::set<EscSite> &moved,
               bool rewrote, const std::set<std::pair<EscFunc, EscLocal>> &heap_locals = {});
  // The end of the optimizer: this allocation call is still there.
  void still_there(const call_info *site, const std::string &chain);
  // With promises: of any call.
  void still_called(const gcall *call);
  // With promises, in a model of the whole unit: those of functions that are broken in it, or would
  // be if what verdicts want in its caller were `inlined`.
  void look_for_breaches(const lowered_module &lowered, bool inlined);
  bool has_breaches() const { return !breaches.empty(); }
  // It has seen a function. What -fipa-icf has made one body of is still there.
  void saw_last();
  // In a pass: what is known so far goes where -fopt-info says.
  void dump();
  // Print the lines and the report file.
  void finish();

private:
  struct collector;
  void add(collector &c, const EscFinding &f);
  Finding copy(const collector &c, const EscFinding &f) const;
  void add_site(const collector &c, EscSite id, Finding found);
  static void share_sizes(const Site &s, std::vector<Finding> &copies);
  void gather(bool saw_last, std::vector<Finding> &lines, std::vector<Finding> &details);
  void note_inlined(const lowered_module &lowered);
  bool say_broken(const std::vector<Finding> &details);
  void write(const std::vector<Finding> &details);

  source_table &sources;
  const Options &opts;
  FILE *file = nullptr;
  std::string path;
  bool last_seen = false;
  std::map<const call_info *, Site> sites;
  std::vector<Finding> others; // parameters, results, locals
  std::vector<BrokenPromise> breaches;
  std::vector<RemainingCall> left; // with promises: every call
  std::vector<Finding> inlined;    // with promises: what would be moved behind inlining
  // Locals that were moved to the heap, by their place.
  std::map<std::tuple<std::string, unsigned, unsigned>, Finding> heap_locals;
};

} // namespace escapement

#endif
