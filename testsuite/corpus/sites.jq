# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# sites.jq - of the plugin's reports (slurped JSON lines): "sites moved partly reasons", separated by tabs.
#
# A site is a place in the source. The copies that inlining makes of it are reported apart; it counts as moved
# if every copy that is left is moved, as partly moved if some are, and under the reason of a copy that is not moved.

def is_gone: .placement == "optimized-away";

[ map(select(.kind == "site")) | group_by([.file, .line, .col])[]
  | { moved: any(.moved and (is_gone | not)), kept: (map(select((.moved or is_gone) | not) | .reason) | last) } ]
| [ length,
    (map(select(.moved and .kept == null)) | length),
    (map(select(.moved and .kept != null)) | length),
    (map(if .kept then .kept elif .moved then empty else "optimized-away" end)
     | group_by(.) | sort_by([-length, .[0]]) | .[:4] | map("\(length) \(.[0])") | join(", ") | if . == "" then "-" else . end) ]
| @tsv
