# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# MuJS: a script of closures, strings, regular expressions, JSON, sorting and exceptions.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=mujs
cppflags=(-I.)
ldlibs=(-lm)
no_whole=yes # not tried yet
wrappers='^js_(defaultalloc|malloc|realloc)$'

prepare() { :; }

sources() { printf '%s\n' one.c main.c; }

inputs() {
    cat >"$INPUT/load.js" <<'LOAD'
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) }
print(fib(18));
var words = [], i, text = "";
for (i = 0; i < 3000; ++i) words.push("word" + (i * 7919 % 3001) + (i % 3 ? "-x" : "_y"));
words.sort();
print(words.slice(0, 5).join(", "), words.length);
for (i = 0; i < 2000; ++i) text = words[i].replace(/(\w+)-(x)/, "$2.$1").toUpperCase() + "|" + i;
print(text, "a,b;c".split(/[,;]/).join("+"));
var objects = [];
for (i = 0; i < 800; ++i) objects.push({ id: i, name: "n" + i, tags: [i % 7, String(i)], f: i / 3 });
var json = JSON.stringify(objects);
var again = JSON.parse(json);
print(json.length, again[799].name, JSON.stringify(again[17], null, 1));
var count = 0;
for (i = 0; i < 1500; ++i) { try { if (i % 3 == 0) throw new Error("e" + i); null.x } catch (e) { count += e.message.length } }
print(count);
for (i = 0; i < 1200; ++i) { var s = "key" + i + "=value" + i; var m = /^(\w+)=(\w+?)(\d+)$/.exec(s); count += m[3].length + s.indexOf("=") + encodeURIComponent(s).length + parseFloat(m[3] + ".25") }
print(count, new Date(0).toISOString(), (255).toString(16), (1 / 3).toFixed(5), "x".concat("y", 1), "abcdef".substring(2, 4));
nosuch();
LOAD
}

work() { run "$INPUT/load.js"; }
