# shellcheck shell=bash
# Takes everything away that a cluster may have left, whether it runs, died halfway or belonged to a
# machine that has restarted since. Every step works alone and finds nothing to do when repeated.

teardown() {
  remember_shim_sockets
  kill_components
  kill_containers
  kill_marked
  unmount_all
  remove_network
  remove_cgroups
  remove_traces
  restore_kernel_settings
  rm -rf --one-file-system -- "$state"
}

# remember_shim_sockets: shims that are killed leave their sockets outside the state folder, under
# names only their bundles know.
remember_shim_sockets() {
  local bundle address
  old_shim_sockets=()
  for bundle in "$state"/containerd-run/io.containerd.runtime.v2.task/*/*/address; do
    if [[ -f $bundle ]]; then
      address=$(cat "$bundle")
      old_shim_sockets+=("${address#unix://}")
    fi
  done
}

# kill_components: without mercy, since what they would save is removed anyway; the kubelet and the
# controllers first, so that nobody starts again what ends.
kill_components() {
  local name pid
  for name in kubelet controller-manager scheduler proxy apiserver etcd; do
    if pid=$(pid_of "$name"); then
      kill -KILL "$pid" 2> /dev/null || true
    fi
  done
}

kill_containers() { kill_until_none cgroup_processes; }

# kill_marked: containerd and its shims by now, and whatever else still carries our marker.
kill_marked() { kill_until_none marked_processes; }

# kill_until_none LISTING: kills what the listing names until it names nothing.
kill_until_none() {
  local attempt pids
  for attempt in {1..200}; do
    mapfile -t pids < <("$1")
    ((${#pids[@]} > 0)) || return 0
    kill -KILL "${pids[@]}" 2> /dev/null || true
    sleep 0.05
  done
  say "could not end these processes after $attempt attempts: ${pids[*]}"
}

# unmount_all: mounts hide below others, so what a first pass cannot reach a later one can.
unmount_all() {
  local attempt mount mounts
  for attempt in 1 2 3; do
    mapfile -t mounts < <(our_mounts)
    ((${#mounts[@]} > 0)) || return 0
    for mount in "${mounts[@]}"; do
      printf -v mount '%b' "$mount"
      umount "$mount" 2> /dev/null || umount --lazy "$mount" 2> /dev/null || true
    done
  done
  [[ -z $(our_mounts) ]] || say "could not remove all mounts after $attempt attempts"
}

remove_network() {
  if [[ -d /sys/class/net/$bridge ]]; then
    ip link delete "$bridge"
  fi
  remove_packet_filters
  # Connections that NAT still remembers would reach nobody in the next cluster.
  if command -v conntrack > /dev/null; then
    conntrack -D -s "$pod_cidr" > /dev/null 2>&1 || true
    conntrack -D -d "$service_cidr" > /dev/null 2>&1 || true
  fi
}

remove_cgroups() {
  local attempt folder folders
  for attempt in {1..100}; do
    mapfile -t folders < <(cgroup_folders)
    ((${#folders[@]} > 0)) || return 0
    for folder in "${folders[@]}"; do
      rmdir "$folder" 2> /dev/null || true
    done
    sleep 0.02
  done
  [[ -z $(cgroup_folders) ]] || say "could not remove all cgroups after $attempt attempts"
}

# remove_traces: files whose places containerd, the CNI library and the kubelet do not let us choose.
remove_traces() {
  local file sandbox
  if ((${#old_shim_sockets[@]} > 0)); then
    rm -f -- "${old_shim_sockets[@]}"
  fi
  mapfile -t old_shim_sockets < <(shim_sockets)
  if ((${#old_shim_sockets[@]} > 0)); then
    rm -f -- "${old_shim_sockets[@]}"
  fi
  for file in /var/lib/cni/results/"$cni_network"-*-eth0; do
    sandbox=${file##*/"$cni_network"-}
    rm -f -- "$file" "/var/lib/cni/results/cni-loopback-${sandbox%-eth0}-lo"
  done
  for file in /var/log/containers/*; do
    if [[ -L $file && $(readlink "$file") == "$state"/* ]]; then
      rm -f -- "$file"
    fi
  done
  if [[ -S $device_plugin_socket && -z $(ss -Hxl "src = unix:$device_plugin_socket") ]]; then
    rm -f -- "$device_plugin_socket"
  fi
  # Folders on the way to these files go when nothing else is in them.
  for file in /run/containerd/s /run/containerd/fifo /run/containerd /var/lib/cni/results /var/lib/cni \
    /var/lib/kubelet/device-plugins /var/lib/kubelet /var/log/containers /run/mount; do
    rmdir "$file" 2> /dev/null || true
  done
}
