//! A condition with the fields it is about: checked against a schema, then asked of whole batches.

use arrow_arith::boolean::{and_kleene, is_null, not, or_kleene};
use arrow_array::cast::AsArray;
use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Datum, Float64Array, Int64Array, RecordBatch, Scalar, StringArray,
    TimestampMicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray,
};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_ord::cmp;
use arrow_schema::{ArrowError, DataType, TimeUnit};
use memchr::memmem::Finder;

use super::expression::{Comparison, Expression, OPTION, Path, Test, TextTest, Value};
use super::path::{Found, find};
use super::pattern::Pattern;
use super::quantity::{self, Number};
use crate::misuse::{Misuse, with_article};
use outparse::schema::{Field, Kind, Schema, time};

/// A condition on the records of one schema.
pub(super) enum Condition {
    Any(Vec<Condition>),
    All(Vec<Condition>),
    Not(Box<Condition>),
    IsNull(Found),
    Is(Found, Ask),
    /// True for a list when it is true for one of its items.
    HasItem(Found, Ask),
}

/// What one value is asked. Null has no answer.
pub(super) enum Ask {
    IsTrue,
    Whole(Comparison, i64),
    Float(Comparison, f64),
    Text(Comparison, Vec<u8>),
    /// A time: seconds since 1970 and billionths, by the clock of the field: in UTC where its times have offsets.
    Time(Comparison, i64, u32),
    Contains(Box<Finder<'static>>),
    StartsWith(Vec<u8>),
    EndsWith(Vec<u8>),
    Matches(Box<Pattern>),
    /// No whole number can equal the number that was given, and all of them are on the same side of it.
    Always(bool),
}

impl Condition {
    /// Checks an expression against a schema. `text` is what it was read from.
    pub(super) fn new(expression: &Expression, schema: &Schema, text: &str) -> Result<Condition, Misuse> {
        let all = |parts: &[Expression]| parts.iter().map(|part| Condition::new(part, schema, text)).collect::<Result<_, _>>();
        Ok(match expression {
            Expression::Any(parts) => Condition::Any(all(parts)?),
            Expression::All(parts) => Condition::All(all(parts)?),
            Expression::Not(inner) => Condition::Not(Box::new(Condition::new(inner, schema, text)?)),
            Expression::Test { path, test } => Condition::test(path, test, schema, text)?,
        })
    }

    fn test(path: &Path, test: &Test, schema: &Schema, text: &str) -> Result<Condition, Misuse> {
        let found = find(schema, &path.names, OPTION, text, path.place.clone())?;
        let name = path.names.join(".");
        let wrong = |message: String| Misuse::new(OPTION, message).at(text, path.place.clone());
        let checker = Checker { name: &name, text };
        if let Test::Has(value) = test {
            let Some(item) = found.item() else {
                let kind = found.field.kind.name();
                return Err(wrong(format!("`{name}` is no list but {}", with_article(kind))).hint("compare it with `=`"));
            };
            if let Kind::Record(fields) = &item.kind {
                let known: Vec<_> = fields.iter().map(|field| format!("`{name}.{}`", field.name)).collect();
                return Err(wrong(format!("the items of `{name}` are records: ask one of {}", known.join(", "))));
            }
            let ask = checker.compare(item, Comparison::Equal, value)?;
            return Ok(Condition::HasItem(found, ask));
        }
        if found.is_inside_a_list() {
            return Err(wrong(format!("`{name}` is inside a list, with a value for each item"))
                .hint(format!("`{name} has VALUE` asks whether any is VALUE")));
        }
        let ask = match test {
            Test::IsNull => return Ok(Condition::IsNull(found)),
            Test::IsTrue => match found.field.kind {
                Kind::Boolean => Ask::IsTrue,
                ref kind => {
                    let message = format!("`{name}` alone is no condition: it is {}", with_article(kind.name()));
                    return Err(wrong(message).hint(format!("compare it, or ask `{name} is not null`")));
                }
            },
            Test::Compare(comparison, value) => checker.compare(&found.field, *comparison, value)?,
            Test::Text(test, value) => checker.text(&found.field, *test, value)?,
            Test::Has(_) => return Err(wrong("`has` is for lists".to_owned())),
        };
        Ok(Condition::Is(found, ask))
    }

    /// Which records of a batch meet it: true, false, or null where a null leaves it open.
    pub(super) fn of(&self, batch: &RecordBatch) -> Result<BooleanArray, ArrowError> {
        let fold = |parts: &[Condition], with: fn(&BooleanArray, &BooleanArray) -> Result<BooleanArray, ArrowError>| {
            let mut parts = parts.iter().map(|part| part.of(batch));
            let first = parts.next().unwrap_or_else(|| Ok(BooleanArray::new_null(batch.num_rows())))?;
            parts.try_fold(first, |so_far, part| with(&so_far, &part?))
        };
        match self {
            Condition::Any(parts) => fold(parts, or_kleene),
            Condition::All(parts) => fold(parts, and_kleene),
            Condition::Not(inner) => not(&inner.of(batch)?),
            Condition::IsNull(found) => is_null(&found.values(batch)?),
            Condition::Is(found, ask) => ask.of(&found.values(batch)?),
            Condition::HasItem(found, ask) => {
                let lists = found.values(batch)?;
                let items = ask.of(&found.items(&lists)?)?;
                let is = |item| items.is_valid(item) && items.value(item);
                let offsets = lists.as_list::<i32>().value_offsets();
                let any = |ends: &[i32]| (ends[0] as usize..ends[1] as usize).any(is);
                Ok(BooleanArray::new(offsets.windows(2).map(any).collect(), lists.nulls().cloned()))
            }
        }
    }
}

/// Turns what was typed into what the field is asked.
struct Checker<'a> {
    name: &'a str,
    text: &'a str,
}

impl Checker<'_> {
    fn wrong(&self, message: String, value: &Value) -> Misuse {
        Misuse::new(OPTION, message).at(self.text, value.place.clone())
    }

    fn compare(&self, field: &Field, comparison: Comparison, value: &Value) -> Result<Ask, Misuse> {
        let name = self.name;
        match &field.kind {
            Kind::Integer | Kind::Float if value.quoted => {
                Err(self.wrong(format!("`{name}` is a number, and this is a text"), value).hint("numbers stand without quotes"))
            }
            Kind::Integer | Kind::Float => {
                let number = quantity::number(&value.text, field.unit.as_deref())
                    .map_err(|why| self.wrong(format!("`{name}` is a number: {why}"), value))?;
                Ok(if matches!(field.kind, Kind::Float) {
                    Ask::Float(comparison, number.as_f64())
                } else {
                    whole(comparison, number)
                })
            }
            Kind::Boolean => {
                let wanted = match value.text.as_str() {
                    "true" if !value.quoted => true,
                    "false" if !value.quoted => false,
                    _ => return Err(self.wrong(format!("`{name}` is true or false"), value)),
                };
                match comparison {
                    Comparison::Equal => Ok(Ask::Whole(Comparison::Equal, i64::from(wanted))),
                    Comparison::NotEqual => Ok(Ask::Whole(Comparison::Equal, i64::from(!wanted))),
                    _ => Err(self.wrong(format!("`{name}` is true or false: neither is more than the other"), value)),
                }
            }
            Kind::Text => {
                if !value.quoted && quantity::looks_like_a_number(&value.text) {
                    return Err(self
                        .wrong(format!("`{name}` is a text, and this is a number"), value)
                        .hint(format!("with quotes it is a text: '{}'", value.text)));
                }
                if !value.quoted && value.text == "null" {
                    return Err(self.wrong("nothing is equal to null".to_owned(), value).hint(format!("ask `{name} is null`")));
                }
                Ok(Ask::Text(comparison, value.text.clone().into_bytes()))
            }
            Kind::Time { offset, .. } => {
                let read = time::read(&value.text);
                let Some((seconds, nanos, typed)) = read else {
                    let message = format!("`{name}` is a time, and `{}` is none", value.text);
                    return Err(self
                        .wrong(message, value)
                        .hint("write 2026-01-31, '2026-01-31 12:00' or '2026-01-31T12:00:00+01:00'"));
                };
                if typed.is_some() && !offset {
                    let message = format!("`{name}` is what clocks showed there, and its offset from UTC is not known");
                    return Err(self.wrong(message, value).hint("compare it with a time without an offset"));
                }
                Ok(Ask::Time(comparison, seconds, nanos))
            }
            Kind::Json => Err(self.wrong(format!("`{name}` has values of any type"), value).hint("`--jq` selects by them")),
            Kind::Map(_) => {
                Err(self.wrong(format!("`{name}` is a map"), value).hint(format!("ask for one of its keys: `{name}.key`")))
            }
            Kind::List(_) => Err(self
                .wrong(format!("`{name}` is a list"), value)
                .hint(format!("`{name} has {}` asks whether it is among its items", value.text))),
            Kind::Record(fields) => {
                let known: Vec<_> = fields.iter().map(|field| format!("{name}.{}", field.name)).collect();
                Err(self.wrong(format!("`{name}` is a record; its fields are {}", known.join(", ")), value))
            }
        }
    }

    fn text(&self, field: &Field, test: TextTest, value: &Value) -> Result<Ask, Misuse> {
        let name = self.name;
        if !matches!(field.kind, Kind::Text) {
            return Err(self.wrong(format!("`{name}` is no text but {}", with_article(field.kind.name())), value));
        }
        let bytes = value.text.as_bytes();
        Ok(match test {
            TextTest::Contains => Ask::Contains(Box::new(Finder::new(bytes).into_owned())),
            TextTest::StartsWith => Ask::StartsWith(bytes.to_owned()),
            TextTest::EndsWith => Ask::EndsWith(bytes.to_owned()),
            TextTest::Matches => Ask::Matches(Box::new(Pattern::new(&value.text).map_err(|why| self.wrong(why, value))?)),
        })
    }
}

/// Whole numbers compared with any number.
fn whole(comparison: Comparison, number: Number) -> Ask {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    let (below, exact) = match number {
        Number::Whole(number) => (number, true),
        // The next whole number below; a cast saturates.
        Number::Fraction(number) => (number.floor() as i128, false),
    };
    match (i64::try_from(below), comparison) {
        (Ok(number), _) if exact => Ask::Whole(comparison, number),
        (_, Equal) => Ask::Always(false),
        (_, NotEqual) => Ask::Always(true),
        (Ok(below), Less | LessOrEqual) => Ask::Whole(LessOrEqual, below),
        (Ok(below), Greater | GreaterOrEqual) => Ask::Whole(Greater, below),
        (Err(_), Less | LessOrEqual) => Ask::Always(below > 0),
        (Err(_), Greater | GreaterOrEqual) => Ask::Always(below < 0),
    }
}

impl Ask {
    fn of(&self, values: &ArrayRef) -> Result<BooleanArray, ArrowError> {
        match self {
            Ask::IsTrue => values.as_boolean_opt().cloned().ok_or_else(|| unlike(values)),
            Ask::Whole(comparison, number) => match values.as_boolean_opt() {
                Some(values) if *number == 0 => not(values),
                Some(values) => Ok(values.clone()),
                None => compare(values, *comparison, &Int64Array::new_scalar(*number)),
            },
            Ask::Float(comparison, number) => compare(values, *comparison, &Float64Array::new_scalar(*number)),
            Ask::Text(comparison, text) => match (values.data_type(), std::str::from_utf8(text)) {
                (DataType::Utf8, Ok(text)) => compare(values, *comparison, &Scalar::new(StringArray::from(vec![text]))),
                _ => compare(values, *comparison, &Scalar::new(BinaryArray::from(vec![text.as_slice()]))),
            },
            Ask::Time(comparison, seconds, nanos) => {
                let values = time::instants(values);
                let DataType::Timestamp(unit, zone) = values.data_type() else { return Err(unlike(&values)) };
                compare_times(&values, *comparison, (*seconds, *nanos), *unit, zone.clone())
            }
            Ask::Contains(finder) => texts(values, |text| finder.find(text).is_some()),
            Ask::StartsWith(start) => texts(values, |text| text.starts_with(start)),
            Ask::EndsWith(end) => texts(values, |text| text.ends_with(end)),
            Ask::Matches(pattern) => {
                let mut cache = pattern.cache();
                texts(values, |text| cache.matches(text))
            }
            Ask::Always(answer) => {
                let all = if *answer { BooleanBuffer::new_set(values.len()) } else { BooleanBuffer::new_unset(values.len()) };
                Ok(BooleanArray::new(all, values.nulls().cloned()))
            }
        }
    }
}

fn compare(values: &ArrayRef, comparison: Comparison, with: &dyn Datum) -> Result<BooleanArray, ArrowError> {
    match comparison {
        Comparison::Equal => cmp::eq(values, with),
        Comparison::NotEqual => cmp::neq(values, with),
        Comparison::Less => cmp::lt(values, with),
        Comparison::LessOrEqual => cmp::lt_eq(values, with),
        Comparison::Greater => cmp::gt(values, with),
        Comparison::GreaterOrEqual => cmp::gt_eq(values, with),
    }
}

/// Compares times with one that may be finer than they are.
fn compare_times(
    values: &ArrayRef,
    comparison: Comparison,
    (seconds, nanos): (i64, u32),
    unit: TimeUnit,
    zone: Option<Arc<str>>,
) -> Result<BooleanArray, ArrowError> {
    let per_second = time::per_second(unit);
    let each = 1_000_000_000 / per_second;
    let (whole, rest) = (i64::from(nanos) / each, i64::from(nanos) % each);
    let at = seconds.saturating_mul(per_second).saturating_add(whole);
    let with: ArrayRef = match unit {
        TimeUnit::Second => Arc::new(TimestampSecondArray::from(vec![at]).with_timezone_opt(zone)),
        TimeUnit::Millisecond => Arc::new(TimestampMillisecondArray::from(vec![at]).with_timezone_opt(zone)),
        TimeUnit::Microsecond => Arc::new(TimestampMicrosecondArray::from(vec![at]).with_timezone_opt(zone)),
        TimeUnit::Nanosecond => Arc::new(TimestampNanosecondArray::from(vec![at]).with_timezone_opt(zone)),
    };
    // The time lies between two of the field's values, and was rounded down to the lower one, which is before it.
    let comparison = match comparison {
        Comparison::Less | Comparison::LessOrEqual if rest > 0 => Comparison::LessOrEqual,
        Comparison::Greater | Comparison::GreaterOrEqual if rest > 0 => Comparison::Greater,
        other => other,
    };
    compare(values, comparison, &Scalar::new(with))
}

/// Asks about each text, be it UTF-8 or not.
fn texts(values: &ArrayRef, mut ask: impl FnMut(&[u8]) -> bool) -> Result<BooleanArray, ArrowError> {
    let (answers, nulls): (BooleanBuffer, Option<NullBuffer>) = match values.data_type() {
        DataType::Utf8 => {
            let texts = values.as_string::<i32>();
            ((0..texts.len()).map(|row| ask(texts.value(row).as_bytes())).collect(), texts.nulls().cloned())
        }
        DataType::Binary => {
            let texts = values.as_binary::<i32>();
            ((0..texts.len()).map(|row| ask(texts.value(row))).collect(), texts.nulls().cloned())
        }
        _ => return Err(unlike(values)),
    };
    Ok(BooleanArray::new(answers, nulls))
}

fn unlike(values: &ArrayRef) -> ArrowError {
    ArrowError::SchemaError(format!("values of type {} are not those of the schema", values.data_type()))
}
