# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# build.sh - compile a program of the corpus, plain or with the plugin (sourced by scripts/corpus).
#
# A recipe (programs/NAME.sh, contract in README.md) names the C files and their flags; every compilation is
# done here, so that both variants and both forms differ in nothing but the plugin. Each costs one line of
# CPU time in $out/compile.stats.
#
# INVARIANT  $out/built holds the key of what was built (compiler, flags, plugin, recipe); while it is equal
# nothing is compiled again.
# shellcheck disable=SC2154 # cppflags, ldlibs, source_package: the recipe

build_tools() {
    local tools=$CORPUS/tools flags=(-std=c11 -O2)
    mkdir -p "$tools"
    "$CLANG" "${flags[@]}" "$HERE/launch.c" -o "$tools/launch"
    "$CLANG" "${flags[@]}" "$HERE/rename.c" -o "$tools/rename"
    "$CLANG" "${flags[@]}" "$HERE/limit.c" -o "$tools/limit"
    local preloaded
    for preloaded in counter oracle; do
        "$CLANG" "${flags[@]}" -fno-builtin -fno-omit-frame-pointer -shared -fPIC "$HERE/$preloaded.c" \
            -o "$tools/$preloaded.so"
    done
}

# The sources of NAME, unpacked, with what its own build would generate, and the inputs of its work load.
prepare_program() {
    local name=$1
    SRC=$CORPUS/src/$name INPUT=$CORPUS/input/$name
    local key
    key=$(cat "$HERE/programs/$name"*.* "$HERE/fetch.sh" | sha256sum)
    [[ $(cat "$SRC/.prepared" 2>/dev/null) != "$key" ]] || return 0
    download "$source_package"
    unpack "$source_package" "$SRC"
    rm -rf "$INPUT"
    mkdir -p "$INPUT" "$CORPUS/log"
    (cd "$SRC" && CC=$CLANG CFLAGS="-O2 -w" prepare && inputs) >"$CORPUS/log/$name.prepare" 2>&1 ||
        { tail -n 20 "$CORPUS/log/$name.prepare" >&2 && return 1; }
    echo "$key" >"$SRC/.prepared"
}

# A private copy of the sources joined to whole.c; see merge.sh.
prepare_whole() {
    local name=$1 tree=$CORPUS/tree/$1 key files
    key=$(cat "$SRC/.prepared" "$HERE/merge.sh" "$HERE/rename.c" | sha256sum)
    [[ $(cat "$tree/.merged" 2>/dev/null) != "$key" ]] || return 0
    rm -rf "$tree"
    mkdir -p "${tree%/*}"
    cp -a "$SRC" "$tree"
    ! declare -F fix_tree >/dev/null || (cd "$tree" && fix_tree)
    mapfile -t files < <(cd "$SRC" && sources)
    if [[ ${#files[@]} == 1 ]]; then
        printf '#include "%s"\n' "${files[0]}" >"$tree/whole.c"
    elif declare -F whole >/dev/null; then
        (cd "$tree" && whole >whole.c)
    else
        CC=$CLANG RENAMER=$CORPUS/tools/rename RENAME=${rename[*]:-} TWICE=${twice[*]:-} KEEP=${keep[*]:-} \
            SKIP=$(printf '%s\n' "${skip[@]:-none}") \
            "$HERE/merge.sh" "$tree" "${cppflags[@]}" -- "${files[@]}"
    fi
    echo "$key" >"$tree/.merged"
}

# One compilation: in the environment COMPILE (the command), PLUGIN_ARGS, OUT; the file as argument. Objects
# are named after their path, so that equal file names do not meet.
compile_one() {
    local object=${1//\//_}
    object=$OUT/obj/${object%.c}.o
    local arguments=() extra=()
    [[ -z $PLUGIN_ARGS ]] || read -ra arguments <<<"${PLUGIN_ARGS//%/$object.json}"
    if declare -F flags_for >/dev/null; then
        mapfile -t extra < <(flags_for "$1")
    fi
    "$CORPUS/tools/launch" -t 900 -s "$OUT/compile.stats" $COMPILE "${extra[@]}" "${arguments[@]}" \
        -c "$1" -o "$object" 2>>"$OUT/compile.log"
}

# The variants that are built without: plain, and what limit.sh looks at.
takes_plugin() { [[ $1 != plain && $1 != limit ]]; }

# What the recipe promises of the program, behind PREFIX.
promised() {
    [[ ${brings_functions:-no} == yes ]] || printf '%swhole-program%s' "$1" "${typed_calls:+=typed}"
}

# build_program NAME FORM VARIANT: leaves $OUT/program.
build_program() {
    local name=$1 form=$2 variant=$3 tree=$SRC key files=() libraries=()
    OUT=$PLACE/build/$name/$form.$variant
    PLUGIN_ARGS=
    if takes_plugin "$variant"; then
        PLUGIN_ARGS="-fplugin=$PLUGIN -fplugin-arg-escapement-report=% ${PLUGIN_EXTRA:-}"
        if [[ $MODELS == yes && -f $HERE/models/$name.models ]]; then
            PLUGIN_ARGS+=" -fplugin-arg-escapement-models=$HERE/models/$name.models"
        fi
    fi
    ! takes_plugin "$variant" || [[ -z $VERIFY ]] || PLUGIN_ARGS+=" -fplugin-arg-escapement-verify"
    if [[ $form == summaries ]] && takes_plugin "$variant"; then
        PLUGIN_ARGS+=" -fplugin-arg-escapement-summaries=$OUT/summaries"
        PLUGIN_ARGS+=$(promised " -fplugin-arg-escapement-")
    fi
    if [[ $form == whole ]]; then
        ! takes_plugin "$variant" || PLUGIN_ARGS+=$(promised " -fplugin-arg-escapement-")
        prepare_whole "$name"
        tree=$CORPUS/tree/$name
        files=(whole.c)
    else
        mapfile -t files < <(cd "$SRC" && sources)
    fi
    COMPILE="$COMPILER $OPTIMIZE -w ${cppflags[*]}"
    LINK=("$COMPILER")
    [[ $form != lto ]] || link_time "$variant"
    [[ $form != whole || ${#files[@]} == 0 ]] || COMPILE+=" -I. ${whole_flags[*]:-}"
    key=$(build_key "$variant" "$tree")
    [[ $(cat "$OUT/built" 2>/dev/null) != "$key" ]] || return 0
    rm -rf "$OUT"
    mkdir -p "$OUT/obj"
    local rounds=(only)
    # The first build writes the summaries, the second one uses them; what is linked must fit.
    if [[ $PLUGIN_ARGS == *-escapement-summaries=* ]]; then
        rounds=(first second)
        LINK=("$ROOT/build/cli/escapement" ld "$COMPILER")
    fi
    for _ in "${rounds[@]}"; do
        : >"$OUT/compile.stats"
        (
            cd "$tree"
            export OUT PLUGIN_ARGS COMPILE CORPUS
            export -f compile_one
            ! declare -F flags_for >/dev/null || export -f flags_for
            printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$JOBS" bash -c 'compile_one "$1"' compile
        ) || { tail -n 30 "$OUT/compile.log" >&2 && return 1; }
    done
    [[ $PLUGIN_ARGS != *-escapement-verify* ]] || libraries=("$VERIFY" -pthread)
    "${LINK[@]}" "$OUT"/obj/*.o "${libraries[@]}" -o "$OUT/program" "${ldlibs[@]}" 2>>"$OUT/compile.log" ||
        { tail -n 30 "$OUT/compile.log" >&2 && return 1; }
    echo "$key" >"$OUT/built"
}

# The separate files as one at link time: with the plugin, that of lld too. What is promised of a whole program holds.
link_time() {
    local optimize
    read -ra optimize <<<"$OPTIMIZE"
    COMPILE+=" -flto"
    LINK=("$CORPUS/tools/launch" -t 900 -s "$OUT/compile.stats" "$COMPILER" "${optimize[@]}" -flto -fuse-ld=lld)
    takes_plugin "$1" || return 0
    LINK=(env "ESCAPEMENT_LLD=report=$OUT/obj/link.json$(promised " ")" "${LINK[@]}" "-Wl,--load-pass-plugin=${PLUGIN%.so}-lld.so")
}

build_key() {
    local variant=$1 tree=$2
    {
        "$COMPILER" --version
        echo "$COMPILE $PLUGIN_ARGS ${ldlibs[*]}"
        cat "$tree/.prepared" "$tree/.merged" 2>/dev/null || true
        ! takes_plugin "$variant" || cat "$PLUGIN"
        [[ $form != lto ]] || ! takes_plugin "$variant" || cat "${PLUGIN%.so}-lld.so"
        [[ $PLUGIN_ARGS != *-escapement-verify* ]] || cat "$VERIFY"
        [[ $MODELS != yes ]] || cat "$HERE/models/$name.models" 2>/dev/null || true
    } | sha256sum
}

# CPU seconds of all compilations of a build.
compile_seconds() {
    awk '{ cpu += $2 } END { printf "%.2f", cpu / 1e6 }' "$PLACE/build/$1/$2.$3/compile.stats"
}
