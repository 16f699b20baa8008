# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# remind: calendars of some months and a year's agenda from reminders with expressions, functions of its user, moons and suns.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=remind
cppflags=(-DHAVE_CONFIG_H '-DSYSDIR=/usr/share/remind' -Isrc)
ldlibs=(-lm)
no_whole=yes # not tried yet

prepare() { ./configure; }

sources() {
    printf 'src/%s.c\n' calendar dynbuf dorem dosubst expr files funcs globals hbcal init main md5 moon omit queue sort token trigger \
        userfns utils var
}

inputs() {
    cat >"$INPUT/reminders" <<'LOAD'
BANNER Reminders for %w, %d%s %m, %y:
SET $LatDeg 45
SET $LatMin 25
SET $LongDeg 75
SET $LongMin 42
FSET oldyears(y) year(trigdate()) - y
FSET ordinal(n) n + iif(n % 10 == 1 && n != 11, "st", n % 10 == 2 && n != 12, "nd", n % 10 == 3 && n != 13, "rd", "th")
FSET upper1(s) upper(substr(s, 1, 1)) + lower(substr(s, 2, 99))
FSET stars(n) iif(n <= 0, "", "*" + stars(n - 1))
OMIT 25 Dec MSG Christmas Day
OMIT 1 Jan MSG New Year
REM Mon 1 SKIP AT 10:00 +15 DURATION 1:30 MSG %"Meeting of the month%" %b at %2
REM Wed SATISFY [day(trigdate()) % 2 == 1] MSG odd Wednesday the [ordinal(day(trigdate()))]
REM Tue OMIT Sat Sun AFTER MSG garbage [stars(day(today()) % 5)]
REM [moondate(0)] MSG New moon at [moontime(0)]
REM [moondate(2)] MSG Full moon at [moontime(2)]
REM MSG Sun [sunrise(today())] to [sunset(today())], [hebday(today())] [hebmon(today())]
REM [easterdate(year(today()))] MSG Easter
REM 1 -1 MSG last day of the month is near
SET text ""
IF day(today()) > 15
    SET text "second half, " + wkday(today())
ELSE
    SET text "first half, " + mon(today())
ENDIF
REM MSG [upper1(text)]: [index(text, "half")] [strlen(text)] [date(2024, 1 + day(today()) % 12, 5) - date(2023, 12, 31)]
LOAD
    awk 'BEGIN {
        for (i = 0; i < 120; i++) {
            split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", month)
            printf "REM %d %s +7 MSG %%\"Birthday of person %d, born %d%%\" is %%b: [ordinal(oldyears(%d))].\n", i % 28 + 1, month[i % 12 + 1], i, 1940 + i % 70, 1940 + i % 70
            if (i % 6 == 0) printf "REM Fri %d AT %d:%02d MSG appointment %d [upper(\"room\")] [choose(%d, \"north\", \"south\", \"east\")]\n", i % 28 + 1, i % 24, i % 60, i, i % 3 + 1
        }
    }' >>"$INPUT/reminders"
}

work() {
    run -c3 "$INPUT/reminders" 1 Jan 2024
    run -s12 "$INPUT/reminders" 1 Mar 2024 | cksum
    run -p2 "$INPUT/reminders" 1 Jun 2024 | cksum
    run -n "$INPUT/reminders" 7 Jul 2024 | LC_ALL=C sort
    run -q -dx "$INPUT/reminders" 9 Sep 2024 2>&1 | cksum
    run -q "$INPUT/reminders" 1 Oct 2024 '*30'
}
