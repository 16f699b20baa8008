/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* json.c - see json.h. */
#include "json.h"

#include "command.h"

#include <stdlib.h>
#include <string.h>

json_t *parse_json(const char *text, size_t length, size_t flags, const char *path) {
    json_error_t error;
    json_t *json = json_loadb(text, length, flags, &error);
    if (!json)
        trouble("%s:%d:%d: broken JSON: %s", path, error.line, error.column, error.text);
    return json;
}

void write_json(const char *path, const json_t *document, size_t flags) {
    char *text = document ? json_dumps(document, flags) : NULL;
    if (!text) /* no document: json_pack was given text that is no UTF-8 */
        trouble("cannot make JSON of it: a name is no UTF-8, or out of memory");
    char *line = format_text("%s\n", text);
    write_output(path, line, strlen(line));
    free(line);
    free(text);
}

/* ---- texts ----------------------------------------------------------------------------------- */

/* Of the sequence at `text`, 0 when it is none (RFC 3629). */
static size_t sequence_length(const unsigned char *text, size_t left) {
    static const unsigned char first[] = {0xC2, 0xE0, 0xF0}, last[] = {0xDF, 0xEF, 0xF4};
    if (text[0] < 0x80)
        return 1;
    for (size_t n = 2; n <= 4; n++) {
        if (text[0] < first[n - 2] || text[0] > last[n - 2])
            continue;
        for (size_t i = 1; i < n; i++)
            if (i >= left || (text[i] & 0xC0) != 0x80)
                return 0;
        bool overlong = (text[0] == 0xE0 && text[1] < 0xA0) || (text[0] == 0xF0 && text[1] < 0x90);
        bool outside = (text[0] == 0xED && text[1] > 0x9F) || (text[0] == 0xF4 && text[1] > 0x8F);
        return overlong || outside ? 0 : n;
    }
    return 0;
}

json_t *text_json(const char *bytes, size_t length) {
    Text text = {0};
    json_t *json = json_stringn(bytes, length);
    if (json)
        return json;
    text_add(&text, "", 0);
    for (size_t at = 0; at < length;) {
        size_t n = sequence_length((const unsigned char *)bytes + at, length - at);
        text_add(&text, n ? bytes + at : "\xEF\xBF\xBD", n ? n : 3);
        at += n ? n : 1;
    }
    json = json_stringn(text.bytes, text.length);
    if (!json)
        trouble("out of memory");
    text_free(&text);
    return json;
}

json_t *name_json(const char *text) {
    return text ? text_json(text, strlen(text)) : json_null();
}
