# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2034 # COUNTER, RUN_LIMIT: measure.sh
# limit.sh - which part of a program's allocations could have lived in a frame (sourced by scripts/corpus and
# scripts/limit).
#
# The program is built once more, at -O0, so that a function and a call are those of the source, with
# -finstrument-functions and at a fixed address; the oracle (oracle.c) watches its work load. Left in
# $PLACE/out/NAME: `limit`, one line of names and numbers, and `limit.sites`, one line per site (limit.c).
#
# Functions whose name says that they hand out memory count as their caller; a recipe names more of them, or others,
# by `wrappers=REGEX`.

limit_flags="-O0 -gline-tables-only -fno-pie -fno-builtin -finstrument-functions"
wrapper_names='malloc|calloc|realloc|zalloc|strn?dup|memdup|savestr'

measure_limit() {
    local name=$1 output=$PLACE/out/$1/limit
    local key counts=$CORPUS/run/counts program=$PLACE/build/$1/file.limit/program
    key=$(limit_key "$name")
    [[ $(cat "$output.key" 2>/dev/null) != "$key" ]] || return 0
    build_instrumented "$name"
    list_wrappers "$program" >"$output.wrappers"
    "$CORPUS/tools/limit" -z "$counts"
    (
        ESCAPEMENT_WRAPPERS=$(awk '{ print $1 }' "$output.wrappers" | paste -sd,)
        export ESCAPEMENT_WRAPPERS
        COUNTER=$CORPUS/tools/oracle.so RUN_LIMIT=900
        run_once "$name" file limit work "$output.out" "$counts"
    )
    compare_outputs "$name" file "limit" "$PLACE/out/$name/reference" "$output.out"
    "$CORPUS/tools/limit" -s "$counts" | awk '{ print $8 + $9, $0 }' | sort -k1,1nr -k3,3nr | cut -d ' ' -f 2- >"$output.addresses"
    awk '{ print $1 }' "$output.addresses" | symbolize "$program" >"$output.symbols"
    paste -d ' ' <(awk '{ $1 = ""; print substr($0, 2) }' "$output.addresses") \
        <(awk '{ $1 = ""; print substr($0, 2) }' "$output.symbols") >"$output.sites"
    "$CORPUS/tools/limit" -p "$counts" >"$output"
    echo "$key" >"$output.key"
}

# shellcheck disable=SC2154 # the recipe sets them
limit_key() {
    {
        cat "$SRC/.prepared" "$HERE/limit.sh" "$HERE/oracle.c"
        echo "$("$COMPILER" --version)" "${cppflags[*]} ${ldlibs[*]} ${wrappers:-}"
    } | sha256sum
}

build_instrumented() {
    local optimize=$OPTIMIZE libraries=("${ldlibs[@]}")
    OPTIMIZE=$limit_flags
    ldlibs+=(-no-pie)
    build_program "$1" file limit
    OPTIMIZE=$optimize
    ldlibs=("${libraries[@]}")
}

# "ADDRESS NAME" of the program's own wrappers of an allocator.
list_wrappers() {
    nm --defined-only "$1" | awk -v names="$wrapper_names" -v more="${wrappers:-^$}" \
        '$2 ~ /^[tT]$/ && (tolower($3) ~ names || $3 ~ more) { print $1, $3 }'
}

# limit_percent NAME FIELD...: the sum of the fields in percent of all blocks; "-" where nothing was measured.
limit_percent() {
    local file=$PLACE/out/$1/limit one sum=0
    [[ -f $file ]] || { echo - && return 0; }
    shift
    for one in "$@"; do
        sum=$((sum + $(field "$file" "$one")))
    done
    awk -v sum="$sum" -v blocks="$(field "$file" blocks)" 'BEGIN { printf "%.1f\n", blocks ? 100 * sum / blocks : 0 }'
}
