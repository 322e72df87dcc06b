# shellcheck shell=bash disable=SC2034
# The names, addresses and ports of the testbed. Everything it puts on the machine is findable by
# one of these, which is how down and leftovers know what is ours.

state=${FAIRLEAD_CLUSTER_DIR:-/var/lib/fairlead-testbed}
api_port=${FAIRLEAD_CLUSTER_PORT:-16443}
[[ $api_port =~ ^[0-9]{1,5}$ ]] && ((api_port <= 65529)) \
  || die "FAIRLEAD_CLUSTER_PORT=$api_port is not a port that leaves five more above it free"

# The five ports above the API server's belong to the other components.
etcd_port=$((api_port + 1))
etcd_peer_port=$((api_port + 2))
kubelet_port=$((api_port + 3))
proxy_health_port=$((api_port + 4))
proxy_metrics_port=$((api_port + 5))

# One bridge joins the pods and the machine. Its own address is the node's address as well, so no
# traffic of the cluster ever needs a network card. Pods reach programs of the machine there.
bridge=flead0
gateway=10.215.0.1
pod_cidr=10.215.0.0/24
service_cidr=10.216.0.0/16
api_service_address=10.216.0.1
node=node1

cni_network=fairlead-testbed
cgroup=fairlead-testbed
firewall_chain=FLEAD-FORWARD

# Every process we start carries this in its environment, and so do the shims containerd starts.
marker=FAIRLEAD_TESTBED=$state

# The kubelet puts this one socket here whatever its root folder is.
device_plugin_socket=/var/lib/kubelet/device-plugins/kubelet.sock

kubeconfig=$state/admin.kubeconfig
containerd_socket=$state/containerd.sock
components=(etcd containerd apiserver controller-manager scheduler kubelet proxy)

pause_image=fairlead.local/pause:1
busybox_image=fairlead.local/busybox:1

# Kernel settings that the kubelet, kube-proxy or the CNI plugins change; down puts them back.
# ip_forward comes first because writing it resets the ones below it.
kernel_settings=(
  net/ipv4/ip_forward
  net/ipv4/conf/all/forwarding net/ipv4/conf/default/forwarding
  net/ipv4/conf/all/accept_redirects net/ipv4/conf/default/accept_redirects
  net/ipv4/conf/all/rp_filter net/ipv4/conf/default/rp_filter
  net/ipv4/conf/all/route_localnet
  net/bridge/bridge-nf-call-iptables net/bridge/bridge-nf-call-ip6tables
  net/netfilter/nf_conntrack_max net/netfilter/nf_conntrack_buckets
  net/netfilter/nf_conntrack_tcp_timeout_established
  net/netfilter/nf_conntrack_tcp_timeout_close_wait
  net/netfilter/nf_conntrack_tcp_be_liberal
  vm/overcommit_memory vm/panic_on_oom
  kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes
)

# marked_processes: the ids of all processes with our marker, whoever their parent is now.
marked_processes() {
  grep -lsxzF -- "$marker" /proc/[0-9]*/environ 2> /dev/null | cut -d/ -f3 || true
}

# cgroup_folders: our cgroup in every hierarchy, deepest folder first.
cgroup_folders() {
  local mount
  while read -r mount; do
    if [[ -d $mount/$cgroup ]]; then
      find "$mount/$cgroup" -depth -type d
    fi
  done < <(cgroup_mounts)
}

# cgroup_mounts: where cgroup hierarchies are mounted; one on a cgroup v2 machine, else many.
cgroup_mounts() {
  awk '$3 == "cgroup" || $3 == "cgroup2" { print $2 }' /proc/mounts
}

# cgroup_processes: the ids of all processes inside pods.
cgroup_processes() {
  local folder
  cgroup_folders | while read -r folder; do
    cat "$folder/cgroup.procs" 2> /dev/null || true
  done | sort -un
}

# our_mounts: mount points inside the state folder, innermost first.
our_mounts() {
  awk -v prefix="$state/" 'index($5, prefix) == 1 { print $5 }' /proc/self/mountinfo | LC_ALL=C sort -r
}

# shim_sockets: sockets under /run/containerd/s (containerd fixes that path) that nobody listens on.
shim_sockets() {
  local socket listening
  listening=$(ss -Hxl 2> /dev/null | awk '{ print $5 }')
  for socket in /run/containerd/s/*; do
    if [[ -S $socket ]] && ! grep -qxF -- "$socket" <<< "$listening"; then
      printf '%s\n' "$socket"
    fi
  done
}

# packet_filters: one line "PROGRAM TABLE" for every iptables table there is. nft and legacy tables
# exist side by side, and asking for a legacy table would create it, so the kernel is asked first.
packet_filters() {
  local table program names
  for program in iptables ip6tables; do
    if command -v "$program-nft" > /dev/null; then
      for table in filter nat mangle raw; do
        printf '%s-nft %s\n' "$program" "$table"
      done
    fi
    names=/proc/net/${program/tables/_tables}_names
    if command -v "$program-legacy" > /dev/null && [[ -r $names ]]; then
      sed "s/^/$program-legacy /" "$names"
    fi
  done
}

our_chains='(KUBE|CNI|FLEAD)-[A-Za-z0-9-]+'
