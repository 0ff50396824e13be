//! Reading a `text/event-stream` as a browser does.

use crate::client::Client;
use anyhow::{Context, Result, bail};
use futures_util::StreamExt;
use reqwest::Method;
use serde_json::Value;
use std::time::Duration;

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// What to send as `Last-Event-ID` to go on behind it.
    pub id: String,
    /// Its name; `message` where the stream names none.
    pub name: String,
    /// Its data.
    pub data: String,
}

impl Event {
    /// Its data as JSON; `null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_default()
    }
}

/// An open stream.
pub struct Stream {
    response: std::pin::Pin<Box<dyn futures_util::Stream<Item = reqwest::Result<bytes::Bytes>> + Send>>,
    reader: Reader,
    /// The last id that was read.
    pub last: String,
}

impl Stream {
    /// Opens it, behind the event `last` when that is not empty.
    ///
    /// # Errors
    /// When the answer is no event stream.
    pub async fn open(client: &Client, path: &str, last: &str) -> Result<Self> {
        let mut headers = vec![("accept", "text/event-stream")];
        if !last.is_empty() {
            headers.push(("last-event-id", last));
        }
        let (asked, request) = client.request(Method::GET, path, &headers);
        // A stream lasts; only its beginning is timed.
        let sent = tokio::time::timeout(Duration::from_secs(10), request.timeout(Duration::from_secs(3_600)).send());
        let response = sent.await.with_context(|| format!("{asked}: no answer in 10 s"))?.with_context(|| asked.clone())?;
        let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        if !response.status().is_success() || !kind.starts_with("text/event-stream") {
            bail!("{asked} answered {} {kind} and no event stream", response.status());
        }
        Ok(Self { response: Box::pin(response.bytes_stream()), reader: Reader::default(), last: last.to_owned() })
    }

    /// The next event that `wanted` accepts, within `patience`; others are passed over.
    ///
    /// # Errors
    /// When none comes in time, or the stream ends.
    pub async fn next(&mut self, patience: Duration, mut wanted: impl FnMut(&Event) -> bool) -> Result<Event> {
        let mut passed = Vec::new();
        let search = async {
            loop {
                while let Some(event) = self.reader.event() {
                    if !event.id.is_empty() {
                        self.last.clone_from(&event.id);
                    }
                    if wanted(&event) {
                        return Ok(event);
                    }
                    passed.push(format!("{} {}", event.name, event.data.chars().take(200).collect::<String>()));
                }
                match self.response.next().await {
                    Some(bytes) => self.reader.take(&bytes?),
                    None => bail!("the stream ended"),
                }
            }
        };
        match tokio::time::timeout(patience, search).await {
            Ok(found) => found,
            Err(_) => bail!("no such event in {} s; passed over: {passed:?}", patience.as_secs_f32()),
        }
    }
}

/// Cuts bytes into events.
#[derive(Default)]
struct Reader {
    bytes: Vec<u8>,
}

impl Reader {
    fn take(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes.iter().filter(|byte| **byte != b'\r'));
    }

    /// The next whole event with data; comments (heartbeats) are passed over.
    fn event(&mut self) -> Option<Event> {
        loop {
            let end = self.bytes.windows(2).position(|pair| pair == b"\n\n")?;
            let block: Vec<u8> = self.bytes.drain(..end + 2).collect();
            let mut event = Event { name: "message".to_owned(), ..Event::default() };
            let mut data = Vec::new();
            for line in String::from_utf8_lossy(&block).lines() {
                let (field, value) = line.split_once(':').unwrap_or((line, ""));
                let value = value.strip_prefix(' ').unwrap_or(value);
                match field {
                    "id" => value.clone_into(&mut event.id),
                    "event" => value.clone_into(&mut event.name),
                    "data" => data.push(value.to_owned()),
                    _ => {}
                }
            }
            event.data = data.join("\n");
            if !data.is_empty() || !event.id.is_empty() {
                return Some(event);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_cut_where_they_end_and_heartbeats_passed_over() {
        let mut reader = Reader::default();
        reader.take(b": hi\n\nid: 7\r\nevent: moved\r\ndata: {\"a\"");
        assert_eq!(reader.event(), None);
        reader.take(b":1}\r\ndata: x\r\n\r\n");
        let event = reader.event().unwrap_or_default();
        assert_eq!((event.id.as_str(), event.name.as_str(), event.data.as_str()), ("7", "moved", "{\"a\":1}\nx"));
        assert_eq!(reader.event(), None);
    }
}
