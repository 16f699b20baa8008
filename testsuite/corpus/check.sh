#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# check.sh - `escapement check` and `escapement why` on two real programs, libyaml and GNU make.
#
# usage: testsuite/corpus/check.sh --plugin=FILE --clang=PROGRAM --build=DIRECTORY [NAME...]
#
# Every file of each is compiled with the plugin, one after the other, and checked from a compile database: the lines have
# to be equal to the last one. As one program fewer parameters leak. `why` explains three findings
# of each: a site and two parameters.
# shellcheck disable=SC2034 # for start.sh
place=check
# shellcheck source=testsuite/corpus/start.sh
source "$(dirname "$0")/start.sh"
[[ -x $BUILD/cli/escapement-check ]] || { echo "skipped: escapement-check was not built" && exit 77; }
[[ ${#names[@]} -gt 0 ]] || names=(libyaml make)

# database FLAG...: compile_commands.json of $files in $SRC; lines of the plugin in lines.
database() {
    local file flag arguments separator='['
    for file in "${files[@]}"; do
        "$CLANG" -O2 -w "$@" -c "$file" -o "$work/x.o" -fplugin="$PLUGIN" -fplugin-arg-escapement-m=2 2>>"$work/lines"
        arguments='"cc", "-O2"'
        for flag in "$@"; do
            flag=${flag//\\/\\\\}
            arguments+=", \"${flag//\"/\\\"}\""
        done
        printf '%s{"directory": "%s", "file": "%s", "arguments": [%s, "-c", "%s"]}' "$separator" "$PWD" "$file" \
            "$arguments" "$file"
        separator=$',\n'
    done >"$work/compile_commands.json"
    echo ']' >>"$work/compile_commands.json"
}

# explain TEXT: the first line that has it; its explanation begins with the same place.
explain() {
    local place
    place=$(grep -m 1 -E "^[^ ]*: ([^ ].*)?$1" "$work/found" | grep -Eo '^[^ ]*:[0-9]+:[0-9]+') || return 0
    "$escapement" why -p "$work" "$place" >"$work/why" || [[ $? -eq 1 ]] || fail "why $place"
    grep -q "^$place: " "$work/why" || fail "why $place says something else: $(head -n 3 "$work/why")"
    explained=$((explained + 1))
}

check() (
    name=$1
    # shellcheck disable=SC1090
    source "$HERE/programs/$name.sh"
    prepare_program "$name"
    cd "$SRC"
    mapfile -t files < <(sources)
    : >"$work/lines"
    database "${cppflags[@]}"
    "$escapement" check -q -j2 -m2 -p "$work" -o "$work/found" || fail "$name: a file was not checked"
    # Blocks of one place stay together; a header's lines are said once for all files.
    cmp -s <(sort -u "$work/lines") <(sort -u "$work/found") ||
        fail "$name: not the plugin's lines: $(diff <(sort -u "$work/lines") <(sort -u "$work/found") | head -n 6)"
    "$escapement" check -q --program -p "$work" -o "$work/program" || fail "$name: not one program"
    leaking=$(grep -c ': leaking param: ' "$work/found" || true)
    left=$(grep -c ': leaking param: ' "$work/program" || true)
    [[ $left -lt $leaking ]] || fail "$name: as one program $left parameters leak, file by file $leaking"
    explained=0
    explain '(escapes to heap|kept on heap): '
    explain 'leaking param: '
    explain 'leaking param content: '
    [[ $explained -eq 3 ]] || fail "$name: only $explained of three findings to explain"
    echo "$name: ${#files[@]} files, $(grep -c '' "$work/found") lines equal; $leaking parameters leak, as one program $left;" \
        "$explained findings explained"
)

for name in "${names[@]}"; do
    check "$name"
done
