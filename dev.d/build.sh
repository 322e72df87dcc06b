# shellcheck shell=bash
# Builds the program and its images. Sourced, never run.

program_home=$build_root/fairlead
image_tar=$build_root/images/agentk.tar

# newer_than STAMP: whether any source is newer than the file STAMP.
sources_newer_than() {
  [[ ! -e $1 ]] || [[ -n $(find "$root" \( -path "$root/build" -o -name target -o -name .git \) -prune -o \
    \( -path '*/src/main/*' -o -name pom.xml -o -path "$root/dev.d/*" -o -path "$root/images/*" \) -type f -newer "$1" -print -quit) ]] \
    || [[ $(cat "$1") != "$(commit_id)" ]]
}

# Builds build/fairlead unless it is newer than every source.
build_program() {
  local stamp=$program_home/.built
  sources_newer_than "$stamp" || return 0
  use_maven
  # What is no longer a dependency must not stay.
  rm -rf "$root"/apps/*/target/lib "$root/images/target/lib"
  step "compiling (a few minutes the first time)" maven -q package -DskipTests -pl apps/server,images -am || exit 1
  step "assembling build/fairlead" assemble_program || exit 1
  step "training the server's start" train_program || exit 1
  commit_id > "$stamp"
}

assemble_program() {
  rm -rf "$program_home"
  mkdir -p "$program_home/bin" "$program_home/lib"
  cp -p "$root"/apps/server/target/lib/*.jar "$program_home/lib/"
  cp -p "$root"/apps/server/target/fairlead-apps-server-*[0-9T].jar "$program_home/lib/"
  (cd "$program_home/lib" && LC_ALL=C ls -- *.jar > classpath)
  commit_id > "$program_home/lib/commit"
  cp -p "$root/dev.d/launcher" "$program_home/bin/fairlead"
  chmod +x "$program_home/bin/fairlead"
  "$program_home/bin/fairlead" version
}

# Runs the server once for the cache of classes that later starts begin from; see the launcher.
train_program() {
  local work pid code=0
  work=$(mktemp -d)
  FAIRLEAD_JAVA_OPTS="-XX:AOTCacheOutput=$program_home/lib/server.aot" "$program_home/bin/fairlead" server \
    --data-dir "$work/data" --ready-file "$work/ready.json" \
    --https-port 0 --http-port 0 --grpc-port 0 --ssh-port 0 --observability-port 0 &
  pid=$!
  for ((waited = 0; waited < 1200; waited++)); do
    [[ ! -e $work/ready.json ]] && kill -0 "$pid" || break
    sleep 0.1
  done
  FAIRLEAD_DATA_DIR=$work/data "$program_home/bin/fairlead" project create trained || code=$?
  FAIRLEAD_DATA_DIR=$work/data "$program_home/bin/fairlead" project list || code=$?
  kill "$pid"
  wait "$pid" || true
  rm -rf "$work"
  [[ -e $program_home/lib/server.aot ]] || code=1
  return "$code"
}

build_images() {
  build_program
  local stamp=$build_root/images/.built
  sources_newer_than "$stamp" || return 0
  use_jdk
  step "building the agent's image" "$root/images/build" "$build_root/images" || exit 1
  commit_id > "$stamp"
}
