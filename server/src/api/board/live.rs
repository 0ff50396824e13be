//! What happens on a board, as it happens: Server-Sent Events.

use std::{collections::VecDeque, convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event as Sse, KeepAlive, Sse as Stream},
    },
};
use futures_util::stream;
use schema::{board::Event, problem::Problem};
use serde::Deserialize;
use tokio::{
    sync::broadcast::{
        Receiver,
        error::{RecvError, TryRecvError},
    },
    time::{Instant, timeout},
};
use tower_sessions::Session;
use uuid::Uuid;

use crate::{
    act,
    app::App,
    caller::{self, Caller},
    clock,
    error::Result,
    extract::{Path, Query},
    live::Hint,
    store::board::live::{News, Told},
};

/// A stream asks this often whether its listener may still listen.
const RECHECK: Duration = Duration::from_secs(4);
/// Sent into a quiet stream, so that nobody between takes it for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Where to go on.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct From {
    /// The version of the board one has; `Last-Event-ID` counts before it. Without either, the stream begins now.
    after: Option<i64>,
}

/// What happens on a board, as it happens.
///
/// `text/event-stream`. Each event's `id` is the board's version after it, its name `card-moved`, `card-added`, `card-changed`,
/// `card-removed` or `board-changed`, its data the JSON below. `resync` says that the listener has missed more than can be told:
/// load the board again. Ends when the listener may not see the board any more.
#[utoipa::path(get, path = "/orgs/{org}/boards/{board}/events", tag = "boards",
    params(From, ("Last-Event-ID" = Option<String>, Header, description = "the last event one has")),
    responses((status = 200, content_type = "text/event-stream", body = Event), (status = 404, body = Problem)))]
pub async fn events(
    State(app): State<App>,
    caller: Caller,
    session: Session,
    Path((org, board)): Path<(String, String)>,
    Query(from): Query<From>,
    headers: HeaderMap,
) -> Result<Response> {
    // Before the first look, so that nothing falls between the two.
    let hints = app.db.live().listen();
    let mut tx = app.db.read().await?;
    let whole = act::board::find(&mut tx, &caller, &org, &board).await?;
    drop(tx);
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.trim().parse().ok());
    let known = last.or(from.after);
    let mut pending = VecDeque::new();
    // A browser that lost the stream comes back after a while of its own, not all at once.
    let [spread] = clock::random::<1>();
    let hello = Sse::default().retry(Duration::from_millis(1000 + u64::from(spread) * 12)).comment("listening");
    pending.push_back(match known {
        Some(_) => hello,
        None => hello.id(whole.board.version.to_string()),
    });
    let listener = Listener {
        board: whole.board.id,
        prefix: whole.key_prefix,
        path: (org, board),
        last: known.unwrap_or(whole.board.version),
        pass: caller::Pass::new(&headers, session),
        checked: Instant::now(),
        caller,
        hints,
        pending,
        // What happened between the version known and now is told first.
        look: true,
        first: true,
        app,
    };
    let stream = stream::unfold(listener, |mut listener| async move {
        let next = listener.next().await?;
        Some((Ok::<_, Infallible>(next), listener))
    });
    let mut response = Stream::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    // Proxies that gather answers would hold the events back.
    response.headers_mut().insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    Ok(response)
}

/// One who listens.
struct Listener {
    app: App,
    caller: Caller,
    pass: caller::Pass,
    checked: Instant,
    board: Uuid,
    prefix: String,
    path: (String, String),
    last: i64,
    hints: Receiver<Hint>,
    pending: VecDeque<Sse>,
    look: bool,
    /// Nothing has been looked at yet.
    first: bool,
}

impl Listener {
    /// The next event; `None` ends the stream.
    async fn next(&mut self) -> Option<Sse> {
        loop {
            if let Some(event) = self.pending.pop_front() {
                return Some(event);
            }
            if self.look {
                self.look = false;
                // Long may pass between a request's answer and the first look at its stream.
                if std::mem::take(&mut self.first) && !self.may_still().await {
                    return None;
                }
                let before = self.last;
                if self.read().await.is_err() {
                    return None;
                }
                // Whatever was said about rights before these events has been heard by now: then they are read for who may see them still.
                if self.heard() {
                    if !self.may_still().await {
                        return None;
                    }
                    self.pending.clear();
                    (self.last, self.look) = (before, true);
                }
                continue;
            }
            let left = RECHECK.saturating_sub(self.checked.elapsed());
            let heard = tokio::select! {
                () = self.app.shutdown.cancelled() => return None,
                heard = timeout(left, self.hints.recv()) => heard,
            };
            let check = match heard {
                Ok(Err(RecvError::Closed)) => return None,
                Ok(hint) => self.hear(hint),
                Err(_) => true,
            };
            if check && !self.may_still().await {
                return None;
            }
        }
    }

    /// Takes in what has been said meanwhile; whether it may be about who may listen.
    fn heard(&mut self) -> bool {
        let mut rights = false;
        loop {
            let hint = match self.hints.try_recv() {
                Ok(hint) => Ok(hint),
                Err(TryRecvError::Lagged(missed)) => Err(RecvError::Lagged(missed)),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return rights,
            };
            rights |= self.hear(hint);
        }
    }

    /// Takes one hint in; whether it may be about who may listen.
    fn hear(&mut self, hint: std::result::Result<Hint, RecvError>) -> bool {
        match hint {
            Ok(Hint::Board(board)) => {
                self.look |= board == self.board;
                false
            }
            Ok(Hint::Rights) => true,
            // What was not heard may have been about anything.
            Ok(Hint::All) | Err(_) => {
                self.look = true;
                true
            }
        }
    }

    /// Whether the listener is still who they were and may still see the board.
    async fn may_still(&mut self) -> bool {
        self.checked = Instant::now();
        let again = async {
            let caller = self.pass.caller(&self.app).await?;
            let mut tx = self.app.db.read().await?;
            act::board::find(&mut tx, &caller, &self.path.0, &self.path.1).await?;
            Ok::<_, crate::error::Error>(caller)
        };
        match again.await {
            Ok(caller) if caller.user_id() == self.caller.user_id() => {
                self.caller = caller;
                true
            }
            _ => false,
        }
    }

    /// Reads what is new.
    async fn read(&mut self) -> Result<()> {
        let news = self.app.recent.after(&self.app.db, self.board, self.last).await?;
        let events = match &*news {
            News::Events(events) => events,
            News::Lost(version) => {
                self.last = *version;
                self.pending.push_back(Sse::default().id(version.to_string()).event("resync").data(version.to_string()));
                return Ok(());
            }
        };
        let now = self.app.clock.now();
        let mut tx = None;
        for told in events {
            let event = match told {
                Told::Same(event) => event.clone(),
                Told::Card(shown) => {
                    let tx = match &mut tx {
                        Some(tx) => tx,
                        none => none.insert(self.app.db.read().await?),
                    };
                    shown.event(tx, &self.caller, (self.board, &self.prefix), now).await?
                }
            };
            self.last = event.version;
            self.pending.push_back(sse(&event)?);
        }
        Ok(())
    }
}

fn sse(event: &Event) -> Result<Sse> {
    Ok(Sse::default().id(event.version.to_string()).event(event.kind.name()).data(serde_json::to_string(event)?))
}
