# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# python3's own tests of what allocates most, each module a process. A test is MODULE#CLASS.METHOD. Every object comes from malloc
# (PYTHONMALLOC), so that the tests are also tests of what is preloaded.
# shellcheck shell=bash disable=SC2034 # read by scripts/suites and run
source_package=python3.11

build() {
    ./configure --without-ensurepip CC="$CC" OPT="$OPT -DNDEBUG"
    make -j "$JOBS"
}

modules() {
    printf 'test_%s\n' list dict set bytes array json deque heapq collections weakref gc memoryview re struct
    [[ $FULL == no ]] || printf 'test_%s\n' unicode pickle io threading thread fork1 subprocess tracemalloc xml_etree zlib bz2 \
        decimal long float complex itertools functools sort string format builtin exceptions generators coroutines descr \
        ast compile grammar syntax marshal copy dictviews enum typing dataclasses email csv hashlib mmap ctypes sqlite3 \
        tempfile os zipfile tarfile shelve random statistics fractions operator queue asyncgen contextlib
}

# Verbose unittest: "method (class) ... ok", with anything between that the test prints.
results_of() {
    awk -v module="$1" -v OFS='\t' '
        match($0, /^test[A-Za-z0-9_]* \([A-Za-z0-9_.<>]+\)/) {
            split(substr($0, 1, RLENGTH), part, /[ ()]+/); current = part[2] ~ ("\\." part[1] "$") ? part[2] : part[2] "." part[1]
        }
        current != "" && match($0, /(^|\.\.\. ?|[^a-zA-Z])(ok|FAIL|ERROR|skipped .*|expected failure|unexpected success)$/) {
            word = substr($0, RSTART, RLENGTH)
            state = word ~ /skipped/ ? "skip" : word ~ /ok$|expected failure$/ ? "pass" : "fail"
            print state, module "#" current (++seen[current] > 1 ? " (" seen[current] ")" : "")
            current = ""
        }'
}

tests() {
    local module status
    export PYTHONMALLOC=malloc PYTHONHASHSEED=0
    modules | wanted_groups | while read -r module; do
        status=0
        timeout -k 5 900 ./python -m test -v "$module" >log 2>&1 </dev/null || status=$?
        results_of "$module" <log
        grep -aE '(FAIL|ERROR|Error)' log | head -n 40 >&2 || true
        [[ $status == 0 ]] && result pass "$module#exit" || result "fail($status)" "$module#exit"
    done
}
