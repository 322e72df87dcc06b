# shellcheck shell=bash
# The demo: from nothing to kubectl through the line. Sourced, never run.

demo_home=$build_root/demo
demo_fairlead=$program_home/bin/fairlead
demo_namespace=fairlead-demo
demo_agent_namespace=fairlead-agent-demo
demo_check=0

run_demo() {
  case ${1:-} in
    '') ;;
    --check) demo_check=1 ;;
    --stop)
      demo_stop
      return
      ;;
    -h | --help)
      demo_usage
      return
      ;;
    *) wrong_usage "demo knows --check and --stop, not \"$1\"" ;;
  esac
  cluster_possible || lacking "the demo needs a cluster: run it as root, or set KUBECONFIG to a cluster that may be used"
  demo_tools
  if demo_server_runs; then
    fail "a demo is running already: ./dev demo --stop ends it"
  fi
  if [[ -e $demo_home ]]; then
    # A demo that failed midway: what it started is still known here, and nowhere else.
    demo_stop || say "something of an earlier demo could not be removed; going on"
    rm -rf "$demo_home"
  fi
  mkdir -p "$demo_home"
  if [[ $demo_check -eq 1 ]]; then
    trap demo_stop EXIT
  fi
  trap 'say "dev: interrupted; ./dev demo --stop takes away what was started"; exit 130' INT
  build_images
  demo_step "cluster up" demo_cluster
  demo_step "server" demo_server
  demo_step "project" demo_project
  demo_step "agent and its token" demo_agent
  demo_step "configuration pushed by git" demo_push
  demo_step "agent's image loaded" demo_image
  demo_step "agent installed as a pod" demo_install
  demo_step "a pod to look at" demo_pod
  demo_step "agent connected" demo_connected
  demo_step "rights for the project's members" demo_rights
  demo_step "kubeconfig" demo_kubeconfig
  demo_step "kubectl get pods through Fairlead" demo_get
  if [[ $demo_check -eq 1 ]]; then
    demo_step "kubectl logs" demo_logs
    demo_step "kubectl exec" demo_exec
    demo_step "kubectl port-forward" demo_forward
    demo_step "what is not granted is refused" demo_refused
    trap - EXIT
    demo_stop || fail "demo: the step \"stop\" failed"
    say "demo: every step passed"
    return
  fi
  demo_next
}

demo_usage() {
  cat << 'TEXT'
usage: ./dev demo [--check | --stop]

Builds Fairlead, brings up a Kubernetes node (or uses the cluster that KUBECONFIG names), starts the server, makes a
project and an agent, installs the agent as a pod, and shows "kubectl get pods" through it. Everything stays running;
the last lines say what to try next. The server takes its usual ports, or free ones where one of those is taken.

  --check   asserts each step and some more, takes everything away again, and exits 0 or names the step that failed
  --stop    takes away what a demo started
TEXT
}

demo_tools() {
  command -v git > /dev/null || lacking "git is missing: apt-get install git"
  if command -v kubectl > /dev/null; then
    demo_kubectl=$(command -v kubectl)
  else
    demo_kubectl=$("$root/testbed/tools" kubectl-new)
  fi
}

# A step's function runs where bash's errexit is off: whatever but its last command may fail says "|| return".
# demo_step NAME FUNCTION: ends the demo with the name of the first step that failed.
demo_step() {
  step "$@" || fail "demo: the step \"$1\" failed; its output is in build/logs, the server's in build/demo/server.log; ./dev demo --stop takes away what was started"
}

# cluster_kubectl ARGUMENT...: as the cluster's administrator.
cluster_kubectl() {
  "$demo_kubectl" --kubeconfig "$(cat "$demo_home/cluster")" "$@"
}

# fairlead_kubectl ARGUMENT...: through Fairlead, as its user.
fairlead_kubectl() {
  "$demo_kubectl" --kubeconfig "$demo_home/kubeconfig" "$@"
}

demo_cluster() {
  if [[ -n ${KUBECONFIG:-} ]]; then
    printf '%s\n' "$KUBECONFIG" > "$demo_home/cluster"
    # The first address of this machine that is not loopback, unless its user knows better.
    printf '%s\n' "${FAIRLEAD_DEMO_HOST:-$(hostname -I | cut -d' ' -f1)}" > "$demo_home/host"
    cluster_kubectl version
    return
  fi
  if ! "$root/testbed/cluster" status; then
    touch "$demo_home/cluster-is-ours"
    "$root/testbed/cluster" up || return
  fi
  "$root/testbed/cluster" kubeconfig > "$demo_home/cluster" || return
  "$root/testbed/cluster" host-address > "$demo_home/host"
}

demo_server() {
  local host waited=0
  local -a ports=()
  host=$(cat "$demo_home/host")
  # A check must not mind what else runs here; a person finds the usual ports more pleasant.
  if [[ $demo_check -eq 1 ]] || ! demo_usual_ports_free "$host"; then
    ports=(--https-port 0 --http-port 0 --grpc-port 0 --ssh-port 0 --observability-port 0)
  fi
  setsid nohup "$demo_fairlead" server --data-dir "$demo_home/data" --listen-host "$host" "${ports[@]}" \
    > "$demo_home/server.log" 2>&1 < /dev/null &
  printf '%s\n' "$!" > "$demo_home/server.pid"
  until [[ -s $demo_home/data/ready.json ]]; do
    # Not demo_server_runs: for a moment the process is still this script.
    kill -0 "$(cat "$demo_home/server.pid")" && [[ $waited -lt 600 ]] || {
      tail -n 20 "$demo_home/server.log"
      return 1
    }
    sleep 0.1
    waited=$((waited + 1))
  done
  cat "$demo_home/data/ready.json"
}

demo_usual_ports_free() {
  local port
  for port in "${default_ports[@]}"; do
    if port_taken "$1" "$port" || port_taken 127.0.0.1 "$port"; then
      echo "port $port is taken: the server takes free ports instead of the usual ones"
      return 1
    fi
  done
}

demo_server_runs() {
  local pid
  pid=$(cat "$demo_home/server.pid" 2> /dev/null) || return 1
  { tr '\0' ' ' < "/proc/$pid/cmdline"; } 2> /dev/null | grep -qF "$demo_home/data"
}

# ready_value KEY: one member of the server's ready file.
ready_value() {
  sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p" "$demo_home/data/ready.json" | head -n 1
}

in_demo() {
  FAIRLEAD_DATA_DIR=$demo_home/data "$demo_fairlead" "$@"
}

demo_project() {
  in_demo project create demo --output json > "$demo_home/project.json" || return
  cat "$demo_home/project.json"
  sed -n 's/.*"path_with_namespace" *: *"\([^"]*\)".*/\1/p' "$demo_home/project.json" > "$demo_home/project"
  [[ -s $demo_home/project ]]
}

demo_agent() {
  local project
  project=$(cat "$demo_home/project")
  in_demo agent create "$project:demo" || return
  in_demo agent token "$project:demo" --file "$demo_home/agent.token"
}

demo_push() {
  local project url
  project=$(cat "$demo_home/project")
  url=$(ready_value url)
  # The token goes to git by this script and not by the command line, which everyone on a machine can read.
  printf '#!/bin/sh\ncase $1 in Username*) echo root ;; *) cat "%s" ;; esac\n' "$(ready_value adminTokenFile)" \
    > "$demo_home/askpass"
  chmod 700 "$demo_home/askpass"
  mkdir -p "$demo_home/repository/.gitlab/agents/demo"
  cat > "$demo_home/repository/.gitlab/agents/demo/config.yaml" << YAML
# Members of this project act in the cluster as themselves.
user_access:
  access_as:
    user: {}
  projects:
    - id: $project
YAML
  (
    cd "$demo_home/repository"
    export GIT_ASKPASS=$demo_home/askpass GIT_TERMINAL_PROMPT=0 GIT_CONFIG_GLOBAL=/dev/null
    git init --quiet --initial-branch=main || return
    git add .
    git -c user.name=Demo -c user.email=demo@example.com commit --quiet --message "Configure the agent" || return
    GIT_SSL_CAINFO=$(ready_value caFile) git push "$url/$project.git" main
  )
}

demo_image() {
  if [[ -n ${KUBECONFIG:-} ]]; then
    say "the cluster must have the image $(cat "$build_root/images/agentk.name") from build/images/agentk.tar"
    return
  fi
  "$root/testbed/cluster" load-image "$build_root/images/agentk.tar"
}

demo_install() {
  local project kas user id
  project=$(cat "$demo_home/project")
  kas=$(ready_value kasUrl)
  user=${project%%/*}
  id=$(sed -n 's/^ *"id" *: *\([0-9]*\).*/\1/p' "$demo_home/project.json" | head -n 1)
  local -a limits=(--impersonate-user "gitlab:user:$user" --impersonate-group gitlab:user)
  for role in guest planner reporter developer maintainer owner; do
    limits+=(--impersonate-group "gitlab:project_role:$id:$role")
  done
  in_demo agent manifest "$project:demo" --agent-token-file "$demo_home/agent.token" --kas-address "$kas" \
    --image "${FAIRLEAD_DEMO_IMAGE:-$(cat "$build_root/images/agentk.name")}" "${limits[@]}" \
    | cluster_kubectl apply -f -
}

demo_pod() {
  cluster_kubectl create namespace "$demo_namespace" || return
  cluster_kubectl apply -f - << YAML
apiVersion: v1
kind: Pod
metadata:
  name: hello
  namespace: $demo_namespace
spec:
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: 1
  containers:
    - name: hello
      image: ${FAIRLEAD_DEMO_BUSYBOX:-fairlead.local/busybox:1}
      command: ["sh", "-c", "echo hello from the cluster; mkdir -p /tmp/www; echo hello from the pod > /tmp/www/index.html; exec httpd -f -p 8080 -h /tmp/www"]
YAML
}

demo_connected() {
  cluster_kubectl --namespace "$demo_agent_namespace" rollout status deployment/agentk --timeout=90s && return
  cluster_kubectl --namespace "$demo_agent_namespace" describe pods
  cluster_kubectl --namespace "$demo_agent_namespace" logs deployment/agentk --tail=30
  return 1
}

# What people may do is bound to the group that every user acting through Fairlead has.
demo_rights() {
  cluster_kubectl apply -f - << YAML
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: members, namespace: $demo_namespace}
rules:
  - apiGroups: [""]
    resources: [pods, pods/log]
    verbs: [get, list, watch]
  - apiGroups: [""]
    resources: [pods/exec, pods/attach, pods/portforward]
    verbs: [get, create]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: members, namespace: $demo_namespace}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: members}
subjects:
  - {apiGroup: rbac.authorization.k8s.io, kind: Group, name: "gitlab:user"}
YAML
}

demo_kubeconfig() {
  in_demo agent kubeconfig "$(cat "$demo_home/project"):demo" --file "$demo_home/kubeconfig" --namespace "$demo_namespace"
}

demo_get() {
  cluster_kubectl --namespace "$demo_namespace" wait --for=condition=Ready pod/hello --timeout=60s || return
  fairlead_kubectl get pods > "$demo_home/pods" || return
  cat "$demo_home/pods"
  grep -q '^hello ' "$demo_home/pods"
}

demo_logs() {
  [[ $(fairlead_kubectl logs hello) == "hello from the cluster" ]]
}

demo_exec() {
  [[ $(fairlead_kubectl exec hello -- echo through the line) == "through the line" ]]
}

demo_forward() {
  local forward answer='' waited=0
  # kubectl chooses a free port and says which.
  fairlead_kubectl port-forward hello :8080 > "$demo_home/forward" &
  forward=$!
  until [[ -n $answer || $waited -ge 100 ]]; do
    sleep 0.1
    waited=$((waited + 1))
    answer=$(curl --silent --max-time 5 "http://127.0.0.1:$(sed -n 's/^Forwarding from 127.0.0.1:\([0-9]*\).*/\1/p' "$demo_home/forward")/") || true
  done
  kill "$forward"
  wait "$forward" || true
  [[ $answer == "hello from the pod" ]]
}

demo_refused() {
  local answer
  if answer=$(fairlead_kubectl get secrets 2>&1); then
    say "secrets were listed"
    return 1
  fi
  say "$answer"
  grep -q 'gitlab:user:' <<< "$answer" && grep -q 'Forbidden' <<< "$answer"
}

demo_next() {
  cat "$demo_home/pods"
  cat << TEXT

That went through Fairlead: kubectl -> kas -> the agent's tunnel -> the cluster, as $(cat "$demo_home/project" | cut -d/ -f1).
Try next:
  export KUBECONFIG=$demo_home/kubeconfig
  kubectl logs --follow hello
  kubectl exec -it hello -- sh
  kubectl port-forward hello 8000:8080     (then http://127.0.0.1:8000)
  kubectl get secrets                    (refused: nobody granted it)
The server is at $(ready_value url); its administrator's token is in $(ready_value adminTokenFile).
  export FAIRLEAD_DATA_DIR=$demo_home/data PATH=$program_home/bin:\$PATH
  fairlead agent list $(cat "$demo_home/project")
./dev demo --stop takes it all away again.
TEXT
}

# Ends what this demo started, and nothing else.
demo_stop() {
  local code=0
  [[ -d $demo_home ]] || {
    say "no demo is there"
    return 0
  }
  demo_tools
  if [[ -s $demo_home/cluster && ! -e $demo_home/cluster-is-ours ]]; then
    step "objects removed from the cluster" cluster_kubectl delete --ignore-not-found \
      "namespace/$demo_namespace" "namespace/$demo_agent_namespace" \
      "clusterrole/$demo_agent_namespace-impersonate" "clusterrolebinding/$demo_agent_namespace-impersonate" || code=1
  fi
  if demo_server_runs; then
    step "server stopped" demo_stop_server || code=1
  fi
  if [[ -e $demo_home/cluster-is-ours ]]; then
    step "cluster down" "$root/testbed/cluster" down || code=1
    rm -f "$demo_home/cluster-is-ours" "$demo_home/cluster"
  fi
  rm -rf "$demo_home/data" "$demo_home/agent.token" "$demo_home/kubeconfig" "$demo_home/askpass"
  return "$code"
}

demo_stop_server() {
  local pid waited=0
  pid=$(cat "$demo_home/server.pid")
  kill "$pid"
  while demo_server_runs; do
    [[ $waited -lt 200 ]] || {
      kill -KILL "$pid"
      return 1
    }
    sleep 0.1
    waited=$((waited + 1))
  done
}
