//! Machines that a test asks, and what came of each.

#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::common::{Ran, Sandbox};
use crate::daemons::Daemons;

/// Runs `outparse` with the outcomes kept, and gives both. The machine may be busy with other tests: it has time to connect.
pub fn run(daemons: &Daemons, hosts: &str, arguments: &[&str]) -> (Ran, BTreeMap<String, Value>) {
    let sandbox = Sandbox::new(&[]);
    let patient = ["--connect-timeout", "60s"];
    let arguments = if arguments.contains(&patient[0]) { arguments.to_vec() } else { [&patient, arguments].concat() };
    let ran =
        Ran::from(daemons.outparse(&sandbox, hosts, &[&["--outcomes", "all.json"], &arguments[..]].concat()).output().unwrap());
    let outcomes = read_outcomes(&sandbox);
    (ran, outcomes)
}

pub fn read_outcomes(sandbox: &Sandbox) -> BTreeMap<String, Value> {
    let text = fs::read_to_string(sandbox.path("all.json")).unwrap_or_else(|_| "[]".to_owned());
    let outcomes: Vec<Value> = serde_json::from_str(&text).unwrap();
    outcomes.into_iter().map(|outcome| (outcome["host"].as_str().unwrap().to_owned(), outcome)).collect()
}

pub fn verdict<'a>(outcomes: &'a BTreeMap<String, Value>, host: &str) -> &'a str {
    outcomes[host]["outcome"].as_str().unwrap()
}

pub fn message<'a>(outcomes: &'a BTreeMap<String, Value>, host: &str) -> &'a str {
    outcomes[host]["message"].as_str().unwrap_or_default()
}

/// A daemon whose machine has programs of the test's.
pub fn with_programs(daemons: &mut Daemons, name: &str, programs: &[(&str, &str)]) {
    let folder = daemons.path(&format!("bin-{name}"));
    fs::create_dir(&folder).unwrap();
    for (program, text) in programs {
        daemons.script(&format!("bin-{name}/{program}"), &format!("#!/bin/sh\n{text}\n"));
    }
    daemons.start(name, &format!("SetEnv PATH={}:/usr/bin:/bin", folder.display()));
}
