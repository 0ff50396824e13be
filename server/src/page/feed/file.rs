//! A whole list as a file, written page by page as it is taken.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use schema::{
    list::{LIMIT_MAX, Page, Window},
    query::Query,
};
use serde::Serialize;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    feed::csv,
    store::{self, list::Lines, task::list::Wanted},
};

/// Most lines of one file.
const MOST: usize = 10_000;

/// How a file is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Csv,
    Json,
}

/// What is listed.
pub(super) enum List {
    Deltas(Query),
    /// Of the organisation of this slug.
    Tasks(String, Query),
}

/// A list, who reads it, and how it is written.
pub(super) struct File {
    pub app: App,
    pub caller: Caller,
    pub list: List,
    pub form: Form,
}

/// A page of a list, each line written.
struct Part {
    lines: Vec<String>,
    next: Option<String>,
}

impl File {
    /// Reads a page, as far as the reader may see; an organisation's tasks are asked for anew with each, for it may be closed meanwhile.
    async fn part(&self, cursor: Option<String>) -> Result<Part> {
        let (now, window) = (self.app.clock.now(), Window { cursor, limit: Some(LIMIT_MAX) });
        let mut tx = self.app.db.read().await?;
        match &self.list {
            List::Deltas(query) => {
                let Lines { found, next, needles, .. } = store::list::lines(&mut tx, &self.caller, query, &window, now).await?;
                let lines = found.into_iter().map(|found| self.line(&found.summary(&needles), csv::delta)).collect::<Result<Vec<_>>>()?;
                Ok(Part { lines, next })
            }
            List::Tasks(org, query) => {
                let org = act::board::org(&mut tx, &self.caller, org).await?;
                let cursor = window.cursor.as_deref();
                let wanted = Wanted { orgs: &[org.id], question: query, cursor, limit: window.limit(), between: None };
                let Page { items, next } = store::task::list::page(&mut tx, &self.caller, wanted, now).await?;
                let lines = items.iter().map(|task| self.line(task, csv::task)).collect::<Result<Vec<_>>>()?;
                Ok(Part { lines, next })
            }
        }
    }

    fn line<T: Serialize>(&self, one: &T, csv: fn(&str, &T) -> String) -> Result<String> {
        match self.form {
            Form::Csv => Ok(csv(&self.app.config.base_url, one)),
            Form::Json => Ok(serde_json::to_string(one)?),
        }
    }

    /// What stands before the first line.
    fn head(&self) -> &'static str {
        match (self.form, &self.list) {
            (Form::Json, _) => "{\"items\":[",
            (Form::Csv, List::Deltas(_)) => csv::DELTAS,
            (Form::Csv, List::Tasks(..)) => csv::TASKS,
        }
    }

    /// Its media type, and what a browser is to do with it under which name.
    fn kind(&self) -> (&'static str, &'static str) {
        match (self.form, &self.list) {
            (Form::Csv, List::Deltas(_)) => ("text/csv; charset=utf-8; header=present", "attachment; filename=\"deltas.csv\""),
            (Form::Csv, List::Tasks(..)) => ("text/csv; charset=utf-8; header=present", "attachment; filename=\"tasks.csv\""),
            (Form::Json, List::Deltas(_)) => ("application/json", "inline; filename=\"deltas.json\""),
            (Form::Json, List::Tasks(..)) => ("application/json", "inline; filename=\"tasks.json\""),
        }
    }
}

/// Where a file that is being written stands.
struct Writing {
    file: File,
    /// What was read and is not sent yet; none after the last.
    next: Option<Part>,
    sent: usize,
}

/// The whole list, page by page as it is taken, up to [`MOST`] lines. The first page is read before anything is said, so that what cannot be asked is
/// refused; where a later one cannot be read, the connection breaks off rather than ending as if that were all.
///
/// # Errors
/// 404 for an organisation whose tasks the reader may not see; 422 `q` for what cannot be asked.
pub(super) async fn send(file: File) -> Result<Response> {
    let first = file.part(None).await?;
    let (media, name) = file.kind();
    let mut response = Body::from_stream(stream::try_unfold(Writing { file, next: Some(first), sent: 0 }, write)).into_response();
    for (header, value) in
        [(header::CONTENT_TYPE, media), (header::CONTENT_DISPOSITION, name), (header::CACHE_CONTROL, "private, no-store")]
    {
        response.headers_mut().insert(header, HeaderValue::from_static(value));
    }
    Ok(response)
}

async fn write(mut at: Writing) -> std::io::Result<Option<(Bytes, Writing)>> {
    let Some(Part { lines, next }) = at.next.take() else { return Ok(None) };
    let json = at.file.form == Form::Json;
    let mut text = String::new();
    if at.sent == 0 {
        text.push_str(at.file.head());
    }
    for line in lines.into_iter().take(MOST - at.sent) {
        if json {
            text.push_str(if at.sent == 0 { "\n" } else { ",\n" });
        }
        text.push_str(&line);
        at.sent += 1;
    }
    match next {
        Some(cursor) if at.sent < MOST => {
            let next = at.file.part(Some(cursor)).await;
            at.next = Some(next.map_err(|error| std::io::Error::other(error.detail().to_owned()))?);
        }
        // Said, so that nobody takes a part for the whole.
        rest if json => text.push_str(if rest.is_some() { "\n],\"truncated\":true}\n" } else { "\n],\"truncated\":false}\n" }),
        _ => {}
    }
    Ok(Some((Bytes::from(text), at)))
}
