#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# `escapement measure`: its counts are those of another counter (testsuite/corpus/counter.c), to the last allocation,
# in programs that fork, execute others and end by _exit; what keeps it from counting is one line.
# shellcheck source=cli/tests/lib.sh
. "$(dirname "$0")/lib.sh"
command -v cc >/dev/null || skip "no cc"
corpus=$ESC_SOURCE/testsuite/corpus
cc -std=c11 -O2 "$corpus/launch.c" -o launch
cc -std=c11 -O2 -fno-builtin -shared -fPIC "$corpus/counter.c" -o counter.so

# metric NAME [FILE]: its value in the first run.
metric() { jsonq "${2:-measured.json}" "d['measured']['metrics']['$1'][0]"; }

# counts_agree COMMAND...: allocations, reallocations and frees, twice the same, of the same number of programs.
counts_agree() {
    ends 0 escapement measure -n 2 --no-sites --any-status -o measured.json -- "$@"
    ./launch -z counts
    ./launch -c "$PWD/counter.so" -n "$PWD/counts" "$@" >printed 2>&1 </dev/null || true
    local counted measured
    counted=$(./launch -p counts | awk '{ print $2, $6, $8, $10 }')
    measured="$(metric allocs) $(metric reallocs) $(metric frees) $(jsonq measured.json 'd["measured"]["programs"]')"
    [[ $counted == "$measured" ]] || fail "counted $counted, measured $measured: $*"
    [[ $(jsonq measured.json 'sum(c["allocs"] for c in d["measured"]["classes"])') != 0 ]] || fail "no class has an allocation"
}

# Programs of the system. Both get one variable of the environment more, so make sees as many.
if command -v make >/dev/null; then
    mkdir input
    # The corpus' work load.
    # shellcheck source=testsuite/corpus/programs/make.sh
    (INPUT=input && . "$corpus/programs/make.sh" && inputs)
    counts_agree make -f input/Makefile INPUT=input -n -j2 base=/other part7 part8
    [[ $(metric allocs) -gt 100000 ]] || fail "make allocates only $(metric allocs) times"
    counts_agree make -f input/Makefile INPUT=input nothing
fi
! command -v gawk >/dev/null ||
    counts_agree gawk 'BEGIN { for (i = 0; i < 5000; i++) a[i] = i "x"; n = asort(a); while (("seq 5" | getline x) > 0) print x
        system("true; (echo a); ls") }'
counts_agree sh -c 'echo a; (echo b; true); ls / | sort | head -n 3; exec sed p /etc/passwd'
counts_agree sh -c 'exec /absent/program'
counts_agree bash -c 'x=$(echo 5); (exec true); exec env printf "%s" "$x"'

# Every way of executing and ending, in threads and children.
cat >ways.c <<'C'
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static void *work(void *p) {
    for (int i = 0; i < 1000; i++)
        free(strdup(p));
    return calloc(3, 5);
}
int main(int argc, char **argv, char **envp) {
    char *grows = malloc(10);
    (void)argc;
    for (int i = 1; i < 300; i++)
        grows = realloc(grows, (size_t)i * 100);
    grows = reallocarray(grows, 5, 5);
    grows = realloc(grows, 0) ? NULL : malloc(7);
    for (int way = 0; way < 8; way++) {
        pid_t child = way == 7 ? vfork() : fork();
        if (child == 0) {
            char *own = way < 7 ? malloc(way + 1) : NULL, *args[] = {"true", own ? "x" : NULL, NULL};
            switch (way) {
            case 0: execl("/bin/true", "true", "1", NULL); break;
            case 1: execlp("true", "true", NULL); break;
            case 2: execle("/bin/true", "true", NULL, envp); break;
            case 3: execvp("true", args); break;
            case 4: execve("/absent", args, envp); free(own); _exit(0);
            case 5: exit(0);
            case 6: _Exit(0);
            case 7: execv("/bin/true", args); _exit(1);
            }
            _exit(9);
        }
        int status;
        if (waitpid(child, &status, 0) < 0 || status != 0)
            return way + 1;
    }
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, work, argv[0]);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
C
cc -w -O0 ways.c -o ways -pthread
counts_agree ./ways

# Small objects by class: a program that is all known.
cat >known.c <<'C'
#include <stdlib.h>
int main(int argc, char **argv) {
    (void)argv;
    for (int i = 0; i < 1000 * argc; i++) {
        void *volatile p = malloc(40);
        if (i % 2)
            free(p);
    }
    void *volatile large = malloc(3 << 20);
    return !large;
}
C
cc -O0 known.c -o known
ends 0 escapement measure -n 3 -o known.json -- ./known
[[ $(jsonq known.json '[c["allocs"] - c["frees"] for c in d["measured"]["classes"] if c["size"] == 48][0]') == 500.0 ]] || fail "of 48 bytes not 500 are left: $(cat known.json)"
[[ $(metric bytes known.json) -ge $((3 * 1048576 + 48000)) ]] || fail "bytes: $(metric bytes known.json)"
[[ $(jsonq known.json '[c["allocs"] for c in d["measured"]["classes"] if c["size"] == 0]') == '[1.0]' ]] || fail "not one large object"

# By site, with debug information: one allocation after the other, or a sample that says that it is one.
cc -g -O0 known.c -o known-g
ends 0 escapement measure -n 1 -o sites.json -- ./known-g
has out '^every allocation of one run is in it$'
has out ' 1000 +.*/known.c:5 +main$'
[[ $(jsonq sites.json 'sum(s["objects"] for s in d["measured"]["sites"]), d["measured"]["sample_bytes"]') == '(1001.0, 1)' ]] || fail "$(cat sites.json)"
more=$(printf 'x %.0s' {1..40})
# shellcheck disable=SC2086
ends 0 escapement measure -n 1 -o sites.json -- ./known-g $more
has out 'estimated from a sample: one allocation in '
share=$(jsonq sites.json 'sum(s["objects"] for s in d["measured"]["sites"]) / d["measured"]["metrics"]["allocs"][0]')
awk -v share="$share" 'BEGIN { exit !(share > 0.9 && share < 1.1) }' || fail "the sample stands for $share of the allocations"
ends 0 escapement measure -n 1 -- ./known
has out '^no sites: .*/known has no debug information'
ends 0 escapement measure -n 1 --no-sites -- ./known-g
lacks out 'site'

# Against another one: taking turns, counts are exact, equal ones differ in nothing.
ends 0 escapement measure -n 5 --against './known more' -o both.json -- ./known
has out '^before: \./known more$'
has out '^allocs +2[0-9]{3} +.*-[0-9.]+% +exact$'
[[ $(jsonq both.json 'len(d["against"]["metrics"]["cpu"])') == 5 ]] || fail "not five runs of the other one"
ends 0 escapement measure -n 4 --against ./known -- ./known
has out '^allocs .* ~ +all equal$'
lacks out 'exact$'
ends 0 escapement measure -n 2 --json -- ./known
[[ $(jsonq out 'd["escapement"], d["version"]') == "('measure', 1)" ]] || fail "--json: $(head -n 3 out)"
empty err "nothing to say"
ends 0 escapement measure -n 1 --no-sites --json -- ./known $'no \xff UTF-8'

# What goes wrong is one line, with status 2.
cat >crash.c <<'C'
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv) {
    if (argc > 1)
        return atoi(argv[1]);
    return *(volatile int *)getpid();
}
C
cc -w crash.c -o crash
cat >own.c <<'C'
#include <stddef.h>
static char heap[1 << 20];
static size_t used;
void *malloc(size_t n) { void *p = heap + used; used += (n + 15) & ~(size_t)15; return p; }
void free(void *p) { (void)p; }
void *calloc(size_t n, size_t m) { return malloc(n * m); }
void *realloc(void *p, size_t n) { (void)p; return malloc(n); }
int main(void) { return 0; }
C
cc -w -fno-builtin own.c -o own
: >not-executable
one_line 2 'crash was killed by signal 11 \(Segmentation fault\)' escapement measure -- ./crash
one_line 2 'sh was killed by signal 9 \(Killed\)' escapement measure -- sh -c 'kill -9 $$'
one_line 2 'cannot run ./absent: No such file' escapement measure -- ./absent
one_line 2 'cannot run ./not-executable: Permission denied' escapement measure -- ./not-executable
one_line 2 'ended with exit status 3' escapement measure -- ./crash 3
one_line 2 'own brings a malloc of its own' escapement measure -- ./own
one_line 2 'quoted as for a shell' escapement measure --against 'a "b' -- true
one_line 2 'cannot read absent: No such file' escapement measure --input absent -- cat
one_line 2 'cannot write /absent/file' escapement measure -n 1 -o /absent/file -- true
one_line 0 '1 of its processes \(sh\) were killed, or still run' escapement measure -n 1 --no-sites -- \
    sh -c 'sh -c "echo >started; while :; do :; done" & while [ ! -e started ]; do :; done; kill -9 $!'
ends 0 escapement measure -n 1 --any-status -- ./crash 3
ends 2 escapement measure
ends 2 escapement measure -n 0 -- true
if has_compiler clang && [[ ${ESC_SANITIZE:-OFF} != ON ]]; then
    # Of the runtime's own shared library there is one, whoever brings it; the archive is another malloc.
    escapement cc -O0 known.c -o linked
    ends 0 escapement measure -n 1 --no-sites -o linked.json -- ./linked
    [[ $(metric allocs linked.json) == 1001 ]] || fail "linked with the runtime it allocates $(metric allocs linked.json) times"
    escapement cc --runtime=static -O0 known.c -o archived
    one_line 2 'archived brings a malloc of its own' escapement measure -- ./archived
fi
if cc -w -static crash.c -o static 2>/dev/null; then
    one_line 2 'did not load the runtime' escapement measure -- ./static 0
fi
echo 'a line' >line
ends 0 escapement measure -n 1 --show-output --json --input line -o line.json -- cat
has out '^a line$'

# Interrupted, it ends what it runs and leaves nothing behind.
export TMPDIR=$work/temporary
mkdir "$TMPDIR"
escapement measure -- sleep 60 2>err &
sleep 1
kill -TERM $!
wait $! && fail "interrupted, it ends with status 0"
has err 'interrupted by signal 15'
[[ -z $(ls -A "$TMPDIR") ]] || fail "it leaves $(ls -A "$TMPDIR")"
