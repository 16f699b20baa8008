# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# blame.awk - joins symbols (1st file), the plugin's sites (2nd) and call paths (3rd): allocations by reason, then
# by path. What is at no site of the report was allocated by a library the program calls, or by code
# that the report does not know.

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

function hex_before(text,    i, n, digits) {
    for (i = 3; i <= length(text); i++) n = n * 16 + index("123456789abcdef", substr(text, i, 1))
    n--
    for (digits = ""; n > 0; n = int(n / 16)) digits = substr("0123456789abcdef", n % 16 + 1, 1) digits
    return "0x" digits
}

FNR == 1 { file++ }
file == 1 { frames[$1] = substr($0, length($1) + 2); next }
file == 2 {
    name = text_of("file")
    sub(/.*\//, "", name)
    place = name ":" number_of("line") ":" number_of("col")
    known[place]
    if (!/"moved":true/ && !/optimized-away/) reason[place] = text_of("reason")
    next
}
{
    path = ""
    for (i = 3; i <= NF; i++) path = path " " frames[hex_before($i)]
    count = split(path, frame, " ")
    at = ""
    for (i = 1; i <= count && at == ""; i++) {
        place = frame[i]
        sub(/.*@/, "", place)
        if (place in known) at = place
        # A library may allocate for the program; only its innermost caller is looked at.
        if (i > 1 && frame[i] !~ /^\?\?@/) break
    }
    why = at == "" ? "(no site)" : (at in reason) ? reason[at] : "(moved elsewhere)"
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
    for (line in by_path) if (by_path[line] * 1000 >= total) printf "%9d %5.1f%%  %s\n", by_path[line], 100 * by_path[line] / total, line | "sort -rn"
}
