# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# table.sh - one row per program and form, from what build.sh, measure.sh and limit.sh left (sourced by scripts/corpus).
#
# `slot% k=0` is the part of a program's run-time allocations that one slot of the allocating function could have
# held, `slot% k<=1` of that function or its caller (limit.sh; measured with --limit): what can be moved at best without
# changing a caller, and with. `reached` is the part that was moved, divided by it.

table_head() {
    printf '%s\t' program form sites moved partly 'why not' allocs after saved% bytes after saved% \
        'RSS KiB' after 'CPU s' after 'compile s' after 'slot% k=0' reached 'slot% k<=1'
    echo reached
}

# Prints "sites moved partly reasons" from the reports of a build.
sites_of() {
    local reports
    mapfile -t reports < <(find "$1/obj" -name '*.json' 2>/dev/null | sort)
    ((${#reports[@]})) || { printf -- '-\t-\t-\t-' && return 0; }
    jq -js -f "$HERE/sites.jq" "${reports[@]}"
}

# time_of FILE COLUMN: the median over the rounds.
time_of() {
    awk -v column="$2" '{ print $column }' "$1" | median
}

table_row() {
    local base=$PLACE/out/$1/$2 build=$PLACE/build/$1/$2
    local plain=$base.plain plugin=$base.plugin
    [[ -n $PLUGIN ]] || plugin=$plain
    local variant=${plugin##*.}
    {
        printf '%s\t%s\t%s\t' "$1" "$2" "$(sites_of "$build.plugin")"
        printf '%s\t' "$(field "$plain.counted.counts" allocations)" "$(field "$plugin.counted.counts" allocations)"
        printf '%s\t' "$(field "$plain.counted.counts" bytes)" "$(field "$plugin.counted.counts" bytes)"
        printf '%s\t' "$(time_of "$plain.time" 1)" "$(time_of "$plugin.time" 1)"
        printf '%s\t' "$(time_of "$plain.time" 2)" "$(time_of "$plugin.time" 2)"
        printf '%s\t' "$(compile_seconds "$1" "$2" plain)" "$(compile_seconds "$1" "$2" "$variant")"
        printf '%s\t' "$(limit_percent "$1" slots0)"
        limit_percent "$1" slots0 slots1
    } | awk -F '\t' -v OFS='\t' '
        function of(part, whole) { return whole > 0 ? sprintf("%.2f", part / whole) : "-" }
        {
            saved = $7 ? 100 * ($7 - $8) / $7 : 0
            print $1, $2, $3, $4, $5, $6, $7, $8, sprintf("%.1f", saved),
                $9, $10, sprintf("%.1f", $9 ? 100 * ($9 - $10) / $9 : 0), $11, $12,
                sprintf("%.2f", $13 / 1e6), sprintf("%.2f", $14 / 1e6), $15, $16,
                $17, of(saved, $17), $18, of(saved, $18)
        }'
}

# The table for people, and the means of `reached` over the programs of which at least 3 % can be reached.
table_print() {
    column -t -s $'\t' -o '  ' "$1"
    [[ -n $PLUGIN ]] || return 0
    awk -F '\t' 'NR > 1 && $19 >= 3 { sum[$2] += $20; capped[$2] += $20 > 1 ? 1 : $20; n[$2]++ }
        END { for (form in n) printf "reached, %s form: mean %.2f of the limit (%.2f if no program counts more than 1.00) over %d programs\n",
                                     form, sum[form] / n[form], capped[form] / n[form], n[form] }' "$1"
}
