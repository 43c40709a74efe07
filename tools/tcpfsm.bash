# SPDX-License-Identifier: GPL-2.0
# bash completion for tcpfsm; the tool itself tells the names of states and settings

_tcpfsm_states()
{
	tcpfsm help 2>/dev/null | sed -n '/^STATE/,/}/{s/^STATE *:= *//;s/[{|}]//g;p}'
}

_tcpfsm_anomalies()
{
	sed 's/ .*//' /proc/net/tcpfsm/anomalies 2>/dev/null
}

_tcpfsm_settings()
{
	tcpfsm "$@" settings 2>/dev/null | sed '1d;s/ .*//'
}

_tcpfsm_netns()
{
	ls /run/netns 2>/dev/null
}

# What may follow in a filter, after the word before.
_tcpfsm_filter()
{
	case $1 in
	state|client|server)
		_tcpfsm_states
		;;
	port|sport|dport)
		compgen -A service
		;;
	anomaly)
		_tcpfsm_anomalies
		;;
	src|dst|addr|id|count)
		;;
	*)
		echo state client server src dst addr sport dport port anomaly id and
		;;
	esac
}

_tcpfsm()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local commands='show stats timewait monitor ladder replay audit flush settings set help'
	local i command='' netns=() words=''

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-N|--netns)
			netns=(-N "${COMP_WORDS[++i]}")
			;;
		-*)
			;;
		*)
			command=${COMP_WORDS[i]}
			break
			;;
		esac
	done

	case $command in
	'')
		case $prev:$cur in
		-N:*|--netns:*)
			words=$(_tcpfsm_netns)
			;;
		*:-*)
			words='-4 -6 -j -p -n -r -s -N -V -h --ipv4 --ipv6 --json --pretty
				--numeric --resolve --statistics --netns --version --help'
			;;
		*)
			words=$commands
			;;
		esac
		;;
	m|mo|mon*)
		words=$(_tcpfsm_filter "$prev")
		[[ $((i + 1)) -eq $COMP_CWORD ]] && words+=' count'
		;;
	l|la|lad*)
		words=$(_tcpfsm_filter "$prev")
		[[ $prev == --format ]] && words='text mermaid svg'
		[[ $cur == -* ]] && words='--follow --ascii --format'
		;;
	r|re|rep*)
		words=$(_tcpfsm_filter "$prev")
		[[ $prev == --format ]] && words='text mermaid svg'
		[[ $cur == -* ]] &&
			words='--events --ladder --stats --ascii --format --history'
		[[ $prev == -* || $prev == replay ]] && words+=" $(compgen -f -- "$cur")"
		;;
	sh|sho|show|f*)
		words=$(_tcpfsm_filter "$prev")
		;;
	set)
		[[ $((i + 1)) -eq $COMP_CWORD ]] && words=$(_tcpfsm_settings "${netns[@]}")
		;;
	esac

	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _tcpfsm tcpfsm
