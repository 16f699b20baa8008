#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# merge.sh - join the source files of a program to one translation unit.
#
#     merge.sh TREE FLAG... -- FILE...        (CC, RENAME, SKIP, TWICE, KEEP in the environment)
#
# TREE is a private copy of the program's sources; its files are changed in place and
# TREE/whole.c is made, which #includes every FILE. Three things stand in the way:
#   headers without guards        `#pragma once` is put at their head, except for those
#                                 that are meant to be read more often (TWICE="a.h b.h")
#   two statics of one name       each FILE is compiled, the symbol tables are compared, and
#                                 in every file where a clashing name is local it gets the file's
#                                 name as prefix (tentative definitions would merge silently)
#   macros of one file            are pushed before and popped after it, but for those in KEEP="A B"
#                                 and so do structures that two files define
# What neither shows (typedefs, enumerators, unused statics) is named by the recipe: RENAME="file.c:name ...";
# SKIP, one file.c:name a line, is not renamed there, because a member has the name (it is in the other file).
set -euo pipefail

tree=$1
shift
flags=()
while [[ $1 != -- ]]; do
    flags+=("$1")
    shift
done
shift
files=("$@")
cd "$tree"

guard_headers() {
    local header
    while IFS= read -r header; do
        case " ${TWICE:-} " in *" ${header##*/} "*) continue ;; esac
        sed -i '1i #pragma once' "$header"
    done < <(find . -name '*.h')
}

# Prints "FILE KIND NAME" for every symbol a file itself, no header, defines; the kind is lower case if local.
symbols() {
    local file object header_statics
    object=$(mktemp)
    # Variables have no line in what nm prints.
    header_statics=$(find . -name '*.h' -exec sed -nE 's/^static [^(]*[ *]([A-Za-z_0-9]+)(\[[^]]*\])* *[=;].*/\1/p' {} + | tr '\n' ' ')
    for file in "${files[@]}"; do
        "${CC:-clang-19}" -O0 -g -w "${flags[@]}" -c "$file" -o "$object"
        nm -l --defined-only "$object" | awk -v file="$file" -v headers="$header_statics" '
            BEGIN { split(headers, names); for (i in names) in_header[names[i]] }
            NF >= 3 && $3 !~ /\./ && $4 !~ /\.h:/ && !($2 ~ /[a-z]/ && $3 in in_header) { print file, $2, $3 }'
    done
    rm -f "$object"
}

# Prints "FILE NAME" for every struct, union and enum with a body in the files given.
tags() {
    awk '{ line = $0; while (line ~ /^(typedef |static |const )*(struct|union|enum) [A-Za-z_0-9]+[ \t]*$/ && (getline next_line) > 0) line = line " " next_line }
        match(line, /^(typedef |static |const )*(struct|union|enum) [A-Za-z_0-9]+[ \t]*\{/) {
            name = substr(line, 1, RLENGTH); sub(/[ \t]*\{$/, "", name); sub(/.* /, "", name); print FILENAME, name
        }' "$@"
}

# Prints "FILE tag:NAME" for every tag a file defines that another file or a header defines as well.
tag_clashes() {
    {
        find . -name '*.h' -exec cat {} + | tags - | sed 's/^-/header/'
        tags "${files[@]}"
    } | sort -u | awk '{ count[$2]++; file[NR] = $1; name[NR] = $2 }
        END { for (i = 1; i <= NR; i++) if (count[name[i]] > 1 && file[i] != "header") print file[i], "tag:" name[i] }'
}

# Prints "FILE NAME" for every local that is defined in another file as well.
clashes() {
    symbols | awk '{ count[$3]++; if ($2 ~ /[a-z]/) local[$1 " " $3] = $3 }
        END { for (key in local) if (count[local[key]] > 1) print key }'
    tag_clashes
    local pair
    for pair in ${RENAME:-}; do
        printf '%s %s\n' "${pair%%:*}" "${pair#*:}"
    done
}

prefix_of() {
    printf '%s__' "$(tr -c '[:alnum:]\n' _ <<<"${1%.c}")"
}

rename_clashes() {
    local file names
    while IFS= read -r file; do
        mapfile -t names < <(awk -v file="$file" '$1 == file { print $2 }' .clashes | sort -u)
        "$RENAMER" "$(prefix_of "$file")" "${names[@]}" <"$file" >.renamed
        mv .renamed "$file"
    done < <(awk '{ print $1 }' .clashes | sort -u)
}

macros_of() {
    sed -nE 's/^[[:space:]]*#[[:space:]]*(define|undef)[[:space:]]+([A-Za-z_][A-Za-z0-9_]*).*/\2/p' "$1" |
        grep -vxE "_.*_SOURCE${KEEP:+|${KEEP// /|}}" | sort -u || true
}

include_file() {
    local macro macros
    mapfile -t macros < <(macros_of "$1")
    for macro in "${macros[@]}"; do
        printf '#pragma push_macro("%s")\n' "$macro"
    done
    printf '#include "%s"\n' "$1"
    for macro in "${macros[@]}"; do
        printf '#pragma pop_macro("%s")\n' "$macro"
    done
}

clashes | sort -u | grep -vxF -e "$(tr : " " <<<"${SKIP:-none}")" >.clashes || true
guard_headers
rename_clashes
for file in "${files[@]}"; do
    include_file "$file"
done >whole.c
