# shellcheck shell=bash
# The two images that every cluster has, made from a folder each; see images/ for the packer.

pack_program() { build_go pack "$here/images" ./pack ''; }

# static_busybox: prints the path of a statically linked busybox. Debian's package is unpacked into
# the cache instead of installed, because it would replace the machine's own busybox.
static_busybox() {
  local entry=$cache_root/busybox-static
  if [[ ! -x $entry/bin/busybox ]]; then
    say "fetching Debian's busybox-static"
    mkdir -p "$entry"
    (
      cd "$entry"
      apt download busybox-static || { refresh_package_lists && apt download busybox-static; } \
        || die "could not fetch Debian's package busybox-static"
      dpkg -x busybox-static_*.deb .
      rm -f busybox-static_*.deb
    ) >&2
  fi
  printf '%s\n' "$entry/bin/busybox"
}

# base_images: prints the paths of the pause and busybox images' tars.
base_images() {
  local pack pause busybox key entry
  pack=$(pack_program)
  pause=$(build_go pause "$here/images" ./pause '')
  busybox=$(static_busybox)
  key=$(source_key "$pause_image $busybox_image" "$pack" "$pause" "$busybox" "$here/lib/images.sh")
  entry=$cache_root/images-$key
  if [[ ! -f $entry/busybox.tar || ! -f $entry/pause.tar ]]; then
    mkdir -p "$entry"
    make_base_images "$entry" "$pack" "$pause" "$busybox"
  fi
  printf '%s\n' "$entry/pause.tar" "$entry/busybox.tar"
}

make_base_images() {
  local entry=$1 pack=$2 pause=$3 busybox=$4 root applet
  root=$(mktemp -d "$entry/.root-XXXXXX")
  mkdir -p "$root/pause"
  cp "$pause" "$root/pause/pause"
  "$pack" -out "$entry/pause.tar" -name "$pause_image" -user 65535:65535 "$root/pause" /pause

  mkdir -p "$root/busybox"/{bin,etc,home,root,tmp,usr/bin,var/run}
  chmod 1777 "$root/busybox/tmp"
  cp "$busybox" "$root/busybox/bin/busybox"
  while read -r applet; do
    # A link called busybox would take the place of the program itself.
    [[ $applet == busybox ]] || ln -s busybox "$root/busybox/bin/$applet"
  done < <("$busybox" --list)
  ln -s ../../bin/env "$root/busybox/usr/bin/env"
  printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n' > "$root/busybox/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' > "$root/busybox/etc/group"
  "$pack" -cmd -out "$entry/busybox.tar" -name "$busybox_image" "$root/busybox" /bin/sh
  rm -rf "$root"
}

# import_image TAR: makes an image of an OCI or docker tar available to pods.
import_image() {
  [[ -r $1 ]] || die "cannot read the image file $1"
  ctr --address "$containerd_socket" --namespace k8s.io images import "$1" > "$state/log/import.log" 2>&1 || {
    tail -n 5 "$state/log/import.log" >&2
    die "containerd did not accept $1 as an image"
  }
}
