//! What `--format json` prints is what `schema --format json` says: the expected records of every fixture validate against the JSON
//! Schema of their plugin, and records that are not of it do not.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jsonschema::Validator;
use outparse::registry::{Candidate, bundled};
use outparse::sandbox::{Limits, Sandbox};
use outparse::schema::About;
use outparse_authoring::fixture::of_bundled;
use outparse_formats::output::json_schema;
use serde_json::{Value, json};

/// Plugins that have no captures: any text is one.
const WITHOUT_FIXTURES: [&str; 1] = ["tr-posix"];

fn about(parser: &Candidate) -> About {
    let Candidate::Bundled(_, index) = *parser else { panic!("it is not bundled") };
    let mut plugin = parser.load(&Sandbox::new(Limits::default()).unwrap()).unwrap();
    About::clone(&plugin.about(index).unwrap())
}

fn named(name: &str) -> Candidate {
    let plugin = bundled().iter().find(|bundled| bundled.name == name).unwrap_or_else(|| panic!("no plugin is called `{name}`"));
    Candidate::Bundled(plugin, 0)
}

fn schema(parser: &Candidate) -> Value {
    let about = about(parser);
    serde_json::from_str(&json_schema(&about, &about.schema).unwrap()).unwrap()
}

fn validator(parser: &Candidate) -> Validator {
    let (schema, name) = (schema(parser), parser.name());
    jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: the schema is none: {error}"));
    jsonschema::draft202012::new(&schema).unwrap()
}

#[test]
fn the_records_of_every_fixture_validate_against_the_schema_of_their_plugin() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins");
    let sandbox = Sandbox::new(Limits::default()).unwrap();
    for plugin in bundled() {
        let fixtures = of_bundled(&sandbox, plugin, &root).unwrap();
        assert_eq!(fixtures.is_empty(), WITHOUT_FIXTURES.contains(&plugin.name), "{}", plugin.name);
        let mut validators = BTreeMap::new();
        for (fixture, _, parser) in fixtures {
            let validator = validators.entry(parser.name()).or_insert_with(|| validator(&parser));
            let document: Value = serde_json::from_str(&fixture.expected().unwrap().unwrap()).unwrap();
            if let Err(error) = validator.validate(&document["records"]) {
                panic!("{}: {error} at `{}`", fixture.folder.display(), error.instance_path());
            }
        }
    }
}

#[test]
fn a_record_that_is_not_of_the_schema_does_not_validate() {
    let validator = validator(&named("id-posix"));
    let path = "plugins/id/posix/fixtures/debian-12/group-names/expected.json";
    let document: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let good = document["records"].clone();
    assert!(validator.is_valid(&good));
    type Change = fn(&mut Value);
    let changes: [(&str, Change); 5] = [
        ("not an array", |records| *records = records[0].take()),
        ("a text for a number", |records| records[0]["groups"][0]["id"] = json!("0")),
        ("a number with a fraction", |records| records[0]["groups"][0]["id"] = json!(0.5)),
        ("a field that is unknown", |records| records[0]["surprise"] = json!(1)),
        ("null for a record's field that is never null", |records| records[0]["context"] = json!({"label": null})),
    ];
    for (what, change) in changes {
        let mut bad = good.clone();
        change(&mut bad);
        assert!(!validator.is_valid(&bad), "{what}");
    }
}

#[test]
fn units_meanings_and_levels_are_in_the_schema() {
    let schema = schema(&named("df-gnu"));
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(schema["$id"].as_str().unwrap().starts_with("urn:outparse:df-gnu:"), "{schema}");
    let field = &schema["items"]["properties"]["use_percent"];
    assert_eq!(field["type"], json!(["integer", "null"]));
    assert_eq!((&field["title"], &field["x-unit"]), (&json!("use percent"), &json!("percent")));
    assert_eq!((&field["x-warning"], &field["x-critical"]), (&json!(80.0), &json!(90.0)));
    assert_eq!(schema["items"]["properties"]["size"]["x-approximate"], true);
    assert!(field["description"].as_str().unwrap().starts_with("Part of the space"), "{field}");
    assert_eq!(schema["items"]["properties"]["is_total"]["type"], "boolean");
}
