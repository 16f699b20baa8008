# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# dash has no tests of its own: it runs configure scripts of other programs, and everything they write is part of the result.
# shellcheck shell=bash disable=SC2034 # read by scripts/suites and run
source_package=dash
also_packages=(gawk bc tcc)

# The package's makefile does not know all files of Debian's patches; the corpus' recipe does.
build() {
    local files
    # shellcheck source=testsuite/corpus/programs/dash.sh
    source "$ROOT/testsuite/corpus/programs/dash.sh"
    prepare
    mapfile -t files < <(sources)
    compile_all src/dash "${files[@]}"
}

# In the same directory for both builds of dash: its name is in what configure writes.
tests() {
    local package scratch=$CORPUS/suites/dash/scratch dash=$PWD/src/dash status sum
    mkdir -p "$scratch/bin"
    cp "$dash" "$scratch/bin/dash"
    for package in "${also_packages[@]}"; do
        wanted "$package" || continue
        rm -rf "$scratch/tree"
        # shellcheck source=testsuite/corpus/fetch.sh
        (source "$ROOT/testsuite/corpus/fetch.sh" && unpack "$package" "$scratch/tree")
        status=0
        (
            cd "$scratch/tree"
            CONFIG_SHELL=$scratch/bin/dash timeout 600 "$scratch/bin/dash" ./configure CC=gcc >"$scratch/output" 2>&1
        ) || status=$?
        cat "$scratch/output" >&2
        sum=$( (cat "$scratch/output" && cd "$scratch/tree" && find . -type f \( -name Makefile -o -name 'config*.h' -o -name config.status -o -name '*.pc' \) \
            -newer "$scratch/bin/dash" -print0 | sort -z | xargs -0 cat) | cksum)
        [[ $status == 0 ]] && result "pass(${sum// /,})" "$package" || result "fail($status,${sum// /,})" "$package"
    done
    rm -rf "$scratch"
}
