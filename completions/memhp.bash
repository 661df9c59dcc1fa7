# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion for memhp(8). memhp itself knows the words: `memhp --complete WHAT`.

# Prints a word as the shell would hand it over: its ~ and quotes resolved. What $ and ` would do is not done.
_memhp_resolve()
{
	local word=$1
	local home=""

	if [[ $word =~ ^~[A-Za-z0-9_.-]* ]]; then
		word=${word#"${BASH_REMATCH[0]}"}
		eval "home=${BASH_REMATCH[0]}"
	fi
	if [[ $word == *[\\\"\']* ]]; then
		word=$(xargs printf %s <<<"$word" 2>/dev/null) || word=$1
	fi
	printf '%s\n' "$home$word"
}

# Asks memhp, which finds the --sysroot in what stands before the cursor; prints the words alone.
_memhp_words()
{
	"$memhp" --complete "$@" -- "${before[@]}" 2>/dev/null | cut -f 1
}

# Completes one of the words.
_memhp_word()
{
	mapfile -t COMPREPLY < <(compgen -W "$*" -- "$cur")
}

# Completes the last item of a comma list; the items before it stay.
_memhp_list()
{
	local kept=""
	local item=$cur
	local word

	if [[ $cur == *,* ]]; then
		kept=${cur%,*},
		item=${cur##*,}
	fi
	if [[ $kept == "" && $item == +* ]]; then
		kept=+
		item=${item#+}
	fi
	for word in "$@"; do
		[[ ${word,,} == "${item,,}"* ]] && COMPREPLY+=("$kept$word")
	done
	compopt -o nospace 2>/dev/null
}

# shellcheck disable=SC2046 # words are split on purpose: none holds a blank
_memhp_value()
{
	case $1 in
	--sysroot | -s)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		compopt -o filenames 2>/dev/null
		;;
	--svg | --trace)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		compopt -o filenames 2>/dev/null
		;;
	--color) _memhp_word auto always never ;;
	--summary) _memhp_word never always only ;;
	--force)
		case $command in
		probe) _memhp_word address in-use ;;
		page) _memhp_word kill ;;
		*) _memhp_word memory unmovable ;;
		esac
		;;
	--online) _memhp_word default kernel movable ;;
	--node) _memhp_list $(_memhp_words nodes) ;;
	--zone)
		if [[ $command == online ]]; then
			_memhp_word default kernel movable
		else
			_memhp_list $(_memhp_words zones)
		fi
		;;
	--valid-zone) _memhp_list $(_memhp_words zones) ;;
	--state)
		if [[ $command == wait ]]; then
			_memhp_word $(_memhp_words states)
		else
			_memhp_list $(_memhp_words states)
		fi
		;;
	--device)
		if [[ $command == probe ]]; then
			_memhp_word $(_memhp_words addable-devices)
		else
			_memhp_list $(_memhp_words devices)
		fi
		;;
	--driver) _memhp_list $(_memhp_words drivers) ;;
	--output | -o)
		if [[ $command == metrics ]]; then
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			compopt -o filenames 2>/dev/null
		else
			_memhp_list $(_memhp_words columns)
		fi
		;;
	--split | -S) _memhp_list $(_memhp_words columns) none ;;
	esac
}

# The values of `policy set KEY`.
_memhp_policy_values()
{
	case $1 in
	auto-online) echo offline online kernel movable ;;
	online-policy) echo contig-zones auto-movable ;;
	auto-movable-numa-aware | movable-gigantic-pages) echo on off ;;
	esac
}

_memhp_policy()
{
	local words=""

	case ${#operands[@]} in
	0) words="set unpersist" ;;
	1) [[ ${operands[0]} == set ]] && words=$(_memhp_words policy-keys) ;;
	2) [[ ${operands[0]} == set ]] && words=$(_memhp_policy_values "${operands[1]}") ;;
	esac
	_memhp_word "$words"
}

# Does the option take its value from the next word?
_memhp_takes_value()
{
	case $1 in
	--sysroot | --color | --node | --zone | --valid-zone | --state | --device | --driver) return 0 ;;
	--output | --split | --size | --timeout | --wait | --svg | -o | -S | -s | -t) return 0 ;;
	--count | --for | --exec | --exec-timeout) return 0 ;;
	--force) [[ $command == probe || $command == page ]] && return 0 ;;
	esac
	[[ $1 =~ ^-[abhnrJP]+[oSst]$ ]]
}

# Splits what stands before the cursor: $command, $operands and the option whose value is due.
_memhp_scan()
{
	local i
	local word

	for ((i = 1; i < ${#line[@]}; i++)); do
		word=${line[i]}
		pending=""
		case $word in
		-*)
			if _memhp_takes_value "$word"; then
				pending=$word
				[[ $word == --* ]] || pending=-${word: -1}
				((i + 1 < ${#line[@]})) || return
				pending=""
				((i++))
			fi
			;;
		*)
			if [[ -z $command ]]; then
				command=$word
			else
				operands+=("$word")
			fi
			;;
		esac
	done
}

_memhp()
{
	local memhp
	local cur=""
	local command=""
	local pending=""
	local operands=()
	local before=()
	local line=("${COMP_WORDS[0]}")
	local i

	# readline breaks words at "=" and ":": put --option=value and device names together again
	for ((i = 1; i <= COMP_CWORD; i++)); do
		if ((i > 1)) && [[ ${COMP_WORDS[i]} == : || ${COMP_WORDS[i - 1]} == : ]] ||
			[[ ${COMP_WORDS[i]} == "=" && ${line[-1]} == --* ]] ||
			[[ ${COMP_WORDS[i - 1]} == "=" && ${line[-1]} == --*= ]]; then
			line[-1]+=${COMP_WORDS[i]}
		else
			line+=("${COMP_WORDS[i]}")
		fi
	done
	cur=${line[-1]}
	unset 'line[-1]'
	memhp=$(_memhp_resolve "${line[0]}")
	for ((i = 1; i < ${#line[@]}; i++)); do
		before+=("$(_memhp_resolve "${line[i]}")")
	done

	COMPREPLY=()
	_memhp_scan
	if [[ -n $pending ]]; then
		_memhp_value "$pending"
	elif [[ $cur == --*=* ]]; then
		local option=${cur%%=*}
		cur=${cur#*=}
		_memhp_value "$option"
		# where "=" breaks words, readline replaces only what follows it
		[[ $COMP_WORDBREAKS == *"="* ]] || COMPREPLY=("${COMPREPLY[@]/#/$option=}")
	elif [[ $cur == -* ]]; then
		# shellcheck disable=SC2086 # no command yet: the global options
		_memhp_word "$(_memhp_words options $command)"
	elif [[ -z $command ]] || [[ $command == help && ${#operands[@]} -eq 0 ]]; then
		_memhp_word "$(_memhp_words commands)"
	elif [[ $command == policy ]]; then
		_memhp_policy
	elif [[ $command == devices ]]; then
		_memhp_word "$(_memhp_words devices)"
	elif [[ $command == page ]]; then
		[[ ${#operands[@]} -gt 0 ]] || _memhp_word "$(_memhp_words page-verbs)"
	elif [[ $command != info && $command != metrics && $command != probe && $command != help ]]; then
		# shellcheck disable=SC2046 # block ids are split on purpose
		_memhp_list $(_memhp_words blocks) all
	fi

	# readline replaces only what follows the last ":" that it breaks at
	if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
		local kept=${cur%"${cur##*:}"}
		COMPREPLY=("${COMPREPLY[@]#"$kept"}")
	fi
}

complete -F _memhp memhp
