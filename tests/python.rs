//! The Python package, built as its users build it and tested with the interpreters that are here.
//!
//! Where maturin is not there the tests say so and end; with `OUTPARSE_TEST_ALL=1` they fail instead.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

mod common;

fn package() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("host/python")
}

/// The program of a virtual environment, or None where its tests are not to be.
fn tool(name: &str) -> Option<PathBuf> {
    let found = std::env::var_os("PATH")
        .and_then(|path| std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file()));
    if found.is_none() {
        assert!(!common::all_must_run(), "`{name}` is not installed, and `OUTPARSE_TEST_ALL=1` was given");
        eprintln!("`{name}` is not installed: the package is not built");
    }
    found
}

fn succeeds(command: &mut Command) {
    let ran = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{command:?}\n{out}\n{err}");
}

/// Debian's own interpreter, and the oldest and the newest of those that are here and supported.
fn interpreters() -> Vec<PathBuf> {
    let system = PathBuf::from("/usr/bin/python3");
    let managed = std::env::var_os("HOME").map(|home| Path::new(&home).join(".pyenv/versions"));
    let managed = managed.and_then(|versions| versions.read_dir().ok()).into_iter().flatten().filter_map(Result::ok);
    let version = |python: PathBuf| {
        let asks = "import sys, venv, ensurepip; print(sys.version_info.minor)";
        let ran = Command::new(&python).args(["-c", asks]).output().ok().filter(|ran| ran.status.success())?;
        let minor: u32 = String::from_utf8(ran.stdout).ok()?.trim().parse().ok()?;
        (minor >= 9).then_some((minor, python))
    };
    let mut managed: Vec<(u32, PathBuf)> =
        managed.map(|version| version.path().join("bin/python3")).filter_map(version).collect();
    managed.sort();
    let newest = managed.pop();
    managed.truncate(1);
    let system = version(system).unwrap_or_else(|| panic!("the system's Python cannot make environments: install python3-venv"));
    [system].into_iter().chain(managed).chain(newest).map(|(_, python)| python).collect()
}

/// The package as a wheel, and installed from it for the interpreter of the tests.
struct Built {
    folder: PathBuf,
    wheel: PathBuf,
    site: PathBuf,
}

/// One test at a time has the machine: a cluster that starts beside the others takes longer than it is given.
static TURN: Mutex<()> = Mutex::new(());

/// Waits for its turn, and has the package built once. None where the tools are not here.
fn built() -> Option<(&'static Built, MutexGuard<'static, ()>)> {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    Some((BUILT.as_ref()?, turn))
}

/// See [`built`].
static BUILT: LazyLock<Option<Built>> = LazyLock::new(|| {
    let maturin = tool("maturin")?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    let (wheels, site) = (folder.join("wheels"), folder.join("site"));
    let mut build = Command::new(maturin);
    build.args(["build", "--release", "--offline", "--quiet", "-m"]).arg(package().join("Cargo.toml")).arg("--out").arg(&wheels);
    succeeds(unknowing(&mut build));
    let wheel = wheels.read_dir().unwrap().next().unwrap().unwrap().path();
    succeeds(Command::new("python3").args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"]).arg(&site).arg(&wheel));
    Some(Built { folder, wheel, site })
});

impl Built {
    /// Something that the interpreter of the tests runs, which has data frames, clusters and notebooks.
    fn test(&self, name: &str) {
        let test = package().join("tests").join(name);
        succeeds(Command::new("python3").arg(&test).env("PYTHONPATH", &self.site).current_dir(&self.folder));
    }
}

/// A build does not hear what cargo says to this test: some crates are built anew when it changes, and all that needs them.
fn unknowing(build: &mut Command) -> &mut Command {
    let told = std::env::vars_os().map(|(name, _)| name);
    let told = told.filter(|name| {
        let name = name.to_string_lossy();
        ["CARGO_PKG_", "CARGO_MANIFEST_", "OUT_DIR"].iter().any(|told| name.starts_with(told))
    });
    for name in told {
        build.env_remove(name);
    }
    build
}

/// Tests for which nothing but the package is needed.
const ALONE: [&str; 6] = ["Records", "Errors", "Processes", "Commands", "Bundles", "Scans.test_captures_may_be_at_hand"];

#[test]
fn the_wheel_works_where_it_is_installed() {
    let (Some((built, _turn)), Some(mypy)) = (built(), tool("mypy")) else { return };
    let bytes = built.wheel.metadata().unwrap().len();
    assert!(bytes < 40 << 20, "the wheel has {bytes} bytes");
    built.test("test_package.py");
    succeeds(Command::new(mypy).args(["--strict", "-p", "outparse"]).env("MYPYPATH", &built.site).current_dir(&built.folder));
    for (number, python) in interpreters().into_iter().enumerate() {
        let env = built.folder.join(format!("env{number}"));
        succeeds(Command::new(&python).args(["-m", "venv"]).arg(&env));
        let python = env.join("bin/python");
        succeeds(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--no-index"]).arg(&built.wheel));
        alone(&python, built);
    }
}

#[test]
fn the_system_s_interpreter_needs_no_environment() {
    let Some((built, _turn)) = built() else { return };
    alone(Path::new("/usr/bin/python3"), built);
}

/// Runs the tests with an interpreter that has nothing else.
fn alone(python: &Path, built: &Built) {
    let mut run = Command::new(python);
    run.arg(package().join("tests/test_package.py")).args(ALONE).current_dir(&built.folder);
    if python.starts_with("/usr") {
        run.env("PYTHONPATH", &built.site);
    }
    succeeds(&mut run);
}

/// As the README says it. The build shares all that the wheel was built of.
#[test]
fn it_is_installed_from_the_tree() {
    let Some((built, _turn)) = built() else { return };
    let env = built.folder.join("tree");
    succeeds(Command::new("python3").args(["-m", "venv"]).arg(&env));
    let python = env.join("bin/python");
    let asks = "import sysconfig; print(sysconfig.get_path('purelib'))";
    let tools = Command::new("python3").args(["-c", asks]).output().unwrap().stdout;
    // Without the network, what builds it is the tests' own.
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--no-index", "--no-build-isolation", "--no-cache-dir"]).arg(package());
    install.env("PYTHONPATH", String::from_utf8(tools).unwrap().trim()).env("CARGO_NET_OFFLINE", "true");
    succeeds(unknowing(&mut install));
    alone(&python, built);
}

/// A cluster of two machines on this one, of which now and then something dies.
#[test]
fn it_works_over_a_cluster() {
    let Some((built, _turn)) = built() else { return };
    built.test("test_ray.py");
}

#[test]
fn it_works_in_a_notebook() {
    let Some((built, _turn)) = built() else { return };
    built.test("test_notebook.py");
}

/// Imports the package, and does what it does.
const WORK: &str = r#"
import pathlib, outparse
df = "Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/sda1 100 60 40 60% /\n"
assert outparse.parse("df", df)[0]["used"] == 61440
assert outparse.run(["df", "-k", "/"])[0]["mounted_on"] == "/"
assert [len(batch) for batch in outparse.stream(["df", "-k", "/"])] == [1]
assert [row["used"] for row in outparse.scan([("a", df.encode())], "df -k")] == [61440]
"#;

#[test]
fn it_works_where_there_is_no_network() {
    let (Some((built, _turn)), Some(unshare)) = (built(), tool("unshare")) else { return };
    let alone = "import socket\nassert [name for _, name in socket.if_nameindex()] == ['lo']\n";
    let refused = "import socket\ntry: socket.create_connection(('127.0.0.1', 1))\nexcept OSError as error: assert error.errno == 101, error\n\
                   else: raise SystemExit('there is a network')\n";
    let mut run = Command::new(unshare);
    if !nix::unistd::geteuid().is_root() {
        run.arg("--map-root-user");
    }
    run.args(["--net", "python3", "-c"]).arg(format!("{alone}{refused}{WORK}"));
    succeeds(run.env("PYTHONPATH", &built.site).current_dir(&built.folder));
}

#[test]
fn it_opens_no_socket() {
    let (Some((built, _turn)), Some(strace)) = (built(), tool("strace")) else { return };
    let calls = |name: &str, code: &str| {
        let log = built.folder.join(name);
        let mut run = Command::new(&strace);
        run.args(["-f", "-e", "trace=socket,connect,bind,sendto,sendmsg", "-o"]).arg(&log);
        run.args(["python3", "-c", code]).env("PYTHONPATH", &built.site).current_dir(&built.folder);
        succeeds(&mut run);
        let log = fs::read_to_string(log).unwrap();
        log.lines().filter(|line| line.contains("(AF_") || line.contains("connect(")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(calls("work", WORK), [""; 0]);
    // It would be seen.
    let asks = "import socket; socket.socket()";
    assert_eq!(calls("asks", asks).len(), 1);
}
