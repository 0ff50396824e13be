//! `/api/v1/tasks` and `/api/v1/orgs/{org}/tasks`.

use serde_json::{Value, json};
use server::store;

use super::board::{keys, northwind, task};
use crate::support::{Client, TestApp};

async fn version(caller: &Client, key: &str) -> String {
    caller.get(&format!("/api/v1/tasks/{key}")).await.ok().header("etag").to_owned()
}

async fn place(caller: &Client, key: &str, to: Value) -> crate::support::Reply {
    let etag = version(caller, key).await;
    caller.with("if-match", &etag).patch(&format!("/api/v1/tasks/{key}/placement"), to).await
}

#[tokio::test]
async fn a_task_has_the_next_number_and_what_was_said_about_it() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    app.member(&owner, "nw", "max", "member").await;
    task(&owner, "First", "ready").await;
    let body = json!({"title": "  Retry the session ", "body": "As `D-1` says.", "priority": "urgent", "board": "switching", "column": "in-progress",
        "assignees": ["max", "mara"], "labels": ["ovs", "agent", "ovs"], "estimate": 5, "due": "2026-12-12"});
    let reply = owner.post("/api/v1/orgs/nw/tasks", body).await.status(201);
    assert_eq!(reply.header("location"), "/api/v1/tasks/NW-2");
    let got = owner.get("/api/v1/tasks/nw-2").await.ok();
    assert_eq!(got.json, reply.json);
    assert_eq!(got.json["title"], "Retry the session");
    assert_eq!(got.json["labels"], json!(["agent", "ovs"]));
    assert_eq!(got.json["assignees"][1]["name"], "max");
    assert_eq!((&got.json["due"], &got.json["column"], &got.json["version"]), (&json!("2026-12-12"), &json!("in-progress"), &json!(1)));
}

#[tokio::test]
async fn what_is_no_task_is_refused_with_the_fields_at_fault() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    for (body, field) in [
        (json!({"title": " "}), "title"),
        (json!({"title": "T", "priority": "soon"}), "priority"),
        (json!({"title": "T", "board": "none"}), "board"),
        (json!({"title": "T", "column": "none"}), "column"),
        (json!({"title": "T", "assignees": ["olaf"]}), "assignees[0]"),
        (json!({"title": "T", "deltas": [{"delta": "D-99", "relation": "resolves"}]}), "deltas[0].delta"),
        (json!({"title": "T", "due": "tomorrow"}), "due"),
        (json!({"title": "T", "estimate": -1}), "estimate"),
        (json!({"title": "T", "points": 3}), "points"),
        (json!({"title": "T\u{0}"}), "title"),
    ] {
        let reply = owner.post("/api/v1/orgs/nw/tasks", body.clone()).await.refused(422);
        assert_eq!(reply.json["errors"][0]["field"], field, "{body}: {}", reply.text);
    }
    assert!(owner.get("/api/v1/orgs/nw/tasks").await.ok().json["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn members_change_tasks_viewers_read_them_and_outsiders_do_not_know_them() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let (viewer, member) = (app.member(&owner, "nw", "vera", "viewer").await, app.member(&owner, "nw", "max", "member").await);
    let outsider = app.person("olaf").await;
    let key = task(&owner, "Retry", "ready").await;
    let path = format!("/api/v1/tasks/{key}");
    let attempts = |who: Client, status: u16| {
        let path = path.clone();
        async move {
            let who = who.with("if-match", "\"1\"");
            who.patch(&path, json!({"title": "Other"})).await.refused(status);
            who.patch(&format!("{path}/placement"), json!({"column": "done"})).await.refused(status);
            who.put(&format!("{path}/commitment"), json!({"state": "committed"})).await.refused(status);
            who.post(&format!("{path}/references"), json!({"kind": "change", "url": "https://example.org/1"})).await.refused(status);
            who.post("/api/v1/orgs/nw/tasks", json!({"title": "T"})).await.refused(status);
        }
    };
    for openness in ["commitments", "closed"] {
        app.openness(&owner, "nw", openness).await;
        outsider.get(&path).await.refused(404);
        outsider.get("/api/v1/orgs/nw/tasks").await.refused(404);
        attempts(outsider.clone(), 404).await;
        attempts(app.anyone(), 401).await;
    }
    viewer.get(&path).await.ok();
    attempts(viewer, 403).await;
    app.openness(&owner, "nw", "open").await;
    app.anyone().get(&path).await.ok();
    attempts(outsider, 403).await;
    attempts(app.anyone(), 401).await;
    member.with("if-match", "\"1\"").patch(&path, json!({"title": "Other"})).await.ok();
}

#[tokio::test]
async fn a_change_says_what_it_changes_and_a_stale_one_changes_nothing() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let (key, other) = (task(&owner, "Retry", "ready").await, task(&owner, "Port", "ready").await);
    let path = format!("/api/v1/tasks/{key}");
    let change = json!({"priority": "high", "due": "2026-12-12", "estimate": 3, "blocked_by": [other], "labels": ["a"]});
    let reply = owner.with("if-match", "\"1\"").patch(&path, change).await.ok();
    assert_eq!((reply.header("etag"), &reply.json["blocked_by"][0]["key"]), ("\"2\"", &json!("NW-2")));
    owner.with("if-match", "\"1\"").patch(&path, json!({"title": "Lost?"})).await.refused(412);
    let reply = owner.with("if-match", "\"2\"").patch(&path, json!({"due": null})).await.ok();
    assert_eq!((&reply.json["due"], &reply.json["estimate"], &reply.json["title"]), (&Value::Null, &json!(3), &json!("Retry")));
    let circle = owner.with("if-match", "\"1\"").patch("/api/v1/tasks/NW-2", json!({"blocked_by": ["NW-1"]})).await.refused(422);
    assert_eq!(circle.json["errors"][0]["field"], "blocked_by");
    owner.with("if-match", "\"1\"").patch("/api/v1/tasks/NW-2", json!({"blocked_by": ["NW-2"]})).await.refused(422);
    owner.with("if-match", "\"1\"").patch("/api/v1/tasks/NW-2", json!({"blocked_by": ["XX-1"]})).await.refused(422);
    let board = owner.get("/api/v1/orgs/nw/boards/switching").await.ok();
    assert_eq!(board.json["columns"][0]["cards"][0]["blocked_by"], json!(["NW-2"]));
}

#[tokio::test]
async fn a_card_stays_where_it_is_dropped() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    for title in ["One", "Two", "Three", "Four"] {
        task(&owner, title, "ready").await;
    }
    task(&owner, "Five", "in-progress").await;
    let board = async || keys(&owner.get("/api/v1/orgs/nw/boards/switching").await.ok().json);
    let placed = place(&owner, "NW-4", json!({"column": "ready", "before": "NW-2"})).await.ok();
    assert!(placed.text.len() < 4096 && placed.json["version"] == 2 && placed.json["column"] == "ready", "{}", placed.text);
    assert_eq!(board().await[0], ["NW-1", "NW-4", "NW-2", "NW-3"]);
    place(&owner, "NW-1", json!({"column": "in-progress", "after": "NW-5"})).await.ok();
    assert_eq!(board().await, [vec!["NW-4", "NW-2", "NW-3"], vec!["NW-5", "NW-1"], vec![]]);
    let done = place(&owner, "NW-2", json!({"column": "done"})).await.ok();
    assert_eq!(done.json["deliverable"], Value::Null);
    assert!(owner.get("/api/v1/tasks/NW-2").await.ok().json["done_at"].is_string());
    place(&owner, "NW-2", json!({"column": "ready"})).await.ok();
    assert!(owner.get("/api/v1/tasks/NW-2").await.ok().json["done_at"].is_null());
    assert_eq!(board().await[0], ["NW-4", "NW-2", "NW-3"]);
}

#[tokio::test]
async fn a_card_cannot_go_where_nothing_is() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let (one, two) = (task(&owner, "One", "ready").await, task(&owner, "Two", "done").await);
    for (to, status) in [
        (json!({"column": "none"}), 422),
        (json!({"column": "ready", "board": "none"}), 422),
        (json!({"column": "ready", "after": two}), 409),
        (json!({"column": "ready", "after": "NW-9"}), 409),
        (json!({"column": "ready", "after": one}), 422),
        (json!({"column": "done", "after": two, "before": two}), 422),
        (json!({"column": 3}), 422),
    ] {
        place(&owner, &one, to).await.refused(status);
    }
    owner.with("if-match", "\"7\"").patch("/api/v1/tasks/NW-1/placement", json!({"column": "done"})).await.refused(412);
    owner.patch("/api/v1/tasks/NW-1/placement", json!({"column": "done"})).await.refused(428);
}

#[tokio::test]
async fn a_promise_that_moved_shows_that_it_moved() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let key = task(&owner, "Retry", "ready").await;
    let path = format!("/api/v1/tasks/{key}/commitment");
    owner.put(&path, json!({"state": "committed", "target_release": "2026.2"})).await.ok();
    owner.put(&path, json!({"state": "committed", "target_release": "2026.2", "note": "Still."})).await.ok();
    let moved = owner.put(&path, json!({"state": "committed", "target_date": "2027-01-15", "note": "Review took longer."})).await.ok();
    assert_eq!(
        (&moved.json["moves"], &moved.json["target_release"], &moved.json["target_date"]),
        (&json!(1), &Value::Null, &json!("2027-01-15"))
    );
    let done = place(&owner, &key, json!({"column": "done"})).await.ok();
    assert_eq!(done.json["deliverable"], true);
    assert_eq!(owner.get(&format!("/api/v1/tasks/{key}")).await.json["commitment"], "committed");
    let kept = owner.put(&path, json!({"state": "delivered"})).await.ok();
    assert_eq!((&kept.json["moves"], &kept.json["target_date"]), (&json!(1), &json!("2027-01-15")));
    let ledger = kept.json["ledger"].as_array().unwrap();
    assert_eq!(ledger.len(), 4);
    assert_eq!((&ledger[2]["note"], &ledger[2]["by"]["name"]), (&json!("Review took longer."), &json!("mara")));
    owner.put(&path, json!({"state": "committed", "target_release": "a", "target_date": "2027-01-15"})).await.refused(422);
    owner.with("if-match", "\"1\"").put(&path, json!({"state": "none"})).await.refused(412);
}

#[tokio::test]
async fn references_are_addresses_of_the_web() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let key = task(&owner, "Retry", "ready").await;
    let path = format!("/api/v1/tasks/{key}/references");
    owner.post(&path, json!({"kind": "change", "url": "javascript:alert(1)"})).await.refused(422);
    let task = owner.post(&path, json!({"kind": "change", "url": "https://review.example.org/88211", "title": "review"})).await.status(201);
    let id = task.json["references"][0]["id"].as_str().unwrap();
    let task = owner.delete(&format!("{path}/{id}")).await.ok();
    assert_eq!(task.json["references"], json!([]));
    owner.delete(&format!("{path}/{id}")).await.refused(404);
}

#[tokio::test]
async fn a_list_takes_queries_and_goes_on_where_it_stopped() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    for number in 1..=5 {
        task(&owner, &format!("Task {number}"), if number == 3 { "done" } else { "ready" }).await;
    }
    owner
        .with("if-match", "\"1\"")
        .patch("/api/v1/tasks/NW-2", json!({"assignees": ["mara"], "labels": ["50%"], "due": "2026-11-30", "blocked_by": ["NW-1"]}))
        .await
        .ok();
    let list = async |q: &str| {
        let reply = owner.get(&schema::route::with_query("/api/v1/orgs/nw/tasks", &[("q", q)])).await.ok();
        reply.json["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list("").await, ["NW-1", "NW-2", "NW-3", "NW-4", "NW-5"]);
    assert_eq!(list("is:done").await, ["NW-3"]);
    assert_eq!(list("is:blocked").await, ["NW-2"]);
    assert_eq!(list("is:mine").await, ["NW-2"]);
    assert_eq!(list("assignee:any").await, ["NW-2"]);
    assert_eq!(list("assignee:none -is:done sort:-number").await, ["NW-1", "NW-4", "NW-5"]);
    assert_eq!(list("label:50%").await, ["NW-2"]);
    assert_eq!(list("label:5%").await, Vec::<String>::new());
    assert_eq!(list("due:..2026-11-30").await, ["NW-2"]);
    assert_eq!(list("due:<2026-11-30").await, Vec::<String>::new());
    assert_eq!(list("column:Ready \"task 4\"").await, ["NW-4"]);
    assert_eq!(list("column:rea* board:switching priority:normal,low updated:<1d task").await, ["NW-1", "NW-2", "NW-4", "NW-5"]);
    for sort in ["rank", "-rank", "updated", "-updated", "due", "-due", "number"] {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let q = format!("sort:{sort}");
            let page = owner
                .get(&schema::route::with_query("/api/v1/orgs/nw/tasks", &[("q", &q), ("limit", "2"), ("cursor", &cursor)]))
                .await
                .ok();
            found.extend(page.json["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap().to_owned()));
            match page.json["next"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(found, list(&format!("sort:{sort}")).await, "{sort}");
        found.sort();
        assert_eq!(found.len(), 5, "{sort}");
        found.dedup();
        assert_eq!(found.len(), 5, "{sort}");
    }
    owner.get("/api/v1/orgs/nw/tasks?q=is:nonsense").await.refused(422);
    owner.get("/api/v1/orgs/nw/tasks?cursor=nonsense").await.refused(422);
}

#[tokio::test]
async fn twenty_moves_at_once_leave_one_order_with_every_card() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let mut all = Vec::new();
    for number in 0..20 {
        all.push(task(&owner, &format!("Task {number}"), "ready").await);
    }
    let moves = all.iter().enumerate().map(|(index, key)| {
        let (owner, key, beside) = (owner.clone(), key.clone(), all[(index + 7) % 20].clone());
        tokio::spawn(async move {
            let to = json!({"column": "ready", if index % 2 == 0 { "after" } else { "before" }: beside});
            owner.with("if-match", "\"1\"").patch(&format!("/api/v1/tasks/{key}/placement"), to).await.ok().json
        })
    });
    let mut versions = Vec::new();
    for moved in moves.collect::<Vec<_>>() {
        versions.push(moved.await.unwrap()["board_version"].as_i64().unwrap());
    }
    let board = owner.get("/api/v1/orgs/nw/boards/switching").await.ok().json;
    let mut cards = keys(&board)[0].clone();
    let ranks: Vec<_> =
        board["columns"][0]["cards"].as_array().unwrap().iter().map(|card| card["rank"].as_str().unwrap().to_owned()).collect();
    assert!(ranks.is_sorted_by(|a, b| a < b), "{ranks:?}");
    cards.sort();
    all.sort();
    assert_eq!(cards, all);
    versions.sort_unstable();
    assert!(versions.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{versions:?}");
}

#[tokio::test]
async fn of_many_who_move_the_same_card_one_wins_and_the_others_are_told() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let key = task(&owner, "Wanted", "ready").await;
    let moves: Vec<_> = (0..10)
        .map(|index| {
            let (owner, path) = (owner.with("if-match", "\"1\""), format!("/api/v1/tasks/{key}/placement"));
            tokio::spawn(async move {
                owner.patch(&path, json!({"column": if index % 2 == 0 { "done" } else { "in-progress" }})).await.status.as_u16()
            })
        })
        .collect();
    let mut statuses = Vec::new();
    for moved in moves {
        statuses.push(moved.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412, 412, 412]);
}

#[tokio::test]
async fn where_keys_grew_too_long_the_order_is_dealt_out_anew_and_stays() {
    use sea_query::{Expr, ExprTrait, Query};
    use store::table::Task;
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    for title in ["One", "Two", "Three"] {
        task(&owner, title, "ready").await;
    }
    let first = owner.get("/api/v1/tasks/NW-1").await.json["rank"].as_str().unwrap().to_owned();
    let mut tx = app.app.db.write().await.unwrap();
    let long = format!("{first}{}1", "0".repeat(schema::rank::LONG));
    tx.run(Query::update().table(Task::Table).value(Task::Rank, long).and_where(Expr::col(Task::Number).eq(2))).await.unwrap();
    tx.commit().await.unwrap();
    let placed = place(&owner, "NW-3", json!({"column": "ready", "after": "NW-1"})).await.ok();
    let board = owner.get("/api/v1/orgs/nw/boards/switching").await.ok().json;
    assert_eq!(keys(&board)[0], ["NW-1", "NW-3", "NW-2"]);
    assert_eq!(board["version"], placed.json["board_version"]);
    for card in board["columns"][0]["cards"].as_array().unwrap() {
        assert!(card["rank"].as_str().unwrap().len() < 20, "{card}");
    }
}

#[tokio::test]
async fn an_edit_does_not_undo_what_others_did_to_the_card_meanwhile() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let key = task(&owner, "One", "ready").await;
    let path = format!("/api/v1/tasks/{key}");
    let org = app.org_id("nw").await;
    // As when somebody else makes "Ready" a column of finished work.
    let mut tx = app.app.db.write().await.unwrap();
    store::org::lock(&mut tx, org).await.unwrap();
    let board = store::board::find(&mut tx, org, "switching").await.unwrap().id;
    let ready = store::board::columns(&mut tx, [board]).await.unwrap().into_iter().find(|column| column.slug == "ready").unwrap().id;
    store::board::recategorise(&mut tx, ready, true, app.app.clock.now()).await.unwrap();
    let (editor, to) = (owner.with("if-match", "\"1\""), path.clone());
    let edit = tokio::spawn(async move { editor.patch(&to, json!({"title": "Renamed"})).await });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    tx.commit().await.unwrap();
    let edited = edit.await.unwrap().ok();
    assert_eq!(edited.json["title"], "Renamed");
    assert!(edited.json["done_at"].is_string(), "{}", edited.text);
}
