# capture.zsh SCRIPT LINE: what zsh offers for the last word of LINE, asked in a shell on a terminal.
zmodload zsh/zpty
here=${0:A:h}
zpty inner zsh -f -i
zpty -w inner "PROMPT= PROMPT2=; unsetopt zle_bracketed_paste; fpath=(${1:A:h} \$fpath)"
zpty -w inner "autoload -Uz compinit; compinit -u -D; bindkey '^I' complete-word"
zpty -w inner "source $here/reporting.zsh; print re''ady"
while zpty -r inner line; do [[ $line == *ready* ]] && break; done
zpty -w -n inner "$2"$'\t'
while zpty -r inner line; do
  line=${${line%$'\n'}%$'\r'}
  case $line in
    *'[end]'*) break ;;
    *'[offered]'*) print -r -- "${line##*\[offered\]}" ;;
  esac
done
zpty -d inner
