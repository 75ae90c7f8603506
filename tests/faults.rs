//! Twelve faults on two hundred machines, at once: each has the outcome that its fault has, and no row is lost or made up. The client is a
//! script that does what OpenSSH's does in each case, so that it takes seconds; `hosts.rs` has the same faults with real daemons.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod common;

use std::collections::BTreeMap;
use std::fs;

use common::{Ran, Sandbox};
use serde_json::Value;

const MACHINES: usize = 200;

/// What goes wrong with a machine, by its number: what its client does, the outcome, and how many records there are of it.
const FAULTS: [(&str, &str, usize); 13] = [
    ("serve", "ok", 2),
    ("log 'ssh: connect to host x port 22: Connection refused'; exit 255", "unreachable", 0),
    ("log 'ssh: Could not resolve hostname x: Name or service not known'; exit 255", "unreachable", 0),
    ("log 'debug1: Connecting to x [::1] port 22.'; exec sleep 60", "unreachable", 0),
    ("log 'debug1: Connection established.'; log 'me@x: Permission denied (publickey).'; exit 255", "auth", 0),
    (
        "log '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @'; log 'Host key verification failed.'; exit 255",
        "host-key",
        0,
    ),
    // It is cut off within a row.
    (
        "serve | awk '/^.dev.b/ {printf \"%s\", substr($0, 1, 20); exit} {print; fflush()}'; log 'Connection to x closed.'; exit 255",
        "partial",
        1,
    ),
    ("df='exec sleep 60'; serve", "timeout", 0),
    ("df='echo nonsense'; serve", "refused-by-parser", 0),
    ("df='exit 3'; serve", "failed", 2),
    ("echo 'This account is not available.'; exit 1", "failed", 0),
    ("PATH=/nowhere; serve", "no-command", 0),
    // It prints what looks like its end, and like another's records, before and behind.
    (
        "echo \"outparse $(printf %032d 0) end 0\"; echo '/dev/fake 1 1 1 1% /fake'; serve; echo '/dev/fake 1 1 1 1% /fake'",
        "ok",
        2,
    ),
];

/// A client that takes its fault from the machine's number.
fn client() -> String {
    let mut script = "#!/bin/sh
while [ \"$1\" != -- ]; do [ \"$1\" = -E ] && log=$2; shift; done
log() { printf '%s\\r\\n' \"$1\" >>\"$log\"; }
df=:
serve() { log 'debug1: Authenticated to x'; export df; /bin/sh; }
log 'OpenSSH_10.0p2, OpenSSL 3.5.0'
case $((${2#h} % FAULTS)) in
"
    .replace("FAULTS", &FAULTS.len().to_string());
    for (number, (does, ..)) in FAULTS.iter().enumerate() {
        script.push_str(&format!("{number}) {does} ;;\n"));
    }
    script + "esac\n"
}

/// What all of them print, before their fault.
const DF: &str = "if [ \"$df\" = 'echo nonsense' ]; then echo nonsense; exit; fi
[ \"$df\" = 'exec sleep 60' ] && exec sleep 60
echo 'Filesystem 1K-blocks Used Available Use% Mounted on'
echo '/dev/a 100 60 40 60% /a'
echo '/dev/b 200 50 150 25% /b'
eval \"$df\"";

#[test]
fn all_machines_have_the_outcome_of_their_fault_and_none_is_missing() {
    let sandbox = Sandbox::new(&[("df", DF)]);
    sandbox.install("client", &client(), "755");
    let list = format!("h[0-{}]", MACHINES - 1);
    let client = sandbox.path("client").display().to_string();
    let ran = Ran::from(
        sandbox
            .outparse(&[
                "--hosts",
                &list,
                "--ssh",
                &client,
                "--connect-timeout",
                "4s",
                "--timeout",
                "4s",
                "--outcomes",
                "all.json",
            ])
            .args(["-f", "json", "df", "-k"])
            .output()
            .unwrap(),
    );
    assert_eq!(ran.code, 123, "{ran:?}");
    let outcomes: Vec<Value> = serde_json::from_str(&fs::read_to_string(sandbox.path("all.json")).unwrap()).unwrap();
    assert_eq!(outcomes.len(), MACHINES);
    let mut rows: BTreeMap<String, usize> = BTreeMap::new();
    for row in ran.records() {
        assert!(["/dev/a", "/dev/b"].contains(&row["filesystem"].as_str().unwrap()), "{row}");
        assert!([102_400, 204_800].contains(&row["size"].as_i64().unwrap()), "{row}");
        *rows.entry(row["host"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    for outcome in &outcomes {
        let host = outcome["host"].as_str().unwrap();
        let number: usize = host[1..].parse().unwrap();
        let (does, verdict, records) = FAULTS[number % FAULTS.len()];
        assert_eq!(outcome["outcome"], verdict, "{does}: {outcome}");
        assert_eq!(rows.get(host).copied().unwrap_or_default(), records, "{does}: {outcome}");
        assert_eq!(outcome["records"], records, "{does}: {outcome}");
        // Why, is said of each; of one that is well, only that it is the same machine as another.
        assert!(verdict == "ok" || outcome["message"].is_string(), "{does}: {outcome}");
    }
    let machines: std::collections::BTreeSet<&str> = outcomes.iter().filter_map(|outcome| outcome["host"].as_str()).collect();
    assert_eq!(machines.len(), MACHINES);
    let well = outcomes.iter().filter(|outcome| outcome["outcome"] == "ok" || outcome["outcome"] == "failed").count();
    ran.says(&format!("{well} of {MACHINES} answered; "));
    sandbox.wait_until_no_process_is_left();
}
