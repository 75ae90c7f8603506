#!/usr/bin/env python3
"""Writes what the program is made of, as CycloneDX: `sbom.py TARGET FILE.json`.

Taken from what cargo resolves for that target: the crates that are linked into the program, and those of the plugins in it. What only
builds or tests it, macros among it, is left out. SOURCE_DATE_EPOCH is the time in it.
"""

import json
import os
import subprocess
import sys
import tomllib
import uuid
from datetime import datetime, timezone

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

PROGRAM = "outparse"


def resolved(target):
    """The packages by id, and for each what is linked into it."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    macros = {id for id, package in packages.items() if any("proc-macro" in one["crate_types"] for one in package["targets"])}

    def is_linked(link):
        return link["pkg"] not in macros and any(kind["kind"] is None for kind in link["dep_kinds"])

    links = {node["id"]: [link["pkg"] for link in node["deps"] if is_linked(link)] for node in metadata["resolve"]["nodes"]}
    return packages, links, metadata["workspace_members"]


def roots(packages, members):
    """The program, and the plugins that its build puts into it."""

    def has(package, kind, name=None):
        return any(kind in one["crate_types"] and name in (None, one["name"]) for one in package["targets"])

    program = next(id for id in members if has(packages[id], "bin", PROGRAM))
    plugins = [id for id in members if has(packages[id], "cdylib") and "/plugins/" in packages[id]["manifest_path"]]
    return program, plugins


def component(package, checksums, kind):
    key = package["name"], package["version"]
    origin = "cargo" if package["source"] else "generic"
    purl = PackageURL(origin, None, *key)
    one = Component(type=kind, name=package["name"], version=package["version"], purl=purl, bom_ref=str(purl))
    if package["description"]:
        one.description = " ".join(package["description"].split())
    if package["license"]:
        # An old way to write `OR`.
        one.licenses.add(LicenseFactory().make_from_string(package["license"].replace("/", " OR ")))
    if key in checksums:
        one.hashes.add(HashType(alg=HashAlgorithm.SHA_256, content=checksums[key]))
    return one


def main():
    target, file = sys.argv[1:]
    packages, links, members = resolved(target)
    program, plugins = roots(packages, members)
    with open("Cargo.lock", "rb") as lock:
        locked = tomllib.load(lock)["package"]
    checksums = {(one["name"], one["version"]): one["checksum"] for one in locked if "checksum" in one}

    # The plugins are not linked but included.
    links[program] = links[program] + plugins
    made, open_ = {}, [program]
    while open_:
        id = open_.pop()
        if id not in made:
            kind = ComponentType.APPLICATION if id == program else ComponentType.LIBRARY
            made[id] = component(packages[id], checksums, kind)
            open_ += links[id]

    # It goes by another name than the crate that it is in.
    made[program].name = PROGRAM
    bom = Bom(components=[one for id, one in made.items() if id != program])
    bom.metadata.component = made[program]
    bom.metadata.timestamp = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), timezone.utc)
    for id, one in made.items():
        bom.register_dependency(one, [made[link] for link in links[id]])
    # A number that stays as long as what is said does.
    said = "\n".join(sorted(f"{one.purl} {[str(hash.content) for hash in one.hashes]}" for one in made.values()))
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_OID, f"{target}\n{said}")

    text = JsonV1Dot6(bom).output_as_string(indent=2)
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        sys.exit(f"sbom.py: this is not CycloneDX: {error}")
    with open(file, "w") as out:
        print(text, file=out)


main()
