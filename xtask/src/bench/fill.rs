//! Fills an empty instance the way it is filled in life: 10,000 bugs through the importer, then people, votes, a board of 500 cards through the API.

use super::words::Words;
use crate::client::{Client, text};
use crate::ground::Ground;
use crate::server::Server;
use anyhow::{Context, Result, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use std::io::Write;
use std::time::{Duration, Instant};

/// The password of everybody here.
pub const PASSWORD: &str = "measured on two cores 4";
/// The project's components.
pub const COMPONENTS: u32 = 8;
/// The board's columns, by slug.
pub const COLUMNS: [&str; 5] = ["later", "next", "doing", "review", "done"];
/// Requests that fill at the same time.
const AT_ONCE: usize = 16;

/// How much there is.
#[derive(Clone, Copy)]
pub struct Size {
    /// Deltas in the one project.
    pub deltas: u32,
    /// Cards on the board.
    pub cards: u32,
    /// Votes on the deltas.
    pub votes: u32,
    /// People who vote.
    pub voters: u32,
}

/// What was made, for the scenarios.
pub struct Filled {
    /// How much there is.
    pub size: Size,
    /// Keys of the deltas.
    pub deltas: Vec<String>,
    /// Tokens of the voters.
    pub voters: Vec<String>,
    /// The token of the organisation's member.
    pub member: String,
    /// The cookie of the same member, signed in as people do.
    pub cookie: String,
    /// The project's CI token.
    pub ci: String,
    /// The cards: key and version.
    pub cards: Vec<(String, i64)>,
    /// Words to search for.
    pub searched: Vec<String>,
    /// How long the importer took.
    pub import: Duration,
}

/// Fills the ground behind a running server.
pub async fn fill(ground: &Ground, server: &Server, size: Size) -> Result<Filled> {
    let guest = Client::new(&server.url())?;
    let member = person(ground, "olga", true)?;
    let olga = guest.with(&member);
    olga.post("projects", json!({"slug": "perf", "name": "Perf", "description": "One large project."})).await?;
    let mut words = Words::new(7);
    let import = import(ground, (0..size.deltas).map(|number| bug("perf", number, &mut words)))?;
    let deltas = keys(&olga, size.deltas).await?;
    let voters = (0..size.voters).map(|number| person(ground, &format!("v{number}"), false)).collect::<Result<Vec<_>>>()?;
    segments(&olga, &guest, &voters).await?;
    let votes = (0..size.votes).map(|number| {
        let (voter, nth) = (number % size.voters, number / size.voters);
        let delta = &deltas[(voter as usize * 131 + nth as usize * 7_919) % deltas.len()];
        let (who, severity) = (guest.with(&voters[voter as usize]), (number * 7 + nth) % 5);
        async move { who.put(&format!("deltas/{delta}/vote"), json!({"severity": severity})).await.map(drop) }
    });
    stream::iter(votes).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
    org(&olga).await?;
    let cards = board(&olga, "main", size.cards, &deltas, &mut words).await?;
    let ci = token(ground, &["--project", "perf"])?;
    Ok(Filled { size, deltas, voters, cookie: sign_in(&guest, "olga").await?, member, ci, cards, searched: words.searched(), import })
}

/// Makes a person by command and gives their token.
pub fn person(ground: &Ground, name: &str, admin: bool) -> Result<String> {
    let email = format!("{name}@example.org");
    let mut args = vec!["user", "create", name, "--display-name", name, "--email", &email];
    args.extend(admin.then_some("--admin"));
    ground.command(&args, PASSWORD)?;
    token(ground, &[name, "--scope", "read", "--scope", "write"])
}

/// Makes a token by command.
fn token(ground: &Ground, args: &[&str]) -> Result<String> {
    let printed = ground.command(&[&["token", "create", "--name", "bench"], args].concat(), "")?;
    let token = printed.split_whitespace().find(|word| word.starts_with("dlb_"));
    token.map(str::to_owned).with_context(|| format!("token create printed no token: {printed}"))
}

/// Writes the bugs in Launchpad's shape and runs the importer over them, beside the running server; gives how long that took.
pub fn import(ground: &Ground, bugs: impl Iterator<Item = Value>) -> Result<Duration> {
    let path = ground.folder().join("bugs.jsonl");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path)?);
    for bug in bugs {
        serde_json::to_writer(&mut file, &bug)?;
        file.write_all(b"\n")?;
    }
    file.flush()?;
    drop(file);
    let began = Instant::now();
    ground.command(&["import", "launchpad", &path.display().to_string(), "--user", "olga", "--create-projects"], "")?;
    Ok(began.elapsed())
}

/// One bug of varied text in a project; seven of ten are open.
pub fn bug(project: &str, number: u32, words: &mut Words) -> Value {
    let id = 2_000_000 + number;
    let base = "https://api.launchpad.net/1.0";
    let at = format!(
        "20{:02}-{:02}-{:02}T{:02}:{:02}:00.000000+00:00",
        24 + number % 2,
        1 + number % 12,
        1 + number % 28,
        number % 24,
        number % 60
    );
    let status = ["New", "Confirmed", "Triaged", "New", "Confirmed", "In Progress", "New", "Fix Released", "Fix Released", "Invalid"];
    let status = status[(words.roll() % 10) as usize];
    let component = number % COMPONENTS;
    let (short, long) = (6 + words.roll() % 6, 20 + words.roll() % 120);
    json!({
        "bug": {
            "id": id,
            "title": words.sentence(short),
            "description": words.text(long),
            "date_created": at,
            "date_last_updated": at,
            "information_type": "Public",
            "private": false,
            "duplicate_of_link": null,
            "owner_link": format!("{base}/~reporter-{}", words.roll() % 40),
            "self_link": format!("{base}/bugs/{id}"),
            "web_link": format!("https://bugs.launchpad.net/bugs/{id}"),
            "tags": [],
            "heat": number % 60,
        },
        "bug_tasks": {"total_size": 1, "start": 0, "entries": [{
            "bug_target_name": format!("component-{component} ({project})"),
            "target_link": format!("{base}/{project}/+source/component-{component}"),
            "status": status,
            "importance": "Medium",
            "date_created": at,
            "date_closed": if status.starts_with("Fix") || status == "Invalid" { Value::from(at.clone()) } else { Value::Null },
            "self_link": format!("{base}/{project}/+source/component-{component}/+bug/{id}"),
        }]},
    })
}

/// Keys of the imported deltas.
pub async fn keys(who: &Client, count: u32) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = who.get(&format!("deltas?limit=100&q=project%3Aperf%20impact%3A%3E%3D0%20sort%3Anumber{cursor}")).await?;
        let items = page["items"].as_array().context("no items")?;
        found.extend(items.iter().filter_map(|item| item["key"].as_str().map(str::to_owned)));
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    ensure!(found.len() == count as usize, "{} deltas were listed of {count} imported", found.len());
    Ok(found)
}

async fn segments(olga: &Client, guest: &Client, voters: &[String]) -> Result<()> {
    for slug in ["small", "middle", "large"] {
        olga.put(&format!("projects/perf/segments/{slug}"), json!({"name": slug, "description": ""})).await?;
    }
    for (number, token) in voters.iter().enumerate() {
        let slug = ["small", "middle", "large"][number % 3];
        guest.with(token).put(&format!("projects/perf/segments/{slug}/me"), Value::Null).await?;
    }
    Ok(())
}

/// A board of the organisation `bench` with so many cards, two of three linked to one of the deltas; gives key and version of each.
pub async fn board(olga: &Client, board: &str, count: u32, deltas: &[String], words: &mut Words) -> Result<Vec<(String, i64)>> {
    let columns: Vec<Value> = COLUMNS
        .iter()
        .zip(["backlog", "ready", "doing", "review", "done"])
        .map(|(slug, category)| json!({"slug": slug, "name": slug, "category": category}))
        .collect();
    olga.post("orgs/bench/boards", json!({"slug": board, "name": board, "columns": columns})).await?;
    let tasks: Vec<Value> = (0..count as usize)
        .map(|number| {
            let links =
                if number % 3 == 0 { json!([]) } else { json!([{"delta": deltas[number * 13 % deltas.len()], "relation": "resolves"}]) };
            json!({
                "title": words.sentence(6),
                "priority": (["urgent", "high", "normal", "low"][number % 4]),
                "board": board,
                "column": COLUMNS[number % COLUMNS.len()],
                "deltas": links,
                "assignees": if number % 2 == 0 { json!(["olga"]) } else { json!([]) },
            })
        })
        .collect();
    let made = tasks.into_iter().map(|task| async move {
        let task = olga.post("orgs/bench/tasks", task).await?;
        Ok::<_, anyhow::Error>((text(&task, "/key")?.to_owned(), task["version"].as_i64().context("a task without version")?))
    });
    stream::iter(made).buffer_unordered(AT_ONCE).try_collect().await
}

/// Makes the organisation `bench`.
pub async fn org(olga: &Client) -> Result<()> {
    olga.post("orgs", json!({"slug": "bench", "name": "Bench", "key_prefix": "BN"})).await.map(drop)
}

/// Signs in through the form, as a browser does; gives the cookie.
pub async fn sign_in(guest: &Client, name: &str) -> Result<String> {
    let form = format!("login={name}&password={}&next=%2F", crate::walk::query(PASSWORD));
    let body = crate::client::Body::Bytes("application/x-www-form-urlencoded", form.into_bytes());
    let answer = guest.ask(reqwest::Method::POST, "/sign-in", &[], body).await?;
    ensure!((300..400).contains(&answer.status), "signing in is answered {}: {}", answer.status, answer.text());
    let cookie = answer.header("set-cookie").context("signing in sets no cookie")?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}
