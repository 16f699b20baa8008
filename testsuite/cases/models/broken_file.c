/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-models=broken.models
// expect-error: escapement: broken.models:3:12: expected what happens to the parameter
int x;
