/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* page.h - the files of page/ and d3, as they were when this program was built. */
#ifndef ESCAPEMENT_CLI_PAGE_H
#define ESCAPEMENT_CLI_PAGE_H

typedef struct PageFile {
    const char *name;
    const char *bytes, *end;
} PageFile;
extern const PageFile page_files[]; /* ends with a name of NULL */

#endif
