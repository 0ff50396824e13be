//! A client of server-sent events, with as little work of its own as possible.

use super::load;
use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::SendRequest;
use hyper::header::{AUTHORIZATION, HOST};
use hyper::{Method, Request};

/// An open stream.
pub struct Stream {
    body: Incoming,
    text: String,
    /// Ends the connection when it goes.
    _connection: SendRequest<Full<Bytes>>,
}

/// One event.
pub struct Event {
    /// Its name.
    pub name: String,
    /// Its data, as it came.
    pub data: String,
}

impl Stream {
    /// Opens the stream at a path and waits for its first words.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn open(address: &str, path: &str, token: &str) -> Result<Self> {
        let mut connection = load::connect(address).await?;
        let request = Request::builder().method(Method::GET).uri(path).header(HOST, address);
        let request = request.header(AUTHORIZATION, format!("Bearer {token}")).body(Full::new(Bytes::new()))?;
        connection.ready().await?;
        let response = connection.send_request(request).await?;
        ensure!(response.status() == 200, "{path} answered {}", response.status());
        let mut stream = Self { body: response.into_body(), text: String::new(), _connection: connection };
        stream.more().await?;
        Ok(stream)
    }

    /// The next event.
    ///
    /// # Errors
    /// When the stream ends.
    pub async fn next(&mut self) -> Result<Event> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim_start().to_owned());
                let event = field("event:").zip(field("data:"));
                self.text = rest.to_owned();
                if let Some((name, data)) = event {
                    return Ok(Event { name, data });
                }
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> Result<()> {
        let frame = self.body.frame().await.context("the stream ended")??;
        if let Ok(bytes) = frame.into_data() {
            self.text.push_str(std::str::from_utf8(&bytes).context("the stream is no UTF-8")?);
        }
        Ok(())
    }
}
