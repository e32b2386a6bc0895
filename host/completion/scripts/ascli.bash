# Completion of ascli for bash 3.2 and later:
#   source <(ascli config completion script bash)

# Splits the line before the cursor as bash does, expanding nothing. It sets the
# caller's variables: words, each with a "." in front; quote, the one that is
# still open; start, the place within the last word from which on readline
# replaces it: after its last break, such as "=" or ":".
_ascli_split() {
  local line=$1 char i word=''
  words=() quote='' start=0
  for ((i = 0; i < ${#line}; i++)); do
    char=${line:i:1}
    if [[ -z $quote && $char == [[:space:]] ]]; then
      [[ -n $word ]] && words+=("$word")
      word='' start=0
      continue
    fi
    word=${word:-.}
    if [[ -z $quote && $char == [\'\"] ]]; then
      quote=$char start=$((${#word} - 1))
    elif [[ $char == "$quote" ]]; then
      quote=''
    elif [[ $char == \\ && $quote != \' && (-z $quote || ${line:i+1:1} == [\"\\\$\`]) ]]; then
      word+=${line: ++i:1}
    else
      if [[ -z $quote && $COMP_WORDBREAKS == *"$char"* ]]; then
        # Readline replaces what is behind a break, but "@" and "$" as well.
        start=${#word}
        [[ $char == [@$] ]] && ((start--))
      fi
      word+=$char
    fi
  done
  words+=("${word:-.}")
}

# Adds a candidate, without the part of the word that readline keeps.
_ascli_offer() {
  local text=${1:start}
  if [[ -z $quote ]]; then
    printf -v text %q "$text"
    [[ $1 == *[=:] ]] || text+=' '
  fi
  COMPREPLY+=("$text")
}

# Adds the files that the path at the end of the word may mean.
_ascli_offer_files() {
  local before=$1 word=${words[${#words[@]} - 1]#.} path
  # Before bash 4 there is no compopt, but this call has its effect.
  compopt -o filenames +o nospace 2>/dev/null || compgen -f /no/such/folder/ >/dev/null
  while IFS= read -r path; do
    path=$before$path
    COMPREPLY+=("${path:start}")
  done < <(compgen -f -- "${word:${#before}}")
}

_ascli() {
  local -a words
  local quote start answer
  _ascli_split "${COMP_LINE:0:COMP_POINT}"
  COMPREPLY=()
  while IFS= read -r answer; do
    case $answer in
      *$'\t'*) _ascli_offer "${answer%%$'\t'*}" ;;
      ':files '*) _ascli_offer_files "${answer#:files }" ;;
    esac
  done < <(ascli config completion words "${words[@]:1}" 2>/dev/null)
}

# The blank after a whole word is part of the candidate: after "=" there is none.
complete -o nospace -F _ascli ascli
