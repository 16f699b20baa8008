#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# A source that does not compile gets the compiler's own errors and nothing of ours.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

printf '#include <stdlib.h>\nint *f(void) { int *p = malloc(8); return p }\n' >syntax.c
printf '#include <stdlib.h>\nint *f(void) { int *p = malloc(8); return q; }\n' >names.c
printf '#include "absent.h"\nint f(void) { return 0; }\n' >include.c
printf '#include <stdlib.h>\nint f(void) { int *p = malloc(8); *p = 1' >unfinished.c
printf '#include <stdlib.h>\nint f(void) { int *p = malloc(8); *p = 1; "x" = p; }\n' >semantic.c

for source in syntax names include unfinished semantic; do
    for options in "-O2 -c" "-O0 -c" "-fsyntax-only"; do
        read -ra words <<<"$options"
        want=0 got=0
        plain "${words[@]}" $source.c -o plain.o 2>plain.err || want=$?
        esc "${words[@]}" $source.c -o plugin.o "$(arg m=2)" 2>plugin.err || got=$?
        [[ $want -ne 0 && $got -eq $want ]] || fail "$source.c: exit status $got, not $want"
        same plain.err plugin.err "$source.c $options"
    done
done
# A warning made an error by the user: ours are no warnings, and say nothing beside it.
printf '#include <stdlib.h>\nint f(void) { int *p = malloc(8); int unused; *p = 1; free(p); return 0; }\n' >warn.c
plain -O2 -c -Wall -Werror warn.c -o plain.o 2>plain.err && fail "the warning did not stop the compiler"
esc -O2 -c -Wall -Werror warn.c -o plugin.o 2>plugin.err && fail "the warning did not stop the compiler"
same plain.err plugin.err "-Wall -Werror"
esc -O2 -c -Wall -Wextra -Werror sample.c -o sample.o "$(arg m)" 2>err || fail "-m with -Werror: $(cat err)"
