# words.bash SCRIPT FILE: the next `comfy` writes the words that it gets to FILE, each ended by NUL.
source "$1"
found=$2
comfy() {
  if [ "$1" = ---completion ]; then command comfy "$@"; return; fi
  printf '%s\0' "$@" >"$found"
  exit
}
PS1=ready'> '
