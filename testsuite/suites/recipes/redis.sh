# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# redis' own tests in Tcl, against a server with the C library's malloc. A test is UNIT#NAME.
# shellcheck shell=bash disable=SC2034 # read by scripts/suites and run
source_package=redis

build() { make -j "$JOBS" MALLOC=libc OPTIMIZATION="$OPT" CC="$CC" V=1 USE_SYSTEMD=no; }

# In the sample: what is quick and does not wait for clocks.
units() {
    if [[ $FULL == yes ]]; then
        tclsh tests/test_helper.tcl --list-tests | grep -vE 'corrupt-dump-fuzzer|redis-benchmark|oom-score-adj|tls|violations'
    else
        printf 'unit/%s\n' dump auth protocol keyspace scan info-command type/{string,incr,list-2,set,hash,stream,zset} sort multi \
            acl pubsub slowlog scripting functions introspection-2 bitops bitfield geo hyperloglog tracking
        printf 'integration/%s\n' rdb aof convert-{zipmap-hash,ziplist-hash,ziplist-zset}-on-load redis-cli
    fi
}

tests() {
    local unit status
    units | wanted_groups | while read -r unit; do
        status=0
        timeout -k 5 600 ./runtest --single "$unit" --clients 1 --baseport "${REDIS_PORT:-31111}" >log 2>&1 </dev/null || status=$?
        # What is said of times, ports, random seeds and process numbers is no part of a name.
        sed -E 's/\x1b\[[0-9;]*m//g' log | sed -nE 's/^\[(ok|err|skip|ignore)\]: (.*)$/\1\t\2/p' |
            sed -E 's/ \([0-9]+ ms\)$//; s/ in tests\/.*//; s/[0-9]{4,}|[0-9]+ ?(ms|seconds|usec).*/N/g' |
            awk -F '\t' -v unit="$unit" -v OFS='\t' '{ state = $1 == "ok" ? "pass" : $1 == "err" ? "fail" : "skip"
                print state, unit "#" $2 (++seen[$2] > 1 ? " (" seen[$2] ")" : "") }'
        grep -a '\[err\]\|\[exception\]' log >&2 || true
        [[ $status == 0 ]] && result pass "$unit#exit" || result "fail($status)" "$unit#exit"
        rm -rf tests/tmp/*
    done
}
