//! Plugins that carry a parser written for something else: a template for TextFSM, or a Python module in jc's style.

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde_json::json;

use super::language::File;
use super::project;
use crate::fixture;
use outparse::error::Error;

/// What a carried parser is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    /// A template for TextFSM.
    Textfsm,
    /// A module with a class `info` and a function `parse`, as jc's parsers are.
    Jc,
}

impl Carried {
    fn name(self) -> &'static str {
        match self {
            Carried::Textfsm => "textfsm",
            Carried::Jc => "jc",
        }
    }

    fn parser(self) -> &'static str {
        match self {
            Carried::Textfsm => include_str!("templates/carried/textfsm.py"),
            Carried::Jc => include_str!("templates/carried/jc.py"),
        }
    }

    fn helpers(self) -> &'static [File] {
        const VALUES: File = ("bridge/values.py", include_str!("templates/catalogue/values.py"));
        const JC: File = ("bridge/jc_style.py", include_str!("templates/catalogue/jc_style.py"));
        const TEXTFSM: File = ("bridge/textfsm_style.py", include_str!("templates/catalogue/textfsm_style.py"));
        match self {
            Carried::Textfsm => &[VALUES, TEXTFSM],
            Carried::Jc => &[VALUES, JC],
        }
    }

    /// The packages it needs, with their hashes: those lines of the catalogue's own file.
    fn requirements(self) -> String {
        let (all, needed): (&str, &[&str]) = match self {
            Carried::Textfsm => (include_str!("../../plugins/catalogues/ntc-templates/requirements.txt"), &["textfsm=="]),
            Carried::Jc => (include_str!("../../plugins/catalogues/jc/requirements.txt"), &["jc==", "ruamel", "xmltodict=="]),
        };
        let lines = all.lines().filter(|line| needed.iter().any(|package| line.starts_with(package)));
        lines.map(|line| format!("{line}\n")).collect()
    }
}

/// A plugin that is to carry one.
#[derive(Clone, Debug)]
pub struct Carry<'a> {
    /// The folder to make. Its name is the plugin's.
    pub folder: &'a Path,
    /// What it is written for.
    pub carried: Carried,
    /// The template or module.
    pub file: &'a Path,
    /// The command that is parsed. Without one it is what the file says: `acme_show_health.textfsm` is `show health`.
    pub command: Option<&'a str>,
    /// The platform whose commands these are, with TextFSM; without one it is the beginning of the file's name.
    pub platform: Option<&'a str>,
    /// A command line and what it printed: the first fixture.
    pub capture: Option<(&'a [String], &'a [u8])>,
}

/// Writes the project. Returns the command that is parsed, where that is known, and the platform.
pub fn carry(carry: &Carry<'_>) -> Result<(Option<String>, Option<String>), Error> {
    let name = project::name(carry.folder)?;
    let text = fs::read_to_string(carry.file).with_context(|| format!("`{}` cannot be read", carry.file.display()))?;
    let stem = carry.file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let file = carry.file.file_name().and_then(|file| file.to_str()).unwrap_or_default();
    if carry.carried == Carried::Jc && !is_module(stem) {
        return Err(Error::Usage(format!("`{file}` is no name of a Python module: letters, digits and `_`")));
    }
    let (command, platform) = match carry.carried {
        Carried::Jc => (carry.command.map(str::to_owned), None),
        Carried::Textfsm => {
            let platform = carry.platform.unwrap_or(name);
            let said = stem.strip_prefix(platform).and_then(|rest| rest.strip_prefix('_')).map(|rest| rest.replace('_', " "));
            let command = carry.command.map(str::to_owned).or(said).ok_or_else(|| {
                Error::Usage(format!(
                    "`--command` says which command `{file}` is for: its name does not begin with the platform, `{platform}_`"
                ))
            })?;
            (Some(command), Some(platform.to_owned()))
        }
    };
    let commands: Vec<&str> = command.iter().map(String::as_str).collect();
    let summary = format!("What `{}` prints, by {file}", command.as_deref().unwrap_or(name));
    let context = json!({
        "name": name, "lang": carry.carried.name(), "carried": file, "module": stem,
        "command": command, "commands": commands, "platform": platform, "summary": summary,
    });
    let environment = project::environment()?;
    let render = |template: &str| {
        let rendered = environment.render_str(template, project::value(&context));
        rendered.context("making the project").map_err(Error::Other)
    };
    let files = [
        ("plugin.toml", include_str!("templates/carried/plugin.toml").to_owned()),
        (".gitignore", include_str!("templates/gitignore").to_owned()),
        ("README.md", render(include_str!("templates/carried/README.md"))?),
        ("bridge/parser.py", render(carry.carried.parser())?),
        ("requirements.txt", carry.carried.requirements()),
    ];
    project::make_folder(carry.folder)?;
    for (path, text) in files {
        project::write(&carry.folder.join(path), text.as_bytes())?;
    }
    for (path, text) in carry.carried.helpers() {
        project::write(&carry.folder.join(path), text.as_bytes())?;
    }
    project::write(&carry.folder.join("bridge").join(file), text.as_bytes())?;
    project::write_wit(carry.folder)?;
    if let Some((words, output)) = carry.capture {
        project::write_fixture(carry.folder, &fixture::platform(), words, output)?;
    }
    Ok((command, platform))
}

fn is_module(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !["parser", "values", "jc_style", "jc"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_pinned_as_the_catalogues_have_them() {
        assert_eq!(Carried::Textfsm.requirements().lines().count(), 1);
        let jc = Carried::Jc.requirements();
        assert_eq!(jc.lines().count(), 3);
        assert!(jc.lines().all(|line| line.contains(" --hash=sha256:")), "{jc}");
    }

    #[test]
    fn a_template_says_its_platform_and_command_in_its_name() {
        let place = tempfile::tempdir().unwrap();
        let template = place.path().join("acme_show_health.textfsm");
        fs::write(&template, "Value A (\\d+)\n\nStart\n  ^${A} -> Record\n").unwrap();
        let made = |name: &str, command: Option<&str>, platform: Option<&str>| {
            let folder = place.path().join(name);
            carry(&Carry { folder: &folder, carried: Carried::Textfsm, file: &template, command, platform, capture: None })
        };
        assert_eq!(made("acme", None, None).unwrap(), (Some("show health".to_owned()), Some("acme".to_owned())));
        assert_eq!(made("a", None, Some("acme")).unwrap(), (Some("show health".to_owned()), Some("acme".to_owned())));
        assert_eq!(made("b", Some("sh[ow] he[alth]"), None).unwrap().1, Some("b".to_owned()));
        let why = made("c", None, None).unwrap_err();
        assert!(why.to_string().contains("`--command` says"), "{why}");
        assert!(!place.path().join("c").exists());
    }

    #[test]
    fn a_module_must_have_a_name_that_python_can_load() {
        for (name, good) in [("acme", true), ("acme_2", true), ("2acme", false), ("a-b", false), ("values", false), ("", false)] {
            assert_eq!(is_module(name), good, "{name}");
        }
    }
}
