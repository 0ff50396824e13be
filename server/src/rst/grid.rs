//! Grid tables: cells drawn with `+`, `-`, `|` and `=`.

use super::{
    block::Parser,
    lines::shared,
    tree::{Block, Cell, Table},
};

/// Most characters of a grid. A larger one is shown as source.
const LARGEST: usize = 400_000;
/// Most steps that finding its cells may take.
const STEPS: usize = 8_000_000;

/// A cell's place: its first line and column, its last line and column; all of them those of its border.
type Place = (usize, usize, usize, usize);

/// The table that starts at a line, if one does; the line after it.
pub fn table(parser: &mut Parser, lines: &[&str], at: usize, depth: usize) -> Option<(Block, usize)> {
    let top = lines[at];
    if !top.starts_with("+-") || !top.ends_with('+') || !top.bytes().all(|byte| matches!(byte, b'+' | b'-')) {
        return None;
    }
    let rest = &lines[at..];
    let end = at + rest.iter().position(|line| !line.starts_with(['+', '|'])).unwrap_or(rest.len());
    let block = read(parser, &lines[at..end], depth);
    Some((block.unwrap_or_else(|| Block::Unread("grid table".to_owned(), lines[at..end].join("\n"))), end))
}

fn read(parser: &mut Parser, lines: &[&str], depth: usize) -> Option<Block> {
    let mut grid: Vec<Vec<char>> = lines.iter().map(|line| line.chars().collect()).collect();
    let width = grid.first()?.len();
    if grid.len() < 3 || width * grid.len() > LARGEST || grid.iter().any(|line| line.len() != width) {
        return None;
    }
    let head = grid.iter().skip(1).position(|line| line.iter().all(|c| matches!(c, '+' | '=')) && line.contains(&'=')).map(|line| line + 1);
    if let Some(head) = head {
        for c in &mut grid[head] {
            *c = if *c == '=' { '-' } else { *c };
        }
    }
    let places = places(&grid)?;
    let mut tops: Vec<usize> = places.iter().map(|place| place.0).collect();
    tops.sort_unstable();
    tops.dedup();
    let mut lefts: Vec<usize> = places.iter().map(|place| place.1).collect();
    lefts.sort_unstable();
    lefts.dedup();
    let mut table = Table { rows: vec![Vec::new(); tops.len()], ..Table::default() };
    table.head = head.map_or(0, |head| tops.iter().filter(|top| **top < head).count());
    for (top, left, bottom, right) in places {
        let text: Vec<String> = grid[top + 1..bottom].iter().map(|line| line[left + 1..right].iter().collect()).collect();
        let lines: Vec<&str> = text.iter().map(|line| line.trim_end()).collect();
        let inside = parser.blocks(&shared(&lines), depth + 1);
        let (rows, columns) = (between(&tops, top, bottom), between(&lefts, left, right));
        let row = tops.binary_search(&top).ok()?;
        table.rows[row].push(Cell { columns, rows, inside });
    }
    Some(Block::Table(table))
}

/// How many of these places, which are sorted, are at `from` or after it, and before `to`.
fn between(places: &[usize], from: usize, to: usize) -> usize {
    places.partition_point(|place| *place < to) - places.partition_point(|place| *place < from)
}

/// The places of all cells, line by line; none where the drawing is not whole. Each cell's upper left corner is the upper
/// right or lower left one of a cell before it: docutils' way.
fn places(grid: &[Vec<char>]) -> Option<Vec<Place>> {
    let (height, width) = (grid.len(), grid[0].len());
    let mut steps = 0;
    let mut found: Vec<Place> = Vec::new();
    let mut open = std::collections::BTreeSet::from([(0, 0)]);
    // Down to which line each column is covered.
    let mut done = vec![0; width];
    while let Some((top, left)) = open.pop_first() {
        if top + 1 >= height || left + 1 >= width || done[left] > top {
            continue;
        }
        let Some((bottom, right)) = cell(grid, top, left, &mut steps) else { continue };
        found.push((top, left, bottom, right));
        done[left..right].fill(bottom);
        open.insert((top, right));
        open.insert((bottom, left));
    }
    // What is drawn is covered by cells exactly: nothing of it is lost.
    let area: usize = found.iter().map(|(top, left, bottom, right)| (bottom - top) * (right - left)).sum();
    (area == (height - 1) * (width - 1)).then_some(found)
}

/// The lower right corner of the cell with this upper left one.
fn cell(grid: &[Vec<char>], top: usize, left: usize, steps: &mut usize) -> Option<(usize, usize)> {
    if grid[top][left] != '+' {
        return None;
    }
    for right in left + 1..grid[0].len() {
        *steps += 1;
        match grid[top][right] {
            '+' => {
                for bottom in top + 1..grid.len() {
                    *steps += 1;
                    match grid[bottom][right] {
                        '+' if closed(grid, (top, left, bottom, right), steps) => return Some((bottom, right)),
                        '+' | '|' => {}
                        _ => break,
                    }
                    if *steps > STEPS {
                        return None;
                    }
                }
            }
            '-' => {}
            _ => break,
        }
    }
    None
}

/// Whether a cell's lower and left borders are drawn.
fn closed(grid: &[Vec<char>], (top, left, bottom, right): Place, steps: &mut usize) -> bool {
    *steps += (bottom - top) + (right - left);
    grid[bottom][left] == '+'
        && grid[bottom][left..=right].iter().all(|c| matches!(c, '-' | '+'))
        && (top..=bottom).all(|line| matches!(grid[line][left], '|' | '+'))
}
