#!/usr/bin/env bash
# Makes the pictures of the README from the real thing: `terminal.png`, what the program prints on a terminal, and `page.png`, the page with a
# capture that has problems. Into `host/playground/pictures`, or the folder that is named.
#
# Needs what `tests/tools.sh` installs, and the Debian packages aha and pngquant. `cargo build --release` and
# `node host/playground/build.js` come first.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=${1:-host/playground/pictures}
program=${OUTPARSE:-target/release/outparse}
mkdir -p "$out"
scratch=$(mktemp --directory)
trap 'rm -r "$scratch"' EXIT
cp "$program" "$scratch/outparse"

# A `df` whose machine has something to show.
cat > "$scratch/df" <<'END'
#!/bin/sh
cat <<'ROWS'
Filesystem           Size  Used Avail Use% Mounted on
/dev/nvme0n1p2       468G  231G  214G  52% /
tmpfs                 16G  1.2M   16G   1% /run
/dev/nvme0n1p1       511M   33M  479M   7% /boot/efi
/dev/mapper/vg0-data 3.6T  3.1T  342G  91% /srv/data
/dev/sdb1            1.8T  1.5T  230G  87% /srv/backup
nas01:/export/home   7.3T  2.9T  4.4T  40% /home
ROWS
END
chmod +x "$scratch/df"

# A terminal that is wide enough: `script` gives the program a real one. The prompt is ours, the rest is the program's.
shown() {
    local quoted word
    printf '\033[32m$\033[0m'
    for word; do
        case $word in *' '*) printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
    done
    echo
    printf -v quoted '%q ' "$@"
    env -u NO_COLOR -u COLUMNS PATH="$scratch:$PATH" TERM=xterm-256color COLORTERM=truecolor \
        script --quiet --return --command "stty cols 100 rows 40; exec $quoted" /dev/null < /dev/null | tr -d '\r'
    echo
}
{
    shown outparse df -h
    shown outparse --where 'use_percent > 80' --sort -use_percent --format jsonl --fields mounted_on,use_percent df -h
} > "$scratch/terminal.ansi"
# aha knows no dim text: grey says the same.
sed 's/\x1b\[2m/\x1b[90m/g' "$scratch/terminal.ansi" | aha --no-header --stylesheet > "$scratch/terminal.html"

node host/playground/pictures.js "$scratch/terminal.html" "${PAGE:-target/playground}" "$out"
for picture in terminal page; do
    pngquant --force --quality 60-95 --speed 1 --output "$out/$picture.png" "$out/$picture.png"
    stat --format '%s bytes  %n' "$out/$picture.png"
done
