# shellcheck shell=bash
# What the cluster changes in the machine's network and kernel settings, apart from what kube-proxy
# and the CNI plugins add by themselves.

save_kernel_settings() {
  local setting
  for setting in "${kernel_settings[@]}"; do
    if [[ -r /proc/sys/$setting ]]; then
      printf '%s %s\n' "$setting" "$(cat "/proc/sys/$setting")"
    fi
  done > "$state/kernel-settings"
}

restore_kernel_settings() {
  local setting value
  [[ -f $state/kernel-settings ]] || return 0
  while read -r setting value; do
    if [[ $(cat "/proc/sys/$setting" 2> /dev/null) != "$value" ]]; then
      printf '%s\n' "$value" > "/proc/sys/$setting" || say "could not set $setting back to $value"
    fi
  done < "$state/kernel-settings"
}

# make_bridge: the bridge exists from the start, not only with the first pod, so that programs of
# the machine can listen on its address before any pod runs.
make_bridge() {
  modprobe br_netfilter 2> /dev/null || true
  ip link add "$bridge" type bridge
  # The alias says whose bridge it is to a call with another state folder.
  ip link set "$bridge" alias "$state"
  ip address add "$gateway/${pod_cidr#*/}" dev "$bridge"
  ip link set "$bridge" up
  # Service addresses never leave through a network card, not even those that do not exist.
  ip route add "$service_cidr" dev "$bridge" src "$gateway"
  printf '1\n' > /proc/sys/net/ipv4/ip_forward
  if [[ -w /proc/sys/net/bridge/bridge-nf-call-iptables ]]; then
    printf '1\n' > /proc/sys/net/bridge/bridge-nf-call-iptables
  fi
}

# close_network: pods reach each other, Services and this machine, and nothing beyond it. Called
# before kube-proxy starts, whose own rules then come first.
close_network() {
  iptables -w -N "$firewall_chain"
  iptables -w -A "$firewall_chain" -o "$bridge" -j ACCEPT
  iptables -w -A "$firewall_chain" -j REJECT --reject-with icmp-admin-prohibited
  iptables -w -I FORWARD -i "$bridge" -j "$firewall_chain"
}

# bridge_owner: the state folder of the cluster that is on this machine, if there is one.
bridge_owner() {
  cat "/sys/class/net/$bridge/ifalias" 2> /dev/null || true
}

# remove_packet_filters: deletes the chains of kube-proxy, of the CNI plugins and our own, and every
# rule that names one, in one transaction per table; rules of others stay as they are.
remove_packet_filters() {
  local program table rules doomed
  while read -r program table; do
    rules=$("$program" -w -t "$table" -S 2> /dev/null) || continue
    grep -qE -- "$our_chains" <<< "$rules" || continue
    doomed=$(doomed_rules <<< "$rules")
    printf '*%s\n%s\nCOMMIT\n' "$table" "$doomed" | "$program-restore" -w --noflush \
      || say "could not remove all rules from $program's table $table"
  done < <(packet_filters)
  remove_empty_tables
}

nft_tables() { nft list tables 2> /dev/null | sort; }

save_nft_tables() { nft_tables > "$state/nft-tables"; }

# remove_empty_tables: iptables made these tables when it was first called, and even without a rule
# their hooks see every packet and keep track of its connection.
remove_empty_tables() {
  local table
  [[ -f $state/nft-tables ]] || return 0
  while read -r table; do
    if [[ $table =~ ^table\ ip6?\ (filter|nat|mangle|raw)$ ]] && table_is_empty "$table"; then
      nft delete "$table"
    fi
  done < <(nft_tables | comm -13 "$state/nft-tables" -)
}

# table_is_empty TABLE: whether nothing but built-in chains that accept everything is in it.
table_is_empty() {
  # shellcheck disable=SC2086
  ! nft list $1 | grep -qvE '^(#.*|table .*|\s*chain [A-Z]+ \{|\s*type .* policy accept;|\s*\}|\s*)$'
}

# doomed_rules: turns a listing of rules into the commands which delete ours: first the rules of
# other chains that jump to our chains, then the contents of our chains, then the chains.
doomed_rules() {
  awk -v ours="^$our_chains\$" '
    $1 == "-N" && $2 ~ ours { chains[$2] = 1 }
    $1 == "-A" && $2 !~ ours {
      for (i = 3; i < NF; i++) if (($i == "-j" || $i == "-g") && $(i + 1) ~ ours) {
        sub(/^-A/, "-D"); print; break
      }
    }
    END { for (c in chains) print "-F " c; for (c in chains) print "-X " c }'
}
