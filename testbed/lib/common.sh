# shellcheck shell=bash
# What the testbed's scripts share: where things are cached, and how a Go program is built once.
# Sourced, never run.

# Binaries outlive the work tree here, so a fresh clone of the same revision starts at once.
cache_root=${XDG_CACHE_HOME:-${HOME:?is needed to find the cache}/.cache}/fairlead

say() { printf '%s: %s\n' "${program:-testbed}" "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# version_of GO_MOD MODULE: the version of a module that a go.mod file asks for.
version_of() {
  awk -v module="$2" '{ sub(/^require[ \t]+/, "") } $1 == module { print $2; exit }' "$1"
}

# source_key TEXT FILE...: a short hash over the text and the files' names and bytes.
source_key() {
  local text=$1 file
  shift
  { printf '%s\n' "$text"; for file in "$@"; do printf '%s\n' "${file##*/}"; cat -- "$file"; done; } \
    | sha256sum | cut -c1-16
}

# build_go NAME FOLDER PACKAGE LDFLAGS: prints the path of the program NAME, built from PACKAGE as
# seen in the Go module at FOLDER. Sources, flags and the Go version name the cache entry. Calls at
# the same time wait for one build.
build_go() {
  local name=$1 folder=$2 package=$3 ldflags=$4 toolchain key entry started lock
  local -a sources
  command -v go > /dev/null || die "needs the Go toolchain (1.26 or newer) to build $name: put go on the PATH"
  toolchain=$(cd "$folder" && go env GOVERSION GOOS GOARCH)
  mapfile -t sources < <(find "$folder" -type f \( -name go.mod -o -name go.sum -o -name '*.go' \) | LC_ALL=C sort)
  key=$(source_key "$name $package $ldflags $toolchain" "${sources[@]}")
  entry=$cache_root/$name-$key
  if [[ ! -x $entry/$name ]]; then
    mkdir -p "$cache_root"
    exec {lock}> "$cache_root/$name.lock"
    flock "$lock"
    if [[ ! -x $entry/$name ]]; then
      started=$SECONDS
      say "building $name; minutes the first time, seconds when Go has its packages cached"
      mkdir -p "$entry"
      (cd "$folder" && GOFLAGS='' CGO_ENABLED=0 nice -n 10 \
        go build -trimpath -ldflags "-s -w $ldflags" -o "$entry/.building" "$package") >&2 \
        || die "could not build $name"
      mv "$entry/.building" "$entry/$name"
      say "built $name in $((SECONDS - started)) s"
    fi
    exec {lock}>&-
  fi
  printf '%s\n' "$entry/$name"
}

# kubernetes_stamps VERSION: linker flags that make a Kubernetes program report VERSION (v1.x.y),
# in its own version output and in the User-Agent of its requests.
kubernetes_stamps() {
  local version=$1 minor package
  minor=${version#v1.}
  minor=${minor%%.*}
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    printf ' -X %s.gitVersion=%s -X %s.gitMajor=1 -X %s.gitMinor=%s -X %s.gitTreeState=clean' \
      "$package" "$version" "$package" "$package" "$minor" "$package"
  done
}
