# Completes command lines of outparse in fish. The program itself says what fits; the arguments of the command that it runs are
# completed as fish completes them.
function __outparse_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    # Fish says nothing about what follows the cursor.
    set -l answer (OUTPARSE_COMPLETE=(count $words) $words[1] $words "$current" 2>/dev/null)
    set -l kind (string split ' ' -- $answer[1])
    switch "$kind[1]"
        case words list
            string join \n -- $answer[2..-1]
        case files
            __fish_complete_path $current
        case folders
            __fish_complete_directories $current
        case programs
            complete --do-complete=$current
        case command
            set -l command $words[(math $kind[2] + 1)..-1]
            set -q kind[3] && set command[1] $kind[3]
            complete --do-complete=(string join ' ' -- (string escape -- $command) $current | string collect)
    end
end
complete --command outparse --no-files --keep-order --arguments '(__outparse_complete)'
