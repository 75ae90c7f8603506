//! Help and manual pages: every example in them is pasted into a shell, and the pages are read by the tools that show them.
//!
//! Where such a tool is not installed its trial is ignored, and its name says so; with `OUTPARSE_TEST_ALL=1` it fails.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod common;

use std::fs;
use std::process::{Command, Output};

use common::{Sandbox, outparse};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let mut trials = vec![
        Trial::test("the help of help is that of the subcommand", || {
            let sandbox = Sandbox::new(&[]);
            equal(&sandbox.run(&["help", "parse"]).stdout, &sandbox.run(&["parse", "--help"]).stdout)?;
            equal(&sandbox.run(&["help"]).stdout, &sandbox.run(&["--help"]).stdout)
        }),
        Trial::test("what there is no help on is said", || {
            let ran = Sandbox::new(&[]).run(&["help", "nothing"]);
            ran.says("there is no help on `nothing`");
            equal(&ran.code.to_string(), "2")
        }),
        Trial::test("every page names its sections", sections),
        tool("mandoc", "mandoc finds nothing wrong with the pages", || {
            lint("mandoc", &["-T", "lint", "-W", "warning"], &ACCEPTED)
        }),
        tool("man", "man shows the pages without a warning", || {
            lint("man", &["--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"], &[])
        }),
    ];
    for words in subcommands() {
        trials.push(Trial::test(format!("the examples of `{}` work when pasted", words.join(" ")), move || paste(&words)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// A page has no date, so that it is the same whenever it is made; and a list of values is set with more space than needed.
const ACCEPTED: [&str; 2] = ["missing date", "skipping paragraph macro: br"];

/// A trial that needs a program.
fn tool(program: &str, name: &str, run: impl FnOnce() -> Result<(), Failed> + Send + 'static) -> Trial {
    if Command::new(program).arg("-h").output().is_ok() {
        return Trial::test(name, run);
    }
    let missing = format!("`{program}` is not installed");
    Trial::test(format!("{name} ({missing})"), || Err(missing.into())).with_ignored_flag(!common::all_must_run())
}

fn equal(found: &str, expected: &str) -> Result<(), Failed> {
    if found == expected { Ok(()) } else { Err(format!("found:\n{found}\nexpected:\n{expected}").into()) }
}

/// The words of the program and of every subcommand, from the manual pages there are.
fn subcommands() -> Vec<Vec<String>> {
    let sandbox = Sandbox::new(&[]);
    let ran = sandbox.run(&["man", "pages"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let names = fs::read_dir(sandbox.path("pages")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut found: Vec<Vec<String>> =
        names.map(|name| name.trim_end_matches(".1").split('-').map(str::to_owned).collect()).collect();
    found.sort();
    found
}

fn sections() -> Result<(), Failed> {
    let sandbox = Sandbox::new(&[]);
    let page = sandbox.run(&["man"]).stdout;
    for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OUTPUT", "COMMANDS", "EXAMPLES"] {
        if !page.contains(&format!(".SH {section}\n")) {
            return Err(format!("there is no {section}:\n{page}").into());
        }
    }
    for section in ["EXIT STATUS", "ENVIRONMENT", "FILES", "SEE ALSO"] {
        if !page.contains(&format!(".SH \"{section}\"\n")) && !page.contains(&format!(".SH {section}\n")) {
            return Err(format!("there is no {section}:\n{page}").into());
        }
    }
    Ok(())
}

/// Lets a program read every page. All it says must be among what is accepted.
fn lint(program: &str, arguments: &[&str], accepted: &[&str]) -> Result<(), Failed> {
    let sandbox = Sandbox::new(&[]);
    assert_eq!(sandbox.run(&["man", "pages"]).code, 0);
    for entry in fs::read_dir(sandbox.path("pages")).unwrap() {
        let page = entry.unwrap().path();
        let Output { stdout, stderr, .. } = sandbox.program(program).args(arguments).arg(&page).output().unwrap();
        // With -Z the page itself is on standard output.
        let said = if accepted.is_empty() { stderr } else { [stdout, stderr].concat() };
        let said = String::from_utf8_lossy(&said).into_owned();
        let complaints: Vec<&str> =
            said.lines().filter(|line| !accepted.iter().any(|accepted| line.contains(accepted))).collect();
        if !complaints.is_empty() {
            return Err(format!("{}: {}", page.display(), complaints.join("\n")).into());
        }
    }
    Ok(())
}

/// Runs the examples of a help text one after the other in an empty folder.
fn paste(words: &[String]) -> Result<(), Failed> {
    let sandbox = Sandbox::new(&[]);
    let arguments: Vec<&str> = words[1..].iter().map(String::as_str).chain(["--help"]).collect();
    let help = sandbox.run(&arguments).stdout;
    let examples: Vec<&str> =
        help.lines().skip_while(|line| *line != "Examples:").skip(1).map_while(|line| line.strip_prefix("  ")).collect();
    if examples.is_empty() {
        return Err(format!("there is no example:\n{help}").into());
    }
    let path = format!("{}:{}", outparse().parent().unwrap().display(), std::env::var("PATH").unwrap());
    for example in examples.into_iter().filter(|example| not_pasted(example).is_none()) {
        let shell = ["zsh", "fish"].into_iter().find(|shell| example.contains(&format!("completions {shell}"))).unwrap_or("bash");
        // A shell that is not there has its own trials, which say so.
        let Ok(output) = sandbox
            .program(shell)
            .args(["-c", &ready(shell, example)])
            .env("PATH", &path)
            .env("HOME", sandbox.path("."))
            .output()
        else {
            continue;
        };
        if output.status.code() == Some(127) && shell != "bash" {
            continue;
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if !output.status.success() || said.contains("error") {
            return Err(format!("`{example}` ended with {}: {said}", output.status).into());
        }
    }
    Ok(())
}

/// An example with what its place provides: a zsh that has completion.
fn ready(shell: &str, example: &str) -> String {
    if shell == "zsh" { format!("autoload -Uz compinit; compinit -u -D; {example}") } else { example.to_owned() }
}

/// Why an example is not pasted, if it is not.
fn not_pasted(example: &str) -> Option<&'static str> {
    let has = |word: &str| example.contains(word);
    if has("oci://") || has("https://") || has("ping ") {
        Some("it needs a network")
    } else if has("--every") || has("--watch") {
        Some("it never ends")
    } else if has("plugin build ") || has("plugin test ") {
        Some("it needs a language's tools: the trials of each language run it")
    } else {
        None
    }
}
