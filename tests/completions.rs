//! Completion in real shells, on a terminal: a line is typed with a tab in it, and what the shell makes of it is printed.
//!
//! Where a shell is not installed its trials are ignored, and their names say so; with `OUTPARSE_TEST_ALL=1` they fail.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod common;

use std::path::Path;
use std::process::Command;

use common::terminal::Terminal;
use common::{Sandbox, outparse};
use libtest_mimic::{Arguments, Failed, Trial};

/// What is typed, with `|` where the tab is pressed, and what the line is then.
const CASES: &[(&str, &str, &str)] = &[
    ("a command that has a parser", "outparse una|", "outparse uname"),
    ("a subcommand", "outparse sch|", "outparse schema"),
    ("a program of the path without a parser", "outparse only-he|", "outparse only-here"),
    ("a program in a folder", "outparse ./only-he|", "outparse ./only-here"),
    ("an option", "outparse --form|", "outparse --format"),
    ("a format", "outparse --format ya|", "outparse --format yaml"),
    ("a field before the command is known", "outparse --fields mounted_o|", "outparse --fields mounted_on"),
    ("a field of the command that follows", "outparse --fields mount| df", "outparse --fields mounted_on df"),
    ("a field in a list", "outparse --fields filesystem,mount| df", "outparse --fields filesystem,mounted_on df"),
    ("a field of any command in a list", "outparse --fields=filesystem,mounted_o|", "outparse --fields=filesystem,mounted_on"),
    ("a field behind an equals sign", "outparse --fields=filesystem,mount| df", "outparse --fields=filesystem,mounted_on df"),
    ("a field of the command before it", "outparse parse df --fields mount|", "outparse parse df --fields mounted_on"),
    ("a plugin", "outparse --plugin df-g|", "outparse --plugin df-gnu"),
    ("a plugin's file", "outparse --plugin ./plug|", "outparse --plugin ./plugin.wasm"),
    ("a platform", "outparse --platform netb|", "outparse --platform netbsd"),
    ("a file", "outparse --output plug|", "outparse --output plugin.wasm"),
    ("a command to be parsed", "outparse parse una|", "outparse parse uname"),
    ("a command whose schema is shown", "outparse schema una|", "outparse schema uname"),
    ("a command whose parsers are shown", "outparse which una|", "outparse which uname"),
    ("a command that is run", "outparse run -- una|", "outparse run -- uname"),
    ("a shell", "outparse completions fi|", "outparse completions fish"),
    ("a topic of the help", "outparse help exit|", "outparse help exit-status"),
    ("a subcommand's subcommand", "outparse plugin li|", "outparse plugin list"),
    ("an argument of the command, by the shell", "outparse --trace df al|", "outparse --trace df alpha"),
    ("an argument of a command that is run", "outparse run -- df al|", "outparse run -- df alpha"),
    ("an argument of a capture's command", "outparse parse df -- al|", "outparse parse df -- alpha"),
];

/// A shell, how it is started, and what makes it ready: it knows that `df` has the arguments `alpha` and `beta`.
struct Shell {
    name: &'static str,
    program: &'static str,
    /// A file that not every machine has.
    needs: Option<&'static str>,
    arguments: &'static [&'static str],
    ready: &'static str,
    /// Whether it says what stands after the cursor: fish does not.
    says_what_follows: bool,
}

const SHELLS: &[Shell] = &[
    Shell {
        name: "bash",
        program: "bash",
        needs: Some("/usr/share/bash-completion/bash_completion"),
        arguments: &["--norc", "--noprofile", "-i"],
        ready: "source /usr/share/bash-completion/bash_completion; source <(outparse completions bash); complete -W 'alpha beta' df",
        says_what_follows: true,
    },
    Shell {
        name: "bash without its package",
        program: "bash",
        needs: None,
        arguments: &["--norc", "--noprofile", "-i"],
        ready: "source <(outparse completions bash); complete -W 'alpha beta' df",
        says_what_follows: true,
    },
    Shell {
        name: "bash without its package, by a function,",
        program: "bash",
        needs: None,
        arguments: &["--norc", "--noprofile", "-i"],
        ready: "source <(outparse completions bash); of_df() { [[ $1 == df && $3 == df && $COMP_CWORD == 1 ]] && COMPREPLY=($(compgen -W 'alpha beta' -- \"$2\")); }; complete -F of_df df",
        says_what_follows: true,
    },
    Shell {
        name: "zsh",
        program: "zsh",
        needs: None,
        arguments: &["-f", "-i"],
        ready: "bindkey -e; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; \
                source <(outparse completions zsh); _test_df() { compadd alpha beta }; compdef _test_df df",
        says_what_follows: true,
    },
    Shell {
        name: "fish",
        program: "fish",
        needs: None,
        arguments: &["--no-config", "-i"],
        ready: "outparse completions fish | source; complete -c df -f -a 'alpha beta'",
        says_what_follows: false,
    },
];

fn main() {
    let cases = |shell: &'static Shell| CASES.iter().filter(|case| shell.says_what_follows || case.1.ends_with('|'));
    let trials = SHELLS.iter().flat_map(|shell| cases(shell).map(move |case| trial(shell, case))).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn trial(shell: &'static Shell, (what, typed, expected): &'static (&str, &str, &str)) -> Trial {
    let name = format!("{} completes {what}", shell.name);
    let runs = Command::new(shell.program).args(["-c", ":"]).status().is_ok_and(|status| status.success());
    let lacks = shell.needs.filter(|file| !Path::new(file).exists());
    let missing = match lacks {
        None if runs => return Trial::test(name, || check(shell, typed, expected)),
        Some(file) if runs => format!("`{file}` is not there"),
        _ => format!("`{}` is not installed", shell.program),
    };
    Trial::test(format!("{name} ({missing})"), || Err(missing.into())).with_ignored_flag(!common::all_must_run())
}

fn check(shell: &Shell, typed: &str, expected: &str) -> Result<(), Failed> {
    let sandbox = Sandbox::new(&[("only-here", "exit"), ("df", "exit")]);
    sandbox.install("plugin.wasm", "", "644");
    let path =
        format!("{}:{}", outparse().parent().unwrap().display(), sandbox.program("x").get_envs().find_map(path_of).unwrap());
    let mut program = sandbox.program(shell.program);
    program.args(shell.arguments).env("PATH", path).env("TERM", "dumb").env("HOME", sandbox.path("."));
    let mut terminal = Terminal::start(&program);
    // Asked in pieces, so that the echo of what is typed is not taken for the answer.
    terminal.type_in(&format!("stty rows 40 cols 200; {}; echo re''ady\n", shell.ready));
    terminal.wait_for("ready");

    let (before, after) = typed.split_once('|').unwrap();
    let left = "\u{2}".repeat(after.len());
    terminal.type_in(&format!("{before}{after}{left}\t"));
    // At the start of the line, so that the line is printed and not run.
    terminal.type_in("\u{1}echo 'line'':' \u{5}\n");
    terminal.wait_for(&format!("line: {expected}"));
    terminal.type_in("exit\n");
    terminal.end();
    Ok(())
}

fn path_of((name, value): (&std::ffi::OsStr, Option<&std::ffi::OsStr>)) -> Option<String> {
    (name == "PATH").then(|| value.map(|value| value.to_string_lossy().into_owned()))?
}
