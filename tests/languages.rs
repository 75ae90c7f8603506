//! From a command that nobody parses to a plugin that works, in every language there is a template for, as its author would do it.
//!
//! A language whose tools are not here is ignored, and its trial's name says what is missing; with `OUTPARSE_TEST_ALL=1` that is a
//! failure. `tests/tools.sh` installs them all.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod common;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Ran, Sandbox};
use libtest_mimic::{Arguments, Failed, Trial};
use wit_component::DecodedWasm;

/// A language and what it is built with; of two names with a `|` between them, either will do.
const LANGUAGES: [(&str, &[&str]); 4] =
    [("rust", &["cargo"]), ("c", &["zig|python-zig"]), ("python", &["componentize-py"]), ("javascript", &["node", "jco"])];

/// A shape of output, and what comes of it in any language.
struct Shape {
    name: &'static str,
    /// What the command prints.
    capture: &'static [u8],
    /// What must come of that.
    expected: &'static str,
    /// Lines after it, some of them broken.
    broken: &'static [u8],
    /// The records that come of the good ones.
    kept: &'static [&'static str],
    /// The problems that come of the others.
    problems: &'static [&'static str],
    /// Output of another kind, and why it is refused.
    other: &'static [u8],
    refused: &'static str,
}

const SHAPES: [Shape; 3] = [
    Shape {
        name: "words",
        capture: b"NAME  SIZE RATIO NOTE\na       12   0.5 first of  all\n\nb\xff      -7     2 x \n",
        expected: r#"{
"records": [
  {"name":"a","size":12,"ratio":0.5,"note":"first of  all"},
  {"name":"b\\xff","size":-7,"ratio":2.0,"note":"x"}],
"problems": []
}
"#,
        broken: b"c big 1 z\nd 9223372036854775808 1 z\ne 5 1 z\r\nf\ng 1 1;5 \tz\nh 1 1\n",
        kept: &[r#"{"name":"e","size":5,"ratio":1.0,"note":"z"}"#, r#"{"name":"h","size":1,"ratio":1.0,"note":""}"#],
        problems: &[
            "line 5, column 3: expected a whole number, found `big`",
            "line 6, column 3: ",
            "line 8: expected 4 fields, found 1",
            "line 9, column 5: expected a number, found `1;5`",
        ],
        other: b"NAME SIZE NOTE\na 1 x\n",
        refused: "expected the titles `NAME SIZE RATIO NOTE`, found `NAME SIZE NOTE`",
    },
    Shape {
        name: "cells",
        capture: b"NAME    SIZE TYPE COMMENT\nsda     1024 disk\n|-sda1    12      a b\n              x\n",
        expected: r#"{
"records": [
  {"name":"sda","size":1024,"type":"disk","comment":null},
  {"name":"|-sda1","size":12,"type":null,"comment":"a b"},
  {"name":null,"size":null,"type":"x","comment":null}],
"problems": []
}
"#,
        broken: b"sdb     huge disk\nsdc        7\n",
        kept: &[r#"{"name":"sdc","size":7,"type":null,"comment":null}"#],
        problems: &["line 5, column 9: expected a whole number, found `huge`"],
        other: b"",
        refused: "the titles `NAME SIZE TYPE COMMENT`",
    },
    Shape {
        name: "separator",
        capture: b"root:x:0:/root\nme:x:1000:\n",
        expected: r#"{
"records": [
  {"column_1":"root","column_2":"x","column_3":0,"column_4":"/root"},
  {"column_1":"me","column_2":"x","column_3":1000,"column_4":""}],
"problems": []
}
"#,
        broken: b"you:x:ten:/\nyou:x\nlast:x:-1: :",
        kept: &[],
        problems: &[
            "line 3, column 7: expected a whole number, found `ten`",
            "line 4: expected 4 fields, found 2",
            "line 5: expected 4 fields, found 5",
        ],
        other: b"hello\n",
        refused: "expected 4 fields, found 1",
    },
];

fn main() {
    let arguments = Arguments::from_args();
    let all = env::var_os("OUTPARSE_TEST_ALL").is_some();
    let mut trials = vec![
        Trial::test("rust/a plugin of this workspace", one_of_ours),
        Trial::test("rust/with nothing but the program", with_the_program_alone),
    ];
    for (language, tools) in LANGUAGES {
        let missing = tools.iter().find(|tool| find(tool).is_none());
        let mut add = |name: String, run: Box<dyn FnOnce() -> Result<(), Failed> + Send>| {
            trials.push(match missing {
                None => Trial::test(name, run),
                Some(tool) if all => {
                    let why = format!("`{tool}` is missing; tests/tools.sh installs it");
                    Trial::test(name, move || Err(Failed::from(why)))
                }
                Some(tool) => {
                    let name = format!("{name}, for which `{tool}` is missing: tests/tools.sh installs it");
                    Trial::test(name, || Ok(())).with_ignored_flag(true)
                }
            });
        };
        for shape in &SHAPES {
            add(format!("{language}/{}", shape.name), Box::new(move || author(language, shape)));
        }
        if language == "c" {
            add("c/watched".to_owned(), Box::new(watched));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// Where `tests/tools.sh` puts things, and where everything else is.
fn path() -> Vec<PathBuf> {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools");
    let mut path = vec![tools.join("venv/bin"), tools.join("npm/node_modules/.bin")];
    path.extend(env::split_paths(&env::var_os("PATH").unwrap()));
    path
}

fn find(tool: &str) -> Option<PathBuf> {
    let names = || tool.split('|');
    path().iter().flat_map(|folder| names().map(|name| folder.join(name))).find(|file| file.is_file())
}

/// Runs `outparse` beside the tools.
fn outparse(sandbox: &Sandbox, arguments: &[&str]) -> Ran {
    Ran::from(command(sandbox, arguments).output().unwrap())
}

fn command(sandbox: &Sandbox, arguments: &[&str]) -> Command {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/languages");
    let path = [sandbox.path("")].into_iter().chain(path());
    let mut command = sandbox.outparse(arguments);
    command
        .env("PATH", env::join_paths(path).unwrap())
        // The C library for WebAssembly and the SDK are compiled once, not for every trial.
        .env("ZIG_GLOBAL_CACHE_DIR", target.join("zig"))
        .env("CARGO_TARGET_DIR", target.join("cargo"));
    command
}

#[track_caller]
fn succeeds(ran: &Ran) {
    assert_eq!(ran.code, 0, "{ran:?}");
}

/// Writes a plugin, and does with it all that one does.
fn author(language: &str, shape: &Shape) -> Result<(), Failed> {
    let sandbox = Sandbox::new(&[("stock", "cat output")]);
    fs::write(sandbox.path("output"), shape.capture)?;
    let run = |arguments: &[&str]| outparse(&sandbox, arguments);

    // Not the same for each shape: they share what cargo makes.
    let name = &format!("stock-{}", shape.name)[..];
    let plugin = &format!("{name}/plugin.wasm")[..];
    let made = run(&["plugin", "new", name, "--lang", language, "--capture", "stock -a", "--command", "stock"]);
    succeeds(&made);
    assert!(made.stdout.contains(&format!("outparse plugin build {name}")), "{made:?}");
    let again = run(&["plugin", "new", name, "--lang", language, "--command", "stock"]);
    assert_eq!(again.code, 2, "a folder that is there is left alone: {again:?}");

    let built = run(&["plugin", "build", name]);
    succeeds(&built);
    assert!(built.stdout.contains(&format!("{name} 0.1.0")) && built.stdout.contains("no imports"), "{built:?}");
    let component = fs::read(sandbox.path(plugin))?;
    let DecodedWasm::Component(types, world) = wit_component::decode(&component)? else { panic!("it is a component") };
    assert!(types.worlds[world].imports.is_empty());

    // Nobody has said what is right yet.
    assert_eq!(run(&["plugin", "test", name]).code, 1);
    succeeds(&run(&["plugin", "test", name, "--bless"]));
    succeeds(&run(&["plugin", "test", name]));
    let cases = fs::read_dir(sandbox.path(&format!("{name}/fixtures")))?.next().ok_or("there is a fixture")??.path();
    let expected = cases.join("usual/expected.json");
    assert_eq!(fs::read_to_string(&expected)?, shape.expected);
    fs::write(&expected, shape.expected.replacen(':', ": ", 1))?;
    let changed = run(&["plugin", "test", plugin, "usual"]);
    assert_eq!(changed.code, 1);
    assert!(changed.stdout.contains("\n-") && changed.stdout.contains("\n+"), "a difference is shown: {changed:?}");

    if language == "c" {
        let source = sandbox.path(&format!("{name}/parser.c"));
        fs::write(&source, fs::read_to_string(&source)?.replace("0.1.0", "0.2.0"))?;
        let renewed = run(&["plugin", "test", name]);
        assert!(renewed.stdout.contains(&format!("{name} 0.2.0: ")), "what has changed is built again: {renewed:?}");
    }

    let options = ["--plugin", plugin, "--format", "jsonl"];
    let real = run(&[&options[..], &["stock", "-a"]].concat());
    succeeds(&real);
    let records =
        |text: &str| text.lines().map(|line| line.trim_start().trim_end_matches([',', ']']).to_owned()).collect::<Vec<_>>();
    let wanted: Vec<_> = records(shape.expected).into_iter().filter(|line| line.starts_with("{\"")).collect();
    assert_eq!(records(&real.stdout), wanted);

    fs::write(sandbox.path("output"), [shape.capture, shape.broken].concat())?;
    let broken = run(&[&options[..], &["stock"]].concat());
    succeeds(&broken);
    assert_eq!(records(&broken.stdout)[wanted.len()..], *shape.kept, "{broken:?}");
    for problem in shape.problems {
        assert!(broken.stderr.contains(problem), "`{problem}` is not in {broken:?}");
    }
    assert_eq!(broken.stderr.matches("line ").count(), shape.problems.len(), "{broken:?}");

    fs::write(sandbox.path("other"), shape.other)?;
    let other = run(&[&options[..], &["parse", "stock", "--input", "other"]].concat());
    assert_eq!(other.code, 125, "{other:?}");
    assert!(other.stderr.contains(shape.refused), "{other:?}");
    // Dynamic languages find some mistakes only when they run.
    if shape.name == "words"
        && let Some((file, line, wrong)) = match language {
            "python" => Some(("parser.py", "        if line.is_blank():", "        line.nonsense()\n")),
            "javascript" => Some(("parser.js", "    if (line.isBlank()) return;", "    line.nonsense();\n")),
            _ => None,
        }
    {
        let source = sandbox.path(&format!("{name}/{file}"));
        fs::write(&source, fs::read_to_string(&source)?.replace(line, &format!("{wrong}{line}")))?;
        succeeds(&run(&["plugin", "build", name]));
        let mistaken = run(&[&options[..], &["stock"]].concat());
        assert_eq!(mistaken.code, 125, "{mistaken:?}");
        assert!(mistaken.stderr.contains(&format!("line 1: a mistake in {file}:")), "{mistaken:?}");
        assert!(mistaken.stderr.contains("nonsense") || language == "javascript", "{mistaken:?}");
    }
    Ok(())
}

/// A plugin that ships with the program is tested without building that.
fn one_of_ours() -> Result<(), Failed> {
    let plugin = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins/lsmod/linux");
    let tested = outparse(&Sandbox::new(&[]), &["plugin", "test", plugin.to_str().ok_or("a path of ours is UTF-8")?]);
    succeeds(&tested);
    assert!(tested.stdout.contains("lsmod-linux 0.1.0: ") && tested.stdout.contains(" passed, 0 failed"), "{tested:?}");
    Ok(())
}

/// Whoever has the program and not its sources has the SDK, too.
fn with_the_program_alone() -> Result<(), Failed> {
    let sandbox = Sandbox::new(&[("stock", "cat output")]);
    fs::write(sandbox.path("output"), SHAPES[0].capture)?;
    let program = sandbox.path("bin/outparse");
    fs::create_dir(sandbox.path("bin"))?;
    fs::copy(env!("CARGO_BIN_EXE_outparse"), &program)?;
    let run = |arguments: &[&str]| {
        let mut alone = sandbox.program(&program);
        let path = [sandbox.path("")].into_iter().chain(path());
        let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/languages/alone");
        alone.args(arguments).env("PATH", env::join_paths(path).unwrap()).env("CARGO_TARGET_DIR", target);
        Ran::from(alone.output().unwrap())
    };
    succeeds(&run(&["plugin", "new", "stock-alone", "--capture", "stock"]));
    assert!(sandbox.path("stock-alone/vendor/outparse-sdk/derive/Cargo.toml").exists());
    succeeds(&run(&["plugin", "test", "stock-alone", "--bless"]));
    let real = run(&["--plugin", "./stock-alone/plugin.wasm", "--format", "jsonl", "stock"]);
    succeeds(&real);
    assert_eq!(real.stdout.lines().next(), Some(r#"{"name":"a","size":12,"ratio":0.5,"note":"first of  all"}"#));
    Ok(())
}

/// With `--watch`, a source that changes is built and tested again, also after a mistake.
fn watched() -> Result<(), Failed> {
    let sandbox = Sandbox::new(&[("stock", "cat output")]);
    fs::write(sandbox.path("output"), SHAPES[0].capture)?;
    succeeds(&outparse(&sandbox, &["plugin", "new", "stock-watched", "--lang", "c", "--capture", "stock"]));
    succeeds(&outparse(&sandbox, &["plugin", "test", "stock-watched", "--bless"]));
    let (said, complained) = (sandbox.path("said"), sandbox.path("complained"));
    let mut command = command(&sandbox, &["plugin", "test", "stock-watched", "--watch"]);
    let mut watcher = command.stdout(fs::File::create(&said)?).stderr(fs::File::create(&complained)?).spawn()?;
    let until = |file: &Path, wanted: &str, times: usize| {
        let there = || (fs::read_to_string(file).unwrap().matches(wanted).count() >= times).then_some(());
        common::until(&format!("`{wanted}` is said"), there);
    };
    let source = sandbox.path("stock-watched/parser.c");
    let good = fs::read_to_string(&source)?;
    until(&complained, "waiting for changes", 1);
    fs::write(&source, "no C at all")?;
    until(&complained, "waiting for changes", 2);
    fs::write(&source, good.replace("0.1.0", "0.2.0"))?;
    until(&said, "stock-watched 0.2.0: 1 passed, 0 failed", 1);
    watcher.kill()?;
    watcher.wait()?;
    Ok(())
}
