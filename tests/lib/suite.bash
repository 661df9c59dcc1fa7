# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Packages of other Debian suites and architectures than the machine's own, without a change to the machine.

# The machine's own apt configuration names the mirror; nothing here does.
_site_of_label()
{
	apt-get indextargets --format "\$(LABEL)|\$(SITE)|\$(SOURCESENTRY)" |
		awk -F'|' -v label="$1" '$1 == label { print $2, $3; exit }'
}

_signed_by()
{
	local file=${1%:*} index=${1##*:}

	case $file in
	*.sources)
		awk -v n="$index" 'BEGIN { RS = "" } NR == n' "$file" |
			sed -n 's/^Signed-By: *//Ip'
		;;
	*)
		sed -n "${index}s/.*signed-by=\\([^] ]*\\).*/\\1/p" "$file"
		;;
	esac
}

# apt tells an archive's label only of lists that it has.
_source_line()
{
	local arch=$1 suite=$2 label=Debian found site entry key

	[[ $suite == *-security ]] && label=Debian-Security
	found=$(_site_of_label "$label")
	[[ $found ]] || { apt-get -qq update >&2; found=$(_site_of_label "$label"); }
	[[ $found ]] || { echo "apt knows no archive labelled $label" >&2; return 1; }
	read -r site entry <<<"$found"
	key=$(_signed_by "$entry")
	echo "deb [arch=$arch${key:+ signed-by=$key}] $site $suite main"
}

# suite_apt DIR COMMAND...: an apt that knows only the suites of DIR and has nothing installed. A mirror
# that is no longer updated serves old lists: their signatures count, their age does not.
suite_apt()
{
	local dir=$1

	shift
	(cd "$dir" && "$1" -qq \
		-oDir::Etc::sourcelist="$dir/sources.list" -oDir::Etc::sourceparts=/dev/null \
		-oDir::State::Lists="$dir/lists" -oDir::State::status=/dev/null \
		-oDir::Cache="$dir/cache" -oAPT::Architecture="$(<architecture)" -oAPT::Sandbox::User="$(id -un)" \
		-oAcquire::Languages=none -oAcquire::Retries=3 -oAcquire::Check-Valid-Until=false "${@:2}")
}

# suite_update DIR ARCHITECTURE SUITE...: makes DIR know the packages of the suites
suite_update()
{
	local dir=$1 arch=$2 suite

	shift 2
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	echo "$arch" >"$dir/architecture"
	for suite; do
		_source_line "$arch" "$suite" || return
	done >"$dir/sources.list"
	suite_apt "$dir" apt-get -oAPT::Update::Error-Mode=any update >&2
}

_unpack()
{
	local root=$1 deb

	shift
	for deb; do
		dpkg -x "$deb" "$root" || return
	done
}

# suite_unpack DIR PACKAGE...: downloads the packages and unpacks them into DIR/root
suite_unpack()
{
	local dir=$1

	shift
	suite_apt "$dir" apt-get download "$@" >&2
	_unpack "$dir/root" "$dir"/*.deb
}

# suite_unpack_all DIR PACKAGE...: the same with all that they depend on
suite_unpack_all()
{
	local dir=$1

	shift
	suite_apt "$dir" apt-get install --download-only --no-install-recommends -y "$@" >&2
	_unpack "$dir/root" "$dir"/cache/archives/*.deb
}
