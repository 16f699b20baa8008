# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# GNU bc: many divisions of long numbers, square roots, e(x), a(x), and functions with arrays and locals.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package='bc'
cppflags=(-DHAVE_CONFIG_H -I. -Ibc -Ih)
ldlibs=()
keep=(YYTOKENTYPE YYSTYPE YYSTYPE_IS_DECLARED YYSTYPE_IS_TRIVIAL)

# What bc's Makefile does with a first bc without its library and ed.
prepare() {
    ./configure --without-readline
    echo '{0}' >bc/libmath.h
    local files
    mapfile -t files < <(sources)
    "$CC" -O1 -w "${cppflags[@]}" "${files[@]}" -o first-bc
    ./first-bc -c bc/libmath.b </dev/null >bc/libmath.raw
    awk 'NF { line[++n] = $0 }
        END { for (i = 1; i <= n; i++) printf "%s\"%s\",%s\n", i == 1 ? "{" : "", line[i], i == n ? "0}" : "" }' \
        bc/libmath.raw >bc/libmath.h
}

sources() {
    printf '%s\n' bc/{global,bc,execute,load,main,scan,storage,util,warranty}.c lib/{getopt,getopt1,number}.c
}

inputs() {
    cat >"$INPUT/load.bc" <<'LOAD'
scale = 40
define f(n) { auto i, s; s = 0; for (i = 1; i <= n; i++) s += 1 / i; return (s); }
define p(n) { auto i, c, a[]; for (i = 0; i <= n; i++) a[i] = 1
  c = 0; for (i = 2; i <= n; i++) if (a[i]) { c += 1; for (j = 2 * i; j <= n; j += i) a[j] = 0 }; return (c); }
define g(a, b) { auto t; while (b) { t = a % b; a = b; b = t }; return (a); }
f(12000)
x = 1; for (k = 1; k < 4000; k++) { x = x * 1.0000123 / 1.0000077 + k / 7 - sqrt(k) / 3 }; x
p(4000)
scale = 0
for (k = 1; k < 600; k++) { t = g(2 ^ k + 1, 3 ^ (k % 50) + 7); if (k % 50 == 0) t }
for (k = 3; k < 4000; k++) { s += (10 ^ 24 + k) / (k * k + 1) + (7 * k) % 13 }; s
scale = 60
4 * a(1); e(1); l(2); s(1); c(1); j(1, 2)
obase = 16; 2 ^ 200 / 3; ibase = 8; 777 / 11
1 / 0
LOAD
}

work() { run -l -q "$INPUT/load.bc"; }

tests() {
    local file
    for file in "$SRC"/Test/*.b; do
        echo "== ${file##*/}"
        run -l -q "$file"
    done
}
