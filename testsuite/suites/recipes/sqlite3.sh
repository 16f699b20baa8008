# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# sqlite3's own tests in Tcl: the files of its `veryquick` selection, each in a process of its own. A test is FILE#CASE.
# shellcheck shell=bash disable=SC2034 # read by scripts/suites and run
source_package=sqlite3

build() {
    ./configure --disable-amalgamation CFLAGS="$OPT" --with-tcl="$(echo /usr/lib/*/tcl8.6)" CC="$CC"
    make -j "$JOBS" testfixture sqlite3
}

# What `veryquick` leaves out by name takes long or wants another build; what is asked to end after two minutes counts as failed.
files() {
    local file
    for file in test/*.test; do
        file=$(basename "$file" .test)
        case $file in
        all | async | async2 | async3 | bc_test1 | broken | corrupt* | *crash* | *_err | *fault* | \
            *ioerr* | *malloc* | full | fuzz* | io | main | memleak | misuse | permutations | quick | veryquick | \
            extraquick | release | rtree | select7 | session | soak | speed* | stmtvtab1 | thread00* | threadtest* | \
            valgrind | walslow | walthread | *big* | sort4 | sort5 | mmap* | oserror | savepoint6 | symlink2) ;;
        *) echo "$file" ;;
        esac
    done
}

tests() {
    local file status
    mkdir -p run && cd run
    (cd .. && files) | sample 150 | wanted_groups | while read -r file; do
        rm -rf ./*
        status=0
        timeout 120 ../testfixture "../test/$file.test" >../log 2>&1 || status=$?
        awk -v file="$file" -v OFS='\t' 'function name(text) { return file "#" text (++seen[text] > 1 ? " (" seen[text] ")" : "") }
            / expected: |^! / && $1 == "!" { print "fail", name($2); next }
            /\.\.\. Ok$/ { text = $0; sub(/\.\.\. Ok$/, "", text); print "pass", name(text); next }
            /\.\.\. Omitted$/ { print "skip", name($1) }' ../log | sed -E 's/0x[0-9a-f]+/ADDRESS/g'
        grep -aE '^!|SIG|Assertion' ../log >&2 || true
        [[ $status == 0 ]] && result pass "$file#(exit)" || result "fail($status)" "$file#(exit)"
    done
}
