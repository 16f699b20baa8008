/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-models=broken.models
// expect-error: broken.models:3
int x;
