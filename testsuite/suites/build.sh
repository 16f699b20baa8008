# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154 # source_package: the recipe
# build.sh - a program and its tests, built as its makefile builds it, plain or with the plugin (sourced by scripts/suites).
#
# The compiler of a build is a script of three lines, $SUITES/NAME/FORM/cc, that adds the plugin or does not; the program's
# own configure and make see nothing else, so two builds differ in nothing but the plugin.
#
# INVARIANT  $SUITES/NAME/FORM/built holds the key of what was built (compiler, flags, plugin, the recipe's `build`, sources); while it
# is equal nothing is compiled again.

# Where the build of a variant lives. What is preloaded runs with the plain build.
form_of() {
    local form=$1
    [[ $form != preload ]] || form=plain
    echo "$form$OPT"
}

version_of() {
    local dsc
    dsc=$(find "$CORPUS/dl" -name "$1_*.dsc" | head -n 1)
    dsc=${dsc##*_}
    echo "${dsc%.dsc}"
}

# What a build depends on; how its tests are run may change without it.
build_key() {
    "$CLANG" --version
    echo "$1"
    version_of "$source_package"
    declare -f build unpack_suite write_compiler || true
    [[ $1 != plugin* ]] || cat "$PLUGIN"
}

# The script that is the compiler of this build. Reports are named after the process, so that a makefile's parallel
# compilations do not meet.
write_compiler() {
    local place=$1 form=$2 plugin=
    mkdir -p "$place/reports"
    if [[ $form == plugin* ]]; then
        plugin="-fplugin=$PLUGIN -fplugin-arg-escapement-report=$place/reports/\$\$.json"
    fi
    printf '#!/bin/sh\nexec %s -w -Qunused-arguments %s "$@"\n' "$CLANG" "$plugin" >"$place/cc"
    chmod +x "$place/cc"
}

# in_tree NAME FORM LIMIT_SECONDS FUNCTION: run a function of the recipe in the tree of a build.
in_tree() {
    local place=$SUITES/$1/$2 limit=$3 function=$4
    (
        cd "$place/tree"
        mkdir -p "$place/home"
        exec env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS LC_ALL=C TZ=UTC HOME="$place/home" SOURCE_DATE_EPOCH=1 CC="$place/cc" \
            OPT="$OPT" JOBS="$JOBS" FULL="$FULL" CORPUS="$CORPUS" ROOT="$ROOT" \
            timeout -k 10 "$limit" "$HERE/run" "$1" "$function" </dev/null
    )
}

# build_suite NAME VARIANT: leaves $SUITES/NAME/FORM/tree.
build_suite() {
    local name=$1 form place key
    form=$(form_of "$2")
    place=$SUITES/$name/$form
    key=$(build_key "$form" | sha256sum)
    [[ $(cat "$place/built" 2>/dev/null) != "$key" ]] || return 0
    rm -rf "$place"
    mkdir -p "$place"
    echo "suites: building $name, $form" >&2
    write_compiler "$place" "$form"
    if declare -F unpack_suite >/dev/null; then
        unpack_suite "$place/tree"
    else
        unpack "$source_package" "$place/tree"
        rm -f "$place"/*.orig*
    fi
    in_tree "$name" "$form" "${build_limit:-3600}" build >"$place/build.log" 2>&1 ||
        { tail -n 30 "$place/build.log" >&2 && return 1; }
    echo "$key" >"$place/built"
}

# Prints "MOVED/SITES" from the reports of a build with the plugin. Probes of configure scripts do not count.
sites_of_build() {
    find "$1/reports" -name '*.json' -exec cat {} + 2>/dev/null | grep -v '"file":"[^"]*conftest\.c"' >"$1/report" || true
    [[ -s $1/report ]] || { echo - && return 0; }
    jq -js -f "$ROOT/testsuite/corpus/sites.jq" "$1/report" | awk -F '\t' '{ print $2 "/" $1 }'
}
