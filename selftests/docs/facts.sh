#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the documents say that can be checked without a guest.
#
#	facts.sh		the names of the checks, each with what it is about
#	facts.sh NAME		one of them: says what is wrong, and then fails

set -uo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$top" || exit 1

list()
{
	cat <<-END
		version		the version is the same everywhere
		picture		ladder.svg is what the tool draws of ladder.pcap
	END
}

# The version is changed in version.h; these name it as well
versions()
{
	echo "tools/tcpfsm -V:$(tools/tcpfsm -V | sed 's/^tcpfsm //')"
	echo "build/6.12/tcpfsm.ko:$(/sbin/modinfo -F version build/6.12/tcpfsm.ko)"
	echo "tools/tcpfsm.8:$(sed -nE 's/^\.TH .*"tcpfsm (.*)" .*/\1/p' tools/tcpfsm.8)"
	echo "CHANGELOG.md:$(sed -nE 's/^## \[(.*)\].*/\1/p' CHANGELOG.md | head -n 1)"
}

version()
{
	local version where said wrong=0

	version=$(sed -nE 's/^#define TCPFSM_VERSION\s+"(.*)"/\1/p' module/core/version.h)
	while IFS=: read -r where said; do
		[ "$said" = "$version" ] && continue
		echo "$where says '$said', module/core/version.h '$version'"
		wrong=1
	done < <(versions)
	return $wrong
}

# The first line is the licence's
picture()
{
	tools/tcpfsm -n replay --ladder --format svg Documentation/ladder.pcap |
		diff <(tail -n +2 Documentation/ladder.svg) -
}

"${1:-list}"
