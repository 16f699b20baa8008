// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Members.h - which functions the pointers of a program may name, file by file, in the directory of
// summaries.
//
//     DIR/types/3fa2c1/2b0c....escset   functions whose address that object takes, of one kind
//     DIR/types/any/...                 those that calls of every kind may reach
//     DIR/types/brings/...              the object gets pointers from elsewhere (dlsym, ifunc)
//     DIR/objects/2b0c....types         where that object has written
//
// A kind is what the parameters of a function are passed as: the upper 24 bits of its signature
// numbers, which mean the same in every file. A compilation reads the kinds that it calls.
//
// INVARIANT  What is read is the union over the directory without the reader's own object. More
// than the program has does no harm; less is refused at the link (cli/check_set.c), where the lines
// of what was read are compared with those of what is linked.
//
// NOT HERE  Which number a function has (ClosedSet.h).
#ifndef ESCAPEMENT_PLUGIN_MEMBERS_H
#define ESCAPEMENT_PLUGIN_MEMBERS_H

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace escapement {

// A function whose address is taken. As a line: "NAME EXACT.DROPPED.WITHOUT.NPARAMS.FLAGS".
struct Member {
  static constexpr uint32_t AnyNumber = UINT32_MAX;

  std::string Symbol;         // with the object's number behind a dot when it is a static one
  uint32_t Exact = AnyNumber; // see esc_function_signatures; AnyNumber: every call may reach it
  uint32_t Dropped = AnyNumber, Without = AnyNumber;
  uint32_t NumParams = 0;
  bool Malloc = false, Static = false;

  std::string kind() const;
  std::string line() const;
  static bool parse(const std::string &Line, Member &Out);
};

std::string kindOf(uint32_t Number);

class MemberWriter {
public:
  MemberWriter(std::string Directory, std::string Object, std::string Number)
      : Directory(std::move(Directory)), Object(std::move(Object)), Number(std::move(Number)) {}
  // Replaces all that the object has written before. What went wrong; empty: nothing.
  std::string write(const std::vector<Member> &All, bool Brings) const;

private:
  std::string Directory, Object, Number;
};

class MemberReader {
public:
  MemberReader(std::string Directory, std::string OwnNumber)
      : Directory(std::move(Directory)), OwnNumber(std::move(OwnNumber)) {}

  // No other object gets functions from outside the program; reads "any" too. Once, first.
  bool open();
  // The functions of a kind; each kind once. False: it cannot be known.
  bool read(const std::string &Kind, std::vector<Member> &Added);

  // By symbol. One that several objects see with other numbers is one that every call may reach.
  const std::map<std::string, Member> &members() const { return All; }
  const std::set<std::string> &kinds() const { return Known; }
  // The lines that were read, and "kind KIND" for each kind: what the object assumes.
  std::string lines() const;
  const std::vector<std::string> &files() const { return Files; }
  const std::string &complaint() const { return Complaint; }

private:
  bool readFile(const std::string &Path, std::vector<Member> &Added);

  std::string Directory, OwnNumber;
  std::map<std::string, Member> All;
  std::set<std::string> Known, Lines;
  std::vector<std::string> Files;
  std::string Complaint;
};

} // namespace escapement

#endif
