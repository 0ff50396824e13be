//! Other trackers' records, brought as a file: who may, what becomes of it, what is left alone.

mod bounds;
mod cancel;

use std::io::Write;

use axum::{body::Body, http::Method};
use serde_json::{Value, json};
use server::{
    act::{
        attachment::sweep_store,
        import::turn::{due, sweep},
    },
    clock, store,
};
use time::Duration;
use uuid::Uuid;

use crate::support::{Client, Reply, TestApp};

const PATH: &str = "/api/v1/projects/neutron/imports";

fn issue(number: u32, change: Value) -> Value {
    let mut issue = json!({
        "number": number, "title": format!("Cart {number} forgets items"), "url": format!("https://github.com/shop/cart/issues/{number}"),
        "body": "It does.", "author": { "login": "ann" }, "state": "OPEN", "labels": [], "createdAt": "2024-01-01T00:00:00Z",
        "updatedAt": "2024-01-02T00:00:00Z",
    });
    if let (Some(issue), Value::Object(change)) = (issue.as_object_mut(), change) {
        issue.extend(change);
    }
    issue
}

/// Two issues and a pull request.
fn issues() -> String {
    let request = issue(3, json!({ "pull_request": { "url": "https://api.github.com/repos/shop/cart/pulls/3" } }));
    json!([issue(1, json!({ "locked": true })), issue(2, json!({})), request]).to_string()
}

async fn bring(client: &Client, query: &str, body: impl Into<Body>) -> Reply {
    client.send(Method::POST, &format!("{PATH}?tracker=github&name=issues.json&{query}"), Some("application/json"), body).await
}

/// The import of this answer, once its turn is over.
async fn done(app: &TestApp, client: &Client, brought: &Reply) -> Value {
    due(&app.app).await.expect("a turn");
    client.get(&format!("{PATH}/{}", brought.json["id"].as_str().expect("an id"))).await.ok().json
}

/// How many files the store has.
fn kept(app: &TestApp) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(app.folder.path())
}

async fn world() -> (TestApp, Client) {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    (app, mara)
}

async fn deltas(client: &Client) -> usize {
    client.get("/api/v1/deltas?q=").await.ok().json["items"].as_array().expect("items").len()
}

#[tokio::test]
async fn a_dry_run_writes_nothing_and_says_what_is_lost_then_it_is_brought_in() {
    let (app, mara) = world().await;
    let dry = bring(&mara, "dry_run=true", issues()).await.status(202);
    assert_eq!((&dry.json["state"], &dry.json["dry_run"], &dry.json["kept"]), (&json!("waiting"), &json!(true), &json!(true)));
    let tried = done(&app, &mara, &dry).await;
    assert_eq!((&tried["state"], &tried["added"], &tried["read"], &tried["percent"]), (&json!("done"), &json!(2), &json!(3), &json!(100)));
    let losses = tried["report"]["losses"].as_array().unwrap();
    assert!(losses.iter().any(|loss| loss["what"].as_str().unwrap().starts_with("pull requests") && loss["count"] == 1), "{tried}");
    assert_eq!((deltas(&mara).await, kept(&app)), (0, 1));

    let start = format!("{PATH}/{}/start", dry.json["id"].as_str().unwrap());
    let started = mara.post(&start, json!({})).await.status(202);
    assert_eq!((&started.json["dry_run"], &started.json["file"]), (&json!(false), &json!("issues.json")));
    mara.post(&start, json!({})).await.refused(409);
    let real = done(&app, &mara, &started).await;
    assert_eq!((&real["state"], &real["added"], &real["kept"]), (&json!("done"), &json!(2), &json!(false)), "{real}");
    assert_eq!((deltas(&mara).await, kept(&app)), (2, 0));
    let delta = mara.get("/api/v1/deltas/D-1").await.ok();
    assert_eq!(delta.json["places"][0]["project"], "neutron", "whatever its repository is called: {}", delta.text);

    let again = bring(&mara, "", issues()).await.status(202);
    let again = done(&app, &mara, &again).await;
    assert_eq!(
        (&again["state"], &again["added"], &again["changed"], &again["unchanged"]),
        (&json!("done"), &json!(0), &json!(0), &json!(2))
    );
    let list = mara.get(&format!("{PATH}?limit=2")).await.ok();
    assert_eq!((&list.json["items"][0]["unchanged"], list.json["items"].as_array().unwrap().len()), (&json!(2), 2));
    assert!(list.json["items"][0].get("report").is_none());
    let rest = mara.get(&format!("{PATH}?cursor={}", list.json["next"].as_str().unwrap())).await.ok();
    assert_eq!((&rest.json["items"][0]["id"], rest.json.get("next")), (&dry.json["id"], None));
    mara.get(&format!("{PATH}?cursor=zz")).await.refused(422);
}

#[tokio::test]
async fn maintainers_and_administrators_import_and_nobody_else() {
    let (app, mara) = world().await;
    let (tom, admin) = (app.person("tom").await, app.admin().await);
    let brought = bring(&mara, "dry_run=true", issues()).await.status(202);
    let one = format!("{PATH}/{}", brought.json["id"].as_str().unwrap());
    done(&app, &mara, &brought).await;
    for (client, status) in [(app.anyone(), 401), (tom.clone(), 403), (app.ci("neutron").await, 403)] {
        bring(&client, "", issues()).await.refused(status);
        client.get(PATH).await.refused(status);
        client.get(&one).await.refused(status);
        client.post(&format!("{one}/start"), json!({})).await.refused(status);
    }
    mara.send(Method::POST, "/api/v1/projects/nowhere/imports?tracker=github", None, issues()).await.refused(404);
    mara.get(&format!("{PATH}/{}", Uuid::nil())).await.refused(404);
    app.project("nova", &tom).await;
    tom.get(&one.replace("neutron", "nova")).await.refused(404);
    admin.get(&one).await.ok();
    let theirs = bring(&admin, "", issues()).await.status(202);
    assert_eq!(done(&app, &admin, &theirs).await["added"], 2);
}

#[tokio::test]
async fn an_organisation_takes_the_work_only_where_its_member_says_so() {
    let (app, mara) = world().await;
    let olga = app.person("olga").await;
    app.org("nw", "Northwind", &olga).await;
    bring(&mara, "org=nw", issues()).await.refused(403);
    olga.put("/api/v1/orgs/nw/members/mara", json!({ "role": "member" })).await.status(204);
    let columns = json!([{ "slug": "next", "name": "Next", "category": "ready" }]);
    olga.post("/api/v1/orgs/nw/boards", json!({ "slug": "main", "name": "Main", "columns": columns })).await.status(201);
    let text = json!([issue(1, json!({ "assignees": [{ "login": "bob" }] }))]).to_string();
    let brought = bring(&mara, "org=nw", text).await.status(202);
    assert_eq!(brought.json["org"], "nw");
    let told = done(&app, &mara, &brought).await;
    assert_eq!((&told["state"], &told["report"]["tasks"]), (&json!("done"), &json!(1)), "{told}");
    // Who left meanwhile writes nothing down there.
    let more = json!([issue(2, json!({ "assignees": [{ "login": "bob" }] }))]).to_string();
    let late = bring(&mara, "org=nw", more).await.status(202);
    olga.delete("/api/v1/orgs/nw/members/mara").await.ok();
    let late = done(&app, &mara, &late).await;
    assert_eq!(late["state"], "failed");
    assert!(late["detail"].as_str().unwrap().contains("not a member"), "{late}");
}

#[tokio::test]
async fn what_left_the_project_or_is_out_of_sight_stays_as_it_is() {
    let (app, mara) = world().await;
    let brought = bring(&mara, "", issues()).await.status(202);
    done(&app, &mara, &brought).await;
    let before = mara.get("/api/v1/deltas/D-1").await.ok().json["title"].clone();
    let sue = app.person("sue").await;
    mara.put("/api/v1/projects/neutron/security/sue", json!({})).await.ok();
    sue.get("/api/v1/deltas/D-1").await.ok();
    app.execute("UPDATE delta SET visibility = 'private' WHERE number = 1").await;
    mara.get("/api/v1/deltas/D-1").await.refused(404);
    let changed = json!([issue(1, json!({ "title": "Changed", "updatedAt": "2024-06-01T00:00:00Z" }))]).to_string();
    let brought = bring(&mara, "", changed).await.status(202);
    let told = done(&app, &mara, &brought).await;
    assert_eq!((&told["state"], &told["changed"], &told["refused"]), (&json!("failed"), &json!(0), &json!(1)), "{told}");
    let why = told["report"]["bad"][0].as_str().unwrap();
    assert!(why.ends_with("is none that this import may bring in or change"), "it does not say that there is one: {why}");
    assert_eq!(sue.get("/api/v1/deltas/D-1").await.ok().json["title"], before);
}

#[tokio::test]
async fn records_are_named_only_to_who_brought_them_and_who_sees_what_is_private() {
    let (app, mara) = world().await;
    let (nils, sue) = (app.person("nils").await, app.person("sue").await);
    for path in ["maintainers/nils", "maintainers/sue", "security/sue"] {
        mara.put(&format!("/api/v1/projects/neutron/{path}"), json!({})).await.ok();
    }
    let text = format!("{}\n{{broken", issue(1, json!({ "title": "" })));
    let brought = bring(&mara, "dry_run=true", text).await.status(202);
    let told = done(&app, &mara, &brought).await;
    assert_eq!((&told["state"], &told["refused"]), (&json!("failed"), &json!(2)), "{told}");
    for (client, named) in [(&mara, 2), (&sue, 2), (&nils, 0)] {
        let told = done(&app, client, &brought).await;
        assert_eq!((told["report"]["bad"].as_array().unwrap().len(), &told["refused"]), (named, &json!(2)), "{told}");
    }
}

#[tokio::test]
async fn a_wrong_file_fails_in_words_and_can_be_tried_again() {
    let (app, mara) = world().await;
    for (text, why) in [("no export at all", "No record of the file"), ("[]", "no record"), ("<bugzilla/>", "No record of the file")] {
        let brought = bring(&mara, "", text).await.status(202);
        let told = done(&app, &mara, &brought).await;
        assert_eq!(told["state"], "failed", "{told}");
        assert!(told["detail"].as_str().unwrap().contains(why), "{told}");
        if text != "[]" {
            assert!(told["report"]["bad"][0].as_str().unwrap().starts_with("issues.json: line 1"), "{told}");
        }
        assert!(told["kept"].as_bool().unwrap(), "{told}");
        let again = mara.post(&format!("{PATH}/{}/start", brought.json["id"].as_str().unwrap()), json!({})).await.status(202);
        assert_eq!(done(&app, &mara, &again).await["state"], "failed");
    }
}

#[tokio::test]
async fn what_is_not_taken_leaves_nothing() {
    let (app, mara) = world().await;
    bring(&mara, "", "").await.refused(422);
    bring(&mara, "url=ftp://example.org", "x").await.refused(422);
    bring(&mara, "dry_run=perhaps", "x").await.refused(422);
    mara.send(Method::POST, &format!("{PATH}?tracker=trac"), None, "x").await.refused(422);
    mara.send(Method::POST, PATH, None, "x").await.refused(422);
    mara.with("content-encoding", "gzip").send(Method::POST, &format!("{PATH}?tracker=github"), None, "x").await.refused(415);
    mara.with("idempotency-key", "k").send(Method::POST, &format!("{PATH}?tracker=github"), None, "x").await.refused(422);
    // Four times what an attachment may have.
    let large = bring(&mara, "", vec![b' '; 4_000_001]).await.refused(413);
    assert!(large.json["detail"].as_str().unwrap().contains("4.0 MB"), "{}", large.text);
    assert_eq!((kept(&app), &mara.get(PATH).await.ok().json["items"]), (0, &json!([])));
    bring(&mara, "", issues()).await.status(202);
    bring(&mara, "", issues()).await.refused(409);
    assert_eq!(kept(&app), 1);
}

#[tokio::test]
async fn a_packed_file_is_known_by_its_first_bytes() {
    let (app, mara) = world().await;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(issues().as_bytes()).unwrap();
    let brought = bring(&mara, "", packed.finish().unwrap()).await.status(202);
    let told = done(&app, &mara, &brought).await;
    assert_eq!((&told["state"], &told["added"]), (&json!("done"), &json!(2)), "{told}");
}

/// A server that took an import and ended without a word.
async fn cut_off(app: &TestApp, id: Uuid) {
    let now = app.app.clock.now();
    let mut tx = app.app.db.write().await.unwrap();
    let claimed = store::import::turn::claim(&mut tx, id, clock::new_id(), now, now).await.unwrap();
    assert!(claimed.is_some());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_was_cut_off_is_taken_up_again_and_comes_in_once() {
    let (app, mara) = world().await;
    let brought = bring(&mara, "", issues()).await.status(202);
    let id: Uuid = brought.json["id"].as_str().unwrap().parse().unwrap();
    cut_off(&app, id).await;
    assert_eq!(done(&app, &mara, &brought).await["state"], "running", "its server may be at it still");
    bring(&mara, "", issues()).await.refused(409);
    app.app.clock.advance(Duration::seconds(31));
    let told = done(&app, &mara, &brought).await;
    assert_eq!((&told["state"], &told["added"]), (&json!("done"), &json!(2)), "{told}");
    assert_eq!(due(&app.app).await.unwrap(), 0);

    // One that ends its server each time is not taken up for ever.
    let brought = bring(&mara, "", issues()).await.status(202);
    let id: Uuid = brought.json["id"].as_str().unwrap().parse().unwrap();
    for _ in 0..5 {
        cut_off(&app, id).await;
        app.app.clock.advance(Duration::seconds(31));
    }
    let told = done(&app, &mara, &brought).await;
    assert_eq!(told["state"], "failed", "{told}");
    assert!(told["detail"].as_str().unwrap().contains("several times"), "{told}");
}

#[tokio::test]
async fn an_import_whose_file_is_gone_fails_in_words() {
    let (app, mara) = world().await;
    let brought = bring(&mara, "", issues()).await.status(202);
    for folder in std::fs::read_dir(app.folder.path()).unwrap() {
        std::fs::remove_dir_all(folder.unwrap().path()).unwrap();
    }
    let told = done(&app, &mara, &brought).await;
    assert_eq!(told["state"], "failed");
    assert!(told["detail"].as_str().unwrap().contains("The file is gone"), "{told}");
}

#[tokio::test]
async fn who_maintains_the_project_no_more_brings_nothing_in() {
    let (app, mara) = world().await;
    let tom = app.person("tom").await;
    mara.put("/api/v1/projects/neutron/maintainers/tom", json!({})).await.ok();
    let brought = bring(&tom, "", issues()).await.status(202);
    mara.delete("/api/v1/projects/neutron/maintainers/tom").await.ok();
    let told = done(&app, &mara, &brought).await;
    assert_eq!((&told["state"], deltas(&mara).await), (&json!("failed"), 0), "{told}");
}

#[tokio::test]
async fn a_file_that_was_not_brought_in_goes_after_a_week() {
    let (app, mara) = world().await;
    let brought = bring(&mara, "dry_run=true", issues()).await.status(202);
    done(&app, &mara, &brought).await;
    // It is no file of nobody, however old it is.
    app.app.clock.advance(Duration::days(6));
    assert_eq!((sweep(&app.app).await.unwrap(), sweep_store(&app.app).await.unwrap(), kept(&app)), (0, 0, 1));
    app.app.clock.advance(Duration::days(2));
    assert_eq!((sweep(&app.app).await.unwrap(), kept(&app)), (1, 0));
    let told = mara.get(&format!("{PATH}/{}", brought.json["id"].as_str().unwrap())).await.ok();
    assert_eq!((&told.json["kept"], &told.json["added"]), (&json!(false), &json!(2)));
    mara.post(&format!("{PATH}/{}/start", brought.json["id"].as_str().unwrap()), json!({})).await.refused(409);
}
