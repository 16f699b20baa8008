// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// pass.h - what runs at which position of GCC's pipeline (docs/design/0070).
//
// NOT HERE  Arguments and the compiler's flags (plugin.cpp).
#ifndef ESCAPEMENT_GCC_PASS_H
#define ESCAPEMENT_GCC_PASS_H

#include "Bisect.h"
#include "across.h"
#include "annotations.h"
#include "apply.h"
#include "report.h"

namespace escapement {

// Everything of one translation unit; one process compiles one.
class driver {
public:
  explicit driver(const Options &opts)
      : opts(opts), sources(opts.NeedSource), promises(sources), out(sources, this->opts) {}

  // Reads what the source promises; null: nobody does.
  annotations *reader() { return opts.Sanitized ? nullptr : &promises; }
  void begin();
  void early(); // all bodies in SSA form, before the first optimization
  bool has_late() const { return opts.Rewrite && opts.LatePosition; }
  bool late_is_due() const;
  void late();                // all bodies again, behind GCC's inliner
  void last(::function *fun); // behind the last optimization
  void end_of_unit();         // the assembly is complete but for what we add
  void finish();

private:
  void heed();
  void dump(EscModule *m);
  lowered_module ask(question asked);
  void decide(const change_filter &changes);
  void exchange();
  bool may_change(tree caller, const char *kind, const gcall *call, tree callee);
  std::set<EscSite> apply(lowered_module &lowered, Stage at);
  void record(const lowered_module &lowered, const std::set<EscSite> &moved);

  Options opts;
  bool searched = false; // `escapement bisect` wants to know what was changed
  Bisect search;
  source_table sources;
  annotations promises; // as they are parsed
  Promises promised;    // all of them, when all is parsed
  report out;
  apply_state state;
  std::unique_ptr<across> other;    // with Options::Summaries, from `early` on
  std::set<std::string> allocators; // the names of what made sites
  bool changed = false;             // the bodies are not what they would be without us
  bool dumped = false;
  bool left = false; // an allocation that could be rewritten is still there
  bool told = false; // -fopt-info has what was found
};

// Registers the passes that call the driver.
void register_passes(const char *plugin_name, driver &d);
// Only what runs behind GCC's inliner.
void register_late_pass(const char *plugin_name, driver &d);

} // namespace escapement

#endif
