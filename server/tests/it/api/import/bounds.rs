//! What a file may not do, whatever it says: whose records it names, whose words and votes it brings, how much of everything.

use axum::http::Method;
use serde_json::json;
use server::{
    act::import::{Options, turn::due},
    ingest::tracker::Tracker,
};

use super::{bring, deltas, done, issue, issues, world};
use crate::import::import_from;

#[tokio::test]
async fn a_file_names_no_records_but_the_projects_own() {
    let (app, mara) = world().await;
    let tom = app.person("tom").await;
    app.project("nova", &tom).await;
    let first = bring(&mara, "", issues()).await.status(202);
    done(&app, &mara, &first).await;
    let title = async || mara.get("/api/v1/deltas/D-1").await.ok().json["title"].clone();
    let before = title().await;
    let said = json!([{ "id": 9, "body": "Mine now.", "user": { "login": "bob" }, "created_at": "2024-03-01T00:00:00Z" }]);
    let stolen = issue(1, json!({ "title": "Mine now", "updatedAt": "2024-05-01T00:00:00Z", "comments_data": said }));
    let text = json!([stolen, issue(7, json!({}))]).to_string();
    let path = "/api/v1/projects/nova/imports";
    let brought = tom.send(Method::POST, &format!("{path}?tracker=github"), None, text).await.status(202);
    due(&app.app).await.unwrap();
    let told = tom.get(&format!("{path}/{}", brought.json["id"].as_str().unwrap())).await.ok().json;
    assert_eq!((&told["state"], &told["added"], &told["refused"]), (&json!("done"), &json!(2), &json!(0)), "{told}");
    assert_eq!((title().await, deltas(&mara).await), (before, 4));
    let timeline = mara.get("/api/v1/deltas/D-1/timeline").await.ok();
    assert!(!timeline.text.contains("Mine now"), "{}", timeline.text);
}

#[tokio::test]
async fn who_names_a_record_first_gets_nothing_of_what_the_operator_imports_later() {
    let (app, mara) = world().await;
    let tom = app.person("tom").await;
    app.project("nova", &tom).await;
    let path = "/api/v1/projects/nova/imports?tracker=github";
    let lure = json!([issue(1, json!({ "title": "A guess", "comments_data": [{ "id": 9, "body": "x", "user": { "login": "bob" } }] }))]);
    tom.send(Method::POST, path, None, lure.to_string()).await.status(202);
    due(&app.app).await.unwrap();
    let said = json!([{ "id": 9, "body": "The password is tulip.", "user": { "login": "bob" }, "created_at": "2024-03-01T00:00:00Z" }]);
    let secret = issue(1, json!({ "title": "The hole", "body": "Say tulip.", "updatedAt": "2024-05-01T00:00:00Z", "comments_data": said }));
    let options = Options { project: Some("neutron".to_owned()), only: true, ..Options::default() };
    let report = import_from(&app, Tracker::GitHub, json!([secret]).to_string().as_bytes(), options).await;
    assert_eq!((report.added, report.changed, report.comments), (1, 0, 1), "{report}");
    for path in ["/api/v1/deltas/D-1", "/api/v1/deltas/D-1/timeline"] {
        let told = tom.get(path).await.ok();
        assert!(!told.text.contains("tulip") && !told.text.contains("The hole"), "{}", told.text);
    }
    let theirs = mara.get("/api/v1/deltas/D-2").await.ok();
    assert_eq!((&theirs.json["title"], &theirs.json["places"][0]["project"]), (&json!("The hole"), &json!("neutron")));
    // People are told the tracker, and nothing of whose records these are.
    for key in ["D-1", "D-2"] {
        let timeline = mara.get(&format!("/api/v1/deltas/{key}/timeline")).await.ok();
        assert!(!timeline.text.contains("github@"), "{}", timeline.text);
    }
}
