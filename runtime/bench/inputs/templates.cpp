// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A file for a C++ compiler to chew on: many headers, many instantiations.
#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <regex>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

template <int N> struct Chain {
    Chain<N - 1> inner;
    std::map<std::string, std::vector<int>> names;
    int depth() const { return inner.depth() + static_cast<int>(names.size()) + N; }
};
template <> struct Chain<0> {
    int depth() const { return 0; }
};

int count(const std::string &text) {
    static const std::regex word("([a-z]+)-([0-9]+)");
    std::unordered_map<std::string, std::variant<int, std::string>> seen;
    for (std::sregex_iterator at(text.begin(), text.end(), word), end; at != end; ++at)
        seen[at->str(1)] = std::stoi(at->str(2));
    std::vector<std::string> keys;
    for (const auto &entry : seen)
        keys.push_back(entry.first);
    std::sort(keys.begin(), keys.end(), std::greater<>());
    Chain<40> chain;
    return static_cast<int>(keys.size()) + chain.depth();
}

int main() {
    std::cout << count("one-1 two-2 three-3") << '\n';
}
