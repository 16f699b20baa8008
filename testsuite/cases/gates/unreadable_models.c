/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-models=there-is-no-such-file.models
// expect-error: there-is-no-such-file.models
int x;
