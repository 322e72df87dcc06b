# shellcheck shell=bash
# Steps of images/build. Sourced, never run.

# The modules that agentk and its libraries use: HTTP for probes, java.util.logging for gRPC, Unsafe for Netty,
# java.xml because Jackson names its classes.
runtime_modules=java.base,java.logging,java.xml,jdk.httpserver,jdk.unsupported
file_time=2026-01-01T00:00:00Z

# link_runtime FOLDER
link_runtime() {
  "$JAVA_HOME/bin/jlink" --module-path "$JAVA_HOME/jmods" --add-modules "$runtime_modules" --output "$1" \
    --strip-debug --no-header-files --no-man-pages --vm=server
  # Nothing in the image edits, signs or links.
  rm -rf "$1/legal" "$1/bin/keytool" "$1/lib/jexec"
}

# take_natives_out ROOT: BoringSSL and epoll as plain libraries: a container's file system may be read-only, and what lies
# in a jar would have to be written out at each start.
take_natives_out() {
  local jar
  mkdir -p "$1/app/native"
  for jar in "$1"/app/lib/netty-*-linux-*.jar; do
    (cd "$1/app/native" && "$JAVA_HOME/bin/jar" --extract --file "$jar" META-INF/native)
    mv "$1"/app/native/META-INF/native/*.so "$1/app/native/"
    rm -rf "$1/app/native/META-INF" "$jar"
  done
}

# copy_c_library ROOT: the shared libraries of the build's machine that the runtime asks for.
copy_c_library() {
  local root=$1 library
  # One link and one name for each: the loader finds them by the path that the program names.
  find "$root/opt/java" "$root/app/native" -type f \( -name '*.so' -o -path '*/bin/java' \) -print0 \
    | xargs -0 -n 1 ldd 2> /dev/null | grep -oE '/[^ )]+' | grep -v "^$root" | sort -u | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  done
}

# write_java_arguments ROOT: how the JVM is started; the entry point reads it.
write_java_arguments() {
  local root=$1 classpath
  classpath=$(cd "$root/app/lib" && LC_ALL=C printf '/app/lib/%s:' *.jar)
  cat > "$root/app/java.args" << ARGS
-XX:+UseSerialGC
-Xms4m
-Xmx48m
-Xss256k
-XX:MaxDirectMemorySize=48m
-XX:ReservedCodeCacheSize=40m
-XX:+UseCompactObjectHeaders
-XX:-UsePerfData
-XX:TrimNativeHeapInterval=3000
-XX:+UnlockDiagnosticVMOptions
-XX:ArchiveRelocationMode=0
-XX:+ExitOnOutOfMemoryError
--enable-native-access=ALL-UNNAMED
--sun-misc-unsafe-memory-access=allow
-XX:AOTCache=/app/agentk.aot
-Djava.library.path=/app/native
-Dio.netty.leakDetection.level=disabled
-Dfairlead.commit=$(cat "$top/build/fairlead/lib/commit")
-cp ${classpath%:}
io.fairlead.apps.agentk.Main
ARGS
}

set_times() {
  find "$1" -exec touch -h -d "$file_time" {} +
}

# pack ROOT TAR NAME
pack() {
  local packer
  packer=$(printf '%s:' "$top"/images/target/lib/*.jar "$top"/images/target/fairlead-images-*.jar)
  "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -cp "${packer%:}" io.fairlead.images.ImagePacker \
    --root "$1" --tar "$2" --name "$3" --title "Fairlead agentk" --cache "$(dirname "$2")/layers"
}
