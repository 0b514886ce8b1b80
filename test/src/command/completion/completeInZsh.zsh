# Prints what an interactive zsh lists for each line: zsh -f completeInZsh.zsh SCRIPT LINE...
zmodload zsh/zpty
zpty shell env TERM=dumb COLUMNS=200 zsh -f -i
local output
zpty -w shell "PROMPT='>'; unset zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; source $1; print REA''DY"
zpty -r -m shell output '*READY*>'
for line in $@[2,-1]; do
  # Ctrl-D lists what the line can go on with, Ctrl-U takes the line away.
  zpty -n -w shell "$line"$'\x04\x15'"print EN''D"$'\n'
  zpty -r -m shell output '*END*>'
  print -r -- "== $line"
  print -r -- "$output"
done
zpty -d shell
