//! What is wrong with a query, and where.

use std::fmt;

use serde::Serialize;

use super::tree::Written;

/// Why a text is not a query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueryError {
    /// Where: counted in characters, the first is 1. One past the end where something is missing there.
    pub column: usize,
    /// What, for people: a sentence or two.
    pub message: String,
    /// The known field, value or sort nearest to what was written, if one is near.
    pub suggestion: Option<String>,
}

impl QueryError {
    pub(super) fn new(column: usize, message: impl Into<String>) -> Self {
        Self { column, message: message.into(), suggestion: None }
    }

    /// What is wrong with a query that can be read, at the value or word at fault; at the beginning of one that was put together.
    pub fn at(fault: Option<&Written>, message: impl Into<String>) -> Self {
        Self::new(fault.map_or(1, |written| written.column), message)
    }

    /// The same error, with the nearest of the `known` names to what was `written`.
    #[must_use]
    pub fn near<'a>(mut self, written: &str, known: impl Iterator<Item = &'a str>) -> Self {
        self.suggestion = nearest(written, known).map(str::to_owned);
        self
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Column {}: {}", self.column, self.message)?;
        match &self.suggestion {
            Some(name) => write!(f, " Did you mean \"{name}\"?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for QueryError {}

/// The known name with the least edit distance to `written`: at most 2, and less than its length, so that something is
/// shared. Of equals, the first.
pub fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // Names are short: a longer text is near none, and need not be measured.
    let written: Vec<char> = written.chars().take(40).flat_map(char::to_lowercase).collect();
    known
        .map(|name| (distance(&written, name), name))
        .filter(|&(distance, name)| distance <= 2 && distance < written.len().min(name.len()))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}

/// How many characters must be added, removed, changed or swapped with their neighbour to make `a` into `b`.
fn distance(a: &[char], b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = change.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_at_most_two_edits_away() {
        let known = || ["kind", "impact", "component"].into_iter();
        assert_eq!(nearest("knid", known()), Some("kind"));
        assert_eq!(nearest("Impct", known()), Some("impact"));
        assert_eq!(nearest("compnents", known()), Some("component"));
        assert_eq!(nearest("colour", known()), None);
        assert_eq!(nearest("ab", ["is", "to"].into_iter()), None);
    }

    #[test]
    fn an_error_reads_as_a_sentence() {
        let error = QueryError::new(3, "Unknown field \"knid\".").near("knid", ["kind"].into_iter());
        assert_eq!(error.to_string(), "Column 3: Unknown field \"knid\". Did you mean \"kind\"?");
    }
}
