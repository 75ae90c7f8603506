//! Columns that grow by a value at a time and leave as a batch.

use crate::batch::Batch;
use crate::bindings::exports::outparse::plugin::parser::{Texts as WitTexts, Values};
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
    /// Appends something in the place of a missing value.
    fn push_null(&mut self);
    /// Moves the values into a batch, this column first and its children after it, and leaves the column empty.
    fn take(&mut self, into: &mut Batch);
}

/// The columns of a record.
pub trait Columns: Column {
    /// Moves the fields' columns into a batch, without one for the record itself.
    fn take_fields(&mut self, into: &mut Batch);
}

/// Leaves an empty vector with room for as many values: the next batch is usually as large.
fn take_with_capacity<T>(values: &mut Vec<T>) -> Vec<T> {
    let room = values.len();
    std::mem::replace(values, Vec::with_capacity(room))
}

/// One bit a value, least significant bit first.
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
        if self.ends.is_empty() {
            self.ends.push(0);
        }
        let texts = WitTexts { offsets: take_with_capacity(&mut self.ends), bytes: take_with_capacity(&mut self.bytes) };
        into.column(Values::Texts(texts));
    }
}

/// A column whose values may be absent. Most are never null, or always: neither costs more than a counter.
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
