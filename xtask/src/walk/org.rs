//! Two organisations, and a third that shows nothing: they watch, triage, and see of each other what each lets be seen.

use super::world::World;
use crate::client::{list, number, text};
use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};

/// An organisation of the journey.
pub struct Org {
    /// Its slug.
    pub slug: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The prefix of its tasks.
    pub prefix: &'static str,
    /// What outsiders see.
    pub openness: &'static str,
    /// Who founds it.
    pub owner: &'static str,
    /// Who works there, if not the owner.
    pub member: &'static str,
}

/// All three.
pub const ORGS: [Org; 3] = [
    Org { slug: "northwind", name: "Northwind", prefix: "NW", openness: "open", owner: "olga", member: "nils" },
    Org { slug: "basalt", name: "Basalt", prefix: "BS", openness: "commitments", owner: "boris", member: "bea" },
    Org { slug: "cinnabar", name: "Cinnabar", prefix: "CN", openness: "closed", owner: "cleo", member: "cleo" },
];

/// Founds them, with members and openness.
pub async fn found(world: &mut World) -> Result<String> {
    for org in &ORGS {
        let owner = world.as_(org.owner)?;
        owner.post("orgs", json!({"slug": org.slug, "name": org.name, "key_prefix": org.prefix})).await?;
        let path = format!("orgs/{}", org.slug);
        owner.change(Method::PATCH, &path, &path, json!({"openness": org.openness})).await?;
        if org.member != org.owner {
            owner.put(&format!("{path}/members/{}", org.member), json!({"role": "member"})).await?;
        }
        let detail = world.as_(org.member)?.get(&path).await?;
        ensure!(detail["openness"] == org.openness, "{} is {}", org.slug, detail["openness"]);
    }
    ensure!(world.as_("otto")?.status("orgs/cinnabar").await? == 404, "a closed organisation is seen from outside");
    Ok("Northwind (open), Basalt (commitments), Cinnabar (closed: 404 from outside)".to_owned())
}

/// All three watch the same deltas: the delta is in each inbox, and only members see the inbox.
pub async fn triage(world: &mut World) -> Result<String> {
    let mut counts = Vec::new();
    for org in &ORGS {
        let query = format!("project:{} is:open", world.data.project);
        world.as_(org.owner)?.put(&format!("orgs/{}/watches/ours", org.slug), json!({"query": query})).await?;
        let inbox = world.as_(org.member)?.get(&format!("orgs/{}/triage?limit=100", org.slug)).await?;
        ensure!(holds(&inbox, &world.delta)?, "{} is not in the inbox of {}", world.delta, org.slug);
        counts.push(list(&inbox, "/items")?.len().to_string());
    }
    for (stranger, slug) in [("bea", "northwind"), ("nils", "basalt"), ("otto", "cinnabar")] {
        let status = world.as_(stranger)?.status(&format!("orgs/{slug}/triage")).await?;
        ensure!(status == 404 || status == 403, "{stranger} sees the inbox of {slug}: {status}");
    }
    let (nils, bea) = (world.as_("nils")?, world.as_("bea")?);
    nils.put(&format!("orgs/northwind/stances/{}", world.delta), json!({"stance": "considering"})).await?;
    bea.put(&format!("orgs/basalt/stances/{}", world.other), json!({"stance": "declined", "reason": "Not our hardware."})).await?;
    let inbox = nils.get("orgs/northwind/triage?limit=100").await?;
    ensure!(!holds(&inbox, &world.delta)?, "the delta with a stance is still in the inbox");
    ensure!(holds(&inbox, &world.other)?, "Basalt's stance emptied Northwind's inbox");
    Ok(format!("inboxes of {} deltas; each one's stance empties its own only", counts.join(", ")))
}

/// Whether a page of deltas holds this one.
fn holds(page: &Value, delta: &str) -> Result<bool> {
    Ok(list(page, "/items")?.iter().any(|item| item["key"] == *delta))
}

/// The delta's API and page show both organisations, to everybody, and nothing of the closed one.
pub async fn side_by_side(world: &mut World) -> Result<String> {
    let path = format!("deltas/{}", world.delta);
    for who in ["otto", "nils", "bea"] {
        let delta = world.as_(who)?.get(&path).await?;
        for (org, target) in [("northwind", "2027.1"), ("basalt", "2027.2")] {
            let standing = standing(&delta, org).with_context(|| format!("{who} does not see {org}: {}", delta["standings"]))?;
            ensure!(standing["commitment"] == "committed", "{who} sees {org} as {standing}");
            ensure!(text(standing, "/target")? == target, "{who} sees {org} as {standing}");
        }
        ensure!(standing(&delta, "cinnabar").is_none(), "{who} sees a closed organisation");
        let page = world.as_(who)?.page(&format!("/{path}")).await?;
        for word in ["Northwind", "Basalt", "2027.1", "2027.2"] {
            ensure!(page.contains(word), "{who}'s page of {} does not say {word}", world.delta);
        }
        ensure!(!page.contains("Cinnabar") && !page.contains("CN-1"), "{who}'s page tells of a closed organisation");
    }
    let own = world.as_("cleo")?.get(&path).await?;
    ensure!(
        standing(&own, "cleo").is_none() && standing(&own, "cinnabar").is_some_and(|s| s["inside"] == true),
        "Cinnabar does not see itself"
    );
    Ok("an outsider and both see Northwind for 2027.1 beside Basalt for 2027.2, in the API and on the page; Cinnabar sees itself, nobody else does".to_owned())
}

/// Neither sees what the other keeps: priority, rank, task, board, stream.
pub async fn private(world: &mut World) -> Result<String> {
    let path = format!("deltas/{}", world.delta);
    let nils = world.as_("nils")?;
    let delta = nils.get(&path).await?;
    let (mine, theirs) =
        (standing(&delta, "northwind").context("no own standing")?, standing(&delta, "basalt").context("no standing of Basalt")?);
    ensure!(mine["inside"] == true && mine["priority"] == "urgent" && number(mine, "/rank")? == 1, "own work is not whole: {mine}");
    ensure!(theirs["inside"] == false, "Basalt is inside for Northwind: {theirs}");
    for hidden in ["priority", "rank", "task", "column"] {
        ensure!(theirs.get(hidden).is_none_or(Value::is_null), "Basalt's {hidden} is told to Northwind: {theirs}");
    }
    let task = world.task("basalt")?;
    let mut asked = 0;
    for (who, paths) in [("nils", true), ("otto", true), ("bea", false)] {
        let (key, org) = if paths { (task, "basalt") } else { (world.task("cinnabar")?, "cinnabar") };
        for path in [
            format!("tasks/{key}"),
            format!("orgs/{org}/tasks"),
            format!("orgs/{org}/boards/main"),
            format!("orgs/{org}/boards/main/events"),
            format!("/tasks/{key}"),
            format!("/orgs/{org}/boards/main"),
        ] {
            let status = world.as_(who)?.status(&path).await?;
            ensure!(status == 404, "{who} gets {status} for {path}");
            asked += 1;
        }
    }
    let page = nils.page(&format!("/{path}")).await?;
    for secret in ["Basalt plans this quietly", task, "in our own time"] {
        ensure!(!page.contains(secret), "Northwind's page of the delta says {secret}");
    }
    // An open organisation shows its work, and still nobody else changes it.
    let bea = world.as_("bea")?;
    let open = format!("tasks/{}", world.task("northwind")?);
    ensure!(bea.status(&open).await? == 200, "an open organisation's task is hidden");
    let refused = bea.try_change(Method::PUT, &open, &format!("{open}/commitment"), json!({"state": "withdrawn"})).await?;
    ensure!(refused.status == 403 || refused.status == 404, "Basalt changed Northwind's promise: {}", refused.status);
    Ok(format!(
        "{asked} of Basalt's and Cinnabar's addresses are 404 from outside; their priority, rank and task are not told; an open task is read, not changed"
    ))
}

/// One organisation's line of "who has committed".
pub fn standing<'a>(delta: &'a Value, org: &str) -> Option<&'a Value> {
    delta["standings"].as_array()?.iter().find(|standing| standing["org"] == *org)
}
