#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# `escapement cc` is a C compiler: alone, in make, autoconf, CMake and Meson, and with ccache; its programs have the
# runtime, each compilation leaves a report of its own.
# shellcheck source=cli/tests/lib.sh
. "$(dirname "$0")/lib.sh"
has_compiler clang || skip "no Clang with a plugin"
cp "$ESC_SOURCE"/testsuite/driver/{sample,main}.c .
says='5 label 7 42'

# What it adds, and to what.
added() { escapement cc --print "$@" >line; }
added -O2 -c sample.c
has line 'clang-19 -fplugin=[^ ]*/escapement\.so( -idirafter [^ ]+)? -O2 -c sample\.c$'
added --arg=m --arg=max-object=8 -c sample.c
has line '-fplugin-arg-escapement-m -fplugin-arg-escapement-max-object=8 -c'
ESCAPEMENT_ARGS='m=2  whole-program' added -c sample.c
has line '-fplugin-arg-escapement-m=2 -fplugin-arg-escapement-whole-program'
for arguments in '--version' '-E sample.c' '-c part.s' '-c -x c++ sample.c' '-M sample.c' '-print-search-dirs'; do
    # shellcheck disable=SC2086
    added $arguments
    lacks line 'escapement'
done
for arguments in 'a.o -o program' 'sample.c main.c' '@all'; do
    echo '-O2 "sample.c" main.c' >all
    # shellcheck disable=SC2086
    added $arguments
    has line 'libescapement\.so'
done
for arguments in '-shared a.o -o library.so' '-fsanitize=address a.o' '-nostdlib a.o' '-c sample.c' '-S -o sample.c sample.c'; do
    # shellcheck disable=SC2086
    added $arguments
    lacks line 'libescapement'
done
echo '-c sample.c' >all
added @all
has line 'escapement\.so( -idirafter [^ ]+)? @all$'

if [[ -f $ESC_SOURCE/analysis/include/escapement/annotate.h ]]; then
    echo '#include <escapement/annotate.h>' >annotated.c
    escapement cc -c annotated.c
fi

# What it makes.
compilers=(clang)
! has_compiler gcc || compilers+=(gcc)
for compiler in "${compilers[@]}"; do
    escapement cc --compiler="$compiler" -O2 -c sample.c -o sample.o
    [[ $(nm -u sample.o | grep -c ' malloc$') -eq 1 ]] || fail "$compiler: no reference to malloc is left"
    escapement cc --compiler="$compiler" --arg=m -O2 sample.c main.c -o program 2>lines
    has_line lines 'sample.c:10:18: moved to stack: malloc(64)'
    [[ ${ESC_SANITIZE:-OFF} == ON ]] || ESCAPEMENT_STATS=json:stats ./program >printed
    [[ ${ESC_SANITIZE:-OFF} == ON || $(cat printed) == "$says" ]] || fail "$compiler: the program says $(cat printed)"
    [[ ${ESC_SANITIZE:-OFF} == ON || -s stats ]] || fail "$compiler: the program has no runtime"
done

# Reports: one for each object, the same when it is compiled again, several sources at once too.
mkdir -p sub/dir
for ((i = 0; i < 2; i++)); do
    escapement cc --report="$PWD/reports" -O2 -c sample.c -o a.o
    (cd sub && ESCAPEMENT_REPORT=$work/reports escapement cc -O2 -c ../sample.c -o a.o)
done
[[ $(find reports -name 'sample.c.*.json' | wc -l) -eq 2 ]] || fail "not two reports: $(find reports)"
for compiler in "${compilers[@]}"; do
    escapement cc --compiler="$compiler" --report="$PWD/$compiler" -O2 sample.c main.c -o sub/dir/program
    [[ $(find "$compiler" -name '*.json' | wc -l) -eq 2 ]] || fail "not two reports: $(find "$compiler")"
done
cp sample.c conftest.c
escapement cc --report="$PWD/none" -c conftest.c
[[ ! -e none ]] || fail "a test of configure left a report"
one_line 2 'absolute path' escapement cc --report=reports -c sample.c
one_line 2 'absolute path' env ESCAPEMENT_REPORT=reports escapement cc -c sample.c

# Wrong use.
one_line 2 'no arguments' escapement cc
one_line 2 'no compiler nocc' escapement cc --compiler=nocc -c sample.c
one_line 2 'neither Clang nor GCC' escapement cc --compiler=/bin/true -c sample.c
one_line 2 'shared, static or none' escapement cc --runtime=some -c sample.c
one_line 2 'cannot run nolauncher' escapement cc --launcher=nolauncher -c sample.c
ends 1 escapement cc -c absent.c
ends 0 escapement cc --help

# The environment, for shells and for programs.
eval "$(escapement env)"
[[ -f $ESCAPEMENT_PLUGIN && -f $ESCAPEMENT_PRELOAD ]] || fail "env names files that are not there"
# shellcheck disable=SC2086
"$ESCAPEMENT_CC" $ESCAPEMENT_CFLAGS -fplugin-arg-escapement-m -O2 -c sample.c -o env.o 2>lines
has lines 'moved to stack'
escapement env --json >env.json
[[ $(jsonq env.json 'd["plugin"]') == "$ESCAPEMENT_PLUGIN" ]] || fail "--json says something else"
unset CC ESCAPEMENT_CC ESCAPEMENT_PLUGIN ESCAPEMENT_CFLAGS ESCAPEMENT_LDFLAGS ESCAPEMENT_PRELOAD

# With sanitizers a compilation costs ten times as much, and the rest is about the builds' tools.
[[ ${ESC_SANITIZE:-OFF} != ON ]] || exit 0

# Installed, it finds everything below its prefix.
cmake --install "$ESC_BUILD" --prefix "$work/prefix" >install.log
(
    hash -r
    PATH=$work/prefix/bin:$PATH
    escapement cc --arg=m -O2 sample.c main.c -o installed 2>lines
    has lines 'moved to stack'
    [[ $(./installed) == "$says" ]] || fail "built by the installed one, the program says $(./installed)"
    ldd installed >libraries
    has libraries "$work/prefix/"
    escapement cc --print -c sample.c >line
    has line "fplugin=$work/prefix/.*/clang-19/escapement.so"
)

# check_build PROGRAM: it runs with the runtime, and its sources left two reports.
check_build() {
    [[ $("$1") == "$says" ]] || fail "$1 says $("$1")"
    ldd "$1" >libraries
    has libraries 'libescapement\.so'
    [[ $(find "$ESCAPEMENT_REPORT" -name '*.json' | wc -l) -eq 2 ]] || fail "not two reports: $(find "$ESCAPEMENT_REPORT")"
    rm -r "$ESCAPEMENT_REPORT"
}
export ESCAPEMENT_REPORT=$work/of-builds
mkdir project && cp sample.c main.c project && cd project

if command -v make >/dev/null; then
    printf 'program: sample.o main.o; $(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)\n' >Makefile
    make -s CC='escapement cc' CFLAGS=-O2
    check_build ./program
    rm -f ./*.o program Makefile
fi
cat >CMakeLists.txt <<'E'
cmake_minimum_required(VERSION 3.16)
project(Program C)
include(CheckFunctionExists)
check_function_exists(strdup HAVE_STRDUP)
add_executable(program sample.c main.c)
E
CC='escapement cc' cmake -G Ninja -B of-cmake -DCMAKE_BUILD_TYPE=Release >cmake.log || fail "$(cat cmake.log)"
cmake --build of-cmake >cmake.log || fail "$(cat cmake.log)"
check_build of-cmake/program
if command -v meson >/dev/null; then
    printf "project('program', 'c')\nexecutable('program', 'sample.c', 'main.c')\n" >meson.build
    CC='escapement cc' meson setup of-meson >meson.log || fail "$(cat meson.log)"
    ninja -C of-meson >meson.log || fail "$(cat meson.log)"
    check_build of-meson/program
fi
if command -v autoconf >/dev/null && command -v make >/dev/null; then
    cat >configure.ac <<'E'
AC_INIT([program], [1])
AC_PROG_CC
AC_CHECK_FUNCS([strdup])
AC_CHECK_HEADERS([malloc.h])
AC_CONFIG_FILES([Makefile])
AC_OUTPUT
E
    printf 'program: sample.o main.o; @CC@ @LDFLAGS@ -o $@ $^\n%%.o: %%.c; @CC@ @CFLAGS@ -c $<\n' >Makefile.in
    autoconf 2>autoconf.log || fail "$(cat autoconf.log)"
    CC='escapement cc' ./configure -q >configure.log || fail "$(cat configure.log)"
    make -s
    check_build ./program
    rm -f ./*.o program
fi

if command -v ccache >/dev/null; then
    unset ESCAPEMENT_REPORT
    mkdir ../cache
    : >../ccache.conf
    export CCACHE_DIR=$work/cache CCACHE_CONFIGPATH=$work/ccache.conf
    hits() { ccache --print-stats | awk '$1 == "direct_cache_hit" || $1 == "preprocessed_cache_hit" { n += $2 } END { print n + 0 }'; }
    compile() { escapement cc --launcher=ccache --arg=m -O2 -c sample.c "$@"; }
    compile -o first.o 2>first.err
    compile -o second.o 2>second.err
    [[ $(hits) -eq 1 ]] || fail "no hit: $(ccache --print-stats | grep -v '	0$')"
    cmp first.o second.o && cmp first.err second.err || fail "the cache answers something else"
    # A report is written by a compilation, so there is one.
    compile --report= -o third.o 2>/dev/null && fail "an empty --report is no directory"
    for ((i = 0; i < 2; i++)); do
        rm -rf ../cached
        escapement cc --launcher=ccache --report="$work/cached" -O2 -c sample.c -o fourth.o
        [[ $(find ../cached -name '*.json' | wc -l) -eq 1 ]] || fail "no report from under ccache"
    done
    # The other way round ccache would not see the plugin: it is refused its preprocessor, and then compiles without
    # the cache.
    before=$(hits)
    for ((i = 0; i < 2; i++)); do ccache escapement cc -O2 -c sample.c -o fifth.o; done
    [[ $(hits) -eq $before ]] || fail "ccache answers for a plugin that it does not see"
    cmp first.o fifth.o || fail "compiled by ccache escapement cc, the object is another one"
fi
