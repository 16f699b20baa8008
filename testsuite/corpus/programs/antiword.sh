# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# antiword: its test document as text, PostScript, PDF and XML in several character sets.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=antiword
cppflags=(-DNDEBUG)
ldlibs=()
no_whole=yes # not tried yet

prepare() { :; }

sources() {
    printf '%s.c\n' main_u asc85enc blocklist chartrans datalist depot dib2eps doclist fail finddata findtext fmt_text fontlist fonts         fonts_u hdrftrlist imgexam imgtrans jpeg2eps listlist misc notes options out2window output pdf pictlist png2eps postscript         prop0 prop2 prop6 prop8 properties propmod rowlist sectlist stylelist stylesheet summary tabstop text unix utf8 word2text         worddos wordlib wordmac wordole wordwin xmalloc xml
}

inputs() { :; }

work() {
    export ANTIWORDHOME=$SRC/Resources
    run -m UTF-8.txt "$SRC/Docs/testdoc.doc"
    run -m 8859-1.txt -w 40 "$SRC/Docs/testdoc.doc"
    run -m 8859-1.txt -p a4 "$SRC/Docs/testdoc.doc" | grep -v Date
    run -m UTF-8.txt -x db "$SRC/Docs/testdoc.doc"
    run -s "$SRC/Docs/ReadMe"
}
