#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The sources against the kernel's rules, and against our own. KTAP; the status
# is 0 when all is well.

# Each test is a function, called by its name
# shellcheck disable=SC2317
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$(dirname "$here")")
kernel=$top/selftests/vm/kernel.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$top" || exit 1

source_tree=$("$kernel" source) || exit 1
# Before the tests, in which what is said is a failure
for guest in 6.1 6.12 uml clang; do
	"$kernel" prepare "$guest" || exit 1
done

# What checkpatch does not understand: X-lists and the macros that make
# something of them, tracepoint headers, and the one file that is meant to read
# the kernel's version. types.h also serves user space.
ignored=BRACKET_SPACE,COMPLEX_MACRO,MACRO_ARG_REUSE,MACRO_ARG_UNUSED
ignored+=,MACRO_ARG_PRECEDENCE,OPEN_ENDED_LINE,LINE_SPACING,EMBEDDED_FILENAME
ignored+=,PREFER_KERNEL_TYPES,LINUX_VERSION_CODE,CONSTANT_COMPARISON
ignored+=,TRAILING_SEMICOLON
# User space has none of the kernel's helpers
ignored_user=$ignored,PREFER_DEFINED_ATTRIBUTE_MACRO,ARRAY_SIZE,STRCPY
ignored_user+=,CAMELCASE,PREFER_FALLTHROUGH,SYMBOLIC_PERMS,STRNCPY,STRLCPY
# The notation of the unit tests repeats states
ignored_user+=,REPEATED_WORD,SPLIT_STRING,EMBEDDED_FUNCTION_NAME,COMPARISON_TO_NULL
ignored_user+=,STATIC_CONST_CHAR_ARRAY,UNNECESSARY_PARENTHESES
ignored_user+=,USE_NEGATIVE_ERRNO,CONSIDER_KSTRTO,AVOID_EXTERNS,FUNCTION_ARGUMENTS

# The files that match, but for those that are generated. A pattern that matches
# nothing checks nothing: what is said on stderr fails the test.
ours()
{
	local pattern file found

	for pattern in "${@:-.}"; do
		found=
		while read -r file; do
			[ -e "$file" ] || continue
			found=1
			echo "$file"
		done < <(git ls-files -co --exclude-standard -- "$pattern" |
			grep -vE '^module/(edge/genl\.[ch]|uapi/)')
		[ -n "$found" ] || echo "no file matches $pattern" >&2
	done
}

checkpatch()
{
	local ignore=$1
	shift
	ours "$@" | xargs -r "$source_tree/scripts/checkpatch.pl" --no-tree \
		--strict --quiet --terse --show-types --ignore "$ignore" \
		--file | grep -v '^total:'
}

checkpatch_module()
{
	checkpatch "$ignored" 'module/*.[ch]' | grep -v '^module/edge/trace\.h:.*PARENTHESIS'
}

checkpatch_user()
{
	checkpatch "$ignored_user" 'tools/*.[ch]' 'selftests/*.[ch]'
}

# Of a build with every warning on, the lines that are one
build()
{
	local dir=$work/$1 kdir=$2
	shift 2

	mkdir -p "$dir"
	cp -r Kbuild module "$dir/"
	make -C "$kdir" M="$dir" W=1 KBUILD_MODPOST_WARN=1 "$@" modules \
		>"$dir/log" 2>&1 || tail -n 20 "$dir/log"
	grep -E '(warning|error):' "$dir/log"
	ls "$dir"/module/{core,track,edge}/*.o >/dev/null
}

build_gcc_6_1()		{ build gcc-6.1 "$("$kernel" kdir 6.1)"; }
build_gcc_6_12()	{ build gcc-6.12 "$("$kernel" kdir 6.12)"; }
build_gcc_uml()		{ build gcc-uml "$("$kernel" kdir uml)" ARCH=um; }
build_clang()		{ build clang "$("$kernel" kdir clang)" CC=clang; }

sparse()
{
	build sparse "$("$kernel" kdir clang)" CC=clang C=2
	grep -q '  CHECK ' "$work/sparse/log" || echo "sparse did not run"
}

tool()
{
	mkdir -p "$work/$1"
	cp -r tools module "$work/$1/"
	make -C "$work/$1/tools" clean >/dev/null
	make -C "$work/$1/tools" CC="$1" \
		CFLAGS="-O2 -Wall -Wextra -Wshadow -Werror" >/dev/null
	[ -x "$work/$1/tools/tcpfsm" ] || echo "no tool was built"
}

tool_gcc()	{ tool gcc; }
tool_clang()	{ tool clang; }

# Includes point downwards, and in no circle
layers()
{
	"$here/layers.py"
}

kernel_doc()
{
	ours 'module/*.[ch]' | xargs -r "$source_tree/scripts/kernel-doc" \
		-none -Wall 2>&1
}

genl()
{
	Documentation/netlink/genl.sh "$source_tree" check
}

specification_names()
{
	"$here/names.py" Documentation/netlink/specs/tcpfsm.yaml module/core/defs.h
}

shell_scripts()
{
	{
		ours '*.sh'
		echo .ci/run
		ours tools/tcpfsm.bash
	} | xargs -r shellcheck
}

python_sources()
{
	ours '*.py' | xargs -r /usr/bin/python3 -m pyflakes
}

licences()
{
	ours | grep -vE '(\.gitignore|COPYING|\.pcap|/settings|/config|/expected/.*)$' |
		xargs grep -L 'SPDX-License-Identifier' |
		sed 's/$/: no SPDX line/'
}

man_page()
{
	LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 \
		man --warnings -l tools/tcpfsm.8 >/dev/null
}

tests="checkpatch_module checkpatch_user build_gcc_6_1 build_gcc_6_12
	build_gcc_uml build_clang sparse tool_gcc tool_clang layers kernel_doc
	genl specification_names shell_scripts python_sources licences
	man_page"

# Silence is success
if [ $# -eq 0 ]; then
	# shellcheck disable=SC2086
	set -- $tests
fi
echo "TAP version 13"
echo "1..$#"
failed=0
number=0
for name in "$@"; do
	number=$((number + 1))
	output=$("$name" 2>&1)
	if [ -z "$output" ]; then
		echo "ok $number style $name"
	else
		echo "not ok $number style $name"
		echo "$output" | head -n 30 | sed 's/^/# /'
		failed=$((failed + 1))
	fi
done
exit $((failed != 0))
