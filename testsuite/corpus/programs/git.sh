# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# git without network, translations and scripts: init, add, commit, config, log, diff, blame, grep, merge, repack
# in a repository made from generated files with fixed dates.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=git
cppflags=(-include corpus-config.h -I.)
ldlibs=(-lz)
whole_flags=(-DUSE_THE_INDEX_COMPATIBILITY_MACROS)

# Git's own makefile makes the generated headers and says which files it would compile.
prepare() {
    local options=(NO_OPENSSL=1 NO_CURL=1 NO_EXPAT=1 NO_GETTEXT=1 NO_PERL=1 NO_PYTHON=1 NO_TCLTK=1 NO_ICONV=1 NO_PTHREADS=1
        BLK_SHA1=1 CC=COMPILER CFLAGS=-O2)
    make -n "${options[@]}" git | sed -nE 's/.*COMPILER -o [^ ]*\.o -c .* ([^ ]*\.c)$/\1/p' >sources.list
    make "${options[@]}" command-list.h config-list.h hook-list.h
    cat >corpus-config.h <<'CONFIG'
#define HAVE_SYSINFO
#define GIT_HOST_CPU "x86_64"
#define HAVE_ALLOCA_H
#define NO_CURL
#define NO_OPENSSL
#define NO_GETTEXT
#define NO_ICONV
#define NO_PTHREADS
#define SHA1_BLK
#define SHA256_BLK
#define HAVE_PATHS_H
#define HAVE_DEV_TTY
#define HAVE_CLOCK_GETTIME
#define HAVE_CLOCK_MONOTONIC
#define HAVE_GETDELIM
#define PROCFS_EXECUTABLE_PATH "/proc/self/exe"
#define FREAD_READS_DIRECTORIES
#define NO_STRLCPY
#define SHELL_PATH "/bin/sh"
#define BINDIR "/usr/bin"
#define FALLBACK_RUNTIME_PREFIX "/usr"
#define GIT_BUILT_FROM_COMMIT ""
#define GIT_EXEC_PATH "/usr/lib/git-core"
#define GIT_LOCALE_PATH "/usr/share/locale"
#define GIT_USER_AGENT "git/2.39.5"
#define GIT_VERSION "2.39.5"
#define DEFAULT_GIT_TEMPLATE_DIR "/nonexistent"
#define ETC_GITATTRIBUTES "/nonexistent/gitattributes"
#define ETC_GITCONFIG "/nonexistent/gitconfig"
#define PAGER_ENV "LESS=FRX LV=-c"
#define GIT_HTML_PATH "/usr/share/doc/git"
#define GIT_INFO_PATH "/usr/share/info"
#define GIT_MAN_PATH "/usr/share/man"
CONFIG
}

sources() { cat "$SRC/sources.list"; }

rename=(builtin/hook.c:run builtin/remote.c:TAGS_{UNSET,DEFAULT,SET} ctype.c:{S,A,D,G,R,P,X,U,Z} xdiff/xpatience.c:tag:entry
    builtin/rev-list.c:MA_{ERROR,ALLOW_ANY,PRINT,ALLOW_PROMISOR} upload-pack.c:FETCH_{PROCESS_ARGS,SEND_ACKS,SEND_PACK,DONE})
skip=(builtin/checkout.c:checkout_worktree builtin/pack-objects.c:depth builtin/receive-pack.c:report
    builtin/unpack-objects.c:offset list-objects.c:show_commit list-objects.c:show_object)

# Both merge strategies give a body to the type of `priv`, two files define the same slabs, two headers have one
# guard, and one file asks that fopen be not redefined.
fix_tree() {
    sed -i -e 's/CALLOC_ARRAY(opt->priv, 1)/opt->priv = xcalloc(1, sizeof(struct merge_options_internal))/' \
        -e 's/sizeof(\*opt->priv)/sizeof(struct merge_options_internal)/' \
        -e 's/opt->priv->/((struct merge_options_internal *)opt->priv)->/g' merge-ort.c merge-recursive.c
    sed -Ei 's/\b((init_|clear_)?)((indegree|author_date)_slab(_at|_peek)?)\b/\1revision_\3/g' revision.c
    sed -i 's/\bTREE_H\b/REFTABLE_TREE_H/' reftable/tree.h
    sed -i 's/^#include "..\/git-compat-util.h"/&\n#undef fopen/' compat/fopen.c
}

inputs() {
    awk -v dir="$INPUT" 'BEGIN { for (i = 0; i < 60; i++) { file = dir "/file" i ".c"
        for (j = 0; j < 80; j++) printf "int function_%d_%d(int x)\n{\n\treturn x * %d + %d;\n}\n\n", i, j, i, j >file
        close(file) } }'
}

# commit N: change some files and commit them at a fixed time.
commit() {
    local i
    for ((i = 0; i < 60; i += 7 - $1 % 5)); do
        sed -i -e "s/return x \* $i + $1;/return helper($1, x) - $i;/" -e "$((1 + $1 * 11))i /* change $1 */" "file$i.c"
    done
    echo "note $1" >"new$1.txt"
    run add .
    GIT_AUTHOR_DATE="170000000$1 +0100" GIT_COMMITTER_DATE="170000000$1 +0000" run commit -q -m "change $1" -m "Body of change $1."
}

work() {
    local i
    export GIT_EXEC_PATH=${PROGRAM%/*} GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org \
        GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@example.org GIT_PAGER=cat GIT_ADVICE=0 \
        GIT_AUTHOR_DATE="1700001000 +0000" GIT_COMMITTER_DATE="1700001000 +0000"
    run init -q -b main repo
    cd repo || return
    run config gc.auto 0
    run config maintenance.auto false
    for ((i = 0; i < 40; i++)); do run config "section$((i % 5)).sub$i.key$i" "value $i"; done
    run config --list
    run -c color.ui=false -c alias.st="status --short" config --get-regexp 'section1.*'
    cp "$INPUT"/*.c .
    for i in 0 1 2 3 4 5 6 7 8; do commit $i; done
    run log --stat --format='%h %an %ad %s%n%b' --date=iso
    run log -p -3 --no-color -M
    run diff HEAD~5 HEAD --word-diff=porcelain -- file0.c file7.c
    run diff --patience HEAD~8 HEAD | cksum
    run blame -l file0.c | cksum
    run grep -n -e 'helper(3' HEAD
    run checkout -q -b side HEAD~3
    echo side >side.txt && echo '/* clash */' >file1.c
    run add . && run commit -q -m side
    run merge -q main -m merged
    run status --short --branch
    run reset -q --hard main
    run cherry-pick side~0
    run reset -q --hard main
    run rev-list --objects --all | cksum
    run -c pack.threads=1 repack -a -d -q
    run fsck --full
    run shortlog -s HEAD
    run for-each-ref --format='%(refname) %(objectname:short) %(authorname)'
    run ls-tree -r -l HEAD | cksum
    run describe --always --all
    run tag -a v1 -m 'version one'
    run archive --format=tar v1 | cksum
    run format-patch --stdout -2 v1 | cksum
    run stash list
    run show --no-color HEAD:file0.c | cksum
    run no-such-command
}
