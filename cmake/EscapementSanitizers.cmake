# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Sanitizers for everything we compile, and how a plain clang loads a plugin built with them.
#
# An executable of ours carries the sanitizers' runtime itself. The plugin does not: it is loaded into
# a compiler that was built without them, so the runtime must be in that process first, by LD_PRELOAD.
# The runtime is the one of the compiler that compiled the plugin, whichever clang then loads it.
#
# INVARIANT  ESCAPEMENT_SANITIZER_ENV is empty when ESCAPEMENT_SANITIZE is off.
set(ESCAPEMENT_SANITIZER_ENV "")
if(NOT ESCAPEMENT_SANITIZE)
  return()
endif()

set(sanitizer_flags -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
add_compile_options(${sanitizer_flags} "$<$<COMPILE_LANGUAGE:CXX>:-fno-sanitize=vptr>")
add_link_options(${sanitizer_flags})

if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
  set(runtimes libclang_rt.asan-${CMAKE_SYSTEM_PROCESSOR}.so)
else()
  set(runtimes libasan.so libubsan.so)
endif()
set(preload "")
foreach(runtime IN LISTS runtimes)
  execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=${runtime}
                  OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT IS_ABSOLUTE "${path}")
    message(FATAL_ERROR "${CMAKE_C_COMPILER} has no ${runtime}: install its sanitizer runtime")
  endif()
  file(REAL_PATH "${path}" path)
  list(APPEND preload "${path}")
endforeach()
list(JOIN preload ":" preload)
# Clang never frees most of its memory, so leaks say nothing. LLVM's allocators in its headers poison
# memory when compiled with ASan; the rest of the compiler was not and walks into it: no user poisoning.
set(ESCAPEMENT_SANITIZER_ENV
    "LD_PRELOAD=${preload}"
    "ASAN_OPTIONS=detect_leaks=0:allow_user_poisoning=0:detect_odr_violation=0"
    "UBSAN_OPTIONS=print_stacktrace=1")
