#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The example project of examples/ci passes its gate, and fails it when a change makes an allocation escape: by the steps
# of the GitHub action and of the GitLab template, whose shell is taken from their files.
# shellcheck source=cli/tests/lib.sh
. "$(dirname "$0")/lib.sh"
[[ ${ESC_SANITIZE:-OFF} != ON ]] || skip "an installation for users is not built with sanitizers"
has_compiler clang || skip "no Clang with a plugin"
command -v git >/dev/null && command -v make >/dev/null || skip "no git or make"
python3 -c 'import yaml' 2>/dev/null || skip "no python3-yaml"

export HOME=$work GIT_CONFIG_NOSYSTEM=1
git config --global user.name Example
git config --global user.email example@example.org
git config --global init.defaultBranch main
cp -r "$ESC_SOURCE/examples/ci" project
rm -f project/*.o project/words
cd project
git init -q .
git add -A
git commit -qm 'the example'
cmake --install "$ESC_BUILD" --prefix "$work/escapement" >"$work/install.log"

# The steps as a runner runs them: inputs from the example's workflow, the rest from the action's defaults.
cat >"$work/github.py" <<'P'
import os, re, subprocess, sys, yaml
source, base = sys.argv[1:]
workflow = yaml.safe_load(open(".github/workflows/escapement.yml"))
action = yaml.safe_load(open(source + "/ci/github/action.yml"))
given = [s for s in workflow["jobs"]["gate"]["steps"] if "escapement/ci/github" in s.get("uses", "")][0]["with"]
inputs = {name: str(given.get(name, about.get("default", ""))) for name, about in action["inputs"].items()}
assert not set(given) - set(action["inputs"]), "the workflow gives an input that the action does not have"
def expand(text):
    values = {"inputs." + k: v for k, v in inputs.items()}
    values.update({"github.event.pull_request.base.sha": base})
    for _ in range(2):
        text = re.sub(r"\$\{\{ *([a-z._]+) *\}\}", lambda m: values[m[1]], text)
    return text
environment = dict(os.environ, GITHUB_ACTIONS="true", GITHUB_ACTION_PATH=source + "/ci/github",
                   GITHUB_PATH=os.environ["HOME"] + "/path", GITHUB_STEP_SUMMARY=os.environ["HOME"] + "/summary")
for step in action["runs"]["steps"]:
    if "run" not in step:
        continue
    assert step["shell"] == "bash"
    if os.path.exists(environment["GITHUB_PATH"]):
        environment["PATH"] = open(environment["GITHUB_PATH"]).read().strip() + ":" + environment["PATH"]
    env = dict(environment, **{k: expand(v) for k, v in step.get("env", {}).items()})
    status = subprocess.run(["bash", "-eo", "pipefail", "-c", step["run"]], env=env).returncode
    if status:
        sys.exit(status)
P
github() { # STATUS BASE
    rm -f "$work/summary" "$work/path"
    ends "$1" env PATH=/usr/local/bin:/usr/bin:/bin python3 "$work/github.py" "$ESC_SOURCE" "$2"
}
github 0 HEAD
has out 'escapement.baseline: 3 allocations, as they were'
has out '^allocs +[0-9]+ .* ~ +all equal$'
lacks out '^::error'
has "$work/summary" '^### Escapement: all gates held$'
has "$work/summary" '^\| `allocs<=\+0%` \| [0-9]+ \| [0-9]+ \| [0-9]+ \| held \|$'
cmp escapement.md "$work/summary" || fail "the comment is not the summary"

# Somebody keeps what was in the frame.
base=$(git rev-parse HEAD)
sed -i 's/^static void count_word/static char *last;\n\n&/; s/^    free(small);/    free(last);\n    last = small;/' words.c
git commit -qam 'words: the last one is kept'
github 1 "$base"
has out '^::error file=words.c,line=14,col=19,title=escapement::malloc\(64\) in count_word: escapes to heap: stored in .*last$'
has err "gate .sites.worse<=0' failed"
has err "gate .allocs<=\+0%' failed: it was [0-9]+, is [0-9]+"
has escapement.md '^- `malloc\(64\)` in `count_word`, words.c:14:19: was \*moved to stack\*, is \*escapes to heap: stored in'
has escapement.md '^    from last = small \(stored in'
has escapement.md '^\| `sites.worse<=0` \| 0 \| 1 \| 0 \| \*\*FAILED\*\* \|$'

# It was meant: the baseline is updated, and the change of it is in the diff.
make -s clean all CC="escapement cc --report=$work/reports"
ends 1 escapement baseline check escapement.baseline "$work/reports"
while read -r line; do
    grep -Fq -- "    $line" "$ESC_SOURCE/docs/ci.md" || fail "docs/ci.md does not print: $line"
done <out
ends 0 escapement baseline check --update escapement.baseline "$work/reports"
[[ $(git diff --numstat escapement.baseline | cut -f 1,2) == "1	1" ]] || fail "more than a line of the baseline changed: $(git diff)"
git commit -qam 'baseline: the last word is kept'
github 0 HEAD

# The same by the GitLab template.
cat >"$work/gitlab.py" <<'P'
import os, subprocess, sys, yaml
source, base = sys.argv[1:]
template = yaml.safe_load(open(source + "/ci/escapement.gitlab-ci.yml"))[".escapement"]
job = yaml.safe_load(open(".gitlab-ci.yml"))["gate"]
assert job["extends"] == ".escapement"
variables = dict(template["variables"], **job["variables"])
environment = dict(os.environ, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
environment.update({k: os.path.expandvars(v) if k != "GATE_BASE" else base for k, v in variables.items()})
script = "\n".join(template["before_script"] + template["script"])
sys.exit(subprocess.run(["bash", "-eo", "pipefail", "-c", script], env=environment).returncode)
P
mkdir .escapement
ln -s "$ESC_SOURCE" .escapement/source
cp -r "$work/escapement/." .escapement/
gitlab() { ends "$1" env PATH=/usr/local/bin:/usr/bin:/bin python3 "$work/gitlab.py" "$ESC_SOURCE" "$2"; }
gitlab 0 HEAD
has escapement.md '^### Escapement: all gates held$'
gitlab 1 "$base"
has err "gate .allocs<=\+0%' failed"
lacks out '^::error'

# Without a baseline one is written, and the job fails until it is committed; a build that fails is trouble of the build.
rm escapement.baseline
ends 1 env GATE_BUILD='make -s clean all' "$ESC_SOURCE/ci/gate"
has err 'there was no escapement.baseline; it is written now: commit it'
ends 0 env GATE_BUILD='make -s clean all' "$ESC_SOURCE/ci/gate"
ends 2 env GATE_BUILD='make -s nothing' "$ESC_SOURCE/ci/gate"
ends 2 env GATE_BUILD='make -s clean all' GATE_SITES='sites.worse<=none' "$ESC_SOURCE/ci/gate"
has err "gate .sites.worse<=none': a number is needed"

# docs/ci.md tells of the same: its commands are those that are tested here.
for said in 'escapement baseline write escapement.baseline' 'escapement/ci/github@' 'extends: .escapement' 'GATE_BUILD'; do
    grep -Fq "$said" "$ESC_SOURCE/docs/ci.md" || fail "docs/ci.md does not say: $said"
done
