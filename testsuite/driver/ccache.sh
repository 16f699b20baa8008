#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Under ccache: the second run hits, gives the same object and says the same lines; other arguments miss.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"
command -v ccache >/dev/null || { echo "skipped: no ccache" && exit 77; }

mkdir cache
: >ccache.conf
export CCACHE_DIR=$PWD/cache CCACHE_CONFIGPATH=$PWD/ccache.conf CCACHE_COMPILERTYPE=clang
unset CCACHE_DISABLE
cached() { timeout 120 ccache "$ESC_CLANG" -fplugin="$ESC_PLUGIN" -O2 -c sample.c -fno-color-diagnostics "$@"; }
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
