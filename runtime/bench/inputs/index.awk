# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Counts, an index of lines by word, and substitutions: what awk scripts allocate.
{
    for (i = 1; i <= NF; i++) {
        count[$i]++
        where[$i] = where[$i] " " NR
        key = substr($i, 1, 4) "-" length($i)
        group[key, NR % 7] = $i
    }
    text = $0
    gsub(/[aeiou]+/, "<&>", text)
    split(text, parts, /[<>]/)
    total += length(parts)
}
END {
    n = asorti(count, names)
    for (i = 1; i <= n; i++)
        longest = length(where[names[i]]) > length(longest) ? where[names[i]] : longest
    print n, total, length(longest), length(group)
}
