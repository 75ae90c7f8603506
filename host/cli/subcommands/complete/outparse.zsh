#compdef outparse
# Completes command lines of outparse in zsh. The program itself says what fits; the arguments of the command that it runs are
# completed as zsh completes them.
_outparse() {
    local -a line answer values place
    local program=${(Q)words[1]} kind
    line=("${(@Q)words}")
    line[CURRENT]=${(Q)PREFIX}
    program=${program/#\~\//$HOME/}
    (( $+commands[$program] )) || [[ -x $program ]] || program=outparse
    answer=("${(@f)$(OUTPARSE_COMPLETE=$((CURRENT - 1)) $program "${line[@]}" 2>/dev/null)}")
    kind=$answer[1]
    shift answer

    case $kind in
        words|list)
            # A value and its meaning, as _describe wants them.
            values=("${(@)${(@)answer//:/\\:}/$'\t'/:}")
            if [[ $kind == list ]]; then
                _describe value values -S ''
            else
                _describe value values
            fi
            ;;
        files) _files ;;
        folders) _files -/ ;;
        programs) _command_names -e ;;
        command\ *)
            place=(${=kind})
            [[ -n $place[3] ]] && words[place[2]+1]=$place[3]
            words=("${(@)words[place[2]+1,-1]}")
            (( CURRENT -= place[2] ))
            _normal
            ;;
    esac
}

if [[ $funcstack[1] == _outparse ]]; then
    _outparse "$@"
else
    compdef _outparse outparse
fi
