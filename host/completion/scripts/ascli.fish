# Completion of ascli for fish 3 and later:
#   ascli config completion script fish | source

function __ascli_complete
    set -l typed (commandline -opc)
    set -e typed[1]
    set -l word (commandline -ct)
    # A quote that is still open is closed for the moment.
    for close in '' "'" '"'
        set -l plain (string unescape -- "$word$close")
        and set word "$plain"
        and break
    end
    for answer in (ascli config completion words .$typed ".$word" 2>/dev/null)
        if string match -q -- '*'\t'*' $answer
            printf '%s\n' $answer
        else if set -l before (string replace -f -r -- '^:files ' '' $answer)
            set -l path (string sub -s (math (string length -- "$before") + 1) -- "$word")
            for file in (complete -C "'' "(string escape -- "$path"))
                printf '%s\n' "$before$file"
            end
        end
    end
end

complete -c ascli -f -a '(__ascli_complete)'
