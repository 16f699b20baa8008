#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# `escapement doctor`: in the build tree and installed it says of each part that it works; of a part that is taken away or
# spoilt it says so, and how to get it.
# shellcheck source=cli/tests/lib.sh
. "$(dirname "$0")/lib.sh"

# field NAME FIELD: of that row of out.
field() { jq -r --arg name "$1" '.checks[] | select(.name == $name) | .'"$2"' // ""' out; }
is() { # is NAME STATE [REMEDY-REGEX]
    [[ $(field "$1" state) == "$2" ]] || fail "$1 is '$(field "$1" state)', not '$2': $(field "$1" detail)"
    [[ -z ${3:-} || $(field "$1" remedy) =~ $3 ]] || fail "$1: the remedy is '$(field "$1" remedy)'"
}
# Whatever is not as it should be has a remedy.
remedied() {
    jq -r '.checks[] | select(.state != "works" and .state != "there" and .remedy == null) | .name' out >none
    empty none "every row that needs one has a remedy"
}
command -v jq >/dev/null || skip "no jq"
has_compiler clang || skip "no Clang with a plugin"

ends 0 escapement doctor
has out '^plugin for Clang 19 +works '
has out '^runtime +works '
ends 0 escapement doctor --json
remedied
is 'plugin for Clang 19' works
[[ ! -x ${ESC_COMMAND%/*}/escapement-check ]] || is escapement-check works
[[ ${ESC_SANITIZE:-OFF} != ON ]] || exit 0
is "verify's library" works
is 'escapement ld, -fuse-ld=bfd' works
if [[ $(clang-19 -fuse-ld=lld -Wl,--version 2>/dev/null) == *'LLD 19.'* ]]; then
    is 'plugin for lld 19 (-flto)' works
    is 'escapement ld, -fuse-ld=lld' works
fi
ends 1 env PATH="${ESC_COMMAND%/*}" "$ESC_COMMAND" doctor
has out '^plugin for Clang 19 +missing +its compiler is not in PATH; install clang-19'

# Installed: the same, and each part in turn gone or spoilt.
cmake --install "$ESC_BUILD" --prefix "$work/prefix" >install.log
PATH=$work/prefix/bin:$PATH
hash -r
ends 0 escapement doctor --json
remedied
cp out whole
[[ $(jq -r .directory out) == "$work/prefix/bin" ]] || fail "it speaks of $(jq -r .directory out)"
jq -r '.checks[] | select(.state == "missing" or .state == "broken") | "\(.name): \(.state): \(.detail)"' out >wrong
empty wrong "all that is installed works"
place_of() { find "$work/prefix" -name "$1" | grep -F -- "${2:-}" | head -n 1; }
check=$work/prefix/bin/escapement-check archive=$(place_of libescapement-verify.a)
gone=("$(place_of libescapement.so)" "$archive" "$(place_of libescapement-measure.so)" "$(place_of escapement-lld.so clang-19)")
spoilt=("$(place_of escapement.so clang-19)" "$archive")
if [[ -x $check ]]; then
    gone+=("$check")
    spoilt+=("$check")
fi
for file in "${gone[@]}"; do mv "$file" "$file.kept"; done
ends 1 escapement doctor --json
remedied
for name in runtime "verify's library" 'counting library' 'plugin for lld 19 (-flto)'; do
    is "$name" missing 'install it again'
done
is escapement-check 'not there' 'libclang-19-dev'
for file in "${gone[@]}"; do mv "$file.kept" "$file"; done
for file in "${spoilt[@]}"; do
    mv "$file" "$file.kept"
    printf '#!/bin/false\n' >"$file"
    chmod +x "$file"
done
has_other=1
for compiler in gcc clang-16; do
    ! has_compiler $compiler || has_other=0
done
ends $has_other escapement doctor --json
remedied
is 'plugin for Clang 19' broken 'for this compiler'
[[ $has_other -eq 1 ]] || is "verify's library" broken 'install it again'
[[ ! -e $check ]] || is escapement-check broken 'install it again'
for file in "${spoilt[@]}"; do mv "$file.kept" "$file"; done
if has_compiler gcc; then
    [[ $(field 'gcc-12 -fplugin=escapement' detail) == *gcc*escapement.so* ]] || fail "GCC's place is not said"
fi

# A linker that does not say what it links cannot be used by `escapement ld'.
mkdir fake
cat >fake/ld.mold <<'SH'
#!/bin/sh
exec ld.bfd $(printf "%s\n" "$@" | grep -vx -e -t)
SH
chmod +x fake/ld.mold
ends 0 env PATH="$work/fake:$PATH" COMPILER_PATH="$work/fake" escapement doctor --json
is 'escapement ld, -fuse-ld=mold' broken 'another linker'
