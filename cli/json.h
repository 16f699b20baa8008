/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* json.h - JSON that comes from a file or goes to one, and texts in it. */
#ifndef ESCAPEMENT_CLI_JSON_H
#define ESCAPEMENT_CLI_JSON_H

#include <jansson.h>
#include <stddef.h>

/* `flags` are jansson's. Each ends the program with one line when it goes wrong: of a text that is
 * broken, "PATH:LINE:COLUMN: broken JSON". */
json_t *parse_json(const char *text, size_t length, size_t flags, const char *path);
/* A line feed ends it; "-": standard output. */
void write_json(const char *path, const json_t *document, size_t flags);

/* Any bytes as JSON: what is no UTF-8 becomes U+FFFD. */
json_t *text_json(const char *bytes, size_t length);
json_t *name_json(const char *text); /* NULL: null */

#endif
