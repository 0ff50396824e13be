//! Tables of comma-separated values (RFC 4180): quoted cells with commas, quotes and line ends, columns of the same name.

use std::io::BufRead;

use crate::ingest::text::clean;

/// How reading a row ended.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// A row was read.
    Row,
    /// There is none any more.
    Input,
    /// It is longer than is taken, or ends within quotes: why.
    Bad(String),
}

/// Reads one row into `cells`, of at most `most` bytes; `line` counts line ends.
///
/// # Errors
/// When the input cannot be read on.
pub fn row(source: &mut dyn BufRead, most: usize, line: &mut usize, cells: &mut Vec<Vec<u8>>) -> std::io::Result<End> {
    cells.clear();
    let (mut cell, mut size, mut quoted, mut was_quote, mut any) = (Vec::new(), 0_usize, false, false, false);
    loop {
        let bytes = source.fill_buf()?;
        if bytes.is_empty() {
            if quoted {
                return Ok(End::Bad("the file ends within a quoted cell".to_owned()));
            }
            if any {
                cells.push(cell);
            }
            return Ok(if any { End::Row } else { End::Input });
        }
        let mut used = 0;
        let mut ended = false;
        for &byte in bytes {
            used += 1;
            any = true;
            *line += usize::from(byte == b'\n');
            match byte {
                // A quote within quotes ends them, unless another follows.
                b'"' if quoted => (quoted, was_quote) = (false, true),
                b'"' if was_quote => {
                    cell.push(b'"');
                    (quoted, was_quote) = (true, false);
                }
                b'"' if cell.is_empty() => quoted = true,
                b',' if !quoted => {
                    cells.push(std::mem::take(&mut cell));
                    was_quote = false;
                }
                b'\n' if !quoted => {
                    if cell.last() == Some(&b'\r') {
                        cell.pop();
                    }
                    cells.push(std::mem::take(&mut cell));
                    ended = true;
                    break;
                }
                _ => cell.push(byte),
            }
            size += 1;
            if size > most {
                break;
            }
        }
        source.consume(used);
        if ended {
            return Ok(End::Row);
        }
        if size > most {
            return Ok(End::Bad(format!("the row has more than {most} bytes; is a quote missing?")));
        }
    }
}

/// A row with its heading.
#[derive(Debug)]
pub struct Row<'a> {
    /// The columns' names.
    pub heads: &'a [String],
    /// Its cells.
    pub cells: &'a [String],
}

impl<'a> Row<'a> {
    /// Whether there is a column of this name.
    pub fn has(&self, name: &str) -> bool {
        self.heads.iter().any(|head| head.eq_ignore_ascii_case(name))
    }

    /// What stands in the first column of this name that is not empty; empty where there is none.
    pub fn get(&self, name: &str) -> &'a str {
        self.all(name).next().unwrap_or_default()
    }

    /// What stands in the columns of this name, without the empty ones.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.pairs().filter(move |(head, _)| head.eq_ignore_ascii_case(name)).map(|(_, cell)| cell)
    }

    /// All that is not empty, with its column's name.
    pub fn pairs(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let both = self.heads.iter().zip(self.cells);
        both.map(|(head, cell)| (head.as_str(), cell.trim())).filter(|(_, cell)| !cell.is_empty())
    }
}

/// Cells as text; bytes that are none become U+FFFD.
pub fn texts(cells: &[Vec<u8>]) -> Vec<String> {
    cells.iter().map(|cell| clean(&String::from_utf8_lossy(cell))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, most: usize) -> (Vec<Vec<String>>, End) {
        let (mut source, mut line, mut cells, mut found) = (text.as_bytes(), 0, Vec::new(), Vec::new());
        loop {
            match row(&mut source, most, &mut line, &mut cells).unwrap() {
                End::Row => found.push(texts(&cells)),
                end => return (found, end),
            }
        }
    }

    #[test]
    fn quoted_cells_keep_commas_quotes_and_line_ends() {
        let (found, end) = rows("a,b\r\n\"x, \"\"y\"\"\nz\",2\n,\nlast", 100);
        assert_eq!(
            (found, end),
            (
                vec![vec!["a".into(), "b".into()], vec!["x, \"y\"\nz".into(), "2".into()], vec![String::new(); 2], vec!["last".into()]],
                End::Input
            )
        );
    }

    #[test]
    fn an_open_quote_ends_the_reading_within_its_limit() {
        assert!(matches!(rows("a\n\"b", 100).1, End::Bad(_)));
        assert!(matches!(rows(&format!("a\n\"{}", "x".repeat(1000)), 100).1, End::Bad(why) if why.contains("100")));
    }

    #[test]
    fn columns_of_the_same_name_are_all_read() {
        let (heads, cells) = (["Label", "x", "Label"].map(str::to_owned), ["a", "", "b"].map(str::to_owned));
        let row = Row { heads: &heads, cells: &cells };
        assert_eq!((row.all("label").collect::<Vec<_>>(), row.get("x"), row.has("X")), (vec!["a", "b"], "", true));
    }
}
