# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# redis-server on a Unix socket, fed a fixed list of commands by its own redis-cli (built plain); Lua, lists, sets, hashes, sorted sets, streams,
# transactions, a dump and its reload.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=redis
cppflags=(-std=gnu11 -DREDIS_STATIC= -D_GNU_SOURCE -DLUA_USE_MKSTEMP -DENABLE_CJSON_GLOBAL -DLUA_ANSI '-DHDR_MALLOC_INCLUDE="hdr_redis_malloc.h"'
    -Ideps/hiredis -Ideps/linenoise -Ideps/lua/src -Ideps/hdr_histogram)
ldlibs=(-lm -ldl -lpthread -rdynamic)

prepare() {
    printf '#define REDIS_GIT_SHA1 "00000000"\n#define REDIS_GIT_DIRTY "0"\n#define REDIS_BUILD_ID "corpus-1"\n#include "version.h"
#define REDIS_BUILD_ID_RAW REDIS_VERSION REDIS_BUILD_ID REDIS_GIT_DIRTY REDIS_GIT_SHA1\n' >src/release.h
    local files
    mapfile -t files < <(printf 'src/%s.c\n' anet adlist dict redis-cli zmalloc release ae redisassert crcspeed crc64 siphash crc16 \
        monotonic cli_common mt19937-64
        printf 'deps/%s.c\n' hiredis/{hiredis,sds,net,read,alloc,async} linenoise/linenoise)
    "$CC" -O1 -w "${cppflags[@]}" "${files[@]}" -o redis-cli "${ldlibs[@]}"
}

sources() {
    printf 'src/%s.c\n' adlist quicklist ae anet dict server sds zmalloc lzf_c lzf_d pqsort zipmap sha1 ziplist release \
        networking util object db replication rdb t_string t_list t_set t_zset t_hash config aof pubsub multi debug sort \
        intset syncio cluster crc16 endianconv slowlog eval bio rio rand memtest syscheck crcspeed crc64 bitops \
        sentinel notify setproctitle blocked hyperloglog latency sparkline redis-check-rdb redis-check-aof geo lazyfree \
        module evict expire geohash geohash_helper childinfo defrag siphash rax t_stream listpack localtime lolwut \
        lolwut5 lolwut6 acl tracking connection tls sha256 timeout setcpuaffinity monotonic mt19937-64 resp_parser \
        call_reply script_lua script functions function_lua commands
    printf 'deps/hiredis/%s.c\n' hiredis net read alloc async sds
    printf 'deps/hdr_histogram/%s.c\n' hdr_histogram
    printf 'deps/lua/src/%s.c\n' lapi lcode ldebug ldo ldump lfunc lgc llex lmem lobject lopcodes lparser lstate lstring \
        ltable ltm lundump lvm lzio strbuf fpconv lauxlib lbaselib ldblib liolib lmathlib loslib ltablib lstrlib loadlib \
        linit lua_cjson lua_struct lua_cmsgpack lua_bit
}

# Two copies of sds and dict, Lua's and hiredis' names, X-macro headers: not worth a private fork of it.
no_whole=yes

inputs() {
    awk 'BEGIN {
        for (i = 0; i < 4000; i++) {
            printf "SET key:%d value-%d\nGET key:%d\nINCRBY counter %d\n", i, i * 31, i * 7 % 4000, i
            printf "RPUSH list:%d a%d b c\nLRANGE list:%d 0 5\nLINSERT list:%d BEFORE c new%d\n", i % 20, i, i % 20, i % 20, i
            printf "HSET hash:%d f%d v%d g %d\nHGETALL hash:%d\nSADD set:%d m%d n%d\nSCARD set:%d\n", i % 50, i % 40, i, i, i % 50, i % 10, i % 300, i % 70, i % 10
            printf "ZADD z:%d %d m%d\nZRANGE z:%d 0 3 WITHSCORES\nAPPEND str:%d xyz%d\nSETRANGE str:%d 5 hello\n", i % 10, i * 7 % 100, i % 200, i % 10, i % 30, i, i % 30
            if (i % 10 == 0) printf "EVAL \"local t = {} for i = 1, 20 do t[i] = KEYS[1] .. i end return redis.call(\x27GET\x27, KEYS[1]) .. #t\" 1 key:%d\nMULTI\nINCR c%d\nLPUSH q x y\nRPOPLPUSH q q2\nEXEC\n", i, i % 5
            if (i % 20 == 0) printf "SORT set:1 ALPHA LIMIT 0 5\nSINTER set:1 set:2\nSUNIONSTORE dst set:1 set:3\nXADD st 1-%d f v%d\nXRANGE st - + COUNT 2\nBITCOUNT str:%d\nPFADD hll a%d\nPFCOUNT hll\nGETRANGE str:1 0 9\nEXPIRE key:%d 100000\nTYPE z:1\nOBJECT ENCODING list:1\n", i + 1, i, i % 30, i, i
        }
        print "BOGUS command\nGET\nLPUSH key:1 x\nCONFIG GET maxmemory\nDBSIZE\nDEBUG RELOAD\nDBSIZE\nZRANGEBYSCORE z:1 10 20 LIMIT 0 3\nSAVE\nFLUSHALL\nDBSIZE"
    }' >"$INPUT/commands"
}

work() {
    local server i
    run --port 0 --unixsocket "$PWD/socket" --save "" --appendonly no --enable-debug-command yes --hz 1 --daemonize no \
        --logfile server.log --activerehashing no &
    server=$!
    for ((i = 0; i < 200; i++)); do
        [[ -S socket ]] && break
        sleep 0.05
    done
    "$SRC/redis-cli" -s "$PWD/socket" <"$INPUT/commands"
    "$SRC/redis-cli" -s "$PWD/socket" SHUTDOWN NOSAVE
    wait "$server"
    cksum dump.rdb | awk '{ print $2 > 0 }'
}
