# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# dash: a script with functions, local variables, parameter expansion, here documents, case, traps, command
# substitution of builtins.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=dash
cppflags=(-DHAVE_CONFIG_H -include config.h -DBSD=1 -DSHELL -I. -Isrc)
ldlibs=()
twice=(bltin.h)

prepare() {
    ./configure
    touch src/Makefile
    make -C src -o Makefile -o ../config.h builtins.h nodes.h syntax.h token.h token_vars.h builtins.c init.c nodes.c \
        signames.c syntax.c
}

sources() {
    printf 'src/%s.c\n' alias arith_yacc arith_yylex cd error eval exec expand histedit input jobs mail main memalloc \
        miscbltin mystring options parser priv redir show trap output bltin/printf system bltin/test bltin/times var \
        builtins init nodes signames syntax
}

# GCC refuses the old form in the file that declares it.
fix_tree() { sed -i 's/^int timescmd() {/int timescmd(int argc, char **argv) {/' src/bltin/times.c; }

inputs() {
    cat >"$INPUT/load.sh" <<'LOAD'
fib() { local n=$1 a b; if [ "$n" -lt 2 ]; then r=$n; return; fi
    fib $((n - 1)); a=$r; fib $((n - 2)); b=$r; r=$((a + b)); }
fib 16; echo "fib $r"
join() { local IFS="$1"; shift; echo "$*"; }
i=0; list=
while [ $i -lt 3000 ]; do
    case $i in
        *[13]) list="$list odd$i" ;;
        *0) list="${list#* }" ;;
        *) : "${name:=default}" ;;
    esac
    v=path/to/file$i.tar.gz
    base=${v##*/}; stem=${base%%.*}; len=${#stem}
    i=$((i + 1))
done
set -- $list; echo "$# $1 ${base} ${stem} $len"
join : a b c
j=0
for word in $list; do j=$((j + ${#word})); [ "$word" = odd2001 ] && break; done; echo $j
k=0; while [ $k -lt 300 ]; do x=$(printf '%s-%03d' item $k); y=`echo "$x"`; k=$((k+1)); done; echo "$y"
while read -r a b c; do echo "$c $a"; done <<EOT
one two three four
five  six   seven
$(echo substituted here doc)
EOT
t() { trap 'echo trapped' USR1; kill -USR1 $$; trap - USR1; }; t
alias hi='echo hello'; eval hi
for f in /etc/host*s /nonexistent*; do echo "$f"; done
( x=sub; echo $x; exit 3 ); echo $?
{ echo one; echo two; } | while read l; do echo "<$l>"; done
printf '%5d|%-6s|%x|%b\n' 42 abc 255 'tab\there'
test -d / -a ! -f / && echo dir
f() { return 7; }; f || echo "rc $?"
readonly ro=1; (ro=2) 2>/dev/null || echo readonly
unset list; echo "${list-unset} ${list:+set}"
getopts ab:c opt -b val && echo "$opt $OPTARG"
k=0; outer() { local k=5 s="$1"; inner "$s"; echo "$k $s"; }; inner() { local s=in k=6; k=$((k+1)); }
while [ $k -lt 2000 ]; do outer $k >/dev/null; k=$((k+1)); done; outer end; echo $k
type cd fib; umask; ulimit -n >/dev/null; set -o | head -n 0; echo $((0x1f ^ 5 << 2 | 1 ? 10 % 4 : 3))
LOAD
}

work() { run "$INPUT/load.sh"; run -c 'echo "$0 $1"; no_such_command; echo $?' name arg; run -n "$INPUT/load.sh"; }

# Declarations that differ from their definitions, as only a linker lets pass.
fix_tree() {
    sed -i 's/^extern const char \*commandname/extern char *commandname/' src/bltin/bltin.h
    sed -i -e '/^int evalcmd(int, char \*\*);/d' -e 's/\([{ ,]\)evalcmd\b/\1(int (*)(int, char **))evalcmd/' src/builtins.c
    sed -i 's/const char \*const signal_names/char *signal_names/' src/signames.c
    sed -i "/^struct redirtab {/,/^};/d" src/init.c
}
