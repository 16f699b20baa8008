# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# libyaml and its tests/run-parser.c, on generated YAML: block and flow collections, quoted and plain scalars.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=libyaml
cppflags=(-DYAML_VERSION_MAJOR=0 -DYAML_VERSION_MINOR=2 -DYAML_VERSION_PATCH=5
    '-DYAML_VERSION_STRING="0.2.5"' -Iinclude -Isrc)
ldlibs=()

prepare() { :; }

sources() {
    printf '%s\n' src/{api,dumper,emitter,loader,parser,reader,scanner,writer}.c tests/run-parser.c
}

inputs() {
    awk 'BEGIN {
        print "# a generated inventory\n--- !inventory\nitems:"
        for (i = 0; i < 9000; i++) {
            printf "  - id: %d\n    name: \"item \\u00e9 number %d\"\n    tags: [red, green, %c]\n", i, i * 7919 % 1000, 97 + i % 26
            printf "    \x27quoted key\x27: \x27it\x27\x27s %d\x27\n    nested: {a: %d.5, b: ~, c: [1, {d: e}]}\n", i, i
            if (i % 10 == 0) printf "    text: |\n      line one of %d\n      line two\n    folded: >-\n      some folded\n      words\n", i
            if (i % 25 == 0) printf "    base: &anchor%d {x: 1}\n    use: *anchor%d\n", i, i
        }
        print "..."
    }' >"$INPUT/inventory.yaml"
    printf 'bad: [unclosed\n' >"$INPUT/bad.yaml"
}

work() { run "$INPUT/inventory.yaml" "$INPUT/bad.yaml"; }

# Every document of its own regression inputs and examples.
tests() { run "$SRC"/examples/*.yaml "$SRC"/regression-inputs/*; }
