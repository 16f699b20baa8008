// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// plugin.cpp - how GCC meets us: the entry point, the arguments, what its flags mean.
//
//     -O1 and up                 the verdicts are applied before the first optimization
//     -O0, mode=report, sanitizers, -fanalyzer   the same question, nothing is changed
//     the link of -flto          what is left is asked about again; nothing is said
//     -fsyntax-only              GCC makes no bodies; nothing is said
//     -E                         annotate.h has to know that we shall be there
//
// INVARIANT  Without something to print, no source file is read again.
//
// NOT HERE  What runs at each position (pass.cpp); the arguments' syntax (Options.cpp).
#include "closed.h"
#include "pass.h"

// GCC loads a plugin only if it says so; docs/design/0071 says how that fits our licence.
extern "C" __attribute__((visibility("default"))) int plugin_is_GPL_compatible;
int plugin_is_GPL_compatible;
extern "C" __attribute__((visibility("default"))) int plugin_init(plugin_name_args *arguments,
                                                                  plugin_gcc_version *version);

namespace escapement {
namespace {

driver *the_driver = nullptr; // lives until the process ends

std::vector<std::string> texts(const plugin_name_args &arguments) {
  std::vector<std::string> all;
  for (int i = 0; i < arguments.argc; ++i) {
    std::string text = arguments.argv[i].key;
    if (arguments.argv[i].value)
      text += std::string("=") + arguments.argv[i].value;
    all.push_back(text);
  }
  return all;
}

bool is_c() {
  const char *name = lang_hooks.name;
  return strncmp(name, "GNU C", 5) == 0 && (ISDIGIT(name[5]) || !name[5]);
}

bool is_link_of_lto() { return strcmp(lang_hooks.name, "GNU GIMPLE") == 0; }

// noescape is Clang's; a program may say it to us too. A declaration keeps nothing of a parameter
// but its type, so the type says it as well.
tree accept_noescape(tree *decl, tree name, tree, int, bool *) {
  if (TREE_CODE(*decl) == PARM_DECL && POINTER_TYPE_P(TREE_TYPE(*decl)))
    TREE_TYPE(*decl) =
        build_type_attribute_variant(TREE_TYPE(*decl), tree_cons(name, NULL_TREE, NULL_TREE));
  return NULL_TREE;
}

void register_attributes(void *, void *) {
  static const attribute_spec noescape = {"noescape",      0,      0, true, false, false, false,
                                          accept_noescape, nullptr};
  register_attribute(&noescape);
  annotations::register_with_gcc(the_driver->reader());
}

// GCC writes its command line into debug information, and an object must not depend on what we
// print.
void leave_no_record() {
  const std::string own = "-fplugin-arg-escapement-", load = "-fplugin=";
  for (unsigned i = 0; i < save_decoded_options_count; ++i) {
    cl_decoded_option &option = save_decoded_options[i];
    std::string text = option.orig_option_with_args_text ? option.orig_option_with_args_text : "";
    bool loads =
        text.compare(0, load.size(), load) == 0 && text.find("escapement") != std::string::npos;
    if (loads || text.compare(0, own.size(), own) == 0)
      option.opt_index = OPT_SPECIAL_ignore;
  }
}

void body_parsed(void *function, void *) {
  if (annotations *reader = the_driver->reader())
    reader->read_body(static_cast<tree>(function));
}

void start(void *, void *) { the_driver->begin(); }
void end_of_unit(void *, void *) { the_driver->end_of_unit(); }
void finish(void *, void *) { the_driver->finish(); }

bool asks_for_opt_info() {
  for (unsigned i = 0; i < save_decoded_options_count; ++i) {
    const char *text = save_decoded_options[i].orig_option_with_args_text;
    if (text && strncmp(text, "-fopt-info", 10) == 0)
      return true;
  }
  return false;
}

void read_flags(Options &opts) {
  opts.Sanitized = flag_sanitize != 0;
  // The analyzer runs behind us and is to see the program that was written.
  opts.Rewrite = optimize > 0 && opts.RewriteMode != Options::Mode::Report && !opts.Sanitized &&
                 !flag_analyzer;
  // The link makes other functions of it, and nothing of ours is there to check. With summaries= a
  // program that is whole is that of all files, of which we then know one.
  if (flag_lto) {
    opts.WholeProgram &= opts.Summaries.empty();
    opts.Summaries.clear();
  }
  bool searched = opts.Rewrite && !Bisect::directory().empty();
  opts.NeedSource = opts.MLevel || !opts.ReportFile.empty() || !opts.Site.empty() ||
                    !opts.DumpFile.empty() || searched || asks_for_opt_info() ||
                    (opts.Verify && opts.Rewrite);
  // The runtime's traces go by frame pointers.
  if (opts.Verify && opts.Rewrite)
    SET_OPTION_IF_UNSET(&global_options, &global_options_set, flag_omit_frame_pointer, 0);
}

} // namespace
} // namespace escapement

int plugin_init(plugin_name_args *arguments, plugin_gcc_version *version) {
  using namespace escapement;
  if (!plugin_default_version_check(version, &gcc_version)) {
    bool same = strcmp(gcc_version.basever, version->basever) == 0;
    fprintf(stderr, "error: escapement: this plugin is for GCC %s; it was loaded into %s %s\n",
            gcc_version.basever, same ? "another build of GCC" : "GCC", version->basever);
    return 1;
  }
  Options opts;
  std::string wrong = parseOptions(texts(*arguments), opts);
  if (!wrong.empty()) {
    error("escapement: %s", wrong.c_str());
    return 1;
  }
  leave_no_record();
  if (!(is_c() || is_link_of_lto()) || flag_syntax_only)
    return 0;
  read_flags(opts);
  promise_typed_calls(opts.TypedCalls);
  const char *name = arguments->base_name;
  if (is_link_of_lto()) {
    // One part of a program cannot say that the whole is closed.
    opts.WholeProgram = false;
    opts.Rewrite &= !opts.Verify; // what is guarded needs a report that names it
    opts.NeedSource = opts.Rewrite && (opts.MLevel || !opts.ReportFile.empty());
    the_driver = new driver(opts);
    register_callback(name, PLUGIN_START_UNIT, start, nullptr);
    register_callback(name, PLUGIN_FINISH, finish, nullptr);
    register_late_pass(name, *the_driver);
    return 0;
  }
  annotations::announce();
  the_driver = new driver(opts);
  register_callback(name, PLUGIN_ATTRIBUTES, register_attributes, nullptr);
  register_callback(name, PLUGIN_PRE_GENERICIZE, body_parsed, nullptr);
  register_callback(name, PLUGIN_START_UNIT, start, nullptr);
  register_callback(name, PLUGIN_FINISH_UNIT, end_of_unit, nullptr);
  register_callback(name, PLUGIN_FINISH, finish, nullptr);
  register_passes(name, *the_driver);
  return 0;
}
