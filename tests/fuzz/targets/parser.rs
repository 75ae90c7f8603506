//! The types of `wit/parser.wit` as plain Rust, as the bindings generate them.

use arbitrary::{Arbitrary, Result, Unstructured};

/// Most names that are made up would end the run at the first check.
fn name(bytes: &mut Unstructured<'_>) -> Result<String> {
    const NAMES: [&str; 6] = ["a", "b", "size", "item", "x-y", "\u{1b}"];
    if bytes.ratio(9, 10)? { Ok((*bytes.choose(&NAMES)?).to_owned()) } else { String::arbitrary(bytes) }
}

#[derive(Arbitrary, Debug)]
pub struct Description {
    #[arbitrary(with = name)]
    pub name: String,
    #[arbitrary(with = name)]
    pub version: String,
    #[arbitrary(with = name)]
    pub summary: String,
    #[arbitrary(default)]
    pub commands: Vec<String>,
    #[arbitrary(with = name)]
    pub dialect: String,
    #[arbitrary(default)]
    pub platforms: Vec<String>,
    pub schema: Vec<Field>,
}

#[derive(Arbitrary, Debug)]
pub struct Field {
    #[arbitrary(with = name)]
    pub name: String,
    pub type_: FieldType,
    pub nullable: bool,
    pub unit: Option<String>,
    pub approximate: bool,
    #[arbitrary(default)]
    pub doc: String,
    pub levels: Option<Levels>,
}

#[derive(Arbitrary, Debug)]
pub struct Levels {
    pub warning: f64,
    pub critical: f64,
}

#[derive(Arbitrary, Debug)]
pub enum FieldType {
    Boolean,
    Integer,
    Float,
    Text,
    List(#[arbitrary(with = |bytes: &mut Unstructured| bytes.int_in_range(0..=5))] u32),
    Record(
        #[arbitrary(with = |bytes: &mut Unstructured| Ok(Vec::<u8>::arbitrary(bytes)?.iter().map(|&child| u32::from(child % 8)).collect()))]
         Vec<u32>,
    ),
}

#[derive(Arbitrary, Debug)]
pub struct Column {
    pub validity: Option<Vec<u8>>,
    pub values: Values,
}

#[derive(Arbitrary, Debug)]
pub enum Values {
    Booleans(Vec<u8>),
    Integers(Vec<i64>),
    Floats(Vec<f64>),
    Texts(Texts),
    Lists(#[arbitrary(with = offsets)] Vec<i32>),
    Records,
    Nulls,
}

#[derive(Arbitrary, Debug)]
pub struct Texts {
    #[arbitrary(with = offsets)]
    pub offsets: Vec<i32>,
    pub bytes: Vec<u8>,
}

/// Often good ones: from 0 upwards.
fn offsets(bytes: &mut Unstructured<'_>) -> Result<Vec<i32>> {
    if bytes.ratio(1, 4)? {
        return Vec::arbitrary(bytes);
    }
    let steps = Vec::<u8>::arbitrary(bytes)?;
    let mut at = 0;
    Ok(std::iter::once(0)
        .chain(steps.iter().map(|&step| {
            at += i32::from(step % 8);
            at
        }))
        .collect())
}
