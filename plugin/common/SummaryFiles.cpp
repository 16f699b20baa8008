// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// SummaryFiles.cpp - see SummaryFiles.h.
#include "SummaryFiles.h"
#include "escapement/analysis.h"
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace escapement {

bool isDirectory(const std::string &Path) {
  struct stat Status;
  return stat(Path.c_str(), &Status) == 0 && S_ISDIR(Status.st_mode);
}

bool makeDirectory(const std::string &Path) {
  return mkdir(Path.c_str(), 0777) == 0 || errno == EEXIST;
}

// Most files are smaller than the buffer, and there are hundreds: no stream for each.
bool readWhole(const std::string &Path, std::string &Out) {
  int Handle = open(Path.c_str(), O_RDONLY | O_CLOEXEC);
  if (Handle < 0)
    return false;
  char Buffer[8192];
  ssize_t Length;
  while ((Length = ::read(Handle, Buffer, sizeof Buffer)) != 0) {
    if (Length < 0 && errno != EINTR)
      break;
    Out.append(Buffer, size_t(Length > 0 ? Length : 0));
  }
  close(Handle);
  return Length == 0;
}

bool holds(const std::string &Path, const std::string &Text) {
  std::string Old;
  return readWhole(Path, Old) && Old == Text;
}

bool replaceFile(const std::string &Path, const std::string &Text) {
  if (holds(Path, Text))
    return true;
  std::string Temporary = Path + ".XXXXXX";
  int Handle = mkstemp(Temporary.data());
  if (Handle < 0)
    return false;
  mode_t Mask = umask(0);
  umask(Mask);
  bool Good = fchmod(Handle, 0666 & ~Mask) == 0;
  for (size_t At = 0; Good && At < Text.size();) {
    ssize_t Length = ::write(Handle, Text.data() + At, Text.size() - At);
    if (Length < 0 && errno == EINTR)
      continue;
    Good = Length > 0;
    At += Good ? size_t(Length) : 0;
  }
  Good = close(Handle) == 0 && Good && rename(Temporary.c_str(), Path.c_str()) == 0;
  if (!Good) {
    int Why = errno;
    unlink(Temporary.c_str());
    errno = Why;
  }
  return Good;
}

std::vector<std::string> filesIn(const std::string &Directory, const std::string &Suffix) {
  std::vector<std::string> Paths;
  DIR *D = opendir(Directory.c_str());
  if (!D)
    return Paths;
  while (struct dirent *Entry = readdir(D)) {
    std::string Name = Entry->d_name;
    size_t End = Suffix.size();
    if (Name.size() > End && Name.compare(Name.size() - End, End, Suffix) == 0)
      Paths.push_back(Directory + "/" + Name);
  }
  closedir(D);
  std::sort(Paths.begin(), Paths.end());
  return Paths;
}

std::vector<std::string> linesOfFile(const std::string &Path) {
  std::string Text;
  std::vector<std::string> Lines;
  readWhole(Path, Text);
  for (size_t At = 0, End; (End = Text.find('\n', At)) != std::string::npos; At = End + 1)
    Lines.push_back(Text.substr(At, End - At));
  return Lines;
}

bool takeLine(std::string_view &Text, std::string_view Word, std::string_view &Rest) {
  size_t End = Text.find('\n');
  if (End == std::string_view::npos || Text.substr(0, Word.size()) != Word)
    return false;
  Rest = Text.substr(Word.size(), End - Word.size());
  Text.remove_prefix(End + 1);
  return true;
}

std::string hashOf(const std::string &Text) {
  char Hash[ESC_HASH_BYTES];
  esc_hash(Text.data(), Text.size(), Hash);
  return Hash;
}

std::string errnoText(const std::string &Path) {
  return "cannot write '" + Path + "': " + std::strerror(errno);
}

} // namespace escapement
