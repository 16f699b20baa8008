# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# gen.cmake - the generator of programs, and its campaigns as tests.
#
# gen.sample: the same programs every time; gen.many: so are more of them, in the full form. gen.new: others every time; the
# first seed is printed. gen.lie: a plugin that was told wrong things must be caught. gen.batch: in a batch of programs too,
# and by name. gen.shapes: every shape, alone. gen.flags: a program for each of many flags.
file(GLOB ESC_GEN_SOURCES CONFIGURE_DEPENDS "${CMAKE_CURRENT_LIST_DIR}/gen/*.c")
add_executable(esc-gen ${ESC_GEN_SOURCES})
target_compile_options(esc-gen PRIVATE -Wall -Wextra -Wshadow -Wconversion)
target_compile_definitions(esc-gen PRIVATE _GNU_SOURCE "GEN_SHAPES=\"${CMAKE_CURRENT_LIST_DIR}/gen/shapes\"")

# escapement_add_gen_tests(/usr/bin/clang-19 PLUGIN-FILE)
function(escapement_add_gen_tests compiler plugin)
  set(run "${ESC_CASES_DIR}/gen/run" "--gen=$<TARGET_FILE:esc-gen>" "--cc=${compiler}" "--plugin=${plugin}" --jobs=2
          "--keep=${PROJECT_BINARY_DIR}/gen-failures")
  if(NOT ESCAPEMENT_SANITIZE)
    list(APPEND run "--verify=$<TARGET_FILE:verify-static>" "--check=$<TARGET_FILE:escapement>")
    if(TARGET plugin-lld19)
      list(APPEND run "--lld=$<TARGET_FILE:plugin-lld19>")
    endif()
  endif()
  # A plugin with sanitizers takes ten times as long; what it finds is in itself, not in the programs.
  if(ESCAPEMENT_SANITIZE)
    add_test(NAME gen.sample COMMAND ${run} --from=1 --count=10 --least=25)
    set(tests gen.sample)
  else()
    add_test(NAME gen.sample COMMAND ${run} --from=1 --count=60 --least=25)
    add_test(NAME gen.many COMMAND ${run} --full --from=1001 --count=600 --batch=50 --sanitize=12 --least=25)
    add_test(NAME gen.new COMMAND ${run} --new --count=20)
    add_test(NAME gen.shapes COMMAND "${ESC_CASES_DIR}/gen/every-shape" ${run})
    add_test(NAME gen.lie COMMAND ${run} --from=1 --count=8 --expect-failures
             "--models=${ESC_CASES_DIR}/gen/lies.models")
    add_test(NAME gen.batch COMMAND "${ESC_CASES_DIR}/gen/lie-in-batch" ${run})
    add_test(NAME gen.flags COMMAND "${ESC_CASES_DIR}/gen/every-flag" clang ${run})
    set(tests gen.sample gen.many gen.new gen.shapes gen.lie gen.batch gen.flags)
  endif()
  set_tests_properties(${tests} PROPERTIES TIMEOUT 900 LABELS gen PROCESSORS 2)
endfunction()

# escapement_add_gcc_gen_tests(/usr/bin/gcc-12 PLUGIN-FILE [OPTION...]): without MemorySanitizer.
function(escapement_add_gcc_gen_tests compiler plugin)
  add_test(NAME gen.gcc12
    COMMAND "${ESC_CASES_DIR}/gen/run" "--gen=$<TARGET_FILE:esc-gen>" "--cc=${compiler}" "--plugin=${plugin}" --jobs=2
            --with=-fchecking=2 "--keep=${PROJECT_BINARY_DIR}/gen-failures" --from=202 --count=17 --least=25 --sanitize=0
            ${ARGN})
  set_tests_properties(gen.gcc12 PROPERTIES TIMEOUT 900 LABELS "gen;gcc12" PROCESSORS 2)
endfunction()
