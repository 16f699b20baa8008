/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-report=no-such-directory/report.json
// expect-error: no-such-directory/report.json
int x;
