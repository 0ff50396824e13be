use serde_json::json;

use crate::support::{Client, TestApp};

/// Northwind watches neutron, where two deltas are open; mara owns it, viola only looks.
async fn world() -> (TestApp, Client, Client, String, String) {
    let app = TestApp::start().await;
    let owner = app.person("mara").await;
    app.org("nw", "Northwind", &owner).await;
    app.member(&owner, "nw", "viola", "viewer").await;
    app.project("neutron", &owner).await;
    let first = app.delta(&owner, json!({"title": "Port stays DOWN"})).await;
    let second = app.delta(&owner, json!({"title": "Quota counts deleted trunks"})).await;
    owner.put("/api/v1/orgs/nw/watches/net", json!({"query": "project:neutron"})).await.ok();
    let mara = app.signed_in("mara").await;
    (app, owner, mara, first, second)
}

const INBOX: &str = "/orgs/nw/triage";

#[tokio::test]
async fn the_inbox_leads_from_one_decision_to_the_next() {
    let (_app, owner, mara, first, second) = world().await;
    // The latest of equal impact first.
    let page = mara.get(INBOX).await.ok().text;
    assert!(page.contains("2 deltas touch what you watch"), "{page}");
    assert!(
        page.contains("<h2>Quota counts deleted trunks</h2>") && page.contains("Desired") && page.contains("<code>ACTIVE</code>"),
        "{page}"
    );
    assert!(page.contains(&format!(r#"name="next" value="{first}""#)), "{page}");
    for key in ["data-key=\"a\"", "data-key=\"l\"", "data-key=\"s\"", "data-key=\"d\"", "data-key=\"j\""] {
        assert!(page.contains(key), "{key}: {page}");
    }
    let stance = format!("{INBOX}/{second}/stance");
    let page = mara.form(&stance, &[("stance", "declined"), ("next", &first)]).await.status(422).text;
    assert!(page.contains("is needed to decline"), "{page}");
    let to = mara.form(&stance, &[("stance", "declined"), ("reason", "not ours"), ("next", &first)]).await.leads();
    assert_eq!(to, format!("{INBOX}?at={first}&undo={second}#{first}"));
    let page = mara.get(&to).await.ok().text;
    let said = format!(r#"<div>You decided on {second}.</div><form method="post" action="{INBOX}/{second}/undo" class="act">"#);
    assert!(page.contains(&said) && page.contains(&format!(r#"id="{first}""#)), "{page}");
    assert!(page.contains("<h2>Port stays DOWN</h2>") && page.contains("data-key=\"z\"") && page.contains("1 delta touches"), "{page}");
    let to = mara.form(&format!("{INBOX}/{second}/undo"), &[]).await.leads();
    assert_eq!(to, format!("{INBOX}?at={second}#{second}"));
    assert!(mara.get(&to).await.ok().text.contains("<h2>Quota counts deleted trunks</h2>"));
    let to = mara.form(&stance, &[("stance", "snoozed"), ("days", "7"), ("impact", "60"), ("next", &first)]).await.leads();
    mara.get(&to).await.ok();
    let to = mara.form(&format!("{INBOX}/{first}/stance"), &[("stance", "considering"), ("next", "-")]).await.leads();
    let page = mara.get(&to).await.ok().text;
    assert!(page.contains("Nothing waits") && page.contains("data-key=\"z\""), "{page}");
    assert_eq!(owner.get("/api/v1/orgs/nw/triage").await.ok().json["items"], json!([]));
}

#[tokio::test]
async fn taking_it_on_writes_down_a_task_with_a_priority_of_ones_own() {
    let (_app, owner, mara, first, second) = world().await;
    assert!(mara.get(INBOX).await.ok().text.contains("There is no board to put a task on yet."));
    mara.form("/orgs/nw/settings/board", &[]).await.leads();
    let page = mara.get(INBOX).await.ok().text;
    assert!(page.contains(r#"<option value="main/backlog" selected>"#), "{page}");
    let take = [("title", "Retry the first write"), ("priority", "urgent"), ("place", "main/ready"), ("next", &*first)];
    let to = mara.form(&format!("{INBOX}/{second}/take"), &take).await.leads();
    assert_eq!(to, format!("{INBOX}?at={first}&undo={second}&task=NW-1#{first}"));
    let task = owner.get("/api/v1/tasks/NW-1").await.ok().json;
    assert_eq!((&task["title"], &task["priority"]), (&json!("Retry the first write"), &json!("urgent")));
    let page = mara.get(&to).await.ok().text;
    assert!(page.contains("NW-1 Retry the first write"), "{page}");
    let to = mara.form(&format!("{INBOX}/{first}/link"), &[("task", "NW-1"), ("next", "-")]).await.leads();
    assert!(mara.get(&to).await.ok().text.contains("Nothing waits"));
    mara.form(&format!("{INBOX}/{first}/link"), &[("task", "nonsense"), ("next", "-")]).await.status(422);
    // What a linked task says is not undone by taking words back.
    mara.form(&format!("{INBOX}/{first}/undo"), &[]).await.status(409);
}

#[tokio::test]
async fn a_task_for_a_private_delta_is_begun_without_its_words() {
    let (app, owner, mara, first, _second) = world().await;
    mara.form("/orgs/nw/settings/board", &[]).await.leads();
    let secret = app.delta(&owner, json!({"title": "Zyxomat leaks keys", "visibility": "private"})).await;
    for address in [format!("{INBOX}?at={secret}"), format!("/orgs/nw/tasks/new?delta={secret}")] {
        let page = mara.get(&address).await.ok().text;
        assert!(page.contains(&format!("value=\"Work on {secret}\"")) && page.contains("The delta is private, the task is not"), "{page}");
        assert!(!page.contains("value=\"Zyxomat leaks keys\""), "{page}");
    }
    let page = mara.get(&format!("/orgs/nw/tasks/new?delta={first}")).await.ok().text;
    assert!(page.contains("value=\"Port stays DOWN\"") && !page.contains("The delta is private"), "{page}");
}

#[tokio::test]
async fn viewers_read_the_inbox_and_decide_nothing() {
    let (app, _owner, _mara, first, _second) = world().await;
    let viola = app.signed_in("viola").await;
    let page = viola.get(INBOX).await.ok().text;
    assert!(page.contains("Port stays DOWN") && !page.contains("Take it on"), "{page}");
    viola.form(&format!("{INBOX}/{first}/stance"), &[("stance", "considering"), ("next", "-")]).await.status(403);
    viola.form(&format!("{INBOX}/{first}/take"), &[("title", "x"), ("priority", "low")]).await.status(403);
    app.person("zoe").await;
    app.signed_in("zoe").await.get(INBOX).await.status(404);
    app.anyone().get(INBOX).await.status(401);
}

#[tokio::test]
async fn the_navigation_counts_what_waits() {
    let (_app, _owner, mara, first, _second) = world().await;
    assert!(mara.get("/orgs").await.ok().text.contains(r#">2<span class="hid"> waiting"#));
    mara.form(&format!("{INBOX}/{first}/stance"), &[("stance", "considering")]).await.leads();
    assert!(mara.get("/orgs").await.ok().text.contains(r#">1<span class="hid"> waiting"#));
}

#[tokio::test]
async fn undo_after_taking_on_unlinks_the_task_and_says_that_it_stays() {
    let (_app, owner, mara, first, second) = world().await;
    mara.form("/orgs/nw/settings/board", &[]).await.leads();
    let take = [("title", "Retry"), ("priority", "high"), ("place", "main/ready"), ("next", &*first)];
    let to = mara.form(&format!("{INBOX}/{second}/take"), &take).await.leads();
    let undo = format!("{INBOX}/{second}/undo?task=NW-1");
    assert!(mara.get(&to).await.ok().text.contains(&format!(r#"action="{undo}""#)));
    let back = mara.form(&undo, &[]).await.leads();
    assert!(mara.get(&back).await.ok().text.contains("<h2>Quota counts deleted trunks</h2>"));
    assert_eq!(owner.get("/api/v1/orgs/nw/triage").await.ok().json["items"].as_array().unwrap().len(), 2);
    assert_eq!(owner.get("/api/v1/tasks/NW-1").await.ok().json["deltas"], json!([]));
}

#[tokio::test]
async fn a_snooze_ends_on_a_day_or_once_ci_failed_often_enough() {
    let (_app, owner, mara, first, second) = world().await;
    let stance = |key: &str| format!("{INBOX}/{key}/stance");
    mara.form(&stance(&first), &[("stance", "snoozed"), ("date", "2999-01-31"), ("next", "-")]).await.leads();
    mara.form(&stance(&second), &[("stance", "snoozed"), ("failures", "10"), ("next", "-")]).await.leads();
    assert_eq!(owner.get("/api/v1/orgs/nw/triage").await.ok().json["items"], json!([]));
    let page = mara.form(&stance(&first), &[("stance", "snoozed"), ("date", "soon"), ("next", "-")]).await.status(422).text;
    assert!(page.contains("must be a day such as"), "{page}");
}
