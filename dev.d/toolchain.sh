# shellcheck shell=bash
# Finds a JDK and fetches the Maven this build needs. Sourced, never run.

jdk_least=25
maven_version=3.9.11
maven_home=$cache_root/apache-maven-$maven_version
# Named, because Maven 3.8 would pick a release of 2014 by itself.
unpack_goal=org.apache.maven.plugins:maven-dependency-plugin:3.7.0:unpack

# jdk_major FOLDER: prints the feature release of the JDK there; nothing when there is no JDK.
jdk_major() {
  [[ -x $1/bin/javac && -r $1/release ]] || return 0
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

# Prints the folder of the first JDK that is new enough.
find_jdk() {
  local candidate major on_path=''
  command -v javac > /dev/null && on_path=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
  for candidate in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/*; do
    [[ -n $candidate ]] || continue
    major=$(jdk_major "$candidate")
    if [[ -n $major && $major -ge $jdk_least ]]; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}

jdk_advice="install a JDK $jdk_least or newer (Adoptium's package temurin-25-jdk, or openjdk-25-jdk of a newer Debian) or point JAVA_HOME at one"

use_jdk() {
  JAVA_HOME=$(find_jdk) || lacking "no JDK $jdk_least or newer found: $jdk_advice"
  export JAVA_HOME
}

# The Maven of Debian 12 is too old for the protobuf plug-in, but new enough to fetch a newer one.
use_maven() {
  use_jdk
  [[ -x $maven_home/bin/mvn ]] && return
  command -v mvn > /dev/null || lacking "Maven is missing: apt-get install maven"
  step "fetching Maven $maven_version" fetch_maven || exit 1
}

fetch_maven() {
  local staging=$cache_root/.maven-$$
  mkdir -p "$staging"
  mvn -B -q "$unpack_goal" "-Dartifact=org.apache.maven:apache-maven:$maven_version:zip:bin" "-DoutputDirectory=$staging"
  chmod +x "$staging/apache-maven-$maven_version/bin/mvn"
  rm -rf "$maven_home"
  mv "$staging/apache-maven-$maven_version" "$maven_home"
  rmdir "$staging"
}

# maven ARGUMENT...: runs Maven in the root of the repository.
maven() {
  (cd "$root" && "$maven_home/bin/mvn" -B -ntp "$@")
}

commit_id() {
  git -C "$root" rev-parse --short=8 HEAD 2> /dev/null || printf 'unknown\n'
}

format() {
  use_maven
  local code=0
  step "format: $1" maven -q "com.diffplug.spotless:spotless-maven-plugin:3.0.0:$1" || code=$?
  [[ $code -eq 0 ]] || fail "the code is not formatted: run ./dev fmt"
}
