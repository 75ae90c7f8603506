#!/bin/sh
# Fills the corpora with the plugins' fixtures. Run it in this folder.
set -eu

plugins=../../plugins
mkdir -p corpus/parsers corpus/helpers

# The order of Cargo.toml.
number=0
for plugin in $(sed -n 's|.*path = "../../plugins/\([^"]*/[^"]*\)".*|\1|p' Cargo.toml); do
    for capture in "$plugins/$plugin"/fixtures/*/*/output; do
        [ -f "$capture" ] || continue
        case=$(dirname "$capture")
        seed=$(echo "${case#"$plugins"/}" | tr '/' '_')
        {
            printf "\\$(printf '%03o' "$number")"
            if [ -f "$case/command" ]; then tr '\n' ' ' < "$case/command" | sed 's/ $//'; fi
            echo
            head -c 4096 "$capture"
        } > "corpus/parsers/$seed"
        head -c 512 "$capture" > "corpus/helpers/$seed"
    done
    number=$((number + 1))
done
echo "$(ls corpus/parsers | wc -l) captures of $number plugins"
