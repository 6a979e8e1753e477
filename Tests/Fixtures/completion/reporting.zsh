# Has the shell print what it offers, and when that was all.
compadd() {
  if (( ${@[(I)-[OAD]*]} )); then builtin compadd "$@"; return; fi
  local -a hits
  builtin compadd -A hits "$@"
  local hit
  for hit in $hits; do print -r -- "[offered]$hit"; done
  builtin compadd "$@"
}
reportEnd() { print -r -- '[end]' }
comppostfuncs=(reportEnd)
