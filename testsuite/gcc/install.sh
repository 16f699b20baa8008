#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# install.sh - installed below a prefix the plugin lies where GCC looks for `-fplugin=escapement`, and GCC of another
# version, or another build of it, refuses it in one line.
#
# Environment: ESC_GCC the compiler, ESC_PLUGIN the plugin, ESC_SOURCE the repository, ESC_BUILD the build tree.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
cp "$ESC_SOURCE/testsuite/driver/sample.c" .

fail() {
    echo "install: $*" >&2
    exit 1
}

# DESTDIR stages what would lie below /usr, GCC's own prefix.
DESTDIR=$scratch/stage cmake -DCMAKE_INSTALL_PREFIX=/usr -P "$ESC_BUILD/plugin/gcc/cmake_install.cmake" >log 2>&1 ||
    fail "$(tail -n 5 log)"
own=$(realpath "$("$ESC_GCC" -print-file-name=plugin)")
[[ -f stage$own/escapement.so ]] || fail "not at stage$own: $(find stage -name escapement.so)"
# -B makes GCC look there first for its directory of plugins, as for all its parts.
timeout 60 "$ESC_GCC" -B"$scratch/stage${own%plugin}" -O2 -fplugin=escapement -fplugin-arg-escapement-m -c sample.c -o moved.o 2>lines ||
    fail "$(cat lines)"
grep -q '^sample.c:10:18: moved to stack: malloc(64)$' lines || fail "says: $(cat lines)"

# A plugin that loads ours with another version than that of the compiler that it is in.
cat >other.c <<'CODE'
#include <dlfcn.h>
#include <stdlib.h>
int plugin_is_GPL_compatible;
struct version { const char *base, *date, *phase, *revision, *configuration; };
int plugin_init(void *arguments, struct version *version) {
    struct version other = *version;
    int (*init)(void *, struct version *);
    void *ours = dlopen(getenv("ESC_PLUGIN"), RTLD_NOW);
    if (!ours || !(init = (int (*)(void *, struct version *))dlsym(ours, "plugin_init")))
        return 99;
    *(getenv("OTHER_BASE") ? &other.base : &other.date) = getenv("OTHER_BASE") ? getenv("OTHER_BASE") : "20001224";
    return init(arguments, &other);
}
CODE
"$ESC_GCC" -shared -fPIC -w other.c -o other.so
# refused TEXT: in one line of ours, before GCC's own that the plugin failed.
refused() {
    if timeout 60 "$ESC_GCC" -O2 -fplugin=./other.so -c sample.c -o none.o 2>err; then fail "accepted"; fi
    [[ $(head -n 1 err) =~ ^"error: escapement: this plugin is for GCC 12."[0-9.]+"; it was loaded into $1"$ ]] || fail "says: $(cat err)"
    [[ $(grep -vc 'cc1: error: failed to initialize plugin' err) -eq 1 ]] || fail "more than one line: $(cat err)"
    [[ ! -e none.o ]] || fail "an object in spite of it"
}
OTHER_BASE=13.2.0 refused "GCC 13.2.0"
refused "another build of GCC $("$ESC_GCC" -dumpfullversion)"
echo "install: ok"
