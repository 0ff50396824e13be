//! The work side at the size of a large team: boards of 500 and 2,000 cards, an inbox of 10,000, 100,000 moves, 1,000 listeners, ten movers.

use super::aims::verdict;
use super::fill;
use super::load::{self, Ask, Lane, Load};
use super::movers::{self, Movers};
use super::scenario::{BareInsert, Gets, Moves};
use super::words::Words;
use super::{bare, fanout, usage};
use crate::client::Client;
use crate::ground::{Database, Ground};
use crate::server::Server;
use crate::{browser, paths, run};
use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use hyper::Method;
use serde::Deserialize;
use serde_json::json;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// How it is measured.
pub const HOW: &str = "One organisation; p50 is at one connection.";

/// Deltas: seven of ten are open, and some of them have a card already, so that about 10,000 wait in the inbox.
const DELTAS: u32 = 16_000;
/// Moves in the organisation's past.
const MOVES: u64 = 100_000;
/// Requests that fill at the same time.
const AT_ONCE: usize = 16;

/// How large the measured things are: for real, or only to try the bench itself.
#[derive(Clone, Copy)]
pub struct Size {
    deltas: u32,
    cards: u32,
    many: u32,
    moves: u64,
    listeners: usize,
    moving: Duration,
}

impl Size {
    /// As asked for.
    pub const WHOLE: Self =
        Self { deltas: DELTAS, cards: 500, many: 2_000, moves: MOVES, listeners: 1_000, moving: Duration::from_secs(60) };
    /// To try the bench itself.
    pub const SMALL: Self = Self { deltas: 300, cards: 30, many: 60, moves: 500, listeners: 30, moving: Duration::from_secs(3) };
}

/// What Chromium told of the large board.
#[derive(Deserialize)]
struct Drawn {
    /// First paint with content, in milliseconds.
    paint: f64,
    /// Frames a second while a card is dragged over the board.
    fps: f64,
    /// The longest frame meanwhile, in milliseconds.
    longest: f64,
}

/// One line of the table.
struct Line {
    name: String,
    figure: String,
    aim: String,
    found: String,
}

/// Measures on one database; gives the table, and how many requests failed.
///
/// # Errors
/// When the server is gone, something cannot be filled in, or an update was lost.
pub fn measure(binary: &Path, bare: &Path, database: Database, length: Duration, size: Size) -> Result<(String, u64)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ground = Ground::new(binary, database, true)?;
    let server = ground.serve()?;
    let bare = bare::start(bare, &ground)?;
    let world = runtime.block_on(World::make(&ground, &server, size))?;
    let mut lines = Vec::new();
    let mut failed = 0;
    let commit = runtime.block_on(load::drive(&bare.address, &mut [Box::new(BareInsert) as Box<dyn Lane>], length))?.quantile(0.5);
    lines.push(Line { name: "one durable commit".into(), figure: format!("{commit:.2} ms"), aim: String::new(), found: String::new() });

    let mut timed = |name: &str, lane: Box<dyn Lane>, most: f64| -> Result<()> {
        let mut lanes = [lane];
        let warm = runtime.block_on(load::drive(&server.address, &mut lanes, length / 4))?;
        ensure!(warm.failed == 0, "{name}: {}", warm.failure.unwrap_or_default());
        let load: Load = runtime.block_on(load::drive(&server.address, &mut lanes, length))?;
        failed += load.failed;
        let p50 = load.quantile(0.5);
        let figure = format!("{p50:.2} ms (p95 {:.2})", load.quantile(0.95));
        lines.push(Line { name: name.into(), figure, aim: format!("≤ {most:.2} ms"), found: verdict(p50, most) });
        Ok(())
    };
    timed(&format!("page of a board of {} cards", size.cards), world.page("/orgs/bench/boards/main"), 15.0)?;
    timed(&format!("triage list of about {} candidates", world.waiting), world.page("/api/v1/orgs/bench/triage"), 15.0)?;
    timed("triage page", world.page("/orgs/bench/triage"), 15.0)?;
    timed("move a card", Box::new(Moves::new(world.cards.clone(), &world.member, 99)), 2.0 * commit)?;
    runtime.block_on(world.history(&server, size.moves))?;
    let name = format!("the page of the board of {} cards after {} moves", size.cards, size.moves);
    timed(&name, world.page("/orgs/bench/boards/main"), 15.0)?;

    let name = format!("insight over {} events", size.moves);
    timed(&name, world.page("/api/v1/orgs/bench/insights"), 100.0)?;
    timed(&format!("page of {name}"), world.page("/orgs/bench/insights"), 100.0)?;

    let html = runtime.block_on(world.compressed(&server))?;
    let figure = format!("{html} B");
    lines.push(Line { name: "the same page, brotli".into(), figure, aim: "≤ 100000 B".into(), found: verdict(html as f64, 100_000.0) });
    let heard = runtime.block_on(fanout::measure(&server, &world.member, size.listeners))?;
    lines.push(Line {
        name: format!("one move told to {} listeners", size.listeners),
        figure: format!("p99 {:.0} ms (p50 {:.0}, longest {:.0})", heard.p99, heard.p50, heard.longest),
        aim: "p99 ≤ 250 ms".into(),
        found: verdict(heard.p99, 250.0),
    });
    let Movers { moves, refused } = runtime.block_on(movers::measure(&server, &world.member, size.moving))?;
    lines.push(Line {
        name: format!("10 movers for {} s", size.moving.as_secs()),
        figure: format!("{moves} moves kept, {refused} refused as stale; none lost, all 10 boards as the server's"),
        aim: "no update lost".into(),
        found: "ok".into(),
    });
    let drawn = drawn(&server)?;
    let name = |what: &str| format!("board of {} cards in Chromium: {what}", size.many);
    let figure = format!("{:.0} ms", drawn.paint);
    lines.push(Line { name: name("first paint"), figure, aim: "< 1000 ms".into(), found: verdict(drawn.paint, 1_000.0) });
    let figure = format!("{:.0} frames/s (longest frame {:.0} ms)", drawn.fps, drawn.longest);
    let found = super::aims::verdict_least(drawn.fps, 50.0);
    lines.push(Line { name: name("drag"), figure, aim: "≥ 50 frames/s".into(), found });
    let memory = usage::memory(server.pid())? * 1.048_576;
    lines.push(Line { name: "memory (PSS)".into(), figure: format!("{memory:.0} MB"), aim: String::new(), found: String::new() });
    server.stop();
    Ok((table(database, &lines, failed), failed))
}

fn table(database: Database, lines: &[Line], failed: u64) -> String {
    let mut text = format!("\n## {}\n\n| figure | measured | aim | |\n| --- | --- | --- | --- |\n", database.name());
    for Line { name, figure, aim, found } in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| {name} | {figure} | {aim} | {found} |");
    }
    let _ = writeln!(text, "\n{failed} requests failed.");
    text
}

/// The organisation and who asks.
struct World {
    member: String,
    cookie: String,
    /// Cards of the board `main`: key and version.
    cards: Vec<(String, i64)>,
    /// How many deltas wait in the inbox, about.
    waiting: u32,
}

impl World {
    async fn make(ground: &Ground, server: &Server, size: Size) -> Result<Self> {
        let guest = Client::new(&server.url())?;
        let member = fill::person(ground, "olga", true)?;
        let olga = guest.with(&member);
        olga.post("projects", json!({"slug": "perf", "name": "Perf", "description": ""})).await?;
        let mut words = Words::new(17);
        fill::import(ground, (0..size.deltas).map(|number| fill::bug("perf", number, &mut words)))?;
        let deltas = fill::keys(&olga, size.deltas).await?;
        fill::org(&olga).await?;
        let cards = fill::board(&olga, "main", size.cards, &deltas, &mut words).await?;
        fill::board(&olga, "large", size.many, &deltas, &mut words).await?;
        let watch = json!({"query": "project:perf is:open", "confirm": true});
        olga.put("orgs/bench/watches/all", watch).await?;
        let cookie = fill::sign_in(&guest, "olga").await?;
        Ok(Self { member, cookie, cards, waiting: size.deltas / 16 * 10 })
    }

    /// One path, again and again.
    fn page(&self, path: &str) -> Box<dyn Lane> {
        Box::new(Gets { paths: vec![path.to_owned()], headers: vec![("cookie", self.cookie.clone())], at: 0 })
    }

    /// Bytes of the board's page as it is sent.
    async fn compressed(&self, server: &Server) -> Result<usize> {
        let headers = vec![("cookie", self.cookie.clone()), ("accept-encoding", "br".to_owned())];
        let ask = Ask { method: Method::GET, path: "/orgs/bench/boards/main".to_owned(), headers, body: Bytes::new() };
        let reply = load::once(&server.address, ask).await?;
        ensure!(reply.status == 200, "the board answers {}", reply.status);
        Ok(reply.body.len())
    }

    /// Moves of cards of the large board until there were so many.
    async fn history(&self, server: &Server, moves: u64) -> Result<()> {
        let olga = Client::new(&server.url())?.with(&self.member);
        let all = movers::cards(&olga.get("orgs/bench/boards/large").await?)?;
        let lane = |lane: usize| {
            let cards = all.iter().skip(lane).step_by(AT_ONCE).cloned().collect();
            Box::new(Moves::new(cards, &self.member, lane as u64)) as Box<dyn Lane>
        };
        let mut lanes: Vec<_> = (0..AT_ONCE).map(lane).collect();
        let mut made = 0;
        while made < moves {
            let load =
                load::drive(&server.address, &mut lanes, Duration::from_secs_f64((moves as f64 / 20_000.0).clamp(0.1, 10.0))).await?;
            ensure!(load.failed == 0, "{}", load.failure.unwrap_or_default());
            made += load.good;
            eprintln!("{made} moves");
        }
        Ok(())
    }
}

/// The board of 2,000 cards in Chromium.
fn drawn(server: &Server) -> Result<Drawn> {
    let (node, chromium) = (browser::node()?, browser::chromium()?);
    let mut command = Command::new(node);
    command.arg("e2e/drag.mjs").current_dir(paths::root()).env("CHROMIUM", chromium).env("BASE", server.url());
    command.env("PAGE", "/orgs/bench/boards/large").env("NAME", "olga").env("PASSWORD", fill::PASSWORD);
    let printed = run::output(&mut command)?;
    serde_json::from_str(printed.lines().last().unwrap_or_default()).with_context(|| format!("e2e/drag.mjs printed {printed}"))
}
