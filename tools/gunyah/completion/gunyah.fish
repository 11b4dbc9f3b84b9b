# SPDX-License-Identifier: BSD-3-Clause
# Completion of gunyah and gunyah-emu for fish. What there is, the command itself says, by --complete (cli_complete.c).

function __gunyah_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l sign (string match -r -- '^--[^=]+=' $current)
    set -l place (string replace -r -- '^--[^=]+=' '' $current)

    type -q -- $words[1]; or return
    for line in ($words[1] --complete $words[2..] $current 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path $place | string replace -r -- '^' "$sign"
            case :folders
                __fish_complete_directories $place '' | string replace -r -- '^' "$sign"
            case :programs
                __fish_complete_command
            case '*'
                echo -- "$sign$line"
        end
    end
end

complete -c gunyah -f -a '(__gunyah_complete)'
complete -c gunyah-emu -f -a '(__gunyah_complete)'
