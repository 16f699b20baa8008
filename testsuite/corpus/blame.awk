# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# blame.awk - joins symbols (1st file), the plugin's sites (2nd, of blame.jq) and call paths (3rd): allocations by reason, then
# by path. A copy of a site is known by the calls it was inlined through; where that is not found, another copy of the site
# speaks for it. What is at no site of the report was allocated inside a library, or in code that the report does not know.

function hex_before(text,    i, n, digits) {
    for (i = 3; i <= length(text); i++) n = n * 16 + index("123456789abcdef", substr(text, i, 1))
    n--
    for (digits = ""; n > 0; n = int(n / 16)) digits = substr("0123456789abcdef", n % 16 + 1, 1) digits
    return "0x" digits
}

FILENAME == ARGV[1] { frames[$1] = substr($0, length($1) + 2); next }
FILENAME == ARGV[2] {
    split($0, column, "\t")
    exact[column[1] (column[2] == "" ? "" : " ") column[2]] = column[3]
    if (!(column[1] in reason) || substr(reason[column[1]], 1, 1) == "(") reason[column[1]] = column[3]
    next
}

# The places of inlined frames, innermost first, each after a blank.
function places_of(inlined,    n, i, part, list) {
    n = split(inlined, part, " ")
    for (i = 1; i <= n; i++) {
        sub(/.*@/, "", part[i])
        list = list (i > 1 ? " " : "") part[i]
    }
    return list
}

# Why the innermost frames of an address are on the heap; "" if they are no site.
function why_of(inlined,    places, first) {
    places = places_of(inlined)
    if (places in exact) return exact[places]
    first = places
    sub(/ .*/, "", first)
    return reason[first]
}

{
    path = ""
    for (i = 3; i <= NF; i++) path = path " " frames[hex_before($i)]
    count = split(path, frame, " ")
    why = why_of(frames[hex_before($3)])
    # A library allocates for the program: its caller is asked.
    for (i = 4; i <= NF && why == "" && frames[hex_before($(i - 1))] ~ /^\?\?@|^$/; i++) why = why_of(frames[hex_before($i)])
    if (why == "") why = "(no site)"
    total += $1
    by_reason[why] += $1
    line = ""
    for (i = 1; i <= count && i <= 7; i++) line = line " " frame[i]
    by_path[why line] += $1
}
END {
    for (why in by_reason) printf "%9d %5.1f%%  %s\n", by_reason[why], 100 * by_reason[why] / total, why | "sort -rn"
    close("sort -rn")
    print ""
    for (line in by_path) printf "%9d %5.1f%%  %s\n", by_path[line], 100 * by_path[line] / total, line | "sort -rn"
}
