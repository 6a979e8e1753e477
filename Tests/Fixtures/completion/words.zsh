# words.zsh SCRIPT FILE: the next `comfy` writes the words that it gets to FILE, each ended by NUL.
fpath=(${1:A:h} $fpath)
autoload -Uz compinit
compinit -u -D
found=$2
comfy() {
  if [[ $1 == ---completion ]]; then command comfy "$@"; return; fi
  printf '%s\0' "$@" >$found
  exit
}
unsetopt zle_bracketed_paste
PROMPT=ready'> '
