# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The One True AWK of Kernighan: fields, sub and gsub, match, split, printf, arrays, functions, pipes.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package='original-awk'
cppflags=(-I.)
ldlibs=(-lm)
no_whole=yes # not tried yet

prepare() { make -s proctab.c HOSTCC="$CC" YACC='bison -d'; }

sources() { printf '%s.c\n' awkgram.tab b main parse proctab tran lib run lex; }

inputs() {
    awk 'BEGIN { for (i = 0; i < 9000; i++)
        printf "%d,user%03d@example.org,%d.%02d,  some words with spaces %d ,/path/%c/file%d.txt\n", i, i % 211, i * 13 % 997, i % 100, i * 7, 97 + i % 26, i }' >"$INPUT/data.csv"
    cat >"$INPUT/load.awk" <<'LOAD'
BEGIN { FS = "," }
{ count[$2]++; sum[$2] += $3; line = $0; n = gsub(/o/, "0", line); total += n
  sub(/user/, "u-&", $2); $4 = toupper($4); out = $1 "|" $2 "|" $4 }
NR % 100 == 0 { print out; print line }
match($5, /file[0-9]+/) { digits += substr($5, RSTART + 4, RLENGTH - 4) % 7; seen[substr($5, 7, 1), NR % 3]++ }
{ k = split($4, word, / +/); words += k; t = $5; sub(/[0-9]+/, "<&>", t); lengths += length(t) + index(t, "<") }
{ text = sprintf("%-20s|%6.2f|%05d|%x", $2, $3, $1, $1); sizes += length(text) }
$1 ~ /^1.*9$/ { hits[++hit] = $1 + 0 }
function fact(n) { return n <= 1 ? 1 : n * fact(n - 1) }
function walk(a, b,   i, s) { for (i in a) { s += a[i] * b; delete a[i] } return s }
END {
    for (i = 0; i < 211; i += 10) { name = sprintf("u-user%03d@example.org", i); printf "%-24s %5d %12.3f\n", name, count[substr(name, 3)], sum[substr(name, 3)] }
    for (c = 97; c < 123; c++) for (r = 0; r < 3; r++) { p = sprintf("%c", c); s = s p r seen[p, r] ";" }
    print s; print total, digits, words, lengths, sizes, hit, fact(20)
    for (i = 0; i < 3000; i++) { str = str sprintf("%c", 65 + i % 26); if (i % 500 == 499) print index(str, "XYZ"), substr(str, i - 9) }
    a["x"] = 1; a["y"] = 2; print walk(a, 3), length(a), tolower("ABC"), int(3.9), sqrt(16)
    while (("echo one; echo two" | getline l) > 0) print "got " l
    printf "%s %d %5.2e %x %o %c\n", "str", "42abc", 12345.678, 255, 8, "x"
    print substr("hello", 2, 3), length("four"), 1e6, 0.1 + 0.2, -3 % 2, 2 ^ 10 | "cat"
}
LOAD
}

work() { run -f "$INPUT/load.awk" "$INPUT/data.csv"; }
