# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# perl's own tests of the language (t/base, cmd, comp, io, op, re, uni, mro, class), each file a process. A test is FILE#NUMBER.
# shellcheck shell=bash disable=SC2034 # read by scripts/suites and run
source_package=perl

build() {
    sh ./Configure -des -Dcc="$CC" -Doptimize="$OPT" -Duserelocatableinc=n -Dprefix=/usr/local -Dman1dir=none -Dman3dir=none -Ui_db
    make -j "$JOBS" test_prep
}

# Clocks and terminals are left out.
files() {
    printf '%s\n' base/*.t cmd/*.t comp/*.t io/*.t op/*.t re/*.t uni/*.t mro/*.t |
        grep -vE 'alarm|sleep|time(\.t|_)|io/(socket|eintr|shm|sem|msg)|op/(sselect|rand|srand)|bigmem|re/(uniprops|fold_grind)'
}

one_file() {
    local file=$1 status=0 log
    log=$(mktemp)
    timeout 300 ./perl -I../lib "$file" >"$log" 2>&1 </dev/null || status=$?
    tap_results "$file" <"$log"
    grep -a '^not ok' "$log" >&2 || true
    [[ $status == 0 ]] && result pass "$file#exit" || result "fail($status)" "$file#exit"
    rm -f "$log"
}

tests() {
    cd t
    export -f one_file result tap_results
    files | sample 150 | wanted_groups | while read -r file; do one_file "$file"; done
}
