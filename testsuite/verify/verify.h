/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* verify.h - what the programs of this directory need. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOINLINE __attribute__((noinline))
/* The compiler forgets what it knows of this memory; no pointer goes anywhere. */
#define OPAQUE(p) (*(volatile char *)(p) = *(volatile char *)(p))
