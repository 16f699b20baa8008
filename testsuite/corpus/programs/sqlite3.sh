# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The sqlite3 shell: inserts, indexes, joins, aggregates, triggers, full text search, JSON, a dump.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=sqlite3
cppflags=(-DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_RTREE
    -DHAVE_USLEEP=1 -Ibld)
ldlibs=(-lm)
whole_flags=(-D_GNU_SOURCE)
sample_form='file' # nearly one file as it is, and two minutes of compilation

prepare() {
    mkdir -p bld
    cd bld
    ../configure --disable-tcl --disable-readline
    make sqlite3.c shell.c
}

sources() { printf 'bld/%s.c\n' sqlite3 shell; }

# Made to be compiled so, but for one name.
whole() {
    "$CORPUS/tools/rename" shell_ appendText <bld/shell.c >bld/renamed.c
    printf '#include "bld/%s.c"\n' sqlite3 renamed
}

inputs() {
    awk 'BEGIN {
        print "PRAGMA journal_mode = memory; CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL, qty INT, note TEXT);"
        print "CREATE TABLE sale(id INTEGER PRIMARY KEY, item INT REFERENCES item(id), day TEXT, n INT);"
        print "CREATE INDEX item_name ON item(name); CREATE INDEX sale_item ON sale(item, day); CREATE TABLE log(t TEXT, n INT);"
        print "CREATE TRIGGER sold AFTER INSERT ON sale WHEN new.n > 8 BEGIN INSERT INTO log VALUES (\x27big \x27 || new.id, new.n); UPDATE item SET qty = qty - new.n WHERE id = new.item; END;"
        print "BEGIN;"
        for (i = 1; i <= 4000; i++) printf "INSERT INTO item VALUES (%d, \x27item %d\x27, %d.%02d, %d, %s);\n", i, i * 7919 % 4001, i % 300, i % 100, i % 50, i % 3 ? "NULL" : "\x27a note that is longer than the others " i "\x27"
        print "COMMIT; BEGIN;"
        for (i = 1; i <= 6000; i++) printf "INSERT INTO sale(item, day, n) VALUES (%d, \x272024-%02d-%02d\x27, %d);\n", i * 31 % 4000 + 1, i % 12 + 1, i % 28 + 1, i % 11
        print "COMMIT;"
        for (i = 1; i <= 800; i++) {
            printf "SELECT name, price * qty FROM item WHERE id = %d;\n", i * 5
            if (i % 4 == 0) printf "SELECT count(*), sum(n), max(day) FROM sale WHERE item BETWEEN %d AND %d;\n", i, i + 40
            if (i % 8 == 0) printf "UPDATE item SET price = price * 1.01, note = upper(coalesce(note, name)) WHERE name LIKE \x27item %d%%\x27;\n", i % 100
            if (i % 16 == 0) printf "DELETE FROM sale WHERE id %% 97 = %d;\n", i % 97
        }
        print "SELECT i.name, s.day, sum(s.n) AS total FROM item i JOIN sale s ON s.item = i.id GROUP BY i.name, s.day HAVING total > 9 ORDER BY total DESC, i.name LIMIT 20;"
        print "WITH RECURSIVE c(x, y) AS (SELECT 1, 1 UNION ALL SELECT x + 1, y * 3 % 1000003 FROM c WHERE x < 2000) SELECT sum(y), max(x) FROM c;"
        print "SELECT name, rank() OVER (PARTITION BY qty ORDER BY price DESC) r FROM item ORDER BY r, name LIMIT 15;"
        print "CREATE VIRTUAL TABLE doc USING fts5(body); INSERT INTO doc SELECT name || \x27 \x27 || coalesce(note, \x27plain\x27) FROM item LIMIT 600; SELECT rowid FROM doc WHERE doc MATCH \x27note AND longer\x27 LIMIT 10;"
        print "SELECT json_extract(json_group_array(json_object(\x27id\x27, id, \x27n\x27, name)), \x27$[7].n\x27) FROM item WHERE id < 100;"
        print "CREATE VIRTUAL TABLE box USING rtree(id, x0, x1, y0, y1); INSERT INTO box SELECT id, id, id + 5, qty, qty + 2 FROM item LIMIT 500; SELECT count(*) FROM box WHERE x0 > 100 AND y1 < 30;"
        print "SELECT * FROM nowhere; SELECT abs(; EXPLAIN QUERY PLAN SELECT * FROM item, sale WHERE item.id = sale.item AND name = \x27x\x27;"
        print "SELECT printf(\x27%08.3f %s %q\x27, 3.14159, upper(hex(\x27abc\x27)), \x27it\x27 || char(39) || \x27s\x27), date(\x272024-02-28\x27, \x27+2 days\x27), group_concat(DISTINCT n) FROM sale;"
        print "ALTER TABLE log ADD COLUMN extra DEFAULT 7; SELECT count(*), sum(extra) FROM log; PRAGMA integrity_check; VACUUM; ANALYZE; SELECT * FROM sqlite_stat1;"
        print ".mode json\nSELECT * FROM item LIMIT 3;\n.mode csv\n.headers on\nSELECT * FROM log LIMIT 5;\n.dump log\n.schema\n"
    }' >"$INPUT/load.sql"
}

work() {
    run -batch :memory: ".read $INPUT/load.sql"
    run -batch file.db ".read $INPUT/load.sql" | cksum
    cksum file.db
}
