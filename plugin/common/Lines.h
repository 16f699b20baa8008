// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lines.h - findings as text: the lines of -m and of the report file.
//
// INVARIANT  The text depends on the findings only: no addresses, no times, no order of a hash
// table.
//
// NOT HERE  Where the text goes (Report.cpp of each front end).
#ifndef ESCAPEMENT_PLUGIN_LINES_H
#define ESCAPEMENT_PLUGIN_LINES_H

#include "Finding.h"

namespace escapement {

// By file, line, column and text, then by whatever else differs.
void sortFindings(std::vector<Finding> &Findings);
// One line of -m would be printed for both.
bool isSameLine(const Finding &A, const Finding &B);
// The lines of -m of sorted findings, each once; at level 2 with the flow of what is bad news.
std::string linesText(const std::vector<Finding> &Sorted, unsigned Level, bool Colour);
// One line of the report file: a JSON object without the line's end.
std::string jsonLine(const Finding &F);
// A JSON string; bytes that are no UTF-8 are replaced.
std::string quoted(const std::string &Text);
// FNV-1a in 16 hexadecimal digits: the name of a site that stays the same from run to run.
std::string hashText(const std::string &Key);

} // namespace escapement

#endif
