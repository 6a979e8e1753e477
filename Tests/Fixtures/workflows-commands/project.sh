# What most cases start with, read by `. "$FIXTURES/workflows-commands/project.sh"`: a project in the
# current directory with its models in models/ and the workflows of this directory in workflows/.

# A model of made-up bytes: a header as safetensors has it, then SIZE times the letter.
make_model() { # FILE LETTER SIZE
  mkdir -p "$(dirname "$1")"
  header=$(printf '{"%s":{"dtype":"U8","shape":[%d],"data_offsets":[0,%d]}}' "$2" "$3" "$3")
  {
    # shellcheck disable=SC2059
    printf "\\$(printf %03o ${#header})\\000\\000\\000\\000\\000\\000\\000"
    printf %s "$header"
    head -c "$3" /dev/zero | tr '\0' "$2"
  } > "$1"
}

make_models() {
  make_model models/checkpoints/base.safetensors b 100
  make_model models/vae/a/wash.safetensors w 200
  make_model models/vae/b/wash.safetensors W 300
  make_model models/loras/pencil.safetensors p 400
}

make_project() {
  make_models
  mkdir workflows
  cp "$FIXTURES"/workflows-commands/still.json workflows/
  comfy init --models-dir models
}

# Runs a command as somebody whom permissions bind: root loses what makes it stronger.
unprivileged() {
  if [ "$(id -u)" = 0 ]; then setpriv --inh-caps=-all --bounding-set=-all "$@"; else "$@"; fi
}
