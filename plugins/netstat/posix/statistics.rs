//! `netstat -s`: what the kernel has counted, a sentence or `NAME: NUMBER` a line, under the protocol that it is of.

use outparse_sdk::{Field, Problem, Record};

/// Something that is counted.
#[derive(Clone, Debug, Default, Record)]
pub struct Statistic<'a> {
    /// The protocol, or group of protocols: `Ip`, `Tcp`, `TcpExt`, …
    #[field(key)]
    pub section: &'a [u8],
    /// The heading that it stands below in its section: `ICMP input histogram`.
    #[field(key)]
    pub heading: Option<&'a [u8]>,
    /// What is counted: the line without its number, in whose place there is `N` where words stand on both sides.
    #[field(key)]
    pub name: Vec<u8>,
    /// The number.
    #[field(counter)]
    pub count: i64,
}

/// The section under way.
#[derive(Clone, Debug, Default)]
pub struct Section {
    name: Vec<u8>,
    heading: Option<Vec<u8>>,
    /// Whether the heading could not be read.
    is_lost: bool,
}

impl Section {
    /// `TcpExt:` at the beginning of its line. macOS and the BSDs have small letters, and several numbers in a line.
    pub fn begin(line: Field<'_>) -> Option<Section> {
        let name = line.trim_end().strip_suffix(":")?;
        let is_name = name.bytes.first()?.is_ascii_uppercase() && name.bytes.iter().all(u8::is_ascii_alphanumeric);
        is_name.then(|| Section { name: name.bytes.to_vec(), ..Section::default() })
    }

    /// A line of the section. None for a heading.
    pub fn read(&mut self, line: Field<'_>) -> Result<Option<Statistic<'_>>, Problem> {
        let expected = || line.expected("a line with one number, below the name of a protocol");
        let text = line.trim();
        if !line.bytes.starts_with(b"    ") {
            return Err(expected());
        }
        let is_deeper = line.bytes.starts_with(b"     ");
        // Below a heading that is broken, nothing is known to be of another.
        if is_deeper && self.is_lost {
            return Err(line.expected("a heading above the line"));
        }
        if !is_deeper {
            (self.heading, self.is_lost) = (None, false);
        }
        let words = text.words();
        let mut numbers = (0..words.len()).filter(|at| words[*at].as_integer().is_some());
        let Some(at) = numbers.next() else {
            // The second heading of `Icmp6` stands as deep as what is below the first.
            let may_be_heading = |heading: &Field<'_>| !heading.bytes.is_empty() && (!is_deeper || self.heading.is_some());
            let heading = text.strip_suffix(":").filter(may_be_heading);
            self.is_lost = heading.is_none();
            let heading = heading.ok_or_else(expected)?;
            self.heading = Some(heading.bytes.to_vec());
            return Ok(None);
        };
        if numbers.next().is_some() || words.len() == 1 {
            return Err(expected());
        }
        let (before, after) = (&words[..at], &words[at + 1..]);
        let mut name: Vec<&[u8]> = before.iter().map(|word| word.bytes).collect();
        match (&mut name[..], after) {
            // `Forwarding: 2`
            ([.., last], []) => *last = last.strip_suffix(b":").ok_or_else(expected)?,
            ([_, ..], [_, ..]) => name.push(b"N"),
            _ => {}
        }
        name.extend(after.iter().map(|word| word.bytes));
        Ok(Some(Statistic {
            section: &self.name,
            heading: self.heading.as_deref(),
            name: name.join(&b' '),
            count: words[at].integer()?,
        }))
    }
}
