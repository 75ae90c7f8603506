//! Lists of machines, as `--hosts` takes them.

use std::path::{Path, PathBuf};

use super::inventory;
use super::names::expand;
use super::ssh_config::aliases;
use super::target::Target;
use outparse::error::Error;

impl Target {
    /// The machines of a list: `web1,admin@db1,web[3-9]`, and `@FILE` for those that a file names, `@FILE:GROUP` for those of a group
    /// in it.
    ///
    /// # Errors
    /// A file cannot be read or understood, a group is not in it, or a name could be taken for an option.
    pub fn list(text: &str) -> std::result::Result<Vec<Target>, Error> {
        Target::list_with(text, &[])
    }

    /// The same, where a name with `*` or `?` stands for all that these files in the form of `ssh_config` name.
    ///
    /// # Errors
    /// As there, or no name fits.
    pub fn list_with(text: &str, configurations: &[PathBuf]) -> std::result::Result<Vec<Target>, Error> {
        let mut targets = Vec::new();
        for item in split(text) {
            match item.strip_prefix('@') {
                Some(file) => targets.extend(file_targets(file)?),
                None => targets.extend(expand(item)?.into_iter().map(Target::new)),
            }
        }
        let mut all = Vec::new();
        for target in targets {
            if target.address.is_none() && target.name.contains(['*', '?']) {
                all.extend(aliases(&target.name, configurations)?);
            } else {
                all.push(target);
            }
        }
        match all.iter().find(|target| !is_name(target.destination())) {
            Some(bad) if bad.destination().contains("{{") => Err(Error::Usage(format!(
                "`{}` is reached at `{}`, which Ansible has to fill in: `ansible-inventory --list --export` may, and its JSON is read here",
                bad.name.escape_debug(),
                bad.destination().escape_debug()
            ))),
            Some(bad) => Err(Error::Usage(format!("`{}` is not the name of a machine", bad.destination().escape_debug()))),
            None if all.is_empty() => Err(Error::Usage("`--hosts` names no machine".to_owned())),
            None => Ok(all),
        }
    }
}

/// The items of a list: commas within brackets part nothing.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0_u32;
    let parts = text.split(|c: char| {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The machines that a file names, or a group in it.
fn file_targets(text: &str) -> std::result::Result<Vec<Target>, Error> {
    let (path, group) = match text.rsplit_once(':') {
        Some((path, group)) if !Path::new(text).exists() => (path, Some(group)),
        _ => (text, None),
    };
    inventory::read(Path::new(path), group)
}

/// Whether the client can take it for nothing but a machine: no option, no blank, nothing that a shell would read.
fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "._-:@[]%+/=~".contains(c);
    !text.is_empty() && !text.starts_with('-') && !text.contains("@-") && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        Target::list(text).unwrap().into_iter().map(|target| target.name).collect()
    }

    #[test]
    fn a_list_has_names_and_ranges() {
        assert_eq!(names("web1, admin@db1,,::1"), ["web1", "admin@db1", "::1"]);
        assert_eq!(names("web[08-10]"), ["web08", "web09", "web10"]);
        assert_eq!(names("web[1,3-4].example.org,x"), ["web1.example.org", "web3.example.org", "web4.example.org", "x"]);
        assert_eq!(names("rack[a:c]n[1:2]"), ["rackan1", "rackan2", "rackbn1", "rackbn2", "rackcn1", "rackcn2"]);
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for bad in ["-oProxyCommand=x", "a b", "web1;id", "$(id)", "a@-x", "", ",", "a\nb", "web[9-1]", "web[1-99999999]"] {
            assert!(Target::list(bad).is_err(), "{bad:?}");
        }
    }
}
