# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# score.sh - which part of what could be moved was moved, over all programs and forms (sourced by scripts/corpus).
#
# score_row leaves a line per program and form: program, form, allocations before and after, and of the limit (limit.sh)
# all blocks, slot blocks with k = 0 and with k = 1. score_table makes the table of them. *Reached* is the number of
# allocations that were moved, divided by that of slot blocks: not shares as in table.sh, because the counter also sees the other
# programs that a program starts (make's shells), the oracle only the program. It may be above 1: a site that is moved also serves
# blocks that are no slot blocks, and k = 0 does not count what moved into a caller's frame.
#
# INVARIANT  A run that wrote something else, or took too long, is no row: what it counted says nothing.
#
# score_sites joins the sites of the limit with the call paths of what is left (blame.sh): the largest that stay.
#
# IMPRECISE  The join is by file and line: two sites of one line are one. A call that the optimizer has given no line, or made a
# tail call, is not found, so that its site seems moved.

score_row() {
    local limit=$PLACE/out/$1/limit base=$PLACE/out/$1/$2 variant
    [[ -n $PLUGIN ]] || return 0
    for variant in plain plugin; do
        cmp -s "$PLACE/out/$1/reference" "$base.$variant.counted" || return 0
    done
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$(field "$base.plain.counted.counts" allocations)" \
        "$(field "$base.plugin.counted.counts" allocations)" "$(field "$limit" blocks)" "$(field "$limit" slots0)" "$(field "$limit" slots1)"
}

# score_table COUNTS: a row per program, then the means, tab-separated. LEAST is the limit, in percent, from which on a
# program belongs to the mean; a limit smaller than that is mostly noise.
score_table() {
    awk -F '\t' -v OFS='\t' -v least="${LEAST:-3}" '
        function share(part, whole) { return whole > 0 ? part / whole : 0 }
        function over(part, whole) { return whole > 0 ? sprintf("%.2f", part / whole) : "-" }
        BEGIN {
            nforms = split("file summaries lto whole", forms, " ")
            for (f = 1; f <= nforms; f++) sum0[f] = sum1[f] = capped[f] = in_mean[f] = 0
        }
        !($1 in limit0) { programs[++n] = $1 }
        {
            limit0[$1] = share($6, $5)
            limit1[$1] = share($6 + $7, $5)
            slots0[$1] = $6
            slots1[$1] = $6 + $7
            moved[$1, $2] = $3 - $4
        }
        END {
            head = "program" OFS "limit k=0 %" OFS "limit k<=1 %"
            for (f = 1; f <= nforms; f++) head = head OFS forms[f] " k=0" OFS "k<=1"
            print head
            for (p = 1; p <= n; p++) {
                name = programs[p]
                line = name OFS sprintf("%.1f", 100 * limit0[name]) OFS sprintf("%.1f", 100 * limit1[name])
                counts = 100 * limit0[name] >= least
                if (!counts) left = left " " name
                for (f = 1; f <= nforms; f++) {
                    if (!((name, forms[f]) in moved)) {
                        line = line OFS "-" OFS "-"
                        continue
                    }
                    part = moved[name, forms[f]]
                    line = line OFS over(part, slots0[name]) OFS over(part, slots1[name])
                    if (!counts) continue
                    reached = part / slots0[name]
                    sum0[f] += reached
                    capped[f] += reached > 1 ? 1 : reached
                    sum1[f] += part / slots1[name]
                    in_mean[f]++
                }
                print line
            }
            row["mean"] = row["mean, at most 1 each"] = row["programs in the mean"] = OFS OFS
            for (f = 1; f <= nforms; f++) {
                row["mean"] = row["mean"] (f > 1 ? OFS : "") over(sum0[f], in_mean[f]) OFS over(sum1[f], in_mean[f])
                row["mean, at most 1 each"] = row["mean, at most 1 each"] (f > 1 ? OFS : "") over(capped[f], in_mean[f]) OFS
                row["programs in the mean"] = row["programs in the mean"] (f > 1 ? OFS : "") in_mean[f] OFS
            }
            print "mean" OFS row["mean"]
            print "mean, at most 1 each" OFS row["mean, at most 1 each"]
            print "programs in the mean" OFS row["programs in the mean"]
            if (left != "") print "# left out of the means, limit below " least " %:" left
        }' "$1"
}

# score_sites SITES BLAME: "STAY SLOTS0 PLACE REASON" per site whose slot blocks with k = 0 are still allocated, most first;
# SITES is `limit.sites`, BLAME what blame.sh left of a form.
score_sites() {
    awk -v OFS='\t' '
        function line_of(frame) { sub(/.*@/, "", frame); sub(/:[0-9]+$/, "", frame); return frame }
        FILENAME == ARGV[1] {
            if ($7 > 0) { slots[line_of($12)] += $7; place[line_of($12)] = $12 }
            next
        }
        NF == 0 { paths = 1; next }
        !paths { next }
        {
            why = ""
            for (i = 3; i <= NF && $i !~ /@/; i++) why = why (i > 3 ? " " : "") $i
            for (; i <= NF; i++) {
                at = line_of($i)
                if (!(at in slots)) continue
                left[at] += $1
                if ($1 > most[at]) { most[at] = $1; reason[at] = why }
                break
            }
        }
        END { for (at in left) print left[at] < slots[at] ? left[at] : slots[at], slots[at], place[at], reason[at] }' "$1" "$2" |
        sort -k1,1nr -k3,3
}

# score_stays COUNT PROGRAM...: over all these and their forms that were asked for the blame.
score_stays() {
    local count=$1 program form
    shift
    printf 'program\tform\tstay\tslot blocks k=0\twhere\treason\n'
    for program; do
        for form in file summaries lto whole; do
            [[ -f $PLACE/out/$program/$form.blame && -f $PLACE/out/$program/limit.sites ]] || continue
            score_sites "$PLACE/out/$program/limit.sites" "$PLACE/out/$program/$form.blame" | sed "s/^/$program\t$form\t/"
        done
    done | sort -t $'\t' -k3,3nr | head -n "$count"
}
