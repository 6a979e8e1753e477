# shellcheck shell=bash
# Runs what CI users copy from us, as it stands in its file; part of run.

# The shell lines of a step of action.yml.
step() { # NAME
  awk -v name="    - name: $1" '
    $0 == name { found = 1; next }
    found && /^    - name: / { exit }
    found && /^      run: \|/ { inside = 1; next }
    inside && !/^        / { exit }
    inside { print substr($0, 9) }' "$root/action.yml" | grep .
}

# The script of the job in comfy-sync(1).
gitlab_script() { sed -n '/^  script:/,/^\.Ed/s/^    - //p' "$root/man/comfy-sync.1" | grep .; }

# A new machine: a clone of the project, nothing else.
new_machine() { # FOLDER
  rm -rf "$1"
  mkdir -p "$1/home" "$1/runner"
  git clone -q "$kit/project" "$1/project"
}

same_models() { # FOLDER
  cmp "$kit/hub/comfy-demo/portrait/resolve/main/vae/clear-vae.safetensors" \
    "$1/vae/clear-vae.safetensors"
  cmp "$kit/models/checkpoints/sketch-base.safetensors" "$1/checkpoints/sketch-base.safetensors"
}

action() { (
  machine=$scratch/action
  new_machine "$machine"
  cd "$machine/project"
  export HOME=$machine/home HF_ENDPOINT=$address RUNNER_TEMP=$machine/runner
  export GITHUB_PATH=$machine/path GITHUB_OUTPUT=$machine/output
  export GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$machine/summary
  WHEEL=$(echo "$kit"/*.whl)
  export WHEEL COMFY_MODELS_DIR=$machine/models
  step Install | bash -eo pipefail
  step Pins | bash -eo pipefail
  grep -qE '^key=comfy-models-[0-9a-f]{32}$' "$GITHUB_OUTPUT"
  PATH=$(cat "$GITHUB_PATH"):$PATH
  step Sync | bash -eo pipefail
  same_models "$COMFY_MODELS_DIR"
  grep -q sync "$GITHUB_STEP_SUMMARY"
); }

# Without pins in the manifest there is a key as well.
action_without_pins() { (
  mkdir -p "$scratch/unpinned"
  cd "$scratch/unpinned"
  echo '[project]' > pyproject.toml
  export GITHUB_OUTPUT=$scratch/unpinned/output
  step Pins | bash -eo pipefail
  grep -qE '^key=comfy-models-[0-9a-f]{32}$' "$GITHUB_OUTPUT"
); }

gitlab() { (
  machine=$scratch/gitlab
  new_machine "$machine"
  cd "$machine/project"
  cp "$kit"/*.whl .
  python3 -m venv "$machine/venv"
  export HOME=$machine/home HF_ENDPOINT=$address CI_PROJECT_DIR=$machine/project
  export COMFY_MODELS_DIR=$CI_PROJECT_DIR/models PATH=$machine/venv/bin:$PATH
  gitlab_script | sh -e
  same_models "$COMFY_MODELS_DIR"
); }

pre_commit() { (
  cd "$kit/project"
  export HOME=$scratch/home HF_ENDPOINT=$address PATH=$scratch/venv/bin:$PATH
  sed -n 's/^  entry: //p' "$root/.pre-commit-hooks.yaml" | grep . | sh -e
); }

jobs_on_host() {
  heading "host: CI, with the wheel"
  check "the steps of action.yml" action
  check "the key of the cache without pins" action_without_pins
  check "the job of GitLab in comfy-sync(1)" gitlab
  check "the entry of .pre-commit-hooks.yaml" pre_commit
}
