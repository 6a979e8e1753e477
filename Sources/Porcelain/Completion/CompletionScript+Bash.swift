extension CompletionScript {
  /// Has bash complete words that hold blanks, quotes or signs at which bash tears words apart.
  ///
  /// The parser's script hands the offers to `compgen -W`, which expands them as a shell would: a
  /// model named `$(…)` would be run. It also takes the words as `COMP_WORDBREAKS` left them.
  static func takingWordsWhole(_ script: inout ShellScript, program: String) {
    func named(_ text: String) -> String { text.replacing("NAME", with: program) }
    script.replace(
      function: named("__NAME_cursor_index_in_current_word"), by: named(cursorInBash))
    script.replace(function: named("__NAME_add_completions"), by: named(offersInBash))
    script.replace(function: named("__NAME_custom_complete"), by: named(answersInBash))
    script.replace(
      named(#"__NAME_add_completions -W "$(__NAME_custom_complete"#),
      by: named(#"__NAME_offer "$(__NAME_custom_complete"#))
    script.replace(line: #"local -r cur="${2}""#, by: named(readingInBash))
    script.replace(line: #"local -r prev="${3}""#, by: "")
  }

  private static let cursorInBash = #"""
    __NAME_cursor_index_in_current_word() {
        printf %s "${#cur}"
    }
    """#

  /// `torn` is what bash has of the word already, before the part that it completes.
  private static let offersInBash = #"""
    __NAME_offer() {
        local candidate
        while IFS='' read -r candidate; do
            [[ -n "${candidate}" && "${candidate}" = "${cur}"* ]] && COMPREPLY+=("${candidate:${#torn}}")
        done <<<"${1}"
    }

    __NAME_add_completions() {
        __NAME_offer "$(IFS=$'\n' compgen "${@}" -- "${cur}")"
    }
    """#

  private static let answersInBash = #"""
    __NAME_custom_complete() {
        "${COMP_WORDS[0]}" "${@}" "${COMP_WORDS[@]}"
    }

    # Sets unquoted: a word without its quotes, of which the last may be open.
    __NAME_unquote() {
        local quote='' character
        local -i place
        unquoted=''
        for ((place = 0; place < ${#1}; place++)); do
            character="${1:place:1}"
            case "${quote}${character}" in
            \'\' | \"\") quote='' ;;
            \' | \") quote="${character}" ;;
            \\ | \"\\) ((++place)); unquoted+="${1:place:1}" ;;
            *) unquoted+="${character}" ;;
            esac
        done
    }

    # Sets words to the words up to the cursor, whole and without quotes; cur, prev and torn.
    __NAME_read_words() {
        local rest="${COMP_LINE:0:COMP_POINT}" gap piece unquoted
        local -a raw=()
        local -i place last=-1
        for ((place = 0; place <= COMP_CWORD; place++)); do
            gap="${rest%%[^[:space:]]*}"
            rest="${rest#"${gap}"}"
            piece="${COMP_WORDS[place]}"
            [[ "${place}" -eq "${COMP_CWORD}" ]] && piece="${rest}"
            rest="${rest#"${piece}"}"
            if [[ "${last}" -ge 0 && -z "${gap}" && ("${piece}" = [:=@]* || "${raw[last]}" = *[:=@]) ]]; then
                raw[last]+="${piece}"
                torn='yes'
            else
                raw[++last]="${piece}"
                torn=''
            fi
        done
        words=()
        for piece in "${raw[@]}"; do
            __NAME_unquote "${piece}"
            words+=("${unquoted}")
        done
        if [[ -n "${torn}" ]]; then
            __NAME_unquote "${raw[last]%"${1}"}"
            torn="${unquoted}"
        fi
        # An option and its value are two words.
        if [[ "${words[last]}" = --*=* ]]; then
            piece="${words[last]%%=*}"
            words[last + 1]="${words[last]#*=}"
            words[last]="${piece}"
            torn="${torn#"${piece}="}"
            ((++last))
        fi
        cur="${words[last]}"
        [[ "${last}" -gt 0 ]] && prev="${words[last - 1]}"
    }
    """#

  private static let readingInBash = #"""
        local cur='' prev='' torn=''
        local -a words=()
        __NAME_read_words "${2}"
        local -a COMP_WORDS=("${words[@]}")
        local -i COMP_CWORD="$((${#words[@]} - 1))"
    """#
}
