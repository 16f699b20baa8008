# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# fetch.sh - Debian source packages into the corpus directory (sourced by scripts/corpus).
#
# The machine's own apt sources are read; their `deb` entries are turned into `deb-src` entries in a private
# apt tree below $CORPUS, so neither root nor a change of the system is needed.
#
# INVARIANT  A package that is in $CORPUS/dl is never fetched again.

apt_options=()

# Private apt directories, with deb-src for every deb the machine has.
setup_apt() {
    local apt=$CORPUS/apt file
    apt_options=(-o "Dir::Etc::SourceList=$apt/sources.list" -o "Dir::Etc::SourceParts=$apt/parts"
        -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root)
    [[ ! -e $apt/ready ]] || return 0
    mkdir -p "$apt"/{parts,lists/partial,cache/archives/partial}
    : >"$apt/sources.list"
    if [[ -f /etc/apt/sources.list ]]; then
        sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$apt/sources.list"
    fi
    for file in /etc/apt/sources.list.d/*; do
        case $file in
        *.sources) sed 's/^Types:.*/Types: deb-src/' "$file" >"$apt/parts/${file##*/}" ;;
        *.list) sed -n 's/^deb /deb-src /p' "$file" >"$apt/parts/${file##*/}" ;;
        esac
    done
    timeout 300 apt-get "${apt_options[@]}" -qq update
    : >"$apt/ready"
}

# download PACKAGE: into $CORPUS/dl. A security update that its mirror has already replaced
# is not found any more; the release's own version is then.
download() (
    package=$1
    mkdir -p "$CORPUS/dl"
    cd "$CORPUS/dl"
    exec 8>"$CORPUS/dl/.lock"
    flock 8
    ! compgen -G "${package}_*.dsc" >/dev/null || return 0
    setup_apt
    for version in "$package" "$package/$(. /etc/os-release && echo "$VERSION_CODENAME")"; do
        if timeout 300 apt-get "${apt_options[@]}" -qq source --download-only "$version" >&2; then
            return 0
        fi
        rm -f "${package}"_*.dsc
    done
    echo "corpus: source package $package cannot be fetched" >&2
    return 1
)

# unpack PACKAGE DIRECTORY
unpack() {
    local dsc
    dsc=$(find "$CORPUS/dl" -name "$1_*.dsc" | head -n 1)
    rm -rf "$2"
    mkdir -p "${2%/*}"
    dpkg-source --no-check -x "$dsc" "$2" >/dev/null 2>&1 ||
        { echo "corpus: cannot unpack $dsc (is dpkg-dev installed?)" >&2 && return 1; }
}
