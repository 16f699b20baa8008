#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# --help, the manual and the completions come from one table: every command and option is in each of them; the programs
# that read them find nothing wrong.
# shellcheck source=cli/tests/lib.sh
. "$(dirname "$0")/lib.sh"

mapfile -t names < <(sed -nE 's/^COMMAND\("([a-z-]+)".*/\1/p' "$ESC_SOURCE/cli/commands.def")
[[ ${#names[@]} -ge 8 ]] || fail "only these commands: ${names[*]}"

# lint FILE: mandoc and groff have nothing to say.
lint() {
    ! command -v mandoc >/dev/null || { mandoc -T lint -W warning "$1" >lint.out 2>&1 || true; }
    ! command -v groff >/dev/null || groff -man -ww -Tutf8 -z "$1" >>lint.out 2>&1
    : >>lint.out
    empty lint.out "$1 is a good page"
    rm lint.out
}
ends 0 escapement --help
cp out help
escapement --manual >escapement.1
lint escapement.1
escapement --completion=bash >bash.sh
escapement --completion=zsh >_escapement
escapement --completion=fish >escapement.fish
bash -n bash.sh
for name in "${names[@]}"; do
    has help "^  $name "
    has escapement.1 "^.fB$name.fR$"
    ends 0 escapement "$name" --help
    cp out "$name.help"
    has "$name.help" '^Exit status:|^ *Exit status:|Exit status: '
    escapement "--manual=$name" >"escapement-$name.1"
    lint "escapement-$name.1"
    has "escapement-$name.1" '^\.SH EXIT STATUS$'
    # What --help knows of, the page and the completions know of.
    mapfile -t options < <(grep -oE '^ +(-[a-zA-Z], +)?--[a-z-]+' "$name.help" | grep -oE -- '--[a-z-]+$' | grep -vxE -- '--(help|usage|version)')
    for option in "${options[@]}"; do
        has "escapement-$name.1" "$(sed 's/-/\\\\-/g' <<<"$option")(.fR|=)"
        sed -n "/^    $name)/,/;;/p" bash.sh >part
        has part " $option"
        sed -n "/^    $name)/,/;;/p" _escapement >part
        has part "'$option(=|\[)"
        has escapement.fish "seen_subcommand_from $name'? .*-l ${option#--} "
    done
done
one_line 2 "no command .absent'" escapement --manual=absent
one_line 2 'for bash, zsh or fish, not csh' escapement --completion=csh

# What is shown first works as it stands there.
if has_compiler clang; then
    cat >program.c <<'C'
#include <stdlib.h>
char *volatile kept;
int main(void) {
    for (int i = 0; i < 1000; i++)
        kept = malloc(1024);
    return 0;
}
C
    sed -n '/^### What costs most$/,/^### W/p' "$ESC_SOURCE/README.md" >readme.help
    for name in top report readme; do
        rm -rf program reports heap.gz html
        grep -E '^ +(escapement|ESCAPEMENT_PROFILE=heap.gz) ' "$name.help" >example
        [[ $(grep -c '' example) -eq 3 ]] || fail "$name has another example: $(cat example)"
        ESCAPEMENT_PROFILE_RATE=1 ends 0 bash -e example
        [[ -s heap.gz ]] || fail "the example of $name wrote no profile"
        if [[ $name == report ]]; then
            [[ -s html/index.html ]] || fail "no page"
        else
            has out 'why +escapes to heap: stored in global kept'
        fi
    done
fi

# The shells complete.
complete_in_bash() { # WORD...: what it offers for the last one
    # shellcheck disable=SC1091
    bash -c '. ./bash.sh; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _escapement; printf "%s\n" "${COMPREPLY[@]}"' bash "$@" >offered
}
complete_in_bash escapement mea
[[ $(cat offered) == measure ]] || fail "bash offers $(cat offered)"
complete_in_bash escapement measure --aga
[[ $(cat offered) == --against= ]] || fail "bash offers $(cat offered)"
complete_in_bash escapement cc --runtime = st
[[ $(cat offered) == static ]] || fail "bash offers $(cat offered)"
complete_in_bash escapement baseline ''
[[ $(paste -sd ' ' offered) == 'write check' ]] || fail "bash offers $(cat offered)"
if command -v fish >/dev/null; then
    complete_in_fish() { HOME=$work fish -c "source escapement.fish; complete -C '$1'" | cut -f 1 | sort | paste -sd ' ' >offered; }
    complete_in_fish 'escapement mea'
    [[ $(cat offered) == measure ]] || fail "fish offers $(cat offered)"
    complete_in_fish 'escapement cc --runtime='
    [[ $(cat offered) == '--runtime=none --runtime=shared --runtime=static' ]] || fail "fish offers $(cat offered)"
    complete_in_fish 'escapement baseline '
    [[ $(cat offered) == 'check write' ]] || fail "fish offers $(cat offered)"
fi
if command -v zsh >/dev/null; then
    zsh -n _escapement
    zsh -fc 'autoload -U compinit && compinit -D && source ./_escapement && [[ $_comps[escapement] == _escapement ]]' ||
        fail "zsh does not take its completion"
fi
