//! Columns that grow by a value at a time and leave as a batch.

use crate::batch::Batch;
use crate::bindings::exports::outparse::plugin::parser::{Maps as WitMaps, Texts as WitTexts, Times as WitTimes, Values};
use crate::scan;

/// Collects the values of one field.
pub trait Column: Default {
    /// Whether there are no columns below this one.
    const IS_LEAF: bool = true;
    /// Number of values.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Appends a placeholder for a missing value.
    fn push_null(&mut self);
    /// Moves the values into a batch, this column first and its children after it, and leaves the column empty.
    fn take(&mut self, into: &mut Batch);
}

/// The columns of a record.
pub trait Columns: Column {
    /// Moves the fields' columns into a batch, without one for the record itself.
    fn take_fields(&mut self, into: &mut Batch);
}

/// A column whose last value can be taken back.
pub(crate) trait Pop {
    /// Takes it back.
    fn pop(&mut self);
}

/// Leaves an empty vector with room for as many values: the next batch is usually as large.
fn take_with_capacity<T>(values: &mut Vec<T>) -> Vec<T> {
    let room = values.len();
    std::mem::replace(values, Vec::with_capacity(room))
}

/// One bit per value, least significant bit first.
#[derive(Default)]
struct Bitmap {
    bytes: Vec<u8>,
    len: usize,
}

impl Bitmap {
    #[inline]
    fn push(&mut self, bit: bool) {
        let (byte, place) = (self.len / 8, self.len % 8);
        if place == 0 {
            self.bytes.push(0);
        }
        self.bytes[byte] |= u8::from(bit) << place;
        self.len += 1;
    }

    fn pop(&mut self) -> bool {
        self.len -= 1;
        let (byte, place) = (self.len / 8, self.len % 8);
        let bit = self.bytes[byte] >> place & 1 == 1;
        self.bytes[byte] &= (1 << place) - 1;
        self.bytes.truncate(self.len.div_ceil(8));
        bit
    }

    fn take(&mut self) -> Vec<u8> {
        self.len = 0;
        take_with_capacity(&mut self.bytes)
    }
}

/// A column of `bool`.
#[derive(Default)]
pub struct Booleans(Bitmap);

impl Booleans {
    #[inline]
    pub(crate) fn push(&mut self, value: bool) {
        self.0.push(value);
    }
}

impl Column for Booleans {
    fn len(&self) -> usize {
        self.0.len
    }
    fn push_null(&mut self) {
        self.push(false);
    }
    fn take(&mut self, into: &mut Batch) {
        into.column(Values::Booleans(self.0.take()));
    }
}

impl Pop for Booleans {
    fn pop(&mut self) {
        self.0.pop();
    }
}

macro_rules! numbers {
    ($(#[$doc:meta] $name:ident($number:ty)),*) => {$(
        #[$doc]
        #[derive(Default)]
        pub struct $name(Vec<$number>);

        impl $name {
            #[inline]
            pub(crate) fn push(&mut self, value: $number) {
                self.0.push(value);
            }
        }

        impl Column for $name {
            fn len(&self) -> usize {
                self.0.len()
            }
            #[inline]
            fn push_null(&mut self) {
                self.push(<$number>::default());
            }
            fn take(&mut self, into: &mut Batch) {
                into.column(Values::$name(take_with_capacity(&mut self.0)));
            }
        }

        impl Pop for $name {
            fn pop(&mut self) {
                self.0.pop();
            }
        }
    )*};
}
numbers!(
    /// A column of whole numbers.
    Integers(i64),
    /// A column of floating-point numbers.
    Floats(f64)
);

/// A column of text.
#[derive(Default)]
pub struct Texts {
    ends: Vec<i32>,
    bytes: Vec<u8>,
}

impl Texts {
    #[inline]
    pub(crate) fn push(&mut self, text: &[u8]) {
        scan::append(&mut self.bytes, text);
        self.close();
    }

    fn take_texts(&mut self) -> WitTexts {
        if self.ends.is_empty() {
            self.ends.push(0);
        }
        WitTexts { offsets: take_with_capacity(&mut self.ends), bytes: take_with_capacity(&mut self.bytes) }
    }

    /// Ends the text that was just appended. Offsets are 32 bits wide, as in Arrow: a batch never holds 2 GiB, the
    /// sandbox's memory is smaller.
    #[inline]
    fn close(&mut self) {
        if self.ends.is_empty() {
            self.ends.push(0);
        }
        self.ends.push(self.bytes.len() as i32);
    }
}

impl Column for Texts {
    fn len(&self) -> usize {
        self.ends.len().saturating_sub(1)
    }
    #[inline]
    fn push_null(&mut self) {
        self.close();
    }
    fn take(&mut self, into: &mut Batch) {
        into.column(Values::Texts(self.take_texts()));
    }
}

impl Pop for Texts {
    fn pop(&mut self) {
        self.ends.pop();
        self.bytes.truncate(self.ends.last().map_or(0, |end| *end as usize));
    }
}

/// A column whose values may be absent. Most columns are never null, or always: neither costs more than a counter.
#[derive(Default)]
pub struct Nullable<C> {
    len: usize,
    /// Nulls before the first value. They are in neither of the other two until a value comes.
    leading: usize,
    values: C,
    /// Empty until there are both nulls and values.
    present: Bitmap,
}

impl<C: Column> Nullable<C> {
    #[inline(always)]
    pub(crate) fn push_with(&mut self, push: impl FnOnce(&mut C)) {
        if self.leading > 0 {
            self.place_leading();
        }
        push(&mut self.values);
        if self.present.len > 0 {
            self.present.push(true);
        }
        self.len += 1;
    }

    /// A null among values.
    fn place_null(&mut self) {
        if self.present.len == 0 {
            (0..self.len).for_each(|_| self.present.push(true));
        }
        self.values.push_null();
        self.present.push(false);
    }

    #[cold]
    fn place_leading(&mut self) {
        for _ in 0..std::mem::take(&mut self.leading) {
            self.values.push_null();
            self.present.push(false);
        }
    }
}

impl<C: Column> Column for Nullable<C> {
    fn len(&self) -> usize {
        self.len
    }

    #[inline(always)]
    fn push_null(&mut self) {
        if self.leading == self.len {
            self.leading += 1;
        } else {
            self.place_null();
        }
        self.len += 1;
    }

    fn take(&mut self, into: &mut Batch) {
        if C::IS_LEAF && self.leading == self.len {
            self.leading = 0;
            self.len = 0;
            into.column(Values::Nulls);
            return;
        }
        self.place_leading();
        self.len = 0;
        let validity = (self.present.len > 0).then(|| self.present.take());
        into.nullable(validity, |into| self.values.take(into));
    }
}

/// The last one must be a value.
impl<C: Pop> Pop for Nullable<C> {
    fn pop(&mut self) {
        self.values.pop();
        if self.present.len > 0 {
            self.present.pop();
        }
        self.len -= 1;
    }
}

/// A column of lists.
#[derive(Default)]
pub struct Lists<C> {
    ends: Vec<i32>,
    items: C,
}

impl<C: Column> Lists<C> {
    pub(crate) fn push_with(&mut self, push: impl FnOnce(&mut C)) {
        push(&mut self.items);
        self.close();
    }

    fn close(&mut self) {
        if self.ends.is_empty() {
            self.ends.push(0);
        }
        self.ends.push(self.items.len() as i32);
    }
}

impl<C: Column> Column for Lists<C> {
    const IS_LEAF: bool = false;
    fn len(&self) -> usize {
        self.ends.len().saturating_sub(1)
    }
    fn push_null(&mut self) {
        self.close();
    }
    fn take(&mut self, into: &mut Batch) {
        if self.ends.is_empty() {
            self.ends.push(0);
        }
        into.column(Values::Lists(take_with_capacity(&mut self.ends)));
        self.items.take(into);
    }
}

impl Pop for Lists<Texts> {
    fn pop(&mut self) {
        self.ends.pop();
        let left = self.ends.last().map_or(0, |end| *end as usize);
        while self.items.len() > left {
            self.items.pop();
        }
    }
}

/// A column of times with this many digits after the second.
#[derive(Default)]
pub struct Times<const DIGITS: u32> {
    values: Vec<i64>,
    offsets: Vec<i32>,
    /// Whether the times have an offset: the first one decides.
    with_offset: Option<bool>,
    /// Whether that was the last one that was added.
    has_just_decided: bool,
    /// How many of the others differ from the first in that: those are null.
    mixed: usize,
    present: Bitmap,
    has_null: bool,
}

impl<const DIGITS: u32> Times<DIGITS> {
    pub(crate) fn push(&mut self, wall_seconds: i64, nanos: u32, offset: Option<i32>) {
        self.has_just_decided = self.with_offset.is_none();
        let with_offset = *self.with_offset.get_or_insert(offset.is_some());
        let units = 10_i64.pow(DIGITS);
        let instant = wall_seconds.checked_sub(i64::from(offset.unwrap_or(0)));
        let value = instant
            // Without a product twice as wide, which is slow in the sandbox.
            .filter(|seconds| (i64::MIN / units..=i64::MAX / units).contains(seconds))
            .map(|seconds| seconds * units)
            .and_then(|value| value.checked_add(i64::from(nanos / 10_u32.pow(9 - DIGITS))));
        match value {
            Some(value) if with_offset == offset.is_some() => {
                self.values.push(value);
                self.offsets.push(offset.unwrap_or(0));
                self.present.push(true);
            }
            _ => {
                self.mixed += 1;
                self.push_null();
            }
        }
    }
}

impl<const DIGITS: u32> Column for Times<DIGITS> {
    fn len(&self) -> usize {
        self.values.len()
    }
    fn push_null(&mut self) {
        self.values.push(0);
        self.offsets.push(0);
        self.present.push(false);
        self.has_null = true;
    }
    fn take(&mut self, into: &mut Batch) {
        let (with_offset, is_mixed) = (self.with_offset, std::mem::take(&mut self.mixed) > 0);
        let (values, offsets, present) =
            (take_with_capacity(&mut self.values), take_with_capacity(&mut self.offsets), self.present.take());
        let validity = std::mem::take(&mut self.has_null).then_some(present);
        let offsets = if with_offset == Some(true) { offsets } else { Vec::new() };
        into.nullable(validity, |into| into.times(WitTimes { values, offsets }, with_offset, is_mixed));
    }
}

impl<const DIGITS: u32> Pop for Times<DIGITS> {
    fn pop(&mut self) {
        self.values.pop();
        self.offsets.pop();
        self.mixed -= usize::from(!self.present.pop());
        if std::mem::take(&mut self.has_just_decided) {
            self.with_offset = None;
        }
    }
}

/// A column of maps.
#[derive(Default)]
pub struct Maps<C> {
    ends: Vec<i32>,
    keys: Texts,
    values: C,
}

impl<C: Column> Maps<C> {
    pub(crate) fn push_entry(&mut self, key: &str, push: impl FnOnce(&mut C)) {
        self.push_plain_entry(key.as_bytes(), push);
    }

    /// The same where the bytes of the key are known to be UTF-8.
    pub(crate) fn push_plain_entry(&mut self, key: &[u8], push: impl FnOnce(&mut C)) {
        self.keys.push(key);
        push(&mut self.values);
    }

    pub(crate) fn close(&mut self) {
        if self.ends.is_empty() {
            self.ends.push(0);
        }
        self.ends.push(self.keys.len() as i32);
    }
}

/// A key as text: bytes that are not UTF-8 as `\xNN`.
pub(crate) fn escaped(key: &[u8]) -> String {
    let mut text = String::with_capacity(key.len() + 8);
    for chunk in key.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}

impl<C: Column> Column for Maps<C> {
    const IS_LEAF: bool = false;
    fn len(&self) -> usize {
        self.ends.len().saturating_sub(1)
    }
    fn push_null(&mut self) {
        self.close();
    }
    fn take(&mut self, into: &mut Batch) {
        if self.ends.is_empty() {
            self.ends.push(0);
        }
        into.column(Values::Maps(WitMaps { offsets: take_with_capacity(&mut self.ends), keys: self.keys.take_texts() }));
        self.values.take(into);
    }
}
