# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# jq without regular expressions (no oniguruma): filters over a generated document; tests/jq.test is its own test.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=jq
cppflags=(-D_GNU_SOURCE -DIEEE_8087=1 -DHAVE_MEMMEM=1 -DHAVE_MKSTEMP=1 -DHAVE_ALLOCA_H=1 -DHAVE_ALLOCA=1 -DHAVE_ISATTY=1
    -DHAVE_STRPTIME=1 -DHAVE_STRFTIME=1 -DHAVE_TIMEGM=1 -DHAVE_GMTIME_R=1 -DHAVE_GMTIME=1 -DHAVE_LOCALTIME_R=1
    -DHAVE_LOCALTIME=1 -DHAVE_GETTIMEOFDAY=1 -DHAVE_TM_TM_GMT_OFF=1 -DHAVE_PTHREAD_KEY_CREATE=1 -DHAVE_PTHREAD_ONCE=1
    -DHAVE_ATEXIT=1 -DHAVE_SETLOCALE=1 -DHAVE_ACOS=1 -DHAVE_ATAN2=1 -DHAVE_ATAN=1 -DHAVE_CEIL=1 -DHAVE_COS=1
    -DHAVE_EXP10=1 -DHAVE_EXP2=1 -DHAVE_EXP=1 -DHAVE_FABS=1 -DHAVE_FLOOR=1 -DHAVE_FMA=1 -DHAVE_FMIN=1 -DHAVE_FMAX=1
    -DHAVE_FREXP=1 -DHAVE_LDEXP=1 -DHAVE_LGAMMA_R=1 -DHAVE_LOG10=1 -DHAVE_LOG2=1 -DHAVE_LOG=1 -DHAVE_MODF=1
    -DHAVE_NEARBYINT=1 -DHAVE_POW=1 -DHAVE_ROUND=1 -DHAVE_SCALB=1 -DHAVE_SCALBLN=1 -DHAVE_SIN=1 -DHAVE_SQRT=1 -DHAVE_TAN=1
    -DHAVE_TRUNC=1 -DHAVE_LOGB=1 -DHAVE_GAMMA=1 -DHAVE_DREM=1 -DHAVE_SIGNIFICAND=1 -DHAVE_TRUNC=1 -I. -Isrc)
ldlibs=(-lm -lpthread)
rename=(src/jv_parse.c:LITERAL)
twice=(libm.h opcode_list.h)
keep=(DBL_MAX YY_STRUCT_YY_BUFFER_STATE YY_TYPEDEF_YY_BUFFER_STATE YY_TYPEDEF_YY_SIZE_T YY_TYPEDEF_YY_SCANNER_T YYTOKENTYPE YYSTYPE YYSTYPE_IS_DECLARED YYLTYPE YYLTYPE_IS_DECLARED)

# What its makefile generates: the version and the builtins as a string.
prepare() {
    echo '#define JQ_VERSION "1.6"' >src/version.h
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$/\\n"/' src/builtin.jq >src/builtin.inc
}

sources() {
    printf 'src/%s.c\n' jv jv_alloc jv_aux jv_dtoa jv_file jv_parse jv_print builtin bytecode compile execute jq_test \
        jv_unicode linker locfile util lexer parser main
}

inputs() {
    awk 'BEGIN { print "["; for (i = 0; i < 2500; i++)
        printf "%s{\"id\":%d,\"name\":\"user %d\",\"tags\":[\"t%d\",\"u%d\"],\"pos\":{\"x\":%d.5,\"y\":-%d},\"ok\":%s}\n",
            i ? "," : "", i, i * 7919 % 2503, i % 7, i % 11, i, i % 90, i % 2 ? "true" : "null"
        print "]" }' >"$INPUT/data.json"
}

work() {
    local filter
    for filter in 'length, (map(.pos.x) | add), (map(select(.ok)) | length)' 'group_by(.tags[0]) | map({key: .[0].tags[0], value: length}) | from_entries' \
        '.[100:110] | map(.name |= ascii_upcase | del(.pos))' '[.[] | .id * 2 + .pos.y] | sort | unique | .[:20]' \
        'reduce .[] as $u ({}; .[$u.tags[1]] += $u.id)' '[paths] | length' '.[] | select(.id % 500 == 3) | @json, @csv "\([.id, .name])", @base64' \
        '[limit(5; .[] | .name | split(" ") | join("-") | explode | implode)]' 'def f(n): if n < 2 then n else f(n - 1) + f(n - 2) end; f(13)' \
        '.[0].nope.x, (.[1] | to_entries), (try error("bad") catch .), (.[3] | tojson | fromjson | keys)' '.[] | .nope[0]["x"].y |= 3 | .id / 0' '.[' ; do
        run -c "$filter" "$INPUT/data.json"
    done
    run . "$INPUT/data.json" | cksum
    run --stream -c . "$INPUT/data.json" | cksum
    run -s -R -r 'split("\n") | .[1:4][] | ltrimstr(",")' "$INPUT/data.json"
}

tests() { (cd "$SRC" && run -L tests/modules --run-tests tests/jq.test); }
