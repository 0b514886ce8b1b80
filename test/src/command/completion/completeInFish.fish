# Prints what fish completes each line with: fish --no-config completeInFish.fish SCRIPT LINE...
source $argv[1]
for line in $argv[2..-1]
    echo "== $line"
    complete -C $line
end
