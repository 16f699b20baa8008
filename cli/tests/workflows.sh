#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The GitHub action and the workflow of the example are what GitHub takes: by action-validator (npm), which has GitHub's
# schemas, and by actionlint where it is installed. GitLab's template and the example's job are what GitLab takes: by
# GitLab's own schema, which gitlab-ci-local (npm) ships, alone and with the template's keys in the job that extends it.
# Without npm, or without a network the first time: skipped. What their steps do is the business of ci.sh.
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

# GitLab.
schema=$tools/gitlab-ci.json
if [[ ! -s $schema ]]; then
    timeout 120 npm pack --silent gitlab-ci-local@4.63.0 >/dev/null 2>&1 || skip "GitLab's schema cannot be fetched: npm pack gitlab-ci-local"
    tar -xOf gitlab-ci-local-*.tgz package/src/schema/schema.js >schema.mjs
    node --input-type=module -e 'import { schema } from "./schema.mjs"; console.log(JSON.stringify(schema))' >gitlab-ci.json
    mv gitlab-ci.json "$schema"
fi
python=$(for p in python3 /usr/bin/python3; do "$p" -c 'import jsonschema, yaml' 2>/dev/null && echo "$p" && break; done)
[[ -n $python ]] || skip "no jsonschema or yaml for Python (Debian: python3-jsonschema, python3-yaml)"
# taken TEMPLATE PROJECT: by the schema; a job's own keys come before those it extends, variables are put together.
taken() {
    "$python" - "$schema" "$1" "$2" <<'PYTHON' >said 2>&1
import json, sys, jsonschema, yaml
schema = jsonschema.Draft7Validator(json.load(open(sys.argv[1])))
template, project = (yaml.safe_load(open(name)) for name in sys.argv[2:])
job = project["gate"]
above = template[job["extends"]]
whole = {**above, **job, "variables": {**above["variables"], **job["variables"]}}
del whole["extends"]
for document in template, project, {"gate": whole}:
    schema.validate(document)
PYTHON
}
template=$ESC_SOURCE/ci/escapement.gitlab-ci.yml job=$ESC_SOURCE/examples/ci/.gitlab-ci.yml
taken "$template" "$job" || fail "GitLab: $(tail -n 20 said)"
for broken in 's/when: always/when: ever/' 's/^  script:/  skript:/' 's/^    paths: \[escapement.md\]/    paths: escapement.md/' \
    's/^  before_script:/  before_scirpt:/'; do
    sed "$broken" "$template" >broken.yml
    ! cmp -s broken.yml "$template" || fail "nothing was broken by $broken"
    ! taken broken.yml "$job" || fail "a broken template is taken: $broken"
    has said 'ValidationError'
done
sed 's/remote:/remoat:/' "$job" >broken.yml
! taken "$template" broken.yml || fail "a broken job is taken"
has said 'ValidationError'
