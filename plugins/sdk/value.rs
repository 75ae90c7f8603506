//! Which Rust types can be fields of a record.

use std::borrow::Cow;

use crate::bindings::exports::outparse::plugin::parser as wit;
use crate::column::{Booleans, Floats, Integers, Lists, Maps, Nullable, Texts, Times, escaped};
use crate::{Column, Columns, FieldInfo, Schema, Time, Type};

/// A type that can be a field of a record.
///
/// Text is bytes (`&[u8]`, `Vec<u8>`): commands print names as the filesystem has them, and those need not be UTF-8. `&str`
/// and `String` are for text the parser made itself, and `Cow` for text it changes now and then.
pub trait Value {
    /// Where values of this type are collected.
    type Column: Column;
    /// Whether a value may be absent.
    const NULLABLE: bool = false;
    /// Adds the children of this type to the schema, and says what it is.
    fn describe(schema: &mut Schema) -> Type;
    /// Appends this value to its column.
    fn push(self, column: &mut Self::Column);
    /// The kind of a record among those that one output has: the place of the variant.
    #[inline]
    fn kind(&self) -> u32 {
        0
    }
}

/// A struct that derives `Record`: its fields are columns.
pub trait Record: Value<Column: Columns> {
    /// Whether a capture may have fields that the schema does not name.
    const OPEN: bool = false;
    /// Adds the fields to the schema. Returns their indices.
    fn describe_fields(schema: &mut Schema) -> Vec<u32>;
    /// The kinds of records, of an enum: which of the fields just described are whose. Empty where all are of one kind.
    #[doc(hidden)]
    fn describe_kinds(_fields: &[u32]) -> Vec<wit::Kind> {
        Vec::new()
    }
}

macro_rules! integers {
    ($($int:ty),*) => {$(
        impl Value for $int {
            type Column = Integers;
            fn describe(_: &mut Schema) -> Type {
                Type::Integer
            }
            #[inline]
            fn push(self, column: &mut Integers) {
                column.push(i64::from(self));
            }
        }
    )*};
}
integers!(i64, i32, i16, i8, u32, u16);

impl Value for bool {
    type Column = Booleans;
    fn describe(_: &mut Schema) -> Type {
        Type::Boolean
    }
    #[inline]
    fn push(self, column: &mut Booleans) {
        column.push(self);
    }
}

impl Value for f64 {
    type Column = Floats;
    fn describe(_: &mut Schema) -> Type {
        Type::Float
    }
    #[inline]
    fn push(self, column: &mut Floats) {
        column.push(self);
    }
}

macro_rules! texts {
    ($($text:ty as $bytes:ident),*) => {$(
        impl Value for $text {
            type Column = Texts;
            fn describe(_: &mut Schema) -> Type {
                Type::Text
            }
            #[inline]
            fn push(self, column: &mut Texts) {
                column.push(self.$bytes());
            }
        }
    )*};
}
texts!(&[u8] as as_ref, Vec<u8> as as_slice, &str as as_bytes, String as as_bytes, Cow<'_, [u8]> as as_ref, Cow<'_, str> as as_bytes);

impl<V: Value> Value for Option<V> {
    type Column = Nullable<V::Column>;
    const NULLABLE: bool = true;
    fn describe(schema: &mut Schema) -> Type {
        V::describe(schema)
    }
    #[inline]
    fn push(self, column: &mut Self::Column) {
        match self {
            Some(value) => column.push_with(|values| value.push(values)),
            None => column.push_null(),
        }
    }
}

/// For a kind of records that is much larger than the others of its enum.
impl<V: Value> Value for Box<V> {
    type Column = V::Column;
    const NULLABLE: bool = V::NULLABLE;
    fn describe(schema: &mut Schema) -> Type {
        V::describe(schema)
    }
    fn push(self, column: &mut Self::Column) {
        (*self).push(column);
    }
    fn kind(&self) -> u32 {
        (**self).kind()
    }
}

impl<R: Record> Record for Box<R> {
    const OPEN: bool = R::OPEN;
    fn describe_fields(schema: &mut Schema) -> Vec<u32> {
        R::describe_fields(schema)
    }
    fn describe_kinds(fields: &[u32]) -> Vec<wit::Kind> {
        R::describe_kinds(fields)
    }
}

impl<V: Value> Value for Vec<V> {
    type Column = Lists<V::Column>;
    fn describe(schema: &mut Schema) -> Type {
        Type::List(schema.field::<V>(FieldInfo::named("item")))
    }
    fn push(self, column: &mut Self::Column) {
        column.push_with(|items| self.into_iter().for_each(|value| value.push(items)));
    }
}

impl<const DIGITS: u32> Value for Time<DIGITS> {
    type Column = Times<DIGITS>;
    // Times that differ from the first one in whether they have an offset become null.
    const NULLABLE: bool = true;
    fn describe(_: &mut Schema) -> Type {
        Type::Time(DIGITS)
    }
    fn push(self, column: &mut Self::Column) {
        column.push(self.wall_seconds, self.nanos, self.offset);
    }
}

/// Values under keys that the data decides, in the order of the data. A key that comes again is numbered: `Flags`, `Flags (2)`. What
/// is not UTF-8 in a key is written as `\xNN`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map<V>(pub Vec<(Vec<u8>, V)>);

impl<V> Default for Map<V> {
    fn default() -> Self {
        Map(Vec::new())
    }
}

impl<V: Value> Value for Map<V> {
    type Column = Maps<V::Column>;
    fn describe(schema: &mut Schema) -> Type {
        Type::Map(schema.field::<V>(FieldInfo::named("value")))
    }
    fn push(self, column: &mut Self::Column) {
        if are_plain(&self.0) {
            for (key, value) in self.0 {
                column.push_plain_entry(&key, |values| value.push(values));
            }
            return column.close();
        }
        let mut known = std::collections::BTreeSet::new();
        for (key, value) in self.0 {
            let mut key = escaped(&key);
            if known.contains(&key) {
                let mut numbered = (2..).map(|count| format!("{key} ({count})"));
                key = numbered.find(|key| !known.contains(key)).unwrap_or_default();
            }
            column.push_entry(&key, |values| value.push(values));
            known.insert(key);
        }
        column.close();
    }
}

/// Whether a map has few keys, each UTF-8 and none twice, as most have: they are pushed as they are.
fn are_plain<V>(entries: &[(Vec<u8>, V)]) -> bool {
    const FEW: usize = 16;
    let is_new = |at: usize| entries[..at].iter().all(|(before, _)| *before != entries[at].0);
    entries.len() <= FEW && (0..entries.len()).all(|at| is_new(at) && std::str::from_utf8(&entries[at].0).is_ok())
}

/// A value whose type only the data decides, as JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json(pub String);

impl Value for Json {
    type Column = Texts;
    fn describe(_: &mut Schema) -> Type {
        Type::Json
    }
    fn push(self, column: &mut Texts) {
        column.push(self.0.as_bytes());
    }
}
