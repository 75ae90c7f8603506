#!/usr/bin/env bash
# Makes an OCI image of the static program and nothing else: `image.sh PROGRAM VERSION ARCHITECTURE FILE.tar`.
#
# No daemon takes part: umoci writes the layout. The same program makes the same bytes; SOURCE_DATE_EPOCH is the time in it. The file is
# what `skopeo copy oci-archive:…`, `podman load` and `docker load` read.
set -euo pipefail
program=$1 version=$2 architecture=$3 file=$(realpath -m "$4")
: "${SOURCE_DATE_EPOCH:=0}"
created=$(date --utc --date="@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
image=$folder/layout:$version
# Root's, as the image is made without root's rights too.
owner=(--rootless --uid-map "0:$(id -u):1" --gid-map "0:$(id -g):1")
[ "$(id -u)" = 0 ] && owner=()

install -m 755 "$program" "$folder/outparse"
touch --date="@$SOURCE_DATE_EPOCH" "$folder/outparse"
umoci init --layout "$folder/layout"
umoci new --image "$image"
umoci insert "${owner[@]}" --image "$image" --history.created "$created" --history.created_by outparse "$folder/outparse" /outparse
umoci config --image "$image" --no-history --created "$created" --os linux --architecture "$architecture" \
    --config.entrypoint /outparse --config.user 65534:65534 --config.workingdir / --clear config.cmd \
    --config.label "org.opencontainers.image.title=outparse" \
    --config.label "org.opencontainers.image.version=$version" \
    --config.label "org.opencontainers.image.licenses=MIT OR Apache-2.0" \
    --manifest.annotation "org.opencontainers.image.created=$created"
umoci gc --layout "$folder/layout"

tar --create --file "$file" --directory "$folder/layout" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
    --mode=u=rwX,go=rX --format=ustar oci-layout index.json blobs
