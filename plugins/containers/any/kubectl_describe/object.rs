//! What `kubectl describe` prints: objects, their events, and rows of other tables of theirs.

use outparse_sdk::{Map, Record};

/// What is printed.
#[derive(Debug, Record)]
pub enum Entry {
    /// An object.
    Object(Box<Object>),
    /// An event of it.
    Event(Box<Event>),
    /// A row of another table of it, such as a condition.
    Row(Row),
}

/// An object.
#[derive(Clone, Debug, Default, Record)]
pub struct Object {
    /// Its name.
    #[field(key)]
    pub name: Vec<u8>,
    /// The namespace that it is in.
    #[field(key)]
    pub namespace: Option<Vec<u8>>,
    /// Its labels.
    pub labels: Map<Vec<u8>>,
    /// Its annotations.
    pub annotations: Map<Vec<u8>>,
    /// All else, by its name and those above it: `Containers > web > Image`. A name that comes again is numbered: the next item of a list.
    pub values: Map<Option<Vec<u8>>>,
}

/// An event.
#[derive(Clone, Debug, Default, Record)]
pub struct Event {
    /// Name of the object.
    #[field(key)]
    pub name: Vec<u8>,
    /// The namespace that it is in.
    #[field(key)]
    pub namespace: Option<Vec<u8>>,
    /// `Normal` or `Warning`.
    pub r#type: Option<Vec<u8>>,
    /// What happened, in a word.
    pub reason: Option<Vec<u8>>,
    /// How long ago it happened last.
    #[field(unit = "seconds", approximate, gauge)]
    pub last_seen: Option<i64>,
    /// How often it has happened.
    #[field(counter)]
    pub count: Option<i64>,
    /// How long ago it happened first.
    #[field(unit = "seconds", approximate, gauge)]
    pub first_seen: Option<i64>,
    /// Who says so.
    pub from: Option<Vec<u8>>,
    /// What happened.
    pub message: Option<Vec<u8>>,
}

/// A row of a table.
#[derive(Clone, Debug, Default, Record)]
pub struct Row {
    /// Name of the object.
    #[field(key)]
    pub name: Vec<u8>,
    /// The namespace that it is in.
    #[field(key)]
    pub namespace: Option<Vec<u8>>,
    /// The names above the table: `Conditions`.
    pub section: Vec<u8>,
    /// What stands under each title.
    pub cells: Map<Vec<u8>>,
}
