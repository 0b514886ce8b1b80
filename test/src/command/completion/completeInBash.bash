# Prints what bash completes each line with: bash --norc completeInBash.bash SCRIPT LINE...
source "$1"
shift
for line in "$@"; do
  COMP_LINE=$line COMP_POINT=${#line} COMPREPLY=()
  read -ra COMP_WORDS <<<"$line"
  [[ $line == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  $(complete -p plugin-flow | sed 's/.*-F \([^ ]*\).*/\1/')
  echo "== $line"
  printf '%s\n' ${COMPREPLY[@]+"${COMPREPLY[@]}"}
done
