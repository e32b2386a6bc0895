#compdef ascli
# Completion of ascli for zsh: save it as _ascli in a folder of $fpath, or
#   source <(ascli config completion script zsh)

_ascli() {
  local -a typed whole open
  local answer entry before files=
  # What follows the cursor takes no part: PREFIX is the word up to it.
  typed=("${(@Q)words[2,CURRENT-1]}")
  ((CURRENT > 2)) || typed=()
  typed+=("${(Q)PREFIX}")
  for answer in "${(@f)$(ascli config completion words "${(@)typed/#/.}" 2>/dev/null)}"; do
    case $answer in
      *$'\t'*)
        # _describe parts text and description at the first plain colon.
        entry=${${${answer%%$'\t'*}//\\/\\\\}//:/\\:}
        [[ -n ${answer#*$'\t'} ]] && entry+=:${answer#*$'\t'}
        if [[ ${answer%%$'\t'*} == *[=:] ]]; then open+=("$entry"); else whole+=("$entry"); fi
        ;;
      ':files '*) files=yes before=${answer#:files } ;;
    esac
  done
  (($#whole)) && _describe -t words word whole
  (($#open)) && _describe -t beginnings beginning open -S ''
  if [[ -n $files ]]; then
    compset -p $#before
    _files
  fi
}

# Autoloaded, this file is the function's first call; sourced, it registers it.
if [[ $funcstack[1] == _ascli ]]; then
  _ascli "$@"
else
  compdef _ascli ascli
fi
