//! What the host checks of a plugin's answers: any schema, any shape of it, and any batch of that shape. The host's own modules are compiled in
//! here, so that they can stay private; what the engine hands to them has the same types in the SDK, without an engine.

#![no_main]
#![allow(dead_code, unused_imports, unreachable_pub, reason = "only a part of the host is here")]

#[path = "../../../host/engine/schema/mod.rs"]
mod schema;
#[path = "../../../host/engine/words.rs"]
mod words;

// Paths inside are seen from this folder.
#[path = "../../../host/engine/sandbox"]
mod sandbox {
    mod check;
    mod describe;
    mod limits;

    use arrow_array::RecordBatch;
    use limits::Limits;
    use outparse_sdk::bindings;
    use outparse_sdk::bindings::exports::outparse::plugin::parser::{Batch, Schema, Shape};

    /// The batch, where all three pass.
    pub fn checked(schema: &Schema, shape: &Shape, batch: Batch) -> Option<RecordBatch> {
        let limits = Limits::default();
        let known = describe::schema(schema, &limits).ok()?;
        let shape = describe::shape(shape, schema, &known, &limits).ok()?;
        check::record_batch(batch.rows, batch.columns, &shape, &known, 1 << 20).ok()?
    }
}

use arbitrary::{Result, Unstructured};
use arrow_array::Array;
use libfuzzer_sys::fuzz_target;
use outparse_sdk::bindings::exports::outparse::plugin::parser::{
    Batch, Column, Field, FieldType, Kind, Levels, Maps, Role, Schema, Shape, Texts, Times, Values,
};

fuzz_target!(|input: &[u8]| {
    // Where the input ends, so does what is made of it.
    let _ = run(&mut Unstructured::new(input));
});

fn run(bytes: &mut Unstructured<'_>) -> Result<()> {
    let fields = some(bytes, 8, field)?;
    let top = fields.len() as u32;
    let kinds = if bytes.ratio(1, 4)? { some(bytes, 2, |bytes| kind(bytes, top))? } else { Vec::new() };
    let schema = Schema { fields, kinds, open: bytes.ratio(1, 4)? };
    let shape = Shape {
        kind: if bytes.ratio(7, 8)? { 0 } else { bytes.int_in_range(0..=2)? },
        // All of them, or any.
        fields: if bytes.arbitrary()? { (0..top).collect() } else { some(bytes, 8, |bytes| bytes.int_in_range(0..=9))? },
        added: if schema.open { some(bytes, 2, field)? } else { Vec::new() },
        offset_times: if bytes.ratio(1, 4)? { some(bytes, 2, |bytes| bytes.int_in_range(0..=9))? } else { Vec::new() },
    };
    let rows = bytes.int_in_range(0..=9)?;
    let count = if bytes.ratio(7, 8)? { shape.fields.len() } else { bytes.int_in_range(0..=9)? };
    let of = |at: usize| shape.fields.get(at).and_then(|field| schema.fields.get(*field as usize)).map(|field| &field.type_);
    let columns = (0..count).map(|at| column(bytes, rows as usize, of(at))).collect::<Result<_>>()?;
    if let Some(batch) = sandbox::checked(&schema, &shape, Batch { shape: 0, rows, columns }) {
        assert_eq!(batch.num_rows(), rows as usize);
        for column in batch.columns() {
            column.to_data().validate_full().expect("what passes the check is sound");
        }
    }
    Ok(())
}

fn some<'a, T>(
    bytes: &mut Unstructured<'a>,
    most: usize,
    mut one: impl FnMut(&mut Unstructured<'a>) -> Result<T>,
) -> Result<Vec<T>> {
    let count = bytes.int_in_range(0..=most)?;
    (0..count).map(|_| one(bytes)).collect()
}

/// Most names that are made up would end the run at the first check.
fn name(bytes: &mut Unstructured<'_>) -> Result<String> {
    if bytes.ratio(31, 32)? { Ok(char::from(bytes.int_in_range(b'a'..=b'z')?).to_string()) } else { bytes.arbitrary() }
}

fn field(bytes: &mut Unstructured<'_>) -> Result<Field> {
    let child = |bytes: &mut Unstructured<'_>| bytes.int_in_range(0..=9);
    let type_ = match bytes.int_in_range(0..=8)? {
        0 => FieldType::Boolean,
        1 => FieldType::Integer,
        2 => FieldType::Float,
        3 => FieldType::Text,
        4 => FieldType::Time(bytes.int_in_range(0..=10)?),
        5 => FieldType::Json,
        6 => FieldType::List(child(bytes)?),
        7 => FieldType::Map(child(bytes)?),
        _ => FieldType::Record(some(bytes, 3, child)?),
    };
    let levels =
        if bytes.ratio(1, 8)? { Some(Levels { warning: bytes.arbitrary()?, critical: bytes.arbitrary()? }) } else { None };
    Ok(Field {
        name: name(bytes)?,
        type_,
        nullable: bytes.arbitrary()?,
        unit: if bytes.ratio(1, 8)? { Some(name(bytes)?) } else { None },
        approximate: bytes.arbitrary()?,
        doc: String::new(),
        role: if bytes.ratio(1, 8)? { Some(Role::Counter) } else { None },
        levels,
    })
}

fn kind(bytes: &mut Unstructured<'_>, top: u32) -> Result<Kind> {
    let fields = some(bytes, 4, |bytes| bytes.int_in_range(0..=top))?;
    Ok(Kind { name: name(bytes)?, doc: String::new(), fields })
}

fn column(bytes: &mut Unstructured<'_>, rows: usize, of: Option<&FieldType>) -> Result<Column> {
    // Most have as many values as there are records.
    let len = if bytes.ratio(15, 16)? { rows } else { bytes.int_in_range(0..=12)? };
    let bits = |bytes: &mut Unstructured<'_>| Ok(bytes.bytes(len.div_ceil(8))?.to_vec());
    // And most are of the type that they have to be.
    let number = match of.filter(|_| bytes.ratio(7, 8).unwrap_or(true)) {
        Some(FieldType::Boolean) => 0,
        Some(FieldType::Integer) => 1,
        Some(FieldType::Float) => 2,
        Some(FieldType::Text | FieldType::Json) => 3,
        Some(FieldType::Time(_)) => 4,
        Some(FieldType::List(_)) => 5,
        Some(FieldType::Map(_)) => 6,
        Some(FieldType::Record(_)) => 7,
        None => bytes.int_in_range(0..=8)?,
    };
    let values = match number {
        0 => Values::Booleans(bits(bytes)?),
        1 => Values::Integers(numbers(bytes, len)?),
        2 => Values::Floats(numbers(bytes, len)?),
        3 => Values::Texts(texts(bytes, len)?),
        4 => Values::Times(Times {
            values: numbers(bytes, len)?,
            offsets: if bytes.ratio(1, 4)? { numbers(bytes, len)? } else { Vec::new() },
        }),
        5 => Values::Lists(offsets(bytes, len)?),
        6 => Values::Maps(Maps { offsets: offsets(bytes, len)?, keys: texts(bytes, len)? }),
        7 => Values::Records,
        _ => Values::Nulls,
    };
    Ok(Column { validity: if bytes.ratio(1, 4)? { Some(bits(bytes)?) } else { None }, values })
}

fn numbers<'a, T: arbitrary::Arbitrary<'a>>(bytes: &mut Unstructured<'a>, len: usize) -> Result<Vec<T>> {
    (0..len).map(|_| bytes.arbitrary()).collect()
}

/// Offsets that mostly grow.
fn offsets(bytes: &mut Unstructured<'_>, len: usize) -> Result<Vec<i32>> {
    let mut offset = 0_i32;
    let mut next = |bytes: &mut Unstructured<'_>| {
        offset = if bytes.ratio(31, 32)? { offset.saturating_add(bytes.int_in_range(0..=2)?) } else { bytes.arbitrary()? };
        Ok(offset)
    };
    let rest = (0..len).map(|_| next(bytes)).collect::<Result<Vec<_>>>()?;
    Ok(std::iter::once(0).chain(rest).collect())
}

fn texts(bytes: &mut Unstructured<'_>, len: usize) -> Result<Texts> {
    const TEXTS: [&[u8]; 6] = [b"ab", b"{}", b"[1", b"\xff\x00", b"\xc3\xa9", b"\"x\""];
    let offsets = offsets(bytes, len)?;
    let size = usize::try_from(*offsets.last().unwrap_or(&0)).unwrap_or(0).min(64);
    let piece = *bytes.choose(&TEXTS)?;
    Ok(Texts { offsets, bytes: piece.iter().copied().cycle().take(size).collect() })
}
