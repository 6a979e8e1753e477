# words.fish SCRIPT FILE: the next `comfy` writes the words that it gets to FILE, each ended by NUL.
source $argv[1]
set -g found $argv[2]
function comfy
    printf '%s\0' $argv >$found
    exit
end
function fish_prompt
    printf 'ready%s' '> '
end
