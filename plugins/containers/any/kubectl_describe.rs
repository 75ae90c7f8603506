//! `kubectl describe`: an object after the other, each an indented list of names and values with tables in it. What is a list and what has
//! parts, the text does not always tell, so values are kept by the names above them, and nothing is nested.

pub mod object;
mod tables;
#[cfg(test)]
mod tests;

use outparse_sdk::grid::checked_cells;
use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Problem, Rows, Source};

use crate::kubectl_describe::object::{Entry, Object, Row};
use crate::kubectl_describe::tables::{Table, event, is_rule};

/// Reads `kubectl describe`.
#[derive(Default)]
pub struct KubectlDescribe {
    object: Option<Object>,
    /// The names above, and how far each is indented.
    above: Vec<(usize, Vec<u8>)>,
    last: Last,
    table: Option<Table>,
    /// What is indented further than this belongs to a line that could not be read.
    lost: Option<usize>,
    /// Whether the lines are those of what a secret holds.
    in_secret: bool,
    is_after_blank: bool,
    /// Whether the name of the object could not be read: what follows is of none.
    is_nameless: bool,
}

/// What the line before was.
#[derive(Default, PartialEq, Eq)]
enum Last {
    /// Nothing that goes on.
    #[default]
    Nothing,
    /// A name alone: what has parts, or nothing.
    Name,
    /// A name with a value, which begins here; more values of it stand below that.
    Value { start: usize },
    /// Text without a name, so far in: an item of a list, or the titles of a table.
    Text { indent: usize, text: Vec<u8> },
}

const EXPECTED: &str = "`Name: …`, as `kubectl describe` begins";

/// Bytes of a line of an annotation that was cut, with the points at its end.
const LONGEST: usize = 138 + 3;

/// Names whose values stand one below the other.
const SEVERAL: [&[u8]; 11] = [
    b"Labels",
    b"Annotations",
    b"Selector",
    b"Node-Selectors",
    b"Tolerations",
    b"Taints",
    b"Topology Spread Constraints",
    b"Image pull secrets",
    b"Mountable secrets",
    b"Tokens",
    b"Used By",
];

/// Names below which any text stands, a line each.
const VERBATIM: [&[u8]; 2] = [b"Command", b"Args"];

impl Parser for KubectlDescribe {
    const ABOUT: About = About {
        name: "kubectl-describe",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Objects of Kubernetes and their events, as kubectl describe prints them",
        commands: &["kubectl describe", "oc describe", "k3s kubectl describe"],
        dialect: "any",
        platforms: &["linux", "macos", "windows"],
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        KubectlDescribe::default()
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole().trim_end();
        if whole.is_blank() {
            // One of nothing but blanks is an empty one of what is verbatim, or of a value.
            if line.bytes.is_empty() {
                self.is_after_blank = true;
            } else if self.verbatim(line.bytes.len()).is_some() {
                self.keep(Some(Vec::new()));
            } else if let Some(value) = self.further() {
                value.push(b'\n');
            } else if let Some(annotation) = self.annotation() {
                annotation.push(b'\n');
            }
            return Ok(());
        }
        let is_after_blank = std::mem::take(&mut self.is_after_blank);
        let text = whole.trim_start();
        let indent = text.start();
        if let Some(name) =
            text.strip_prefix("Name:").filter(|_| indent == 0 && (self.object.is_none() && !self.is_nameless || is_after_blank))
        {
            self.flush(rows);
            let name = name.trim();
            if name.bytes.is_empty() {
                self.is_nameless = rows.recognised();
                return Err(line.expected(EXPECTED).into());
            }
            self.object = Some(Object { name: name.bytes.to_vec(), ..Object::default() });
            rows.recognise();
            return Ok(());
        }
        if self.is_nameless {
            return Ok(());
        }
        let Some(object) = &mut self.object else { return Err(line.expected(EXPECTED).into()) };
        // Of a namespace.
        if matches!(text.bytes, b"No resource quota." | b"No LimitRange resource.") {
            return Ok(());
        }
        // Behind a blank line stands what a secret or a map holds, or the next object.
        let goes_on = ["Type:", "Data", "BinaryData"].iter().any(|beginning| text.bytes.starts_with(beginning.as_bytes()));
        if is_after_blank && !(indent == 0 && goes_on) {
            self.flush(rows);
            self.is_nameless = true;
            return Err(line.expected("the next object, `Name: …`: what follows is of none").into());
        }
        if self.lost.is_some_and(|lost| indent > lost) {
            return Ok(());
        }
        self.lost = None;
        if indent == 0 && matches!(text.bytes, b"Data" | b"BinaryData") {
            return self.data(line, rows);
        }
        if self.in_secret {
            return Ok(secret(object, text)?);
        }
        self.table.take_if(|table| indent < table.indent);
        if self.table.is_some() {
            return self.row(whole, rows);
        }
        self.entry(whole, text).map_err(|problem| {
            // A value costs itself.
            if !matches!(self.last, Last::Value { .. }) {
                self.lost.get_or_insert(indent);
            }
            problem.into()
        })
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        rows.expect_recognised(EXPECTED)
    }
}

impl KubectlDescribe {
    fn flush(&mut self, rows: &mut Rows<Entry>) {
        self.end_text();
        if let Err(problem) = self.end_name(0) {
            rows.problem(problem);
        }
        if let Some(object) = self.object.take() {
            rows.push(Entry::Object(Box::new(object)));
        }
        *self = KubectlDescribe::default();
    }

    /// A name alone that has no parts, as the line that is indented so far shows, has a value that is not printed.
    fn end_name(&mut self, indent: usize) -> Result<(), Problem> {
        let Some((above, name)) = self.above.last().filter(|(above, _)| self.last == Last::Name && indent <= *above) else {
            return Ok(());
        };
        if *above == 0 && matches!(&name[..], b"Namespace" | b"Labels" | b"Annotations" | b"Events") {
            let name = String::from_utf8_lossy(name).into_owned();
            return Err(Problem::error(format!("expected a value of `{name}` above this line")));
        }
        self.keep(None);
        Ok(())
    }

    /// The names above, and the last one.
    fn path(&self) -> Vec<u8> {
        let names: Vec<&[u8]> = self.above.iter().map(|(_, name)| &name[..]).collect();
        names.join(&b" > "[..])
    }

    /// The last value, if it may have further lines: that of a variable of an environment.
    fn further(&mut self) -> Option<&mut Vec<u8>> {
        let [.., (_, above), _] = &self.above[..] else { return None };
        if above != b"Environment" || !matches!(self.last, Last::Value { .. }) {
            return None;
        }
        self.object.as_mut()?.values.0.last_mut()?.1.as_mut()
    }

    /// The last annotation, where the line before was of one.
    fn annotation(&mut self) -> Option<&mut Vec<u8>> {
        let [(_, name)] = &self.above[..] else { return None };
        if name != b"Annotations" || !matches!(self.last, Last::Value { .. }) {
            return None;
        }
        Some(&mut self.object.as_mut()?.annotations.0.last_mut()?.1)
    }

    /// Where the text begins of a line that is indented so far, where any text may stand.
    fn verbatim(&self, indent: usize) -> Option<usize> {
        let (above, name) = self.above.last()?;
        (VERBATIM.contains(&&name[..]) && indent >= above + 2).then_some(above + 2)
    }

    /// Keeps a value of the name that was read last.
    fn keep(&mut self, value: Option<Vec<u8>>) {
        let path = self.path();
        let Some(object) = &mut self.object else { return };
        object.values.0.push((path, value));
    }

    fn entry(&mut self, whole: Field<'_>, text: Field<'_>) -> Result<(), Problem> {
        let indent = text.start();
        if let Some(from) = self.verbatim(indent) {
            self.keep(Some(whole.split_at(from).1.bytes.to_vec()));
            self.last = Last::Nothing;
            return Ok(());
        }
        // `---- ------`: the line above it has titles.
        if let Last::Text { indent: above, text: titles } = &self.last
            && *above == indent
            && is_rule(text)
        {
            self.table = Some(Table::under(titles, text)?);
            self.last = Last::Nothing;
            return Ok(());
        }
        // What is indented below text has a name above it that cannot be read.
        if let Last::Text { indent: above, .. } = self.last
            && indent > above
        {
            (self.lost, self.last) = (Some(above), Last::Nothing);
            return Err(text.expected("a line that is indented no further than the one before it, which has no name"));
        }
        self.end_text();
        if let Last::Value { start } = self.last
            && indent >= start
        {
            if let Some(value) = self.further().filter(|_| indent == start) {
                value.extend([b"\n", text.bytes].concat());
                let message = "a further line of the value above it, unless it has a name that cannot be read";
                return Err(text.problem(message).into_warning());
            }
            let has_several = self.above.last().is_some_and(|(_, name)| SEVERAL.contains(&&name[..]));
            if !has_several {
                return Err(text.expected("a line that is no value of the name above it, which has one"));
            }
            return self.value(text, false, indent > start);
        }
        let name = self.end_name(indent);
        let last = std::mem::take(&mut self.last);
        // The parts of what was read last, and no others, are indented further: by two blanks, or one; those of the source of a
        // volume by four.
        let names = self.above.len();
        self.above.retain(|(above, _)| *above < indent);
        let is_below = names == self.above.len();
        let deepest = self.above.last().map_or(0, |(above, name)| above + if name == b"Source" { 4 } else { 2 });
        if indent > deepest {
            return Err(text.expected("a line that is indented by two blanks more, or less"));
        }
        match named(text) {
            Some(_) if matches!(last, Last::Text { indent: above, .. } if above == indent) => {
                return Err(text.expected("a line without a name, as the one before it"));
            }
            Some((name, value)) => {
                self.above.push((indent, name.bytes.to_vec()));
                self.last = Last::Name;
                let value = value.trim_start();
                if !value.bytes.is_empty() {
                    self.last = Last::Value { start: value.start() };
                    self.value(value, true, false)?;
                }
            }
            None if is_below => self.unnamed(whole, text, last == Last::Name)?,
            None => return Err(text.expected("`NAME: VALUE`")),
        }
        name
    }

    /// Text without a name.
    fn unnamed(&mut self, whole: Field<'_>, text: Field<'_>, is_first: bool) -> Result<(), Problem> {
        let Some((_, section)) = self.above.last() else { return Err(text.expected("`NAME: VALUE`")) };
        let titles = text.words();
        // The one table that may have no line below its titles.
        let is_short = section == b"Conditions" && titles.first().is_some_and(|title| title.bytes == b"Type");
        if is_short && is_first && titles.get(1).is_some_and(|title| title.bytes == b"Status") {
            self.table = Some(Table::under(whole.bytes, text)?);
            return Ok(());
        }
        self.last = Last::Text { indent: text.start(), text: whole.bytes.to_vec() };
        Ok(())
    }

    /// Keeps the text of the line before, if that is not the titles of a table.
    fn end_text(&mut self) {
        if let Last::Text { text, .. } = &self.last {
            let text = text.trim_ascii().to_vec();
            self.keep(Some(text));
        }
    }

    /// A value of the last name; of annotations one may be in a line of its own, which is indented further.
    fn value(&mut self, value: Field<'_>, is_first: bool, is_further: bool) -> Result<(), Problem> {
        let is_top = self.above.len() == 1;
        let name = self.above.last().map_or(&b""[..], |(_, name)| &name[..]);
        let none = matches!(value.bytes, b"<none>" | b"<unset>" | b"<unknown>");
        let Some(object) = &mut self.object else { return Ok(()) };
        match name {
            b"Namespace" if is_top => object.namespace = Some(value.bytes.to_vec()).filter(|_| !none),
            b"Labels" | b"Annotations" if is_top && none && is_first => {}
            b"Labels" if is_top => {
                let (label, value) = value.split_once("=").ok_or_else(|| value.expected("a label, `NAME=VALUE`"))?;
                object.labels.0.push((label.bytes.to_vec(), value.bytes.to_vec()));
            }
            b"Annotations" if is_top && is_further => {
                let (_, text) = object.annotations.0.last_mut().ok_or_else(|| value.expected("an annotation, `NAME: VALUE`"))?;
                if !text.is_empty() {
                    text.push(b'\n');
                }
                text.extend_from_slice(value.bytes);
                if value.bytes.len() >= LONGEST && value.bytes.ends_with(b"...") {
                    return Err(value.problem("this annotation is cut").into_warning());
                }
            }
            b"Annotations" if is_top => {
                // No name of an annotation has a blank.
                let (name, text) = value
                    .split_once(": ")
                    .or_else(|| Some((value.strip_suffix(":")?, value.split_at(usize::MAX).1)))
                    .filter(|(name, _)| name.fields().count() == 1)
                    .ok_or_else(|| value.expected("an annotation, `NAME: VALUE`"))?;
                object.annotations.0.push((name.bytes.to_vec(), text.trim().bytes.to_vec()));
            }
            b"Events" if is_top && none => {}
            b"Selector" | b"Node-Selectors" if !is_first && value.find("=").is_none() => {
                return Err(value.expected("another label, `NAME=VALUE`"));
            }
            _ if is_further => return Err(value.expected("a value below the one before it")),
            _ => self.keep(Some(value.bytes.to_vec()).filter(|_| !none)),
        }
        Ok(())
    }

    fn row(&mut self, line: Field<'_>, rows: &mut Rows<Entry>) -> Result<(), Error> {
        let (Some(table), Some(object)) = (&self.table, &self.object) else { return Ok(()) };
        if is_rule(line) && line.fields().count() == table.titles.len() {
            return Ok(());
        }
        // Of the rules of an ingress, the first cell stands in a line of its own.
        let section = self.path();
        let begins = line.trim_start().start();
        let is_row = begins == table.indent || section == b"Rules" && table.spans.iter().any(|span| span.start == begins);
        if is_rule(line) || !is_row {
            return Err(line.trim_start().expected("a row below the titles of the table").into());
        }
        let cells: Vec<(&[u8], Field<'_>)> = checked_cells(&table.spans, line)?
            .into_iter()
            .zip(&table.titles)
            .filter_map(|(cell, title)| Some((&title[..], cell?)))
            .collect();
        if section == b"Events" {
            rows.push(Entry::Event(Box::new(event(object, &cells)?)));
            return Ok(());
        }
        let cells = cells.into_iter().map(|(title, cell)| (title.to_vec(), cell.bytes.to_vec())).collect();
        rows.push(Entry::Row(Row { name: object.name.clone(), namespace: object.namespace.clone(), section, cells: Map(cells) }));
        Ok(())
    }

    /// What a secret or a map holds. Of a secret it is a name and a size a line; of a map any text, whose end nothing tells.
    fn data(&mut self, line: Line<'_>, rows: &mut Rows<Entry>) -> Result<(), Error> {
        let has_type = self.object.iter().flat_map(|object| &object.values.0).any(|(name, _)| name == b"Type");
        if has_type {
            self.in_secret = true;
            return Ok(());
        }
        self.flush(rows);
        Err(Error::Malformed(line.expected(
            "no data, which may be any text and so hide where it ends: `kubectl get -o json` tells it, and what follows",
        )))
    }
}

/// `NAME:` at the end of a line, or before two blanks: one is part of a text.
fn named(text: Field<'_>) -> Option<(Field<'_>, Field<'_>)> {
    let ends = |at: usize| matches!(&text.bytes[at + 1..], [] | [b' ', b' ', ..]);
    let at = text.bytes.iter().enumerate().find(|(at, byte)| **byte == b':' && ends(*at))?.0;
    let (name, value) = (text.split_at(at).0, text.split_at(at + 1).1);
    (!name.bytes.is_empty()).then_some((name, value))
}

/// `password:  6 bytes`
fn secret(object: &mut Object, text: Field<'_>) -> Result<(), Problem> {
    if text.bytes.iter().all(|byte| *byte == b'=') {
        return Ok(());
    }
    let expected = || text.expected("a name and a size, as `password:  6 bytes`");
    let (name, value) = named(text).ok_or_else(expected)?;
    let value = value.trim();
    value.strip_suffix(" bytes").and_then(|size| size.as_integer()).ok_or_else(expected)?;
    object.values.0.push(([b"Data > ", name.bytes].concat(), Some(value.bytes.to_vec())));
    Ok(())
}
