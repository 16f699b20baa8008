#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Bodies of small functions cross files by summaries=DIR: buffers that grow, cleanups, constructors; and a program in which a
# function is not the one that was copied is refused. Each such program is also run: it does crash.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"
command=$ESC_BUILD/cli/escapement
[[ -x $command ]] || { echo "skipped: no command escapement" && exit 77; }


# ---- what travels
cat >memory.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct pair { char *a, *b; };
int extend(char **start, char **at, char **end) {
    size_t size = (size_t)(*end - *start);
    char *now = realloc(*start, size * 2);
    if (!now) return 0;
    memset(now + size, 0, size);
    *at = now + (*at - *start);
    *end = now + size * 2;
    *start = now;
    return 1;
}
void drop(struct pair *p) { if (p) { free(p->a); free(p->b); free(p); } }
struct pair *make(void) {
    struct pair *p = malloc(sizeof *p);
    if (!p) { fputs("no memory\n", stderr); exit(2); }
    memset(p, 0, sizeof *p);
    return p;
}
unsigned long made;
char *copy(const char *s) {
    size_t n = strlen(s) + 1;
    char *p = malloc(n);
    made++;
    return p ? memcpy(p, s, n) : p;
}
static unsigned long gone;
void count(char *p) { gone++; free(p); }
C
cat >user.c <<'C'
#include <stdio.h>
#include <stdlib.h>
struct pair { char *a, *b; };
int extend(char **, char **, char **);
void drop(struct pair *), count(char *);
struct pair *make(void);
char *copy(const char *);
extern unsigned long made;
int __attribute__((noinline)) grow(int n) {
    char *start = calloc(16, 1), *at = start, *end = start + 16;
    int sum = 0;
    if (!start) return 0;
    for (int i = 0; i < n; i++) {
        if (at == end && !extend(&start, &at, &end)) break;
        *at++ = (char)i;
    }
    for (char *p = start; p != end; p++) sum += *p;
    free(start);
    return sum;
}
int __attribute__((noinline)) both(const char *s) {
    struct pair *p = make();
    p->a = copy(s);
    p->b = copy("other");
    int n = p->a && p->b ? p->a[0] + p->b[1] : 0;
    drop(p);
    return n;
}
int main(void) { printf("%d %d %d %lu\n", grow(3), grow(100), both("text"), made); return 0; }
C
cat >counted.c <<'C'
#include <stdlib.h>
void count(char *p);
int main(int argc, char **argv) { (void)argv; char *p = malloc(8); if (!p) return 1; p[0] = (char)argc; argc -= p[0]; count(p); return argc; }
C
for flag in -g0 -g; do
    rm -rf dir
    extra=("$flag")
    compile_with dir user.c counted.c memory.c
    has_call user.o extend
    compile_with dir user.c counted.c
    lacks_call user.o calloc
    lacks_call user.o extend
    lacks_call user.o drop
    lacks_call user.o make
    lacks_call user.o copy
    # What is static in its file stays there.
    has_call counted.o malloc
    "$command" ld "$ESC_CLANG" user.o memory.o -o program
    plain -O2 user.c memory.c -o plain
    ./program >out && ./plain >expected && same out expected "the output"
    cp user.o again.o && compile_with dir user.c && same user.o again.o "the same object from the same bodies"
done
dwarf=$(command -v "llvm-dwarfdump${ESC_CLANG##*clang}" || command -v llvm-dwarfdump) || dwarf=
[[ -z $dwarf ]] || "$dwarf" --verify user.o >out || fail "the debug information is broken: $(tail -n 5 out)"
rm -rf dir0 && extra=(-g0) && compile_with dir0 memory.c
[[ -n $(find dir0 -name '*.escbody') ]] || fail "no bodies"

# ---- a body that nothing needs leaves no trace
cat >kept.c <<'C'
#include <stdlib.h>
int extend(char **, char **, char **);
char *kept;
int keep(void) {
    char *start = malloc(16), *at = start, *end = start + 16;
    int n = start && extend(&start, &at, &end);
    kept = start;
    return n;
}
C
for flag in -g0 -g; do
    extra=("$flag") && compile_with dir0 kept.c
    esc -O2 "$flag" -c kept.c -o alone.o
    for object in kept alone; do
        nm "$object.o" >"$object.symbols"
        objcopy -O binary -j .text "$object.o" "$object.text"
        readelf -x .debug_info "$object.o" >"$object.debug" 2>/dev/null
    done
    same kept.symbols alone.symbols "symbols" && same kept.text alone.text "code"
    same kept.debug alone.debug "debug information with $flag"
    readelf -WS kept.o >sections && lacks sections 'escapement.assumes'
done

# ---- what was copied must be what is linked
cat >main.c <<'C'
#include <stdlib.h>
void more(char **, size_t);
size_t reach(void);
int main(int argc, char **argv) {
    (void)argv;
    char *p = malloc(16);
    if (!p) return 1;
    p[0] = (char)argc;
    more(&p, 64);
    ((volatile char *)p)[64 * reach() - 1] = (char)argc;
    argc -= p[0];
    free(p);
    return argc;
}
C
callee() { printf '#include <stdlib.h>\nsize_t scale(void) { return %s; }\nsize_t reach(void) { return %s; }\nvoid more(char **p, size_t n) { *p = realloc(*p, n * %s); if (!*p) exit(2); }\n' "$1" "$1" "$2"; }
refused() {
    local pattern=$1 status=0
    shift
    "$command" link-check "$@" 2>err || status=$?
    [[ $status -eq 1 ]] || fail "link-check $*: exit status $status"
    has err "$pattern"
}
believe() {
    rm -rf dir2
    callee 1 "${1:-1}" >callee.c
    compile_with dir2 callee.c main.c
    lacks_call main.o more
    "$command" link-check main.o callee.o
}
extra=()
believe
# The same summary, another body.
cp main.o old.o && callee 0x1000000 0x1000000 >callee.c && compile_with dir2 callee.c
cmp -s <(cat dir2/*/more/*.escsum) <(sed 's/^from .*/&/' dir2/*/more/*.escsum)
refused 'old.o has a copy of more, but callee.o has another one: compile the former again' old.o callee.o
plain old.o callee.o -o bad && crashes ./bad
compile_with dir2 main.c && "$command" ld "$ESC_CLANG" main.o callee.o -o good && ./good
# An object that does not say what it defines.
believe
callee 0x1000000 0x1000000 >callee.c && esc -O2 -c callee.c -o callee.o
refused 'main.o has a copy of more, but no object that is linked says what that is' main.o callee.o
plain main.o callee.o -o bad && crashes ./bad
# The linker puts another function in the place of one that the copied one calls, in other objects only.
believe 'scale()'
lacks_call main.o more
sed -i 's/size_t scale(void)/__attribute__((noinline)) &/' callee.c
printf '#include <stddef.h>\nsize_t __wrap_scale(void) { return (size_t)-1 / 256; }\n' >wrap.c
compile_with dir2 callee.c wrap.c main.c
has_call main.o scale
status=0
"$command" ld "$ESC_CLANG" main.o callee.o wrap.o -Wl,--wrap=scale -o bad 2>err || status=$?
[[ $status -eq 1 && ! -e bad ]] || fail "--wrap: exit status $status"
has err 'main.o has a copy of more, but the linker was told to put another function in the place of one that callee.o defines'
# Damage.
believe
for file in dir2/*/more/*.escbody; do echo more >>"$file"; done
esc -O2 -c main.c -o main.o "$(arg summaries=dir2)" 2>err
[[ $(grep -c '' err) -eq 1 ]] || fail "not one line: $(cat err)"
has err 'warning: escapement: not used: dir2/.*more/.*escbody: the body does not fit its hash'
has_call main.o more
# A name that is another thing here.
believe
sed 's/^int main/static size_t realloc(size_t n) { return n; }\n&/; s/p\[0\] = (char)argc;/p[0] = (char)realloc((size_t)argc);/' main.c >named.c
grep -v stdlib main.c | sed 's/^int main/#include <stddef.h>\nvoid *malloc(size_t); void free(void *);\nstatic __attribute__((noinline)) size_t realloc(size_t n) { return n + 1; }\n&/; s/p\[0\] = (char)argc;/p[0] = (char)(realloc((size_t)argc) - 1);/' >named.c
sed -i '1i #include <stddef.h>' named.c
compile_with dir2 named.c && has_call named.o more
plain named.o callee.o -o named && ./named
