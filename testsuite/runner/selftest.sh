#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# selftest.sh - the runner refuses what it must refuse.
#
#     selftest.sh ESC-CASE
#
# The compiler is a script that prints the findings a case carries in `//say LINE:COL: TEXT`
# comments, so that each rule of the runner is seen to pass and to fail. A runner that accepts
# everything would make every other test worthless.
set -euo pipefail

esc_case=$(realpath "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
mkdir support
tests=0

# The compiler: -m prints what the case says, `//object` and `//object-m` give the object file,
# and `//prog` lines are the script that stands for the program.
cat >fakecc <<'EOF'
#!/usr/bin/env bash
case=; out=/dev/null; m=; plugin=; mode=
while (($#)); do
    case $1 in
    --version) echo "fake clang version 19.1.7"; exit 0 ;;
    -fplugin-arg-escapement-m=2) m=2 ;;
    -fplugin-arg-escapement-m) m=1 ;;
    -fplugin=*) plugin=1 ;;
    -S) mode=S ;;
    -c) mode=c ;;
    -o) out=$2; shift ;;
    *.c) case=$1 ;;
    esac
    shift
done
[[ $case ]] || exit 1
if grep -q '^//hang' "$case"; then sleep 100; fi
if grep -q '^//die' "$case"; then echo "$case:1:1: error: no such argument" >&2; exit 1; fi
if grep -q '^//refuse' "$case"; then sed -n "s|^//refuse ||p" "$case" >&2; exit 1; fi
if [[ $m ]]; then sed -n "s|^//say |$case:|p" "$case" >&2; fi
if [[ $m ]]; then sed -n "s|^//sayraw ||p" "$case" >&2; fi
if [[ $m == 2 ]]; then sed -n "s|^//say2 |$case:|p" "$case" >&2; fi
if [[ ! $m && $plugin ]]; then sed -n "s|^//sayquiet |$case:|p" "$case" >&2; fi
if [[ $mode == S ]]; then sed -n 's|^//asm ||p' "$case" >"$out"
elif [[ $mode == c ]]; then
    { echo object
      if [[ $plugin ]]; then sed -n 's|^//object ||p' "$case"; fi
      if [[ $m ]]; then sed -n 's|^//object-m ||p' "$case"; fi; } >"$out"
else
    { echo '#!/usr/bin/env bash'
      sed -n 's|^//prog ||p' "$case"
      if [[ $plugin ]]; then sed -n 's|^//prog-plugin ||p' "$case"; fi; } >"$out"
    chmod +x "$out"
fi
exit 0
EOF
chmod +x fakecc
touch plugin.so support/scribble.c support/opaque.c support/count.c

# verdict WANTED-STATUS WANTED-TEXT NAME: runs the case read from standard input.
verdict() {
    local wanted=$1 text=$2 name=$3 status=0
    cat >"$name.c"
    "$esc_case" --cc=./fakecc --plugin=./plugin.so --timeout=5 "$name.c" >"$name.log" 2>&1 || status=$?
    tests=$((tests + 1))
    if ((status != wanted)) || [[ $text && $(<"$name.log") != *"$text"* ]]; then
        echo "selftest: $name: status $status, wanted $wanted and '$text'; it said:" >&2
        cat "$name.log" >&2
        exit 1
    fi
}

verdict 0 "" a_kept_promise_passes <<'EOF'
int x; // expect: moved to stack: malloc(8)
//say 1:5: moved to stack: malloc(8)
EOF
verdict 1 "not promised" a_finding_nobody_promised_fails <<'EOF'
int x; // expect: moved to stack: malloc(8)
//say 1:5: moved to stack: malloc(8)
//say 2:5: leaking param: p
EOF
verdict 1 "not found" a_promise_nobody_kept_fails <<'EOF'
int x; // expect: moved to stack: malloc(8)
EOF
verdict 1 "not promised" a_finding_with_other_text_fails <<'EOF'
int x; // expect: moved to stack: malloc(8)
//say 1:5: moved to stack: malloc(9)
EOF
verdict 1 "not found" a_finding_on_another_line_fails <<'EOF'
int x; // expect: moved to stack: malloc(8)
//say 2:5: moved to stack: malloc(8)
EOF
verdict 1 "a case without promises" a_case_without_promises_is_refused <<'EOF'
int x;
EOF
verdict 1 "cannot be read" a_promise_with_a_typing_error_is_refused <<'EOF'
int x; // expect moved to stack
EOF
verdict 1 "cannot be read" a_promise_for_an_unknown_compiler_is_refused <<'EOF'
int x; // expect-tcc: moved to stack
EOF
verdict 0 "" two_promises_on_one_line_pass <<'EOF'
int x; // expect: a // expect: b
//say 1:5: a
//say 1:6: b
EOF
verdict 1 "not found: two_promises_need_two_findings.c:1: a" two_promises_need_two_findings <<'EOF'
int x; // expect: a // expect: a
//say 1:5: a
EOF
verdict 1 "printed twice" a_line_printed_twice_fails <<'EOF'
int x; // expect: a // expect: a
//say 1:5: a
//say 1:5: a
EOF
verdict 1 "not in order" unsorted_findings_fail <<'EOF'
int x; // expect: a // expect: b
//say 1:5: b
//say 1:5: a
EOF
verdict 0 "" another_line_a_column_and_a_header_can_be_named <<'EOF'
// expect@+2(5): a
// expect@h.h:7(3): c
int x;
int y; // expect@-1: b
//say 3:5: a
//say 3:9: b
//sayraw inc/h.h:7:3: c
EOF
verdict 1 "not found" a_wrong_column_fails <<'EOF'
int x; // expect(6): a
//say 1:5: a
EOF
verdict 0 "" a_promise_for_gcc_does_not_bind_clang <<'EOF'
int x; // expect: a // expect-gcc: b // expect-llvm: c // expect-llvm16: d // expect-llvm19: e
//say 1:5: a
//say 1:6: c
//say 1:7: e
EOF
verdict 77 "" a_case_for_another_version_is_skipped <<'EOF'
// only-llvm: 16
int x; // expect: a
EOF
verdict 77 "" a_case_not_for_this_version_is_skipped <<'EOF'
// not-llvm: 19
int x; // expect: a
EOF
verdict 0 "" what_is_imprecise_today_passes <<'EOF'
int x; // imprecise: moved to stack: f // today: f escapes to heap
int y; // imprecise: moved to stack: g // today: -
//say 1:5: f escapes to heap
EOF
verdict 1 "imprecise no more" an_outdated_imprecise_mark_fails <<'EOF'
int x; // imprecise: moved to stack: f // today: f escapes to heap
//say 1:5: moved to stack: f
EOF
verdict 1 "imprecise: without today:" an_imprecise_mark_without_today_is_refused <<'EOF'
int x; // imprecise: moved to stack: f
EOF
verdict 0 "" silence_can_be_promised <<'EOF'
// silent: a gate
int x;
EOF
verdict 1 "not promised" a_broken_silence_fails <<'EOF'
// silent: a gate
//say 1:5: a
EOF
verdict 1 "said without -m" words_without_m_fail <<'EOF'
// silent: a gate
//sayquiet 1:5: a
EOF
verdict 1 "the object depends on -m" an_object_that_depends_on_m_fails <<'EOF'
// expect: moved to stack: x
//say 1:5: moved to stack: x
//object-m changed
EOF
verdict 1 "the object changed" an_object_changed_without_a_move_fails <<'EOF'
// silent: a gate
//object changed
EOF
verdict 0 "" an_object_changed_by_a_move_passes <<'EOF'
// expect: moved to stack: x
//say 1:5: moved to stack: x
//object changed
EOF
verdict 1 "ran out of time" a_compiler_that_hangs_fails <<'EOF'
// silent: a gate
//hang
EOF
verdict 1 "failed with 1" a_compile_error_fails <<'EOF'
// expect: a
//die
EOF
verdict 0 "" a_promised_compile_error_passes <<'EOF'
// expect-error: no such argument
//die
EOF
verdict 1 "should fail to compile" a_promised_compile_error_must_come <<'EOF'
// expect-error: no such argument
EOF
verdict 0 "" assembly_can_be_promised <<'EOF'
// expect-asm: ret
// expect-asm-not: malloc
//asm ret
EOF
verdict 1 "still in the assembly" assembly_that_must_not_be_there_fails <<'EOF'
// expect-asm-not: malloc
//asm call malloc
EOF

verdict 1 "differs from -m=2" a_missing_golden_file_fails <<'EOF'
// golden-m2
// expect: a
//say 2:5: a
//say2 2:5:   flow: x
EOF
"$esc_case" --cc=./fakecc --plugin=./plugin.so --update a_missing_golden_file_fails.c
"$esc_case" --cc=./fakecc --plugin=./plugin.so a_missing_golden_file_fails.c
echo "//say2 2:5:   flow: y" >>a_missing_golden_file_fails.c
if "$esc_case" --cc=./fakecc --plugin=./plugin.so a_missing_golden_file_fails.c >golden.log; then
    echo "selftest: a changed explanation passed" >&2
    exit 1
fi
grep -q "^a_missing_golden_file_fails.c:2:5:   flow: y" golden.log

verdict 0 "" a_program_that_runs_the_same_passes <<'EOF'
// run: 1 2
// moved: 1
int x; // moves
//say 3:5: moved to stack: x
//prog echo "$1-$2"; exit 3
EOF
verdict 1 "expected 0" another_output_fails <<'EOF'
// run:
// moved: 1
//say 3:5: moved to stack: x
//prog echo a
//prog-plugin echo b
EOF
verdict 1 "ended with 134" a_crash_with_the_plugin_fails <<'EOF'
// run:
// moved: 1
//say 3:5: moved to stack: x
//prog-plugin kill -ABRT $$
EOF
verdict 1 "out of time" a_program_that_hangs_with_the_plugin_fails <<'EOF'
// run:
// moved: 1
//say 3:5: moved to stack: x
//prog-plugin sleep 100
EOF
verdict 1 "moved 0 sites" a_trap_nothing_walks_into_fails <<'EOF'
// run:
// moved: 1
EOF
verdict 1 "moved 1 sites" a_site_moved_against_the_promise_fails <<'EOF'
// run:
// moved: 0
//say 3:5: moved to stack: x
EOF
verdict 1 "must stay" a_site_that_must_stay_fails_when_moved <<'EOF'
// run:
// moved: 1
int x; // stays
//say 3:5: moved to stack: x
EOF
verdict 1 "not moved at -O2" a_site_that_moves_is_named_by_its_line <<'EOF'
// run:
// moved: 1
int x; // moves
//say 4:5: moved to stack: x
EOF
verdict 0 "" what_a_program_marks_is_its_own_lines_only <<'EOF'
// run:
// moved: 0
int x; // imprecise: moved to stack: x // today: x escapes
//say 3:5: x escapes
//say 9:5: p does not escape
EOF
verdict 1 "not promised" a_second_finding_on_a_marked_line_fails <<'EOF'
// run:
// moved: 0
int x; // expect: x escapes
//say 3:5: x escapes
//say 3:9: p does not escape
EOF
verdict 1 "imprecise no more" what_a_program_marks_imprecise_must_be_today <<'EOF'
// run:
// moved: 1
int x; // imprecise: moved to stack: x // today: x escapes
//say 3:5: moved to stack: x
EOF
verdict 0 "" an_error_about_another_file_is_no_finding <<'EOF'
// expect-error: inc.models:3:12: expected a word
//refuse error: inc.models:3:12: expected a word
EOF
verdict 1 "findings in a compile that failed" a_finding_beside_an_error_fails <<'EOF'
// expect-error: broken
//refuse error: broken
//refuse a.c:3:12: x escapes
EOF
verdict 1 "run: without moved:" a_program_must_say_how_many_move <<'EOF'
// run:
EOF
verdict 0 "" allocations_can_be_counted <<'EOF'
// run:
// moved: 1
// allocs: plain 7 plugin 2
//say 3:5: moved to stack: x
//prog echo 7 >${ESC_ALLOCATIONS:-/dev/null}
//prog-plugin echo 2 >${ESC_ALLOCATIONS:-/dev/null}
EOF

# Of fewer levels -O2 is one; a word that is not known is refused.
verdict 0 "" a_program_is_built_at_every_level <<'EOF'
// run:
// moved: 0
EOF
levels() {
    "$esc_case" --cc=./fakecc --plugin=./plugin.so --levels="$1" --verbose a_program_is_built_at_every_level.c 2>/dev/null |
        grep -o -e ' -O. .*every_level' | cut -c 3-4 | tr '\n' ' '
}
if [[ $(levels all) != "O1 O2 O3 Os O1 O2 O3 Os " || $(levels one) != "O2 O2 " || $(levels two) != *O2*O2* ||
    $(levels two | wc -w) != 3 || -n $(levels four || true) ]]; then
    echo "selftest: --levels builds at: $(levels all); $(levels two); $(levels one); $(levels four)" >&2
    exit 1
fi

"$esc_case" --imprecise what_is_imprecise_today_passes.c a_kept_promise_passes.c >imprecise.log
grep -qx "imprecise: 2 in 2 cases" imprecise.log
echo "selftest: $tests verdicts of the runner were right"
