//! The fourth form of a list, JSON (`-J`): an object of one list, whose columns are the titles in small letters and whose trees are lists of
//! children.

use std::borrow::Cow;

use outparse_sdk::document::{Content, Document, Node};
use outparse_sdk::grid::Title;
use outparse_sdk::{Error, Problem};

use crate::columns::Cell;

/// A list in JSON.
pub(crate) struct Listed {
    /// The fields of its columns.
    pub(crate) fields: Vec<&'static str>,
    /// Its rows, parents before their children.
    pub(crate) rows: Vec<Row>,
}

/// A row of the list.
pub(crate) struct Row {
    /// Its cells that are not empty, as they would stand in the other forms.
    pub(crate) cells: Vec<Cell<'static>>,
    /// The name of the row that it is a child of.
    pub(crate) parent: Option<Vec<u8>>,
    /// The line that it begins in.
    pub(crate) line: u64,
}

/// What a list of JSON is called, and what its rows are named by.
pub(crate) struct Form {
    pub(crate) list: &'static str,
    pub(crate) name: &'static str,
    pub(crate) known: &'static [Title],
}

/// Reads a list. What is no list of this command is unrecognised.
pub(crate) fn read(document: &Document, form: &Form) -> Result<Listed, Error> {
    let whole = document.read().map_err(Error::Unrecognised)?;
    let expected = || Error::Unrecognised(whole.expected(&format!("an object with the list `{}`", form.list)));
    let list = whole.get(form.list).ok_or_else(expected)?;
    let mut listed = Listed { fields: Vec::new(), rows: Vec::new() };
    add(list, None, form, &mut listed).map_err(Error::Unrecognised)?;
    Ok(listed)
}

fn add(list: &Node<'_>, parent: Option<&[u8]>, form: &Form, listed: &mut Listed) -> Result<(), Problem> {
    for object in list.items()? {
        let mut cells: Vec<Cell<'static>> = Vec::new();
        let mut children = None;
        for (name, value) in object.members()? {
            if **name == *b"children" {
                children = Some(value);
                continue;
            }
            let title = form.known.iter().find(|title| title.title.as_bytes().eq_ignore_ascii_case(name));
            let title = title.ok_or_else(|| {
                value.problem(format!("expected the name of a column that is known, found `{}`", name.escape_ascii()))
            })?;
            if !listed.fields.contains(&title.field) {
                listed.fields.push(title.field);
            }
            cells.extend(text(value)?.filter(|text| !text.is_empty()).map(|text| (title, Cow::Owned(text))));
        }
        let name = cells.iter().find(|(title, _)| title.field == form.name).map(|(_, name)| name.clone());
        listed.rows.push(Row { cells, parent: parent.map(<[u8]>::to_vec), line: object.line });
        if let Some(children) = children {
            add(children, name.as_deref(), form, listed)?;
        }
    }
    Ok(())
}

/// What would stand in the cell of a table. Of a list, each on a line.
fn text(value: &Node<'_>) -> Result<Option<Vec<u8>>, Problem> {
    Ok(match &value.content {
        Content::Null => None,
        Content::Boolean(value) => Some(if *value { b"1".to_vec() } else { b"0".to_vec() }),
        Content::List(items) => {
            let items = items.iter().filter(|item| item.content != Content::Null);
            let texts = items.map(Node::text).collect::<Result<Vec<_>, _>>()?;
            (!texts.is_empty()).then(|| texts.join(&b'\n'))
        }
        _ => Some(value.text()?.to_vec()),
    })
}
