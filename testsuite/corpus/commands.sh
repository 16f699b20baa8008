#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# commands.sh - `escapement cc`, `env`, `doctor`, `ld`, `link-check`, `model` and `bisect` on two real programs, libyaml and
# GNU make. The other commands: check.sh, measured.sh, profile.sh.
#
# usage: testsuite/corpus/commands.sh --plugin=FILE --clang=PROGRAM --build=DIRECTORY [NAME...]
#
# Each is built by `escapement cc`, with summaries: a report for every file, the runtime in it, the output of the plain build.
# What `env` prints makes the same object. What is linked fits, until the object is left out that others rely on. The
# analysis of one file's model says what the compiler said. And with a test that fails when one certain allocation is in the
# frame, `bisect` finds that allocation.
# shellcheck disable=SC2034 # for start.sh
place=commands
# shellcheck source=testsuite/corpus/start.sh
source "$(dirname "$0")/start.sh"
PATH=$BUILD/cli:$PATH

# ends STATUS COMMAND...: leaves $work/out and $work/err.
ends() {
    local want=$1 status=0
    shift
    timeout 600 "$@" >"$work/out" 2>"$work/err" || status=$?
    [[ $status -eq $want ]] || fail "exit status $status, not $want, of $*: $(tail -n 15 "$work/err" "$work/out")"
}

# compile FILE OBJECT OPTION...: by `escapement cc`.
compile() { ends 0 escapement cc "--compiler=$CLANG" "${@:3}" -O2 -w "${cppflags[@]}" -c "$1" -o "$2"; }

object_of() {
    local object=${1//\//_}
    echo "$PLACE/$name/${object%.c}.o"
}

# compile_some FILE...: with a report of each, and with summaries of what was compiled before.
compile_some() {
    local file
    for file in "$@"; do
        compile "$file" "$(object_of "$file")" "--report=$PLACE/$name/reports" "--arg=summaries=$PLACE/$name/summaries"
    done
}

# The linker's program, that of `cc`, and the plain one say the same.
link() {
    ends 0 escapement ld "$CLANG" "${objects[@]}" -o "$work/linked" "${ldlibs[@]}"
    ends 0 escapement cc "--compiler=$CLANG" "${objects[@]}" -o "$work/$name" "${ldlibs[@]}"
    ldd "$work/$name" | grep -q 'libescapement\.so' || fail "$name: built by cc, it has no runtime"
    mkdir "$work/as"
    for program in "$work/linked" "$work/$name" "$PLACE/build/$name/file.plain/program"; do
        cp "$program" "$work/as/$name" # it prints its name
        status=0
        "$work/as/$name" "$@" >"$work/says" 2>&1 </dev/null || status=$?
        echo "status $status" >>"$work/says"
        [[ ! -e $work/said ]] || cmp "$work/says" "$work/said" || fail "$name: $program says something else"
        mv "$work/says" "$work/said"
    done
    rm -r "$work/as" "$work/said"
}

# fits OBJECT: what is linked fits; without that one, which others rely on, it does not.
fits() {
    local left=()
    ends 0 escapement link-check "${objects[@]}"
    for object in "${objects[@]}"; do
        [[ $object == "$1" ]] || left+=("$object")
    done
    [[ $((${#left[@]} + 1)) -eq ${#objects[@]} ]] || fail "$name: no $1"
    ends 1 escapement link-check --json "${left[@]}"
    jq -e '.held == false and (.refused | length > 0) and (.refused | all(contains("relies on") or contains("has a copy of")))' \
        "$work/out" >/dev/null || fail "$name: link-check without $1 says $(head -c 300 "$work/out")"
    ends 1 escapement ld "$CLANG" -shared -Wl,-z,undefs "${left[@]}" -o "$work/unfit"
    [[ ! -e $work/unfit ]] || fail "$name: ld leaves what does not fit"
}

# same_object FILE: by what env prints, without `escapement cc`; and doctor says that this works.
same_object() {
    compile "$1" "$work/by-cc.o"
    (
        eval "$(escapement env "--compiler=$CLANG")"
        # shellcheck disable=SC2086 # words
        "$ESCAPEMENT_CC" $ESCAPEMENT_CFLAGS -O2 -w "${cppflags[@]}" -c "$1" -o "$work/by-env.o"
    )
    cmp "$work/by-cc.o" "$work/by-env.o" || fail "$name: by env $1 is another object"
}

# said FILE: the verdicts on allocations in it, without the reason, which inlining may change.
said() { sed -nE 's/^([^ ]+: .*(moved to stack|escapes to heap|does not escape)).*/\1/p' "$1" | grep -E ': (moved to stack|[a-z_]+ ?\()' | sort -u || true; }

# same_verdicts FILE: of its model, and of the compiler.
same_verdicts() {
    compile "$1" "$work/x.o" --arg=m "--arg=dump=$work/model"
    said "$work/err" >"$work/lines"
    ends 0 escapement model -m1 "$work/model"
    said "$work/out" >"$work/analysed"
    [[ -s $work/lines ]] || fail "$name: $1 has no verdicts"
    cmp -s "$work/lines" "$work/analysed" || fail "$name: $1: $(diff "$work/lines" "$work/analysed")"
}

# finds FILE...: these as one file, where something moves, with a test that fails when the last allocation that moves is moved.
finds() {
    local tree=$work/tree
    cp -a "$SRC" "$tree"
    cd "$tree"
    ! declare -F fix_tree >/dev/null || fix_tree
    CC=$CLANG RENAMER=$CORPUS/tools/rename RENAME=${rename[*]:-} TWICE=${twice[*]:-} KEEP=${keep[*]:-} \
        SKIP=$(printf '%s\n' "${skip[@]:-none}") "$HERE/merge.sh" "$tree" "${cppflags[@]}" -- "$@"
    cat >"$work/build-and-test" <<SH
set -e
escapement cc --compiler=$CLANG --arg=report=$work/moves.json -O2 -w -I. $(printf '%q ' "${cppflags[@]}" "${whole_flags[@]}") -c whole.c -o $work/x.o
! grep -Fqx -- "\$1" <(jq -r 'select(.kind == "site" and .moved) | "\(.file):\(.line):\(.col)"' $work/moves.json)
SH
    ends 0 bash "$work/build-and-test" nowhere
    found=$(jq -r 'select(.kind == "site" and .moved) | "\(.file):\(.line):\(.col)"' "$work/moves.json" | sort -u | tail -n 1)
    [[ -n $found ]] || fail "$name: nothing moves in $*"
    ends 0 escapement bisect --json -o "$work/reproducer" -- bash "$work/build-and-test" "$found"
    jq -e --arg found "$found" '.found and (.changes | map("\(.file):\(.line):\(.col)") == [$found])' "$work/out" >/dev/null ||
        fail "$name: bisect finds not $found: $(cat "$work/out")"
    ends 0 escapement model "$work/reproducer"
    grep -q "^$found: moved to stack" "$work/out" || fail "$name: the reproducer says $(head -n 3 "$work/out")"
    cd "$SRC"
    rm -rf "$tree"
}

# check NAME RELIED_ON USER "FILE..." ARGUMENT...: a file whose functions others rely on, one that does; files in which, as one,
# something moves; the work load.
check() (
    name=$1 relied=$2 user=$3
    read -ra joined <<<"$4"
    shift 4
    # shellcheck disable=SC1090
    source "$HERE/programs/$name.sh"
    prepare_program "$name"
    build_program "$name" file plain
    cd "$SRC"
    mapfile -t files < <(sources)
    rm -rf "${PLACE:?}/$name"
    mkdir -p "$PLACE/$name"
    compile_some "${files[@]}"
    compile_some "$user" # it uses what the others have written
    reports=$(find "$PLACE/$name/reports" -name '*.json' | wc -l)
    [[ $reports -eq ${#files[@]} ]] || fail "$name: $reports reports of ${#files[@]} files"
    mapfile -t objects < <(for file in "${files[@]}"; do object_of "$file"; done)
    link "$@"
    fits "$(object_of "$relied")"
    same_object "$user"
    same_verdicts "$relied"
    finds "${joined[@]}"
    echo "ok     $name: ${#files[@]} files, $(grep -c '' "$work/lines") verdicts of $relied, $found found"
)

build_tools
ends 0 escapement doctor --json
jq -e --arg clang "$("$CLANG" -dumpversion | cut -d. -f1)" '.checks[] | select(.name == "plugin for Clang \($clang)" and .state == "works")' \
    "$work/out" >/dev/null || fail "doctor says that the plugin does not work: $(cat "$work/out")"
[[ ${#names[@]} -gt 0 ]] || names=(libyaml make)
[[ " ${names[*]} " != *' libyaml '* ]] ||
    check libyaml src/api.c src/scanner.c 'src/api.c src/loader.c src/dumper.c' "$CORPUS/input/libyaml/inventory.yaml"
[[ " ${names[*]} " != *' make '* ]] ||
    check make src/misc.c src/variable.c 'src/misc.c src/variable.c' -f "$CORPUS/input/make/Makefile" "INPUT=$CORPUS/input/make" \
        -n -j2 base=/other part7 part8
