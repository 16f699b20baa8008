-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- prepare.lua DIRECTORY: the inputs that are too large to keep in the repository, always the same.
local directory = arg[1]
local state = 1
local function random(limit)
    state = (state * 48271) % 2147483647
    return state % limit + 1
end
local function word()
    local letters = {}
    for i = 1, random(9) + 1 do
        letters[i] = string.char(96 + random(26))
    end
    return table.concat(letters)
end

local out = assert(io.open(directory .. "/table.json", "w"))
out:write("[\n")
for i = 1, 12000 do
    out:write(string.format('{"id": %d, "name": "%s", "tags": ["%s", "%s"], "place": {"x": %d.5, "y": %d}}%s\n',
        i, word() .. word(), word(), word(), random(1000), random(1000), i < 12000 and "," or ""))
end
out:write("]\n")
out:close()

local dictionary = {}
for i = 1, 20000 do
    dictionary[i] = word()
end
out = assert(io.open(directory .. "/words.txt", "w"))
for _ = 1, 25000 do
    local line = {}
    for i = 1, 8 do
        line[i] = dictionary[random(random(20000))]
    end
    out:write(table.concat(line, " "), "\n")
end
out:close()
