# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The GCC that the plugin in plugin/gcc is built for and tested with.
#
# Sets ESCAPEMENT_GCC_FOUND, ESCAPEMENT_GCC_PROGRAM (the compiler), ESCAPEMENT_GCC_INCLUDE (its plugin
# headers), ESCAPEMENT_GCC_TARGET (what it compiles for) and ESCAPEMENT_GCC_PLUGIN_DIR (where it looks for
# plugins, relative to the prefix).
# Without the headers the plugin is not built, and a line says so. A plugin with sanitizers would need
# their runtime inside of cc1: not supported.
set(ESCAPEMENT_GCC_FOUND OFF)
set(ESCAPEMENT_GCC_VERSION 12)
if(NOT ESCAPEMENT_BUILD_PLUGIN OR ESCAPEMENT_SANITIZE)
  return()
endif()
find_program(ESCAPEMENT_GCC_PROGRAM NAMES gcc-${ESCAPEMENT_GCC_VERSION} DOC "the GCC to build the plugin for")
if(NOT ESCAPEMENT_GCC_PROGRAM)
  message(STATUS "gcc-${ESCAPEMENT_GCC_VERSION} is not installed; the GCC plugin is not built")
  return()
endif()
execute_process(COMMAND ${ESCAPEMENT_GCC_PROGRAM} -print-file-name=plugin
                OUTPUT_VARIABLE directory OUTPUT_STRIP_TRAILING_WHITESPACE)
if(NOT EXISTS "${directory}/include/gcc-plugin.h")
  message(STATUS "gcc-${ESCAPEMENT_GCC_VERSION}-plugin-dev is not installed; the GCC plugin is not built")
  return()
endif()
set(ESCAPEMENT_GCC_INCLUDE "${directory}/include")
execute_process(COMMAND ${ESCAPEMENT_GCC_PROGRAM} -dumpmachine
                OUTPUT_VARIABLE ESCAPEMENT_GCC_TARGET OUTPUT_STRIP_TRAILING_WHITESPACE)
file(REAL_PATH "${directory}" directory)
string(REGEX REPLACE "^.*/(lib(exec)?(/[^/]+)?/gcc/.*)$" "\\1" ESCAPEMENT_GCC_PLUGIN_DIR "${directory}")
if(IS_ABSOLUTE "${ESCAPEMENT_GCC_PLUGIN_DIR}")
  set(ESCAPEMENT_GCC_PLUGIN_DIR "${CMAKE_INSTALL_LIBDIR}/escapement/gcc-${ESCAPEMENT_GCC_VERSION}")
endif()
set(ESCAPEMENT_GCC_FOUND ON)
