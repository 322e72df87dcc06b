# shellcheck shell=bash
# Detached processes with pid files, and waiting for them.

# ours PID: whether the process is one of this cluster's, not a later owner of the same number.
ours() {
  grep -qsxzF -- "$marker" "/proc/$1/environ"
}

# pid_of COMPONENT: prints the process id while the component runs.
pid_of() {
  local pid
  pid=$(cat "$state/run/$1.pid" 2> /dev/null) && [[ -n $pid ]] && ours "$pid" && printf '%s\n' "$pid"
}

# beginning COMPONENT: whether its process was made but is not yet the program: for as long as a large one comes from the disk, the
# kernel shows no environment of it, and before that the shell's own.
beginning() {
  local pid
  pid=$(cat "$state/run/$1.pid" 2> /dev/null) && [[ -n $pid ]] || return 1
  grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$pid/status" || return 1
  [[ $(tr -d '\0' < "/proc/$pid/environ" 2> /dev/null | wc -c) -eq 0 || $(cut -d ' ' -f 4 "/proc/$pid/stat" 2> /dev/null) == "$$" ]]
}

# launch COMPONENT COMMAND...: starts a process which outlives this shell and its terminal. It gets
# a fixed environment, so proxies and credentials of the caller stay out, and not our lock (fd 9).
launch() {
  local name=$1
  shift
  printf -- '--- %s started %s\n' "$name" "$(date -u +%FT%TZ)" >> "$state/log/$name.log"
  (
    cd "$state"
    exec env -i PATH="$PATH" HOME="$state" LANG=C.UTF-8 "$marker" setsid "$@" \
      < /dev/null >> "$state/log/$name.log" 2>&1 9>&-
  ) &
  printf '%s\n' "$!" > "$state/run/$name.pid"
}

# halt COMPONENT [SECONDS]: asks a component to end, and ends it after that time.
halt() {
  local name=$1 grace=${2:-2} pid deadline
  pid=$(pid_of "$name") || return 0
  kill -TERM "$pid" 2> /dev/null || true
  deadline=$((SECONDS + grace))
  while ours "$pid" && ((SECONDS < deadline)); do
    sleep 0.05
  done
  kill -KILL "$pid" 2> /dev/null || true
  while ours "$pid"; do
    sleep 0.05
  done
  rm -f "$state/run/$name.pid"
}

# await COMPONENT SECONDS WHAT COMMAND...: waits until the command succeeds. When it does not in
# time, or the component ends first, prints the end of the component's log and gives up.
await() {
  local name=$1 seconds=$2 what=$3 started=$SECONDS
  shift 3
  until "$@" > /dev/null 2>&1; do
    if ! pid_of "$name" > /dev/null && ! beginning "$name"; then
      show_failure "$name" "$name ended while waiting for: $what"
    fi
    if ((SECONDS - started >= seconds)); then
      show_failure "$name" "still waiting after $seconds s for: $what"
    fi
    sleep 0.1
  done
  say "$what"
}

show_failure() {
  say "$2; the end of $state/log/$1.log:"
  tail -n 25 "$state/log/$1.log" >&2
  die "not up. All logs are in $state/log; cluster down removes what is there"
}
