#!/usr/bin/env bash
# The linker of a program that is handed out (build.sh): it links it, runs it once to see which functions a small parse calls, and links it
# again with these side by side. Every start then reads a third fewer pages. Takes seconds; needs valgrind (tests/tools.sh).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

first=()
previous=
for argument in "$@"; do
    [ "$previous" = -o ] && argument=$folder/program
    # Names are what the first one is linked for.
    [ "$argument" = -Wl,--strip-all ] || first+=("$argument")
    previous=$argument
done
cc "${first[@]}"

printf '%s\n' 'Filesystem 1K-blocks Used Available Use% Mounted on' '/dev/a 100 60 40 60% /a' > "$folder/capture"
env -i HOME="$folder" valgrind --quiet --tool=callgrind --demangle=no --callgrind-out-file="$folder/calls" \
    "$folder/program" parse df --format jsonl < "$folder/capture" > /dev/null
# `fn=(17) name'2`, where the number behind the quote says how deep it called itself.
sed -nE "s/^c?fn=\([0-9]+\) ([^']+).*/\1/p" "$folder/calls" | awk '!seen[$0]++' > "$folder/order"
if [ "$(grep --count outparse "$folder/order")" -lt 100 ]; then
    echo "host/release/linker.sh: a parse called fewer functions than it cannot do without: were they linked without their names?" >&2
    exit 1
fi

cc "$@" "-Wl,--symbol-ordering-file=$folder/order" -Wl,--no-warn-symbol-ordering
