#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Copies sources to a build directory, because kernels before 6.13 put the objects
# beside the sources. Sources that were removed are removed there, too: Kbuild
# builds all that are in the folders. Objects stay.
#
#   mirror.sh DIR SOURCE...

set -euo pipefail

dir=$1
shift
mkdir -p "$dir"
for source in "$@"; do
	copy=$dir/${source##*/}
	[[ -d $copy ]] || continue
	(cd "$dir" && find "${source##*/}" -name '*.[ch]') |
		while read -r file; do
			[[ -e ${source%/*}/$file ]] || rm "$dir/$file"
		done
done
cp -ru "$@" "$dir/"
