//! What a text is made of.

/// One thing after another in a text. Texts in it still hold their inline markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A section's title: its level from 1.
    Heading(usize, String),
    /// Running text.
    Paragraph(String),
    /// Text as it is, of a language or none.
    Code(String, String),
    /// Text as it is, but for its inline markup.
    Parsed(String),
    /// Lines that stay lines, each with its own indentation.
    Lines(Vec<(usize, String)>),
    /// Indented blocks.
    Quote(Vec<Block>),
    /// A list with bullets.
    Bullets(Vec<Vec<Block>>),
    /// A list with numbers.
    Numbers(Numbering, Vec<Vec<Block>>),
    /// Terms and what they mean.
    Terms(Vec<(String, Vec<Block>)>),
    /// Fields, or options: whether the names are code; names and values.
    Fields(bool, Vec<(String, Vec<Block>)>),
    /// A table.
    Table(Table),
    /// Set apart, under a title.
    Aside(&'static str, String, Vec<Block>),
    /// A picture: where it is, the words for it, what stands below it.
    Picture(String, String, Vec<Block>),
    /// What a reference leads to: the number of it among all footnotes.
    Footnote(usize, Vec<Block>),
    /// A place that links lead to.
    Place(String),
    /// A line across.
    Rule,
    /// Blocks without anything around them.
    Group(Vec<Block>),
    /// Not understood: its name and source.
    Unread(String, String),
}

/// How a list is numbered: like `1`, `a`, `A`, `i` or `I`; and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbering {
    /// The HTML attribute `type`.
    pub kind: char,
    /// The first number.
    pub start: i64,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What it is called.
    pub caption: String,
    /// How many of the rows are its head.
    pub head: usize,
    /// How many of the columns are heads of their rows.
    pub stub: usize,
    /// The cells of each row.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Columns it covers.
    pub columns: usize,
    /// Rows it covers.
    pub rows: usize,
    /// What is in it.
    pub inside: Vec<Block>,
}
