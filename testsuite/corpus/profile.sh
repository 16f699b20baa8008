#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# profile.sh - `escapement top` and `escapement report` on two real programs, libyaml and GNU make.
#
# usage: testsuite/corpus/profile.sh --plugin=FILE --clang=PROGRAM --build=DIRECTORY
#
# Each is built with the plugin and -g and run twice: under the runtime, with a sample for every allocation, and under a
# counter that knows nothing of it (counter.c). Objects and bytes have to be equal to the last one: a profile counts a
# reallocation as an allocation, and so it is added here. Then what is known of the programs must be said: no
# wrapper is to blame, among the first places are the scanner's and the buffer of variables.
# shellcheck disable=SC2034 # for start.sh
place=profile optimize='-O2 -g'
# shellcheck source=testsuite/corpus/start.sh
source "$(dirname "$0")/start.sh"

# Much expansion of variables, and not one command: a single process.
cat >"$PLACE/Makefile" <<'MAKE'
MAKEFLAGS += -r
n := 0 1 2 3 4 5 6 7 8 9
list := $(foreach a,$(n),$(foreach b,$(n),unit$(a)$(b)))
name = $(patsubst unit%,out/%.o,$(filter %$(1),$(list)))
define rule
$(1): $(addsuffix .x,$(1))
$(1).x:
vars_$(1) := $(call name,7) $$(words $$(list)) $(subst u,v,$(1))
endef
$(foreach u,$(list),$(eval $(call rule,$(u))))
$(info $(sort $(foreach u,$(list),$(words $(vars_$(u))))))
all: $(list)
.PHONY: all
MAKE

run_with() { # run_with LIBRARY ARGUMENT...
    cp "$1" preload.so
    timeout 300 env LD_PRELOAD="$OUT/preload.so" ./program "${@:2}"
}

# check NAME ARGUMENT...: leaves $OUT/top.json.
check() (
    name=$1
    shift
    # shellcheck disable=SC1090
    source "$HERE/programs/$name.sh"
    prepare_program "$name"
    build_program "$name" file plugin
    cd "$OUT"
    tools=$CORPUS/tools
    "$tools/launch" -z counts
    # The same environment for both, to the last byte: make copies it.
    export ESCAPEMENT_COUNTS=$OUT/counts ESCAPEMENT_PROFILE=$OUT/heap.gz ESCAPEMENT_PROFILE_RATE=1
    run_with "$tools/counter.so" "$@" >counted.out 2>&1
    run_with "$BUILD/runtime/libescapement.so" "$@" >profiled.out 2>&1
    cmp counted.out profiled.out || fail "$name: another output under the runtime"
    "$escapement" top heap.gz --report=obj --json >top.json
    "$tools/launch" -p counts >totals
    read -r _ allocations _ bytes _ reallocations _ _ _ processes <totals
    [[ $processes -eq 1 ]] || fail "$name: $processes processes"
    got=$(jq -r '.total | "\(.alloc_objects) \(.alloc_bytes)"' top.json)
    [[ $got == "$((allocations + reallocations)) $bytes" ]] ||
        fail "$name: top counts $got, the counter $allocations + $reallocations and $bytes"
    sums=$(jq -r '[.sites[] | [.alloc_objects, .alloc_bytes]] | transpose | map(add) | join(" ")' top.json)
    [[ $sums == "$got" ]] || fail "$name: the sites' sum is $sums, not $got"
    # In a profile of samples the first place is the same one.
    ESCAPEMENT_PROFILE=sampled.gz ESCAPEMENT_PROFILE_RATE=16k
    run_with "$BUILD/runtime/libescapement.so" "$@" >/dev/null 2>&1
    "$escapement" top sampled.gz --report=obj --json >sampled.json
    jq -r '[.sites[0:8][] | "\(.file):\(.line)"] | unique[]' top.json >first.exact
    jq -r '.sites[0] | "\(.file):\(.line)"' sampled.json | grep -Fxqf first.exact || fail "$name: the samples' first place is another"
    "$escapement" report -o page --profile=heap.gz --sources="$SRC" obj >/dev/null
    sed '1s/^window.ESCAPEMENT = //; $s/;$//' page/data.js | jq '[.entries[].amount // empty | .[0]] | add' >page.bytes
    [[ $(<page.bytes) == "$bytes" ]] || fail "$name: the page shows $(<page.bytes) bytes of $bytes"
    echo "ok     $name: $allocations allocations, $reallocations reallocations, $bytes bytes"
)

# says NAME JQ WHAT: an expression that is true of what top said.
says() { jq -e "$2" "$PLACE/build/$1/file.plugin/top.json" >/dev/null || fail "$1: $3"; }

build_tools
check libyaml "$CORPUS/input/libyaml/inventory.yaml"
says libyaml '[.sites[] | select(.function == "yaml_malloc" or .function == "yaml_realloc" or .function == "yaml_strdup")] | length == 0' \
    "a wrapper is to blame"
says libyaml '.sites[0] | .file == "src/scanner.c" and .function == "yaml_parser_scan_plain_scalar" and .reason == "WRAPPER"' \
    "the scanner's scalars are not first"
says libyaml '[.sites[] | select(.reason == "STORED_PARAM" and .advice)] | length > 3' "no advice for what is stored through a parameter"
check make -f "$PLACE/Makefile" all
says make '[.sites[0:5][] | select(.file == "src/expand.c" and .function == "initialize_variable_output" and (.via | startswith("xmalloc -> ")))] | length == 1' \
    "the buffer of variables is not among the first"
says make '[.sites[] | select(.via != "" and .reason == "WRAPPER")] | length > 20' "few wrappers"
