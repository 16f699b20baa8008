// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LinkSources.cpp - the source table of the link step: what the notes of the compile steps say.
//
// There is no source at link time, and locations only where the user asked for debug information.
// So this table knows the calls that were noted and nothing else; what has no note costs a line, or
// words in one, and never a verdict. The compiler's table is in Source.cpp.
//
// INVARIANT  Two calls with the same note are one call of the source that was copied: they get the
// same entry.
#include "Notes.h"
#include "Source.h"
#include "llvm/ADT/StringMap.h"

using namespace llvm;

namespace escapement {

struct SourceTable::Impl {
  // The text of a note owns what its entry points into; no call: the note cannot be read.
  struct Entry {
    bool Readable = false;
    CallInfo Call;
  };
  StringMap<Entry> Notes; // entries stay where they are
};

SourceTable::SourceTable() : I(std::make_unique<Impl>()) {}
SourceTable::~SourceTable() = default;

const CallInfo *SourceTable::noted(StringRef Note) const {
  if (Note.empty())
    return nullptr;
  auto [It, New] = I->Notes.try_emplace(Note);
  Impl::Entry &Entry = It->second;
  if (New)
    Entry.Readable = readNote(It->first(), Entry.Call);
  return Entry.Readable ? &Entry.Call : nullptr;
}

unsigned SourceTable::file(StringRef, StringRef) const { return 0; }
bool SourceTable::isSystemHeader(StringRef) const { return false; }

const CallInfo *SourceTable::call(unsigned, unsigned, unsigned, StringRef, StringRef) const {
  return nullptr;
}

const AssignInfo *SourceTable::assignment(unsigned, unsigned, unsigned, StringRef,
                                          StringRef) const {
  return nullptr;
}

std::vector<const VariableInfo *> SourceTable::declared(unsigned, unsigned, unsigned,
                                                        StringRef) const {
  return {};
}

const VariableInfo *SourceTable::dynamic(unsigned, unsigned, unsigned, StringRef) const {
  return nullptr;
}

const VariableInfo *SourceTable::variable(unsigned) const { return nullptr; }

const VariableInfo *SourceTable::variable(unsigned, unsigned, unsigned, unsigned) const {
  return nullptr;
}

const FunctionInfo *SourceTable::function(StringRef) const { return nullptr; }

} // namespace escapement
