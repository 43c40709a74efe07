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
		output		README.md shows what its commands for everybody print
		paths		every path in the documents is there
		names		every function and constant in the documents is there
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

# The console blocks of README.md that begin with "$ tools/tcpfsm" need neither
# the module nor root
output()
{
	local dir block status=0

	dir=$(mktemp -d)
	awk -v dir="$dir" '
		/^```/ { inside = !inside; blocks += inside; next }
		inside { print > (dir "/" blocks) }' README.md
	grep -lE '^\$ tools/tcpfsm ' "$dir"/* >"$dir/shown" ||
		{ echo "README.md has no such block"; status=1; }
	while read -r block; do
		bash -c "$(sed -n '1s/^\$ //p' "$block")" |
			diff <(tail -n +2 "$block") - || status=1
	done <"$dir/shown"
	rm -r "$dir"
	return $status
}

# is_there PATH: from here or from a folder that a document is about, or anywhere if
# it is a name without a folder
is_there()
{
	[ -e "$1" ] || [ -e "module/$1" ] || [ -e "Documentation/$1" ] ||
		[ -e "selftests/$1" ] || [ -e "selftests/net/$1" ] || {
		[ "$1" = "${1##*/}" ] &&
			find module tools selftests Documentation -name "$1" | grep -q .
	}
}

# Words that are files: by their folder, or by their suffix. Those that begin
# with tcp_ are the kernel's.
paths()
{
	local file path bad=0
	local folders='(module|core|track|edge|tools|selftests|Documentation)'

	for file in README.md CONTRIBUTING.md CHANGELOG.md MAINTAINERS Documentation/*.rst \
		selftests/README.md; do
		while read -r path; do
			is_there "$path" || { echo "$file: no $path"; bad=1; }
		done < <({
			grep -oE "(^|[^A-Za-z0-9_./-])$folders/[A-Za-z0-9_./-]*[A-Za-z0-9_/]" "$file"
			grep -oE '[A-Za-z0-9_./-]+\.([ch]|py|sh|rst|yaml|config)\b' "$file"
		} | grep -oE '[A-Za-z0-9_.].*' | grep -vE '^tcp_' | sort -u)
	done
	return $bad
}

# Also those of the kernel that a document names: a source uses or explains them
names()
{
	local sources name bad=0

	sources=$(find module tools selftests \
		\( -name '*.[ch]' -o -name '*.py' -o -name '*.sh' \) -exec cat {} +)
	while read -r name; do
		grep -qw "$name" <<<"$sources" || { echo "no $name in the sources"; bad=1; }
	done < <(grep -ohE '\b[A-Za-z_]+\(\)|\bTCPFSM_[A-Z_]+\b|\btcpfsm_[a-z_]+\b' \
		CONTRIBUTING.md Documentation/*.rst selftests/README.md | tr -d '()' | sort -u)
	return $bad
}

"${1:-list}"
