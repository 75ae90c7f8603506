//! Draws cells under each other with comfy-table, a block of rows at a time.

use comfy_table::presets::{ASCII_MARKDOWN, NOTHING};
use comfy_table::{Cell, CellAlignment, ColumnConstraint, Table, Width};

use outparse::schema::{Field, Kind};

/// Rows that are drawn at once, so that memory stays bounded.
pub(super) const BLOCK: usize = 1000;

/// What stands around the cells.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// Two blanks between columns.
    Blanks,
    /// The lines of a table in Markdown.
    Markdown,
}

impl Frame {
    /// How many blanks a cell of this column has around it, one of them on its right.
    fn padding(self, column: usize) -> u16 {
        if column > 0 || self == Frame::Markdown { 2 } else { 1 }
    }
}

/// Columns whose widths are kept from block to block, and grow where they must.
pub(super) struct Grid {
    frame: Frame,
    alignments: Vec<CellAlignment>,
    /// With their padding. Empty before the first block.
    widths: Vec<u16>,
}

impl Grid {
    pub(super) fn new<'a>(frame: Frame, columns: impl IntoIterator<Item = &'a Field>) -> Grid {
        Grid { frame, alignments: columns.into_iter().map(alignment).collect(), widths: Vec::new() }
    }

    /// Makes columns no wider than this, whatever they were before.
    pub(super) fn limit(&mut self, widths: impl Iterator<Item = usize>) {
        for (kept, (index, width)) in self.widths.iter_mut().zip(widths.enumerate()) {
            *kept = (*kept).min(u16::try_from(width).unwrap_or(u16::MAX).saturating_add(self.frame.padding(index)));
        }
    }

    /// The lines of a block. No cell of a row has a line end in it.
    pub(super) fn draw(&mut self, header: Option<Vec<String>>, rows: impl Iterator<Item = Vec<String>>) -> Vec<String> {
        let mut table = Table::new();
        table.load_style(if self.frame == Frame::Markdown { ASCII_MARKDOWN } else { NOTHING });
        let aligned = |cells: Vec<String>| {
            let cells = cells.into_iter().zip(&self.alignments);
            cells.map(|(cell, alignment)| Cell::new_owned(cell).set_alignment(*alignment)).collect::<Vec<_>>()
        };
        if let Some(header) = header {
            table.set_header(aligned(header));
        }
        for row in rows {
            table.add_row(aligned(row));
        }
        table.set_constraints(self.widths.iter().map(|&width| ColumnConstraint::LowerBoundary(Width::Fixed(width))));
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((self.frame.padding(index) - 1, 1));
        }
        let widths = table.column_max_content_widths();
        let padded =
            widths.into_iter().zip(table.column_iter()).map(|(width, column)| width.saturating_add(column.padding_width()));
        let before = self.widths.iter().copied().chain(std::iter::repeat(0));
        self.widths = padded.zip(before).map(|(width, before)| width.max(before)).collect();
        table.lines().collect()
    }

    /// The columns that are aligned to the right.
    pub(super) fn right(&self) -> impl Iterator<Item = bool> + '_ {
        self.alignments.iter().map(|alignment| *alignment == CellAlignment::Right)
    }
}

fn alignment(field: &Field) -> CellAlignment {
    match field.kind {
        Kind::Integer | Kind::Float => CellAlignment::Right,
        _ => CellAlignment::Left,
    }
}
