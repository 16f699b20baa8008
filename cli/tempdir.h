/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* tempdir.h - a directory that is there while the command runs. */
#ifndef ESCAPEMENT_CLI_TEMPDIR_H
#define ESCAPEMENT_CLI_TEMPDIR_H

/* One below TMPDIR, the same at every call, removed with all in it when the program ends by itself
 * or is interrupted; to be freed. */
char *temporary_directory(void);
/* It stays after all. The next call makes another one. */
void keep_temporary_directory(void);

#endif
