# Sourced by the scripts beside it: finds a JDK, builds what is out of date.

set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)

die() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# feature_of HOME: 17, 25, ... or nothing when HOME is not a JDK.
feature_of() {
  [ ! -x "$1/bin/javac" ] || sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null || true
}

# find_jdk [FEATURE]: the home of the newest JDK of at least 17, or of exactly FEATURE; nothing when there is none.
find_jdk() {
  local home feature javac
  javac=$(readlink -f "$(command -v javac)" || true)
  for home in /usr/lib/jvm/* /opt/* "${javac%/bin/javac}"; do
    feature=$(feature_of "$home")
    [ "${feature:-0}" -lt 17 ] || [ "${1:-$feature}" != "$feature" ] || echo "$feature $home"
  done | sort -n | tail -1 | cut -d' ' -f2-
}

# use_jdk HOME: what follows builds and runs with it.
use_jdk() {
  export JAVA_HOME=$1
  local feature
  feature=$(feature_of "$JAVA_HOME")
  [ "${feature:-0}" -ge 17 ] || die "JAVA_HOME=$JAVA_HOME is not a JDK of at least 17"
  java_flags=()
  [ "$feature" -lt 24 ] || java_flags+=(--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED)
  [ "$feature" -lt 25 ] || java_flags+=(-XX:+UseCompactObjectHeaders)
}

# use_default_jdk: that of JAVA_HOME, else the newest.
use_default_jdk() {
  local home=${JAVA_HOME:-$(find_jdk)}
  [ -n "$home" ] || die "no JDK of at least 17 found: apt-get install default-jdk-headless"
  use_jdk "$home"
}

# maven ARGS...: quietly, in the root, on the JDK in use.
maven() {
  local commit
  commit=$(git -C "$root" describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)
  (cd "$root" && MAVEN_OPTS="${java_flags[*]} ${MAVEN_OPTS:-}" mvn -q -B -Dstyle.color=never -Dbuild.commit="$commit" "$@")
}

# lock_build: one build at a time, until unlock_build or the end of the script.
lock_build() {
  exec 9<"$root/pom.xml"
  flock -n 9 || {
    echo "${0##*/}: waiting for another build" >&2
    flock 9
  }
}

unlock_build() {
  exec 9<&-
}

# build_jar MODULE JAR: builds MODULE/target/JAR when it is missing or older than what it is made of.
build_jar() {
  local jar=$root/$1/target/$2 started
  lock_build
  if [ ! -e "$jar" ] || [ -n "$(find "$root"/{pom.xml,.mvn} "$root"/{router-core,router-netty,"$1"}/{pom.xml,src/main} \
    -newer "$jar" -print -quit)" ]; then
    [ -n "$(command -v mvn)" ] || die "Maven is missing: apt-get install maven"
    echo "${0##*/}: building $2" >&2
    started=$(date --iso-8601=ns)
    rm -f "$jar" # a process that runs the old one keeps it
    maven -pl "$1" -am -Dmaven.test.skip package >&2
    touch -d "$started" "$jar"
  fi
  unlock_build
}
