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

fn uuid(last: u8) -> String {
    format!("00000000-0000-7000-8000-0000000000{last:02}")
}
