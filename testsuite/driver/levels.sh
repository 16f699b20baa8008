#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Every way to call the compiler: levels, -g, -S, -flto, -fsyntax-only, .i, #line, several files, -E, linking.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"
m=$(arg m)
moved='sample.c:10:18: moved to stack: malloc(64)'
returned='sample.c:20:18: malloc(32) escapes to heap: returned'
stored='sample.c:27:12: malloc(16) escapes to heap: stored in global last'

verdicts() {
    has_line "$1" "$2$moved"
    has_line "$1" "$2$returned"
    has_line "$1" "$2$stored"
}

for level in -O1 -O2 -O3 -Os -Oz -Og "-O2 -g" "-O2 -gline-tables-only" "-O2 -fPIC" "-O2 -gno-column-info" \
    "-O2 -funwind-tables -fno-plt" "-O3 -march=x86-64-v3" "-O2 -std=c99 -D_GNU_SOURCE" "-O2 -w"; do
    read -ra words <<<"$level"
    esc "${words[@]}" -c sample.c -o sample.o "$m" 2>err || fail "$level: $(head -n 5 err)"
    verdicts err ""
    plain "${words[@]}" -c main.c -o main.o
    plain main.o sample.o -o program
    [[ $(./program) == "5 label 7 42" ]] || fail "$level: the program prints $(./program)"
done

# -O0 reports and rewrites nothing; asked to rewrite, it may not be worse than correct.
esc -O0 -c sample.c -o sample0.o "$m" 2>err
has err 'malloc\(64\)'
has_line err "$returned"
plain -O0 -c sample.c -o plain0.o
same sample0.o plain0.o "-O0 with the plugin"
esc -O2 "$(arg mode=report)" -c sample.c -o report.o "$m" 2>err
has_line err "$returned"
plain -O2 -c sample.c -o plain2.o
same report.o plain2.o "mode=report"

# -S is the same code as -c.
esc -O2 -S sample.c -o sample.s "$m" 2>err
verdicts err ""
plain -c sample.s -o from-s.o
esc -O2 -c sample.c -o from-c.o
# (The assembler pads between functions in its own way, so nops do not count.)
instructions() { objdump -d --no-addresses --no-show-raw-insn "$1" | sed '1,3d; /nop\|data16\|^ *$/d; s/^[ \t]*//'; }
[[ $(instructions from-s.o) == "$(instructions from-c.o)" ]] || fail "-S and -c differ"
esc -O2 -S -emit-llvm sample.c -o sample.ll "$m" 2>err
verdicts err ""

# At link time of -flto no plugin runs; the compile step did the work.
for lto in -flto -flto=thin; do
    esc -O2 $lto -c sample.c -o sample.lto.o "$m" 2>err
    verdicts err ""
    plain -O2 $lto -c main.c -o main.lto.o
    if [[ -x /usr/lib/llvm-$ESC_VERSION/bin/ld.lld ]]; then
        esc -O2 $lto -fuse-ld=lld main.lto.o sample.lto.o -o program.lto 2>err
        [[ $(./program.lto) == "5 label 7 42" ]] || fail "$lto: the program prints $(./program.lto)"
    fi
done

# No back end: the lines come all the same, and nothing is written.
esc -fsyntax-only sample.c "$m" 2>err
has err 'malloc\(64\)'
has_line err "$returned"
esc -E sample.c "$m" -o sample.i 2>err
empty err "-E prints no finding"
plain -E sample.c -o plain.i
same sample.i plain.i "-E"

# Preprocessed input has the positions of its line markers.
esc -O2 -c sample.i -o sample-i.o "$m" 2>err
verdicts err ""
sed '1i #line 101 "grammar.y"' sample.c >lines.c
esc -O2 -c lines.c -o lines.o "$m" 2>err
has_line err 'grammar.y:110:18: moved to stack: malloc(64)'

# The file is spelt as it was given, without a leading ./
mkdir -p sub
cp sample.c sub/
esc -O2 -c sub/sample.c -o sub.o "$m" 2>err
verdicts err sub/
esc -O2 -c ./sub/sample.c -o sub.o "$m" 2>err
verdicts err sub/
esc -O2 -c "$PWD/sub/sample.c" -o sub.o "$m" 2>err
verdicts err "$PWD/sub/"

# Several files in one command, and compile and link in one.
esc -O2 -c sample.c still.c main.c "$m" 2>err
verdicts err ""
has err '^still\.c:.*calloc\(1, sizeof \*node\) escapes to heap'
esc -O2 sample.c main.c -o program "$m" 2>err
verdicts err ""
[[ $(./program) == "5 label 7 42" ]] || fail "the program of one command prints $(./program)"

# Linking alone, assembly and standard input.
esc main.o sample.o -o program 2>err
empty err "linking prints nothing"
# Before 19 the driver calls the plugin an unused argument where no C is compiled.
if [[ $ESC_VERSION -ge 19 ]]; then
    esc -c sample.s -o from-s.o 2>err
    empty err "assembling prints nothing"
fi
esc -O2 -x c -c - -o stdin.o "$m" <sample.c 2>err
has err 'moved to stack: malloc\(64\)'
