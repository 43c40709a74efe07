#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Kernels for the guests of run.sh.
#
#   kernel.sh prepare GUEST	fetch or build what GUEST needs
#   kernel.sh kdir GUEST	print the directory to build modules against
#   kernel.sh image GUEST	print the kernel image
#   kernel.sh modules GUEST	print the guest's /lib/modules/RELEASE
#   kernel.sh initrd GUEST	print the initial RAM disk (none for UML)
#   kernel.sh source		print the directory of the kernel's source
#
# GUEST is 6.1 or 6.12 (Debian's cloud kernels) or uml or uml-debug (User Mode
# Linux); or clang, a kernel that is not booted but configured for clang, to compile
# modules with it. All commands prepare the guest first if needed, with messages on
# the standard error.

set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${TCPFSM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tcpfsm}
source_package=linux-source-6.12
# Part of every cache key: increase it when a recipe below is changed.
recipe=1

die() {
	echo "kernel.sh: $*" >&2
	exit 1
}

say() {
	echo "kernel.sh: $*" >&2
}

# make_once TARGET FUNCTION [ARG...]: FUNCTION fills a temporary directory, its last
# argument, which is renamed to TARGET when it is complete. If two processes want
# the same TARGET, the second waits.
make_once() {
	local target=$1 temp
	shift

	[[ ! -d $target ]] || return 0
	mkdir -p "$cache"
	(
		exec 9>"$target.lock"
		flock 9
		[[ ! -d $target ]] || exit 0
		temp=$target.tmp
		rm -rf "$temp"
		mkdir "$temp"
		"$@" "$temp"
		mv -T "$temp" "$target"
	)
}

# quietly LOG COMMAND...: show the output only if the command fails.
quietly() {
	local log=$1
	shift

	"$@" >"$log" 2>&1 </dev/null || {
		tail -n 30 "$log" >&2
		die "failed: $*"
	}
}

# --- User Mode Linux --------------------------------------------------------

source_version() {
	dpkg-query -W -f '${Version}' "$source_package" 2>/dev/null ||
		die "$source_package is not installed (see deps.sh)"
}

fragments() {
	echo "$here/uml.config"
	[[ $1 != uml-debug ]] || echo "$here/uml-debug.config"
}

uml_fragment() {
	local files

	mapfile -t files < <(fragments "$1")
	cat "${files[@]}"
}

clang_dir() {
	local key

	key=$({
		echo "$recipe $(source_version) $(clang --version | head -n 1)"
		cat "$here/../style/clang.config"
	} | sha256sum)
	echo "$cache/clang-${key:0:16}"
}

build_clang() {
	local src=$1 out=$2 make

	make=(make -C "$src" "O=$out" CC=clang)
	say "preparing a kernel for clang"
	quietly "$out/log" "${make[@]}" allnoconfig \
		KCONFIG_ALLCONFIG="$(readlink -f "$here/../style/clang.config")"
	quietly "$out/log" "${make[@]}" -j"$(nproc)" modules_prepare
	touch "$out/Module.symvers"
}

prepare_clang() {
	local src

	src=$(source_dir)
	make_once "$src" unpack_source
	make_once "$(clang_dir)" build_clang "$src"
}

# The compiler is part of the key: modules must be built with that of the kernel.
uml_dir() {
	local key

	key=$({
		echo "$recipe $(source_version) $(gcc -dumpfullversion)"
		uml_fragment "$1"
	} | sha256sum)
	echo "$cache/$1-${key:0:16}"
}

source_dir() {
	echo "$cache/$source_package-$(source_version)-$recipe"
}

# Kconfig reads the whole tree, so only sources that no UML build compiles are left
# out: half of the tree.
unpack_source() {
	say "unpacking $source_package"
	tar -C "$1" -xf "/usr/src/$source_package.tar.xz" --strip-components=1 \
		--exclude='*.rst' --exclude='*.dts*' --exclude='*.svg' \
		--exclude='*/drivers/gpu/*.[ch]' \
		--exclude='*/drivers/net/ethernet/*.[ch]' \
		--exclude='*/drivers/net/wireless/*.[ch]' \
		--exclude='*/drivers/media/*.[ch]' \
		--exclude='*/drivers/scsi/*.[ch]' \
		--exclude='*/tools/testing/*' \
		--exclude="$source_package/sound/*.c"
	# Of the kernel's selftests only what net/Makefile includes
	tar -C "$1" -xf "/usr/src/$source_package.tar.xz" --strip-components=1 \
		"$source_package/tools/testing/selftests/lib.mk" \
		"$source_package/tools/testing/selftests/kselftest"
}

# Kconfig drops options silently, so check that all of the fragments are set.
check_config() {
	local line lost=0

	while read -r line; do
		grep -qxF -- "$line" "$2/.config" || {
			say "$1: $line did not take effect"
			lost=1
		}
	done < <(uml_fragment "$1" | grep '^CONFIG_')
	((!lost)) || die "$1: incomplete configuration"
}

# Modules need the generated headers, Module.symvers and the programs below
# scripts/. The objects are not needed, and are most of the build.
prune_build() {
	find "$1" -path "$1/scripts" -prune -o -path "$1/modules" -prune -o \
		\( -name '*.o' -o -name '*.ko' -o -name '*.a' -o -name '*.cmd' \
		-o -name 'vmlinux*' -o -name '.tmp_vmlinux*' \) -type f \
		-exec rm -f {} +
}

build_uml() {
	local guest=$1 src=$2 out=$3 make release

	make=(make -C "$src" "O=$out" ARCH=um)
	uml_fragment "$guest" >"$out/fragment"
	say "building the $guest kernel, which takes some minutes"
	quietly "$out/log" "${make[@]}" KCONFIG_ALLCONFIG="$out/fragment" \
		allnoconfig
	check_config "$guest" "$out"
	quietly "$out/log" "${make[@]}" -j"$(nproc)" linux modules
	quietly "$out/log" "${make[@]}" INSTALL_MOD_PATH="$out/modules" \
		modules_install
	release=$(<"$out/include/config/kernel.release")
	# Both links have the name of the directory before it is renamed.
	rm -f "$out/modules/lib/modules/$release"/{build,source}
	ln -s "modules/lib/modules/$release" "$out/moddir"
	prune_build "$out"
}

prepare_uml() {
	local src

	src=$(source_dir)
	make_once "$src" unpack_source
	make_once "$(uml_dir "$1")" build_uml "$1" "$src"
}

# --- Debian's kernels -------------------------------------------------------

meta_package() {
	case $1 in
	6.1) echo linux-image-cloud-amd64 ;;
	6.12) echo linux-image-6.12-cloud-amd64 ;;
	esac
}

# depends PACKAGE REGEX: the dependencies of PACKAGE that match, as "name=version".
depends() {
	apt-cache show --no-all-versions "$1" 2>/dev/null |
		sed -n 's/^Depends: //p' | tr ',' '\n' |
		sed -nE "s/^ *($2) \\(= ([^)]*)\\).*/\\1=\\3/p"
}

# The four packages of one kernel version. The meta package gives the image, and the
# release of the image gives the others, so that headers and image are of one
# version even if the archive has a newer one.
resolve_packages() {
	local image release version name

	image=$(depends "$(meta_package "$1")" \
		"linux-image-([0-9].*-cloud-amd64)")
	[[ $image ]] || return 1
	release=${image%%=*}
	release=${release#linux-image-}
	version=${image#*=}
	echo "$image"
	echo "linux-headers-$release=$version"
	apt-cache show "linux-headers-$release=$version" |
		sed -n 's/^Depends: //p' | tr ',' '\n' |
		sed -nE 's/^ *(linux-(kbuild|headers)-[^ ]*).*/\1/p' |
		while read -r name; do
			echo "$name=$version"
		done
}

# Debian's headers have absolute paths below /usr/src.
relocate_headers() {
	sed -i "s#/usr/src/#$2/usr/src/#g" "$1"/usr/src/linux-headers-*/Makefile
}

# If the package lists are outdated or missing, update them and try again.
fetch_packages() {
	local guest=$1 out=$2 packages

	mapfile -t packages < <(resolve_packages "$guest")
	((${#packages[@]} >= 4)) || return 1
	printf '%s\n' "${packages[@]}" >"$out/packages"
	say "fetching ${packages[0]}"
	rm -rf "$out/debs"
	mkdir "$out/debs"
	cd "$out/debs" || return 1
	apt-get -o APT::Sandbox::User=root download "${packages[@]}" \
		>"$out/log" 2>&1 </dev/null
}

unpack_debian() {
	local guest=$1 target=$2 out=$3 packages package release dir

	(fetch_packages "$guest" "$out") || {
		quietly "$out/log" apt-get update
		(fetch_packages "$guest" "$out") || {
			tail -n 5 "$out/log" >&2
			die "cannot fetch the kernel of $guest"
		}
	}
	mapfile -t packages <"$out/packages"
	for package in "$out/debs"/*.deb; do
		dpkg -x "$package" "$out"
	done
	rm -r "$out/debs"
	release=${packages[0]%%=*}
	release=${release#linux-image-}
	relocate_headers "$out" "$target"
	depmod -b "$out" "$release"
	ln -s "boot/vmlinuz-$release" "$out/image"
	ln -s "usr/src/linux-headers-$release" "$out/kdir"
	for dir in lib usr/lib; do
		[[ ! -d $out/$dir/modules/$release ]] ||
			ln -s "$dir/modules/$release" "$out/moddir"
	done
	[[ -d $out/moddir && -f $out/image && -f $out/kdir/Module.symvers ]] ||
		die "unexpected layout of Debian's packages"
}

# copy_module FILE DIR N: N is the order of loading.
copy_module() {
	local name=${1##*/}

	name=$2/$(printf %03d "$3")-${name%%.ko*}.ko
	case $1 in
	*.xz) xz -dc "$1" >"$name" ;;
	*.zst) zstd -qdc "$1" >"$name" ;;
	*) cp "$1" "$name" ;;
	esac
}

# The initial RAM disk: the modules that the root file system needs, and initrd.c.
build_initrd() {
	local debian=$1 out=$2 root=$2/root module path release n=0

	release=$(readlink "$debian/moddir")
	release=${release##*/}
	mkdir -p "$root"/{dev,host,modules}
	gcc -static -Os -Wall -Werror -s -o "$root/init" "$here/initrd.c" ||
		die "cannot build the initial RAM disk"
	for module in virtio_pci virtio_console virtiofs overlay; do
		modprobe -d "$debian" -S "$release" --show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$out/insmod"
	while read -r path; do
		copy_module "$path" "$root/modules" $((++n))
	done <"$out/insmod"
	(cd "$root" && find . | cpio -o -H newc --quiet) >"$out/initrd"
	rm -r "$root"
}

# Versions are resolved once. For a newer kernel remove the directory.
debian_dir() {
	echo "$cache/debian-$1-$recipe"
}

initrd_dir() {
	local key

	key=$(cat "$here/initrd.c" "$(debian_dir "$1")/packages" | sha256sum)
	echo "$cache/initrd-$1-${key:0:16}"
}

prepare_debian() {
	local dir

	dir=$(debian_dir "$1")
	make_once "$dir" unpack_debian "$1" "$dir"
	make_once "$(initrd_dir "$1")" build_initrd "$dir"
}

# ----------------------------------------------------------------------------

guest_dir() {
	case $1 in
	6.1 | 6.12) debian_dir "$1" ;;
	clang) clang_dir ;;
	*) uml_dir "$1" ;;
	esac
}

prepare() {
	case $1 in
	6.1 | 6.12) prepare_debian "$1" ;;
	clang) prepare_clang ;;
	*) prepare_uml "$1" ;;
	esac
}

usage() {
	sed -n '4,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
	exit 2
}

main() {
	local dir

	if [[ $* == source ]]; then
		make_once "$(source_dir)" unpack_source >&2
		source_dir
		return
	fi
	(($# == 2)) || usage
	case $2 in
	6.1 | 6.12 | uml | uml-debug | clang) ;;
	*) die "no such guest: $2" ;;
	esac
	prepare "$2" >&2
	dir=$(guest_dir "$2")
	case $1:$2 in
	prepare:*) ;;
	kdir:uml* | kdir:clang) echo "$dir" ;;
	kdir:*) readlink -f "$dir/kdir" ;;
	image:uml*) echo "$dir/linux" ;;
	image:*) readlink -f "$dir/image" ;;
	modules:*) readlink -f "$dir/moddir" ;;
	initrd:uml*) ;;
	initrd:*) echo "$(initrd_dir "$2")/initrd" ;;
	*) usage ;;
	esac
}

main "$@"
