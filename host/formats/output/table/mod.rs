//! A table for people: aligned columns that fit the terminal, values in units, bars and colours where there is somebody to see them.

mod bar;
mod fit;
mod paint;

use std::collections::BTreeSet;
use std::io::Write;

use arrow_array::RecordBatch;
use unicode_width::UnicodeWidthStr;

use super::grid::{BLOCK, Frame, Grid};
use super::screen::Screen;
use super::screen::printable;
use super::unit::title;
use super::value::{NO, Value, value};
use super::writer::Writer;
use fit::{BAR, Fit, Give, Need, cut, cut_end, fit, wrap};
use outparse::schema::{Field, Kind, Schema};
use paint::{Look, Paint};

/// Where nothing else limits it, a cell is this wide at most: all others of its column are padded to it.
const WIDEST: usize = 32_000;

pub(super) struct Table {
    out: Box<dyn Write + Send>,
    screen: Screen,
    paint: Paint,
    fields: Vec<Field>,
    needs: Vec<Need>,
    rows: Vec<Vec<Option<Value>>>,
    /// None until a block has been drawn.
    drawn: Option<Drawn>,
    /// Columns that had no room.
    left_out: BTreeSet<usize>,
}

/// What the newest header shows.
struct Drawn {
    /// The columns that say something.
    columns: Vec<usize>,
    grid: Grid,
}

impl Table {
    pub(super) fn new(schema: &Schema, out: Box<dyn Write + Send>, screen: Screen) -> Table {
        let bars = screen.width.is_some() || screen.color;
        let need = |field: &Field, title: &str| Need {
            title: title.width(),
            word: title.split(' ').map(UnicodeWidthStr::width).max().unwrap_or(0),
            value: 1,
            kind: match field.kind {
                Kind::Integer | Kind::Float if bars && field.unit.as_deref() == Some("percent") => match field.levels {
                    Some(_) => Give::Bar,
                    None => Give::NeutralBar,
                },
                Kind::Integer | Kind::Float | Kind::Boolean | Kind::Time { .. } => Give::Nothing,
                Kind::Text | Kind::Json | Kind::List(_) | Kind::Map(_) | Kind::Record(_) => Give::Text,
            },
        };
        let needs = schema.fields.iter().map(|field| need(field, &title(field))).collect();
        let fields = schema.fields.clone();
        let paint = Paint(screen.color);
        Table { out, screen, paint, fields, needs, rows: Vec::new(), drawn: None, left_out: BTreeSet::new() }
    }

    /// Says which fields had no room.
    fn close(&mut self) -> anyhow::Result<()> {
        self.draw()?;
        if !self.left_out.is_empty() {
            let names: Vec<_> = self.left_out.iter().map(|&column| self.fields[column].name.as_str()).collect();
            let note = format!("no room for {}; --fields shows them", printable(&names.join(", ")));
            let mut text = String::new();
            self.paint.line(&self.paint.mark(Look::Faint, &note), &mut text);
            self.out.write_all(text.as_bytes())?;
        }
        Ok(())
    }

    /// Draws the rows that are waiting, below a header if there is none yet or if they fill columns that it does not show.
    fn draw(&mut self) -> anyhow::Result<()> {
        if self.rows.is_empty() && self.drawn.is_some() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.rows);
        let columns = self.columns(&rows);
        self.measure(&rows);
        let needs: Vec<(usize, Need)> = columns.iter().map(|&column| (column, self.needs[column])).collect();
        let shown = match self.screen.width {
            Some(width) => fit(&needs, width.into()),
            None => needs.iter().map(|&(column, need)| Fit { column, width: WIDEST, bar: need.bar(BAR, BAR) }).collect(),
        };
        let columns_shown: Vec<usize> = shown.iter().map(|fit| fit.column).collect();
        if !rows.is_empty() {
            self.left_out.extend(columns.into_iter().filter(|column| !columns_shown.contains(column)));
        }

        let mut text = String::new();
        let is_new = self.drawn.as_ref().is_none_or(|drawn| drawn.columns != columns_shown);
        if is_new && self.drawn.is_some() {
            text.push('\n');
        }
        let mut grid = match self.drawn.take() {
            Some(drawn) if !is_new => drawn.grid,
            _ => Grid::new(Frame::Blanks, columns_shown.iter().map(|&column| &self.fields[column])),
        };
        grid.limit(shown.iter().map(|fit| fit.width));
        let header = is_new.then(|| self.header(&shown));
        let cells = rows.iter().map(|row| shown.iter().map(|fit| self.cell(fit, row[fit.column].as_ref())).collect());
        for line in grid.draw(header, cells) {
            self.paint.line(&line, &mut text);
        }
        self.drawn = Some(Drawn { columns: columns_shown, grid });
        self.out.write_all(text.as_bytes())?;
        Ok(self.out.flush()?)
    }

    /// The columns to be shown: those that say something, in these rows or in those before. All when there are no rows.
    fn columns(&self, rows: &[Vec<Option<Value>>]) -> Vec<usize> {
        let before = self.drawn.as_ref().map_or(&[][..], |drawn| &drawn.columns);
        let says_something = |column: usize| rows.iter().any(|row| row[column].as_ref().is_some_and(|value| value.text != NO));
        let all = 0..self.fields.len();
        let columns: Vec<usize> = all.clone().filter(|column| before.contains(column) || says_something(*column)).collect();
        if columns.is_empty() { all.collect() } else { columns }
    }

    /// Learns how wide the values are, where that matters: the widths of a table without bounds are settled by drawing it.
    fn measure(&mut self, rows: &[Vec<Option<Value>>]) {
        for (column, need) in self.needs.iter_mut().enumerate() {
            if self.screen.width.is_some() || need.bar(1, 1) > 0 {
                let widths = rows.iter().filter_map(|row| Some(columns_of(&row[column].as_ref()?.text)));
                need.value = need.value.max(widths.max().unwrap_or(0));
            }
        }
    }

    /// The titles, which all end on the same line.
    fn header(&self, columns: &[Fit]) -> Vec<String> {
        let titles = columns.iter().map(|fit| wrap(&title(&self.fields[fit.column]), fit.width));
        let titles: Vec<_> = titles.collect();
        let highest = titles.iter().map(Vec::len).max().unwrap_or(0);
        let marked =
            |lines: &Vec<String>| lines.iter().map(|line| self.paint.mark(Look::Title, line)).collect::<Vec<_>>().join("\n");
        titles.iter().map(|lines| "\n".repeat(highest - lines.len()) + &marked(lines)).collect()
    }

    /// What stands in a cell.
    fn cell(&self, fit: &Fit, value: Option<&Value>) -> String {
        let Some(Value { text, level, percent }) = value else { return self.paint.mark(Look::Faint, "-") };
        let look = level.map(Look::Level);
        match (&self.fields[fit.column].kind, percent) {
            (Kind::Text, _) => cut(text, fit.width),
            (Kind::Json | Kind::List(_) | Kind::Map(_) | Kind::Record(_), _) => cut_end(text, fit.width),
            (_, Some(percent)) if fit.bar > 0 => {
                let look = look.unwrap_or(Look::Neutral);
                let blanks = self.needs[fit.column].value.saturating_sub(columns_of(text));
                let (bar, track) = bar::bar(*percent, fit.bar);
                let bar = self.paint.mark(look, &bar) + &self.paint.mark(Look::Faint, &track);
                format!("{bar} {}{}", " ".repeat(blanks), self.paint.mark(look, text))
            }
            _ => look.map_or_else(|| text.clone(), |look| self.paint.mark(look, text)),
        }
    }
}

impl Writer for Table {
    fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        for row in 0..batch.num_rows() {
            self.rows.push(
                self.fields.iter().zip(batch.columns()).map(|(field, column)| value(field, column, row, printable)).collect(),
            );
            if self.rows.len() >= BLOCK {
                self.draw()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        if self.rows.is_empty() { Ok(()) } else { self.draw() }
    }

    fn shape(&mut self, schema: &Schema) -> anyhow::Result<()> {
        // A shape without records has no table.
        let any = !self.rows.is_empty() || self.drawn.is_some();
        if any {
            self.close()?;
        }
        let out = std::mem::replace(&mut self.out, Box::new(std::io::sink()));
        *self = Table::new(schema, out, self.screen);
        if any { Ok(self.out.write_all(b"\n")?) } else { Ok(()) }
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        self.close()?;
        Ok(self.out.flush()?)
    }
}

/// Columns that text takes.
fn columns_of(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

#[cfg(test)]
mod tests;
