# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# gawk: fields, sub/gsub/gensub, match, split, printf, associative and multidimensional arrays, sorting.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=gawk
cppflags=(-DHAVE_CONFIG_H -DGAWK -DLOCALEDIR='"/usr/share/locale"' -DDEFPATH='".:/usr/share/awk"'
    -DDEFLIBPATH='"/usr/lib/gawk"' -DSHLIBEXT='"so"' -I. -Isupport)
ldlibs=(-lm)
twice=(interpret.h)
rename=(support/dfa.c:END builtin.c:state)

prepare() { ./configure --disable-nls --disable-extensions --without-mpfr --without-readline --disable-pma --disable-mpfr; }

sources() {
    printf 'support/%s.c\n' dfa getopt getopt1 localeinfo random regex
    printf '%s.c\n' array awkgram builtin cint_array command debug eval ext field floatcomp gawkapi gawkmisc int_array \
        io main mpfr msg node profile re replace str_array symbol version
}

inputs() {
    awk 'BEGIN { for (i = 0; i < 12000; i++)
        printf "%d,user%03d@example.org,%d.%02d,  some words with spaces %d ,/path/%c/file%d.txt\n", i, i % 211, i * 13 % 997, i % 100, i * 7, 97 + i % 26, i }' >"$INPUT/data.csv"
    cat >"$INPUT/load.awk" <<'LOAD'
BEGIN { FS = "," }
{ count[$2]++; sum[$2] += $3; line = $0; n = gsub(/o/, "0", line); total += n
  sub(/user/, "u-&", $2); $4 = toupper($4); out = $1 "|" $2 "|" $4 }
NR % 100 == 0 { print out; print line }
match($5, /file([0-9]+)\.txt$/, part) { digits += part[1] % 7; seen[substr($5, 7, 1), part[1] % 3]++ }
{ k = split($4, word, / +/); words += k; t = gensub(/([a-z]+)([0-9]+)/, "\\2\\1", "g", $5); lengths += length(t) }
$1 ~ /^1.*9$/ { hits[++hit] = $1 + 0 }
function fact(n) { return n <= 1 ? 1 : n * fact(n - 1) }
function walk(a, b,   i, s) { for (i in a) s += a[i] * b; delete a; return s }
END {
    n = asorti(count, names); for (i = 1; i <= n; i += 10) printf "%-24s %5d %12.3f\n", names[i], count[names[i]], sum[names[i]]
    PROCINFO["sorted_in"] = "@ind_str_asc"; for (key in seen) { split(key, p, SUBSEP); s = s p[1] p[2] seen[key] ";" }
    print s; print total, digits, words, lengths, length(hits), fact(20)
    for (i = 0; i < 3000; i++) { str = str sprintf("%c", 65 + i % 26); if (i % 500 == 499) { print index(str, "XYZ"), substr(str, i - 9); } }
    a["x"] = 1; a["y"] = 2; print walk(a, 3), length(a); print strtonum("0x1F"), and(12, 10), tolower("ABC"), systime() > 0
    while (("echo one; echo two" | getline l) > 0) print "got " l
    printf "%s %d %5.2e %x %o %i\n", "str", "42abc", 12345.678, 255, 8, 3.9
    print substr("hello", 2, 3), length(), 1e6, 0.1 + 0.2, -3 % 2, 2 ** 10 | "cat"
}
LOAD
}

work() { run -f "$INPUT/load.awk" "$INPUT/data.csv"; }

# Its own test programs that need one input at most, all outcomes compared between the builds.
tests() {
    local program input
    cp "$SRC"/test/*.in .
    for program in "$SRC"/test/*.awk; do
        program=${program##*/}
        program=${program%.awk}
        case $program in
        *time* | *rand* | pid | getfile | fork* | readdir* | *socket* | inet* | *mpfr* | fts | filefuncs | *debug* | dbugeval* | beginfile2 | profile* | symtab* | numrange) continue ;;
        pma | *load* | procinfs | envhash | igncfs | sort* | poundbang* | getln* | iobug* | pipe* | clos* | rs* | devfd* | nlstringtest | ns* | include*) continue ;;
        esac
        input=/dev/null
        [[ ! -f $SRC/test/$program.in ]] || input=$SRC/test/$program.in
        echo "== $program"
        run -f "$SRC/test/$program.awk" <"$input" 2>&1 | head -c 20000
    done
}

# Two parsers made by bison.
fix_tree() {
    sed -Ei 's/\b(YYEMPTY|YYEOF|YYerror|YYUNDEF|YYENOMEM|YYSYMBOL_\w*|yytokentype|yytoken_kind_t|yyalloc|yy_state_t|yysymbol_kind_t)\b/command_\1/g' \
        command.c
}
