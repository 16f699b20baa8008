# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# expat: xmlwf over generated XML with entities, namespaces, attributes, CDATA, and over broken XML.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=expat
cppflags=(-D_GNU_SOURCE -DHAVE_EXPAT_CONFIG_H -Iexpat/lib -Iexpat/xmlwf -Iexpat)
ldlibs=()
twice=(ascii.h asciitab.h iasciitab.h latin1tab.h utf8tab.h xmltok_impl.h)

prepare() {
    local have
    for have in FCNTL_H GETPAGESIZE GETRANDOM INTTYPES_H MEMORY_H MMAP STDINT_H STDLIB_H STRING_H SYS_STAT_H UNISTD_H; do
        echo "#define HAVE_$have 1"
    done >expat/expat_config.h
    printf '#define BYTEORDER 1234\n#define PACKAGE "expat"\n#define XML_CONTEXT_BYTES 1024\n#define XML_DEV_URANDOM 1
#define XML_DTD 1\n#define XML_NS 1\n#define STDC_HEADERS 1\n' >>expat/expat_config.h
}

sources() { printf 'expat/%s.c\n' lib/{xmltok,xmlrole,xmlparse} xmlwf/{codepage,unixfilemap,xmlfile,xmlwf}; }

inputs() {
    awk 'BEGIN {
        print "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE shop [<!ELEMENT shop ANY><!ENTITY co \"Company &amp; Sons\"><!ATTLIST item lang CDATA \"en\">\n<!NOTATION n SYSTEM \"n\">]>"
        print "<shop xmlns=\"urn:shop\" xmlns:x=\"urn:x\">"
        for (i = 0; i < 12000; i++) {
            printf "<item id=\"%d\" x:kind=\"k%d\" name=\"n&lt;%d&gt;\"><title>Title %d &co; &#233;</title>", i, i % 7, i, i
            printf i % 5 ? "<price cur=\"EUR\">%d.99</price>" : "<![CDATA[raw < %d & text]]>", i
            printf i % 9 ? "</item>\n" : "<!-- note --><?pi data?></item>\n"
        }
        print "</shop>"
    }' >"$INPUT/shop.xml"
    printf '<a><b></a>' >"$INPUT/broken1.xml"
    printf '<a b="1" b="2"/>' >"$INPUT/broken2.xml"
    printf '<a>&undefined;</a>' >"$INPUT/broken3.xml"
}

work() {
    mkdir -p out
    run -n -d out "$INPUT/shop.xml"
    cksum out/*
    run -m -d out "$INPUT/shop.xml"
    cksum out/*
    run -c -d out "$INPUT/shop.xml" "$INPUT"/broken*.xml
    cksum out/*
    run "$INPUT"/broken*.xml
}
