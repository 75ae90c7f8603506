//! The same thing has the same name, type and unit in every command: all schemas are held against `plugins/VOCABULARY.md`.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use outparse::registry::{Candidate, bundled};
use outparse::sandbox::{Limits, Sandbox};
use outparse::schema::{Field, Kind};

/// Type and unit of each name in the tables.
fn vocabulary() -> BTreeMap<String, (String, String)> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins/VOCABULARY.md")).unwrap();
    let mut words = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, kind, unit, _] = cells[..] else { panic!("not four cells: {line}") };
        let before = words.insert(name.trim_matches('`').to_owned(), (kind.to_owned(), unit.to_owned()));
        assert_eq!(before, None, "`{name}` is there twice");
    }
    assert!(words.len() > 100, "the tables are not where they were");
    words
}

fn kind(field: &Field) -> String {
    match &field.kind {
        Kind::List(item) => format!("list of {}", item.kind.name()),
        kind => kind.name().to_owned(),
    }
}

type Words = BTreeMap<String, (String, String)>;

fn check(parser: &str, field: &Field, words: &Words, wrong: &mut Vec<String>) {
    if let Some((expected, unit)) = words.get(&field.name) {
        let kind = kind(field);
        let fits = kind == *expected || expected == "number" && matches!(kind.as_str(), "integer" | "float");
        if !fits || field.unit.as_deref().unwrap_or_default() != unit {
            let found = field.unit.as_deref().unwrap_or("no unit");
            wrong.push(format!("{parser}: `{}` is {kind} in {found}, and {expected} in {unit} elsewhere", field.name));
        }
    }
    check_inside(parser, field, words, wrong);
}

/// What is in a field. The items of lists and maps have no names of their own.
fn check_inside(parser: &str, field: &Field, words: &Words, wrong: &mut Vec<String>) {
    match &field.kind {
        Kind::List(item) | Kind::Map(item) => check_inside(parser, item, words, wrong),
        Kind::Record(fields) => fields.iter().for_each(|field| check(parser, field, words, wrong)),
        _ => {}
    }
}

#[test]
fn every_schema_keeps_to_the_vocabulary() {
    let words = vocabulary();
    let sandbox = Sandbox::new(Limits::default()).unwrap();
    let mut wrong = Vec::new();
    for plugin in bundled() {
        for index in 0..plugin.parsers.len() {
            let about = Candidate::Bundled(plugin, index).load(&sandbox).unwrap().about(index).unwrap();
            about.schema.fields.iter().for_each(|field| check(&about.name, field, &words, &mut wrong));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn durations_and_amounts_have_one_unit() {
    let sandbox = Sandbox::new(Limits::default()).unwrap();
    let parsers = bundled().iter().flat_map(|plugin| (0..plugin.parsers.len()).map(move |index| (plugin, index)));
    for (plugin, index) in parsers {
        let about = Candidate::Bundled(plugin, index).load(&sandbox).unwrap().about(index).unwrap();
        for field in &about.schema.fields {
            let unit = field.unit.as_deref().unwrap_or_default();
            let other = ["milliseconds", "minutes", "hours", "days", "kibibytes", "kilobytes", "pages", "kB", "KiB"];
            assert!(!other.contains(&unit), "{}: `{}` is in {unit}", about.name, field.name);
        }
    }
}
