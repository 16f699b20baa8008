# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# sites.awk - from the plugin's reports (JSON lines): "sites moved partly reasons", separated by tabs.
#
# A site is a place in the source. The copies that inlining makes of it are reported apart; it counts as moved
# if every copy that is left is moved, as partly moved if some are, and under the reason of a copy that is not moved.

function text_of(key,    at, rest) {
    at = index($0, "\"" key "\":\"")
    if (!at) return ""
    rest = substr($0, at + length(key) + 4)
    return substr(rest, 1, match(rest, /[^\\]"/))
}

function number_of(key,    at) {
    at = index($0, "\"" key "\":")
    return at ? substr($0, at + length(key) + 3) + 0 : 0
}

/"kind":"site"/ {
    place = text_of("file") ":" number_of("line") ":" number_of("col")
    seen[place]
    if (/"placement":"optimized-away"/) gone[place]
    else if (/"moved":true/) moved[place]
    else kept[place] = text_of("reason")
}

END {
    for (place in seen) {
        sites++
        if (place in kept) { reasons[kept[place]]++; if (place in moved) partly++ }
        else if (place in moved) moved_sites++
        else reasons["optimized-away"]++
    }
    for (pick = 0; pick < 4; pick++) {
        best = ""
        for (reason in reasons)
            if (best == "" || reasons[reason] > reasons[best] || (reasons[reason] == reasons[best] && reason < best)) best = reason
        if (best == "") break
        list = list (list ? ", " : "") reasons[best] " " best
        delete reasons[best]
    }
    printf "%d\t%d\t%d\t%s", sites, moved_sites, partly, list == "" ? "-" : list
}
