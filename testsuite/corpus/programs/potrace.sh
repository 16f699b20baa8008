# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# potrace: its own test images, and a generated one of many curves, traced to SVG, EPS, PostScript, DXF, GeoJSON, XFig and back to pixels.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=potrace
cppflags=(-DHAVE_CONFIG_H -I. -Isrc)
ldlibs=(-lm)
no_whole=yes # not tried yet

prepare() { ./configure --disable-zlib; }

sources() {
    printf 'src/%s.c\n' main bitmap_io curve trace decompose potracelib backend_{dxf,eps,geojson,pdf,pgm,svg,xfig} bbox \
        flate greymap lzw progress_bar render trans
}

inputs() {
    awk 'BEGIN {
        print "P1\n400 300"
        for (y = 0; y < 300; y++) {
            line = ""
            for (x = 0; x < 400; x++) {
                dx = x % 40 - 20
                dy = y % 30 - 15
                d = dx * dx + dy * dy
                line = line (d < 30 + (int(x / 40) * 13 + int(y / 30) * 29) % 150 && d > (int(x / 40) * 7 + int(y / 30)) % 40 ? "1" : "0")
                if (x % 60 == 59) line = line "\n"
            }
            print line
        }
    }' >"$INPUT/rings.pbm"
}

work() {
    local file format
    for file in "$INPUT/rings.pbm" "$SRC"/check/data/data1.{pbm,bmp24,pgm,ppm}; do
        for format in svg eps postscript dxf geojson pgm xfig; do
            run -b $format -o - "$file" | sed '/CreationDate/d' | cksum
        done
        run -b svg --flat --turdsize 0 --alphamax 0.5 --opttolerance 0.4 -o - "$file" | cksum
        run -b svg -n --group -o - "$file" | cksum
    done
}
