#!/usr/bin/env bash
# Prints a recipe with what is known now: `recipe.sh RECIPE.in VERSION TARGET FOLDER`.
#
# `@version@` is the version, `@target@` the target, and `@sha256@` the sum of its archive in the folder.
set -euo pipefail
recipe=$1 version=$2 target=$3 folder=$4

sum=$(sha256sum "$folder/outparse-$version-$target.tar.gz" | cut -d' ' -f1)
sed "s/@version@/$version/g; s/@target@/$target/g; s/@sha256@/$sum/g" "$recipe"
