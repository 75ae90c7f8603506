//! Entries of the journal as `journalctl -o json`, `json-pretty`, `json-sse` and `json-seq` print them: an object each, of all fields that the
//! journal has.

use std::borrow::Cow;

use outparse_sdk::document::{Content, Node};
use outparse_sdk::{Map, Problem, Rows, Time};

use crate::journal::Entry;

/// The fields of such an entry.
pub(crate) const FIELDS: [&str; 8] = ["time", "since_boot", "host", "application", "pid", "message", "continues", "details"];

/// Where one of the journal's fields goes.
const TIME: &str = "__REALTIME_TIMESTAMP";
const SINCE_BOOT: &str = "__MONOTONIC_TIMESTAMP";
const HOST: &str = "_HOSTNAME";
const MESSAGE: &str = "MESSAGE";

/// Makes a record of an entry.
pub(crate) fn push(entry: &Node<'_>, rows: &mut Rows<Entry<'static>>) -> Result<(), Problem> {
    let members = entry.members()?;
    let has = |name: &str| entry.get(name).is_some();
    if !has(TIME) {
        return Err(entry.problem(format!("expected an entry of the journal, with `{TIME}`")));
    }
    // As in the other forms, where a program gave no name of its own.
    let application = if has("SYSLOG_IDENTIFIER") { "SYSLOG_IDENTIFIER" } else { "_COMM" };
    let pid = if has("_PID") { "_PID" } else { "SYSLOG_PID" };
    let mut values: Vec<(&[u8], Cow<'_, [u8]>)> = Vec::with_capacity(members.len());
    for (name, value) in members {
        match bytes(value)? {
            Some(value) => values.push((name, value)),
            None => rows.warn_once("null", || {
                let message = "`journalctl` prints no field of more than 4096 bytes: they are left out, `--all` prints them";
                value.problem(message).into_warning()
            }),
        }
    }
    let mut taken = |name: &str| {
        let place = values.iter().position(|(known, _)| *known == name.as_bytes())?;
        Some(values.swap_remove(place).1)
    };
    let at = |name: &str| entry.get(name).unwrap_or(entry);
    let micros = |name: &str, text: &[u8]| -> Result<i64, Problem> {
        outparse_sdk::Field::from(text).as_integer().ok_or_else(|| at(name).expected("microseconds"))
    };
    let time = taken(TIME).map(|text| micros(TIME, &text)).transpose()?;
    let since_boot = taken(SINCE_BOOT).map(|text| micros(SINCE_BOOT, &text)).transpose()?;
    let (host, application, message) = (taken(HOST), taken(application), taken(MESSAGE));
    let number = entry.get(pid).map(Node::integer).transpose()?;
    taken(pid);
    // In the order of their names: the journal has none.
    values.sort_unstable();
    rows.push(Entry {
        time: time.map(|micros| Time::utc(micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000) as u32 * 1000)),
        since_boot: since_boot.map(|micros| micros as f64 / 1e6),
        host: host.as_deref(),
        application: application.as_deref(),
        pid: number,
        message: message.as_deref().unwrap_or_default(),
        details: Map(values.iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect()),
        ..Entry::default()
    });
    Ok(())
}

/// What a field says: text, or bytes where it is none; each on a line, where an entry has several of its name.
fn bytes<'a>(value: &'a Node<'_>) -> Result<Option<Cow<'a, [u8]>>, Problem> {
    let Content::List(items) = &value.content else {
        return if value.content == Content::Null { Ok(None) } else { value.text().map(|text| Some(text.into())) };
    };
    let byte = |item: &Node<'_>| match item.content {
        Content::Number(_) => item.integer().ok().and_then(|number| u8::try_from(number).ok()),
        _ => None,
    };
    if let Some(bytes) = items.iter().map(byte).collect::<Option<Vec<u8>>>() {
        return Ok(Some(bytes.into()));
    }
    let mut texts = Vec::new();
    for item in items {
        texts.extend(bytes(item)?);
    }
    Ok(Some(texts.join(&b'\n').into()))
}
