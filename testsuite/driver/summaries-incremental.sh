#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Builds with summaries=DIR: a changed summary rebuilds its users and nothing else, under make, ninja and ccache; what is read
# decides the object, the order of compilations does not. With GCC too.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"
command=$ESC_BUILD/cli/escapement
[[ -x $command ]] || { echo "skipped: no command escapement" && exit 77; }

cat >user.c <<'C'
#include <stdlib.h>
int look(const char *);
int use(int n) { char *p = malloc(16); if (!p) return 0; p[0] = (char)n; n = look(p); free(p); return n; }
C
cat >main.c <<'C'
#include <stdio.h>
int use(int);
int other(int);
int main(void) { return use(1) + other(2) < 0; }
C
echo 'int look(const char *p) { return p[0] > 0; }' >look.c
echo 'int other(int n) { return n + 1; }' >other.c
keeps='const char *kept; int look(const char *p) { kept = p; return p[0] > 0; }'
looks='int look(const char *p) { return p[0] > 7; }'
frames() { ! nm -u "$1" | grep -q ' malloc$'; }

build() { "${builder[@]}" >log 2>&1; }
# The build, and which objects it made anew.
built() {
    touch before && sleep 0.02
    build || fail "${builder[*]} fails: $(tail -n 5 log)"
    find . -maxdepth 1 -name '*.o' -newer before -printf '%f\n' | sort | tr '\n' ' ' >made
}
made() { [[ $(cat made) == "$1" ]] || fail "made $(cat made), not $1"; }

flags="-O2 -MD -fplugin=$ESC_PLUGIN $(arg summaries=dir)"
cat >Makefile <<MAKE
objects = main.o use.o look.o other.o
program: \$(objects)
	$command ld $ESC_CLANG \$^ -o \$@
use.o: user.c
	$ESC_CLANG $flags -c \$< -o \$@
%.o: %.c
	$ESC_CLANG $flags -c \$< -o \$@
-include \$(objects:.o=.d)
MAKE
cat >build.ninja <<NINJA
rule cc
  command = $ESC_CLANG $flags -MF \$out.d -c \$in -o \$out
  depfile = \$out.d
  deps = gcc
rule ld
  command = $command ld $ESC_CLANG \$in -o \$out
build main.o: cc main.c
build use.o: cc user.c
build look.o: cc look.c
build other.o: cc other.c
build program: ld main.o use.o look.o other.o
NINJA
for name in make ninja; do
    command -v $name >/dev/null || continue
    builder=("$name" -j2)
    rm -rf dir ./*.o ./*.d program
    echo 'int look(const char *p) { return p[0] > 0; }' >look.c
    build || fail "$name: $(tail -n 5 log)"
    rm -f ./*.o
    built
    made 'look.o main.o other.o use.o '
    frames use.o || fail "$name: the second build does not use what the first one wrote"
    built && made ''
    # The same effect in other words: nobody else is compiled.
    echo "$looks" >look.c
    built && made 'look.o '
    built && made ''
    # Another effect: the link refuses, and the next build makes the user, and only that.
    sleep 0.02 && echo "$keeps" >look.c
    build || true
    build || true
    build || fail "$name does not come to an end: $(tail -n 5 log)"
    ! frames use.o || fail "$name: a user of what has changed was not compiled again"
    [[ other.o -ot look.o && main.o -ot look.o ]] || fail "$name: more than the user was compiled"
    built && made ''
    # A function that is gone leaves its users to themselves.
    echo 'int elsewhere;' >look.c && echo "$looks" >>other.c
    build || build || build || fail "$name: $(tail -n 5 log)"
    echo 'int other(int n) { return n + 1; }' >other.c
done

# ---- which are there decides, the order does not
echo 'int look(const char *p) { return p[0] > 0; }' >look.c
for order in 'main user look other' 'other look user main'; do
    rm -rf dir3
    for name in $order $order; do
        esc -O2 -c "$name.c" -o "$name.o" "$(arg summaries=dir3)"
    done
    sha256sum main.o user.o look.o other.o >"sums.${order%% *}"
    (cd dir3 && find . -type f | sort | xargs sha256sum) >>"sums.${order%% *}"
done
same sums.main sums.other "another order"

# ---- ccache in depend mode
if command -v ccache >/dev/null; then
    mkdir cache && : >ccache.conf
    export CCACHE_DIR=$PWD/cache CCACHE_CONFIGPATH=$PWD/ccache.conf CCACHE_COMPILERTYPE=$ESC_COMPILER CCACHE_DEPEND=1
    unset CCACHE_DISABLE
    cached() { timeout 120 ccache "$ESC_CLANG" -fplugin="$ESC_PLUGIN" -O2 -MD -c user.c -o cached.o "$(arg summaries=dir3)"; }
    hits() { ccache --print-stats | awk '$1 == "direct_cache_hit" || $1 == "preprocessed_cache_hit" { n += $2 } END { print n + 0 }'; }
    # ccache does not believe what is younger than the compilation.
    find dir3 -type f -exec touch -d '2001-02-03' {} +
    cached && frames cached.o || fail "ccache: the summaries are not used"
    cached && [[ $(hits) -eq 1 ]] || fail "ccache: no hit: $(ccache --print-stats | grep -v '	0$')"
    echo "$keeps" >look.c && esc -O2 -c look.c -o look.o "$(arg summaries=dir3)"
    cached && [[ $(hits) -eq 1 ]] || fail "ccache: a changed summary was not noticed"
    ! frames cached.o || fail "ccache: a changed summary was not used"
    unset CCACHE_DEPEND
fi
