//! Files in the form of `ssh_config`, for the names in them that a pattern such as `web*` fits.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::names::unquoted;
use super::target::Target;
use outparse::error::Error;

/// Files that one may include.
const MOST_FILES: usize = 1000;

/// The machines that files in the form of `ssh_config` name and a pattern fits.
pub(super) fn aliases(pattern: &str, configurations: &[PathBuf]) -> Result<Vec<Target>, Error> {
    let mut names = Vec::new();
    let mut open: Vec<PathBuf> = configurations.iter().rev().cloned().collect();
    let mut read = 0;
    while let Some(path) = open.pop() {
        read += 1;
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for line in text.lines() {
            let mut words = line.split(|c: char| c.is_whitespace() || c == '=').filter(|word| !word.is_empty());
            match words.next().map(str::to_ascii_lowercase).as_deref() {
                Some("host") => {
                    names.extend(words.map(unquoted).filter(|name| !name.contains(['*', '?', '!'])).map(str::to_owned))
                }
                Some("include") if read < MOST_FILES => {
                    words.for_each(|word| open.extend(included(unquoted(word), &path)));
                }
                _ => {}
            }
        }
    }
    let mut seen = HashSet::new();
    let found: Vec<Target> =
        names.into_iter().filter(|name| fits(pattern, name) && seen.insert(name.clone())).map(Target::new).collect();
    if found.is_empty() {
        let message = format!("no `Host` of ssh_config fits `{pattern}`");
        return Err(Error::Usage(message));
    }
    Ok(found)
}

/// The files that an `Include` names: relative to the folder of the file it is in, with `*` and `?` in the last part.
fn included(pattern: &str, by: &Path) -> Vec<PathBuf> {
    let path = match pattern.strip_prefix("~/") {
        Some(rest) => std::env::home_dir().unwrap_or_default().join(rest),
        None => by.parent().unwrap_or(Path::new("")).join(pattern),
    };
    let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|name| name.contains(['*', '?'])) else {
        return vec![path];
    };
    let entries = path.parent().and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().to_str().is_some_and(|entry| fits(name, entry)))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

/// Whether a name fits a pattern with `*` and `?`.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    // Where to go on, if what follows the last star does not fit: the pattern behind it, and one character further in the name.
    let (mut at, mut in_name, mut star) = (0, 0, None);
    while in_name < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at + 1, in_name));
                at += 1;
            }
            Some(&c) if c == '?' || c == name[in_name] => {
                at += 1;
                in_name += 1;
            }
            _ => match &mut star {
                Some((behind, from)) => {
                    *from += 1;
                    (at, in_name) = (*behind, *from);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stand_for_what_ssh_config_names() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("config");
        std::fs::create_dir(folder.path().join("more.d")).unwrap();
        std::fs::write(&main, "Include more.d/*.conf\nHost web1 web2\n  User x\nHost=*.org !bad web?\nhost \"db1\"\n").unwrap();
        std::fs::write(folder.path().join("more.d/x.conf"), "Host web3\n").unwrap();
        std::fs::write(folder.path().join("more.d/y.txt"), "Host web4\n").unwrap();
        let named = |pattern: &str| -> Result<Vec<String>, Error> {
            let mut names: Vec<String> =
                aliases(pattern, std::slice::from_ref(&main))?.into_iter().map(|target| target.name).collect();
            names.sort();
            Ok(names)
        };
        assert_eq!(named("web*").unwrap(), ["web1", "web2", "web3"]);
        assert_eq!(named("*1").unwrap(), ["db1", "web1"]);
        assert_eq!(named("???1").unwrap(), ["web1"]);
        assert!(named("x*").is_err());
    }
}
