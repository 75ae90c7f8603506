# Completes command lines of outparse in bash. The program itself says what fits; the arguments of the command that it runs are
# completed by the package bash-completion, or without it as their own specifications say.
_outparse() {
    local -a words=() origin=()
    local i word joined='' cursor=0
    # Bash breaks words at `=` and `:`; for outparse they belong together.
    for ((i = 0; i < ${#COMP_WORDS[@]}; i++)); do
        word=${COMP_WORDS[i]}
        ((i == COMP_CWORD)) && [[ $word != [=:]* ]] && word=$2
        if ((i > 1)) && [[ -n $joined || ${COMP_WORDS[i]} == [=:]* ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
            origin+=("$i")
        fi
        joined=''
        [[ ${COMP_WORDS[i]} == [=:]* ]] && joined=yes
        ((i == COMP_CWORD)) && cursor=$((${#words[@]} - 1))
    done
    local current=$2
    [[ ${COMP_WORDS[COMP_CWORD]} == [=:]* ]] && current=''
    local program=${words[0]/#\~\//$HOME/} before=${words[cursor]%"$current"}
    type -P "$program" >/dev/null || program=outparse

    local kind='' value
    COMPREPLY=()
    {
        read -r kind
        while IFS=$'\t' read -r value _; do
            COMPREPLY+=("${value#"$before"}")
        done
    } < <(OUTPARSE_COMPLETE=$cursor "$program" "${words[@]}" 2>/dev/null)

    case $kind in
        list) compopt -o nospace 2>/dev/null ;;
        files) compopt -o default 2>/dev/null ;;
        folders) compopt -o dirnames 2>/dev/null ;;
        programs)
            if [[ $current == */* ]]; then
                compopt -o default 2>/dev/null
            else
                while read -r value; do COMPREPLY+=("$value"); done < <(compgen -c -- "$current" | sort -u)
            fi
            ;;
        command\ *)
            read -r _ i value <<<"$kind"
            i=${origin[i]}
            if [[ -n $value ]]; then
                # The command is not named beside its arguments: put its name there.
                COMP_WORDS[i]=$value
                COMP_LINE=${COMP_LINE/ -- / $value }
                ((COMP_POINT += ${#value} - 2))
            fi
            if declare -F _comp_command_offset >/dev/null; then
                _comp_command_offset "$i"
            elif declare -F _command_offset >/dev/null; then
                _command_offset "$i"
            else
                _outparse_command "$i" "$current"
            fi
            ;;
    esac
}

# Completes the command from a word on as its own specification says, if the package bash-completion is not there.
_outparse_command() {
    local current=$2 command spec function
    COMP_WORDS=("${COMP_WORDS[@]:$1}")
    ((COMP_CWORD -= $1))
    COMP_LINE="${COMP_WORDS[*]}"
    COMP_POINT=${#COMP_LINE}
    command=${COMP_WORDS[0]}
    spec=$(complete -p -- "$command" 2>/dev/null) || spec=$(complete -p -- "${command##*/}" 2>/dev/null)
    if [[ $spec == *' -F '* ]]; then
        function=${spec##* -F }
        "${function%% *}" "$command" "$current" "${COMP_WORDS[COMP_CWORD - 1]}"
    elif [[ -n $spec ]]; then
        # `complete` prints what `compgen` takes, quoted for the shell, and then the command.
        spec=${spec#complete }
        eval "mapfile -t COMPREPLY < <(compgen ${spec% *} -- \"\$current\" 2>/dev/null)"
    else
        compopt -o default 2>/dev/null
    fi
}
complete -F _outparse outparse
