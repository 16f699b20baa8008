#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The GitHub action and the workflow of the example are what GitHub takes: by action-validator (npm), which has GitHub's
# schemas, and by actionlint where it is installed. Without npm, or without a network the first time: skipped.
# What their steps do is the business of ci.sh.
# shellcheck source=cli/tests/lib.sh
. "$(dirname "$0")/lib.sh"
tools=$ESC_BUILD/workflow-tools
validator=$tools/node_modules/.bin/action-validator
if [[ ! -x $validator ]]; then
    command -v npm >/dev/null || skip "no npm to install action-validator with"
    mkdir -p "$tools"
    timeout 200 npm install --prefix "$tools" --silent --no-audit --no-fund @action-validator/cli@0.6.0 @action-validator/core@0.6.0 \
        >/dev/null 2>&1 || skip "action-validator cannot be installed: npm install @action-validator/cli @action-validator/core"
fi
mkdir -p project/.github/workflows action
cp "$ESC_SOURCE"/examples/ci/.github/workflows/*.yml project/.github/workflows/
cp "$ESC_SOURCE"/ci/github/action.yml action/
for file in action/action.yml project/.github/workflows/*.yml; do
    "$validator" "$file" >said 2>&1 || fail "$file: $(cat said)"
done
# It can say no.
sed 's/^  using: composite/  using: nothing/; s/^    - run:/    - ruhn:/' action/action.yml >broken.yml
mkdir broken && mv broken.yml broken/action.yml
! cmp -s broken/action.yml action/action.yml || fail "nothing was broken"
! "$validator" broken/action.yml >said 2>&1 || fail "a broken action is taken"
sed 's/^jobs:/jbos:/' project/.github/workflows/escapement.yml >project/.github/workflows/broken.yml
! "$validator" project/.github/workflows/broken.yml >said 2>&1 || fail "a broken workflow is taken"
rm project/.github/workflows/broken.yml
if command -v actionlint >/dev/null; then
    (cd project && git init -q . && actionlint) >said 2>&1 || fail "actionlint: $(cat said)"
fi
