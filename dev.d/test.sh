# shellcheck shell=bash
# Tests: format, units, stories. Sourced, never run.

run_tests() {
  # How long hostile bytes are made for the proxy, in seconds.
  local units=1 stories=1 fuzz=${FAIRLEAD_FUZZ_SECONDS:-60}
  case ${1:-} in
    '') ;;
    --unit) stories=0 ;;
    --stories) units=0 ;;
    *) wrong_usage "test knows --unit and --stories, not \"$1\"" ;;
  esac
  use_maven
  if [[ $units -eq 1 ]]; then
    format check
    check_scripts
    need_valkey
    step "unit tests" maven verify "-Dfairlead.fuzz.seconds=$fuzz" || exit 1
  fi
  if [[ $stories -eq 1 ]]; then
    run_stories --all
  fi
  say "all tests passed"
}

# The registry of several kas is tested on a real one, of Debian's.
need_valkey() {
  [[ ! -x /usr/bin/valkey-server && ! -x /usr/bin/redis-server ]] || return 0
  [[ $(id -u) -eq 0 ]] || lacking "the tests of several kas need Valkey or Redis: apt-get install redis-server"
  (
    die() { lacking "$*"; }
    # shellcheck source=testbed/lib/packages.sh
    source "$root/testbed/lib/packages.sh"
    apt_install redis-server
  ) || exit 1
}

check_scripts() {
  command -v shellcheck > /dev/null || {
    say "  --  shell scripts: not checked, shellcheck is not on this machine"
    return
  }
  step "shell scripts" shellcheck -x -S warning -P "$root:SCRIPTDIR" "$root/dev" "$root/dev.d/launcher" "$root/.ci/run" "$root/bench/run" \
    "$root/images/build" "$root/images/train" "$root/testbed/cluster" || exit 1
}

# Without a name lists the stories; with --all runs them all.
run_stories() {
  if [[ $# -eq 0 ]]; then
    list_stories
    return
  fi
  local -a selection=()
  if [[ $1 != --all ]]; then
    check_story_names "$@"
    selection=("-Dstories=$(IFS=,; printf '%s' "$*")")
  fi
  local cluster=1 ours=0
  if [[ $1 != --all ]] && ! stories_need_cluster "$@"; then
    cluster=0
  fi
  [[ $cluster -eq 0 ]] || cluster_possible \
    || lacking "the stories need a cluster: run as root, or set KUBECONFIG to a cluster that may be used"
  build_images
  use_maven
  if [[ $cluster -eq 1 && -z ${KUBECONFIG:-} ]] && ! "$root/testbed/cluster" status > /dev/null 2>&1; then
    step "cluster up" "$root/testbed/cluster" up || exit 1
    ours=1
  fi
  local code=0
  # On the screen as they run: a story says what it does, and ends with its line of figures.
  [[ $cluster -eq 0 ]] || story_kubeconfig
  maven -q verify -pl it -am -Pstories "${selection[@]}" || code=$?
  if [[ $ours -eq 1 ]]; then
    step "cluster down" "$root/testbed/cluster" down || code=1
  fi
  [[ $code -eq 0 ]] || fail "stories failed; it/target holds their reports"
}

# The stories run against the cluster that is given, else against ours.
story_kubeconfig() {
  if [[ -z ${KUBECONFIG:-} ]]; then
    KUBECONFIG=$("$root/testbed/cluster" kubeconfig)
    export KUBECONFIG
  fi
}

# Whether one of these stories plays on a cluster, which its source says.
stories_need_cluster() {
  local name
  for name in "$@"; do
    if grep -l "@Tag(\"$name\")" "$root"/it/src/test/java/io/fairlead/it/story/*Story.java | xargs grep -qE '\bScenery\.(open|cluster)\('; then
      return 0
    fi
  done
  return 1
}

# A story is a class *Story in it/ ; its name is the class's, in kebab case without the ending.
list_stories() {
  find "$root/it/src" -name '*Story.java' 2> /dev/null | sed -E 's#.*/##; s#Story\.java$##; s#([a-z0-9])([A-Z])#\1-\2#g' \
    | tr '[:upper:]' '[:lower:]' | LC_ALL=C sort
}

check_story_names() {
  local name known
  known=$(list_stories)
  for name in "$@"; do
    grep -qxF -- "$name" <<< "$known" || wrong_usage "there is no story \"$name\"; ./dev story lists them"
  done
}
