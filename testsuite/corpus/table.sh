# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# table.sh - one row per program and form, from what build.sh and measure.sh left (sourced by scripts/corpus).
#
# `share` is the part of a program's run-time allocations that die in the function that allocates, never two
# of a site at once, in at most 8 KiB, as a lifetime oracle measured it: what can be moved at best without
# changing a caller. `reached` is the part that was moved, divided by that share.

share_of() {
    case $1 in
    libyaml) echo 75 ;; make) echo 43 ;; sqlite3) echo 28 ;; bc) echo 20 ;; cjson) echo 6 ;;
    git | gawk) echo 4 ;; tcc | dash) echo 3 ;; *) echo 0 ;;
    esac
}

table_head() {
    printf '%s\t' program form sites moved partly 'why not' allocs after saved% bytes after saved% \
        'RSS KiB' after 'CPU s' after 'compile s' after share%
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
    local base=$CORPUS/out/$1/$2 build=$CORPUS/build/$1/$2
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
        share_of "$1"
    } | awk -F '\t' -v OFS='\t' '{
        saved = $7 ? 100 * ($7 - $8) / $7 : 0
        print $1, $2, $3, $4, $5, $6, $7, $8, sprintf("%.1f", saved), $9, $10, sprintf("%.1f", $9 ? 100 * ($9 - $10) / $9 : 0),
            $11, $12, sprintf("%.2f", $13 / 1e6), sprintf("%.2f", $14 / 1e6), $15, $16, $17, $17 ? sprintf("%.2f", saved / $17) : "-"
    }'
}

# The table for people, and the means of `reached` over the programs that have a share.
table_print() {
    column -t -s $'\t' -o '  ' "$1"
    [[ -n $PLUGIN ]] || return 0
    awk -F '\t' 'NR > 1 && $20 != "-" { sum[$2] += $20; capped[$2] += $20 > 1 ? 1 : $20; n[$2]++ }
        END { for (form in n) printf "reached, %s form: mean %.2f of the share (%.2f if no program counts more than 1.00) over %d programs\n",
                                     form, sum[form] / n[form], capped[form] / n[form], n[form] }' "$1"
}
