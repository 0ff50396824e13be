//! Simple tables: columns below runs of `=`.

use super::{
    block::Parser,
    lines::shared,
    tree::{Block, Cell, Table},
};

/// Most columns.
const COLUMNS: usize = 100;
/// Most pieces that the lines of all simple tables of a text are cut into: a short line below many columns makes many empty cells.
/// A table beyond that is shown as source.
const PIECES: usize = 100_000;

/// Where the columns of a border begin and end, in characters; none where the line is no border.
fn border(line: &str, mark: char) -> Option<Vec<(usize, usize)>> {
    if !line.starts_with(mark) || !line.chars().all(|c| c == mark || c == ' ') {
        return None;
    }
    let mut columns = Vec::new();
    let mut at = 0;
    for run in line.split(' ') {
        if !run.is_empty() {
            columns.push((at, at + run.len()));
        }
        at += run.len() + 1;
    }
    (columns.len() <= COLUMNS).then_some(columns)
}

/// Columns `from` to `to` of a line, in characters.
fn cut(line: &str, from: usize, to: Option<usize>) -> &str {
    let at = |column: usize| line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let (from, to) = if line.is_ascii() {
        (from.min(line.len()), to.map_or(line.len(), |to| to.min(line.len())))
    } else {
        (at(from), to.map_or(line.len(), at))
    };
    line[from..to.max(from)].trim_end()
}

/// The table that starts at a line, if one does; the line after it.
pub fn table(parser: &mut Parser, lines: &[&str], at: usize, depth: usize) -> Option<(Block, usize)> {
    let columns = border(lines[at], '=').filter(|columns| columns.len() > 1)?;
    if parser.endless[depth] {
        return None;
    }
    // Its last border is one with a blank line after it: that of any table which begins above it.
    let is_border = |line: &str| border(line, '=').is_some_and(|found| found.len() > 1);
    let ends = |i: &usize| is_border(lines[*i]) && lines.get(i + 1).is_none_or(|next| next.is_empty());
    let Some(last) = (at + 1..lines.len()).find(ends) else {
        parser.endless[depth] = true;
        return None;
    };
    let inner = &lines[at + 1..last];
    let pieces = parser.pieces + inner.len() * columns.len();
    if pieces > PIECES {
        return Some((Block::Unread("simple table".to_owned(), lines[at..=last].join("\n")), last + 1));
    }
    parser.pieces = pieces;
    let mut table = Table::default();
    let mut row: Vec<&str> = Vec::new();
    let finish = |parser: &mut Parser, table: &mut Table, row: &mut Vec<&str>, spans: &[(usize, usize)]| {
        if row.iter().any(|line| !line.is_empty()) {
            let cells = cells(parser, row, &columns, spans, depth);
            table.rows.push(cells);
        }
        row.clear();
    };
    for line in inner {
        if is_border(line) {
            finish(parser, &mut table, &mut row, &columns);
            table.head = table.rows.len();
        } else if let Some(spans) = border(line, '-').filter(|_| !row.is_empty()) {
            finish(parser, &mut table, &mut row, &spans);
        } else {
            let (from, to) = columns[0];
            let first = cut(line, from, Some(to));
            // A blank first column continues the row before.
            if !first.trim().is_empty() || row.is_empty() {
                finish(parser, &mut table, &mut row, &columns);
            }
            row.push(line);
        }
    }
    finish(parser, &mut table, &mut row, &columns);
    Some((Block::Table(table), last + 1))
}

/// The cells of a row; `spans` are the runs that say which columns are one.
fn cells(parser: &mut Parser, row: &[&str], columns: &[(usize, usize)], spans: &[(usize, usize)], depth: usize) -> Vec<Cell> {
    let mut cells = Vec::new();
    let mut column = 0;
    while column < columns.len() {
        let from = columns[column].0;
        let end = spans.iter().find(|(start, _)| *start == from).map_or(columns[column].1, |(_, end)| *end);
        let over = columns[column..].iter().take_while(|(start, _)| *start < end).count().max(1);
        let next = columns.get(column + over).map(|(start, _)| *start);
        let lines: Vec<&str> = row.iter().map(|line| cut(line, from, next)).collect();
        cells.push(Cell { columns: over, rows: 1, inside: parser.blocks(&shared(&lines), depth + 1) });
        column += over;
    }
    cells
}
