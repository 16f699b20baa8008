# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# GNU make's own tests. They are told by their script as so many of a category: a test is CATEGORY#NUMBER.
# shellcheck shell=bash disable=SC2034 # read by scripts/suites and run
source_package=make-dfsg

# The package has no configure script; the corpus' recipe says what one would find.
build() {
    local files
    # shellcheck source=testsuite/corpus/programs/make.sh
    source "$ROOT/testsuite/corpus/programs/make.sh"
    prepare
    mapfile -t files < <(sources)
    compile_all make "${files[@]}"
    printf '%%CONFIG_FLAGS = (CC => "%s", CFLAGS => "%s", USE_SYSTEM_GLOB => "yes");\n1;\n' "$CC" "$OPT" >tests/config-flags.pm
}

tests() {
    local program=$PWD/make categories=()
    cd tests
    if [[ -n ${ONLY:-} ]]; then
        mapfile -t categories < <(sed 's/#.*//' "$ONLY" | sort -u)
    fi
    timeout 1800 perl ./run_make_tests.pl -make "$program" "${categories[@]}" >run.out 2>&1 || true
    cat run.out >&2
    awk '$1 ~ /\// && / \.+ / {
        name = $1; passed = run = 0
        if (match($0, /ok +\([0-9]+ passed\)/)) { split(substr($0, RSTART), part, /[( ]+/); passed = run = part[2] }
        else if (match($0, /\([0-9]+\/[0-9]+ passed\)/)) { split(substr($0, RSTART + 1), part, /[\/ ]/); passed = part[1]; run = part[2] }
        else if (/N\/A/) { print "skip\t" name "#0"; next }
        else { print "fail\t" name "#0"; next }
        for (i = 1; i <= run; i++) print (i <= passed ? "pass" : "fail") "\t" name "#" i
    }' run.out
}
