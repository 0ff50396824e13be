//! `/api/v1/orgs/{org}/boards`.

use std::time::Duration;

use serde_json::{Value, json};
use server::store;

use crate::support::{Client, TestApp};

pub const COLUMNS: &str =
    r#"[{"name":"Ready","category":"ready"},{"name":"In progress","category":"doing","wip_limit":3},{"name":"Done","category":"done"}]"#;

/// An organisation with a board of three columns; gives its owner.
pub async fn northwind(app: &TestApp) -> Client {
    let owner = app.person("mara").await;
    app.org("nw", "Northwind", &owner).await;
    let columns: Value = serde_json::from_str(COLUMNS).unwrap();
    owner.post("/api/v1/orgs/nw/boards", json!({"slug": "switching", "name": "Switching", "columns": columns})).await.status(201);
    owner
}

/// A task in a column of that board; gives its key.
pub async fn task(owner: &Client, title: &str, column: &str) -> String {
    let body = json!({"title": title, "board": "switching", "column": column});
    owner.post("/api/v1/orgs/nw/tasks", body).await.status(201).json["key"].as_str().unwrap().to_owned()
}

/// The keys of each column's cards.
pub fn keys(board: &Value) -> Vec<Vec<String>> {
    let cards = |column: &Value| column["cards"].as_array().unwrap().iter().map(|card| card["key"].as_str().unwrap().to_owned()).collect();
    board["columns"].as_array().unwrap().iter().map(cards).collect()
}

#[tokio::test]
async fn a_board_is_made_with_its_columns_and_read_with_its_cards() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    task(&owner, "Reproduce the race", "ready").await;
    task(&owner, "Retry the session", "in-progress").await;
    let reply = owner.get("/api/v1/orgs/nw/boards/switching").await.ok();
    assert_eq!(keys(&reply.json), [vec!["NW-1"], vec!["NW-2"], vec![]]);
    assert_eq!(reply.json["columns"][1]["wip_limit"], 3);
    assert_eq!(reply.header("etag"), format!("\"{}\"", reply.json["settings_version"]));
    owner
        .post("/api/v1/orgs/nw/boards", json!({"slug": "switching", "name": "Again", "columns": [{"name": "A", "category": "done"}]}))
        .await
        .refused(409);
}

#[tokio::test]
async fn what_is_no_board_is_refused_with_the_fields_at_fault() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let make = |columns: Value| json!({"slug": "b", "name": "B", "columns": columns});
    for (columns, field) in [
        (json!([]), "columns"),
        (json!([{"name": "", "category": "ready"}]), "columns[0].name"),
        (json!([{"name": "A", "category": "ready", "wip_limit": 0}]), "columns[0].wip_limit"),
        (json!([{"name": "A", "category": "soon"}]), "columns[0].category"),
        (json!([{"name": "A", "category": "ready", "colour": "red"}]), "columns[0].colour"),
    ] {
        let reply = owner.post("/api/v1/orgs/nw/boards", make(columns)).await.refused(422);
        assert_eq!(reply.json["errors"][0]["field"], field, "{}", reply.text);
    }
}

#[tokio::test]
async fn only_members_change_a_board_and_outsiders_do_not_know_it() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let viewer = app.member(&owner, "nw", "vera", "viewer").await;
    let member = app.member(&owner, "nw", "max", "member").await;
    let outsider = app.person("olaf").await;
    let path = "/api/v1/orgs/nw/boards/switching";
    let change = json!({"name": "Renamed", "filter": "is:open", "swimlanes": "priority"});
    for (nobody, status) in [(&outsider, 404), (&app.anyone(), 401)] {
        nobody.get(path).await.refused(404);
        nobody.with("if-match", "\"1\"").patch(path, change.clone()).await.refused(status);
        nobody.get(&format!("{path}/events")).await.refused(404);
    }
    let etag = viewer.get(path).await.ok().header("etag").to_owned();
    viewer.with("if-match", &etag).patch(path, change.clone()).await.refused(403);
    let reply = member.with("if-match", &etag).patch(path, change.clone()).await.ok();
    assert_eq!((reply.json["name"].as_str(), reply.json["filter"].as_str()), (Some("Renamed"), Some("is:open")));
    member.with("if-match", &etag).patch(path, change.clone()).await.refused(412);
    member.patch(path, change).await.refused(428);
    app.openness(&owner, "nw", "open").await;
    outsider.get(path).await.ok();
    app.anyone().get(path).await.ok();
    outsider.with("if-match", &etag).patch(path, json!({"name": "Mine"})).await.refused(403);
}

#[tokio::test]
async fn a_column_with_cards_cannot_be_removed() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    task(&owner, "Stays", "in-progress").await;
    let path = "/api/v1/orgs/nw/boards/switching";
    let board = owner.get(path).await.ok();
    let fewer =
        json!({"columns": [{"slug": "ready", "name": "To do", "category": "ready"}, {"slug": "done", "name": "Done", "category": "done"}]});
    let refused = owner.with("if-match", board.header("etag")).patch(path, fewer).await.refused(409);
    assert!(refused.text.contains("In progress"), "{}", refused.text);
    let more = json!({"columns": [
        {"slug": "in-progress", "name": "Doing", "category": "doing"}, {"name": "Verify", "category": "review", "policy": "Two green runs."},
        {"slug": "done", "name": "Done", "category": "done"}]});
    let board = owner.with("if-match", board.header("etag")).patch(path, more).await.ok();
    let slugs: Vec<_> = board.json["columns"].as_array().unwrap().iter().map(|column| column["slug"].as_str().unwrap()).collect();
    assert_eq!(slugs, ["in-progress", "verify", "done"]);
    assert_eq!(keys(&board.json)[0], ["NW-1"]);
    let bad = json!({"filter": "is:nonsense"});
    owner.with("if-match", board.header("etag")).patch(path, bad).await.refused(422);
}

#[tokio::test]
async fn settings_are_saved_while_cards_move() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let key = task(&owner, "Moves", "ready").await;
    let path = "/api/v1/orgs/nw/boards/switching";
    let seen = owner.get(path).await.ok();
    let to = format!("/api/v1/tasks/{key}/placement");
    owner.with("if-match", "\"1\"").patch(&to, json!({"column": "done"})).await.ok();
    let saved = owner.with("if-match", seen.header("etag")).patch(path, json!({"name": "Renamed"})).await.ok();
    assert!(saved.json["version"].as_i64() > seen.json["version"].as_i64());
    owner.with("if-match", seen.header("etag")).patch(path, json!({"name": "Lost?"})).await.refused(412);
    assert_eq!(owner.get(path).await.ok().header("etag"), saved.header("etag"));
}

#[tokio::test]
async fn moving_and_editing_cards_of_one_board_at_once_hold_nobody_up() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    app.project("neutron", &owner).await;
    let delta = app.delta(&owner, json!({})).await;
    let mut keys = Vec::new();
    for number in 0..8 {
        keys.push(task(&owner, &format!("Task {number}"), "ready").await);
    }
    let people = keys.into_iter().enumerate().map(|(index, key)| {
        let (owner, delta) = (owner.clone(), delta.clone());
        tokio::spawn(async move {
            let path = format!("/api/v1/tasks/{key}");
            for round in 0..8 {
                let etag = owner.get(&path).await.ok().header("etag").to_owned();
                let seen = owner.with("if-match", &etag);
                match (index % 2, round % 4) {
                    (0, _) => {
                        let column = if round % 2 == 0 { "in-progress" } else { "ready" };
                        seen.patch(&format!("{path}/placement"), json!({"column": column})).await.ok()
                    }
                    (_, 0) => seen.patch(&path, json!({"title": format!("Round {round}")})).await.ok(),
                    (_, 1) => owner.put(&format!("{path}/commitment"), json!({"state": "intended"})).await.ok(),
                    (_, 2) => owner.put(&format!("{path}/deltas/{delta}"), json!({"relation": "resolves"})).await.ok(),
                    _ => owner.post(&format!("{path}/references"), json!({"kind": "build", "url": "https://example.org"})).await.ok(),
                };
            }
        })
    });
    for person in people.collect::<Vec<_>>() {
        person.await.unwrap();
    }
}

#[tokio::test]
async fn a_card_is_not_put_into_a_column_that_goes_at_that_moment() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let org = app.org_id("nw").await;
    let mut tx = app.app.db.write().await.unwrap();
    store::org::lock(&mut tx, org).await.unwrap();
    let board = store::board::find(&mut tx, org, "switching").await.unwrap().id;
    let columns = store::board::columns(&mut tx, [board]).await.unwrap();
    let going = columns.iter().find(|column| column.slug == "in-progress").unwrap().id;
    assert!(store::board::delete_column(&mut tx, going).await.unwrap());
    let body = json!({"title": "Late", "board": "switching", "column": "in-progress"});
    let late = tokio::spawn(async move { owner.post("/api/v1/orgs/nw/tasks", body).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    tx.commit().await.unwrap();
    assert_eq!(late.await.unwrap().refused(422).json["errors"][0]["field"], "column");
}

#[tokio::test]
async fn a_hard_limit_takes_no_card_more_and_a_soft_one_takes_any() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let path = "/api/v1/orgs/nw/boards/switching";
    let columns = |hard: bool| {
        json!({"columns": [{"slug": "ready", "name": "Ready", "category": "ready"},
        {"slug": "in-progress", "name": "In progress", "category": "doing", "wip_limit": 1, "wip_hard": hard}, {"slug": "done", "name": "Done", "category": "done"}]})
    };
    let set = async |hard| {
        let etag = owner.get(path).await.ok().header("etag").to_owned();
        owner.with("if-match", &etag).patch(path, columns(hard)).await.ok().json
    };
    let (first, second) = (task(&owner, "First", "in-progress").await, task(&owner, "Second", "ready").await);
    assert_eq!(set(true).await["columns"][1]["wip_hard"], true);
    let to = |key: &str| format!("/api/v1/tasks/{key}/placement");
    let etag = async |key: &str| owner.get(&format!("/api/v1/tasks/{key}")).await.ok().header("etag").to_owned();
    let refused = owner.with("if-match", &etag(&second).await).patch(&to(&second), json!({"column": "in-progress"})).await.refused(409);
    assert!(refused.text.contains("“In progress” is full: 1 cards"), "{}", refused.text);
    owner.post("/api/v1/orgs/nw/tasks", json!({"title": "T", "board": "switching", "column": "in-progress"})).await.refused(409);
    let mara = app.signed_in("mara").await;
    let page = mara.form("/orgs/nw/tasks/new", &[("title", "Typed"), ("column", "switching/in-progress")]).await.status(409);
    assert!(page.text.contains("is full") && page.text.contains("value=\"Typed\""), "{}", page.text);
    assert!(mara.get("/orgs/nw/boards/switching").await.ok().text.contains("<span class=\"over-words\">full</span>"));
    // Within its column it moves on.
    owner.with("if-match", &etag(&first).await).patch(&to(&first), json!({"column": "in-progress"})).await.ok();
    assert_eq!(set(false).await["columns"][1].get("wip_hard"), None);
    owner.with("if-match", &etag(&second).await).patch(&to(&second), json!({"column": "in-progress"})).await.ok();
    assert_eq!(keys(&owner.get(path).await.ok().json), [vec![], vec![first, second], vec![]]);
}

#[tokio::test]
async fn ten_who_move_at_once_into_a_hard_limit_fill_it_and_no_more() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let path = "/api/v1/orgs/nw/boards/switching";
    let etag = owner.get(path).await.ok().header("etag").to_owned();
    let columns = json!({"columns": [{"slug": "ready", "name": "Ready", "category": "ready"},
        {"slug": "in-progress", "name": "In progress", "category": "doing", "wip_limit": 3, "wip_hard": true}]});
    owner.with("if-match", &etag).patch(path, columns).await.ok();
    let mut moves = Vec::new();
    for n in 0..10 {
        let key = task(&owner, &format!("T{n}"), "ready").await;
        let etag = owner.get(&format!("/api/v1/tasks/{key}")).await.ok().header("etag").to_owned();
        let mover = owner.with("if-match", &etag);
        moves.push(async move { mover.patch(&format!("/api/v1/tasks/{key}/placement"), json!({"column": "in-progress"})).await.status });
    }
    let answers = futures_util::future::join_all(moves).await;
    assert_eq!(answers.iter().filter(|status| status.as_u16() == 200).count(), 3, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| status.as_u16() == 409).count(), 7, "{answers:?}");
    assert_eq!(keys(&owner.get(path).await.ok().json)[1].len(), 3);
}

#[tokio::test]
async fn a_column_that_goes_hands_its_cards_to_another() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let path = "/api/v1/orgs/nw/boards/switching";
    let (one, two) = (task(&owner, "One", "in-progress").await, task(&owner, "Two", "done").await);
    let change = |to: Option<&str>| {
        let mut change = json!({"columns": [{"slug": "ready", "name": "Ready", "category": "ready"}, {"slug": "in-progress", "name": "Work", "category": "doing"}]});
        if let Some(to) = to {
            change["cards_to"] = json!(to);
        }
        change
    };
    let etag = owner.get(path).await.ok().header("etag").to_owned();
    let seen = owner.with("if-match", &etag);
    seen.patch(path, change(None)).await.refused(409);
    let wrong = seen.patch(path, change(Some("done"))).await.refused(422);
    assert_eq!(wrong.json["errors"][0]["field"], "cards_to");
    let now = seen.patch(path, change(Some("in-progress"))).await.ok();
    assert_eq!(keys(&now.json), [vec![], vec![one, two.clone()]]);
    // What was finished is so no longer, and its own history says where it went.
    let shown = owner.get("/api/v1/orgs/nw/tasks?q=is:open").await.ok().json;
    assert_eq!(shown["items"].as_array().unwrap().len(), 2);
    assert!(app.signed_in("mara").await.get(&format!("/tasks/{two}")).await.ok().text.contains("moved it"));
    // By form, too.
    let mara = app.signed_in("mara").await;
    let version = now.json["settings_version"].to_string();
    let form = [
        ("version", &*version),
        ("name", "Switching"),
        ("slug-0", "ready"),
        ("name-0", "Ready"),
        ("category-0", "ready"),
        ("slug-1", "in-progress"),
        ("name-1", ""),
        ("category-1", "doing"),
        ("cards-to", "ready"),
    ];
    mara.form("/orgs/nw/boards/switching/edit", &form).await.leads();
    assert_eq!(keys(&owner.get(path).await.ok().json)[0].len(), 2);
}
