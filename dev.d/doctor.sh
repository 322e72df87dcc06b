# shellcheck shell=bash
# Looks at the machine: each need one line, ok or what to do. Sourced, never run.

doctor_missing=0

well() { printf '  ok       %-12s %s\n' "$1" "$2"; }

missing() {
  printf '  missing  %-12s %s\n' "$1" "$2"
  doctor_missing=$((doctor_missing + 1))
}

note() { printf '  note     %-12s %s\n' "$1" "$2"; }

# need_command NAME PACKAGE WHY
need_command() {
  local found
  if found=$(PATH=$PATH:/usr/sbin:/sbin command -v "$1"); then
    well "$1" "$found"
  else
    missing "$1" "apt-get install $2 ($3)"
  fi
}

run_doctor() {
  local jdk port free_gb
  echo "to build:"
  if jdk=$(find_jdk); then well JDK "$jdk (Java $(jdk_major "$jdk"))"; else missing JDK "$jdk_advice"; fi
  if [[ -x $maven_home/bin/mvn ]]; then
    well Maven "$maven_home"
  else
    need_command mvn maven "fetches Maven $maven_version, once"
  fi
  need_command git git "the demo pushes a configuration"
  need_command ssh openssh-client "the tests clone and push over SSH"
  if [[ -x /usr/bin/valkey-server ]]; then
    well Valkey /usr/bin/valkey-server
  else
    need_command redis-server redis-server "the tests of several kas"
  fi
  echo "for the cluster, the demo and the stories:"
  if [[ -n ${KUBECONFIG:-} ]]; then
    well cluster "KUBECONFIG names one: $KUBECONFIG"
  else
    if [[ $(id -u) -eq 0 ]]; then well root "yes"; else missing root "run as root, or set KUBECONFIG to a cluster that may be used"; fi
    if command -v go > /dev/null; then
      well Go "$(go env GOVERSION)"
    else
      missing Go "install Go 1.26 or newer (builds Kubernetes from its Go modules, once)"
    fi
    need_command containerd containerd "runs the pods"
    need_command runc runc "runs the pods"
    need_command iptables iptables "networks the pods"
    need_command conntrack conntrack "networks the pods"
    if [[ -d /usr/lib/cni || -d /opt/cni/bin ]]; then well CNI "found"; else missing CNI "apt-get install containernetworking-plugins (networks the pods)"; fi
  fi
  if command -v kubectl > /dev/null; then well kubectl "$(command -v kubectl)"; else note kubectl "not found: built from its Go module when it is needed"; fi
  echo "for the server's default ports:"
  for port in "${default_ports[@]}"; do
    if port_taken 127.0.0.1 "$port"; then
      note "port $port" "taken: stop what listens there, or choose another (fairlead server --help)"
    else
      well "port $port" free
    fi
  done
  free_gb=$(df -Pk "$root" | awk 'NR == 2 { print int($4 / 1048576) }')
  if [[ $free_gb -ge 8 ]]; then well disk "$free_gb GB free"; else missing disk "$free_gb GB free; 8 are needed"; fi
  if [[ $doctor_missing -gt 0 ]]; then
    echo "$doctor_missing missing"
    exit 3
  fi
  echo "this machine has what is needed"
}
