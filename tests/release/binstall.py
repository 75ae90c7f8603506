#!/usr/bin/env python3
"""Does what `cargo binstall` does with what Cargo.toml says to it, where there is none: `binstall.py Cargo.toml RELEASE TARGET FOLDER`.

The archive is taken from the folder RELEASE instead of the web. Prints the version that the installed program says. What the manifest may
say is in cargo-binstall's own documentation; a word that is not known here is an error.
"""

import pathlib
import re
import subprocess
import sys
import tarfile
import tomllib

manifest, release, target, folder = sys.argv[1:]
with open(manifest, "rb") as file:
    manifest = tomllib.load(file)
said = dict(manifest["package"]["metadata"]["binstall"])
(program,) = (one["name"] for one in manifest["bin"])
words = {
    "name": manifest["package"]["name"],
    "version": manifest["workspace"]["package"]["version"],
    "target": target,
    "bin": program,
    "binary-ext": "",
}


def filled(text):
    return re.sub(r"\{ ([^}]*) \}", lambda word: words[word[1]], text)


url, kind, place = (said.pop(key) for key in ("pkg-url", "pkg-fmt", "bin-dir"))
if said or kind != "tgz":
    sys.exit(f"binstall.py: this is not known here: {said}, {kind}")
archive = pathlib.Path(release) / filled(url).rsplit("/", 1)[1]
with tarfile.open(archive, "r:gz") as packed:
    member = packed.getmember(filled(place))
    installed = pathlib.Path(folder) / program
    installed.write_bytes(packed.extractfile(member).read())
    installed.chmod(member.mode)
version = subprocess.run([installed.resolve(), "--version"], check=True, capture_output=True, text=True).stdout
print(version.removeprefix(f"{program} ").strip())
