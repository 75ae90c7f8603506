//! Help: a screen for the program, one for each subcommand, and topics. All of it is made from the definitions of the command line, and
//! only when it is asked for.

use std::fmt::Write as _;

use clap::builder::StyledStr;
use clap::error::ErrorKind;
use clap::{Arg, Command, CommandFactory};

use crate::definitions::Cli;
use outparse::error::Error;

/// What is explained besides the subcommands. The manual page has the same texts.
pub(crate) const TOPICS: &[(&str, &str)] = &[
    ("exit-status", include_str!("exit-status.txt")),
    ("environment", include_str!("environment.txt")),
    ("files", include_str!("files.txt")),
];

/// The topic that is made from the definitions.
const OPTIONS: &str = "options";

/// The width of a screen, in which the lists of options are broken.
const WIDTH: usize = 80;

const SCREEN: &str = "\
{about}

{usage-heading} {usage}

Commands:
{subcommands}{after-help}";

/// Prints what clap answers instead of arguments, and ends the program: help, the version, or what is wrong with the arguments.
pub(crate) fn exit(error: &clap::Error) -> ! {
    use ErrorKind::{DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand};
    if matches!(error.kind(), DisplayHelp | DisplayHelpOnMissingArgumentOrSubcommand) {
        // Asks again, with definitions that have everything that help shows: the answer is the same, but in full.
        command().get_matches();
    }
    error.exit()
}

/// Explains a subcommand or a topic. Returns the exit status.
pub(crate) fn help(words: &[String]) -> Result<u8, Error> {
    let text = match words {
        [topic] if topic == OPTIONS => options().render_long_help(),
        [topic] if let Some(text) = text_of(topic) => StyledStr::from(text.to_owned()),
        words => {
            check(words)?;
            let words = ["outparse"].into_iter().chain(words.iter().map(String::as_str)).chain(["--help"]);
            match command().try_get_matches_from(words) {
                Ok(_) => return Ok(0),
                Err(answer) => answer.render(),
            }
        }
    };
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    std::io::Write::write_all(&mut out, format!("{}\n", text.ansi().to_string().trim_end()).as_bytes())
        .map_err(anyhow::Error::from)?;
    Ok(0)
}

/// All that can be explained, and what it is about.
pub(crate) fn topics() -> Vec<(String, String)> {
    let subcommands = Cli::command();
    let about = |command: &Command| command.get_about().map(ToString::to_string).unwrap_or_default();
    let subcommands = subcommands.get_subcommands().map(|command| (command.get_name().to_owned(), about(command)));
    let topics = [OPTIONS].into_iter().chain(TOPICS.iter().map(|(name, _)| *name));
    subcommands.chain(topics.map(|topic| (topic.to_owned(), String::new()))).collect()
}

fn text_of(topic: &str) -> Option<&'static str> {
    TOPICS.iter().find_map(|(name, text)| (*name == topic).then_some(*text))
}

/// Whether these words are a subcommand.
fn check(words: &[String]) -> Result<(), Error> {
    let definitions = Cli::command();
    let mut command = &definitions;
    for word in words {
        command = command.find_subcommand(word).ok_or_else(|| {
            let topics: Vec<_> = TOPICS.iter().map(|(name, _)| *name).collect();
            Error::Usage(format!(
                "there is no help on `{word}`: there is on `{OPTIONS}`, `{}`, and the subcommands of `outparse --help`",
                topics.join("`, `")
            ))
        })?;
    }
    Ok(())
}

/// The options of the program, and nothing else.
fn options() -> Command {
    let options = Cli::command().get_arguments().cloned().collect::<Vec<_>>();
    Command::new("outparse").disable_help_flag(true).args(options).help_template("{all-args}")
}

/// The definitions, with what help shows in addition.
fn command() -> Command {
    let command = Cli::command();
    let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let summary = summary(&command);
    command
        .mut_subcommands(with_footer)
        // The help of a subcommand shows only its own options.
        .mut_args(|arg| if arg.is_global_set() { arg.hide(true) } else { arg })
        .help_template(SCREEN)
        .after_help(format!("{summary}\n{examples}"))
        .max_term_width(100)
}

/// Says at the end of each subcommand's help where the options are that are not its own.
fn with_footer(command: Command) -> Command {
    let examples = command.get_after_help().map(|text| format!("{text}\n\n")).unwrap_or_default();
    command.mut_subcommands(with_footer).after_help(format!("{examples}Options of all subcommands: `outparse help options`"))
}

/// The names of all options, a line for each group.
fn summary(command: &Command) -> String {
    let mut groups: Vec<(&str, Vec<String>)> = Vec::new();
    for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
        let heading = arg.get_help_heading().unwrap_or("Other");
        match groups.iter_mut().find(|(name, _)| *name == heading) {
            Some((_, names)) => names.push(name(arg)),
            None => groups.push((heading, vec![name(arg)])),
        }
    }
    let widest = groups.iter().map(|(heading, _)| heading.len()).max().unwrap_or(0);
    let mut text = String::from("Options (`outparse help options` explains them):\n");
    for (heading, names) in groups {
        let mut line = format!("  {heading:widest$} ");
        for name in names {
            if line.len() + 1 + name.len() > WIDTH {
                let _ = writeln!(text, "{line}");
                line = " ".repeat(widest + 3);
            }
            let _ = write!(line, " {name}");
        }
        let _ = writeln!(text, "{line}");
    }
    text
}

/// `-f/--format`, or what there is of it.
fn name(arg: &Arg) -> String {
    match (arg.get_short(), arg.get_long()) {
        (Some(short), Some(long)) => format!("-{short}/--{long}"),
        (Some(short), None) => format!("-{short}"),
        (None, long) => format!("--{}", long.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every command of the program, by its words.
    fn all(command: &Command, words: &str, found: &mut Vec<(String, String)>) {
        found.push((words.to_owned(), command.get_after_help().map(ToString::to_string).unwrap_or_default()));
        for sub in command.get_subcommands() {
            all(sub, &format!("{words} {}", sub.get_name()), found);
        }
    }

    #[test]
    fn the_definitions_agree_with_themselves() {
        Cli::command().debug_assert();
        command().debug_assert();
    }

    #[test]
    fn the_program_s_help_fits_a_screen() {
        let text = command().term_width(WIDTH).render_long_help().to_string();
        assert!(text.lines().count() <= 40, "{} lines:\n{text}", text.lines().count());
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
    }

    #[test]
    fn every_option_is_named_on_the_screen() {
        let text = command().render_long_help().to_string();
        for arg in Cli::command().get_arguments().filter(|arg| !arg.is_hide_set()) {
            assert!(text.contains(&name(arg)), "`{}` is not there: {text}", name(arg));
        }
    }

    #[test]
    fn every_subcommand_has_an_example() {
        let mut found = Vec::new();
        all(&Cli::command(), "outparse", &mut found);
        for (words, after) in found {
            assert!(after.contains("Examples:\n  "), "`{words} --help` has no example");
        }
    }
}
