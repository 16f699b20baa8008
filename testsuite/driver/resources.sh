#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Resources: what the plugin costs on adversarial inputs (testsuite/resources/adversary) in time and memory, how much
# deeper stacks get, and that a time limit gives up. docs/resources.md has the numbers.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"
adversary=$ESC_SOURCE/testsuite/resources/adversary
longest=240 # seconds by the clock; the full sizes are also compiled on machines that do other things
[[ ${1:-} != --full ]] || longest=1800

# ---- adversarial inputs
# cost FILE ARGUMENT...: CPU milliseconds of a compilation within 2 GiB of memory. A plugin with a sanitizer inside
# reserves terabytes of addresses.
cost() {
    local TIMEFORMAT='%U %S'
    {
        time (
            [[ ${ESC_SANITIZE:-OFF} == ON ]] || ulimit -v $((2 * 1024 * 1024))
            timeout "$longest" "$ESC_CLANG" -O1 -w -c "$@" -o large.o 2>err
        )
    } 2>cpu.txt || fail "$*: exit status $?: $(tail -n 3 err)"
    awk '{ printf "%d\n", ($1 + $2) * 1000 }' cpu.txt
}
# A tenth of what `--full` compiles, so that it takes seconds.
sizes=(locals=1000 sites=1000 big=100 nest=200 switch=500 chain=500 initialiser=10000 merge=300)
[[ ${1:-} != --full ]] || sizes=(locals=10000 sites=10000 big=1000 nest=250 switch=5000 chain=5000 initialiser=100000 merge=3000)
slower=1
[[ ${ESC_SANITIZE:-OFF} != ON ]] || slower=8
for size in "${sizes[@]}"; do
    "$adversary" "${size%=*}" "${size#*=}" >hard.c
    without=$(cost hard.c)
    with=$(cost hard.c "-fplugin=$ESC_PLUGIN")
    printf '%-18s %6d ms without, %6d with\n' "$size" "$without" "$with"
    # Four times the compiler's own time and a second: far above what is measured, far below a blow-up.
    if [[ ${1:-} != --full && $with -gt $(((without * 4 + 1000) * slower)) ]]; then
        fail "$size: $with ms, $without without the plugin"
    fi
done

# ---- a time limit
one_error limit-time esc -O1 -c sample.c -o none.o "$(arg limit-time=soon)"
esc -O1 -c sample.c -o limited.o "$(arg limit-time=1000)" # a quarter of an hour: not reached
esc -O1 -c sample.c -o free.o
same limited.o free.o "a time limit that is not reached"
esc -O1 -c sample.c -o none.o "$(arg limit-time=7)" "$(arg dump=limited.model)"
has_line limited.model "config max_milliseconds 7000" # what it is when it is reached: analysis/tests/test_decide.c

# ---- stacks: the deepest recursion that 256 KiB carry, plain and with the plugin; a thread of 64 KiB.
cat >deep.c <<'C'
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static uintptr_t top, lowest;
__attribute__((noinline)) static void mark(void) {
    char here;
    uintptr_t at = (uintptr_t)&here;
    if (!lowest || at < lowest)
        lowest = at;
}
__attribute__((noinline)) static int down(int n) {
    char *text = malloc(SIZE), *other = malloc(SIZE);
    if (!text || !other)
        exit(2);
    snprintf(text, SIZE, "%d", n);
    memcpy(other, text, SIZE);
    mark();
    int sum = n > 0 ? down(n - 1) : 0;
    sum += (int)strlen(other);
    free(text);
    free(other);
    return sum;
}
__attribute__((noinline)) static int flat(int n) {
    char *text = malloc(FLAT);
    if (!text)
        exit(2);
    snprintf(text, FLAT, "%d", n);
    mark();
    int sum = (int)strlen(text);
    free(text);
    return sum;
}
static void *thread(void *result) {
    char here;
    top = (uintptr_t)&here;
    *(int *)result = down(DEPTH) + flat(3);
    return NULL;
}
int main(void) {
    pthread_attr_t small;
    pthread_t it;
    int result = 0;
    pthread_attr_init(&small);
    if (pthread_attr_setstacksize(&small, STACK) || pthread_create(&it, &small, thread, &result) ||
        pthread_join(it, NULL))
        return 3;
    fprintf(stderr, "%d\n", (int)(top - lowest));
    printf("%d\n", result);
    return 0;
}
C
# depth NAME FLAG...: bytes of stack that the program needs.
depth() {
    local name=$1
    shift
    timeout 20 "./$name" >"$name.out" 2>depth || fail "$name: exit status $? ($*)"
    cat depth
}
frames=1000
defines=(-DSIZE=64 -DFLAT=4000 "-DDEPTH=$frames" -DSTACK=1048576)
plain -O2 -pthread "${defines[@]}" deep.c -o plain.x
before=$(depth plain.x "${defines[@]}")
for budget in 0 64 128 256; do
    esc -O2 -pthread "${defines[@]}" deep.c -o moved.x "$(arg max-recursive=$budget)"
    after=$(depth moved.x "$budget")
    same plain.x.out moved.x.out "the sum of the recursion"
    echo "recursion of $frames frames: $before bytes of stack, with max-recursive=$budget $after"
    # Alignment of the slots, and saved registers, come on top of the budget; the flat function below is 4,000.
    [[ $((after - before)) -le $((frames * (budget + 48) + 4096)) ]] || fail "max-recursive=$budget: $after bytes, $before plain"
done
# 64 KiB of stack, as small embedded threads have: the budgets are chosen to fit.
defines=(-DSIZE=64 -DFLAT=4000 -DDEPTH=40 -DSTACK=65536)
for flags in "" -fstack-clash-protection -fstack-protector-strong "-fstack-protector-all -fstack-clash-protection"; do
    read -ra words <<<"$flags"
    plain -O2 -pthread "${words[@]}" "${defines[@]}" deep.c -o plain.x
    before=$(depth plain.x "$flags")
    esc -O2 -pthread "${words[@]}" "${defines[@]}" deep.c -o moved.x "$(arg max-frame=8192)" "$(arg m)" 2>err
    after=$(depth moved.x "$flags")
    same plain.x.out moved.x.out "on a thread of 64 KiB, $flags"
    has err 'moved to stack: malloc\(FLAT\)'
    echo "a thread of 64 KiB ($flags): $before bytes of stack, with the plugin $after"
done
# A budget of a frame holds: what is larger than it stays on the heap.
esc -O2 -c "${defines[@]}" deep.c -o none.o "$(arg max-frame=2000)" "$(arg m)" 2>err
has err 'malloc\(FLAT\) does not escape; kept on heap: frame budget'
# Split stacks: each function that grew still asks for more stack.
for build in plain esc; do $build -O2 -fsplit-stack "${defines[@]}" -S deep.c -o $build.s; done
has plain.s '__morestack'
[[ $(grep -c 'callq.*__morestack' plain.s) -eq $(grep -c 'callq.*__morestack' esc.s) ]] || fail "-fsplit-stack is lost"
