# shellcheck shell=bash disable=SC2034 # for those who source this
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the kernels of the test guests differ in.

kernels=${MEMHP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/memhp}/kernels

# What a fetched root has: a guest's programs and what memhp is cross-compiled with.
_root_packages=(bash bats bats-assert bats-file bats-support busybox-static daxctl jq kmod ndctl trace-cmd util-linux
	libc6-dev libdaxctl-dev libjson-c-dev libkmod-dev libsmartcols-dev libtracefs-dev libtraceevent-dev
	libudev-dev libbpf-dev)

# know_kernel KERNEL: sets
#   suites         Debian's, that it comes from
#   arch, image    its architecture and package there
#   cc             compiles for it
#   base           where the guest's programs come from; empty: this machine
#   base_packages  what is in a base that is to be fetched
#   modules        those that tests load
#   guest_tests    directory of its tests, below tests/guest
know_kernel()
{
	arch=amd64
	image=linux-image-amd64
	cc=cc
	base=
	base_packages=()
	modules=(memory-notifier-error-inject hwpoison-inject)
	guest_tests=.
	case $1 in
	5.10) suites=(bullseye bullseye-security) ;;
	6.1) suites=(bookworm) ;;
	6.12) suites=(trixie) ;;
	newest) suites=(sid) ;;
	ppc64el) suites=(bookworm) ;;
	*) echo "no such kernel: $1" >&2; return 1 ;;
	esac
	case $1 in
	ppc64el)
		arch=ppc64el
		image=linux-image-powerpc64le
		base_packages=("${_root_packages[@]}")
		# Another list of packages makes another root.
		base=$kernels/root-$arch-$(cksum <<<"${base_packages[*]}" | cut -d' ' -f1)
		cc="powerpc64le-linux-gnu-gcc --sysroot=$base"
		guest_tests=ppc64
		;;
	*) modules+=(virtio_pci virtio_mem nd_e820 nd_pmem dax_pmem device_dax kmem virtio_blk ext4) ;;
	esac
}
