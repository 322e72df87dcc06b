# shellcheck shell=bash
# One function start_NAME and one ready_NAME per component, in the order they start.

write_configuration() {
  mkdir -p "$state"/{run,log,cni,pod-logs,runc}
  write_containerd_configuration
  write_kubelet_configuration
  write_proxy_configuration
  write_audit_policy
  # Nothing answers DNS here; asking the node itself fails at once where any other server would time out.
  printf 'nameserver %s\noptions timeout:1 attempts:1\n' "$gateway" > "$state/resolv.conf"
}

write_containerd_configuration() {
  cat > "$state/containerd.toml" << TOML
version = 2
root = "$state/containerd"
state = "$state/containerd-run"
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
]
[grpc]
address = "$containerd_socket"
[plugins."io.containerd.internal.v1.opt"]
path = "$state/opt"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "$pause_image"
# Without CAP_SYS_RESOURCE, as in many sandboxes, runc could not start anything otherwise.
restrict_oom_score_adj = true
netns_mounts_under_state_dir = true
stream_server_address = "127.0.0.1"
stream_idle_timeout = "24h"
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "$state/cni"
[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "overlayfs"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
Root = "$state/runc"
TOML
  cat > "$state/cni/10-$cni_network.conflist" << JSON
{"cniVersion": "1.0.0", "name": "$cni_network", "plugins": [
  {"type": "bridge", "bridge": "$bridge", "isGateway": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$state/cni-addresses",
            "ranges": [[{"subnet": "$pod_cidr", "gateway": "$gateway"}]],
            "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}, "snat": true}]}
JSON
}

write_kubelet_configuration() {
  cat > "$state/kubelet.yaml" << YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $gateway
port: $kubelet_port
readOnlyPort: 0
healthzPort: 0
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: $state/pki/ca.crt}
authorization: {mode: Webhook}
tlsCertFile: $state/pki/kubelet.crt
tlsPrivateKeyFile: $state/pki/kubelet.key
containerRuntimeEndpoint: unix://$containerd_socket
cgroupDriver: cgroupfs
cgroupRoot: /$cgroup
failSwapOn: false
failCgroupV1: false
localStorageCapacityIsolation: false
evictionHard: {nodefs.available: "1%", imagefs.available: "1%"}
# Images come from tars, not from a registry: one that is collected could not be fetched again.
imageGCHighThresholdPercent: 100
makeIPTablesUtilChains: false
podLogsDir: $state/pod-logs
volumePluginDir: $state/volume-plugins
resolvConf: $state/resolv.conf
clusterDNS: [$gateway]
clusterDomain: cluster.local
# Sessions of exec, attach and port-forward may stay silent for long.
streamingConnectionIdleTimeout: 24h
YAML
}

write_proxy_configuration() {
  cat > "$state/proxy.yaml" << YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
hostnameOverride: $node
clusterCIDR: $pod_cidr
clientConnection: {kubeconfig: $state/proxy.kubeconfig}
healthzBindAddress: 127.0.0.1:$proxy_health_port
metricsBindAddress: 127.0.0.1:$proxy_metrics_port
nodePortAddresses: [$gateway/32]
iptables: {localhostNodePorts: false}
# Zero leaves the machine's own settings alone.
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
YAML
}

# write_audit_policy: the audit log answers who a request came from in the API server's own eyes,
# impersonation included. The cluster's own chatter stays out.
write_audit_policy() {
  cat > "$state/audit-policy.yaml" << 'YAML'
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  userGroups: [system:nodes]
- level: None
  users: ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler", "system:kube-proxy"]
- level: None
  userGroups: ["system:serviceaccounts:kube-system"]
- level: None
  nonResourceURLs: ["/healthz*", "/livez*", "/readyz*"]
- level: Metadata
YAML
}

# api PATH: asks the API server as the cluster's administrator.
api() {
  curl -fsS --max-time 5 --noproxy '*' --cacert "$state/pki/ca.crt" --cert "$state/pki/admin.crt" \
    --key "$state/pki/admin.key" "https://127.0.0.1:$api_port$1"
}

# kube ARGUMENT...: kubectl as the cluster's administrator.
kube() {
  local kubectl
  kubectl=$(command -v kubectl) || kubectl=$("$here/tools" kubectl-new)
  "$kubectl" --kubeconfig "$kubeconfig" --cache-dir "$state/kubectl-cache" "$@"
}

start_etcd() {
  local client=http://127.0.0.1:$etcd_port peer=http://127.0.0.1:$etcd_peer_port
  # A cluster does not outlive its machine, so etcd need not wait for the disk.
  launch etcd "$kubelite" etcd --name "$node" --data-dir "$state/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls "$client" --advertise-client-urls "$client" --listen-peer-urls "$peer" \
    --initial-advertise-peer-urls "$peer" --initial-cluster "$node=$peer"
}
ready_etcd() {
  await etcd 30 "etcd answers" curl -fsS --noproxy '*' "http://127.0.0.1:$etcd_port/health"
}

start_containerd() { launch containerd containerd --config "$state/containerd.toml"; }
ready_containerd() {
  await containerd 30 "containerd answers" ctr --address "$containerd_socket" version
}

start_apiserver() {
  local pki=$state/pki
  launch apiserver "$kubelite" apiserver \
    --etcd-servers="http://127.0.0.1:$etcd_port" --secure-port="$api_port" --bind-address=0.0.0.0 \
    --advertise-address="$gateway" --service-cluster-ip-range="$service_cidr" \
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" \
    --client-ca-file="$pki/ca.crt" --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file="$pki/service-account.key" \
    --service-account-signing-key-file="$pki/service-account.key" \
    --kubelet-client-certificate="$pki/admin.crt" --kubelet-client-key="$pki/admin.key" \
    --kubelet-certificate-authority="$pki/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --requestheader-client-ca-file="$pki/front-proxy-ca.crt" --requestheader-allowed-names=front-proxy \
    --requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group \
    --requestheader-extra-headers-prefix=X-Remote-Extra- \
    --proxy-client-cert-file="$pki/front-proxy.crt" --proxy-client-key-file="$pki/front-proxy.key" \
    --audit-policy-file="$state/audit-policy.yaml" --audit-log-path="$state/log/audit.log" \
    --audit-log-mode=batch --audit-log-batch-max-wait=1s --audit-log-maxsize=20 --audit-log-maxbackup=2 \
    --allow-privileged=true --profiling=false
}
ready_apiserver() { await apiserver 90 "the API server is ready" api /readyz; }

start_controller_manager() {
  local pki=$state/pki
  launch controller-manager "$kubelite" controller-manager --kubeconfig="$state/controller-manager.kubeconfig" \
    --secure-port=0 --leader-elect=false --use-service-account-credentials=true --allocate-node-cidrs=false \
    --service-account-private-key-file="$pki/service-account.key" --root-ca-file="$pki/ca.crt" \
    --cluster-signing-cert-file="$pki/ca.crt" --cluster-signing-key-file="$pki/ca.key" \
    --flex-volume-plugin-dir="$state/volume-plugins" --profiling=false
}
ready_controller_manager() {
  await controller-manager 60 "service accounts are made" api /api/v1/namespaces/default/serviceaccounts/default
}

start_scheduler() {
  launch scheduler "$kubelite" scheduler --kubeconfig="$state/scheduler.kubeconfig" --secure-port=0 --leader-elect=false
}
# Only pods show whether the scheduler works, so it is not waited for.
ready_scheduler() { pid_of scheduler > /dev/null || show_failure scheduler "scheduler ended"; }

start_kubelet() {
  launch kubelet "$kubelite" kubelet --config="$state/kubelet.yaml" --kubeconfig="$state/kubelet.kubeconfig" \
    --hostname-override="$node" --node-ip="$gateway" --root-dir="$state/kubelet" --cert-dir="$state/pki"
}
node_is_ready() {
  [[ $(kube get node "$node" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}') == True ]]
}
# kubelet_knows_its_pods: the node's Ready may still be that of a kubelet before this one, so the
# kubelet itself is asked as well, along the way that exec and logs take.
kubelet_knows_its_pods() {
  local assigned known
  assigned=$(kube get pods --all-namespaces --field-selector "spec.nodeName=$node" -o name | wc -l)
  known=$(kube get --raw "/api/v1/nodes/$node/proxy/pods" | grep -o "\"nodeName\":\"$node\"" | wc -l)
  node_is_ready && ((known >= assigned))
}
ready_kubelet() { await kubelet 60 "node $node is Ready" kubelet_knows_its_pods; }

start_proxy() { launch proxy "$kubelite" proxy --config="$state/proxy.yaml"; }
ready_proxy() {
  await proxy 30 "Services are reachable" curl -fsSk --max-time 2 --noproxy '*' "https://$api_service_address/readyz"
}

# function_of COMPONENT: the component's name as it stands in the names of functions.
function_of() { printf '%s\n' "${1//-/_}"; }
