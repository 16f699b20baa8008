# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# cmake -DINPUT=FILE -DOUTPUT=FILE.c -DSYMBOL=NAME -P EmbedText.cmake
# Writes a C file that defines `const char NAME[]`, the bytes of INPUT and a NUL. A missing INPUT is empty.
set(hex "")
if(EXISTS "${INPUT}")
  file(READ "${INPUT}" hex HEX)
endif()
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
string(REGEX REPLACE "(('.x..',)('.x..',)('.x..',)('.x..',)('.x..',)('.x..',)('.x..',)('.x..',))"
       "\\1\n    " bytes "${bytes}")
get_filename_component(name "${INPUT}" NAME)
file(WRITE "${OUTPUT}" "/* Made from ${name} by cmake/EmbedText.cmake; do not edit. */\n"
     "extern const char ${SYMBOL}[];\nconst char ${SYMBOL}[] = {\n    ${bytes}0};\n")
