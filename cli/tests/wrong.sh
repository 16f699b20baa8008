#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Wrong input of each kind, for each command, is one clear line on standard error and the right exit status: a table.
#
# A row is a command line under a kind of input (`kind`); in the end every command of commands.def has to have had a row of
# each kind that `needs` names for it, and no other, so a new command or a kind forgotten fails.
#
#     use       options and arguments      missing     a file that is not there      folder  a directory in a file's place
#     broken    text that ends or lies, with its line  other       a file of another kind, version or program
#     denied    a file without permission  unwritable  an answer with no place       full    a disk that is full
#     norun     a program that cannot be executed      killed      a program that crashes or is killed
# shellcheck source=cli/tests/lib.sh
. "$(dirname "$0")/lib.sh"
has_compiler clang || skip "no Clang with a plugin"
[[ -x ${ESC_COMMAND%/*}/escapement-check ]] || skip "escapement-check was not built"

# ---- what is wrong ------------------------------------------------------------------------------
measure='{"escapement": "measure", "version": 1, "measured": {}}'
metrics='{"allocs": [1], "frees": [1], "reallocs": [0], "bytes": [8], "heap.peak": [8], "rss.peak": [8], "faults": [1], "faults.major": [0], "user": [0], "sys": [0], "cpu": [0], "wall": [0]}'
echo "$measure" >no-runs.json
echo "${measure/: 1,/: 99,}" >version.json
echo "{\"escapement\": \"measure\", \"version\": 1, \"measured\": {\"command\": \"p\", \"runs\": 1, \"programs\": 1, \"metrics\": $metrics, \"classes\": []}}" >good.json
printf '{"escapement": "measure",\n  "version": 1,\n  oops}\n' >broken.json
echo '{"some": "thing"}' >other.json
echo '[1, 2]' >list.json
echo 'not JSON' >text
site='{"kind": "site", "good": false, "file": "a.c", "line": 1, "col": 1, "function": "f"'
printf '%s, "text": "malloc(8) escapes to heap: returned", "moved": false, "site": "1", "placement": "heap", "allocator": "malloc"}\n' "$site" >good.jsonl
printf '{"kind": "result", "text": "x", "good": true, "file": "a.c", "line": 1, "col": 1, "function": "f", "printed": true}\n{"kind": "site", "te\n' >broken-report.json
printf '%s, "text": "malloc(8) escapes to heap: returned"}\n' "$site" >old-report.json
printf '%s, "text": "says something", "moved": false, "site": "1", "placement": "heap", "allocator": "malloc"}\n' "$site" >odd-report.json
: >empty.json
printf '# escapement baseline 1\na.c\tf\tmalloc(8)\tmoved to stack\n' >good.baseline
printf '# escapement baseline 7\n' >version.baseline
printf '# escapement baseline 1\na.c\tf\tmalloc(8)\n' >fields.baseline
printf '# escapement baseline 1\na.c\tf\tmalloc(8)\tflew away\n' >verdict.baseline
printf '# escapement baseline 1\na.c\tf\tmalloc(8)\tmoved to stack\na.c\tf\tmalloc(8)\tmoved to stack\n' >twice.baseline
mkdir folder closed bad-build
cat >a.c <<'C'
#include <stdlib.h>
char *f(void) { return malloc(8); }
int main(void) { return f() == 0; }
C
printf '[{"directory": "%s", "file": "a.c", "command": "cc -O2 -c a.c"}]\n' "$PWD" >compile_commands.json
printf '[{"directory": ".",\n "file": }]\n' >bad-build/compile_commands.json
echo '#pragma clang __debug crash' >crash.c
escapement cc --arg=dump="$PWD/good.model" -O2 -c a.c
head -n 2 good.model >cut.model
echo 'op nonsense' >>cut.model
printf 'malloc allocates nonsense\n' >bad.models
printf '#!/bin/sh\nkill -9 $$\n' >killed
printf '#!/bin/sh\nkill -SEGV $$\n' >crashes
printf '#!/bin/sh\nexit 3\n' >fails
chmod +x killed crashes fails
echo 'no program' >no-program
clang-19 -g a.c -o program
clang-19 -g -O1 a.c -o other-program
ESCAPEMENT_PROFILE=heap.gz ESCAPEMENT_PROFILE_RATE=1 LD_PRELOAD=$ESC_BUILD/runtime/libescapement.so ./program

# ---- rows ---------------------------------------------------------------------------------------
: >seen
kind() { kind=$1; }
# row REGEX COMMAND ARGUMENT...: status 2; `status` before it changes that. `by` is what runs the command.
status=2
by=()
row() {
    echo "$2 $kind" >>seen
    one_line "$status" "^escapement( $2)?: $1" "${by[@]}" escapement "${@:2}"
    empty out "standard output is for answers"
}

kind use
row "no arguments for the compiler|cc: no arguments" cc
row "ESCAPEMENT_RUNTIME|--runtime is shared, static or none, not .some'" cc --runtime=some -c a.c
row '--report needs an absolute path' cc --report=reports -c a.c
row 'takes no arguments, such as extra; .escapement env --help. says more$' env extra
row "option '--compiler' requires an argument$" env --compiler
row 'takes no arguments, such as extra' doctor extra
row 'no command to measure' measure
row '--runs needs a number from 1 to 1000, not 0' measure -n 0 -- true
row '--top needs a number' measure --top=x -- true
row "--against needs one command, quoted as for a shell, not .un\"closed'" measure --against 'un"closed' -- true
row 'needs what was before, and what is now' compare
row 'two are compared, not c too' compare a b c
row "unrecognized option '--unknown'$" compare --unknown a b
row 'needs .write. or .check., and a file' baseline
row 'needs .write. or .check., and a file' baseline guess file
row 'no reports are named|baseline: no reports are named' baseline write new.baseline
row 'no command that links' ld
row 'no objects or archives' link-check
row 'one of -p BUILD and -- COMMAND is needed' check
row '--level is 1 or 2' check -p . -m3
row "--jobs needs a number from 1, not 'x'" check -p . -j x
row "--format is text" check -p . --format=odd
row "unknown argument 'nonsense=1'" check -p . --set=nonsense=1
row 'FILE:LINE is needed' why
row 'FILE:LINE or FILE:LINE:COL is needed, not a.c:0' why a.c:0 -p .
row 'one of -p BUILD and -- COMMAND is needed' why a.c:2
row 'a.c:99: nothing to explain here' why a.c:99 -p .
row 'no command that builds and tests' bisect
row '--timeout needs a number of seconds, not x' bisect -t x -- true
row 'no model' model
row 'one model at a time, not b too' model a b
row '--level is 1 or 2, not 3' model -m 3 good.model
row 'which profile' top
row 'one profile at a time, not b too' top a b
row "--sort is bytes, count, inuse-bytes or inuse-count, not .x'" top --sort=x heap.gz
row "--number is a number, not .x'" top --number=x heap.gz
row 'which reports' report
row 'where to' report good.jsonl
row '--before wants an --after' report -o page --before=good.json good.jsonl
# Gates.
gate() { row "gate .$1" compare good.baseline empty.json --gate "${@:2}"; }
gate "alocs<=5': there is no .alocs'; there are allocs, frees" 'alocs<=5'
gate "allocs=5': one of <= >= < > == is needed where it says .=5'" 'allocs=5'
gate "allocs': one of" allocs
gate "allocs<=many': a number is needed" 'allocs<=many'
gate "allocs<=\+': a number is needed" 'allocs<=+'
gate "allocs<=--5': a number is needed" 'allocs<=--5'
gate "allocs<=5%': a part of what it was has a sign" 'allocs<=5%'
gate "allocs<=5MiB': .MiB' is no unit" 'allocs<=5MiB'
gate "cpu<=5MiB': .MiB' is no unit" 'cpu<=5MiB'
gate "sites.worse<=\+0': sites.worse is a difference already" 'sites.worse<=+0'
gate "allocs<=\+0%': there is no measurement in empty.json" 'allocs<=+0%'
row 'good.baseline: there are verdicts in good.baseline already' compare good.baseline empty.json --old-report=good.baseline

kind missing
absent='cannot read absent: No such file or directory$'
row 'there is no compiler absent$' cc --compiler=absent -c a.c
row 'there is no compiler absent$' env --compiler=absent
row 'cannot run absent: No such file or directory$' measure -- absent
row "$absent" measure --input=absent -- true
row "$absent" compare absent good.json
row "$absent" compare good.json good.json --new-report=absent
row 'cannot find the directory absent: No such' compare good.json good.json --root=absent
row "$absent" baseline check absent good.jsonl
row "$absent" baseline check good.baseline absent
row 'cannot find the directory absent' baseline write new.baseline --root=absent empty.json
row "$absent" link-check absent
row "$absent" link-check -o absent a.o
row "$absent" check -p absent
row 'absent.c: not in .*compile_commands.json' check -p . absent.c
row "cannot read models file '.*/absent': No such file" check -p . --models=absent
row "$absent" why a.c:2 -p absent
row 'absent.c: not in .*compile_commands.json' why absent.c:2 -p .
row "$absent" why a.c:2 -p . --models=absent
row "$absent" model absent
row "$absent" model --models=absent good.model
row "$absent" top absent
row "$absent" top heap.gz --report=good.jsonl -p absent
row "$absent" report -o page absent
row "$absent" report -o page --profile=absent good.jsonl
row "$absent" report -o page --after=absent good.jsonl
row "$absent" report -o page --old-report=absent good.jsonl
row 'cannot find the directory absent' report -o page --sources=absent good.jsonl

kind folder
no_report='there is no report in folder; was the program built with'
is_folder='cannot read folder: Is a directory$'
row "$is_folder" measure --input=folder -- true
row "$no_report" compare folder folder
row "$no_report" compare good.baseline folder --gate 'sites.worse<=0'
row "$is_folder" baseline check folder good.jsonl
row "$no_report" baseline check good.baseline folder
row "$no_report" baseline write new.baseline folder
row "$is_folder" link-check folder
row 'cannot read .*folder/compile_commands.json: No such file' check -p folder
row "cannot read models file '.*/folder': Is a directory" check -p . --models=folder
row 'cannot read .*folder/compile_commands.json: No such file' why a.c:2 -p folder
row "$is_folder" model folder
row "$is_folder" top folder
row "$no_report" report -o page folder
row "$is_folder" report -o page --profile=folder good.jsonl

row "$no_report" top heap.gz --report=folder
row "cannot read folder/compile_commands.json: No such file" top heap.gz -p folder

kind broken
row 'broken-report.json:2:[0-9]+: broken JSON: ' top heap.gz --report=broken-report.json
row 'bad-build/compile_commands.json:2:[0-9]+: broken JSON: ' top heap.gz --report=good.jsonl -p bad-build
row 'broken.json:3:[0-9]+: broken JSON: ' compare broken.json broken.json
row 'text:1:[0-9]+: broken JSON: ' compare text text
row 'broken-report.json:2:[0-9]+: broken JSON: ' compare broken-report.json empty.json
row 'broken-report.json:2:[0-9]+: broken JSON: ' baseline write new.baseline broken-report.json
row 'fields.baseline:2: no line of a baseline: it needs four fields' baseline check fields.baseline empty.json
row "verdict.baseline:2: no line of a baseline: .flew away' is no verdict" baseline check verdict.baseline empty.json
row 'twice.baseline: malloc\(8\) in f of a.c stands there twice' baseline check twice.baseline empty.json
row '.*bad-build/compile_commands.json:2:10: ' check -p bad-build
row '.*/bad.models:1:[0-9]+: ' check -p . --models=bad.models
row '.*bad-build/compile_commands.json:2:10: ' why a.c:2 -p bad-build
row '.*/bad.models:1:[0-9]+: ' why a.c:2 -p . --models=bad.models
row 'cut.model:3:[0-9]+: ' model cut.model
row 'bad.models:1:[0-9]+: ' model --models=bad.models good.model
row 'broken-report.json:2:[0-9]+: broken JSON: ' report -o page broken-report.json
row 'broken.json:3:[0-9]+: broken JSON: ' report -o page --after=broken.json good.jsonl

kind other
row '/bin/true is neither Clang nor GCC$' cc --compiler=/bin/true -c a.c
row '/bin/true is neither Clang nor GCC$' env --compiler=/bin/true
row "old-report.json:1: no finding of this version's plugin: it has no .site'" compare old-report.json empty.json
row "odd-report.json:1: no finding of this version's plugin: .says something' is no verdict" compare odd-report.json empty.json
row 'other.json is neither a measurement, nor a report' compare other.json other.json
row 'list.json is neither a measurement, nor a report' compare list.json list.json
row 'good.baseline holds no measurement of one command against another' compare good.baseline
row 'no-runs.json is no measurement of this version: runs' compare no-runs.json no-runs.json
row 'version.json is no measurement of this version: its version is another one' compare version.json version.json
row 'version.baseline is a baseline of another version' compare version.baseline empty.json
row 'good.json is a measurement and good.jsonl is not' compare good.json good.jsonl
row 'version.baseline is a baseline of another version' baseline check version.baseline empty.json
row 'text is no baseline' baseline check text empty.json
row 'text is neither an object nor an archive$' link-check text
row 'empty.json is neither an object nor an archive$' link-check empty.json
row 'text is neither an object nor an archive$' link-check -o text a.o
row 'text:1:[0-9]+: ' model text
row 'text is no heap profile of libescapement' top text
row 'empty.json is empty: the program wrote no profile' top empty.json
row 'text is no heap profile of libescapement' report -o page --profile=text good.jsonl
row 'other.json is no file of .escapement measure' report -o page --after=other.json good.jsonl
row 'good.json is neither a report nor a baseline' report -o page --old-report=good.json good.jsonl
row 'the profile is of no build of other-program: its build id is [0-9a-f]+, the program.s \(.*/program\) [0-9a-f]+$' top heap.gz -b other-program
row 'the profile is of no build of other-program' report -o page --profile=heap.gz -b other-program good.jsonl
row 'cannot read text: Exec format error$' top heap.gz -b text
mv program program.old
row 'cannot read the profiled program .*/program: No such file' top heap.gz
cp other-program program
row 'the profile is of another build of .*/program: its build id is [0-9a-f]+, the file.s [0-9a-f]+$' top heap.gz
row 'the profile is of another build of .*/program' report -o page --profile=heap.gz good.jsonl

kind denied
# What root may do in spite of modes is taken from it.
[[ $(id -u) -ne 0 ]] || by=(setpriv "--bounding-set=-dac_override,-dac_read_search")
cp a.o secret
chmod 0 secret
chmod 555 closed
! "${by[@]}" cat secret >/dev/null 2>&1 || fail "nobody is kept from reading a file of mode 0"
denied='cannot read secret: Permission denied$'
row 'cannot make .*/closed/reports/.*: Permission denied$' cc --report="$PWD/closed/reports" -c a.c
row "$denied" measure --input=secret -- true
row "$denied" compare secret secret
row "$denied" baseline check good.baseline secret
row "$denied" baseline check secret empty.json
row 'cannot write closed/new: Permission denied$' baseline write closed/new empty.json
row "$denied" link-check secret
row 'cannot read secret: Permission denied' check -p secret
row "cannot read models file '.*/secret': Permission denied" check -p . --models=secret
row 'cannot read secret: Permission denied' why a.c:2 -p secret
row "$denied" why a.c:2 -p . --models=secret
row "$denied" model secret
row "$denied" model --models=secret good.model
row "$denied" top secret
row "$denied" report -o page secret
row "$denied" report -o page --profile=secret good.jsonl
row 'cannot (make|write) closed/page.*: Permission denied$' report -o closed/page good.jsonl
row 'cannot write closed/x: Permission denied$' bisect -o closed/x -- true
[[ $(id -u) -ne 0 ]] || by=()

kind unwritable
row 'cannot make .*/text/.*: Not a directory$' cc --report="$PWD/text" -c a.c
row 'cannot write absent/out.json: No such file' measure -n 1000 -o absent/out.json -- sleep 1
row 'cannot write folder: Is a directory$' measure -n 1000 -o folder -- sleep 1
row 'cannot write absent/at/all: No such file' baseline write absent/at/all empty.json
row 'cannot write folder: Is a directory' baseline write folder empty.json
row 'cannot write folder: Is a directory' check -q -p . -o folder
row 'cannot write folder: Is a directory' bisect -o folder -- true
row 'cannot write absent/log: No such file' bisect -l absent/log -- true
row 'cannot (make|write) text' report -o text good.jsonl

kind full
full() { # full COMMAND ARGUMENT...
    echo "$1 $kind" >>seen
    one_line 2 '^escapement[a-z -]*: cannot write the (answer|findings): No space left on device$' \
        bash -c 'exec escapement "$@" >/dev/full' bash "$@"
}
full cc --print -c a.c
full env
full env --json
full doctor --json
full compare good.baseline good.jsonl
full compare good.json good.json --json
full baseline check good.baseline good.jsonl
full baseline check good.baseline good.jsonl --json
full link-check --json a.o
full check -q -p .
full check -q -p . --json
full why a.c:2 -p .
full why a.c:2 -p . --json
full model good.model
full model --json good.model
full report -o page good.jsonl
full report --json good.jsonl
mv program.old program
full top heap.gz
full top heap.gz --json
full measure -n 1 --no-sites -- true
full measure -n 1 --no-sites --json -- true
one_line 2 'cannot write the answer: No space left' bash -c 'exec escapement --help >/dev/full'

kind norun
row 'there is no compiler ./no-program' cc --compiler=./no-program -c a.c
row 'cannot run ./no-program: Permission denied$' cc --launcher=./no-program -c a.c
row 'there is no compiler ./no-program' env --compiler=./no-program
row 'cannot run ./no-program: Permission denied$' measure -- ./no-program
row 'cannot run ./no-program: Permission denied$' measure --against ./no-program -- true
row 'cannot run ./no-program: Permission denied$' ld ./no-program a.o
row 'cannot run absent: No such file or directory$' ld absent a.o
row '.*its last words: escapement: cannot run ./no-program: Permission denied$' bisect -- ./no-program

kind killed
row './killed is neither Clang nor GCC$' cc --compiler=./killed -c a.c
row './crashes is neither Clang nor GCC$' env --compiler=./crashes
row './killed was killed by signal 9 \(Killed\)' measure -n 1 -- ./killed
row './crashes was killed by signal 11 \(Segmentation fault\)' measure -n 1 -- ./crashes
row './killed was killed by signal 9 \(Killed\)' measure -n 1 --against ./killed -- true
row './fails ended with exit status 3 \(--show-output' measure -n 1 -- ./fails
row 'no file was compiled with the plugin' bisect -- ./killed
row '(crash.c|the command behind --): not checked: the check crashed' why crash.c:1 -- cc -c crash.c
status=1 row '(crash.c|the command behind --): not checked: the check crashed' check -q -- cc -c crash.c
status=1 row 'the command behind --: not checked: the command does not name a C file' check -q -- cc
status=137 row './killed was killed by signal 9 \(Killed\)$' ld ./killed a.o

# ---- all of it ----------------------------------------------------------------------------------
# A command that does not read, write, or run something has no such kind; `cc` and `ld` print what the compiler prints of its own
# files.
needs() {
    local command=$1
    shift
    printf "$command %s\n" "$@"
}
{
    needs cc use missing other denied unwritable full norun killed
    needs env use missing other full norun killed
    needs doctor use full
    needs measure use missing folder denied unwritable full norun killed
    needs compare use missing folder broken other denied full
    needs baseline use missing folder broken other denied unwritable full
    needs ld use norun killed
    needs link-check use missing folder other denied full
    needs check use missing folder broken denied unwritable full killed
    needs why use missing folder broken denied full killed
    needs bisect use denied unwritable norun killed
    needs model use missing folder broken other denied full
    needs top use missing folder broken other denied full
    needs report use missing folder broken other denied unwritable full
} | sort >needed
sort -u seen >had
diff needed had >differ || fail "kinds without a row (<), or not named above (>): $(cat differ)"
sed -nE 's/^COMMAND\("([a-z-]+)".*/\1/p' "$ESC_SOURCE/cli/commands.def" | sort >commands
diff commands <(cut -d ' ' -f 1 needed | sort -u) >differ || fail "commands without a row: $(cat differ)"

one_line 2 "^escapement: no command .unknown'; .escapement --help' names them$" escapement unknown
