# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# blame.jq - of the plugin's report: "PLACE CHAIN why" for each copy of a site, separated by tabs. PLACE is the call, CHAIN
# the calls it was inlined through, all of them without directories.

def base: sub(".*/"; "");

select(.kind == "site")
| [ "\(.file | base):\(.line):\(.col)",
    (.chain | map(base) | join(" ")),
    if .placement == "optimized-away" then "(optimized away)" elif .moved then "(larger than its place)" else .reason end ]
| @tsv
