#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# bash.sh <file of lines> <file for the answers>: what bash offers at the end of each line. It takes words apart at "=", as at a prompt.
source "$SOURCE/tools/gunyah/completion/gunyah.bash"
while IFS= read -r line; do
    echo "$line"
    read -ra COMP_WORDS <<<"${line//=/ = }"
    [[ $line != *[\ =] ]] || COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _gunyah
    ((${#COMPREPLY[@]} == 0)) || printf '\t%s\n' "${COMPREPLY[@]}"
done <"$1" >"$2"
