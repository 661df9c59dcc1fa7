# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion for memhp(8). memhp itself knows the words: `memhp --complete WHAT`.

# Asks memhp, below the --sysroot that is already on the line; prints the words alone.
_memhp_words()
{
	"$memhp" "${root[@]}" --complete "$@" 2>/dev/null | cut -f 1
}

# Completes the last item of a comma list; the items before it stay.
_memhp_list()
{
	local before=""
	local item=$cur
	local word

	if [[ $cur == *,* ]]; then
		before=${cur%,*},
		item=${cur##*,}
	fi
	if [[ $before == "" && $item == +* ]]; then
		before=+
		item=${item#+}
	fi
	for word in "$@"; do
		[[ ${word,,} == "${item,,}"* ]] && COMPREPLY+=("$before$word")
	done
	compopt -o nospace 2>/dev/null
}

_memhp_value()
{
	local option=$1
	local words

	case $option in
	--sysroot | -s)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		compopt -o filenames 2>/dev/null
		return
		;;
	--svg)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		compopt -o filenames 2>/dev/null
		return
		;;
	--color) words="auto always never" ;;
	--summary) words="never always only" ;;
	--force)
		words="memory unmovable"
		[[ $command != probe ]] || words="address in-use"
		[[ $command != page ]] || words="kill"
		;;
	--online) words="default kernel movable" ;;
	--node) words=$(_memhp_words nodes) ;;
	--zone)
		if [[ $command == online ]]; then
			words="default kernel movable"
		else
			words=$(_memhp_words zones)
		fi
		;;
	--valid-zone) words=$(_memhp_words zones) ;;
	--state) words=$(_memhp_words states) ;;
	--device) words=$(_memhp_words devices) ;;
	--driver) words=$(_memhp_words drivers) ;;
	--output | -o) words=$(_memhp_words columns) ;;
	--split | -S) words="$(_memhp_words columns) none" ;;
	*) return ;;
	esac
	# shellcheck disable=SC2086 # words are split on purpose: none holds a blank
	_memhp_list $words
}

# The values of `policy set KEY`.
_memhp_policy_values()
{
	case $1 in
	auto-online) echo offline online kernel movable ;;
	online-policy) echo contig-zones auto-movable ;;
	auto-movable-numa-aware) echo on off ;;
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
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

# Does the option take its value from the next word?
_memhp_takes_value()
{
	case $1 in
	--sysroot | --color | --node | --zone | --valid-zone | --state | --device | --driver) return 0 ;;
	--output | --split | --size | --timeout | --wait | --svg | -o | -S | -s | -t) return 0 ;;
	--force) [[ $command == probe || $command == page ]] && return 0 ;;
	esac
	return 1
}

# Splits what stands before the cursor: $command, $operands, $root and the option whose value is due.
_memhp_scan()
{
	local i
	local word

	for ((i = 1; i < ${#line[@]}; i++)); do
		word=${line[i]}
		pending=""
		case $word in
		--sysroot=*) root=(--sysroot "${word#*=}") ;;
		-*)
			if _memhp_takes_value "$word"; then
				pending=$word
				((i + 1 < ${#line[@]})) || return
				[[ $word == --sysroot || $word == -s ]] && root=(--sysroot "${line[i + 1]}")
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
	local memhp=${COMP_WORDS[0]/#\~/$HOME}
	local cur=""
	local command=""
	local pending=""
	local root=()
	local operands=()
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
		mapfile -t COMPREPLY < <(compgen -W "$(_memhp_words options $command)" -- "$cur")
	elif [[ -z $command ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_memhp_words commands)" -- "$cur")
	elif [[ $command == policy ]]; then
		_memhp_policy
	elif [[ $command == devices ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_memhp_words devices)" -- "$cur")
	elif [[ $command == page ]]; then
		# shellcheck disable=SC2046 # verbs are split on purpose
		[[ ${#operands[@]} -gt 0 ]] || _memhp_list $(_memhp_words page-verbs)
	elif [[ $command != info && $command != probe ]]; then
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
