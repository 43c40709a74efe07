#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Sweeps over captures of genuine connections: segments are left out, exchanged and
# forged. TAP; needs neither the module nor root.
#
#	run.sh [OPTION]... [WORD]...		one of many forged segments: a minute
#	run.sh full [OPTION]... [WORD]...	all of them: minutes
#	run.sh fresh [OPTION]... [WORD]...	over captures made now, in a guest; numbers are
#						only shown, because they differ each time
#	run.sh capture				makes the captures that are committed again
#
#	WORD		only the lines "SWEEP, KIND" that have one of the words
#	-v		show the first failing variants, and write them to build/
#	-j JOBS		processes
#	--lower		write the measured numbers to reached.txt
#	--table		say why some variants are not compared with the whole
#
# TCPFSM_TOOL names the tool, if it is not where the Makefile puts it.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PYTHONDONTWRITEBYTECODE=1

# capture DIR: in a guest whose clock jumps over idle time
capture() {
	cd "$here/../.."
	selftests/vm/run.sh uml --time-travel -t 600 -o "$1" -- \
		selftests/sweep/capture.py >&2
	touch "$1"/captures.*
}

case ${1-} in
full)
	exec "$here/sweep.py" --full "${@:2}"
	;;
fresh)
	capture "$here/build/fresh"
	exec "$here/sweep.py" --captures "$here/build/fresh" "${@:2}"
	;;
capture)
	capture "$here/build/capture"
	cp "$here"/build/capture/captures.* "$here"
	;;
*)
	exec "$here/sweep.py" "$@"
	;;
esac
