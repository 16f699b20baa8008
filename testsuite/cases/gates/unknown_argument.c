/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-frobnicate=1
// expect-error: frobnicate
int x;
