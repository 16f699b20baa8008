# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# cases.cmake - the runner esc-case and one test for every case and every compiler.
#
# A new case is a new file: nothing here lists names. Tests are called case.TOPIC.NAME.clangN and
# run.NAME.clangN; the labels `cases` and `run` choose between them.
set(ESC_CASES_DIR "${CMAKE_CURRENT_LIST_DIR}")
file(GLOB ESC_RUNNER_SOURCES CONFIGURE_DEPENDS "${ESC_CASES_DIR}/runner/*.c")
file(GLOB ESC_CASE_FILES CONFIGURE_DEPENDS "${ESC_CASES_DIR}/cases/*/*.c")
file(GLOB ESC_RUN_FILES CONFIGURE_DEPENDS "${ESC_CASES_DIR}/run/*.c")

add_executable(esc-case ${ESC_RUNNER_SOURCES})
target_compile_options(esc-case PRIVATE -Wall -Wextra -Wshadow -Wconversion)

add_test(NAME runner.selftest
         COMMAND "${ESC_CASES_DIR}/runner/selftest.sh" $<TARGET_FILE:esc-case>)
add_test(NAME cases.imprecise COMMAND esc-case --imprecise ${ESC_CASE_FILES} ${ESC_RUN_FILES})
add_test(NAME cases.reasons
         COMMAND "${ESC_CASES_DIR}/runner/reasons.sh"
                 "${PROJECT_SOURCE_DIR}/analysis/include/escapement/reasons.def" "${ESC_CASES_DIR}/cases")
find_program(ESC_GCC gcc)
if(ESC_GCC)
  add_test(NAME run.correct COMMAND "${ESC_CASES_DIR}/runner/ub-check.sh" "${ESC_GCC}")
  set_tests_properties(run.correct PROPERTIES TIMEOUT 600 LABELS runner)
endif()
set_tests_properties(runner.selftest cases.imprecise cases.reasons PROPERTIES TIMEOUT 120 LABELS runner)

# escapement_add_case_tests(clang19 /usr/bin/clang-19 PLUGIN-FILE [--verify=LIBRARY] [OTHER-OPTION...])
# The programs that run are built once more in verify mode with that library. With ESCAPEMENT_TEST_FULL they are
# built at every level by every compiler; otherwise at two by the main Clang and by GCC, and at -O2 alone by older
# Clangs and by a plugin with sanitizers.
function(escapement_add_case_tests name compiler plugin)
  foreach(file IN LISTS ESC_CASE_FILES ESC_RUN_FILES)
    file(RELATIVE_PATH path "${ESC_CASES_DIR}" "${file}")
    string(REGEX REPLACE "^cases/" "case/" path "${path}")
    string(REGEX REPLACE "\\.c$" "" path "${path}")
    string(REPLACE "/" "." test "${path}.${name}")
    string(REGEX REPLACE "\\..*" "" kind "${test}")
    set(options ${ARGN})
    if(NOT kind STREQUAL "run")
      list(FILTER options EXCLUDE REGEX "^--verify=")
    elseif(ESCAPEMENT_TEST_FULL)
      list(APPEND options --levels=all)
    elseif(NOT ESCAPEMENT_SANITIZE AND name MATCHES "^(clang${ESCAPEMENT_LLVM_MAIN}|gcc.*)$")
      list(APPEND options --levels=two)
    else()
      list(APPEND options --levels=one)
    endif()
    # annotate.h
    if(kind STREQUAL "case")
      list(APPEND options "--with=-I${PROJECT_SOURCE_DIR}/analysis/include")
    endif()
    add_test(NAME ${test} COMMAND esc-case --cc=${compiler} --plugin=${plugin} ${options} ${file})
    set_tests_properties(${test} PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77
                         LABELS "${kind};${name}")
  endforeach()
endfunction()

# escapement_add_gcc_case_tests(/usr/bin/gcc-12 PLUGIN-FILE [OPTION...])
# GCC checks its own intermediate form while it compiles; a broken one makes it run forever.
function(escapement_add_gcc_case_tests compiler plugin)
  escapement_add_case_tests(gcc12 "${compiler}" "${plugin}" --with=-fchecking=2 ${ARGN})
  add_test(NAME cases.differences COMMAND esc-case --differences ${ESC_CASE_FILES} ${ESC_RUN_FILES})
  set_tests_properties(cases.differences PROPERTIES TIMEOUT 120 LABELS runner)
endfunction()
