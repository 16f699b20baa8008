# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# GNU dc, of the same package as bc: long divisions, powers, square roots, modular powers, macros, arrays, strings.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package='bc'
cppflags=(-DHAVE_CONFIG_H -Wno-implicit-function-declaration -I. -Idc -Ih)
ldlibs=()
no_whole=yes # not tried yet

prepare() { ./configure --without-readline; }

sources() { printf '%s\n' dc/{array,dc,eval,misc,numeric,stack,string}.c lib/{getopt,getopt1,number}.c; }

inputs() {
    cat >"$INPUT/load.dc" <<'LOAD'
40k
[la lb+ sc lb sa lc sb li1+ si li 2000>f] sf 1sa 1sb 0si lfx lc 25 10^ ~ n [ ] n n 10P
[li v 7/ li 3^+ ls+ ss li1+ si li 3000>g] sg 0si 0ss lgx ls p
[d la r :m la 1+ sa d 1- d 0<h] sh 0sa 500 lhx clx 17;m 400;m+ p
0k [li 65537 1000003| lt+ 999983% st li1+ si li 1500>k] sk 3si 0st lkx lt p
[d lx r~ lx r sx d 0!=e] se [lu 2^ li+ 10 60^% su li1+ si li 2500>u] su2 0si 3su luZ p
16o 2 300^ p 2o 12345 p 10o
[text]Z p [abc]x 5 0/ p q
LOAD
}

work() { run "$INPUT/load.dc"; run -e '20k 2v p 3 4 ~ f'; }
