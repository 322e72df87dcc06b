# shellcheck shell=bash
# What the commands of ./dev share: speaking to its user, and steps with progress. Sourced, never run.

# Where the server listens unless told otherwise: HTTP, HTTPS, agents by gRPC, Git over SSH, metrics.
default_ports=(8080 8443 8150 2222 8151)

cache_root=${XDG_CACHE_HOME:-$HOME/.cache}/fairlead
build_root=$root/build
step_logs=$build_root/logs

say() { printf '%s\n' "$*" >&2; }

# fail MESSAGE: something went wrong.
fail() {
  say "dev: $*"
  exit 1
}

wrong_usage() {
  say "dev: $*"
  exit 2
}

# lacking MESSAGE: the machine has not what is needed; the message says how to get it.
lacking() {
  say "dev: $*"
  exit 3
}

# step NAME COMMAND...: runs COMMAND with its output in a log, shows the time it takes, and on failure
# the end of the log. Returns the command's exit code.
step() {
  local name=$1 log started=$SECONDS ticker='' code=0
  shift
  mkdir -p "$step_logs"
  log=$step_logs/$(tr -c 'a-z0-9\n' '-' <<< "${name,,}").log
  if [[ -t 2 ]]; then
    (while sleep 1; do printf '\r  ... %s (%d s)' "$name" "$((SECONDS - started))" >&2; done) &
    ticker=$!
  else
    say "  ... $name"
    # The sleep outlives the ticker by up to a minute, and must not keep anybody's pipe open.
    (while sleep 60 > /dev/null 2>&1; do say "      $name goes on ($((SECONDS - started)) s); its output: ${log#"$root/"}"; done) &
    ticker=$!
  fi
  "$@" > "$log" 2>&1 < /dev/null || code=$?
  if [[ -n $ticker ]]; then
    kill "$ticker" 2> /dev/null || true
    wait "$ticker" 2> /dev/null || true
    [[ ! -t 2 ]] || printf '\r\033[K' >&2
  fi
  if [[ $code -eq 0 ]]; then
    say "  ok  $name ($((SECONDS - started)) s)"
  else
    say "  FAILED  $name ($((SECONDS - started)) s), exit code $code; the end of ${log#"$root/"}:"
    tail -n 40 "$log" | sed 's/^/    | /' >&2
  fi
  return "$code"
}

# port_taken HOST PORT: whether something listens there.
port_taken() {
  (: < "/dev/tcp/$1/$2") 2> /dev/null
}

# Whether a cluster can be had: one that is given, or one of our own, which needs root.
cluster_possible() {
  [[ -n ${KUBECONFIG:-} || $(id -u) -eq 0 ]]
}
