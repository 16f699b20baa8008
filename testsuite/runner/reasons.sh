#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# reasons.sh - every reason of the table has a case that produces it.
#
#     reasons.sh REASONS.def CASES-DIRECTORY
set -euo pipefail

table=$1
cases=$2
bad=0
count=0
while IFS= read -r text; do
    count=$((count + 1))
    # What comes before and behind the reason's argument must both stand in one promise.
    before=${text%%%s*}
    behind=
    [[ $text == *%s* ]] && behind=${text#*%s}
    if ! grep -rhE '// (expect|imprecise)' --include='*.c' "$cases" | grep -F ": $before" |
        grep -qF -- "$behind"; then
        echo "no case produces: $text"
        bad=1
    fi
done < <(sed -n 's/^ESC_REASON([A-Z_]*, "\(.*\)")$/\1/p' "$table")
((count > 0)) || { echo "no reason found in $table"; exit 1; }
((bad)) || echo "each of $count reasons has its case"
exit "$bad"
