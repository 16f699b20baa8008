#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Under ccache: the second run hits, gives the same object and says the same lines; other arguments miss, and so does what a
# models file says by now. With GCC too.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"
command -v ccache >/dev/null || { echo "skipped: no ccache" && exit 77; }

mkdir cache
: >ccache.conf
export CCACHE_DIR=$PWD/cache CCACHE_CONFIGPATH=$PWD/ccache.conf CCACHE_COMPILERTYPE=$ESC_COMPILER
unset CCACHE_DISABLE
cached() { timeout 120 ccache "$ESC_CLANG" -fplugin="$ESC_PLUGIN" -O2 -c sample.c -fdiagnostics-color=never "$@"; }
hits() { ccache --print-stats | awk '$1 == "direct_cache_hit" || $1 == "preprocessed_cache_hit" { n += $2 } END { print n + 0 }'; }

cached -o first.o "$(arg m)" 2>first.err
[[ $(hits) -eq 0 ]] || fail "a hit in an empty cache"
cached -o second.o "$(arg m)" 2>second.err
[[ $(hits) -eq 1 ]] || fail "no hit in the second run: $(ccache --print-stats | grep -v '	0$')"
same first.o second.o "the object from the cache"
same first.err second.err "the lines from the cache"
has first.err 'moved to stack: malloc\(64\)'
esc -O2 -c sample.c -o direct.o
same first.o direct.o "with and without ccache"

cached -o other.o "$(arg max-object=8)"
[[ $(hits) -eq 1 ]] || fail "another argument was taken from the cache"
differ first.o other.o "max-object=8"
# A changed plugin is another compiler.
cp "$ESC_PLUGIN" copy.so
again() { timeout 120 ccache "$ESC_CLANG" -fplugin="$PWD/copy.so" -O2 -c sample.c -o again.o; }
again && again
[[ $(hits) -eq 2 ]] || fail "no hit with the copied plugin"
touch -d '2001-02-03' copy.so
again
[[ $(hits) -eq 2 ]] || fail "a changed plugin was not noticed"

# What the plugin reads besides the source is in the list of what the object depends on, which ccache believes in depend mode.
cat >user.c <<'C'
#include <stdlib.h>
int look(const char *);
int use(int n) { char *p = malloc(16); if (!p) return 0; p[0] = (char)n; n = look(p); free(p); return n; }
C
echo 'look(p: read)' >own.models
touch -d '2001-02-03' own.models # ccache does not believe what is younger than the compilation
export CCACHE_DEPEND=1
modelled() { timeout 120 ccache "$ESC_CLANG" -fplugin="$ESC_PLUGIN" -O2 -MD -c user.c -o modelled.o "$(arg models="$PWD/own.models")"; }
modelled
has modelled.d own.models
lacks_call modelled.o malloc
modelled
[[ $(hits) -eq 3 ]] || fail "no hit with a models file: $(ccache --print-stats | grep -v '	0$')"
lacks_call modelled.o malloc
echo 'look(p: kept)' >own.models
touch -d '2001-02-04' own.models
modelled
[[ $(hits) -eq 3 ]] || fail "a changed models file was not noticed"
has_call modelled.o malloc
