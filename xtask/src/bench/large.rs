//! What grows with the data: the same requests on 1,000, 10,000 and 100,000 deltas with ten votes each, in 20 projects with 60 segments.

use super::aims::{verdict, verdict_least};
use super::fill::{self, bug};
use super::load::{self, Ask, Lane, Load, Reply};
use super::scenario::BareInsert;
use super::words::Words;
use super::{bare, usage};
use crate::client::Client;
use crate::ground::{Database, Ground};
use crate::server::Server;
use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use hyper::Method;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

/// How it is measured.
pub const HOW: &str = "One connection asks for one figure after the other, on one database that grows from stage to stage.";

/// Deltas at each stage.
const STAGES: [u32; 3] = [1_000, 10_000, 100_000];
const PROJECTS: u32 = 20;
/// Segments of each project, beside everyone.
const SEGMENTS: u32 = 3;
/// Votes that come in with each bug, from so many people.
const VOTES: u32 = 10;
const PEOPLE: u64 = 5_000;
/// People with an account, who are in the segments and vote through the API.
const VOTERS: u32 = 60;
/// Comments on the delta that is much talked about.
const COMMENTS: u32 = 500;
/// Requests that fill at the same time.
const AT_ONCE: usize = 16;

/// Aims in milliseconds at the largest stage; `None`: two durable commits.
const ASKED: [(&str, Option<f64>); 5] = [
    ("list of a project, sorted by impact", Some(15.0)),
    ("search", Some(30.0)),
    ("vote", None),
    ("page of a delta with 500 comments", Some(20.0)),
    ("similar deltas", Some(50.0)),
];
/// Bugs imported per second at least, on SQLite.
const IMPORT: f64 = 2_000.0;
/// Memory at most, in MB.
const MEMORY: f64 = 150.0;
/// How much slower at ten times the data at most.
const GROWTH: f64 = 1.5;

/// What was measured at one stage.
struct Stage {
    deltas: u32,
    imported: f64,
    commit: f64,
    /// Medians in the order of [`ASKED`], in milliseconds.
    medians: Vec<f64>,
    failed: u64,
    failure: Option<String>,
    memory: f64,
}

/// Measures on one database; gives the table, and how many requests failed.
///
/// # Errors
/// When the server is gone, or something cannot be filled in.
pub fn measure(binary: &Path, bare: &Path, database: Database, length: Duration) -> Result<(String, u64)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ground = Ground::new(binary, database, true)?;
    let server = ground.serve()?;
    let bare = bare::start(bare, &ground)?;
    let world = runtime.block_on(World::make(&ground, &server))?;
    let (mut words, mut stages) = (Words::new(11), Vec::new());
    let mut before = 0;
    for deltas in STAGES {
        let imported = world.import(&ground, before..deltas, &mut words)?;
        let keys = runtime.block_on(world.settle(deltas))?;
        let commit = runtime.block_on(load::drive(&bare.address, &mut [Box::new(BareInsert) as Box<dyn Lane>], length))?.quantile(0.5);
        let mut stage = Stage { deltas, imported, commit, medians: Vec::new(), failed: 0, failure: None, memory: 0.0 };
        for lane in world.lanes(&keys) {
            let Load { failed, failure, .. } =
                runtime.block_on(load::drive(&server.address, &mut [Box::new(lane.clone()) as Box<dyn Lane>], length / 4))?;
            ensure!(failed == 0, "{}", failure.unwrap_or_default());
            let measured = runtime.block_on(load::drive(&server.address, &mut [Box::new(lane) as Box<dyn Lane>], length))?;
            stage.medians.push(measured.quantile(0.5));
            stage.failed += measured.failed;
            stage.failure = stage.failure.or(measured.failure);
        }
        stage.memory = usage::memory(server.pid())? * 1.048_576;
        eprintln!("{deltas} deltas: imported {imported:.0}/s, {:.2?} ms", stage.medians);
        stages.push(stage);
        before = deltas;
    }
    server.stop();
    let failed = stages.iter().map(|stage| stage.failed).sum();
    Ok((table(database, &stages, failed), failed))
}

/// Who asks, and what they ask for.
struct World {
    guest: Client,
    voters: Vec<String>,
    cookie: String,
    searched: Vec<String>,
}

impl World {
    /// Projects, segments, and people in them.
    async fn make(ground: &Ground, server: &Server) -> Result<Self> {
        let guest = Client::new(&server.url())?;
        let olga = guest.with(&fill::person(ground, "olga", true)?);
        for project in 0..PROJECTS {
            olga.post("projects", json!({"slug": format!("perf-{project}"), "name": format!("Perf {project}")})).await?;
            for segment in 0..SEGMENTS {
                let path = format!("projects/perf-{project}/segments/s{segment}");
                olga.put(&path, json!({"name": format!("Segment {segment}"), "description": ""})).await?;
            }
        }
        let voters = (0..VOTERS).map(|number| fill::person(ground, &format!("v{number}"), false)).collect::<Result<Vec<_>>>()?;
        for (number, voter) in (0..).zip(&voters) {
            for project in 0..PROJECTS {
                let path = format!("projects/perf-{project}/segments/s{}/me", (number + project) % SEGMENTS);
                guest.with(voter).put(&path, Value::Null).await?;
            }
        }
        let cookie = fill::sign_in(&guest, "olga").await?;
        Ok(Self { guest, voters, cookie, searched: Words::new(7).searched() })
    }

    /// Brings these bugs in; how many a second.
    fn import(&self, ground: &Ground, numbers: std::ops::Range<u32>, words: &mut Words) -> Result<f64> {
        let count = numbers.len();
        let bugs = numbers.map(|number| {
            let mut bug = bug(&format!("perf-{}", number % PROJECTS), number, words);
            let people: Vec<String> =
                (0..VOTES).map(|_| format!("https://api.launchpad.net/1.0/~user-{}", words.roll() % PEOPLE)).collect();
            bug["bug"]["users_affected"] = json!(people);
            bug
        });
        Ok(count as f64 / fill::import(ground, bugs)?.as_secs_f64())
    }

    /// Votes of people in segments, and the delta everybody talks about; gives keys all over the data.
    async fn settle(&self, deltas: u32) -> Result<Vec<String>> {
        let newest = self.guest.get("deltas?limit=1&q=sort%3Anumber").await?;
        let newest: u32 =
            newest["items"][0]["key"].as_str().and_then(|key| key.strip_prefix("D-")?.parse().ok()).context("no delta is listed")?;
        let first = newest - deltas + 1;
        let keys: Vec<String> =
            (0..deltas.min(2_000)).map(|number| format!("D-{}", first + number * (deltas / deltas.min(2_000)))).collect();
        let votes = (0..4_000_u32).map(|number| {
            let who = self.guest.with(&self.voters[(number % VOTERS) as usize]);
            let path = format!("deltas/{}/vote", keys[number as usize * 7 % keys.len()]);
            async move { who.put(&path, json!({"severity": number % 5})).await.map(drop) }
        });
        stream::iter(votes).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
        let told = self.guest.get(&format!("deltas/D-{first}")).await?;
        let there = u32::try_from(told["comments"].as_i64().unwrap_or_default())?;
        for number in there..COMMENTS {
            let who = self.guest.with(&self.voters[(number % VOTERS) as usize]);
            let body = format!("Seen again on host {number}, after the *restart*: `agent-{number}` says `timeout` twice.");
            who.post(&format!("deltas/D-{first}/comments"), json!({ "body": body })).await?;
        }
        Ok(keys)
    }

    /// In the order of [`ASKED`].
    fn lanes(&self, keys: &[String]) -> Vec<Mixed> {
        let cookie = vec![("cookie", self.cookie.clone())];
        let token = vec![("authorization", format!("Bearer {}", self.voters[0])), ("content-type", "application/json".to_owned())];
        let gets = |paths: Vec<String>| {
            let asks = paths.into_iter().map(|path| (Method::GET, path, Bytes::new())).collect();
            Mixed { asks, headers: cookie.clone(), at: 0 }
        };
        let list = |project| format!("/deltas?q=project%3Aperf-{project}%20is%3Aopen%20sort%3Aimpact");
        let mut words = Words::new(13);
        let similar = (0..200).map(|_| {
            let (title, text) = (words.sentence(8), words.text(60));
            format!("/api/v1/deltas/similar?title={}&text={}&project=perf-3", title.replace(' ', "%20"), text.replace([' ', '\n'], "%20"))
        });
        let similar = similar.collect();
        let votes = keys.iter().enumerate().map(|(number, key)| {
            (Method::PUT, format!("/api/v1/deltas/{key}/vote"), Bytes::from(json!({"severity": 1 + number % 4}).to_string()))
        });
        let votes = Mixed { asks: votes.collect(), headers: token, at: 0 };
        vec![
            gets((0..PROJECTS).map(list).collect()),
            gets(self.searched.iter().map(|word| format!("/deltas?q={word}")).collect()),
            votes,
            gets(vec![format!("/deltas/{}", keys[0])]),
            gets(similar),
        ]
    }
}

/// One request after the other.
#[derive(Clone)]
struct Mixed {
    asks: Vec<(Method, String, Bytes)>,
    headers: Vec<(&'static str, String)>,
    at: usize,
}

impl Lane for Mixed {
    fn ask(&mut self) -> Ask {
        self.at += 1;
        let (method, path, body) = self.asks[self.at % self.asks.len()].clone();
        Ask { method, path, headers: self.headers.clone(), body }
    }

    fn took(&mut self, reply: &Reply) -> bool {
        reply.status == 200
    }
}

fn table(database: Database, stages: &[Stage], failed: u64) -> String {
    let mut text = format!(
        "\n## {}\n\n{PROJECTS} projects, {} segments, {VOTES} votes a delta. Medians at one connection, in milliseconds.\n\n| figure |",
        database.name(),
        PROJECTS * SEGMENTS
    );
    for stage in stages {
        // Writing to a String cannot fail.
        let _ = write!(text, " {} deltas |", stage.deltas);
    }
    text += " growth | aim | |\n| --- |";
    text += &" ---: |".repeat(stages.len() + 1);
    text += " --- | --- |\n";
    let mut row = |name: &str, figures: Vec<f64>, digits: usize, growth: Option<f64>, aim: String, found: String| {
        let cells: String = figures.iter().map(|figure| format!(" {figure:.digits$} |")).collect();
        let growth = growth.map(|growth| format!("× {growth:.2}")).unwrap_or_default();
        let _ = writeln!(text, "| {name} |{cells} {growth} | {aim} | {found} |");
    };
    let [.., before, last] = stages else { return text };
    row("one durable commit", stages.iter().map(|stage| stage.commit).collect(), 2, None, String::new(), String::new());
    for (at, (name, most)) in ASKED.into_iter().enumerate() {
        let growth = last.medians[at] / before.medians[at];
        let most = most.unwrap_or(2.0 * last.commit);
        let found = format!("{}; growth {}", verdict(last.medians[at], most), verdict(growth, GROWTH));
        let figures = stages.iter().map(|stage| stage.medians[at]).collect();
        row(name, figures, 2, Some(growth), format!("≤ {most:.2}, growth ≤ {GROWTH}"), found);
    }
    let slower = before.imported / last.imported;
    let aim = if database == Database::Sqlite { format!("≥ {IMPORT}, growth ≤ {GROWTH}") } else { format!("growth ≤ {GROWTH}") };
    let found = match database {
        Database::Sqlite => format!("{}; growth {}", verdict_least(last.imported, IMPORT), verdict(slower, GROWTH)),
        Database::Postgres => format!("growth {}", verdict(slower, GROWTH)),
    };
    row("bugs imported a second", stages.iter().map(|stage| stage.imported).collect(), 0, Some(slower), aim, found);
    let memory = stages.iter().map(|stage| stage.memory).collect();
    row("memory (PSS), MB", memory, 0, None, format!("≤ {MEMORY}"), verdict(last.memory, MEMORY));
    let _ = writeln!(text, "\n{failed} requests failed.");
    for failure in stages.iter().filter_map(|stage| stage.failure.as_ref()) {
        let _ = writeln!(text, "\nfirst failure: {failure}");
    }
    text
}
