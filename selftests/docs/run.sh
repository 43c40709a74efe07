#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Checks the documents: that generated parts are up to date (the tables in fsm.rst
# and anomalies.rst, the layout in performance.rst), that the commands of console
# blocks work in a guest, and that the paths in README.md exist. KTAP.

set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$(dirname "$here")")
cd "$top" || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0 failed=0

result()
{
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number docs $2"
	else
		echo "not ok $number docs $2"
		sed 's/^/# /' "$work/log"
		failed=1
	fi
}

# made_part FILE: the generated part of a document, between its two marks
made_part()
{
	sed '1,/^\.\. made by/d;/^\.\. end of what/,$d' "$1" | sed '$d'
}

fsm_table()
{
	gcc -Imodule -o "$work/fsm_table" "$here/fsm_table.c" module/core/fsm.c &&
		"$work/fsm_table" >"$work/made" &&
		made_part Documentation/fsm.rst | diff - "$work/made"
}

catalogue()
{
	gcc -Imodule -o "$work/catalogue" "$here/catalogue.c" &&
		"$work/catalogue" rst >"$work/made" &&
		made_part Documentation/anomalies.rst | diff - "$work/made"
}

# The layout of an entry, built for a stock kernel
layout()
{
	printf '\n::\n\n' >"$work/made"
	pahole -C tcpfsm_flow,tcpfsm_conn,tcpfsm_end build/6.12/tcpfsm.ko |
		expand | sed '/./s/^/    /' >>"$work/made" &&
		made_part Documentation/performance.rst | diff - "$work/made"
}

# Every command in a console block that a reader may copy: "# tcpfsm ...", "# cat ..."
commands()
{
	sed -nE 's/^ *# ((tcpfsm|cat|grep|sysctl) .*)/\1/p' README.md \
		Documentation/*.rst | sort -u
}

links()
{
	local path bad=0

	while read -r path; do
		[ -e "$path" ] || { echo "README.md: no $path"; bad=1; }
	done < <(grep -oE '\]\([A-Za-z][^):]*\)' README.md | tr -d '()]')
	return $bad
}

echo "TAP version 13"
commands >"$work/commands"
"$here/facts.sh" >"$work/facts"
echo "1..$((4 + $(cat "$work/facts" "$work/commands" | wc -l)))"
fsm_table >"$work/log" 2>&1
result $? "fsm.rst has the table of fsm.c"
catalogue >"$work/log" 2>&1
result $? "anomalies.rst has the catalogue of defs.h"
layout >"$work/log" 2>&1
result $? "performance.rst has the layout of an entry"
links >"$work/log" 2>&1
result $? "README.md points to what there is"
while read -r name title; do
	"$here/facts.sh" "$name" >"$work/log" 2>&1
	result $? "$title"
done <"$work/facts"
cp "$work/commands" build/docs-commands
selftests/vm/run.sh uml -t 120 -- selftests/docs/guest.sh build/docs-commands \
	>"$work/guest" 2>&1
while IFS= read -r command; do
	grep -F "$command: " "$work/guest" >"$work/log"
	grep -qF "$command: status 0" "$work/guest"
	result $? "$command"
done <"$work/commands"
exit $failed
