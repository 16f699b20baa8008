/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* trial.h - whether what is installed works, tried on small programs whose outcome is known.
 *
 * Every function returns NULL when it works, else what is wrong: a line, to be freed.
 */
#ifndef ESCAPEMENT_CLI_TRIAL_H
#define ESCAPEMENT_CLI_TRIAL_H

#include "place.h"

/* The plugin moves an allocation. */
char *try_plugin(const char *compiler, const Plugin *plugin);
/* lld with the plugin beside `plugin` moves what needs two files. REQUIRES  Clang. */
char *try_link_plugin(const char *compiler, const Plugin *plugin);
/* A program in verify mode, built with a wrong verdict on purpose, is caught. REQUIRES  A plugin
 * that works. */
char *try_verify(const char *compiler, const Plugin *plugin, const char *library);
/* escapement-check says of a file what the plugin would. */
char *try_check(const char *program);
/* A program runs with the runtime preloaded, and its statistics are written. */
char *try_runtime(const char *library);
/* -fuse-ld=NAME says which files it links and which members of archives, as `escapement ld' needs;
 * *version gets the linker's own line, when it works. */
char *try_linker(const char *compiler, const char *name, char **version);

#endif
