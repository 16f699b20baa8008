# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Where each LLVM of ESCAPEMENT_LLVM_VERSIONS is: its headers, its flags, its clang.
#
# Sets for each version N that is there: ESCAPEMENT_LLVM_CONFIG_N, ESCAPEMENT_CLANG_N (the compiler),
# ESCAPEMENT_TEST_CLANG_N (the compiler as tests call it: under sanitizers a wrapper that preloads
# their runtime), and the list ESCAPEMENT_LLVM_FOUND. The first version must be there.
set(ESCAPEMENT_LLVM_FOUND "")
if(NOT ESCAPEMENT_BUILD_PLUGIN)
  return()
endif()

foreach(version IN LISTS ESCAPEMENT_LLVM_VERSIONS)
  find_program(ESCAPEMENT_LLVM_CONFIG_${version} llvm-config-${version}
               DOC "llvm-config of LLVM ${version}")
  find_program(ESCAPEMENT_CLANG_${version} clang-${version} DOC "clang of LLVM ${version}")
  if(NOT ESCAPEMENT_LLVM_CONFIG_${version} OR NOT ESCAPEMENT_CLANG_${version})
    message(FATAL_ERROR "LLVM ${version} is not complete: clang-${version}, llvm-${version}-dev and "
                        "libclang-${version}-dev are needed (scripts/install-deps build installs them)")
  endif()
  execute_process(COMMAND ${ESCAPEMENT_LLVM_CONFIG_${version}} --includedir
                  OUTPUT_VARIABLE ESCAPEMENT_LLVM_INCLUDE_${version}
                  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  if(NOT EXISTS "${ESCAPEMENT_LLVM_INCLUDE_${version}}/clang/Frontend/FrontendAction.h")
    message(FATAL_ERROR "Clang's headers for LLVM ${version} are missing (libclang-${version}-dev)")
  endif()
  set(ESCAPEMENT_TEST_CLANG_${version} "${ESCAPEMENT_CLANG_${version}}")
  if(ESCAPEMENT_SANITIZE)
    set(wrapper "${CMAKE_BINARY_DIR}/bin/clang-${version}")
    list(JOIN ESCAPEMENT_SANITIZER_ENV " " environment)
    file(CONFIGURE OUTPUT "${wrapper}" @ONLY
         CONTENT "#!/bin/sh\nexec env @environment@ '${ESCAPEMENT_CLANG_${version}}' \"$@\"\n")
    file(CHMOD "${wrapper}" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
         GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
    set(ESCAPEMENT_TEST_CLANG_${version} "${wrapper}")
  endif()
  list(APPEND ESCAPEMENT_LLVM_FOUND ${version})
endforeach()
list(GET ESCAPEMENT_LLVM_FOUND 0 ESCAPEMENT_LLVM_MAIN)

# escapement_plugin_path(VARIABLE VERSION): where the plugin for that version is built.
function(escapement_plugin_path variable version)
  if(version STREQUAL ESCAPEMENT_LLVM_MAIN)
    set(${variable} "${CMAKE_BINARY_DIR}/plugin/llvm/escapement.so" PARENT_SCOPE)
  else()
    set(${variable} "${CMAKE_BINARY_DIR}/plugin/llvm${version}/escapement.so" PARENT_SCOPE)
  endif()
endfunction()
