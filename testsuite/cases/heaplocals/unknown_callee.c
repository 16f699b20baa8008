/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-heap-locals
/* That an unknown callee may keep an address proves nothing: the local stays. */
// silent: only a visible flow moves a local
void unknown(int *p);

void may(int v) {
    int x = v;
    unknown(&x);
}
