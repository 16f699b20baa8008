#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Whatever way a command ends, nothing of it is left in TMPDIR, and nothing that it started runs on: in trouble, interrupted,
# ended by a signal; `bisect --keep` leaves what it says.
# shellcheck source=cli/tests/lib.sh
. "$(dirname "$0")/lib.sh"
mkdir tmp
export TMPDIR=$work/tmp
nothing_left() { [[ -z $(ls -A tmp) ]] || fail "$1 left $(ls -A tmp)"; }

# Trouble.
for status in 125 126 127; do
    one_line 2 "ended with status $status: .* its last words: cannot say" \
        escapement bisect -- sh -c "echo first; echo cannot say; exit $status"
    nothing_left "status $status"
done
one_line 2 'what it printed is in all.log' escapement bisect --log=all.log -- sh -c 'echo first; exit 125'
has_line all.log first
ends 2 escapement bisect --keep -- sh -c 'exit 125'
kept=$(sed -n 's/^kept: //p' err)
[[ -d $kept/run-1 && $kept == "$work"/tmp/* ]] || fail "--keep kept nothing: $(cat err)"
rm -r "$kept"

# Interrupted, each signal: the command's own status is the signal's, and its process is gone.
for signal in INT TERM HUP; do
    # From a shell in the background SIGINT would be ignored.
    python3 - "$signal" <<'PYTHON' || fail "interrupted by $signal"
import os, signal, subprocess, sys, time
number = getattr(signal, "SIG" + sys.argv[1])
command = subprocess.Popen(["escapement", "bisect", "--", "sh", "-c", "echo $$ >started; sleep 600; :"],
                           stderr=subprocess.DEVNULL, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
for _ in range(600):
    if os.path.exists("started") and os.path.getsize("started"):
        break
    time.sleep(0.1)
shell = int(open("started").read())
command.send_signal(number)
assert command.wait(60) == -number, command.returncode
for _ in range(100):
    if not os.path.exists(f"/proc/{shell}") or open(f"/proc/{shell}/stat").read().split()[2] == "Z":
        break
    time.sleep(0.1)
else:
    sys.exit("the command runs on")
PYTHON
    rm started
    nothing_left "signal $signal"
done

# `why` takes a command of any length, and ends without a trace.
[[ -x ${ESC_COMMAND%/*}/escapement-check ]] || exit 0
printf '#include <stdlib.h>\nvoid *f(void) { return malloc(N); }\n' >long.c
mapfile -t many < <(for ((i = 0; i < 400; i++)); do echo "-DM$i=$i"; done)
ends 0 escapement why long.c:2 -- cc "${many[@]}" -DN=24 -O2 -c long.c
has out 'malloc\(N\) escapes to heap: returned'
nothing_left why
