# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# tcc compiles generated C and parts of its own tests to objects; no linking, so nothing of the system but headers is needed.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=tcc
cppflags=(-DONE_SOURCE=0 -DTCC_TARGET_X86_64 -I.)
ldlibs=(-lm -ldl -lpthread)
brings_functions=yes # it runs what it compiles

prepare() {
    ./configure --cc="$CC" --prefix=/usr --tccdir="$SRC"
}

sources() { printf '%s.c\n' tcc libtcc tccpp tccgen tccelf tccasm tccrun x86_64-gen x86_64-link i386-asm; }

# tcc is made to be compiled as one file.
whole() {
    echo '#undef ONE_SOURCE'
    echo '#define ONE_SOURCE 1'
    echo '#include "tcc.c"'
}

inputs() {
    awk 'BEGIN {
        print "typedef unsigned long size_t; int printf(const char *, ...); void *malloc(size_t); void free(void *);"
        print "#define SQ(x) ((x) * (x))\n#define JOIN(a, b) a ## b\n#define STR(x) #x"
        for (i = 0; i < 1200; i++) {
            printf "struct S%d { int a, b[%d]; char *name; struct { double d; float f; } in; };\n", i, i % 9 + 1
            printf "static int JOIN(fun, %d)(struct S%d *s, int n) { int i, t = 0; for (i = 0; i < n; i++) { if (s->b[i %% %d] > SQ(i)) t += s->a; else t -= %d; }\n", i, i, i % 9 + 1, i
            printf "  switch (n & 3) { case 0: return t; case 1: t <<= 2; break; default: t ^= 0x%x; } s->in.d = t * 1.5; s->name = \"name \" STR(%d); return t + (int)s->in.d; }\n", i, i
        }
        print "int main(void) { int r = 0;"
        for (i = 0; i < 1200; i++) printf "{ struct S%d s = { %d, { 1 }, \"x\" }; r += fun%d(&s, %d); }\n", i, i, i, i % 20
        print "printf(\"%d\\n\", r); return 0; }"
    }' >"$INPUT/generated.c"
}

work() {
    run -I"$SRC/include" -c "$INPUT/generated.c" -o generated.o
    cksum generated.o
    run -E "$INPUT/generated.c" | cksum
    run -I"$SRC/include" -nostdinc -c "$INPUT/broken.c" -o broken.o
}

# Its own language tests, compiled to objects and preprocessed; those that use the system's headers may fail alike.
tests() {
    local file
    for file in "$SRC"/tests/tests2/*.c "$SRC"/tests/pp/*.c; do
        echo "== ${file##*/}"
        rm -f test.o
        run -I"$SRC/include" -c "$file" -o test.o 2>&1
        [[ ! -f test.o ]] || cksum test.o
        run -I"$SRC/include" -E "$file" 2>&1 | cksum
    done
}
