/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-mode=sometimes
// expect-error: sometimes
int x;
