# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# gawk's own tests, as `make check` runs them: each compares with what it must print; what differs is left as _NAME.
# shellcheck shell=bash disable=SC2034 # read by scripts/suites and run
source_package=gawk

build() {
    ./configure --disable-nls --without-mpfr --without-readline --disable-pma --disable-mpfr CC="$CC" CFLAGS="$OPT"
    # Not the documentation: its sources are not in the package.
    make -j "$JOBS" SUBDIRS="support ."
    make -j "$JOBS" -C extension
}

# The groups of test/Makefile, but for MPFR's (not built) and the network's.
names() {
    # shellcheck disable=SC2016
    printf 'include Makefile\nnames:\n\t@echo $(BASIC_TESTS) $(UNIX_TESTS) $(GAWK_EXT_TESTS) $(MACHINE_TESTS) $(SHLIB_TESTS)\n' |
        make -C test -s -f - names | tr ' ' '\n' | sort -u
}

tests() {
    local name
    cd test
    rm -f _*
    (cd .. && names) | while read -r name; do
        wanted "$name" || continue
        timeout 120 make "$name" </dev/null >"$name.out" 2>&1 || echo "status $?" >"_$name"
        if [[ -e _$name ]]; then
            cat "$name.out" >&2
            result fail "$name"
        elif grep -qiE 'skipp|not supported|test(s)? is unsupported' "$name.out"; then
            result skip "$name"
        else
            result pass "$name"
        fi
        rm -f "$name.out" "_$name"
    done
}
