//! Reports: real bugs come in, users say how hard they are hit, maintainers say what they think.

use super::world::World;
use crate::client::{Body, Client, list, number, text};
use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};

/// Finds open and closed ones alike: without a query the list gives the open ones.
const EVERY: &str = "impact:>=0";

/// Imports the bugs into their projects and picks the delta of the journey.
pub async fn import(world: &mut World) -> Result<String> {
    let project = world.data.project;
    let body = json!({"slug": project, "name": project, "description": "What several organisations share."});
    world.as_("mira")?.post("projects", body).await?;
    let said = bring_in(world)?;
    let seen = all(&world.guest, EVERY).await?;
    ensure!(seen.len() == world.data.public, "guests see {} deltas, {} of the bugs are public; {said}", seen.len(), world.data.public);
    let open = all(&world.guest, &format!("project:{project} is:open")).await?;
    ensure!(open.len() >= 2, "only {} open deltas in {project}", open.len());
    // One that stands in several projects shows more.
    let shared = open.iter().position(|delta| delta["places"].as_array().is_some_and(|places| places.len() > 1)).unwrap_or_default();
    world.delta = text(&open[shared], "/key")?.to_owned();
    world.other = text(&open[usize::from(shared == 0)], "/key")?.to_owned();
    let places: Vec<&str> = list(&open[shared], "/places")?.iter().filter_map(|place| place["project"].as_str()).collect();
    let projects = list(&world.guest.get("projects").await?, "/items")?.len();
    Ok(format!(
        "{} bugs into {projects} projects, {} public; about {} “{}” in {}",
        world.data.count,
        seen.len(),
        world.delta,
        text(&open[shared], "/title")?,
        places.join(", ")
    ))
}

/// Runs the importer as the maintainer, who then maintains the projects it makes.
fn bring_in(world: &World) -> Result<String> {
    let bugs = world.data.bugs.display().to_string();
    world.ground.command(&["import", "launchpad", &bugs, "--user", "mira", "--create-projects"], "")
}

/// Running the same import again changes nothing.
pub async fn import_again(world: &mut World) -> Result<String> {
    let path = format!("deltas/{}", world.delta);
    let before = (all(&world.guest, EVERY).await?, world.guest.get(&path).await?);
    bring_in(world)?;
    let after = (all(&world.guest, EVERY).await?, world.guest.get(&path).await?);
    ensure!(before == after, "the second import changed something");
    Ok(format!("the same {} deltas, byte for byte", after.0.len()))
}

/// The maintainer names segments, users join the ones they belong to.
pub async fn segments(world: &mut World) -> Result<String> {
    let project = world.data.project;
    let mira = world.as_("mira")?;
    for (slug, name) in [("driver-x", "Users of driver X"), ("large", "Over 1,000 hosts")] {
        mira.put(&format!("projects/{project}/segments/{slug}"), json!({"name": name, "description": ""})).await?;
    }
    let mine = Body::Json(json!({"name": "Mine"}));
    world.as_("uma")?.ask(Method::PUT, &format!("projects/{project}/segments/mine"), &[], mine).await?.expect(403)?;
    for (slug, users) in [("driver-x", ["uma", "ugo", "ulla"]), ("large", ["ulla", "udo", "ursa"])] {
        for user in users {
            world.as_(user)?.put(&format!("projects/{project}/segments/{slug}/me"), Value::Null).await?;
        }
    }
    let project = world.guest.get(&format!("projects/{project}")).await?;
    for slug in ["driver-x", "large"] {
        let segment = list(&project, "/segments")?.iter().find(|segment| segment["slug"] == slug).context("no such segment")?;
        ensure!(segment["members"] == 3, "{slug} has {} members and not 3", segment["members"]);
    }
    Ok("2 segments of 3 users each; a user may not make one (403)".to_owned())
}

/// Four users vote; the numbers are those of the formula, and lists sort by them.
pub async fn votes(world: &mut World) -> Result<String> {
    let path = format!("deltas/{}", world.delta);
    for (user, severity) in [("uma", 4), ("ugo", 3), ("ulla", 4), ("udo", 0)] {
        world.as_(user)?.put(&format!("{path}/vote"), json!({"severity": severity, "note": "seen last week"})).await?;
    }
    let impact = world.as_("uma")?.get(&format!("{path}/impact")).await?;
    let mut told = Vec::new();
    for (slug, affected, known, severities) in [("driver-x", 3, 3, [0, 0, 1, 2]), ("large", 1, 3, [0, 0, 0, 1])] {
        let segment = list(&impact, "/segments")?
            .iter()
            .find(|segment| segment["slug"] == slug)
            .with_context(|| format!("no segment {slug} in {impact}"))?;
        let score = score(severities, known);
        let want = (affected, i64::from(known), score, json!(severities));
        let have = (number(segment, "/affected")?, number(segment, "/known")?, number(segment, "/score")?, segment["severities"].clone());
        ensure!(have == want, "{slug} is {have:?} and not {want:?}");
        told.push(format!("{slug} {affected} of {known} = {score}"));
    }
    ensure!(impact["mine"] == 4, "uma's own vote is not told: {impact}");
    let project = world.data.project;
    let sorted = world.guest.get(&format!("deltas?limit=5&q={}", query(&format!("project:{project} is:open sort:impact")))).await?;
    ensure!(text(&sorted, "/items/0/key")? == world.delta, "the delta with votes is not first by impact");
    Ok(format!("4 votes on {}: {}; it comes first by impact", world.delta, told.join(", ")))
}

/// Two people take positions; the maintainer, and nobody else, sets the consensus.
pub async fn consensus(world: &mut World) -> Result<String> {
    let path = format!("deltas/{}/places/{}", world.delta, world.data.project);
    world.as_("uma")?.put(&format!("{path}/position"), json!({"position": "agree", "reason": "Hits us daily."})).await?;
    world.as_("udo")?.put(&format!("{path}/position"), json!({"position": "object", "reason": "Works as documented."})).await?;
    let set = json!({"state": "agreed", "rationale": "The documents were wrong."});
    world.as_("uma")?.ask(Method::PUT, &format!("{path}/consensus"), &[], Body::Json(set.clone())).await?.expect(403)?;
    world.as_("mira")?.settle(Method::PUT, &format!("deltas/{}", world.delta), &format!("{path}/consensus"), set).await?;
    let delta = world.guest.get(&format!("deltas/{}", world.delta)).await?;
    let place = list(&delta, "/places")?.iter().find(|place| place["project"] == world.data.project).context("the place is gone")?;
    ensure!(place["consensus"] == "agreed", "the consensus is {}", place["consensus"]);
    ensure!(list(place, "/positions")?.len() == 2, "positions: {}", place["positions"]);
    Ok("1 agrees, 1 objects; a user may not set it (403), the maintainer set it to agreed".to_owned())
}

/// Every delta a query finds, over all pages.
pub async fn all(who: &Client, q: &str) -> Result<Vec<Value>> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = who.get(&format!("deltas?limit=100&q={}{cursor}", query(q))).await?;
        found.extend_from_slice(list(&page, "/items")?);
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={}", query(next)),
            None => return Ok(found),
        }
    }
}

/// Percent-encodes a value of a query.
pub fn query(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The score of a segment, worked out once more from its definition: 100 × lower bound of the 95 % Wilson interval × mean severity / 4.
fn score(severities: [i32; 4], known: i32) -> i64 {
    let affected: i32 = severities.iter().sum();
    let (z2, n) = (1.96_f64 * 1.96, f64::from(known));
    let p = f64::from(affected) / n;
    let lower = (p + z2 / (2.0 * n) - (z2 * (p * (1.0 - p) / n + z2 / (4.0 * n * n))).sqrt()) / (1.0 + z2 / n);
    let sum: i32 = severities.iter().zip(1..).map(|(votes, severity)| votes * severity).sum();
    #[expect(clippy::cast_possible_truncation, reason = "from 0 to 100")]
    let score = (100.0 * lower * f64::from(sum) / f64::from(affected) / 4.0).round() as i64;
    score
}
