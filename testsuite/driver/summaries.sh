#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Facts cross files by summaries=DIR: wrappers of allocators, callees that only look; and a program in which
# something is not as it was believed is refused. Each such program is also run: it does crash. With GCC too.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"
command=$ESC_BUILD/cli/escapement
[[ -x $command ]] || { echo "skipped: no command escapement" && exit 77; }


# ---- wrappers and callees
cat >memory.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static void fatal(void) { fputs("out of memory\n", stderr); exit(2); }
void *xmalloc(size_t n) { void *p = malloc(n ? n : 1); if (!p) fatal(); return p; }
void *xcalloc(size_t n) { void *p = calloc(n, 1); if (!p && n) fatal(); return p; }
char *xstrdup(const char *s) { char *p = strdup(s); if (!p) fatal(); return p; }
void xfree(void *p) { if (p) free(p); }
static unsigned long made;
void *counted(size_t n) { made++; return malloc(n); }
C
cat >more.c <<'C'
#include <stdlib.h>
#include <string.h>
void stop(void);
char text[9];
void *mallocor(size_t n) { void *p; if (n == 0) n = 1; p = malloc(n); if (p == NULL) stop(); return p; }
void *or_abort(size_t n) { void *p = malloc(n); if (!p) abort(); return p; }
void *growing(void *q, size_t n) { void *p = q ? realloc(q, n) : malloc(n); if (!p) stop(); return p; }
void const_free(const char *p) { free((char *)p); }
void *volatile_store(size_t n) { *(volatile char *)text = 1; return malloc(n); }
void *assembly(size_t n) { __asm__ volatile("nop"); return malloc(n); }
void *setting(size_t n) { memset(text, 1, 9); return malloc(n); }
void *at_least_five(size_t n) { return malloc(n > 5 ? n : 5); }
void *other_question(size_t n, size_t m) { return malloc(m ? n : 1); }
void *wrong_way(size_t n) { return malloc(n ? 1 : n); }
void *another_failure(size_t n) { void *p = malloc(n); if (n == 3) stop(); return p; }
void *never_null(size_t n) { for (;;) { void *p = malloc(n); if (p) return p; } }
C
cat >look.c <<'C'
struct pair { char *a, *b; };
int weight(const struct pair *p) { return p->a[0] + 2 * p->b[0]; }
C
cat >user.c <<'C'
#include <stdio.h>
#include <stdlib.h>
void *xmalloc(size_t), *xcalloc(size_t), *counted(size_t);
char *xstrdup(const char *);
void xfree(void *);
struct pair { char *a, *b; };
int weight(const struct pair *);
int __attribute__((noinline)) work(int n) {
    struct pair *p = xmalloc(sizeof *p);
    p->a = xcalloc(32);
    snprintf(p->a, 32, "%d", n);
    p->b = xstrdup(p->a);
    int w = weight(p);
    xfree(p->b);
    xfree(p->a);
    xfree(p);
    return w;
}
int __attribute__((noinline)) count(int n) {
    char *p = counted(16);
    p[0] = (char)n;
    int r = p[0] + 1;
    free(p);
    return r;
}
int main(void) { printf("%d %d\n", work(7), count(3)); return 0; }
C
compile_with dir memory.c look.c user.c
cp user.o first.o
compile_with lines more.c
cat lines/*/*/*.escsum dir/*/x*/*.escsum | sed -n 's/^model //p' | sort >models
cat >expected <<'END'
allocator mallocor(size) kind malloc fail null never_empty
allocator or_abort(size) kind malloc fail abort
allocator xcalloc(size) kind calloc zeroed fail null
allocator xmalloc(size) kind malloc fail null never_empty
deallocator const_free(pointer)
deallocator xfree(pointer)
duplicator xstrdup(source) kind strdup fail null
reallocator growing(pointer, size) kind realloc fail null
END
same models expected "the thin wrappers"
compile_with dir memory.c look.c user.c
lacks_call user.o xmalloc
lacks_call user.o xcalloc
has_call user.o counted
plain user.o memory.o look.o -o program
plain -O2 user.c memory.c look.c -o plain
./program >out && ./plain >expected && same out expected "the output"
"$command" link-check user.o memory.o look.o
"$command" ld "$ESC_CLANG" user.o memory.o look.o -o checked && ./checked >out && same out expected "checked"
readelf -WS user.o >sections
has sections 'escapement.assumes.* E '
readelf -WS program >sections
lacks sections escapement
compile_with dir user.c && cp user.o again.o && compile_with dir user.c
same user.o again.o "the same object from the same summaries"
# What is thrown away says nothing to others.
esc -O2 -c look.c -o /dev/null "$(arg summaries=thrown)"
[[ $ESC_COMPILER == clang || -z $(find thrown -name '*.escsum') ]] || fail "/dev/null has a summary"
# Without the directory the compilation goes on without other files' facts.
esc -O2 -c user.c -o alone.o "$(arg summaries=not/there)"
esc -O2 -c user.c -o without.o
same alone.o without.o "no directory"
[[ ! -e not ]] || fail "a directory was made where none was meant"

# ---- what is believed must hold
cat >main.c <<'C'
#include <stdlib.h>
int look(char *);
int run(int n) { char *p = malloc(16); if (!p) return 0; p[0] = (char)n; return look(p) - n; }
#ifndef NO_MAIN
int main(int argc, char **argv) { (void)argv; return run(argc); }
#endif
C
echo 'int look(char *p) { return p[0]; }' >old.c
printf '#include <stdlib.h>\nint look(char *p) { int n = p[0]; free(p); return n; }\n' >new.c
believe() {
    rm -rf dir2
    cp old.c callee.c
    compile_with dir2 callee.c
    compile_with dir2 "$1"
    lacks_call "${1%.c}.o" malloc
}
# refused REGEX ARGUMENT...: link-check says so, and `escapement ld` leaves no program.
refused() {
    local pattern=$1 status=0
    shift
    "$command" link-check "$@" 2>err || status=$?
    [[ $status -eq 1 ]] || fail "link-check $*: exit status $status"
    has err "$pattern"
}
believe main.c
"$command" link-check main.o callee.o
# A changed callee.
cp new.c callee.c && compile_with dir2 callee.c
refused 'main.o .*callee.o has another one: compile the former again' main.o callee.o
refused_ld 'main.o .*callee.o has another one' main.o callee.o
plain main.o callee.o -o bad && crashes ./bad
compile_with dir2 main.c && "$command" link-check main.o callee.o
plain main.o callee.o -o good && ./good
# A stale directory: the callee was compiled without it.
believe main.c
cp new.c callee.c && esc -O2 -c callee.c -o callee.o
refused 'does not say: compile that with the plugin' main.o callee.o
refused_ld 'does not say' main.o callee.o
plain main.o callee.o -o bad && crashes ./bad
# Another object in an archive, by both linkers.
believe main.c
mkdir -p other && cp new.c other/callee.c && (cd other && compile_with dir3 callee.c && ar rc ../liblook.a callee.o)
refused 'liblook.a\(callee.o\) has another one' main.o liblook.a
refused_ld 'liblook.a\(callee.o\) has another one' main.o liblook.a
! command -v ld.lld >/dev/null || refused_ld 'liblook.a\(callee.o\) has another one' -fuse-ld=lld main.o liblook.a
plain main.o liblook.a -o bad && crashes ./bad
# A member that is not pulled in does not matter to the linker.
"$command" ld "$ESC_CLANG" main.o callee.o liblook.a -o good && ./good
# A weak definition.
believe main.c
sed 's/^int look/__attribute__((weak)) &/' new.c >callee.c && compile_with dir2 callee.c
refused 'weak definition in callee.o' main.o callee.o
plain main.o callee.o -o bad && crashes ./bad
# Another one in its place, by the linker.
believe main.c
sed 's/^int look/int __wrap_look/' new.c >wrap.c && compile_with dir2 wrap.c
for option in -Wl,--wrap=look -Wl,--wrap,look -Wl,--defsym=look=__wrap_look '-Xlinker --wrap -Xlinker look'; do
    # shellcheck disable=SC2086
    refused_ld 'the linker was told to put another one in its place' main.o callee.o wrap.o $option
done
plain main.o callee.o wrap.o -Wl,--wrap=look -o bad && crashes ./bad
# From a shared library, or nowhere.
believe main.c
plain -shared -fPIC new.c -o liblook.so
refused 'no object that is linked defines it' main.o
refused_ld 'no object that is linked defines it' main.o "$PWD/liblook.so"
plain main.o "$PWD/liblook.so" -o bad && crashes ./bad
# So it is when objcopy has taken the symbol from the object that speaks of it.
believe main.c
cp callee.o hidden.o && objcopy --localize-symbol=look hidden.o
refused 'no object that is linked defines it' main.o hidden.o
plain main.o hidden.o "$PWD/liblook.so" -o bad && crashes ./bad
# A symbol that the loader may interpose: a library's own, exported.
extra=(-fPIC -fno-semantic-interposition -DNO_MAIN)
believe main.c
cp main.o part.o
refused 'the loader may replace the one in callee.o' --shared part.o callee.o
refused_ld 'the loader may replace the one in callee.o' -shared part.o callee.o
"$command" ld "$ESC_CLANG" -shared -Wl,-Bsymbolic part.o callee.o -o bound.so
plain -shared part.o callee.o -o libpart.so
printf 'int run(int);\nint main(int argc, char **argv) { (void)argv; return run(argc); }\n' >start.c
plain start.c new.c -rdynamic "$PWD/libpart.so" -o bad && crashes ./bad
extra=(-fPIC -fsemantic-interposition -DNO_MAIN)
compile_with dir2 callee.c main.c
has_call main.o malloc
if [[ $ESC_COMPILER == gcc ]]; then # whose default that is
    extra=(-fPIC -DNO_MAIN)
    compile_with dir2 callee.c main.c
    has_call main.o malloc
fi
# A weak declaration.
extra=()
believe main.c
sed 's/^int look(char \*);/__attribute__((weak)) &/' main.c >weak.c
compile_with dir2 weak.c
has_call weak.o malloc
# The link of -flto makes other functions.
rm -rf dir2
extra=(-flto)
compile_with dir2 old.c
[[ -z $(find dir2 -name '*.escsum' 2>/dev/null) ]] || fail "-flto writes: $(find dir2)"
# What the other compiler says is not known.
extra=()
if [[ $ESC_COMPILER == gcc && -f $ESC_BUILD/plugin/llvm/escapement.so ]] && command -v clang-19 >/dev/null; then
    rm -rf dir2
    clang-19 -O2 -c old.c -o callee.o -fplugin="$ESC_BUILD/plugin/llvm/escapement.so" "$(arg summaries=dir2)"
    compile_with dir2 main.c 2>err
    empty err "nothing is wrong"
    has_call main.o malloc
    believe main.c
    clang-19 -O2 -c old.c -o callee.o -fplugin="$ESC_BUILD/plugin/llvm/escapement.so" "$(arg summaries=dir2)"
    refused 'callee.o has another one' main.o callee.o
fi

# ---- damage
extra=()
believe main.c
for file in dir2/*/look/*.escsum; do echo "more" >>"$file"; done
esc -O2 -c main.c -o main.o "$(arg summaries=dir2)" 2>err
[[ $(grep -c '' err) -eq 1 ]] || fail "not one line: $(cat err)"
has err 'warning: escapement: not used: dir2/.*look/.*escsum:4: the text does not fit its hash'
has_call main.o malloc
one_error "needs a directory" esc -O2 -c main.c "$(arg summaries=)"

# ---- many at once: two files of one name, parallel compilations
mkdir -p one two
echo 'int first(char *p) { return p[0]; }' >one/same.c
echo 'int second(char *p) { return p[1]; }' >two/same.c
printf '#include <stdlib.h>\nint first(char *), second(char *);\nint both(int n) { char *p = malloc(8); if (!p) return 0; p[0] = p[1] = (char)n; n = first(p) + second(p); free(p); return n; }\n' >both.c
for _ in 1 2 3 4; do
    for directory in one two; do
        (cd $directory && esc -O2 -c same.c -o same.o "$(arg "summaries=$work/dir4")") &
    done
done
wait
[[ $(find dir4 -name '*.escsum' | wc -l) -eq 2 ]] || fail "not two summaries: $(find dir4)"
[[ -z $(find dir4 -name '*.??????' ! -name '*.escsum') ]] || fail "something is left: $(find dir4)"
compile_with dir4 both.c
lacks_call both.o malloc
"$command" link-check both.o one/same.o two/same.o
