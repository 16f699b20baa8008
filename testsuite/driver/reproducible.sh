#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The object does not depend on what is printed, on the run, the directory, the order of files, -j, the locale, the
# time, the environment, the umask or where things lie in memory; the lines do not either.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

include=(-I"$ESC_SOURCE/analysis/include" -I"$ESC_SOURCE/analysis")
compile() { esc -w "${include[@]}" "${words[@]}" -c "$source" "$@"; }

# Real sources: silent, then with lines, then with lines in another environment (no address may matter).
check_quickly() {
    compile -o first.o
    compile -o told.o "$(arg m)" 2>first.err
    same first.o told.o "-m of $source ${words[*]}"
    PADDING=$(printf '%05000d' 0) compile -o other.o "$(arg m)" 2>other.err
    same first.o other.o "another environment, $source ${words[*]}"
    same first.err other.err "the lines in another environment, $source ${words[*]}"
    sort -t: -k1,1 -k2,2n -k3,3n -s first.err >sorted.err
    same first.err sorted.err "the order of the lines of $source"
    [[ $(sort first.err | uniq -d) == "" ]] || fail "a line twice: $(sort first.err | uniq -d | head -n 3)"
}

for source in sample.c still.c; do
    for level in -O1 "-O2 -g" -Os "-O3 -fPIC" -O0; do
        read -ra words <<<"$level"
        check_quickly
        compile -o second.o
        same first.o second.o "two runs of $source $level"
        compile -o told.o "$(arg m=2)" "$(arg report=first.json)" 2>first.err
        same first.o told.o "-m=2 and a report of $source $level"
        compile -o told.o "$(arg m=2)" "$(arg report=second.json)" 2>second.err
        same first.err second.err "the flows of $source $level"
        same first.json second.json "the reports of $source $level"
    done
done
words=(-O2)
number=0
for source in "$ESC_SOURCE"/analysis/*.c; do
    # A sanitizer in the plugin makes it slow, and no other objects.
    [[ ${ESC_SANITIZE:-OFF} != ON ]] || ((number++ % 4 == 0)) || continue
    check_quickly
done

# ---- surroundings: everything that a build may differ in and an object may not
names=(cfg text_read sample)
commands() { # one compilation of each file, from directory $1 of a copy of the sources
    for name in "$@"; do
        printf '%s -fplugin=%s -O2 -g -w -Ianalysis/include -Ianalysis -ffile-prefix-map=%s=. -c analysis/%s.c -o out/%s.o\n' \
            "$ESC_CLANG" "$ESC_PLUGIN" "$PWD" "$name" "$name"
    done
}
# build DIRECTORY ENVIRONMENT...: compiles the files there; `order` and `jobs` say how.
build() {
    local directory=$1 order=${order:-cat} jobs=${jobs:-1}
    shift
    mkdir -p "$directory/out"
    cp -r "$ESC_SOURCE/analysis" "$directory/"
    cp sample.c "$directory/analysis/"
    (cd "$directory" && commands "${names[@]}" | $order | timeout 300 env "$@" xargs -P "$jobs" -I{} sh -c '{}')
}
agree() {
    for name in "${names[@]}"; do
        same one/out/"$name".o "$1/out/$name.o" "$name.o: $2"
    done
}
build one PADDING=
build a/much/longer/directory PADDING=
agree a/much/longer/directory "another directory"
order=tac jobs=2 build turned PADDING=
agree turned "the other order, two at once"
build locale LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8 LC_NUMERIC=de_DE.UTF-8 TZ=Pacific/Kiritimati
agree locale "another locale and time zone"
build padded "PADDING=$(printf '%0100000d' 0)" "HOME=/nowhere" "TMPDIR=$work" "USER=somebody"
agree padded "a large environment"
(umask 077 && build strict PADDING=)
agree strict "another umask"
if command -v setarch >/dev/null && setarch -R true 2>/dev/null; then
    build fixed setarch -R
    agree fixed "no randomized addresses"
    build fixed-again "PADDING=$(printf '%05000d' 0)" setarch -R
    agree fixed-again "no randomized addresses, another environment"
fi
# The sanitizers' runtime and faketime both want to be first in the process.
if command -v faketime >/dev/null && [[ ${ESC_SANITIZE:-OFF} != ON ]]; then
    build later faketime '2037-12-31 23:59:59'
    agree later "another year"
fi
build epoch SOURCE_DATE_EPOCH=86400
agree epoch "SOURCE_DATE_EPOCH"
# Something was moved, so that this says something of us.
esc -O2 -c sample.c -o moved.o "$(arg m)" 2>one.err
has one.err 'moved to stack'
