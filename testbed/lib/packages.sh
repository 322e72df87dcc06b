# shellcheck shell=bash
# Debian packages that the cluster needs, installed only where their programs are missing.

# A program or file, and the package that brings it.
needs=(
  containerd:containerd
  ctr:containerd
  runc:runc
  /usr/lib/cni/bridge:containernetworking-plugins
  iptables:iptables
  nft:nftables
  conntrack:conntrack
  ip:iproute2
  ss:iproute2
  openssl:openssl
  curl:curl
)

# Debian's packages ask this program whether their services may start.
service_policy=/usr/sbin/policy-rc.d

install_packages() {
  local need package
  local -A missing=()
  for need in "${needs[@]}"; do
    package=${need#*:}
    need=${need%%:*}
    if [[ $need == /* ]]; then
      [[ -e $need ]] || missing[$package]=yes
    else
      command -v "$need" > /dev/null || missing[$package]=yes
    fi
  done
  if ((${#missing[@]} > 0)); then
    say "installing Debian packages: ${!missing[*]}"
    apt_install "${!missing[@]}"
  fi
}

# apt_install PACKAGE...: installs without starting a service, now or at the next boot.
apt_install() {
  local own_policy=no
  command -v apt-get > /dev/null || die "this machine has no apt-get: install $* by hand"
  if [[ ! -e $service_policy ]]; then
    own_policy=yes
    printf '#!/bin/sh\nexit 101\n' > "$service_policy"
    chmod 755 "$service_policy"
  fi
  refresh_package_lists
  if ! apt install --no-install-recommends "$@"; then
    [[ $own_policy == no ]] || rm -f "$service_policy"
    die "could not install $*"
  fi
  [[ $own_policy == no ]] || rm -f "$service_policy"
  if [[ " $* " == *" containerd "* && -d /run/systemd/system ]]; then
    systemctl disable --quiet containerd || true
  fi
}

# refresh_package_lists: another apt at work makes this fail at once, so it is tried for a while.
refresh_package_lists() {
  local attempt
  for attempt in {1..10}; do
    if apt update 2> /dev/null; then
      return
    fi
    sleep 3
  done
  say "could not refresh the package lists after $attempt attempts, going on with those there are"
}

# apt ARGUMENT...: apt-get without questions, silent unless it fails.
apt() {
  local output
  if ! output=$(DEBIAN_FRONTEND=noninteractive apt-get -y -qq -o DPkg::Lock::Timeout=120 "$@" 2>&1); then
    tail -n 15 <<< "$output" >&2
    return 1
  fi
}
