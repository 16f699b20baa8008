// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CopyLocations.h - debug locations from one module to another that was made from the same source.
//
// Only for a code generator that cannot be told to track locations (Compat.h).
#ifndef ESCAPEMENT_PLUGIN_COPY_LOCATIONS_H
#define ESCAPEMENT_PLUGIN_COPY_LOCATIONS_H

namespace llvm {
class Module;
}

namespace escapement {

// Both modules must be as the code generator left them: then functions of the same name have the
// same instructions in the same order. A function where they differ gets nothing.
void copyLocations(llvm::Module &M, const llvm::Module &Located);

} // namespace escapement

#endif
