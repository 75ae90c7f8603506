//! What a plugin says about itself and its records.

use crate::Value;
use crate::bindings::exports::outparse::plugin::parser as wit;

/// What a plugin is. The schema is not part of it: that comes from the record.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Short unique name, `<command>-<dialect>` by convention: lower-case letters, digits, `-` and `_`.
    pub name: &'static str,
    /// Version of the plugin; usually `env!("CARGO_PKG_VERSION")`.
    pub version: &'static str,
    /// One line for people: what is parsed, and whose output it is.
    pub summary: &'static str,
    /// The commands it understands, as typed: `df`, `busybox df`, `git log`. A word that may be shortened has the part that may be
    /// left out in brackets: `ip a[ddress]`.
    pub commands: &'static [&'static str],
    /// Options that may stand before the command's later words and take the next word as their value: `-C` of `git -C dir log`.
    pub value_options: &'static [&'static str],
    /// The files it understands: `/etc/passwd`, `/proc/*/status`, `*.ini`.
    pub files: &'static [&'static str],
    /// The family of programs whose output it reads: `gnu`, `bsd`, `busybox`.
    pub dialect: &'static str,
    /// The platforms on which it is the first choice, such as `linux`, `macos`, `freebsd`.
    pub platforms: &'static [&'static str],
    /// Whether it reads nothing from platforms other than these.
    pub platform_bound: bool,
    /// Whether what it reads is data byte by byte. For all other parsers, the host removes escape sequences and a byte order
    /// mark.
    pub verbatim: bool,
}

impl About {
    /// What most parsers have in common: `..About::DEFAULT`.
    pub const DEFAULT: About = About {
        name: "",
        version: "",
        summary: "",
        commands: &[],
        value_options: &[],
        files: &[],
        dialect: "",
        platforms: &[],
        platform_bound: false,
        verbatim: false,
    };

    pub(crate) fn describe(&self) -> wit::DescriptionOfParser {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        wit::DescriptionOfParser {
            name: self.name.to_owned(),
            summary: self.summary.to_owned(),
            commands: owned(self.commands),
            value_options: owned(self.value_options),
            files: owned(self.files),
            dialect: self.dialect.to_owned(),
            platforms: owned(self.platforms),
            platform_bound: self.platform_bound,
            verbatim: self.verbatim,
        }
    }
}

/// What the derive knows of a field, apart from its type.
#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    /// Name in the schema.
    pub name: &'static str,
    /// Meaning.
    pub doc: &'static str,
    /// What a number counts.
    pub unit: Option<&'static str>,
    /// Whether the command may have rounded the value.
    pub approximate: bool,
    /// What the field is for, where it does more than describe.
    pub role: Option<Role>,
    /// The values from which a number deserves attention, if there are any.
    pub levels: Option<Levels>,
}

impl FieldInfo {
    /// A field of which nothing but its name is known.
    pub const fn named(name: &'static str) -> FieldInfo {
        FieldInfo { name, doc: "", unit: None, approximate: false, role: None, levels: None }
    }
}

/// What a field is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Identifies, together with the other keys, the thing that the record is about.
    Key,
    /// A number that only grows for as long as that thing exists.
    Counter,
    /// A number that is measured anew each time.
    Gauge,
}

impl Role {
    pub(crate) fn to_wit(self) -> wit::Role {
        match self {
            Role::Key => wit::Role::Key,
            Role::Counter => wit::Role::Counter,
            Role::Gauge => wit::Role::Gauge,
        }
    }
}

/// The values from which a number deserves attention. If `critical` is below `warning`, low values are the bad ones.
#[derive(Clone, Copy, Debug)]
pub struct Levels {
    /// Look at it soon.
    pub warning: f64,
    /// Look at it now.
    pub critical: f64,
}

/// The fields of a record, parents before their children.
#[derive(Default)]
pub struct Schema {
    pub(crate) fields: Vec<wit::Field>,
}

impl Schema {
    /// Adds a field and, after it, its children. Returns its index.
    pub fn field<V: Value>(&mut self, info: FieldInfo) -> u32 {
        let index = self.fields.len();
        self.fields.push(wit::Field {
            name: info.name.to_owned(),
            type_: wit::FieldType::Boolean,
            nullable: V::NULLABLE,
            unit: info.unit.map(str::to_owned),
            approximate: info.approximate,
            doc: info.doc.to_owned(),
            role: info.role.map(Role::to_wit),
            levels: info.levels.map(|Levels { warning, critical }| wit::Levels { warning, critical }),
        });
        let kind = V::describe(self);
        self.fields[index].type_ = match kind {
            Type::Boolean => wit::FieldType::Boolean,
            Type::Integer => wit::FieldType::Integer,
            Type::Float => wit::FieldType::Float,
            Type::Text => wit::FieldType::Text,
            Type::Time(digits) => wit::FieldType::Time(digits),
            Type::Json => wit::FieldType::Json,
            Type::List(item) => wit::FieldType::List(item),
            Type::Map(value) => wit::FieldType::Map(value),
            Type::Record(fields) => wit::FieldType::Record(fields),
        };
        index as u32
    }
}

/// The type of a field. Children are named by their index in the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// `bool`.
    Boolean,
    /// `i64` and what fits into it.
    Integer,
    /// `f64`.
    Float,
    /// `&[u8]`, `Vec<u8>`, `&str`, `String`, or a `Cow`.
    Text,
    /// `Time`, with this many digits after the second.
    Time(u32),
    /// `Json`.
    Json,
    /// `Vec<T>`.
    List(u32),
    /// `Map<T>`.
    Map(u32),
    /// A struct that derives `Record`.
    Record(Vec<u32>),
}
