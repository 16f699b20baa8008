// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Notes.h - what the compile step of -flto tells the link step, inside the bitcode.
//
// Two things: on each allocation call that is left, how the source writes it and what was said of
// it (an annotation, which inlining and cloning copy along); and once a module, the arguments that
// hold at link time as well. Nothing of these is written where nobody asked for lines.
//
// The marks on differences of pointers (Pass.cpp, docs/design/0022) stay in the bitcode as well:
// what the source meant cannot be seen any more when files meet.
//
// INVARIANT  No pass reads a note, and the link step takes them away before any other pass runs, so
// that the program is the same with them and without.
//
// NOT HERE  What the link step does with them (LinkSources.cpp, LinkPlugin.cpp).
#ifndef ESCAPEMENT_PLUGIN_NOTES_H
#define ESCAPEMENT_PLUGIN_NOTES_H

#include "Options.h"
#include "Source.h"

namespace llvm {
class CallBase;
class Instruction;
class Module;
} // namespace llvm

namespace escapement {

// The call as `Info` has it, and the line that was printed about it (empty: none).
void writeNote(llvm::CallBase &Call, const CallInfo &Info, llvm::StringRef Said);
// The text of a note on this instruction, for readNote(); empty: none.
llvm::StringRef noteOf(const llvm::Instruction &I);
// False: no note of ours, or one that another version wrote. The strings point into `Text`.
bool readNote(llvm::StringRef Text, CallInfo &Info);

// What of the options concerns the link step.
void writeOptions(llvm::Module &M, const Options &Opts);
// Joins what the modules that were linked say: the most is printed that any asked for, and the
// least is moved that any allowed. Models are taken from all. What is wrong as text, or empty.
std::string readOptions(const llvm::Module &M, Options &Opts);

// Everything above, away.
void dropNotes(llvm::Module &M);

} // namespace escapement

#endif
