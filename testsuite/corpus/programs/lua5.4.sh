# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Lua 5.4: strings, tables, closures, coroutines, sorting, patterns, errors.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=lua5.4
cppflags=(-DLUA_USE_POSIX -DLUA_COMPAT_5_3 -D_GNU_SOURCE -I. -Isrc)
ldlibs=(-lm)
twice=(ljumptab.h)

prepare() { echo '#define DEB_HOST_MULTIARCH "lib"' >src/lua5.4-deb-multiarch.h; }

sources() {
    printf 'src/%s.c\n' lapi lcode lctype ldebug ldo ldump lfunc lgc llex lmem lobject lopcodes lparser lstate \
        lstring ltable ltm lundump lvm lzio lauxlib lbaselib lcorolib ldblib liolib lmathlib loadlib loslib lstrlib \
        ltablib lutf8lib linit lua
}

inputs() {
    cat >"$INPUT/load.lua" <<'LOAD'
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(24))
local words = {}
for i = 1, 20000 do words[#words + 1] = ("word%05d"):format(i * 7919 % 20011) end
table.sort(words)
print(words[1], words[#words], #table.concat(words, ","))
local count = 0
for w in table.concat(words, " "):gmatch("word(%d+)") do count = count + tonumber(w) end
print(count)
local parts = {}
for i = 1, 3000 do parts[i] = setmetatable({i = i, name = "n" .. i}, {__index = function(t, k) return k .. t.i end}) end
local s = 0
for i, p in ipairs(parts) do s = s + #p.missing + p.i end
print(s)
local co = coroutine.wrap(function() for i = 1, 2000 do coroutine.yield(i, tostring(i):rep(3)) end return -1 end)
local last repeat local i, t = co() last = t or last until i == -1
print(last)
print(pcall(function() error({code = 42}) end))
print(select("#", string.byte(("x"):rep(200), 1, -1)), (("a,b,,c"):gsub(",", ";")))
local chunk = load("local a = ... return function(b) return a .. b end")
print(chunk("left")("right"), string.pack("<i4", 77):byte(1, 4))
for line in io.lines(arg[0]) do if line:find("fib", 1, true) then io.write(line, "\n") end end
collectgarbage()
print(math.type(3), 7 // 2, 2 ^ 0.5, 1e15, 0x7fffffffffffffff + 1, utf8.char(233, 8364))
error("the end")
LOAD
}

work() { run "$INPUT/load.lua" | sed 's/table: 0x[0-9a-f]*/table/'; }
