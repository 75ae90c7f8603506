//! The Ansible collection, built and installed as its users do and run by ansible-core from PyPI, on real daemons of OpenSSH.
//!
//! Where Ansible or OpenSSH is not installed the tests say so and end; with `OUTPARSE_TEST_ALL=1` they fail instead.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test")]

mod common;
#[path = "hosts/daemons.rs"]
mod daemons;

use std::fmt::Write;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{ONE_ROW, Ran, Sandbox, has};
use daemons::{CUT, Daemons};
use serde_json::Value;

fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The collection, installed from its archive.
struct Collection {
    sandbox: Sandbox,
}

impl Collection {
    /// Nothing where Ansible is not there, and that is no failure.
    fn installed() -> Option<Collection> {
        let found = Command::new("ansible-galaxy").arg("--version").output().is_ok_and(|ran| ran.status.success());
        if !has(found, "`ansible-core`") {
            return None;
        }
        let collection = Collection { sandbox: Sandbox::new(&[]) };
        fs::write(collection.sandbox.path("ansible.cfg"), "").unwrap();
        let folder = source("host/ansible").display().to_string();
        collection.succeeds("ansible-galaxy", &["collection", "build", &folder, "--output-path", "built"]);
        let archive = fs::read_dir(collection.sandbox.path("built")).unwrap().next().unwrap().unwrap().path();
        let archive = archive.to_str().unwrap();
        collection.succeeds("ansible-galaxy", &["collection", "install", archive, "-p", "installed", "--offline"]);
        Some(collection)
    }

    /// A program of Ansible's that finds this collection and no other configuration.
    fn program(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = self.sandbox.program(program);
        command
            .args(arguments)
            .env("ANSIBLE_COLLECTIONS_PATH", self.sandbox.path("installed"))
            .env("ANSIBLE_HOME", self.sandbox.path("home"))
            .env("ANSIBLE_CONFIG", self.sandbox.path("ansible.cfg"))
            // Connections that it keeps are not those of another test's machines of the same names.
            .env("ANSIBLE_SSH_CONTROL_PATH_DIR", self.sandbox.path("cp"))
            .env("ANSIBLE_NOCOLOR", "1")
            .env("LC_ALL", "C.UTF-8");
        command
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Ran {
        Ran::from(self.program(program, arguments).output().unwrap())
    }

    fn succeeds(&self, program: &str, arguments: &[&str]) -> String {
        let ran = self.run(program, arguments);
        assert_eq!(ran.code, 0, "{program} {arguments:?}\n{}\n{}", ran.stdout, ran.stderr);
        ran.stdout
    }
}

/// A machine with no other programs than BusyBox's, and its shell.
fn bare(daemons: &mut Daemons) -> bool {
    let busybox = Path::new("/usr/bin/busybox");
    if !has(busybox.exists(), "`busybox`") {
        return false;
    }
    let folder = daemons.path("bin-bare");
    fs::create_dir(&folder).unwrap();
    for name in ["sh", "df", "uname", "date", "readlink", "env", "sleep"] {
        symlink(busybox, folder.join(name)).unwrap();
    }
    // The path is set behind the login shell: what that reads at its start may add to it.
    let shell = "/usr/bin/busybox sh -c \"$SSH_ORIGINAL_COMMAND\"";
    daemons.start("bare", &format!("ForceCommand PATH={} {shell}", folder.display()));
    true
}

/// A machine with programs of the test's before its own.
fn with_programs(daemons: &mut Daemons, name: &str, programs: &[(&str, &str)]) {
    let folder = daemons.path(&format!("bin-{name}"));
    fs::create_dir(&folder).unwrap();
    for (program, text) in programs {
        daemons.script(&format!("bin-{name}/{program}"), &format!("#!/bin/sh\n{text}\n"));
    }
    daemons.start(name, &format!("SetEnv PATH={}:/usr/bin:/bin", folder.display()));
}

/// The machines of the playbook, by their groups.
fn inventory(daemons: &mut Daemons, collection: &Collection) -> String {
    let folder = collection.sandbox.path("files");
    fs::create_dir(&folder).unwrap();
    for name in [&b"na\xc3\xafve"[..], b"caf\xe9"] {
        fs::write(folder.join(std::ffi::OsStr::from_bytes(name)), "").unwrap();
    }
    let mac = "echo 'Filesystem     512-blocks      Used Available Capacity iused      ifree %iused  Mounted on'
echo '/dev/disk1            200       100       100    50%       1          2   33%   /Volumes/My Disk'";
    with_programs(daemons, "gnu", &[("df", ONE_ROW)]);
    with_programs(daemons, "mac", &[("df", mac), ("uname", "case $1 in -s) echo Darwin ;; *) echo mac ;; esac")]);
    let noisy = daemons.script(
        "noisy",
        &format!(
            "#!/bin/sh\necho 'Filesystem 1K-blocks Used Available Use% Mounted on'; echo '/dev/fake 1 1 1 1% /fake'\n\
             PATH={}:$PATH sh -c \"$SSH_ORIGINAL_COMMAND\"\necho goodbye\n",
            daemons.path("bin-gnu").display()
        ),
    );
    daemons.start("noisy", &format!("ForceCommand {noisy}"));
    with_programs(daemons, "bad-row", &[("df", &format!("{ONE_ROW}; echo '/dev/b bad 60 40 60% /b'"))]);
    with_programs(daemons, "garbage", &[("df", "echo garbage")]);
    with_programs(daemons, "secret-row", &[("df", &format!("{ONE_ROW}; echo '/dev/b hunter2 60 40 60% /b'"))]);
    with_programs(daemons, "secret-text", &[("df", "echo hunter2")]);
    with_programs(daemons, "fails", &[("df", &format!("{ONE_ROW}; echo 'df: /x: Permission denied' >&2; exit 1"))]);
    with_programs(daemons, "breaks", &[("df", &format!("{ONE_ROW}; printf '/dev/b 200 50 150 25'; kill -9 $PPID"))]);
    with_programs(daemons, "cut", &[("df", &format!("{ONE_ROW}; printf '/dev/b 200 50 150 25'; sleep 1; {CUT}"))]);
    daemons.start("none", "SetEnv PATH=/nowhere");
    daemons.start("nologin", "ForceCommand echo 'This account is not available.'; exit 1");
    let gone = daemons.address();
    daemons.name("gone", &gone, "user");

    let ssh = daemons.ssh();
    let config = ssh.strip_prefix("ssh -F ").unwrap();
    let gnu = "rows=1 size=102400 mounted_on=/a plugin=df-gnu platform=linux";
    let mut text = format!(
        "here ansible_connection=local\n[machines]\ngnu {gnu}\nnoisy {gnu}\n\
         mac rows=1 size=102400 mounted_on='/Volumes/My Disk' plugin=df-bsd platform=macos\n\
         [secret]\nsecret-row\nsecret-text\n[faults]\n"
    );
    for (host, verdict) in [
        ("bad-row", "df is not failed and df.records | length == 1 and df.problems | length == 1 and df.problems[0].line == 3"),
        (
            "garbage",
            "df is failed and 'df-busybox' in df.parse_error and df.parse_error in df.msg and df.stdout_lines == ['garbage']",
        ),
        (
            "fails",
            "df is failed and df.rc == 1 and df.records | length == 1 and df.stderr_lines == ['df: /x: Permission denied']",
        ),
        ("breaks", "df is failed and not df.complete and df.rc is none and df.records | length == 1 and 'broke off' in df.msg"),
        // Ansible's connection keeps nothing of it, and says what it says of a machine that is gone.
        ("cut", "df is unreachable and df.records is not defined"),
        ("none", "df is failed and 'not found' in df.msg"),
        ("nologin", "df is failed and 'This account is not available.' in df.msg and df.rc == 1"),
        ("gone", "df is unreachable"),
    ] {
        let _ = writeln!(text, "{host} verdict=\"{{{{ {verdict} }}}}\"");
    }
    let _ = write!(
        text,
        "[without_python]\n[all:vars]\nansible_ssh_common_args='-F {config}'\nansible_python_interpreter=auto_silent\noutparse_program={}\n\
         folder={}\nis_root={}\n",
        common::outparse().display(),
        folder.display(),
        if nix::unistd::geteuid().is_root() { "True" } else { "False" }
    );
    text
}

#[test]
fn a_playbook_gets_the_records_of_all_kinds_of_machines() {
    let Some(mut daemons) = Daemons::new() else { return };
    let Some(collection) = Collection::installed() else { return };
    let has_bare = bare(&mut daemons);
    let mut text = inventory(&mut daemons, &collection);
    if has_bare {
        // What is really there has some size, and a root.
        let busybox =
            "rows='{{ df.records | length }}' size='{{ df.records[0].size }}' mounted_on='{{ df.records[0].mounted_on }}'";
        let bare = format!("bare {busybox} plugin=df-busybox platform=linux");
        text = text
            .replace("[without_python]\n", &format!("[without_python]\n{bare}\n"))
            .replace("[machines]\n", "[machines]\nbare\n");
    }
    fs::write(collection.sandbox.path("inventory"), &text).unwrap();
    let play = source("tests/ansible/play.yml");
    let ran = collection.run("ansible-playbook", &["-i", "inventory", play.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}\n{}\n{text}", ran.stdout, ran.stderr);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!said.contains("fake"), "{said}");
    // A warning from the task, and one from the filter; and nothing where nothing is to be seen.
    assert!(
        said.contains("outparse: df-gnu 0.1.0: error: line 3: expected a row with all columns of the header, found `/dev/b bad"),
        "{said}"
    );
    assert!(said.contains("outparse.core.parse: df-gnu 0.1.0: error: line 3"), "{said}");
    assert!(!said.contains("hunter2") && said.contains("Action failed: the output could not be parsed"), "{said}");

    // The same inventory without Ansible, as it is and as Ansible lists it.
    let list = collection.succeeds("ansible-inventory", &["-i", "inventory", "--list", "--export"]);
    fs::write(collection.sandbox.path("all.json"), list).unwrap();
    for file in ["inventory", "all.json"] {
        let list = format!("@{file}:machines");
        let ran =
            collection.sandbox.run(&["--hosts", &list, "-f", "json", "--connect-timeout", "60s", "--sort", "host", "df", "-k"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let hosts: Vec<String> = ran.column("host").into_iter().filter(|host| host != "bare").collect();
        assert_eq!(hosts, ["gnu", "mac", "noisy"], "{file}: {ran:?}");
    }
}

#[test]
fn what_is_documented_is_what_is_accepted() {
    let Some(collection) = Collection::installed() else { return };
    let documentation = |kind: &str, name: &str| -> Value {
        let text = collection.succeeds("ansible-doc", &["--json", "-t", kind, name]);
        serde_json::from_str::<Value>(&text).unwrap()[name].clone()
    };
    let names = |options: &Value| -> Vec<String> { options.as_object().unwrap().keys().cloned().collect() };
    // As Python says it: the plugins are files of this collection, and know their own options.
    let accepted = |expression: &str| -> Vec<String> {
        let script = format!(
            "import json, sys; sys.path.insert(0, 'installed')\n\
             from ansible_collections.outparse.core.plugins.action import command\n\
             from ansible_collections.outparse.core.plugins.filter import parse\nprint(json.dumps({expression}))"
        );
        serde_json::from_str(&collection.succeeds("python3", &["-c", &script])).unwrap()
    };

    let module = documentation("module", "outparse.core.command");
    assert_eq!(names(&module["doc"]["options"]), accepted("sorted(command.ARGUMENTS)"));
    assert!(module["return"]["records"].is_object() && module["examples"].as_str().unwrap().contains("outparse.core.command"));
    let filter = documentation("filter", "outparse.core.parse");
    let mut options = names(&filter["doc"]["options"]);
    options.retain(|name| !["_input", "command", "args"].contains(&name.as_str()));
    assert_eq!(options, accepted("sorted(parse.OPTIONS)"));
    // And as people read it.
    let text = collection.succeeds("ansible-doc", &["-t", "filter", "outparse.core.parse"]);
    assert!(text.contains("WebAssembly") && text.contains("outparse.core.parse('df'"), "{text}");
    for file in ["README.md", "MANIFEST.json", "meta/runtime.yml"] {
        assert!(collection.sandbox.path("installed/ansible_collections/outparse/core").join(file).is_file(), "{file}");
    }
}

/// What `ansible-test` would fetch from a place of its own, which is no package index: it puts pip into an environment.
const BOOTSTRAP: &str = "import subprocess, sys
subprocess.run([sys.executable, '-m', 'ensurepip'], check=True)
wanted = [word for word in sys.argv[1:] if not word.startswith('--no-')]
sys.exit(subprocess.run([sys.executable, '-m', 'pip', 'install', '--quiet', *wanted]).returncode)
";

/// A home for `ansible-test`, which makes an environment for each of its tests there, and finds them the next time.
fn home_of_sanity_tests() -> PathBuf {
    let home = source("target/tools/ansible");
    let (cache, pip) = (home.join(".ansible/test/cache"), home.join(".config/pip"));
    fs::create_dir_all(&cache).unwrap();
    fs::create_dir_all(&pip).unwrap();
    fs::write(cache.join("get_pip_24_2.py"), BOOTSTRAP).unwrap();
    // It hands on no variables: what pip is told in some goes into a file.
    let mut settings = String::from("[global]\n");
    for (name, value) in std::env::vars() {
        if let Some(name) = name.strip_prefix("PIP_").filter(|name| !name.starts_with("CONFIG")) {
            let _ = writeln!(settings, "{} = {value}", name.to_ascii_lowercase().replace('_', "-"));
        }
    }
    fs::write(pip.join("pip.conf"), settings).unwrap();
    home
}

#[test]
fn ansible_s_own_tests_of_collections_find_nothing() {
    let Some(collection) = Collection::installed() else { return };
    let version = collection.succeeds("python3", &["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]);
    let arguments = ["sanity", "--local", "--color", "no", "--python", version.trim()];
    let mut test = collection.program("ansible-test", &arguments);
    test.env("HOME", home_of_sanity_tests()).current_dir(collection.sandbox.path("installed/ansible_collections/outparse/core"));
    let ran = Ran::from(test.output().unwrap());
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.code, 0, "{said}");
    for test in ["action-plugin-docs", "ansible-doc", "compile", "import", "pep8", "pylint", "validate-modules", "yamllint"] {
        assert!(said.contains(&format!("Running sanity test \"{test}\"")), "`{test}` was not run: {said}");
    }
}
