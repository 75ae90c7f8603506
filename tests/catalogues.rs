//! Whole catalogues of other people's parsers in the sandbox: that they answer as their own packages do, that they come after the parsers
//! of this project, and that a malicious one does no harm.
//!
//! The tests build them with componentize-py, from packages of PyPI. Where that is not there they say so and end; with
//! `OUTPARSE_TEST_ALL=1` they fail instead.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test")]

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{Ran, Sandbox};
use serde_json::{Value, json};

mod common;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Whether plugins in Python can be built.
fn can_build() -> bool {
    let found = tools().join("componentize-py").exists();
    if !found {
        assert!(!common::all_must_run(), "componentize-py is not installed, and `OUTPARSE_TEST_ALL=1` was given");
        eprintln!("componentize-py is not installed: nothing is built");
    }
    found
}

/// Where `tests/tools.sh` puts things.
fn tools() -> PathBuf {
    Path::new(ROOT).join("target/tools/venv/bin")
}

/// `outparse` beside the tools.
fn command(sandbox: &Sandbox, arguments: &[&str]) -> Command {
    let mut command = sandbox.outparse(arguments);
    let path = env::var_os("PATH").unwrap();
    let path = [sandbox.path(""), tools()].into_iter().chain(env::split_paths(&path));
    command.env("PATH", env::join_paths(path).unwrap());
    command
}

fn run(sandbox: &Sandbox, arguments: &[&str]) -> Ran {
    Ran::from(command(sandbox, arguments).output().unwrap())
}

/// What comes of a capture.
fn parse(sandbox: &Sandbox, arguments: &[&str], capture: &str) -> Ran {
    let mut command = command(sandbox, arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Who refuses to begin reads nothing.
    let _ = child.stdin.take().unwrap().write_all(capture.as_bytes());
    Ran::from(child.wait_with_output().unwrap())
}

/// Builds a plugin of this workspace and adds it, as its user does.
fn add(sandbox: &Sandbox, folder: &str) -> Ran {
    let folder = Path::new(ROOT).join(folder);
    let built = run(sandbox, &["plugin", "build", folder.to_str().unwrap()]);
    assert!(built.code == 0 && built.stdout.contains("no imports"), "{built:?}");
    let added = run(sandbox, &["plugin", "add", folder.join("plugin.wasm").to_str().unwrap()]);
    assert_eq!(added.code, 0, "{added:?}");
    assert!(added.stderr.contains("asked after all others") && added.stderr.contains("compiling"), "{added:?}");
    added
}

/// Holds the answers of a catalogue against those of its package.
fn answers_as_its_package(sandbox: &Sandbox, catalogue: &str, captures: &[&str]) -> String {
    let mut python = sandbox.program(tools().join("python3"));
    let script = Path::new(ROOT).join("tests/catalogues/same.py");
    python.arg(script).arg(catalogue).arg(common::outparse()).args(captures);
    let ran = Ran::from(python.output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    ran.stdout
}

#[test]
fn jc() {
    if !can_build() {
        return;
    }
    let sandbox = Sandbox::new(&[("dmidecode", "exit 0")]);
    let added = add(&sandbox, "plugins/catalogues/jc");
    assert!(added.stderr.contains("values are as jc 1.26.1 has them"), "{added:?}");

    // Captures of this workspace, and others where there are some.
    let others = env::var("OUTPARSE_CAPTURES").ok();
    let plugins = Path::new(ROOT).join("plugins");
    let captures: Vec<&str> = [plugins.to_str().unwrap()].into_iter().chain(others.as_deref()).collect();
    let same = answers_as_its_package(&sandbox, "jc", &captures);
    let compared: usize = same.split(' ').next().unwrap().parse().unwrap();
    assert!(compared > 700, "{same}");

    // One line for all of it, and one for each command.
    let list = run(&sandbox, &["plugin", "list"]);
    let line = list.stdout.lines().find(|line| line.starts_with("jc ")).unwrap();
    assert!(line.contains("249 parsers of jc 1.26.1"), "{line}");
    let commands = run(&sandbox, &["plugin", "list", "--commands"]);
    assert!(
        commands.stdout.lines().any(|line| line.starts_with("dmidecode ") && line.contains("jc/dmidecode-jc")),
        "{commands:?}"
    );
    let completed = Ran::from(command(&sandbox, &["outparse", "parse", "dmid"]).env("OUTPARSE_COMPLETE", "2").output().unwrap());
    assert!(completed.stdout.lines().any(|word| word.starts_with("dmidecode")), "{completed:?}");
    let show = run(&sandbox, &["plugin", "show", "jc"]);
    for said in ["licenses     MIT", "jc 1.26.1", "xmltodict 1.0.4", "imports      nothing"] {
        assert!(show.stdout.contains(said), "{said}: {}", show.stdout);
    }

    // After every parser of this project, which knows its dialect; before none.
    let which = run(&sandbox, &["which", "df", "-k"]);
    let places: Vec<&str> = which.stdout.lines().collect();
    assert!(places[0].contains("df-gnu") && places.last().unwrap().contains("jc/df-jc"), "{which:?}");
    assert!(places.last().unwrap().contains("asked after all others"), "{which:?}");
    // Of its own, the one that knows most of the words.
    let which = run(&sandbox, &["which", "systemctl", "list-jobs"]);
    assert!(which.stdout.contains("jc/systemctl_lj-jc") && !which.stdout.contains("jc/systemctl-jc"), "{which:?}");

    // For a command that has no other, and for any when it is named.
    let upsc = "battery.charge: 100\nbattery.type: PbAc\n";
    let found = parse(&sandbox, &["parse", "upsc", "--format", "json", "--envelope"], upsc);
    assert_eq!(found.code, 0, "{found:?}");
    let envelope: Value = serde_json::from_str(&found.stdout).unwrap();
    assert_eq!(envelope["records"], json!([{"battery_charge": 100, "battery_type": "PbAc"}]));
    assert_eq!(envelope["plugin"]["name"], "jc/upsc-jc");
    assert_eq!(envelope["plugin"]["catalogue"], "jc 1.26.1");
    let traced = parse(&sandbox, &["parse", "upsc", "--trace"], upsc);
    assert!(traced.stderr.contains("values are as jc 1.26.1 has them"), "{traced:?}");
    let df = "Filesystem     1K-blocks   Used Available Use% Mounted on\n/dev/a               100     60        40  60% /a\n";
    for plugin in ["jc", "df-jc", "jc/df-jc"] {
        let found = parse(&sandbox, &["parse", "df", "--plugin", plugin, "--format", "jsonl"], df);
        let expected = r#"{"filesystem":"/dev/a","1k_blocks":100,"used":60,"available":40,"mounted_on":"/a","use_percent":60}"#;
        assert_eq!(found.stdout.trim_end(), expected, "{found:?}");
    }

    // A parser of our own says its types itself.
    let told = parse(&sandbox, &["parse", "df", "--format", "jsonl", "--guess-types"], df);
    assert!(told.code == 0 && told.stderr.contains("types are guessed of catalogues only"), "{told:?}");

    // Records with other fields: one table has all of them, and what is asked for by its name may be in any.
    let acpi = "Battery 0: Discharging, 29%, 00:56:00 remaining\nAdapter 0: on-line\n";
    let table = parse(&sandbox, &["parse", "acpi", "--plugin", "jc", "--format", "csv"], acpi);
    assert!(table.stdout.starts_with("type,id,") && table.stdout.lines().next().unwrap().ends_with(",on-line"), "{table:?}");
    let lines: Vec<&str> = table.stdout.lines().collect();
    assert!(
        lines[1].starts_with("Battery,0,Discharging,29,") && lines[2].starts_with("Adapter,0,,") && lines[2].ends_with(",true")
    );
    let found =
        parse(&sandbox, &["parse", "acpi", "--plugin", "jc", "--format", "jsonl", "--where", "charge_percent < 50"], acpi);
    assert!(found.stdout.starts_with(r#"{"type":"Battery","id":0,"#) && found.stdout.lines().count() == 1, "{found:?}");
    let sorted = parse(
        &sandbox,
        &["parse", "acpi", "--plugin", "jc", "--format", "jsonl", "--sort", "on-line", "--fields", "type,on-line"],
        acpi,
    );
    assert_eq!(sorted.stdout, "{\"type\":\"Adapter\",\"on-line\":true}\n{\"type\":\"Battery\",\"on-line\":null}\n");
    let wrong = parse(&sandbox, &["parse", "acpi", "--plugin", "jc", "--where", "charge_procent < 50"], acpi);
    assert!(wrong.code == 2 && wrong.stderr.contains("did you mean `charge_percent`"), "{wrong:?}");

    // What it raises is an error with its place; that nothing came is said; what another form of the command prints is refused.
    let unaligned = "Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/a 1 1 1 1% /a\n";
    let raised = parse(&sandbox, &["parse", "df", "--plugin", "jc"], unaligned);
    assert!(raised.code != 0 && raised.stderr.contains("line 2: `df.py:"), "{raised:?}");
    let nothing = parse(&sandbox, &["parse", "acpi", "--plugin", "jc"], "not at all\nwhat it prints\n");
    assert!(nothing.stderr.contains("warning: no records came of 2 lines"), "{nothing:?}");
    let refused = parse(&sandbox, &["parse", "update-alternatives", "--", "--display", "vi"], "vi - auto mode\n");
    assert!(refused.stderr.contains("expected what `update-alternatives --get-selections` prints"), "{refused:?}");
}

#[test]
fn ntc_templates() {
    if !can_build() {
        return;
    }
    let sandbox = Sandbox::new(&[]);
    add(&sandbox, "plugins/catalogues/ntc-templates");
    let same = answers_as_its_package(&sandbox, "ntc-templates", &[]);
    let compared: usize = same.split(' ').next().unwrap().parse().unwrap();
    assert!(compared > 800, "{same}");

    let arp = "Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n\
               Internet  10.0.0.7               12   0011.2233.44aa  ARPA   Vlan10\n";
    let expected = r#"{"protocol":"Internet","ip_address":"10.0.0.7","age":"12","mac_address":"0011.2233.44aa","type":"ARPA","interface":"Vlan10"}"#;
    for words in [&["show ip arp"][..], &["sh", "ip", "arp"], &["show", "ip", "arp", "--plugin", "ntc-templates"]] {
        let found = parse(&sandbox, &[&["parse", "--platform", "cisco_ios", "--format", "jsonl"], words].concat(), arp);
        assert_eq!(found.stdout.trim_end(), expected, "{found:?}");
    }
    // Text is text, unless numbers are asked for; what would lose something, or is no number in one of the rows, stays.
    let guess = |capture: &str, options: &[&str]| {
        let usual = ["parse", "--platform", "cisco_ios", "--format", "jsonl", "--guess-types", "show ip arp"];
        parse(&sandbox, &[&usual[..], options].concat(), capture)
    };
    let guessed = guess(arp, &["--where", "age > 9"]);
    assert_eq!(guessed.stdout.trim_end(), expected.replace("\"12\"", "12"), "{guessed:?}");
    assert_eq!(guess(arp, &["--where", "age > 12"]).stdout, "");
    let own = format!("{arp}Internet  10.0.0.1                -   0011.2233.44ab  ARPA   Vlan10\n");
    let stays = guess(&own, &["--fields", "age"]);
    assert_eq!(stays.stdout, "{\"age\":\"12\"}\n{\"age\":\"-\"}\n", "{stays:?}");
    // Nobody takes this machine for a router.
    let other = parse(&sandbox, &["parse", "show ip arp"], arp);
    assert!(other.code != 0 && other.stderr.contains("no parser for `show`"), "{other:?}");
    let named = parse(&sandbox, &["parse", "show ip arp", "--plugin", "ntc-templates"], arp);
    assert!(named.stderr.contains("`--platform` says from which kind of device one is"), "{named:?}");
    let unknown = parse(&sandbox, &["parse", "--platform", "cisco_ios", "show ip nonsense"], arp);
    assert!(unknown.stderr.contains("there is no template for `show ip nonsense` of cisco_ios"), "{unknown:?}");
    let broken = parse(&sandbox, &["parse", "--platform", "cisco_ios", "show ip arp"], &format!("{arp}% Invalid input\n"));
    assert!(broken.code != 0 && broken.stderr.contains("line 3: the template does not know this line"), "{broken:?}");
    devices_are_asked(&sandbox);
}

/// A device has no shell: the command is all that it is asked, on a channel of its own.
fn devices_are_asked(sandbox: &Sandbox) {
    const ADDRESS: &str = "127.78.0.1";
    let kinds = ["status", "silent", "cut", "slow"];
    let mut python = sandbox.program(tools().join("python3"));
    python.arg(Path::new(ROOT).join("tests/catalogues/device.py")).arg(ADDRESS).args(kinds).stdout(Stdio::piped());
    let mut devices = python.spawn().unwrap();
    let lines = BufReader::new(devices.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut config = String::new();
    for line in lines.take_while(|line| line != "ready") {
        let (kind, port) = line.split_once(' ').unwrap();
        config += &format!("Host {kind}\n HostName {ADDRESS}\n Port {port}\n");
    }
    config += "Host *\n User admin\n StrictHostKeyChecking no\n UserKnownHostsFile /dev/null\n";
    fs::write(sandbox.path("config"), config).unwrap();
    let client = format!("ssh -F {}", sandbox.path("config").display());
    let asked = |options: &[&str], words: &[&str]| {
        let usual = ["--ssh", &client, "--hosts", "status,silent,cut,slow", "--connect-timeout", "20s", "--format", "jsonl"];
        run(sandbox, &[&usual[..], &["--platform", "cisco_ios", "--outcomes", "all.json"], options, words].concat())
    };
    let ran = asked(&[], &["show", "ip", "arp"]);
    let outcomes: Vec<Value> = serde_json::from_str(&fs::read_to_string(sandbox.path("all.json")).unwrap()).unwrap();
    let rows = |host: &str| {
        let records = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        records.filter(|record| record["host"] == host).map(|record| record["ip_address"].clone()).collect::<Vec<_>>()
    };
    for kind in kinds {
        let outcome = outcomes.iter().find(|outcome| outcome["host"] == kind).unwrap();
        let (verdict, addresses) = match kind {
            "cut" => ("partial", vec![json!("10.0.0.1")]),
            _ => ("ok", vec![json!("10.0.0.1"), json!("10.0.0.7")]),
        };
        assert_eq!(outcome["outcome"], verdict, "{outcome}: {ran:?}");
        assert_eq!(outcome["platform"], "cisco_ios");
        assert_eq!(rows(kind), addresses, "{kind}: {ran:?}");
    }
    assert_eq!(ran.code, 123);
    // What it does not know it says.
    let unknown = asked(&[], &["show", "version"]);
    assert!(unknown.code == 123 && unknown.stdout.is_empty(), "{unknown:?}");
    assert!(unknown.stderr.contains("the device says `% Invalid input detected"), "{unknown:?}");
    let sudo = asked(&["--sudo"], &["show", "ip", "arp"]);
    assert!(sudo.code == 2 && sudo.stderr.contains("`--sudo` is for machines with a shell"), "{sudo:?}");
    for option in [&["--exact"][..], &["--input-text", "x"]] {
        let refused = asked(option, &["show", "ip", "arp"]);
        assert!(refused.code == 2 && refused.stderr.contains("are for machines with a shell"), "{refused:?}");
    }
    devices.kill().unwrap();
    devices.wait().unwrap();
}

/// What a malicious package tries, and what comes of it.
const ATTACKS: [(&str, &str); 14] = [
    ("opens", "was stopped in `finish`"),
    ("lists", "was stopped in `finish`"),
    ("writes", "was stopped in `finish`"),
    ("connects", "was stopped in `finish`"),
    ("forks", "has no attribute 'fork'"),
    ("runs", "does not support processes"),
    ("looks", "no records came of 2 lines"),
    ("clock", "was stopped in `finish`"),
    ("loops", "it took longer than 2s"),
    ("recurses", "MiB of memory"),
    ("fills", "MiB of memory"),
    ("pollutes", "no records came of 2 lines"),
    ("floods", "was stopped in `finish`"),
    ("lies", r"\u{1b}[2Jwarning another"),
];

#[test]
fn a_malicious_package_does_no_harm() {
    if !can_build() {
        return;
    }
    let sandbox = Sandbox::new(&[]);
    fs::create_dir_all(sandbox.path("outparse")).unwrap();
    fs::write(sandbox.path("outparse/config.toml"), "[limits]\ncall-millis = 2000\n").unwrap();
    add(&sandbox, "tests/catalogues/hostile");
    for (attack, outcome) in ATTACKS {
        let mut command = command(&sandbox, &["parse", &format!("hostile-{attack}"), "--format", "jsonl"]);
        command.env("OUTPARSE_SECRET", "secret").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"a\nb\n").unwrap();
        let ran = Ran::from(child.wait_with_output().unwrap());
        assert!(ran.stderr.contains(outcome), "{attack}: {ran:?}");
        assert!(
            !ran.stdout.contains("stolen") && !ran.stdout.contains('\x1b') && !ran.stderr.contains('\x1b'),
            "{attack}: {ran:?}"
        );
        // The next capture is right.
        let next = parse(&sandbox, &["parse", "hostile-honest", "--format", "jsonl"], "a\n");
        assert_eq!(next.stdout, "{\"line\":\"a\",\"visits\":1}\n", "after {attack}: {next:?}");
    }
    assert!(!Path::new("/tmp/outparse-hostile").exists());
}

#[test]
fn a_template_or_module_of_one_s_own_is_carried_with_one_command() {
    if !can_build() {
        return;
    }
    let sandbox = Sandbox::new(&[]);
    let template = "Value Required FAN (\\S+)\nValue RPM (\\d+)\n\nStart\n  ^${FAN} +${RPM} rpm -> Record\n  ^. -> Error\n";
    fs::write(sandbox.path("acme_show_health.textfsm"), template).unwrap();
    let made = run(&sandbox, &["plugin", "new", "acme", "--lang", "textfsm", "--template", "acme_show_health.textfsm"]);
    assert!(made.stdout.contains("carries `acme_show_health.textfsm` for `show health` of `acme`"), "{made:?}");
    let case = sandbox.path("acme/fixtures/acme/usual");
    fs::create_dir_all(&case).unwrap();
    fs::write(case.join("output"), "fan1   4800 rpm\n").unwrap();
    fs::write(case.join("command"), "show\nhealth\n").unwrap();
    fs::write(case.join("capture.toml"), "platform = \"acme\"\n").unwrap();
    let built = run(&sandbox, &["plugin", "build", "acme"]);
    assert!(built.stdout.contains("fields that the data decides"), "{built:?}");
    let tested = run(&sandbox, &["plugin", "test", "acme", "--bless"]);
    assert_eq!(tested.code, 0, "{tested:?}");
    let expected = fs::read_to_string(case.join("expected.json")).unwrap();
    assert!(expected.contains(r#"{"fan":"fan1","rpm":"4800"}"#), "{expected}");
    assert_eq!(run(&sandbox, &["plugin", "add", "acme/plugin.wasm"]).code, 0);
    let capture = "fan1   4800 rpm\nburning\n";
    let broken = parse(&sandbox, &["parse", "show health", "--platform", "acme"], capture);
    assert!(broken.stderr.contains("line 2: the template does not know this line"), "{broken:?}");

    let module = "\"\"\"Parses acme.\"\"\"\nimport jc.utils\n\nclass info:\n    version = '1.0'\n    description = 'acme command parser'\n    \
                  author = 'A'\n    author_email = 'a@example.org'\n    compatible = ['linux', 'darwin']\n    magic_commands = ['acme -l']\n\n\
                  def parse(data, raw=False, quiet=False):\n    return [{'name': line, 'size': len(line)} for line in data.splitlines()]\n";
    fs::write(sandbox.path("acme.py"), module).unwrap();
    let made = run(&sandbox, &["plugin", "new", "acme-jc", "--lang", "jc", "--module", "acme.py"]);
    assert_eq!(made.code, 0, "{made:?}");
    let built = run(&sandbox, &["plugin", "build", "acme-jc"]);
    assert_eq!(built.code, 0, "{built:?}");
    let options = ["parse", "acme", "--plugin", "acme-jc/plugin.wasm", "--format", "jsonl", "--", "-l"];
    assert_eq!(parse(&sandbox, &options, "abc\n").stdout, "{\"name\":\"abc\",\"size\":3}\n");

    let wrong = run(&sandbox, &["plugin", "new", "x", "--lang", "jc", "--template", "acme_show_health.textfsm"]);
    assert_eq!(wrong.code, 2, "{wrong:?}");
    // A package without its hash is not taken along.
    fs::write(sandbox.path("acme-jc/requirements.txt"), "jc==1.26.1\n").unwrap();
    let unpinned = run(&sandbox, &["plugin", "build", "acme-jc"]);
    assert!(unpinned.code != 0 && unpinned.stderr.contains("hash"), "{unpinned:?}");
}
