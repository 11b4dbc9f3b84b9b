# SPDX-License-Identifier: BSD-3-Clause
# Completion of gunyah and gunyah-emu for bash. What there is, the command itself says with --help.

# _gunyah_names LIST COMMAND...: the names in a list of a command's help
_gunyah_names() {
    "${@:2}" --help 2>/dev/null |
        awk -v list="$1:" '$0 == list { on = 1; next } /^[^ ]/ { on = 0 } on && /^  [^ ]/ { print $1 }'
}

# _gunyah_takes_argument OPTION COMMAND...
_gunyah_takes_argument() {
    "${@:2}" --help 2>/dev/null | grep -q -e "^  $1 [A-Z]"
}

# _gunyah_things KIND COMMAND: what can be explained
_gunyah_things() {
    case $1 in
    call | error | rm | ioctl | type) "$2" explain "$1" 2>/dev/null | awk '/^[a-z]/ { print $2 }' ;;
    *) echo call error rm ioctl type ;;
    esac
}

_gunyah_reply() {
    mapfile -t COMPREPLY < <(compgen "$@")
}

_gunyah() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local command=("${COMP_WORDS[0]}") i

    # The words that name the command are those in the lists of commands.
    for ((i = 1; i < COMP_CWORD; i++)); do
        _gunyah_names commands "${command[@]}" | grep -q -x -F -e "${COMP_WORDS[i]}" || break
        command+=("${COMP_WORDS[i]}")
    done
    if [[ $previous == --flavour ]]; then
        _gunyah_reply -W "$(_gunyah_names flavours "${command[@]}")" -- "$current"
    elif [[ $previous == --?* ]] && _gunyah_takes_argument "$previous" "${command[@]}"; then
        _gunyah_reply -f -- "$current"
    elif [[ $current == -* ]]; then
        _gunyah_reply -W "$(_gunyah_names options "${command[@]}")" -- "$current"
    elif [[ ${command[*]:1} == explain ]]; then
        _gunyah_reply -W "$(_gunyah_things "$previous" "${command[0]}")" -- "$current"
    elif [[ -n $(_gunyah_names commands "${command[@]}") ]]; then
        _gunyah_reply -W "$(_gunyah_names commands "${command[@]}")" -- "$current"
    elif [[ ${command[*]} == *emu ]]; then
        _gunyah_reply -c -f -- "$current"
    else
        _gunyah_reply -f -- "$current"
    fi
}

complete -o filenames -F _gunyah gunyah gunyah-emu
