#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# `escapement top`: the sites of a profile, with the report's verdict on each. Its sums are those of the profile as
# protoc reads it, and with a sample for every allocation those of a counter that is preloaded instead; wrappers count
# as their callers; what cannot be used is one line and exit status 2.
# shellcheck source=cli/tests/lib.sh
. "$(dirname "$0")/lib.sh"
runtime=$ESC_BUILD/runtime/libescapement.so
[[ ${ESC_SANITIZE:-OFF} != ON ]] || skip "many programs are built here; report.sh and top_tried.sh read profiles with sanitizers"
has_compiler clang || skip "no Clang with a plugin"
for tool in protoc jq gzip; do
    command -v $tool >/dev/null || skip "no $tool"
done
same() { cmp -s "$1" "$2" || fail "$3 differ: $(diff "$1" "$2" | head -n 5)"; }

mkdir src
cat >src/memory.c <<'C'
#include <stdlib.h>
void *need(size_t size) {
    void *p = malloc(size);
    if (!p)
        abort();
    return p;
}
void *tail(size_t size) { return malloc(size); }
C
cat >src/main.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
void *need(size_t size);
void *tail(size_t size);
static char *last;
static void *volatile sink;
static void keep(int n) {
    char *p = malloc(n);
    memset(p, n, n);
    free(last);
    last = p;
}
static void *fresh(int n) {
    char *p = malloc(n);
    if (p)
        *p = 0;
    return p;
}
static void stored(int n) { free(sink); sink = fresh(n); }
static void wrapped(void) { free(sink); sink = need(40); }
static void tailed(void) { free(sink); sink = tail(50); }
static void copied(const char *text) { free(sink); sink = strdup(text); }
int main(void) {
    for (int i = 0; i < 1000; i++) {
        keep(1 + i % 7);
        stored(3);
        if (i % 2)
            wrapped();
        if (i % 4 == 0)
            tailed();
        if (i % 10 == 0)
            copied("some text");
    }
    return last[0] == 42;
}
C
# build COMPILER DIRECTORY [OPTION...]: reports and DIRECTORY/program, which has glibc's malloc.
build() {
    local compiler=$1 directory=$2 file
    shift 2
    mkdir -p "$directory"
    for file in memory main; do
        escapement cc --compiler="$compiler" --report="$PWD/$directory" -O2 -g "$@" -c src/$file.c -o "$directory/$file.o"
    done
    gcc "$directory"/*.o -o "$directory/program"
}
profile() { # profile DIRECTORY FILE
    ESCAPEMENT_PROFILE=$2 ESCAPEMENT_PROFILE_RATE=1 LD_PRELOAD=$runtime "$1/program"
}
build clang one -fno-inline-functions

profile one heap.gz
escapement top heap.gz --report=one --json --no-try >top.json 2>err
empty err "nothing is wrong"

# The sums of the profile, by protoc.
gzip -dc heap.gz | protoc -I "$ESC_SOURCE/runtime/tests" --decode=perftools.profiles.Profile profile.proto >text
for i in 0 1 2 3; do
    awk -v i=$i '/^sample \{/ { n = 0 } /^  value: / { if (n++ == i) sum += $2 } END { printf "%d\n", sum }' text
done | paste -sd' ' >wanted
jq -r '.total | [.alloc_objects, .alloc_bytes, .inuse_objects, .inuse_bytes] | join(" ")' top.json >got
same got wanted "the total and the profile's"
jq -r '.sites | [map(.alloc_objects), map(.alloc_bytes), map(.inuse_objects), map(.inuse_bytes)] | map(add) | join(" ")' \
    top.json >got
same got wanted "the sum of the sites and the profile's"

# A counter of its own, in place of the runtime: to the last allocation.
gcc -O2 -fno-builtin -shared -fPIC "$ESC_SOURCE/testsuite/corpus/counter.c" -o counter.so
gcc -O2 "$ESC_SOURCE/testsuite/corpus/launch.c" -o launch
./launch -z counts
./launch -c ./counter.so -n counts one/program
./launch -p counts | awk '{ print $2, $4 }' >wanted
jq -r '.total | "\(.alloc_objects) \(.alloc_bytes)"' top.json >got
same got wanted "the total and the counter's"

# site LINE: what top says of the site in that line of main.c; checks FILE: against the lines.
site() { jq -r --arg text "$1" '.sites[] | select(.file == "src/main.c" and .line == ($text | tonumber))' top.json; }
line_of() { grep -n "$1" src/main.c | head -n 1 | cut -d: -f1; }
said() { # said LINE JQ WANTED
    local got
    got=$(site "$1" | jq -r "$2" | paste -sd' ')
    [[ $got == "$3" ]] || fail "line $1, $2: '$got', not '$3'"
}
at=$(line_of 'char \*p = malloc')
said "$at" '"\(.alloc_objects) \(.expression) \(.function) \(.verdict)"' "1000 malloc(n) keep escapes to heap: stored in global last"
said "$at" .reason STORED_GLOBAL
said "$at" .advice "free it and clear last before the function ends; or keep one object for all calls in static storage"
said "$at" .alloc_bytes "$(awk 'BEGIN { for (i = 0; i < 1000; i++) sum += 1 + i % 7; print sum }')"
said "$at" .inuse_objects 1
said "$(line_of 'sink = fresh')" '"\(.alloc_objects) \(.alloc_bytes) \(.via)"' "1000 3000 fresh -> malloc(n)"
said "$(line_of 'sink = need')" '"\(.alloc_objects) \(.expression) \(.reason) \(.via)"' "500 need(...) WRAPPER need -> malloc(size)"
said "$(line_of 'sink = tail')" '"\(.alloc_objects) \(.expression) \(.reason)"' "250 tail(...) WRAPPER"
said "$(line_of 'sink = strdup')" '"\(.alloc_bytes) \(.expression) \(.inuse_objects)"' "1000 strdup(text) 0"
[[ $(jq '[.sites[] | select(.file == "src/memory.c")] | length' top.json) -eq 0 ]] || fail "a wrapper is a site of its own"

# Inlined into one another the places are the same, and the call of `fresh` has a verdict. So they are by GCC.
places() { jq -r '.sites[] | select(.file == "src/main.c") | "\(.line) \(.alloc_objects)"' "$1" | sort; }
places top.json >wanted.places
build clang two
profile two two.gz
escapement top two.gz --no-try --report=two --json >two.json
places two.json >got.places
same wanted.places got.places "the places with and without inlining"
jq '.sites[] | select(.alloc_bytes == 3000) | .reason' two.json >got
has_line got '"STORED_GLOBAL"'
if has_compiler gcc; then
    build gcc three
    profile three three.gz
    escapement top three.gz --no-try --report=three --json >three.json
    places three.json >got.places
    same wanted.places got.places "the places of Clang and GCC"
    [[ $(jq '[.sites[] | select(.reason == "STORED_GLOBAL")] | length' three.json) -ge 2 ]] || fail "GCC: $(cat three.json)"
fi

# Two files of one name, compiled in two directories: told apart by where the compiler ran.
mkdir -p a b
echo '#include <stdlib.h>
void *ga; void *in_a(int n) { char *p = malloc(n); if (!p) abort(); ga = p; return NULL; }' >a/same.c
echo '#include <stdlib.h>
struct s { void *p; }; void in_b(struct s *s, int n) { char *p = malloc(n); if (!p) abort(); s->p = p; }' >b/same.c
echo 'struct s { void *p; }; void *in_a(int n); void in_b(struct s *s, int n);
int main(void) { struct s s; in_a(1000); in_b(&s, 2000); return 0; }' >both.c
for directory in a b; do
    (cd $directory && escapement cc --report="$work/both" -O2 -g -c same.c -o same.o)
done
gcc -g both.c a/same.o b/same.o -o both.program
ESCAPEMENT_PROFILE=both.gz ESCAPEMENT_PROFILE_RATE=1 LD_PRELOAD=$runtime ./both.program
escapement top both.gz --no-try --report=both --json | jq -r --arg work "$work" \
    '.sites[] | select(.file == "same.c") | "\(.path | ltrimstr($work)) \(.alloc_bytes) \(.reason)"' | sort >got
printf '%s\n' '/a/same.c 1000 STORED_GLOBAL' '/b/same.c 2000 STORED_PARAM' >wanted
same wanted got "files of one name"
mkdir else
(cd else && escapement report --json --profile=../both.gz ../both) | jq -r --arg work "$work" \
    '.files[] | select(.name | endswith("same.c")) | "\(.name | ltrimstr($work)) \(.parts[0][1][1] | length > 50)"' | sort >got
printf '%s\n' '/a/same.c true' '/b/same.c true' >wanted
same wanted got "their sources"

# For people: the first site with its share; no colour in a pipe; --sort and --number.
escapement top heap.gz --report=one --no-try >out
has out '^ *[0-9.]+ %  src/main.c:[0-9]+:[0-9]+: need\(\.\.\.\) in wrapped$'
has out 'why     escapes to heap: stored in global last'
has out 'change  free it and clear last'
has out '^By reason:'
lacks out $'\033'
escapement top heap.gz --report=one --no-try --sort=count --number=1 >out
has out '(keep|stored)$'
has out ' % +[0-9]+ more places'
[[ $(grep -c 'why ' out) -eq 1 ]] || fail "--number=1 shows more than one place"
escapement top heap.gz --no-try >out
has out 'src/main\.c:|main\.c:[0-9]+'

# What cannot be used is one line, exit status 2.
trouble() { # trouble REGEX ARGUMENT...
    one_line 2 "^escapement: .*$1" escapement top "${@:2}"
    empty out "nothing is printed"
}
trouble 'no-such.gz: No such file' no-such.gz
trouble 'no heap profile' src/main.c
head -c 100 heap.gz >cut.gz
trouble 'cannot read cut.gz: .*(cut|end)' cut.gz
: >empty.gz
trouble 'is empty' empty.gz
gzip -dc heap.gz | head -c 300 | gzip >damaged.gz
trouble 'no heap profile|damaged' damaged.gz
printf 'int main(void) { return 0; }' >nothing.c
gcc -g nothing.c -o nothing
ESCAPEMENT_PROFILE=nothing.gz LD_PRELOAD=$runtime ./nothing
trouble 'holds no allocation' nothing.gz
printf '{"kind": "site"\n' >broken.json
trouble 'broken\.json:1:[0-9]+: broken JSON' heap.gz --report=broken.json
trouble 'cannot read no-such' heap.gz --report=no-such
mkdir none
trouble 'there is no report in none' heap.gz --report=none
mv one/program one/moved
trouble 'cannot read the profiled program .*one/program.*--binary' heap.gz --report=one
escapement top heap.gz --no-try --report=one --binary=one/moved --json >moved.json
jq .sites moved.json >got
jq .sites top.json >wanted
same got wanted "the same program in another place"
cp two/program one/program
trouble 'another build of .*one/program' heap.gz --report=one
rm one/program
gcc one/*.o -Wl,--strip-debug -o one/program
profile one stripped.gz
trouble 'no debug information' stripped.gz --report=one
ends 2 escapement top heap.gz --sort=weight
ends 2 escapement top
ends 0 escapement top --help
has out 'ESCAPEMENT_PROFILE=heap.gz'
