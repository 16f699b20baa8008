# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# blame.sh - which reason holds back how many run-time allocations (sourced by scripts/corpus).
#
# The program is built once more with the plugin, line tables and frame pointers, at a fixed address; the counter
# records the call paths of its allocations; the innermost source position of each is looked up in
# the plugin's report. Left in $PLACE/out/NAME/FORM.blame: first a line per reason, then the paths, most
# frequent first.
#
# IMPRECISE  Frame pointers and line tables may change what is inlined; a copy that is not found is given the
# reason of another copy of its site.

blame_flags="-gline-tables-only -fno-omit-frame-pointer -fno-pie"

blame_program() {
    local name=$1 form=$2 optimize=$OPTIMIZE libraries=("${ldlibs[@]}")
    local output=$PLACE/out/$1/$2.blame counts=$CORPUS/run/counts build=$PLACE/build/$1/$2.blame
    OPTIMIZE+=" $blame_flags"
    ldlibs+=(-no-pie)
    build_program "$name" "$form" blame
    OPTIMIZE=$optimize
    ldlibs=("${libraries[@]}")
    "$CORPUS/tools/launch" -z "$counts" -d 8
    run_once "$name" "$form" blame work "$output.out" "$counts"
    compare_outputs "$name" "$form" "blame" "$PLACE/out/$name/reference" "$output.out"
    "$CORPUS/tools/launch" -P "$counts" | sort -rn >"$output.paths"
    awk '{ for (i = 3; i <= NF; i++) print $i }' "$output.paths" | sort -u >"$output.addresses"
    symbolize "$build/program" <"$output.addresses" >"$output.symbols"
    find "$build/obj" -name '*.json' -exec jq -r -f "$HERE/blame.jq" {} + >"$output.sites"
    awk -f "$HERE/blame.awk" "$output.symbols" "$output.sites" "$output.paths" >"$output"
    echo "$name, $form: what holds back its $(field "$PLACE/out/$name/$form.plugin.counted.counts" allocations) allocations"
    sed -n '/^$/q;p' "$output"
}

# Return addresses in, "ADDRESS FUNCTION@FILE:LINE:COL FUNCTION@..." out, innermost inlined frame first.
symbolize() {
    local tool
    tool=$("$CLANG" --print-prog-name=llvm-symbolizer)
    awk '{ printf "0x%x\n", strtonum_hex($1) - 1 }
        function strtonum_hex(text,    i, n) {
            for (i = 3; i <= length(text); i++) n = n * 16 + index("123456789abcdef", substr(text, i, 1))
            return n
        }' >"$CORPUS/run/calls"
    "$tool" --obj="$1" --basenames --print-address --output-style=LLVM <"$CORPUS/run/calls" | awk '
        NF == 0 { if (address != "") print address frames; address = ""; frames = ""; next }
        address == "" { address = $1; next }
        { name = $0; getline; frames = frames " " name "@" $0 }
        END { if (address != "") print address frames }'
}
