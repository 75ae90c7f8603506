#!/usr/bin/env bash
# Hands a plugin to `wkg`, the ecosystem's own tool for components in registries, and takes one from it, through a registry on this machine.
#
# Needs what tests/tools.sh installs, and takes `wkg` from crates.io where it is not there: minutes, so that .ci/run leaves this to a job of
# its own.
set -euo pipefail
cd "$(dirname "$0")/.."
outparse=$PWD/target/release/outparse
PATH=$PWD/target/tools/venv/bin:$PWD/target/tools/wkg/bin:$PATH
command -v wkg > /dev/null || cargo install --quiet --locked --root target/tools/wkg wkg@0.16.1

folder=$(mktemp -d)
cd "$folder"
export HOME=$folder
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME OUTPARSE_CONFIG
address=127.0.0.1:5071
cat > registry.yml << END
version: 0.1
storage:
  filesystem:
    rootdirectory: $folder/registry
http:
  addr: $address
END
docker-registry serve registry.yml > registry.log 2>&1 &
trap 'kill %1; rm -rf "$folder"' EXIT
for _ in {1..100}; do
    curl --silent --fail "http://$address/v2/" > /dev/null && break
    sleep 0.1
done

# One with a name that no bundled plugin has.
"$outparse" plugin new greeting --command greet --lang c > /dev/null
"$outparse" plugin build greeting > /dev/null
"$outparse" plugin push greeting/plugin.wasm "oci://$address/ours:1.0"
wkg oci pull --insecure "$address" "$address/ours:1.0" --output pulled.wasm
cmp greeting/plugin.wasm pulled.wasm

wkg oci push --insecure "$address" "$address/theirs:1.0" greeting/plugin.wasm
"$outparse" plugin add "oci://$address/theirs:1.0"
"$outparse" plugin export greeting added.wasm > /dev/null
cmp greeting/plugin.wasm added.wasm
echo "tests/wkg.sh: wkg reads what outparse has pushed, and outparse what wkg has"
