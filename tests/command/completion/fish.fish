# SPDX-License-Identifier: BSD-3-Clause
# fish.fish <file of lines> <file for the answers>: what fish offers at the end of each line.
source $SOURCE/tools/gunyah/completion/gunyah.fish
while read -l line
    echo $line
    for word in (complete -C $line)
        echo \t(string split -f 1 \t -- $word)
    end
end <$argv[1] >$argv[2]
