//! `outparse man`: the manual pages, made from the definitions of the command line and the topics of the help.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::{Command as Program, Stdio};

use anyhow::Context;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::definitions::Cli;
use crate::printing::saying::print;
use crate::subcommands::help;
use outparse::error::Error;

/// Shows the page of the program, or writes all pages to a folder. Returns the exit status.
pub(crate) fn man(folder: Option<&Path>) -> Result<u8, Error> {
    match folder {
        Some(folder) => write_all(folder)?,
        None => {
            let page = page(&definitions())?;
            if !(std::io::stdout().is_terminal() && shown(&page)) {
                print(&page)?;
            }
        }
    }
    Ok(0)
}

/// Writes a page for the program and for each subcommand.
fn write_all(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
    let mut commands = vec![definitions()];
    while let Some(command) = commands.pop() {
        let path = folder.join(format!("{}.1", name(&command)));
        fs::write(&path, page(&command)?).with_context(|| format!("`{}` cannot be written", path.display()))?;
        commands.extend(command.get_subcommands().cloned());
    }
    Ok(())
}

/// Has `man` show a page. False if it did not.
fn shown(page: &str) -> bool {
    let Ok(mut man) = Program::new("man").args(["-l", "-"]).stdin(Stdio::piped()).spawn() else { return false };
    // Whoever leaves the page early has seen enough.
    let _ = man.stdin.take().map(|mut input| input.write_all(page.as_bytes()));
    man.wait().is_ok_and(|status| status.success())
}

/// The definitions, each subcommand under its full name and with nothing but its own options.
fn definitions() -> Command {
    let command = Cli::command().disable_help_flag(true).disable_version_flag(true);
    named(command, "outparse", "outparse").version(env!("CARGO_PKG_VERSION"))
}

fn named(command: Command, name: &str, typed: &str) -> Command {
    command.disable_help_flag(true).display_name(name.to_owned()).bin_name(typed.to_owned()).mut_subcommands(|sub| {
        let (name, typed) = (format!("{name}-{}", sub.get_name()), format!("{typed} {}", sub.get_name()));
        named(sub, &name, &typed)
    })
}

fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

fn page(command: &Command) -> anyhow::Result<String> {
    let program = name(command) == "outparse";
    // Without a date: two builds of the same source write the same page.
    let title = name(command).to_uppercase();
    let mut page = format!(".TH {title} 1 \"\" \"outparse {}\" \"User Commands\"\n", env!("CARGO_PKG_VERSION")).into_bytes();
    // A subcommand alone is built without the options of the program.
    let man = Man::new(command.clone().subcommand_help_heading("COMMANDS"));
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    if command.get_arguments().any(|arg| !arg.is_hide_set()) {
        man.render_options_section(&mut page)?;
    }
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    let mut rest = Roff::new();
    if program {
        for (topic, text) in help::TOPICS {
            section(&mut rest, &topic.replace('-', " ").to_uppercase());
            entries(&mut rest, text);
        }
    }
    if let Some(text) = command.get_after_help() {
        after_help(&mut rest, &text.to_string());
    }
    see_also(&mut rest, command);
    rest.to_writer(&mut page)?;
    Ok(String::from_utf8(page)?)
}

fn section(roff: &mut Roff, title: &str) {
    roff.control("SH", [title]);
}

/// Lines of a term, two spaces, and what it means.
fn entries(roff: &mut Roff, text: &str) {
    for line in text.lines() {
        let (term, meaning) = line.split_once("  ").unwrap_or((line, ""));
        roff.control("TP", []);
        roff.text([bold(term)]);
        roff.text([roman(meaning.trim_start())]);
    }
}

/// A title at the start of a line, and below it lines to be typed.
fn after_help(roff: &mut Roff, text: &str) {
    let (mut open, mut fresh) = (false, false);
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(title) = line.strip_suffix(':').filter(|line| !line.starts_with(' ')) {
            end_of_lines(roff, &mut open);
            section(roff, &title.to_uppercase());
            fresh = true;
            continue;
        }
        if !open {
            if !std::mem::take(&mut fresh) {
                roff.control("PP", []);
            }
            roff.control("nf", []);
            open = true;
        }
        roff.text([roman(line)]);
    }
    end_of_lines(roff, &mut open);
}

fn end_of_lines(roff: &mut Roff, open: &mut bool) {
    if std::mem::take(open) {
        roff.control("fi", []);
    }
}

/// The pages above and below.
fn see_also(roff: &mut Roff, command: &Command) {
    let mut pages: Vec<String> = command.get_subcommands().map(|sub| name(sub).to_owned()).collect();
    if let Some((above, _)) = name(command).rsplit_once('-') {
        pages.insert(0, above.to_owned());
    }
    if pages.is_empty() {
        return;
    }
    section(roff, "SEE ALSO");
    let last = pages.len() - 1;
    for (number, page) in pages.iter().enumerate() {
        roff.text([bold(page.as_str()), roman(if number == last { "(1)" } else { "(1)," })]);
    }
}
