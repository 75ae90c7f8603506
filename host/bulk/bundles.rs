//! Bundles for support, as `sos report` makes them: an archive with the output of hundreds of commands, and a manifest that says what
//! each file is. The manifest comes after the files, so those that may be wanted are held until it has come.

use std::collections::HashMap;

use serde_json::Value;

use outparse::sandbox::Moment;
use outparse::schema::time;

/// Where a bundle has the output of commands, its manifest, and the name of its machine: below a folder of its own.
const COMMANDS: &str = "sos_commands/";
const MANIFEST: &str = "sos_reports/manifest.json";
const HOSTNAME: &str = "etc/hostname";

/// Bytes of one bundle that are held.
pub(super) const MOST_HELD: usize = 256 << 20;

/// What a member of a bundle is.
pub(super) enum Member {
    /// The output of a command that may be the one that is wanted.
    Command,
    Manifest,
    Hostname,
    /// Nothing that is wanted here.
    Other,
}

/// The folder of a bundle that a member is in, and the member's path in it.
pub(super) fn parted(member: &str) -> (&str, &str) {
    member.trim_start_matches("./").split_once('/').unwrap_or(("", member))
}

/// Whether a file may have the output of a command line, judging by its name: the words with `_` between them.
pub(super) fn may_be(path: &str, words: &[impl AsRef<str>]) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    let rest = name.strip_prefix(words.join("_").as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

impl Member {
    /// What the member with this path is when output of these programs is wanted: names of files begin with the program's.
    pub(super) fn of(path: &str, programs: &[&str]) -> Member {
        match path {
            MANIFEST => Member::Manifest,
            HOSTNAME => Member::Hostname,
            path if path.starts_with(COMMANDS) && programs.iter().any(|program| may_be(path, &[program])) => Member::Command,
            _ => Member::Other,
        }
    }
}

/// One bundle, as far as it has come.
#[derive(Default)]
pub(super) struct Bundle {
    pub(super) host: Option<String>,
    pub(super) captured: Option<Moment>,
    /// The command line of each file.
    commands: Option<HashMap<String, Vec<String>>>,
    /// Captures whose command lines are not known yet: names of archives and members, the path in the bundle, the bytes.
    held: Vec<(Vec<String>, String, Vec<u8>)>,
    bytes: usize,
}

impl Bundle {
    pub(super) fn named(&mut self, hostname: &[u8]) {
        let name = String::from_utf8_lossy(hostname).trim().to_owned();
        self.host = Some(name).filter(|name| !name.is_empty());
    }

    /// Reads the manifest. False if it is none.
    pub(super) fn read(&mut self, manifest: &[u8]) -> bool {
        let Ok(manifest) = serde_json::from_slice::<Value>(manifest) else { return false };
        let Some(plugins) = manifest["components"]["report"]["plugins"].as_object() else { return false };
        let entries = plugins.values().filter_map(|plugin| plugin["commands"].as_array()).flatten();
        self.commands = Some(entries.filter_map(command).collect());
        let began = manifest["start_time"].as_str().and_then(|text| time::read(&text.replacen(' ', "T", 1)));
        self.captured = began.map(|(seconds, _, offset)| Moment { seconds, offset });
        true
    }

    /// The command line of a file, once the manifest has come.
    pub(super) fn words(&self, path: &str) -> Option<&Vec<String>> {
        self.commands.as_ref().and_then(|commands| commands.get(path))
    }

    pub(super) fn has_manifest(&self) -> bool {
        self.commands.is_some()
    }

    /// Holds a capture. False if there is no room.
    pub(super) fn hold(&mut self, names: &[String], path: &str, bytes: Vec<u8>) -> bool {
        self.bytes += bytes.len();
        if self.bytes > MOST_HELD {
            return false;
        }
        self.held.push((names.to_vec(), path.to_owned(), bytes));
        true
    }

    /// What was held.
    pub(super) fn release(&mut self) -> Vec<(Vec<String>, String, Vec<u8>)> {
        self.bytes = 0;
        std::mem::take(&mut self.held)
    }
}

/// The file of an entry of the manifest, and its command line.
fn command(entry: &Value) -> Option<(String, Vec<String>)> {
    let file = entry["filepath"].as_str()?.to_owned();
    let parameters = entry["parameters"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let words = entry["command"].as_str().into_iter().chain(parameters);
    Some((file, words.map(|word| word.trim_matches(['\'', '"']).to_owned()).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_says_what_each_file_is() {
        let manifest = r#"{"start_time": "2026-11-28 22:57:36.578242", "components": {"report": {"plugins": {
            "filesys": {"commands": [
                {"command": "df", "parameters": ["-al", "-x", "autofs"], "filepath": "sos_commands/filesys/df_-al_-x_autofs"},
                {"command": "lsof", "parameters": ["-c", "''"], "filepath": "sos_commands/filesys/lsof_-c"},
                {"command": "gone", "parameters": [], "filepath": null}]},
            "empty": {}}}}}"#;
        let mut bundle = Bundle::default();
        assert!(bundle.read(manifest.as_bytes()));
        let words = |path: &str| bundle.words(path).map(|words| words.join(" "));
        assert_eq!(words("sos_commands/filesys/df_-al_-x_autofs").as_deref(), Some("df -al -x autofs"));
        assert_eq!(words("sos_commands/filesys/lsof_-c").as_deref(), Some("lsof -c "));
        assert_eq!(words("gone"), None);
        let may_be = |path: &str| may_be(path, &["df", "-al"]);
        assert!(may_be("sos_commands/filesys/df_-al") && may_be("sos_commands/filesys/df_-al_-x_autofs"));
        assert!(!may_be("sos_commands/filesys/df_-ali_-x_autofs"));
        assert_eq!(bundle.captured, Some(Moment { seconds: 1_795_906_656, offset: None }));
        assert!(!Bundle::default().read(b"{}") && !Bundle::default().read(b"garbage"));
    }

    #[test]
    fn members_are_known_by_their_paths() {
        let is = |path: &str, program: &str| matches!(Member::of(path, &["ps", program]), Member::Command);
        assert!(is("sos_commands/filesys/df_-al", "df") && is("sos_commands/filesys/findmnt", "findmnt"));
        assert!(!is("sos_commands/filesys/dfx", "df") && !is("etc/df", "df") && !is("sos_commands/filesys/df_-al", "d"));
        assert_eq!(parted("sosreport-vm/etc/hostname"), ("sosreport-vm", "etc/hostname"));
        assert_eq!(parted("./sosreport-vm/df"), ("sosreport-vm", "df"));
    }
}
