# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# libxml2: xmllint formats, validates, canonicalizes and searches generated XML; its own regression inputs.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=libxml2
cppflags=(-DHAVE_CONFIG_H -D_GNU_SOURCE -D_REENTRANT -I. -Iinclude)
ldlibs=(-lm -lpthread -ldl)
whole_flags=(-DCORPUS_WHOLE)
keep=(AF_INET PF_INET)
twice=(timsort.h elfgcchack.h trio.h)

prepare() { ./configure --without-python --without-lzma --without-zlib --disable-shared --without-icu --without-iconv; }

sources() {
    printf '%s.c\n' SAX entities encoding error parserInternals parser tree hash list xmlIO xmlmemory uri valid xlink \
        HTMLparser HTMLtree debugXML xpath xpointer xinclude nanohttp nanoftp catalog globals threads c14n xmlstring \
        buf xmlregexp xmlschemas xmlschemastypes xmlunicode xmlreader relaxng dict SAX2 xmlwriter legacy chvalid \
        pattern xmlsave xmlmodule schematron xzlib xmllint
}

inputs() {
    awk 'BEGIN {
        print "<?xml version=\"1.0\"?>\n<!DOCTYPE shop [<!ELEMENT shop (item*)><!ELEMENT item (title, price?)><!ATTLIST item id ID #REQUIRED kind CDATA \"k\" xml:lang CDATA #IMPLIED><!ELEMENT title (#PCDATA)><!ELEMENT price (#PCDATA)><!ENTITY co \"Company &amp; Sons\">]>\n<shop>"
        for (i = 0; i < 4000; i++) printf "<item id=\"i%d\" kind=\"k%d\"><title>Title %d &co; &#233;</title>%s</item>\n", i, i % 7, i, i % 3 ? "<price>" i ".50</price>" : ""
        print "</shop>" }' >"$INPUT/shop.xml"
    printf '<a><b c=1></a>&x;' >"$INPUT/broken.xml"
    printf '<html><p>one<p>two<b>bold<table><tr><td>x</html>' >"$INPUT/page.html"
}

work() {
    run --format "$INPUT/shop.xml" | cksum
    run --valid --noout "$INPUT/shop.xml"
    run --c14n "$INPUT/shop.xml" | cksum
    run --stream --noout "$INPUT/shop.xml"
    run --sax --noout "$INPUT/shop.xml" | cksum
    run --noent --encode ISO-8859-1 "$INPUT/shop.xml" | cksum
    run --xpath 'count(//item[price > 100]/title)' "$INPUT/shop.xml"
    run --xpath 'string(//item[@id="i77"])' "$INPUT/shop.xml"
    run --recover "$INPUT/broken.xml"
    run --html --xmlout "$INPUT/page.html"
    run --debug "$INPUT/page.html"
}

tests() {
    local file
    for file in "$SRC"/test/*.xml "$SRC"/test/valid/*.xml "$SRC"/test/errors/*.xml; do
        echo "== ${file##*/}"
        run --nonet "$file" 2>&1
    done
    for file in "$SRC"/test/HTML/*.html; do
        echo "== ${file##*/}"
        run --html "$file" 2>&1
    done
    for file in "$SRC"/test/relaxng/tutor*.rng; do run --noout --relaxng "$file" "${file%.rng}"_*.xml 2>&1; done
    for file in "$SRC"/test/schemas/*_0.xsd; do run --noout --schema "$file" "${file%_0.xsd}"_*.xml 2>&1; done
}

# Structures that one file repeats from another.
fix_tree() {
    sed -Ei '/^struct _xmlSchema(TreeItem|Particle|ModelGroup) \{/,/^\};/{s/^struct/#ifndef CORPUS_WHOLE\n&/;s/^\};/&\n#endif/}' \
        xmlschemastypes.c
}
