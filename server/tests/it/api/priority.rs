//! `/api/v1/orgs/{org}/priorities` and `/api/v1/tasks/{task}/position`.

use serde_json::{Value, json};

use super::board::{keys, northwind, task};
use crate::support::{Client, TestApp};

const ORDER: &str = "/api/v1/orgs/nw/priorities";

async fn order(client: &Client) -> Vec<(String, String)> {
    let told = client.get(ORDER).await.ok().json;
    let word = |task: &Value, field: &str| task[field].as_str().unwrap().to_owned();
    let items = told["items"].as_array().unwrap();
    for (at, one) in (1..).zip(items) {
        assert_eq!(one["position"], json!(at));
    }
    items.iter().map(|one| (word(one, "key"), word(one, "priority"))).collect()
}

async fn put(client: &Client, key: &str, position: i64) -> crate::support::Reply {
    client.put(&format!("/api/v1/tasks/{key}/position"), json!({ "position": position })).await
}

fn pairs(told: &[(&str, &str)]) -> Vec<(String, String)> {
    told.iter().map(|(key, band)| ((*key).to_owned(), (*band).to_owned())).collect()
}

/// Four open tasks, urgent, high, normal and low, and one that is finished.
async fn four(app: &TestApp) -> Client {
    let owner = northwind(app).await;
    for (title, column, band) in
        [("A", "ready", "urgent"), ("B", "in-progress", "high"), ("X", "done", "normal"), ("C", "ready", "normal"), ("D", "ready", "low")]
    {
        let key = task(&owner, title, column).await;
        let path = format!("/api/v1/tasks/{key}");
        let etag = owner.get(&path).await.ok().header("etag").to_owned();
        owner.with("if-match", &etag).patch(&path, json!({ "priority": band })).await.ok();
    }
    owner
}

#[tokio::test]
async fn a_task_is_put_anywhere_and_its_band_follows() {
    let app = TestApp::start().await;
    let owner = four(&app).await;
    assert_eq!(order(&owner).await, pairs(&[("NW-1", "urgent"), ("NW-2", "high"), ("NW-4", "normal"), ("NW-5", "low")]));
    let top = put(&owner, "NW-5", 1).await.ok();
    assert_eq!((&top.json["position"], &top.json["priority"], &top.json["version"]), (&json!(1), &json!("urgent"), &json!(3)));
    assert_eq!(top.header("etag"), "\"3\"");
    assert_eq!(order(&owner).await, pairs(&[("NW-5", "urgent"), ("NW-1", "urgent"), ("NW-2", "high"), ("NW-4", "normal")]));
    // Between high and normal it fits as it is.
    put(&owner, "NW-2", 3).await.ok();
    put(&owner, "NW-1", 2).await.ok();
    assert_eq!(
        order(&owner).await,
        pairs(&[("NW-5", "urgent"), ("NW-1", "urgent"), ("NW-2", "high"), ("NW-4", "normal")]),
        "nothing moved"
    );
    let last = put(&owner, "NW-5", 99).await.ok();
    assert_eq!((&last.json["position"], &last.json["priority"]), (&json!(4), &json!("normal")), "behind the last one");
    assert_eq!(order(&owner).await, pairs(&[("NW-1", "urgent"), ("NW-2", "high"), ("NW-4", "normal"), ("NW-5", "normal")]));
    // The boards have the same order.
    put(&owner, "NW-4", 1).await.ok();
    let board = owner.get("/api/v1/orgs/nw/boards/switching").await.ok().json;
    assert_eq!(keys(&board)[0], ["NW-4", "NW-1", "NW-5"]);
}

#[tokio::test]
async fn a_band_changed_without_a_move_is_marked() {
    let app = TestApp::start().await;
    let owner = four(&app).await;
    let etag = owner.get("/api/v1/tasks/NW-5").await.ok().header("etag").to_owned();
    owner.with("if-match", &etag).patch("/api/v1/tasks/NW-5", json!({"priority": "urgent"})).await.ok();
    let told = owner.get(ORDER).await.ok().json;
    assert_eq!((&told["items"][3]["out_of_order"], &told["items"][2]["out_of_order"]), (&json!(true), &Value::Null));
}

#[tokio::test]
async fn wrong_places_are_refused_and_only_members_move() {
    let app = TestApp::start().await;
    let owner = four(&app).await;
    let (viola, zoe) = (app.member(&owner, "nw", "viola", "viewer").await, app.person("zoe").await);
    for position in [0, -1, 1_000_001] {
        let refused = put(&owner, "NW-1", position).await.refused(422);
        assert_eq!(refused.json["errors"][0]["field"], "position");
    }
    owner.put("/api/v1/tasks/NW-1/position", json!({"position": "first"})).await.refused(422);
    put(&owner, "NW-3", 1).await.refused(409);
    put(&viola, "NW-1", 1).await.refused(403);
    put(&zoe, "NW-1", 1).await.refused(404);
    put(&app.anyone(), "NW-1", 1).await.refused(401);
    viola.get(ORDER).await.ok();
    zoe.get(ORDER).await.refused(404);
    app.openness(&owner, "nw", "open").await;
    zoe.get(ORDER).await.ok();
    put(&zoe, "NW-1", 1).await.refused(403);
    assert_eq!(order(&owner).await.len(), 4);
}

#[tokio::test]
async fn the_suggestion_goes_by_the_lens_and_changes_nothing() {
    let app = TestApp::start().await;
    let owner = four(&app).await;
    app.project("neutron", &owner).await;
    let new = |title: &str, visibility: &str| json!({"kind": "bug", "title": title, "project": "neutron", "visibility": visibility});
    let (weak, strong) = (app.delta(&owner, new("Weak", "public")).await, app.delta(&owner, new("Strong", "public")).await);
    let secret = app.delta(&owner, new("Secret", "private")).await;
    for (key, impact) in [(&weak, 10), (&strong, 80), (&secret, 99)] {
        app.set_impact(key, impact).await;
    }
    for (key, delta) in [("NW-1", &weak), ("NW-4", &strong), ("NW-5", &secret)] {
        owner.put(&format!("/api/v1/tasks/{key}/deltas/{delta}"), json!({"relation": "resolves"})).await.ok();
    }
    let before = order(&owner).await;
    let told = owner.get(ORDER).await.ok().json;
    let suggested = |told: &Value| -> Vec<String> {
        told["suggested"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| format!("{} {} {}", one["key"].as_str().unwrap(), one["position"], one["score"]))
            .collect()
    };
    assert_eq!(suggested(&told), ["NW-5 4 99", "NW-4 3 80", "NW-1 1 10"]);
    assert_eq!(told["lens"], false);
    let lena = app.member(&owner, "nw", "lena", "member").await;
    assert_eq!(suggested(&lena.get(ORDER).await.ok().json), ["NW-4 3 80", "NW-1 1 10"], "what one may not see suggests nothing");
    assert_eq!(order(&owner).await, before);
}

#[tokio::test]
async fn the_page_puts_tasks_in_order_with_plain_forms() {
    let app = TestApp::start().await;
    four(&app).await;
    let mara = app.signed_in("mara").await;
    let page = mara.get("/orgs/nw/priorities").await.ok().text;
    assert!(page.contains("Our order") && page.contains("4 open") && page.contains("#4"), "{page}");
    assert_eq!(mara.form("/orgs/nw/priorities/NW-5", &[("position", "2")]).await.leads(), "/orgs/nw/priorities");
    assert!(mara.get("/tasks/NW-5").await.ok().text.contains("#2 of 4"));
    mara.form("/orgs/nw/priorities/NW-5", &[("position", "second")]).await.status(422);
    assert!(!mara.get("/tasks/NW-3").await.ok().text.contains(" of 4"), "what is finished has no place");
    app.anyone().get("/orgs/nw/priorities").await.status(404);
}
