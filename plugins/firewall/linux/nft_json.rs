//! `nft -j list`: a list of objects, each a table, a chain, a rule, … The records are those of the text; of a rule, its expressions are
//! what is printed.

use std::collections::BTreeMap;

use outparse_sdk::document::{Content, Node};
use outparse_sdk::{Problem, Rows};

use crate::nft::{Chain, Object, Rule, Ruleset, Set, Table};

/// Reads a document.
pub(crate) fn read(whole: &Node<'_>, rows: &mut Rows<Ruleset>) -> Result<(), Problem> {
    let list = whole.get("nftables").ok_or_else(|| whole.expected("an object with the list `nftables`"))?.items()?;
    rows.recognise();
    // A table stands behind all that it has, as in the text, and the number of a rule is its place in its chain.
    let mut table: Option<Table> = None;
    let mut chains = BTreeMap::new();
    for entry in list {
        let [(kind, object)] = entry.members()? else {
            return Err(entry.expected("an object with one name"));
        };
        let read = match &**kind {
            b"metainfo" => continue,
            b"table" => self::table(object).map(|next| table.replace(next).map(Ruleset::Table)),
            b"chain" => chain(object).map(|chain| Some(Ruleset::Chain(chain))),
            b"rule" => rule(object, &mut chains).map(|rule| Some(Ruleset::Rule(rule))),
            b"set" | b"map" | b"meter" => set(object).map(|set| Some(Ruleset::Set(set))),
            kind => self::object(kind, object).map(|object| Some(Ruleset::Object(object))),
        };
        match read {
            Ok(record) => record.into_iter().for_each(|record| rows.push(record)),
            Err(problem) => rows.problem(problem),
        }
    }
    table.into_iter().for_each(|table| rows.push(Ruleset::Table(table)));
    Ok(())
}

fn table(object: &Node<'_>) -> Result<Table, Problem> {
    Ok(Table {
        family: needed(object, "family")?,
        table: needed(object, "name")?,
        handle: integer(object, "handle")?,
        flags: texts(object, "flags")?,
        comment: text(object, "comment")?,
    })
}

fn chain(object: &Node<'_>) -> Result<Chain, Problem> {
    Ok(Chain {
        family: needed(object, "family")?,
        table: needed(object, "table")?,
        chain: needed(object, "name")?,
        handle: integer(object, "handle")?,
        r#type: text(object, "type")?,
        hook: text(object, "hook")?,
        devices: texts(object, "dev")?,
        priority: integer(object, "prio")?,
        policy: text(object, "policy")?,
        comment: text(object, "comment")?,
    })
}

fn rule(object: &Node<'_>, chains: &mut BTreeMap<[Vec<u8>; 3], i64>) -> Result<Rule, Problem> {
    let place = [needed(object, "family")?, needed(object, "table")?, needed(object, "chain")?];
    let number = *chains.entry(place.clone()).and_modify(|count| *count += 1).or_insert(1);
    let [family, table, chain] = place;
    let expressions = object.get("expr").ok_or_else(|| object.expected("an object with `expr`"))?;
    let mut rule = Rule {
        family,
        table,
        chain,
        number,
        handle: integer(object, "handle")?,
        comment: text(object, "comment")?,
        rule: expressions.field.bytes.to_vec(),
        ..Rule::default()
    };
    for expression in expressions.items()? {
        for (name, value) in expression.members()? {
            match &**name {
                // The counter of another name counts for itself.
                b"counter" if matches!(value.content, Content::Object(_)) => {
                    (rule.packets, rule.bytes) = (integer(value, "packets")?, integer(value, "bytes")?);
                }
                b"jump" | b"goto" => (rule.action, rule.target) = (Some(name.to_vec()), text(value, "target")?),
                b"accept" | b"drop" | b"return" | b"continue" | b"queue" | b"reject" | b"masquerade" | b"redirect" | b"dnat"
                | b"snat" | b"tproxy" => rule.action = Some(name.to_vec()),
                _ => {}
            }
        }
    }
    Ok(rule)
}

fn set(object: &Node<'_>) -> Result<Set, Problem> {
    let kind = |name: &str| object.get(name).map(joined).transpose();
    let elements = object.get("elem").map_or(Ok(&[][..]), Node::items)?;
    let known = ["family", "table", "name", "handle", "type", "map", "flags", "timeout", "elem", "comment"];
    Ok(Set {
        family: needed(object, "family")?,
        table: needed(object, "table")?,
        set: needed(object, "name")?,
        handle: integer(object, "handle")?,
        r#type: kind("type")?,
        maps_to: kind("map")?,
        flags: texts(object, "flags")?,
        timeout: integer(object, "timeout")?.map(|seconds| seconds as f64),
        elements: elements.iter().map(element).collect::<Result<_, _>>()?,
        comment: text(object, "comment")?,
        options: options(object, &known)?,
    })
}

fn object(kind: &[u8], object: &Node<'_>) -> Result<Object, Problem> {
    // The bytes of a quota are those that it grants.
    let counted: &[&str] = if kind == b"counter" { &["packets", "bytes"] } else { &[] };
    let count = |name: &str| if counted.contains(&name) { integer(object, name) } else { Ok(None) };
    Ok(Object {
        family: needed(object, "family")?,
        table: needed(object, "table")?,
        r#type: kind.to_vec(),
        name: needed(object, "name")?,
        handle: integer(object, "handle")?,
        packets: count("packets")?,
        bytes: count("bytes")?,
        comment: text(object, "comment")?,
        options: options(object, &[&["family", "table", "name", "handle", "comment"], counted].concat())?,
    })
}

/// `ipv4_addr`, or `ipv4_addr . inet_service` of a list; what is neither as it is written.
fn joined(node: &Node<'_>) -> Result<Vec<u8>, Problem> {
    match &node.content {
        Content::List(items) => Ok(items.iter().map(joined).collect::<Result<Vec<_>, _>>()?.join(&b" . "[..])),
        Content::Object(_) => Ok(node.field.bytes.to_vec()),
        _ => Ok(node.text()?.to_vec()),
    }
}

/// An element as the text has it: `10.0.0.0/8`, `1.1.1.1 . 80`, `10.0.0.1 : accept`. What has other parts, such as a time of its own, is as
/// it is written.
fn element(node: &Node<'_>) -> Result<Vec<u8>, Problem> {
    match &node.content {
        Content::List(pair) if pair.len() == 2 => Ok([element(&pair[0])?, element(&pair[1])?].join(&b" : "[..])),
        Content::Object(members) => match &members[..] {
            [(name, value)] => match (&**name, value.get("addr"), value.get("len")) {
                (b"prefix", Some(address), Some(length)) => Ok([element(address)?, element(length)?].join(&b'/')),
                (b"range", ..) => Ok(value.items()?.iter().map(element).collect::<Result<Vec<_>, _>>()?.join(&b'-')),
                (b"concat", ..) => Ok(value.items()?.iter().map(element).collect::<Result<Vec<_>, _>>()?.join(&b" . "[..])),
                (b"jump" | b"goto", ..) => Ok([name.to_vec(), needed(value, "target")?].join(&b' ')),
                _ if value.content == Content::Null => Ok(name.to_vec()),
                _ => Ok(node.field.bytes.to_vec()),
            },
            _ => Ok(node.field.bytes.to_vec()),
        },
        _ => Ok(node.text()?.to_vec()),
    }
}

/// All else that an object has: `size 65535`.
fn options(object: &Node<'_>, known: &[&str]) -> Result<Vec<Vec<u8>>, Problem> {
    let others = object.members()?.iter().filter(|(name, _)| !known.iter().any(|known| known.as_bytes() == &**name));
    others
        .map(|(name, value)| {
            let value = match &value.content {
                Content::Text(text) => text,
                _ => value.field.bytes,
            };
            Ok([&**name, b" ", value].concat())
        })
        .collect()
}

fn text(object: &Node<'_>, name: &str) -> Result<Option<Vec<u8>>, Problem> {
    object.get(name).map(|value| Ok(value.text()?.to_vec())).transpose()
}

fn needed(object: &Node<'_>, name: &str) -> Result<Vec<u8>, Problem> {
    text(object, name)?.ok_or_else(|| object.expected(&format!("an object with `{name}`")))
}

fn integer(object: &Node<'_>, name: &str) -> Result<Option<i64>, Problem> {
    object.get(name).map(Node::integer).transpose()
}

/// One text, or a list of them.
fn texts(object: &Node<'_>, name: &str) -> Result<Vec<Vec<u8>>, Problem> {
    let Some(value) = object.get(name) else { return Ok(Vec::new()) };
    match &value.content {
        Content::List(items) => items.iter().map(|item| Ok(item.text()?.to_vec())).collect(),
        _ => Ok(vec![value.text()?.to_vec()]),
    }
}
