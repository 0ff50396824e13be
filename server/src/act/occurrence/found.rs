//! Stack traces that stand in what people write.

use schema::trace::Language;

use super::{Read, read_now};
use crate::{error::Result, ingest::trace, store::occurrence::Traced};

/// Frames from which on something in a text is taken for a trace: fewer may be a line that somebody quotes.
const FRAMES: usize = 3;

/// A trace that was found in a text.
#[derive(Clone, Debug)]
pub struct Found {
    /// The field of the text: `actual` or `body`.
    pub field: &'static str,
    /// The part of the text that holds it, as it was written.
    pub passage: String,
    /// What was read in it.
    pub read: Read,
}

impl Found {
    /// The language of the trace.
    pub fn language(&self) -> Language {
        self.read.trace.as_ref().map_or(Language::Other, |trace| trace.language)
    }
}

/// The parts of a text that may hold a trace; none, at next to no cost, where nothing looks like one.
pub fn passages(text: &str) -> Vec<String> {
    trace::passages(text).into_iter().map(str::to_owned).collect()
}

/// The first trace that stands in what is, or else in what else there is to know.
///
/// # Errors
/// When the server is ending.
pub async fn found(actual: &str, body: &str) -> Result<Option<Found>> {
    let texts = [("actual", passages(actual)), ("body", passages(body))];
    if texts.iter().all(|(_, passages)| passages.is_empty()) {
        return Ok(None);
    }
    let look = move || -> Result<Option<Found>> {
        for (field, passages) in texts {
            if let Some((passage, read)) = first(passages)? {
                return Ok(Some(Found { field, passage, read }));
            }
        }
        Ok(None)
    };
    tokio::task::spawn_blocking(look).await?
}

/// The first trace of each of these lists of [`passages`], all on one thread.
///
/// # Errors
/// When the server is ending.
pub async fn found_each(lists: Vec<Vec<String>>) -> Result<Vec<Option<Traced>>> {
    if lists.iter().all(Vec::is_empty) {
        return Ok(lists.iter().map(|_| None).collect());
    }
    let look = move || -> Result<Vec<Option<Traced>>> {
        let mut traces = Vec::with_capacity(lists.len());
        for passages in lists {
            traces.push(first(passages)?.map(|(_, read)| read.kept));
        }
        Ok(traces)
    };
    tokio::task::spawn_blocking(look).await?
}

/// The first of these that holds a trace.
fn first(passages: Vec<String>) -> Result<Option<(String, Read)>> {
    for passage in passages {
        let read = read_now(&passage)?;
        if read.trace.as_ref().is_some_and(|trace| trace.frames() >= FRAMES) {
            return Ok(Some((passage, read)));
        }
    }
    Ok(None)
}
