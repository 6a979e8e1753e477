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

  /// `torn` is what bash has of the word already, before the part that it completes. What a shell
  /// would run or expand is quoted; in quotes that are open it can't be, so it is not offered.
  private static let offersInBash = #"""
    __NAME_offer() {
        local candidate rest
        compopt +o filenames 2>/dev/null
        while IFS='' read -r candidate; do
            [[ -n "${candidate}" && "${candidate}" = "${cur}"* ]] || continue
            [[ "${candidate}" = */ ]] && compopt -o nospace 2>/dev/null
            rest="${candidate:${#torn}}"
            case "${word_quote}${rest}" in
            \'*) [[ "${rest}" = *\'* ]] && continue ;;
            \"*) [[ "${rest}" = *[\"\$\`\\!]* ]] && continue ;;
            '') ;;
            \~*) printf -v rest '~%q' "${rest:1}" ;;
            *) printf -v rest '%q' "${rest}" ;;
            esac
            COMPREPLY+=("${rest}")
        done <<<"${1}"
    }

    __NAME_add_completions() {
        local found candidate
        found="$(IFS=$'\n' compgen "${@}" -- "${cur}")"
        [[ "${1}" = -[df] ]] || { __NAME_offer "${found}"; return; }
        while IFS='' read -r candidate; do
            [[ -d "${candidate}" ]] && candidate+='/'
            __NAME_offer "${candidate}"
        done <<<"${found}"
    }
    """#

  private static let answersInBash = #"""
    __NAME_custom_complete() {
        "${COMP_WORDS[0]}" "${@}" "${COMP_WORDS[@]}"
    }

    # Sets unquoted: a word without its quotes, of which the last may be open, as open_quote tells.
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
        open_quote="${quote}"
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
        word_quote="${open_quote}"
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
        local cur='' prev='' torn='' open_quote='' word_quote=''
        local -a words=()
        __NAME_read_words "${2}"
        local -a COMP_WORDS=("${words[@]}")
        local -i COMP_CWORD="$((${#words[@]} - 1))"
    """#
}
