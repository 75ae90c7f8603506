use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Float64Array, Int64Array, ListArray, RecordBatch, StringArray, StructArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::Schema as ArrowSchema;

use super::*;
use outparse::schema::{Field, Kind, with_types};

fn field(name: &str, kind: Kind, unit: Option<&str>) -> Field {
    Field { nullable: true, unit: unit.map(str::to_owned), ..Field::named(name, kind) }
}

/// `name`, `size` in bytes, `load`, `up` in seconds, `on`, `tags` (a list), `owner` (a record) and `groups` (a list of records).
fn schema() -> Schema {
    let text = |name| field(name, Kind::Text, None);
    let person = || Kind::Record(vec![text("name"), field("id", Kind::Integer, None)]);
    Schema::new(vec![
        text("name"),
        field("size", Kind::Integer, Some("bytes")),
        field("load", Kind::Float, None),
        field("up", Kind::Integer, Some("seconds")),
        field("on", Kind::Boolean, None),
        field("tags", Kind::List(Box::new(text("item"))), None),
        field("owner", person(), None),
        field("groups", Kind::List(Box::new(field("item", person(), None))), None),
    ])
}

/// Four records, the last of which is null throughout.
fn batch(bytes: bool) -> RecordBatch {
    let schema = schema();
    let names = ["a", "B", "c é"].map(Some).into_iter().chain([None]);
    let name: ArrayRef = match bytes {
        false => Arc::new(names.collect::<StringArray>()),
        true => Arc::new(BinaryArray::from(vec![Some(&b"a"[..]), Some(b"B"), Some(b"c\xff"), None])),
    };
    let but_last = || Some(NullBuffer::from(vec![true, true, true, false]));
    let ids = |ids: Vec<i64>| Arc::new(Int64Array::from(ids)) as ArrayRef;
    let texts = |texts: Vec<&str>| Arc::new(StringArray::from(texts)) as ArrayRef;
    let list = |index: usize, values: ArrayRef, lengths: [usize; 4]| {
        let Kind::List(item) = &schema.fields[index].kind else { panic!() };
        Arc::new(ListArray::new(Arc::new(item.to_arrow()), OffsetBuffer::from_lengths(lengths), values, but_last())) as ArrayRef
    };
    let person = |names: ArrayRef, ids: ArrayRef, nulls| {
        let Kind::Record(fields) = &schema.fields[6].kind else { panic!() };
        Arc::new(StructArray::new(fields.iter().map(Field::to_arrow).collect(), vec![names, ids], nulls)) as ArrayRef
    };
    let columns: Vec<ArrayRef> = vec![
        name,
        Arc::new(Int64Array::from(vec![Some(1024), Some(-1), Some(i64::MAX), None])),
        Arc::new(Float64Array::from(vec![Some(0.5), Some(f64::NAN), Some(2.0), None])),
        Arc::new(Int64Array::from(vec![Some(3600), Some(7200), Some(7201), None])),
        Arc::new(BooleanArray::from(vec![Some(true), Some(false), Some(true), None])),
        list(5, texts(vec!["ro", "rw", "rw"]), [2, 1, 0, 0]),
        // Values beneath the null, which must not be seen.
        person(texts(vec!["root", "x", "y", "root"]), ids(vec![0, 1, 2, 0]), but_last()),
        list(7, person(texts(vec!["adm", "sys"]), ids(vec![4, 3]), None), [1, 1, 0, 0]),
    ];
    let fields = with_types(schema.arrow().fields(), &columns);
    RecordBatch::try_new(Arc::new(ArrowSchema::new(fields)), columns).unwrap()
}

/// The sizes of the records that a plan selects, 0 for null.
fn sizes(plan: &Plan, batches: Vec<RecordBatch>) -> Vec<i64> {
    let mut selection = plan.selection(&schema()).unwrap();
    let mut taken: Vec<RecordBatch> = batches.into_iter().filter_map(|batch| selection.take(batch).unwrap()).collect();
    taken.extend(rest(&mut selection));
    let all: Vec<i64> = taken
        .iter()
        .flat_map(|batch| {
            let column = batch.column_by_name("size").unwrap();
            column.as_any().downcast_ref::<Int64Array>().unwrap().iter().map(Option::unwrap_or_default).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(selection.selected(), all.len() as u64);
    all
}

fn selected(condition: &str) -> Vec<i64> {
    let plan = Plan::default().with_condition(condition).unwrap();
    let found = sizes(&plan, vec![batch(false)]);
    assert_eq!(found, sizes(&plan, vec![batch(true)]), "{condition}: text that is not UTF-8 changes the answer");
    found
}

fn wrong(condition: &str) -> String {
    let plan = Plan::default().with_condition(condition).unwrap();
    let misuse = plan.selection(&schema()).err().unwrap_or_else(|| panic!("{condition}"));
    let hint = misuse.hint.as_deref().map_or_else(String::new, |hint| format!("\n{hint}"));
    format!("{misuse}{hint}")
}

const A: i64 = 1024;
const B: i64 = -1;
const C: i64 = i64::MAX;
/// The record of nulls.
const N: i64 = 0;

#[test]
fn each_test_selects_what_it_says() {
    for (condition, expected) in [
        ("size = 1KiB", &[A][..]),
        ("size != 1KiB", &[B, C]),
        ("size < 0", &[B]),
        ("size <= 1K", &[A, B]),
        ("size > 1K", &[C]),
        ("size >= 1KiB", &[A, C]),
        ("size > 1e30", &[]),
        ("size < 1e30", &[A, B, C]),
        ("size = 1e30", &[]),
        ("size != 0.5", &[A, B, C]),
        ("size > -0.5", &[A, C]),
        ("size >= -1.5", &[A, B, C]),
        ("size < 1024.5", &[A, B]),
        ("load > 0.5", &[B, C]),
        ("load = 2", &[C]),
        ("up > 2h", &[C]),
        ("up = 60min", &[A]),
        ("on", &[A, C]),
        ("on = false", &[B]),
        ("on != false", &[A, C]),
        ("name = a", &[A]),
        ("name > B", &[A, C]),
        ("name contains \"c\"", &[C]),
        ("name starts with 'c'", &[C]),
        ("name ends with a", &[A]),
        ("name =~ '^[a-z]'", &[A, C]),
        ("name !~ '^[a-z]'", &[B]),
        ("tags has rw", &[A, B]),
        ("tags has ro", &[A]),
        ("owner.name = root", &[A]),
        ("owner.id >= 1", &[B, C]),
        ("groups.name has adm", &[A]),
        ("groups.id has 3", &[B]),
        ("size is null", &[N]),
        ("owner is null", &[N]),
        ("owner.id is null", &[N]),
        ("tags is not null", &[A, B, C]),
    ] {
        assert_eq!(selected(condition), expected, "{condition}");
    }
}

#[test]
fn null_is_neither_equal_nor_unequal_also_with_not_and_or() {
    assert_eq!(selected("not size = 1K"), [B, C]);
    assert_eq!(selected("tags not has rw"), [C]);
    assert_eq!(selected("size = 1K or size != 1K"), [A, B, C]);
    assert_eq!(selected("size is null or not on"), [B, N]);
    assert_eq!(selected("not (size = 1K and name is null)"), [A, B, C]);
    assert_eq!(selected("not (size != 0.5)"), [0; 0]);
}

#[test]
fn a_condition_that_does_not_fit_the_fields_is_marked() {
    assert_eq!(
        wrong("sise > 3"),
        "`--where`: there is no field `sise`; the fields are name, size, load, up, on, tags, owner, groups\n  sise > 3\n  ^^^^\ndid you \
         mean `size`?"
    );
    for (condition, message) in [
        ("name = 3", "`name` is a text, and this is a number\n  name = 3\n         ^\nwith quotes it is a text: '3'"),
        ("size = '3'", "`size` is a number, and this is a text\n  size = '3'\n         ^^^"),
        ("size = x", "`size` is a number: `x` is not a number"),
        ("size = 3h", "`size` is a number: `h` does not fit: the field is in bytes"),
        ("on = 1", "`on` is true or false"),
        ("on > true", "`on` is true or false: neither is more than the other"),
        ("name = null", "nothing is equal to null"),
        ("size", "`size` alone is no condition: it is an integer"),
        ("size contains 3", "`size` is no text but an integer"),
        ("name has x", "`name` is no list but a text"),
        ("tags = rw", "`tags` is a list\n  tags = rw\n         ^^\n`tags has rw`"),
        ("owner = root", "`owner` is a record; its fields are owner.name, owner.id"),
        ("owner.x = 1", "`owner` has no field `x`; its fields are name, id"),
        ("size.x = 1", "`size` has no field `x`: it is an integer"),
        ("groups has adm", "the items of `groups` are records: ask one of `groups.name`, `groups.id`"),
        ("groups.name = adm", "`groups.name` is inside a list"),
        ("name =~ '('", "`--where`: "),
    ] {
        assert!(wrong(condition).contains(message), "{condition}: {}", wrong(condition));
    }
}

fn sorted(keys: &[&str], limit: Option<usize>) -> Vec<i64> {
    let keys: Vec<String> = keys.iter().map(|&key| key.to_owned()).collect();
    let plan = Plan::default().with_order(&keys).unwrap().with_limit(limit);
    sizes(&plan, vec![batch(false), batch(true).slice(0, 1)])
}

#[test]
fn records_are_sorted_with_nulls_last_and_equals_as_they_came() {
    assert_eq!(sorted(&["size"], None), [B, A, A, C, N]);
    assert_eq!(sorted(&["-size"], None), [C, A, A, B, N]);
    assert_eq!(sorted(&["name"], None), [B, A, A, C, N]);
    assert_eq!(sorted(&["on", "-up"], None), [B, C, A, A, N]);
    assert_eq!(sorted(&["-owner.id"], None), [C, B, A, A, N]);
    assert_eq!(sorted(&["-size"], Some(2)), [C, A]);
    assert_eq!(sorted(&["-size"], Some(0)), [0; 0]);
}

#[test]
fn what_has_no_order_is_not_sorted_by() {
    let wrong = |key: &str| {
        let plan = Plan::default().with_order(&[key.to_owned()]);
        plan.and_then(|plan| plan.selection(&schema()).map(drop)).unwrap_err().to_string()
    };
    assert_eq!(wrong("tags"), "`--sort`: `tags` is a list, which has no order");
    assert_eq!(wrong("owner"), "`--sort`: `owner` is a record, which has no order");
    assert!(wrong("-groups.name").contains("is a list, which has no order"));
    assert!(wrong("-sise").starts_with("`--sort`: there is no field `sise`; "));
    assert_eq!(wrong("-"), "`--sort`: `-` is not the name of a field");
}

#[test]
fn a_limit_with_an_order_keeps_no_more_than_it_needs() {
    let plan = Plan::default().with_order(&["-size".to_owned()]).unwrap().with_limit(Some(3));
    let mut selection = plan.selection(&schema()).unwrap();
    let many = arrow_select::concat::concat_batches(&batch(false).schema(), &vec![batch(false); 20_000]).unwrap();
    for _ in 0..3 {
        assert!(selection.take(many.clone()).unwrap().is_none());
    }
    let kept = rest(&mut selection);
    assert_eq!(kept.iter().map(RecordBatch::num_rows).sum::<usize>(), 3);
    assert!(!selection.is_full(), "with an order, all records have to be seen");
}

#[test]
fn a_limit_is_full_when_it_is_reached_and_not_before() {
    let mut selection = Plan::default().with_limit(Some(5)).selection(&schema()).unwrap();
    assert_eq!(selection.take(batch(false)).unwrap().unwrap().num_rows(), 4);
    assert!(!selection.is_full());
    assert_eq!(selection.take(batch(false)).unwrap().unwrap().num_rows(), 1);
    assert!(selection.is_full());
    assert!(selection.take(batch(false)).unwrap().is_none());
    assert_eq!(selection.selected(), 5);
    assert!(Plan::default().with_limit(Some(0)).selection(&schema()).unwrap().is_full());
}

#[test]
fn a_field_that_is_not_printed_can_be_asked_about_and_sorted_by() {
    let plan = Plan::default().with_condition("on is not null").unwrap().with_order(&["up".to_owned()]).unwrap();
    let plan = plan.with_fields(&["size".to_owned()]);
    assert_eq!(sizes(&plan, vec![batch(false)]), [A, B, C]);
    let mut selection = plan.selection(&schema()).unwrap();
    selection.take(batch(true)).unwrap();
    assert_eq!(rest(&mut selection)[0].num_columns(), 1);
    assert_eq!(selection.schema().fields.len(), 1);
}

/// The records that had to wait for the last one.
fn rest(selection: &mut Selection) -> Vec<RecordBatch> {
    finish(std::slice::from_mut(selection)).unwrap().map(|sorted| sorted.unwrap().1).collect()
}
