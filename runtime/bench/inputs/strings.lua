-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Tables of tables and short strings: what Lua programs allocate.
local words = {}
for i = 1, 60000 do
    words[i] = { name = "word" .. (i * 7919 % 100003), count = i % 17, next = { i, i + 1, i + 2 } }
end
for round = 1, 3 do
    local index = {}
    for i, word in ipairs(words) do
        local key = word.name:sub(1, 6) .. "/" .. round
        local list = index[key]
        if not list then
            list = {}
            index[key] = list
        end
        list[#list + 1] = { word = word, text = word.name:upper():rep(2) }
    end
    local parts = {}
    for key, list in pairs(index) do
        parts[#parts + 1] = key .. "=" .. #list
    end
    table.sort(parts)
    local text = table.concat(parts, ",")
    local n = 0
    for part in text:gmatch("[^,]+") do
        n = n + #part
    end
    for i = 1, #words, 3 do
        words[i] = { name = words[i].name .. round, count = n, next = {} }
    end
end
