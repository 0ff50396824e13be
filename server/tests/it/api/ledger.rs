//! `/api/v1/orgs/{org}/commitments`: what was promised, and what became of it.

use serde_json::{Value, json};
use server::act;
use time::{Duration, macros::datetime};

use super::board::{northwind, task};
use crate::support::{Client, TestApp};

const LEDGER: &str = "/api/v1/orgs/nw/commitments";

async fn say(owner: &Client, key: &str, promise: Value) {
    owner.put(&format!("/api/v1/tasks/{key}/commitment"), promise).await.ok();
}

/// At nine o'clock of a day of 2026.
fn to(app: &TestApp, day: i64) {
    app.app.clock.set(datetime!(2026-01-01 09:00 UTC) + Duration::days(day - 1));
}

/// What stands in the list: each task with the field.
fn told(reply: &Value, field: &str) -> Vec<(String, Value)> {
    let items = reply["items"].as_array().unwrap();
    items.iter().map(|item| (item["task"].as_str().unwrap_or("?").to_owned(), item[field].clone())).collect()
}

fn keys(reply: &Value) -> Vec<String> {
    told(reply, "state").into_iter().map(|(key, _)| key).collect()
}

/// Six promises: one moved, one kept, one late, one dropped, one for a release, one without a day; told on the 40th day.
async fn promised(app: &TestApp) -> Client {
    to(app, 1);
    let owner = northwind(app).await;
    app.project("neutron", &owner).await;
    let mut keys = Vec::new();
    for title in ["Moved", "Kept", "Late", "Dropped", "Release", "Dayless", "Nothing"] {
        keys.push(task(&owner, title, "ready").await);
    }
    for key in &keys[..4] {
        say(&owner, key, json!({"state": "committed", "target_date": "2026-01-20"})).await;
    }
    to(app, 5);
    say(&owner, &keys[0], json!({"state": "committed", "target_date": "2026-01-30"})).await;
    say(&owner, &keys[0], json!({"state": "committed", "target_date": "2026-02-15", "note": "Review takes longer."})).await;
    say(&owner, &keys[4], json!({"state": "committed", "target_release": "3.0"})).await;
    say(&owner, &keys[5], json!({"state": "intended"})).await;
    say(&owner, &keys[3], json!({"state": "withdrawn"})).await;
    to(app, 20);
    say(&owner, &keys[1], json!({"state": "delivered"})).await;
    to(app, 21);
    say(&owner, &keys[2], json!({"state": "delivered"})).await;
    to(app, 40);
    owner
}

#[tokio::test]
async fn the_ledger_tells_what_became_of_each_promise() {
    let app = TestApp::start().await;
    let owner = promised(&app).await;
    let open = owner.get(LEDGER).await.ok().json;
    let totals = json!({"open": 3, "soon": 1, "overdue": 0, "quiet": 3, "moved": 1, "kept": 1, "late": 1, "dropped": 1});
    assert_eq!(open["totals"], totals);
    assert_eq!(keys(&open), ["NW-1", "NW-5", "NW-6"], "by their day, those without one last");
    let first = &open["items"][0];
    assert_eq!((&first["moves"], &first["shift"], &first["days_left"]), (&json!(2), &json!(26), &json!(6)));
    assert_eq!((&first["made"], &first["on"], &first["by"]["name"]), (&json!("2026-01-01"), &json!("2026-01-05"), &json!("mara")));
    assert_eq!(told(&open, "quiet"), [("NW-1".into(), json!(35)), ("NW-5".into(), json!(35)), ("NW-6".into(), json!(35))]);
    assert!(first.get("takeover").is_none());
    let all = owner.get(&format!("{LEDGER}?show=all")).await.ok().json;
    assert_eq!(keys(&all), ["NW-1", "NW-5", "NW-6", "NW-3", "NW-2", "NW-4"], "then what ended, the latest first");
    for (show, key, outcome) in
        [("kept", "NW-2", "kept"), ("late", "NW-3", "late"), ("dropped", "NW-4", "dropped"), ("moved", "NW-1", "open")]
    {
        let one = owner.get(&format!("{LEDGER}?show={show}")).await.ok().json;
        assert_eq!(told(&one, "outcome"), [(key.to_owned(), json!(outcome))], "{show}");
    }
    to(&app, 60);
    let later = owner.get(&format!("{LEDGER}?show=overdue")).await.ok().json;
    assert_eq!(told(&later, "days_left"), [("NW-1".to_owned(), json!(-14))]);
    owner.get(&format!("{LEDGER}?show=broken")).await.refused(422);
    owner.get(&format!("{LEDGER}?cursor=zz")).await.refused(422);
    app.anyone().get("/api/v1/orgs/none/commitments").await.refused(404);
}

#[tokio::test]
async fn a_ledger_is_read_page_by_page() {
    let app = TestApp::start().await;
    let owner = promised(&app).await;
    let (mut found, mut path) = (Vec::new(), format!("{LEDGER}?show=all&limit=2"));
    loop {
        let page = owner.get(&path).await.ok().json;
        found.extend(keys(&page));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("{LEDGER}?show=all&limit=2&cursor={next}");
    }
    assert_eq!(found, ["NW-1", "NW-5", "NW-6", "NW-3", "NW-2", "NW-4"]);
}

#[tokio::test]
async fn a_release_counts_with_the_day_it_is_out() {
    let app = TestApp::start().await;
    let owner = promised(&app).await;
    let delta = app.delta(&owner, json!({"kind": "bug", "title": "Stalls", "project": "neutron"})).await;
    owner.put(&format!("/api/v1/tasks/NW-5/deltas/{delta}"), json!({"relation": "resolves"})).await.ok();
    owner.put("/api/v1/projects/neutron/releases/3.0", json!({"released_at": "2026-03-01T00:00:00Z"})).await.ok();
    let open = owner.get(LEDGER).await.ok().json;
    let entry = &open["items"][1];
    assert_eq!((&entry["task"], &entry["target"], &entry["due"]), (&json!("NW-5"), &json!("3.0"), &json!("2026-03-01")));
    assert_eq!(entry["deltas"][0]["key"], json!(delta));
    // It keeps its day.
    to(&app, 62);
    say(&owner, "NW-5", json!({"state": "delivered"})).await;
    assert_eq!(keys(&owner.get(&format!("{LEDGER}?show=late")).await.ok().json), ["NW-5", "NW-3"]);
}

#[tokio::test]
async fn outsiders_see_promises_about_what_they_may_see_and_no_task() {
    let app = TestApp::start().await;
    let owner = promised(&app).await;
    let new = |title: &str, visibility: &str| json!({"kind": "bug", "title": title, "visibility": visibility, "project": "neutron"});
    let open = app.delta(&owner, new("Open", "public")).await;
    let hidden = app.delta(&owner, new("Hidden", "private")).await;
    for (key, delta) in [("NW-1", &open), ("NW-1", &hidden), ("NW-6", &hidden)] {
        owner.put(&format!("/api/v1/tasks/{key}/deltas/{delta}"), json!({"relation": "resolves"})).await.ok();
    }
    let zoe = app.person("zoe").await;
    for caller in [&zoe, &app.anyone()] {
        let seen = caller.get(&format!("{LEDGER}?show=all")).await.ok();
        assert_eq!(seen.json["totals"]["open"], 1, "{}", seen.text);
        assert_eq!(seen.json["items"].as_array().unwrap().len(), 1);
        let one = &seen.json["items"][0];
        assert_eq!(one["deltas"], json!([{"key": open, "kind": "bug", "title": "Open", "open": true}]));
        assert_eq!((&one["target"], &one["moves"]), (&json!("2026-02-15"), &json!(2)));
        for inside in ["task", "title", "by", "quiet", "takeover"] {
            assert!(one.get(inside).is_none(), "{inside}: {one}");
        }
    }
    // Silence of twice the days is everybody's to see.
    to(&app, 110);
    let one = zoe.get(LEDGER).await.ok().json["items"][0].clone();
    assert_eq!((&one["quiet"], &one["takeover"], one.get("task")), (&json!(70), &json!(true), None));
    app.openness(&owner, "nw", "open").await;
    assert_eq!(zoe.get(LEDGER).await.ok().json["totals"]["open"], 3);
    app.openness(&owner, "nw", "closed").await;
    zoe.get(LEDGER).await.refused(404);
    app.anyone().get(LEDGER).await.refused(404);
}

#[tokio::test]
async fn a_promise_gone_quiet_can_be_taken_over_by_who_does_the_work() {
    let app = TestApp::start().await;
    let owner = promised(&app).await;
    let etag = owner.get("/api/v1/tasks/NW-1").await.ok().header("etag").to_owned();
    let (lena, viola) = (app.member(&owner, "nw", "lena", "member").await, app.member(&owner, "nw", "viola", "viewer").await);
    owner.with("if-match", &etag).patch("/api/v1/tasks/NW-1", json!({"assignees": ["mara"]})).await.ok();
    let over = "/api/v1/tasks/NW-1/takeover";
    let early = lena.post(over, json!({})).await.refused(409);
    assert!(early.text.contains("60 days"), "{}", early.text);
    to(&app, 100);
    app.anyone().post(over, json!({})).await.refused(401);
    viola.post(over, json!({})).await.refused(403);
    let task = lena.post(over, json!({})).await.ok().json;
    assert_eq!(
        (&task["assignees"][0]["name"], &task["commitment"], &task["target_date"]),
        (&json!("lena"), &json!("committed"), &json!("2026-02-15"))
    );
    let last = task["ledger"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["note"], "Taken over from @mara, after 60 days without a word.");
    assert_eq!(task["moves"], 2, "it did not move");
    let open = owner.get(LEDGER).await.ok().json;
    assert_eq!((&open["items"][0]["quiet"], &open["items"][0]["by"]["name"]), (&Value::Null, &json!("lena")));
    lena.post(over, json!({})).await.refused(409);
    lena.post("/api/v1/tasks/NW-7/takeover", json!({})).await.refused(409);
}

#[tokio::test]
async fn a_promise_expires_where_its_organisation_says_so_and_its_day_has_passed() {
    let app = TestApp::start().await;
    let owner = promised(&app).await;
    let etag = owner.get("/api/v1/orgs/nw").await.ok().header("etag").to_owned();
    let lena = app.member(&owner, "nw", "lena", "member").await;
    let days = json!({"expires_after": 40, "quiet_after": 10});
    lena.with("if-match", &etag).patch("/api/v1/orgs/nw", days.clone()).await.refused(403);
    for wrong in [json!({"expires_after": 0}), json!({"quiet_after": 4000}), json!({"quiet_after": -1}), json!({"expires_after": "x"})] {
        owner.with("if-match", &etag).patch("/api/v1/orgs/nw", wrong).await.refused(422);
    }
    to(&app, 200);
    act::task::expire(&app.app).await.expect("an answer");
    assert_eq!(owner.get(LEDGER).await.ok().json["totals"]["open"], 3, "nobody asked for it");
    to(&app, 44);
    owner.with("if-match", &etag).patch("/api/v1/orgs/nw", days).await.ok();
    act::task::expire(&app.app).await.expect("an answer");
    assert_eq!(owner.get(LEDGER).await.ok().json["totals"]["open"], 3, "39 days are not 40");
    to(&app, 45);
    act::task::expire(&app.app).await.expect("an answer");
    let left = owner.get(&format!("{LEDGER}?show=all")).await.ok().json;
    assert_eq!(keys(&left)[0], "NW-1", "its day is still to come: {left}");
    assert_eq!((&left["totals"]["open"], &left["totals"]["dropped"]), (&json!(1), &json!(3)));
    let task = owner.get("/api/v1/tasks/NW-6").await.ok().json;
    let last = task["ledger"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["state"], &last["by"], &last["note"]),
        (&json!("withdrawn"), &Value::Null, &json!("Expired: nothing was heard of it for 40 days."))
    );
    to(&app, 60);
    act::task::expire(&app.app).await.expect("an answer");
    assert_eq!(owner.get(LEDGER).await.ok().json["totals"]["open"], 0);
    owner
        .with("if-match", owner.get("/api/v1/orgs/nw").await.header("etag"))
        .patch("/api/v1/orgs/nw", json!({"expires_after": null}))
        .await
        .ok();
    assert_eq!(owner.get("/api/v1/orgs/nw").await.ok().json["expires_after"], Value::Null);
}

#[tokio::test]
async fn the_pages_of_promises_work_with_plain_forms() {
    let app = TestApp::start().await;
    promised(&app).await;
    let mara = app.signed_in("mara").await;
    let page = mara.get("/orgs/nw/commitments").await.ok().text;
    for words in ["Open 3", "Kept late 1", "moved 2 times, 26 days later in all", "quiet for 35 days", "Still on it", "in 6 days"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("Take over"), "{page}");
    let task = mara.get("/tasks/NW-1").await.ok().text;
    assert!(task.contains("nothing was heard of it for 35 days"), "{task}");
    let again = [("state", "committed"), ("target_release", ""), ("target_date", "2026-02-15"), ("note", "Still on it.")];
    mara.form("/tasks/NW-1/commitment", &again).await.leads();
    assert!(!mara.get("/tasks/NW-1").await.ok().text.contains("nothing was heard"), "it was heard of");
    assert!(mara.get("/orgs/nw/commitments?show=quiet").await.ok().text.contains("Gone quiet 2"));
    let wrong =
        mara.form("/orgs/nw/settings/ledger", &[("version", "1"), ("quiet_after", "many"), ("expires_after", "")]).await.status(422).text;
    assert!(wrong.contains("must be a number of days") && wrong.contains(r#"value="many""#), "{wrong}");
    mara.form("/orgs/nw/settings/ledger", &[("version", "1"), ("quiet_after", "10"), ("expires_after", "90")]).await.leads();
    let page = mara.get("/orgs/nw/commitments?show=quiet").await.ok().text;
    assert!(page.contains("after 90 they expire") && page.contains("Take over"), "{page}");
    mara.form("/tasks/NW-6/takeover", &[]).await.leads();
    mara.form("/tasks/NW-6/takeover", &[]).await.status(409);
    assert!(app.anyone().get("/orgs/nw/commitments").await.ok().text.contains("No open promise"));
}
