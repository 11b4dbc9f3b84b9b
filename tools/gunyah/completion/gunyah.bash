# SPDX-License-Identifier: BSD-3-Clause
# Completion of gunyah and gunyah-emu for bash. What there is, the command itself says, by --complete (cli_complete.c).

_gunyah() {
    local current=${COMP_WORDS[COMP_CWORD]} last='' word list='' words=() kinds=() before=()

    # The shell takes "--name=value" apart, and completes what is behind the sign.
    for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
        if [[ $last == --?* && $word == = || $last == --?*= ]]; then
            words[${#words[@]} - 1]+=$word
            last+=$word
        else
            words+=("$word")
            last=$word
        fi
    done
    if [[ $current == = ]]; then
        current=
    elif [[ $current == --?*=* ]]; then
        before=(-P "${current%%=*}=")
        current=${current#*=}
    fi
    while IFS=$'\t' read -r word _; do
        case $word in
        :files) kinds+=(-f) ;;
        :folders) kinds+=(-d) ;;
        :programs) kinds+=(-c -f) ;;
        *) list+=$word$'\n' ;;
        esac
    done < <("${COMP_WORDS[0]/#\~/$HOME}" --complete "${words[@]}" 2>/dev/null)
    mapfile -t COMPREPLY < <(compgen "${kinds[@]}" -W "$list" "${before[@]}" -- "$current")
}

complete -o filenames -F _gunyah gunyah gunyah-emu
