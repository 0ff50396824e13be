use serde_json::{Value, json};

use crate::support::TestApp;

fn kinds(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_timeline_tells_in_order_what_was_said_and_done() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let key = app.delta(&tom, json!({})).await;
    let path = format!("/api/v1/deltas/{key}");
    let said = mara.post(&format!("{path}/comments"), json!({ "body": "The cache keeps the socket." })).await.status(201);
    assert_eq!(said.json["author"]["name"], "mara");
    mara.put(&format!("{path}/places/neutron/consensus"), json!({ "state": "agreed" })).await.ok();
    tom.post(&format!("{path}/comments"), json!({ "body": "Thanks." })).await.status(201);
    let all = app.anyone().get(&format!("{path}/timeline")).await.ok();
    assert_eq!(kinds(&all.json), ["delta.filed", "comment.added", "consensus.set", "comment.added"]);
    assert_eq!((&all.json["items"][1]["body"], &all.json["items"][1]["id"]), (&json!("The cache keeps the socket."), &said.json["id"]));
    assert_eq!((&all.json["items"][2]["project"], &all.json["items"][2]["data"]["state"]), (&json!("neutron"), &json!("agreed")));

    let mut seen = Vec::new();
    let mut url = format!("{path}/timeline?limit=3");
    loop {
        let page = app.anyone().get(&url).await.ok();
        seen.extend(kinds(&page.json).into_iter().map(str::to_owned));
        let Some(next) = page.json["next"].as_str() else { break };
        url = format!("{path}/timeline?limit=3&cursor={next}");
    }
    assert_eq!(seen, kinds(&all.json));
    app.anyone().get(&format!("{path}/timeline?cursor=what")).await.refused(422);
    assert_eq!(app.anyone().get(&path).await.json["comments"], 2);
}

#[tokio::test]
async fn a_comment_is_its_authors_to_change() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let path = format!("/api/v1/deltas/{}/comments", app.delta(&tom, json!({})).await);
    app.anyone().post(&path, json!({ "body": "x" })).await.refused(401);
    tom.post(&path, json!({ "body": " " })).await.refused(422);
    tom.post(&path, json!({ "text": "x" })).await.refused(422);
    let said = tom.post(&path, json!({ "body": "First." })).await.status(201);
    let one = format!("{path}/{}", said.json["id"].as_str().unwrap());
    mara.patch(&one, json!({ "body": "Mine now." })).await.refused(403);
    tom.patch(&one, json!({ "body": "" })).await.refused(422);
    let edited = tom.patch(&one, json!({ "body": "Second." })).await.ok();
    assert!(edited.json["edited_at"].is_string());
    tom.patch(&format!("{path}/{}", uuid(7)), json!({ "body": "x" })).await.refused(404);
    tom.patch(&format!("{path}/seven"), json!({ "body": "x" })).await.refused(404);
    let found = app.anyone().get("/api/v1/deltas?q=second").await.ok();
    assert_eq!(found.json["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(app.anyone().get("/api/v1/deltas?q=first").await.ok().json["items"].as_array().map(Vec::len), Some(0));
}

#[tokio::test]
async fn each_comment_is_found_as_soon_as_it_is_written() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let key = app.delta(&mara, json!({})).await;
    let path = format!("/api/v1/deltas/{key}/comments");
    mara.post(&path, json!({ "body": "The socket leaks." })).await.status(201);
    mara.post(&path, json!({ "body": "A mutex is poisoned, too." })).await.status(201);
    for word in ["socket", "leaks", "mutex", "socket%20mutex"] {
        let found = app.anyone().get(&format!("/api/v1/deltas?q={word}")).await.ok();
        assert_eq!(found.json["items"][0]["key"], key.as_str(), "{word}");
    }
}

fn uuid(last: u8) -> String {
    format!("00000000-0000-7000-8000-0000000000{last:02}")
}

#[tokio::test]
async fn an_organisations_work_is_told_as_far_as_it_shows_it() {
    let app = TestApp::start().await;
    let (mara, nora) = (app.person("mara").await, app.person("nora").await);
    app.project("neutron", &mara).await;
    let key = app.delta(&mara, json!({})).await;
    app.org("nw", "Northwind", &nora).await;
    let board = json!({ "slug": "work", "name": "Work", "columns": [{ "name": "To do", "category": "ready" }] });
    nora.post("/api/v1/orgs/nw/boards", board).await.ok();
    let task = json!({ "title": "Drop dead sockets", "deltas": [{ "delta": key, "relation": "resolves" }] });
    let task = nora.post("/api/v1/orgs/nw/tasks", task).await.ok().json["key"].as_str().unwrap().to_owned();
    nora.put(&format!("/api/v1/tasks/{task}/commitment"), json!({ "state": "committed", "target_release": "2026.2" })).await.ok();
    let path = format!("/api/v1/deltas/{key}/timeline");
    let seen = async |client: &crate::support::Client| client.get(&path).await.ok();
    let mut inside: Vec<_> = kinds(&seen(&nora).await.json).into_iter().map(str::to_owned).collect();
    inside[1..3].sort();
    assert_eq!(inside, ["delta.filed", "stance.set", "task.linked", "task.committed"]);

    let told = seen(&mara).await;
    assert_eq!(kinds(&told.json), ["delta.filed", "stance.set", "task.committed"]);
    let promise = &told.json["items"][2];
    assert_eq!((&promise["org"], &promise["data"]["target"], &promise["actor"]), (&json!("Northwind"), &json!("2026.2"), &json!(null)));
    assert!(!told.text.contains(&task) && !told.text.contains("nora"), "{}", told.text);
    app.openness(&nora, "nw", "closed").await;
    let told = seen(&mara).await;
    assert_eq!(kinds(&told.json), ["delta.filed"]);
    assert!(!told.text.contains("Northwind"));
    app.openness(&nora, "nw", "open").await;
    assert_eq!(kinds(&seen(&app.anyone()).await.json).len(), 4);
}
