// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test_operators.cpp - every form of operator new and delete, by symbol, as a C++ program calls
// them.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <vector>

static int failures;
#define CHECK(condition)                                                                           \
    ((condition)                                                                                   \
         ? void()                                                                                  \
         : void((std::fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition),      \
                 failures++)))

static volatile std::size_t absurd = SIZE_MAX / 2 + 100;
static int handler_calls;

static bool aligned(void *address, std::size_t alignment) {
    return (reinterpret_cast<std::uintptr_t>(address) & (alignment - 1)) == 0;
}

static void every_form_allocates_and_frees() {
    for (std::size_t size = 0; size < 100000; size = size * 3 / 2 + 1) {
        const auto wide = std::align_val_t(256);
        void *one = operator new(size), *two = operator new[](size);
        void *three = operator new(size, std::nothrow), *four = operator new[](size, std::nothrow);
        void *five = operator new(size, wide), *six = operator new[](size, wide);
        void *seven = operator new(size, wide, std::nothrow),
             *eight = operator new[](size, wide, std::nothrow);
        CHECK(one && two && three && four && five && six && seven && eight);
        CHECK(aligned(one, 16) && aligned(five, 256) && aligned(six, 256) && aligned(seven, 256));
        std::memset(one, 1, size);
        std::memset(eight, 1, size);
        operator delete(one);
        operator delete[](two, size);
        operator delete(three, std::nothrow);
        operator delete[](four, std::nothrow);
        operator delete(five, wide);
        operator delete[](six, size, wide);
        operator delete(seven, wide, std::nothrow);
        operator delete[](eight, wide, std::nothrow);
        operator delete(operator new(size), size);
        operator delete[](operator new[](size));
        operator delete(operator new(size, wide), size, wide);
        operator delete[](operator new[](size, wide), wide);
    }
    operator delete(nullptr);
    operator delete[](nullptr, 10);
}

static bool throws_bad_alloc(void *(*allocate)()) {
    try {
        allocate();
    } catch (const std::bad_alloc &) {
        return true;
    }
    return false;
}

static void count_and_give_up() {
    if (++handler_calls == 3)
        std::set_new_handler(nullptr);
}

static void what_cannot_be_had_throws_or_is_null() {
    CHECK(throws_bad_alloc([] { return operator new(absurd); }));
    CHECK(throws_bad_alloc([] { return operator new[](absurd); }));
    CHECK(throws_bad_alloc([] { return operator new(absurd, std::align_val_t(64)); }));
    CHECK(operator new(absurd, std::nothrow) == nullptr);
    CHECK(operator new[](absurd, std::align_val_t(64), std::nothrow) == nullptr);
    std::set_new_handler(count_and_give_up);
    CHECK(throws_bad_alloc([] { return operator new(absurd); }));
    CHECK(handler_calls == 3);
}

static void new_and_malloc_share_a_heap() {
    std::vector<std::string> texts;
    for (int i = 0; i < 20000; i++)
        texts.push_back(std::string(static_cast<std::size_t>(i % 100), 'x'));
    std::size_t total = 0;
    for (const auto &text : texts)
        total += text.size();
    CHECK(total == 20000 / 100 * 4950);
    struct alignas(128) Wide {
        char bytes[200];
    };
    auto *wide = new Wide[3];
    CHECK(aligned(wide, 128));
    delete[] wide;
}

int main() {
    every_form_allocates_and_frees();
    what_cannot_be_had_throws_or_is_null();
    new_and_malloc_share_a_heap();
    return failures ? 1 : 0;
}
