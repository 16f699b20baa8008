# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# git's own tests, each file of t/ a process. A test is FILE#NUMBER. What needs a network, a server or other languages is left out.
# shellcheck shell=bash disable=SC2034 # read by scripts/suites and run
source_package=git

# In git's words: what is not built. DEVELOPER is not set, so its warnings are not errors.
without=(NO_CURL=1 NO_EXPAT=1 NO_GETTEXT=1 NO_TCLTK=1 NO_PYTHON=1 NO_PERL=1 NO_OPENSSL=1)

build() {
    make -j "$JOBS" "${without[@]}" CC="$CC" CFLAGS="$OPT" all
}

# Those that make thousands of repositories or wait for the clock are left out.
files() {
    printf '%s\n' t0*.sh t1*.sh t3*.sh t4*.sh t6*.sh t7[01]*.sh |
        grep -vE 't0021|t0027|t0028|t0040|t1092|t1050|t3404|t3427|t4013|t4216|t6050|t6416|t6423|t7106|t7063|clone|daemon|http|svn|cvs'
}

one_file() {
    local file=$1 status=0 log
    log=$(mktemp)
    timeout 600 ./"$file" --no-color >"$log" 2>&1 </dev/null || status=$?
    tap_results "$file" <"$log"
    grep -a '^not ok' "$log" >&2 || true
    [[ $status == 0 ]] && result pass "$file#exit" || result "fail($status)" "$file#exit"
    rm -rf "$log" "trash directory.${file%.sh}"
}

tests() {
    cd t
    export -f one_file result tap_results
    # With malloc checks test-lib.sh takes LD_PRELOAD for itself: what is preloaded would not be.
    export GIT_TEST_OPTS='' TEST_NO_MALLOC_CHECK=1 SHELL=/bin/sh
    files | sample 40 | wanted_groups | xargs -P "$JOBS" -I '{}' bash -c 'one_file {}'
}
