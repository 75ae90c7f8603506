//! The command line without the definitions that a run does not need. Defining every subcommand costs as much as parsing a small
//! capture, at each start. So if none of the other subcommands can be meant, only the options and `parse` are defined.

use std::ffi::OsString;
use std::mem::ManuallyDrop;

use clap::{Args, Command, FromArgMatches, value_parser};

use crate::definitions::Cli;
use crate::options::Options;
use crate::subcommands::parse;

/// The subcommands that need all definitions, by every name they have.
const OTHERS: &[&str] =
    &["run", "scan", "report", "replay", "which", "schema", "plugin", "plugins", "mcp", "script", "completions", "man", "help"];

/// Reads the words, the program's own name first. None when all definitions are needed: to run another subcommand, to show help,
/// or to say what is wrong.
pub(crate) fn read(words: &[OsString]) -> Option<Cli> {
    let said = |name: &str| words.iter().skip(1).any(|word| word == name);
    if OTHERS.iter().any(|name| said(name)) {
        return None;
    }
    let mut command = Options::augment_args(Command::new("outparse"))
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .disable_version_flag(true)
        .subcommand_required(true)
        .allow_external_subcommands(true)
        .external_subcommand_value_parser(value_parser!(OsString));
    if said("parse") {
        command = command.subcommand(parse::Arguments::augment_args(Command::new("parse").disable_help_flag(true)));
    }
    // Dropping them would cost as much as making them.
    let mut command = ManuallyDrop::new(command);
    let matches = ManuallyDrop::new(command.try_get_matches_from_mut(words).ok()?);
    Cli::from_arg_matches(&matches).ok()
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    #[test]
    fn every_subcommand_is_known_here() {
        let definitions = Cli::command();
        let subcommands = definitions.get_subcommands();
        let names = subcommands.flat_map(|command| std::iter::once(command.get_name()).chain(command.get_all_aliases()));
        let names: Vec<&str> = names.filter(|&name| name != "parse").collect();
        assert_eq!(names, OTHERS);
    }

    #[test]
    fn what_is_read_is_what_all_definitions_read() {
        let lines = [
            "df",
            "df -h --format csv",
            "--format jsonl --fields a,b df -k -- -x",
            "-f json -o out.json --timeout 5s --sort -a,b --limit 3 df",
            "parse df",
            "parse df --format csv --input file -- -k -h",
            "--platform macos parse --plugin gnu df",
            "df parse",
            "--where parse df",
            "--every 5s --times 2 --where 'a>1' df",
            "ls -l parse",
        ];
        for line in lines {
            let words: Vec<OsString> = std::iter::once("outparse").chain(line.split(' ')).map(OsString::from).collect();
            let all = Cli::try_parse_from(&words).unwrap();
            assert_eq!(format!("{:?}", read(&words)), format!("{:?}", Some(all)), "{line}");
        }
    }

    #[test]
    fn what_is_wrong_is_left_to_all_definitions() {
        for line in [
            "",
            "--help",
            "-V",
            "--formt csv df",
            "--format no df",
            "parse",
            "parse --help",
            "run --help",
            "run -- df",
            "which df",
            "df man",
        ] {
            let words: Vec<OsString> = std::iter::once("outparse").chain(line.split_whitespace()).map(OsString::from).collect();
            assert!(read(&words).is_none(), "{line}");
        }
    }
}
