# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# GNU units: thousands of conversions with its own table of definitions, wrong ones among them.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=units
cppflags=(-DSTDC_HEADERS=1 -DHAVE_STRING_H=1 -DHAVE_UNISTD_H=1 -DSUPPORT_UTF8 '-DUNITSFILE="definitions.units"'
    '-DLOCALEMAP="locale_map.txt"' -I.)
ldlibs=(-lm)
no_whole=yes # not tried yet
wrappers='^dupn?str$'

prepare() { :; }

sources() { printf '%s.c\n' units parse.tab getopt getopt1; }

inputs() {
    awk 'BEGIN {
        split("mile/hour furlong/fortnight m/s km/day knot c inch/week", from)
        split("N dyne lbf kg*m/s^2 J/m eV/angstrom watt*s/yard", force)
        for (i = 0; i < 2500; i++) {
            printf "%d.%d %s\n%s\n", i, i % 10, from[i % 7 + 1], from[i * 3 % 7 + 1]
            printf "(%d + 3|4) %s^2 / sqrt(%d m^2)\n%s^2/m\n", i, force[i % 7 + 1], i + 1, force[i * 5 % 7 + 1]
            printf i % 50 ? "tempC(%d)\ntempF\n" : "%d nosuchunit\nm\n", i
        }
    }' >"$INPUT/conversions"
}

work() { run -f "$SRC/definitions.units" -q <"$INPUT/conversions"; }
