//! A table in Markdown, as GitHub and many others read it. What stands in a cell is escaped, so that it is shown as it is.

use std::borrow::Cow;
use std::io::Write;

use arrow_array::RecordBatch;

use super::grid::{BLOCK, Frame, Grid};
use super::screen::printable;
use super::unit::title;
use super::value::value;
use super::writer::Writer;
use outparse::schema::{Field, Schema};

pub(super) struct Markdown {
    out: Box<dyn Write + Send>,
    fields: Vec<Field>,
    grid: Grid,
    rows: Vec<Vec<String>>,
    begun: bool,
}

impl Markdown {
    pub(super) fn new(schema: &Schema, out: Box<dyn Write + Send>) -> Markdown {
        let grid = Grid::new(Frame::Markdown, &schema.fields);
        Markdown { out, fields: schema.fields.clone(), grid, rows: Vec::new(), begun: false }
    }
}

impl Markdown {
    /// Writes the rows that are waiting, below the header where there is none yet.
    fn draw(&mut self) -> anyhow::Result<()> {
        let rows = std::mem::take(&mut self.rows);
        let header = (!self.begun).then(|| self.fields.iter().map(|field| escaped(&title(field)).into_owned()).collect());
        let mut lines = self.grid.draw(header, rows.into_iter());
        if !self.begun
            && let Some(rule) = lines.get_mut(1)
        {
            *rule = aligned(rule, self.grid.right());
        }
        self.begun = true;
        let mut text = lines.join("\n");
        text.push('\n');
        self.out.write_all(text.as_bytes())?;
        Ok(self.out.flush()?)
    }
}

impl Writer for Markdown {
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        for row in 0..batch.num_rows() {
            let cells = self.fields.iter().map(|field| value(field, batch.column_by_name(&field.name)?, row, escaped));
            self.rows.push(cells.map(|value| value.map_or_else(String::new, |value| value.text)).collect());
            if self.rows.len() >= BLOCK {
                self.draw()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        if self.rows.is_empty() { Ok(()) } else { self.draw() }
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        if self.rows.is_empty() && self.begun { Ok(()) } else { self.draw() }
    }
}

/// The rule below the header, with the marks of columns that are aligned to the right.
fn aligned(rule: &str, right: impl Iterator<Item = bool>) -> String {
    let columns = rule.trim_matches('|').split('|').zip(right);
    let columns = columns.map(|(dashes, right)| if right { format!("{}:|", &dashes[1..]) } else { format!("{dashes}|") });
    format!("|{}", columns.collect::<String>())
}

/// Text that Markdown shows as it is. Line ends become HTML's, as a row is one line.
fn escaped(text: &str) -> Cow<'_, str> {
    let plain = |c: char| {
        c.is_alphanumeric()
            || matches!(c, ' ' | '/' | '.' | ',' | ':' | ';' | '-' | '+' | '=' | '%' | '(' | ')' | '\'' | '"' | '?' | '@')
    };
    if text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut lines = text.split('\n').map(|line| {
        let mut shown = String::with_capacity(line.len() + 8);
        for c in printable(line).chars() {
            match c {
                '<' => shown.push_str("&lt;"),
                '>' => shown.push_str("&gt;"),
                '&' => shown.push_str("&amp;"),
                c if c.is_ascii_punctuation() && !plain(c) => shown.extend(['\\', c]),
                c => shown.push(c),
            }
        }
        // Text that looks like an address would become a link, in which escapes show as they are; these backslashes prevent that.
        shown.replace("://", "\\://").replace("www.", "www\\.")
    });
    let mut shown = lines.next().unwrap_or_default();
    lines.for_each(|line| shown.extend(["<br>", &line]));
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Int64Array, StringArray};

    use super::*;
    use crate::output::testing::{field, print};
    use crate::output::{Format, Screen};
    use outparse::schema::Kind;

    fn fields() -> Vec<Field> {
        let mut size = field("size", Kind::Integer);
        size.unit = Some("bytes".to_owned());
        vec![field("mounted_on", Kind::Text), size]
    }

    fn markdown(rows: &[(Option<&str>, Option<i64>)]) -> String {
        let names: ArrayRef = Arc::new(rows.iter().map(|row| row.0).collect::<StringArray>());
        let sizes: ArrayRef = Arc::new(rows.iter().map(|row| row.1).collect::<Int64Array>());
        print(Format::Markdown, Screen::default(), fields(), &[vec![names, sizes]])
    }

    #[test]
    fn rows_are_aligned_below_a_header() {
        let shown = markdown(&[(Some("/"), Some(1024)), (None, None), (Some("/home"), Some(1 << 30))]);
        assert_eq!(
            shown,
            "\
| mounted on |     size |
|------------|---------:|
| /          | 1.00 KiB |
|            |          |
| /home      | 1.00 GiB |
"
        );
    }

    #[test]
    fn no_records_are_a_header() {
        assert_eq!(markdown(&[]), "| mounted on | size |\n|------------|-----:|\n");
        assert_eq!(print(Format::Markdown, Screen::default(), fields(), &[]), markdown(&[]));
    }

    #[test]
    fn text_stays_what_it_is() {
        assert_eq!(escaped("a|b"), "a\\|b");
        assert_eq!(escaped("a\\|b"), "a\\\\\\|b");
        assert_eq!(escaped("one\ntwo"), "one<br>two");
        assert_eq!(escaped("`x` *y* __init__ ~z~ [a](b)"), "\\`x\\` \\*y\\* \\_\\_init\\_\\_ \\~z\\~ \\[a\\](b)");
        assert_eq!(escaped("http://www.a/b_c"), "http\\://www\\.a/b\\_c");
        assert_eq!(escaped("http://www.a/b"), "http://www.a/b");
        assert_eq!(escaped("<b>&amp;</b>"), "&lt;b&gt;&amp;amp;&lt;/b&gt;");
        assert_eq!(escaped("\u{1b}[31m"), "\\\\u\\{1b\\}\\[31m");
        assert_eq!(escaped("/dev/vda1 (é)"), "/dev/vda1 (é)");
    }

    #[test]
    fn a_row_is_a_line_whatever_is_in_it() {
        let shown = markdown(&[(Some("a\nb\r\n|\u{2028}\u{85}"), Some(1))]);
        assert_eq!(shown.lines().count(), 3);
        assert_eq!(shown.lines().last().unwrap(), "| a<br>b\\\\r<br>\\|\\\\u\\{2028\\}\\\\u\\{85\\} |  1 B |");
    }

    #[test]
    fn rows_after_the_first_block_are_under_the_same_header() {
        let names: ArrayRef = Arc::new((0..2500).map(|row| Some(row.to_string())).collect::<StringArray>());
        let sizes: ArrayRef = Arc::new((0..2500).map(Some).collect::<Int64Array>());
        let shown = print(Format::Markdown, Screen::default(), fields(), &[vec![names, sizes]]);
        assert_eq!(shown.lines().count(), 2502);
        assert!(shown.lines().all(|line| line.starts_with("| ") || line.starts_with("|-")));
        assert_eq!(shown.matches("---").count(), shown.lines().nth(1).unwrap().matches("---").count());
    }
}
