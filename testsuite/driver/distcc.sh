#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Summaries with distcc, its server on the loopback address: wherever a file is compiled, the object is the right one. With GCC too.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"
for program in distcc distccd; do
    command -v $program >/dev/null || { echo "skipped: no $program" && exit 77; }
done

cat >user.c <<'C'
#include <stdlib.h>
int look(const char *);
int use(int n) { char *p = malloc(16); if (!p) return 0; p[0] = (char)n; n = look(p); free(p); return n; }
C
echo 'int look(const char *p) { return p[0] > 7; }' >look.c
frames() { ! nm -u "$1" | grep -q ' malloc$'; }

# A compiler that brings the plugin by itself, so that the server may run it; and one without, to see that the server works.
with=$work/with-plugin without=$work/without-plugin
printf '#!/bin/sh\nexec %s -fplugin=%s -fplugin-arg-escapement-summaries=here/dir "$@"\n' "$ESC_CLANG" "$ESC_PLUGIN" >"$with"
printf '#!/bin/sh\nexec %s "$@"\n' "$ESC_CLANG" >"$without"
chmod 755 "$work" "$with" "$without" # the server is another user

port=$((20000 + RANDOM % 20000))
mkdir client here
: >server.log && chmod 666 server.log
export DISTCC_HOSTS="127.0.0.1:$port" DISTCC_DIR=$work/client
distccd --no-detach --daemon --allow 127.0.0.1 --listen 127.0.0.1 --port "$port" --jobs 2 --enable-tcp-insecure \
    --log-file "$work/server.log" >server.out 2>&1 &
server=$!
trap '{ kill "$server" && wait "$server"; } 2>/dev/null || true; rm -rf "$work"' EXIT
# there COMPILER ARGUMENT...: compiled by the server, or not at all.
there() { DISTCC_FALLBACK=0 timeout 60 distcc "$@" 2>client.err; }
for ((i = 0; i < 100; i++)); do
    ! there "$without" -O2 -c look.c -o probe.o || break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
done
[[ -s probe.o ]] || { echo "skipped: distccd does not serve: $(tail -n 2 server.out server.log client.err | tr '\n' ' ')" && exit 77; }

esc -O2 -c look.c -o look.o "$(arg summaries=here/dir)"
esc -O2 -c user.c -o here.o "$(arg summaries=here/dir)"
plain -O2 -c user.c -o plain.o
frames here.o || fail "here the facts are not used"

# On the other side there is no such directory: no facts, and none are written.
there "$with" -O2 -c user.c -o there.o || fail "the server did not compile: $(tail -n 3 client.err server.log)"
# The server notes it when the client has gone.
for ((i = 0; i < 100; i++)); do
    if grep -q 'COMPILE_OK.*with-plugin user.c' server.log; then break; fi
    sleep 0.1
done
((i < 100)) || fail "compiled here: $(tail -n 3 server.log)"
nm there.o >there.symbols && nm plain.o >plain.symbols
same there.symbols plain.symbols "the other side"
readelf -WS there.o >sections
lacks sections 'escapement'

# A server takes no -fplugin=: the compilation comes back and is made here, with the facts.
timeout 60 distcc "$ESC_CLANG" -O2 -c user.c -o back.o -fplugin="$ESC_PLUGIN" "$(arg summaries=here/dir)" 2>client.err ||
    fail "distcc: $(head -n 5 client.err)"
nm here.o >here.symbols && nm back.o >back.symbols
same back.symbols here.symbols "made here"
"$ESC_BUILD/cli/escapement" link-check back.o look.o 2>err || fail "$(cat err)"
