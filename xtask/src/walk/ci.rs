//! CI posts a real file, its failures are explained by deltas, and it is told what is known and who has committed; at the end it finds a regression.

use super::report::query;
use super::world::World;
use crate::client::{Answer, Body, list, number, text};
use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};

/// The first run: everything that fails is new.
pub async fn first_run(world: &mut World) -> Result<String> {
    let project = world.data.project;
    // A token cannot make tokens: the operator's command does.
    let printed = world.ground.command(&["token", "create", "--project", project, "--name", "unit tests"], "")?;
    world.ci = Some(world.guest.with(printed.trim()));
    let receipt = report(world, "build-1", 1, 201).await?.json()?;
    let sum = ["/passed", "/failed", "/errored", "/skipped"].iter().map(|part| number(&receipt, part)).sum::<Result<i64>>()?;
    ensure!(number(&receipt, "/tests")? == sum, "the receipt's parts do not add up: {receipt}");
    let failures = list(&receipt, "/failures")?;
    ensure!(!failures.is_empty() && failures.iter().all(|failure| failure["verdict"] == "new"), "not all failures are new: {receipt}");
    ensure!(receipt["all_known"] == false, "unknown failures are called known");
    for (who, what) in [(&world.guest, 401), (world.as_("uma")?, 403)] {
        let posted = who
            .ask(
                Method::POST,
                &format!("projects/{project}/runs?external_id=x"),
                &[],
                Body::Bytes("application/xml", world.data.junit.clone()),
            )
            .await?;
        ensure!(posted.status == what, "a run without the project's token is answered {}", posted.status);
    }
    let answer = format!("{sum} tests, {} failures, all new", failures.len());
    world.receipt = receipt;
    Ok(answer)
}

/// The maintainer links one group to the delta by hand.
pub async fn by_hand(world: &mut World) -> Result<String> {
    let project = world.data.project;
    let before = list(&unexplained(world).await?, "/items")?.len();
    let group = group_of(&world.receipt, world.data.by_hand)?.to_owned();
    let path = format!("failure-groups/{group}/delta");
    let link = json!({"delta": world.delta});
    world.as_("otto")?.ask(Method::PUT, &path, &[], Body::Json(link.clone())).await?.expect(403)?;
    world.as_("mira")?.put(&path, link).await?;
    let after = unexplained(world).await?;
    ensure!(!list(&after, "/items")?.iter().any(|item| item["id"] == *group), "the linked group is still unexplained");
    let page = world.as_("mira")?.page(&format!("/projects/{project}/failures")).await?;
    ensure!(page.contains(&world.delta), "the page of failures does not name {}", world.delta);
    Ok(format!(
        "the group of {} is explained by {}; {before} groups unexplained before, {} after",
        world.data.by_hand,
        world.delta,
        list(&after, "/items")?.len()
    ))
}

/// A signature is tried on what was stored, then saved for another delta.
pub async fn by_signature(world: &mut World) -> Result<String> {
    let (project, signature) = (world.data.project, world.data.signature);
    let mira = world.as_("mira")?;
    let tried = mira.post(&format!("projects/{project}/signatures/try"), json!({"query": signature})).await?;
    let (hits, all) = (number(&tried, "/hits")?, number(&tried, "/tried")?);
    ensure!(hits > 0 && hits < all, "the signature hits {hits} of {all} failures");
    mira.post(&format!("deltas/{}/signatures", world.other), json!({"project": project, "query": signature})).await?;
    let group = group_of(&world.receipt, world.data.by_signature)?;
    let after = unexplained(world).await?;
    ensure!(!list(&after, "/items")?.iter().any(|item| item["id"] == *group), "the recognised group is still unexplained");
    let refused = mira.ask(Method::POST, &format!("projects/{project}/signatures/try"), &[], Body::Json(json!({"query": "test:"}))).await?;
    refused.expect(422)?;
    Ok(format!("`{signature}` hits {hits} of {all} failures; saved for {}, its group is explained; a broken one is 422", world.other))
}

/// The next run: those failures are known, with the delta and who has committed.
pub async fn known(world: &mut World) -> Result<String> {
    let receipt = report(world, "build-2", 1, 201).await?.json()?;
    let mut told = Vec::new();
    for (test, delta) in [(world.data.by_hand, &world.delta), (world.data.by_signature, &world.other)] {
        let failure = failure_of(&receipt, test)?;
        ensure!(failure["verdict"] == "known", "{test} is {}", failure["verdict"]);
        ensure!(failure["deltas"][0]["delta"] == **delta, "{test} is explained by {}", failure["deltas"]);
        told.push(format!("{test} is known as {delta}"));
    }
    let committed = &failure_of(&receipt, world.data.by_hand)?["deltas"][0]["committed"];
    let orgs: Vec<&str> = committed.as_array().context("nobody has committed")?.iter().filter_map(|line| line["org"].as_str()).collect();
    ensure!(orgs.contains(&"northwind") && orgs.contains(&"basalt") && !orgs.contains(&"cinnabar"), "committed: {committed}");
    ensure!(!committed.to_string().contains(world.task("basalt")?), "CI is told a task of Basalt: {committed}");
    let url = text(failure_of(&receipt, world.data.by_hand)?, "/deltas/0/url")?;
    ensure!(url.ends_with(&format!("/deltas/{}", world.delta)), "the receipt's address is {url}");
    let answer = format!("{}; committed: {}", told.join(", "), orgs.join(", "));
    world.receipt = receipt;
    Ok(answer)
}

/// The same run posted again: the same receipt, nothing counted twice.
pub async fn same_again(world: &mut World) -> Result<String> {
    let project = world.data.project;
    let groups = |page: Value| -> Result<i64> { list(&page, "/items")?.iter().map(|group| number(group, "/failures")).sum() };
    let before = groups(unexplained(world).await?)?;
    let again = report(world, "build-2", 1, 200).await?.json()?;
    ensure!(again == world.receipt, "the receipt is another one: {again} and not {}", world.receipt);
    ensure!(groups(unexplained(world).await?)? == before, "failures were counted twice");
    let runs = world.guest.get(&format!("projects/{project}/runs")).await?;
    ensure!(list(&runs, "/items")?.len() == 2, "there are {} runs and not 2", list(&runs, "/items")?.len());
    Ok("200 with the same receipt; still 2 runs, nothing counted twice".to_owned())
}

/// The maintainer closes the gap.
pub async fn closed(world: &mut World) -> Result<String> {
    let path = format!("deltas/{}", world.delta);
    world.as_("mira")?.put(&format!("projects/{}/releases/2027.1", world.data.project), json!({})).await?;
    let end = json!({"resolution": "closed", "reason": "Released with the driver.", "release": "2027.1"});
    world.as_("uma")?.try_change(Method::PUT, &path, &format!("{path}/resolution"), end.clone()).await?.expect(403)?;
    world.as_("mira")?.settle(Method::PUT, &path, &format!("{path}/resolution"), end).await?;
    let delta = world.guest.get(&path).await?;
    ensure!(delta["open"] == false && delta["resolution"]["resolution"] == "closed", "the delta is not closed: {}", delta["resolution"]);
    let found = world.guest.get(&format!("deltas?q={}", query(&format!("project:{} is:open sort:impact", world.data.project)))).await?;
    ensure!(!list(&found, "/items")?.iter().any(|item| item["key"] == *world.delta), "the closed delta is listed as open");
    Ok(format!("{} is closed with 2027.1 by the maintainer (a user may not: 403) and left the list of open ones", world.delta))
}

/// CI fails again in a new attempt: regressed, and the delta says so and is open.
pub async fn regressed(world: &mut World) -> Result<String> {
    let receipt = report(world, "build-2", 2, 201).await?.json()?;
    let failure = failure_of(&receipt, world.data.by_hand)?;
    ensure!(failure["verdict"] == "regressed", "the verdict is {}", failure["verdict"]);
    ensure!(failure["deltas"][0]["delta"] == *world.delta, "regressed: {}", failure["deltas"]);
    ensure!(receipt["all_known"] == false, "a regression is called known");
    let path = format!("deltas/{}", world.delta);
    let delta = world.guest.get(&path).await?;
    ensure!(delta["open"] == true && delta["resolution"].is_null(), "the delta is not open again: {}", delta["resolution"]);
    ensure!(delta["regressed_at"].is_string(), "the delta does not say when it regressed");
    let found = world.guest.get(&format!("deltas?q={}", query(&format!("project:{} is:regressed", world.data.project)))).await?;
    ensure!(list(&found, "/items")?.iter().any(|item| item["key"] == *world.delta), "is:regressed does not find it");
    let timeline = world.guest.get(&format!("{path}/timeline")).await?;
    ensure!(timeline.to_string().contains("regress"), "the timeline does not tell: {timeline}");
    let page = world.guest.page(&format!("/{path}")).await?;
    ensure!(page.to_lowercase().contains("regress"), "the page does not say that it regressed");
    Ok(format!("attempt 2: the verdict is regressed; {} is open again and says so in API, list, timeline and page", world.delta))
}

/// Posts the file as one attempt of a run.
async fn report(world: &World, id: &str, attempt: i32, status: u16) -> Result<Answer> {
    let ci = world.ci.as_ref().context("no CI token")?;
    let project = world.data.project;
    let path =
        format!("projects/{project}/runs?external_id={id}&attempt={attempt}&job=unit-tests&pipeline=gate&branch=main&commit=0123abcd");
    ci.ask(Method::POST, &path, &[], Body::Bytes("application/xml", world.data.junit.clone())).await?.expect(status)
}

async fn unexplained(world: &World) -> Result<Value> {
    world.as_("mira")?.get(&format!("projects/{}/failures?explained=false&limit=100", world.data.project)).await
}

fn failure_of<'a>(receipt: &'a Value, test: &str) -> Result<&'a Value> {
    list(receipt, "/failures")?
        .iter()
        .find(|failure| failure["test"] == *test)
        .with_context(|| format!("{test} is not among the failures: {receipt}"))
}

fn group_of<'a>(receipt: &'a Value, test: &str) -> Result<&'a str> {
    text(failure_of(receipt, test)?, "/group")
}
