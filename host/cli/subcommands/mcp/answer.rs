//! What an agent reads: small, unless it asks for more.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use outparse::Records;
use outparse::error::Error;
use outparse::schema::{About, BadText, Field, Kind, Texts, cell};
use outparse_formats::Misuse;
use outparse_formats::select::{Plan, Selection, finish};

/// Records that are given unless more are asked for, and the most that can be asked for.
const SHOWN: usize = 50;
const MOST: usize = 1000;

/// Characters of an answer: more would fill an agent's context with a single one.
const LONGEST: usize = 60_000;

/// Problems that are told one by one.
const PROBLEMS: usize = 10;

/// What is wanted of the records.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    fields: Option<Vec<String>>,
    #[serde(rename = "where")]
    condition: Option<String>,
    sort: Option<Vec<String>>,
    limit: Option<usize>,
}

impl Wanted {
    /// As JSON Schema: the properties.
    pub(super) fn schema() -> Value {
        let names = json!({"type": "array", "items": {"type": "string"}});
        let list = |doc: &str| {
            let mut list = names.clone();
            list["description"] = doc.into();
            list
        };
        json!({
            "fields": list("Only these fields, in this order"),
            "where": {"type": "string", "description":
                "Only records that meet a condition: use_percent > 80 and filesystem != 'tmpfs'. Operators: = != < <= > >= =~ contains, \
                 `starts with`, `ends with`, `is null`; numbers may have units (10GiB, 2h)"},
            "sort": list("Sort by these fields; with `-` before it, highest first"),
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST, "description":
                format!("How many records at most; {SHOWN} unless it is said")},
        })
    }

    pub(super) fn plan(&self) -> Result<Plan, Error> {
        let plan = Plan::default().with_order(self.sort.as_deref().unwrap_or_default())?;
        let plan = plan.with_fields(self.fields.as_deref().unwrap_or_default());
        Ok(match &self.condition {
            Some(condition) => plan.with_condition(condition)?,
            None => plan,
        })
    }
}

/// Whether the fields that are named exist, as far as that is known before there are records.
pub(super) fn check(plan: &Plan, about: &About) -> Result<(), Error> {
    if !about.schema.open && plan.names_fields() {
        plan.selection(&about.schema)?;
    }
    Ok(())
}

/// An error with all that helps to do better.
pub(super) fn of_error(error: &Error) -> String {
    let mut text = error.with_causes();
    let excerpt = error.excerpt();
    if !excerpt.is_empty() {
        text.push('\n');
        text.push_str(&excerpt);
    }
    if let Some(hint) = error.hint() {
        text.push_str(&format!("\nhint: {hint}"));
    }
    text
}

/// The fields of a parser's records.
pub(super) fn schema(about: &About) -> String {
    json!({
        "parser": format!("{} {}", about.name, about.version),
        "about": about.summary,
        "dialect": about.dialect,
        "open": about.schema.open,
        "fields": about.schema.fields.iter().map(field).collect::<Vec<_>>(),
    })
    .to_string()
}

fn field(field: &Field) -> Value {
    let mut told = Map::new();
    told.insert("name".to_owned(), field.name.as_str().into());
    told.insert("type".to_owned(), field.kind.name().into());
    if let Some(unit) = &field.unit {
        told.insert("unit".to_owned(), unit.as_str().into());
    }
    if !field.doc.is_empty() {
        told.insert("meaning".to_owned(), field.doc.as_str().into());
    }
    let children: Vec<Value> = match &field.kind {
        Kind::List(item) | Kind::Map(item) if matches!(item.kind, Kind::Record(_)) => vec![self::field(item)],
        Kind::Record(fields) => fields.iter().map(self::field).collect(),
        _ => Vec::new(),
    };
    if !children.is_empty() {
        told.insert("fields".to_owned(), children.into());
    }
    told.into()
}

/// The records that are wanted, and what was left out.
pub(super) fn records(records: &Records, plan: &Plan, wanted: &Wanted) -> Result<String, Error> {
    let limit = wanted.limit.unwrap_or(SHOWN).min(MOST);
    let rows = select(records, plan)?;
    let found = rows.len();
    let problems = records.problems();
    let about = records.about();
    let mut shown: Vec<String> = Vec::new();
    let mut characters = 0;
    for row in rows.into_iter().take(limit) {
        characters += row.len();
        if characters > LONGEST && !shown.is_empty() {
            break;
        }
        shown.push(row);
    }
    let mut answer = json!({"parser": format!("{} {}", about.name, about.version), "found": found, "shown": shown.len()});
    if shown.len() < found {
        answer["left_out"] = "there are more: narrow them with `where` and `fields`, or ask for more with `limit`".into();
    }
    if let Some(whose) = &about.catalogue {
        answer["values_are_as"] = format!("{whose} has them").into();
    }
    if !problems.is_empty() {
        answer["problems"] = problems.iter().take(PROBLEMS).map(ToString::to_string).collect::<Vec<_>>().into();
        answer["problems_in_all"] = problems.len().into();
    }
    if let Some(status) = records.status() {
        answer["exit_status"] = status.code().into();
    }
    // Written by hand, so that fields stand in the order that was asked for.
    let answer = answer.to_string();
    Ok(format!("{},\"records\":[{}]}}", answer.strip_suffix('}').unwrap_or_default(), shown.join(",")))
}

/// The records that are selected.
fn select(records: &Records, plan: &Plan) -> Result<Vec<String>, Error> {
    let mut texts = Texts::new(BadText::Escape);
    let mut misuse: Option<Misuse> = None;
    let mut selections: Vec<Option<Selection>> = Vec::new();
    for shape in records.shapes() {
        match plan.selection(&shape.schema) {
            Ok(selection) => selections.push(Some(selection)),
            Err(error) => {
                misuse.get_or_insert(error);
                selections.push(None);
            }
        }
    }
    if let Some(misuse) = misuse.filter(|_| selections.iter().all(Option::is_none)) {
        return Err(misuse.into());
    }
    let mut rows = Vec::new();
    let mut add = |batch| -> anyhow::Result<()> {
        rows.extend(cell::rows(&texts.printable(batch)?)?);
        Ok(())
    };
    for (place, batch) in records.batches_of_shapes() {
        let Some(selection) = selections.get_mut(place).and_then(Option::as_mut) else { continue };
        if let Some(batch) = selection.take(batch.clone()).map_err(anyhow::Error::from)? {
            add(batch)?;
        }
    }
    let mut selections: Vec<Selection> = selections.into_iter().flatten().collect();
    let last = finish(&mut selections).map_err(anyhow::Error::from)?;
    for last in last {
        add(last.map_err(anyhow::Error::from)?.1)?;
    }
    Ok(rows)
}
