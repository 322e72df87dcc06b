# shellcheck shell=bash
# Client tools that no plain "go build" makes. Sourced, never run.
# shellcheck disable=SC2154

# copied_module NAME FOLDER MODULE: prints a folder with the sources of MODULE, at the version that the go.mod in FOLDER pins,
# which may be written to. The tool's function complete_module adds what the module lacks.
copied_module() {
  local name=$1 folder=$2 module=$3 source staging copy
  copy=$cache_root/source-$name-$(source_key "$module" "$folder/go.mod" "$folder/go.sum" "$folder/build")
  if [[ ! -d $copy ]]; then
    source=$(cd "$folder" && GOFLAGS='' go mod download -json "$module" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
    [[ -d $source ]] || die "could not download $module"
    mkdir -p "$cache_root"
    staging=$(mktemp -d "$cache_root/.source-$name-XXXXXX")
    cp -R "$source/." "$staging"
    chmod -R u+w "$staging"
    complete_module "$staging"
    mv -T "$staging" "$copy" 2> /dev/null || rm -rf "$staging"
  fi
  printf '%s\n' "$copy"
}

# debian_tool NAME PACKAGE SUITE VERSION SHA256 PROGRAM: prints the path of PROGRAM, unpacked from a package of another release
# of Debian than this machine's. Nothing is installed, and the machine's own package lists stay as they are.
debian_tool() {
  local name=$1 package=$2 suite=$3 version=$4 sha256=$5 inside=$6 entry work
  entry=$cache_root/$name-${sha256:0:16}
  if [[ ! -x $entry/$name ]]; then
    command -v apt-get > /dev/null || die "needs apt-get to fetch $package; put $name $version at $entry/$name by hand"
    say "fetching $package $version of Debian's $suite"
    mkdir -p "$cache_root"
    work=$(mktemp -d "$cache_root/.debian-XXXXXX")
    fetch_debian "$work" "$package" "$suite" "$version"
    sha256sum --quiet -c - <<< "$sha256  $work/package.deb" >&2 || die "$package $version is not the one that is known here"
    dpkg -x "$work/package.deb" "$work/root"
    mkdir -p "$entry"
    mv "$work/root/$inside" "$entry/$name"
    rm -rf "$work"
  fi
  printf '%s\n' "$entry/$name"
}

# fetch_debian FOLDER PACKAGE SUITE VERSION: downloads into FOLDER/package.deb, from where this machine gets its own packages.
fetch_debian() {
  local work=$1 package=$2 suite=$3 version=$4
  local -a options
  mkdir -p "$work/lists/partial" "$work/archives/partial"
  suite_source "$suite" > "$work/next.sources"
  options=(-o "Dir::Etc::sourcelist=$work/next.sources" -o Dir::Etc::sourceparts=/nonexistent
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work" -o APT::Sandbox::User=root)
  apt-get -qq "${options[@]}" update >&2 || die "could not read the package lists of Debian's $suite"
  (cd "$work/archives" && apt-get -qq "${options[@]}" download "$package=$version") >&2 \
    || die "Debian's $suite has no $package $version any more"
  mv "$work"/archives/*.deb "$work/package.deb"
}

# suite_source SUITE: the machine's first own source of packages, for another release.
suite_source() {
  local file
  for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list.d/*.sources; do
    [[ -r $file ]] || continue
    awk -v suite="$1" 'BEGIN { RS = ""; FS = "\n" } /^#/ { gsub(/(^|\n)#[^\n]*/, "") }
      /Types: *deb/ { gsub(/Suites:[^\n]*/, "Suites: " suite); sub(/^\n+/, ""); print; exit }' "$file"
    return
  done
  awk -v suite="$1" '$1 == "deb" { options = $2 ~ /^\[/ ? " " $2 : ""; address = $2 ~ /^\[/ ? $3 : $2
    print "deb" options " " address " " suite " main"; exit }' /etc/apt/sources.list
}
