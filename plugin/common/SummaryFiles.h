// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// SummaryFiles.h - files of the directory of summaries: they appear whole, and only when their text
// is another one.
#ifndef ESCAPEMENT_PLUGIN_SUMMARY_FILES_H
#define ESCAPEMENT_PLUGIN_SUMMARY_FILES_H

#include <string>
#include <string_view>
#include <vector>

namespace escapement {

bool isDirectory(const std::string &Path);
bool makeDirectory(const std::string &Path); // true when it is there
bool readWhole(const std::string &Path, std::string &Out);
bool holds(const std::string &Path, const std::string &Text); // that and nothing else
// A new file appears whole or not at all; one with the same text is left alone.
bool replaceFile(const std::string &Path, const std::string &Text);
// Those with that end, in order; empty when there is no such directory.
std::vector<std::string> filesIn(const std::string &Directory, const std::string &Suffix);
std::vector<std::string> linesOfFile(const std::string &Path);
// What stands behind WORD in the line that `Text` begins with, which is taken away.
bool takeLine(std::string_view &Text, std::string_view Word, std::string_view &Rest);
std::string hashOf(const std::string &Text);
std::string errnoText(const std::string &Path);

} // namespace escapement

#endif
