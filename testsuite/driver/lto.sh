#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# -flto with the plugin of the linker: what one file alone could not move is moved at link time, by full and by thin LTO,
# and the program does the same; lines speak of the source and say nothing twice; arguments go with the objects.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

lld=$("$ESC_CLANG" -print-prog-name=ld.lld)
[[ -x $lld && $("$lld" --version) == *"LLD $ESC_VERSION."* ]] ||
    { echo "skipped: lld of LLVM $ESC_VERSION is not installed" && exit 77; }
linker=${ESC_PLUGIN%.so}-lld.so
[[ -f $linker ]] || fail "$linker was not built"
[[ $ESC_SANITIZE != ON ]] || { echo "skipped: lld has no sanitizer's runtime" && exit 77; }

cat >memory.c <<'END'
#include <stdio.h>
#include <stdlib.h>
void *need(size_t n) {
    void *p = malloc(n);
    if (!p) {
        fputs("no memory\n", stderr);
        exit(1);
    }
    return p;
}
void drop(void *p) {
    free(p);
}
/* The optimizer knows that the pointer it hands on is not NULL. */
int grow(char **p, size_t *n) {
    (*p)[*n - 1] = 0;
    char *larger = realloc(*p, *n * 2);
    if (!larger)
        return 0;
    *p = larger;
    *n *= 2;
    return 1;
}
END
cat >text.c <<'END'
#include <string.h>
int length(const char *s) {
    return (int)strlen(s);
}
const char *kept;
int keep(const char *s) {
    kept = s;
    return length(s);
}
void cut(char *s, char **word) {
    word[0] = s + strspn(s, " ");
    word[1] = word[0] + strcspn(word[0], " ");
}
END
cat >use.c <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
void *need(size_t n);
void drop(void *p);
int grow(char **p, size_t *n);
int length(const char *s), keep(const char *s);
void cut(char *s, char **word);
extern const char *kept;
static int digits(int n) {
    char *text = need(64);
    snprintf(text, 64, "%d", n);
    int l = length(text);
    drop(text);
    return l;
}
static int joined(int n) {
    size_t room = 8, used = 0;
    char *text = need(room);
    for (int i = 0; i < n; i++) {
        if (used + 1 == room && !grow(&text, &room))
            break;
        text[used++] = (char)('a' + i % 26);
    }
    text[used] = 0;
    int l = length(text);
    drop(text);
    return l;
}
long widest;
/* A difference of pointers to one of two objects, kept: only what the source says makes it a mere number. */
static int first_word(int n) {
    char *one = need(40), *other = need(40), *word[2];
    snprintf(one, 40, "  one %d", n);
    snprintf(other, 40, "another %d", n);
    cut(n % 3 ? one : other, word);
    if (word[1] - word[0] > widest)
        widest = word[1] - word[0];
    int first = word[0][0];
    drop(one);
    drop(other);
    return first;
}
int main(int argc, char **argv) {
    int sum = 0;
    (void)argv;
    for (int i = 0; i < argc * 1000; i++)
        sum += digits(i) + joined(i % 9) + first_word(i);
    char *word = malloc(10);
    if (!word)
        return 1;
    strcpy(word, "abc");
    sum += length(word);
    free(word);
    char *stays = malloc(8);
    if (!stays)
        return 1;
    strcpy(stays, "stays");
    sum += keep(stays);
    printf("%d %s %ld\n", sum, kept, widest);
    return 0;
}
END
units=(memory text use)
objects=(memory.o text.o use.o)

compile() { # OPTION...
    for unit in "${units[@]}"; do
        esc -O2 "$@" -c "$unit.c" 2>>err
    done
}
link_with() { # OUTPUT OPTION...
    timeout 120 "$ESC_CLANG" -O2 -fuse-ld=lld -Wl,--load-pass-plugin="$linker",--build-id=none -o "$@" "${objects[@]}"
}
# Allocations of a program as the C library counts them: the calls left in it, followed by a counter.
cat >count.c <<'END'
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>
static unsigned long n;
void *malloc(size_t bytes) {
    static void *(*real)(size_t);
    if (!real)
        real = (void *(*)(size_t))dlsym((void *)-1L, "malloc");
    n++;
    return real(bytes);
}
void *realloc(void *old, size_t bytes) {
    static void *(*real)(void *, size_t);
    if (!real)
        real = (void *(*)(void *, size_t))dlsym((void *)-1L, "realloc");
    n++;
    return real(old, bytes);
}
__attribute__((destructor)) static void say(void) {
    dprintf(2, "%lu\n", n);
}
END
plain -O1 -shared -fPIC count.c -o count.so
allocations() { LD_PRELOAD=./count.so "$1" 2>&1 >/dev/null | tail -n 1; }

for mode in -flto -flto=thin; do
    : >err
    compile "$mode" "$(arg m)"
    has err 'use.c:49:18: malloc\(10\) escapes to heap: passed to length, whose body is unknown'
    timeout 120 "$ESC_CLANG" -O2 "$mode" -fuse-ld=lld -o plain "${objects[@]}"
    link_with moved "$mode" 2>linked
    has_line linked "use.c:49:18: moved to stack: malloc(10)"
    has linked '^memory.c:4:15: moved to stack in 4 of 5 places: malloc\(n\)$'
    # What is still on the heap was said by the compiler, in the same words or in worse ones.
    lacks linked 'memory.c:4:15: malloc\(n\) escapes to heap: returned'
    has linked '^use.c:55:19: malloc\(8\) escapes to heap: '
    [[ $(./moved) == "$(./plain)" ]] || fail "$mode: the output differs"
    before=$(allocations ./plain) after=$(allocations ./moved)
    ((before - after == 4001)) || fail "$mode: $before allocations before, $after after"

    # The program does not depend on whether lines are printed.
    : >err
    compile "$mode"
    empty err "$mode: lines without -m"
    link_with silent "$mode" 2>err
    empty err "$mode: lines at link time without -m"
    # Thin LTO names static functions by a hash of the bitcode, and the build id is one of these names.
    strip moved silent
    same moved silent "$mode with and without -m"

    # The environment: a report, only of the link.
    ESCAPEMENT_LLD="m=2 mode=report" link_with reported "$mode" 2>err
    [[ $(allocations ./reported) == "$before" ]] || fail "$mode: mode=report moved something at link time"
    ! ESCAPEMENT_LLD=none link_with broken "$mode" 2>err || fail "$mode: a wrong argument links"
    has err "error: escapement: ESCAPEMENT_LLD: unknown argument 'none'"
done

# What one object was compiled not to be rewritten for is not rewritten at link time.
esc -O2 -flto -c use.c "$(arg mode=report)"
for unit in memory text; do
    esc -O2 -flto -c "$unit.c"
done
link_with left -flto 2>err
[[ $(allocations ./left) == "$before" ]] || fail "mode=report of an object is not heard at link time"

# -O0 objects are left alone; without the linker's plugin objects link as ever.
compile -flto -O0
link_with slow -flto 2>err
[[ $(allocations ./slow) == "$before" && $(./slow) == "$(./plain)" ]] || fail "-O0 objects changed at link time"
