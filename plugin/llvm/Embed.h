// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Embed.h - the plugin inside a program of ours instead of inside Clang (plugin/tool).
//
// The program links the plugin's objects; the action is registered as when it is loaded, and runs
// before every action of Clang's in that process.
#ifndef ESCAPEMENT_PLUGIN_EMBED_H
#define ESCAPEMENT_PLUGIN_EMBED_H

#include "Options.h"

namespace escapement {

// From here on the findings of every translation unit go there, and are looked for whatever the
// arguments say.
void sendFindings(Receiver To);

} // namespace escapement

#endif
