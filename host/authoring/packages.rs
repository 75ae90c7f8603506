//! Packages from PyPI that a Python plugin takes along: installed for the build alone, and named in the component with their licences.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use wasm_metadata::AddMetadata;

use super::tools;
use outparse::error::Error;

/// The Python inside the component. Packages must be able to run on it, and contain no machine code.
const PYTHON: &str = "3.14";

/// The custom section with the texts of the licences.
const NOTICES: &str = "notices";

/// Installs what a file asks for, each package with its hash, unless that was done before. Returns the folder.
pub(super) fn install(folder: &Path, requirements: &Path, build: &Path) -> Result<PathBuf, Error> {
    let asked = folder.join(requirements);
    let asked_for = fs::read(&asked).with_context(|| format!("`{}` cannot be read", asked.display()))?;
    let (packages, stamp) = (build.join("packages"), build.join("packages.txt"));
    if fs::read(&stamp).is_ok_and(|installed| installed == asked_for) {
        return Ok(packages);
    }
    let emptied = if packages.exists() { fs::remove_dir_all(&packages) } else { Ok(()) };
    emptied.with_context(|| format!("`{}` cannot be emptied", packages.display()))?;
    let mut pip = tools::pip(folder)?;
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps", "--require-hashes"])
        .args(["--only-binary", ":all:", "--platform", "any", "--implementation", "py", "--python-version", PYTHON])
        .arg("--target")
        .arg(&packages)
        .arg("--requirement")
        .arg(&asked);
    tools::run(pip)?;
    fs::write(&stamp, asked_for).with_context(|| format!("`{}` cannot be written", stamp.display()))?;
    Ok(packages)
}

/// An installed package, as its own metadata has it.
struct Package {
    name: String,
    version: String,
    licence: String,
    /// The texts of its licence.
    texts: Vec<String>,
}

impl Package {
    fn read(info: &Path) -> Result<Package> {
        let path = info.join("METADATA");
        let text = fs::read_to_string(&path).with_context(|| format!("`{}` cannot be read", path.display()))?;
        let headers: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
        let all = |name: &str| -> Vec<&str> {
            let named = headers.iter().filter_map(|line| line.strip_prefix(name).and_then(|rest| rest.strip_prefix(": ")));
            named.collect()
        };
        let first = |name: &str| all(name).first().map(|&value| value.to_owned());
        let classified = all("Classifier").into_iter().find(|class| class.starts_with("License :: "));
        let classified = classified.and_then(|class| class.rsplit(" :: ").next()).map(str::to_owned);
        let short = |licence: &String| licence.len() <= 60;
        let licence = first("License-Expression").or_else(|| first("License").filter(short)).or(classified);
        let mut files = vec![info.to_owned(), info.join("licenses")];
        let mut texts = Vec::new();
        while let Some(folder) = files.pop() {
            let Ok(entries) = fs::read_dir(&folder) else { continue };
            for path in entries.flatten().map(|entry| entry.path()) {
                let name = path.file_name().map(|name| name.to_string_lossy().to_uppercase()).unwrap_or_default();
                if ["LICENSE", "LICENCE", "COPYING", "NOTICE"].iter().any(|known| name.starts_with(known)) && path.is_file() {
                    texts.push(fs::read_to_string(&path).with_context(|| format!("`{}` cannot be read", path.display()))?);
                }
            }
        }
        texts.sort();
        Ok(Package {
            name: first("Name").with_context(|| format!("`{}` has no name", path.display()))?,
            version: first("Version").with_context(|| format!("`{}` has no version", path.display()))?,
            licence: expression(&licence.unwrap_or_default()),
            texts,
        })
    }
}

/// A licence as SPDX writes it; one that SPDX does not know becomes a `LicenseRef-`.
fn expression(licence: &str) -> String {
    match licence {
        "MIT License" => "MIT".to_owned(),
        "Apache License, Version 2.0" | "Apache Software License" | "Apache 2.0" => "Apache-2.0".to_owned(),
        _ if licence.is_empty() => "NOASSERTION".to_owned(),
        _ if licence.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-() ".contains(&byte))
            && !licence.contains("icense") =>
        {
            licence.to_owned()
        }
        _ => {
            let plain = |byte: char| if byte.is_ascii_alphanumeric() { byte } else { '-' };
            format!("LicenseRef-{}", licence.chars().map(plain).collect::<String>())
        }
    }
}

/// Names the packages in a component: their names and versions among its tools, their licences, and the texts of these.
pub(super) fn name(component: &[u8], packages: &Path) -> Result<Vec<u8>> {
    let entries = fs::read_dir(packages).with_context(|| format!("`{}` cannot be read", packages.display()))?;
    let infos = entries.flatten().map(|entry| entry.path()).filter(|path| path.extension() == Some(OsStr::new("dist-info")));
    let mut found = infos.map(|info| Package::read(&info)).collect::<Result<Vec<_>>>()?;
    found.sort_by(|one, other| one.name.cmp(&other.name));
    let mut metadata = AddMetadata::default();
    metadata.sdk = found.iter().map(|package| (package.name.clone(), package.version.clone())).collect();
    let mut component = metadata.to_wasm(component).map_err(|error| anyhow!("the packages cannot be named: {error:#}"))?;
    let mut licences: Vec<Cow<'_, str>> = Vec::new();
    for package in &found {
        let compound = package.licence.contains(' ') && !package.licence.starts_with('(');
        let licence = if compound { format!("({})", package.licence).into() } else { Cow::from(&package.licence) };
        if !licences.contains(&licence) {
            licences.push(licence);
        }
    }
    section(&mut component, "licenses", &licences.join(" AND "));
    let notice = |package: &Package| format!("{} {}\n\n{}", package.name, package.version, package.texts.join("\n\n"));
    section(&mut component, NOTICES, &found.iter().map(notice).collect::<Vec<_>>().join("\n\n"));
    Ok(component)
}

/// Adds a custom section with a text.
fn section(component: &mut Vec<u8>, name: &str, text: &str) {
    let mut content = number(name.len());
    content.extend(name.bytes());
    content.extend(text.bytes());
    component.push(0);
    component.extend(number(content.len()));
    component.extend(content);
}

/// A number as the format has it: seven bits per byte, the lowest first.
fn number(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_are_written_as_spdx_has_them() {
        for (said, written) in [
            ("MIT", "MIT"),
            ("Apache License, Version 2.0", "Apache-2.0"),
            ("MIT OR Apache-2.0", "MIT OR Apache-2.0"),
            ("Our own license", "LicenseRef-Our-own-license"),
            ("", "NOASSERTION"),
        ] {
            assert_eq!(expression(said), written);
        }
    }

    #[test]
    fn packages_are_named_in_the_component() {
        let packages = tempfile::tempdir().unwrap();
        for (name, licence) in [("b", "License: MIT"), ("a", "Classifier: License :: OSI Approved :: Apache Software License")] {
            let info = packages.path().join(format!("{name}-1.0.dist-info"));
            fs::create_dir_all(info.join("licenses")).unwrap();
            fs::write(info.join("METADATA"), format!("Name: {name}\nVersion: 1.0\n{licence}\n\nLicense: no\n")).unwrap();
            fs::write(info.join("licenses/LICENSE.txt"), format!("text of {name}{}", "x".repeat(200))).unwrap();
        }
        let component = wat::parse_str("(component)").unwrap();
        let named = name(&component, packages.path()).unwrap();
        let text = String::from_utf8_lossy(&named);
        assert!(text.contains("licensesApache-2.0 AND MIT"), "{text}");
        assert!(text.contains("noticesa 1.0\n\ntext of a"), "{text}");
        let producers = wasm_metadata::Producers::from_wasm(&named).unwrap().unwrap();
        assert_eq!(producers.get("sdk").unwrap().get("b").map(String::as_str), Some("1.0"));
    }
}
