use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn anybody_signed_in_files_a_delta_and_everybody_reads_it() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let key = app.delta(&tom, json!({ "components": ["ovs", "agent"], "title": " Port stays DOWN " })).await;
    let seen = app.anyone().get(&format!("/api/v1/deltas/{key}")).await.ok();
    assert_eq!((&seen.json["title"], &seen.json["reporter"]["name"]), (&json!("Port stays DOWN"), &json!("tom")));
    assert_eq!((&seen.json["open"], &seen.json["revision"], seen.header("etag")), (&json!(true), &json!(1), "\"1\""));
    let place = &seen.json["places"][0];
    assert_eq!((&place["project"], &place["consensus"]), (&json!("neutron"), &json!("proposed")));
    assert_eq!((&place["components"][0]["slug"], &place["components"][1]["slug"]), (&json!("agent"), &json!("ovs")));
    assert_eq!(app.delta(&mara, json!({})).await, "D-2");
}

#[tokio::test]
async fn a_delta_that_says_too_little_or_names_nothing_there_is_refused() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let new = json!({ "kind": "bug", "project": "neutron", "title": "t", "desired": "d", "actual": "a" });
    let with = |field: &str, value: serde_json::Value| {
        let mut new = new.clone();
        new[field] = value;
        new
    };
    app.anyone().post("/api/v1/deltas", new.clone()).await.refused(401);
    for (field, value) in [
        ("title", json!("")),
        ("title", json!("x".repeat(301))),
        ("title", json!("two\nlines")),
        ("desired", json!(" ")),
        ("actual", json!("")),
        ("body", json!("x".repeat(65_537))),
        ("kind", json!("wish")),
        ("project", json!("nova")),
        ("components", json!(["dhcp"])),
        ("visibility", json!("secret")),
        ("priority", json!("high")),
    ] {
        let reply = mara.post("/api/v1/deltas", with(field, value)).await.refused(422);
        assert!(reply.json["errors"][0]["field"].as_str().unwrap().starts_with(field), "{field}: {}", reply.text);
    }
    let spec = json!({ "kind": "spec", "project": "neutron", "title": "VLANs", "desired": "An instance sees VLANs." });
    mara.post("/api/v1/deltas", spec).await.status(201);
    app.anyone().get("/api/v1/deltas/D-2").await.refused(404);
    app.anyone().get("/api/v1/deltas/nothing").await.refused(404);
}

#[tokio::test]
async fn a_changed_text_is_a_new_revision_and_nothing_older_is_lost() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let key = app.delta(&tom, json!({})).await;
    let path = format!("/api/v1/deltas/{key}");
    let change = json!({ "title": "Port stays DOWN", "kind": "crash" });
    tom.patch(&path, change.clone()).await.refused(428);
    app.anyone().with("if-match", "\"1\"").patch(&path, change.clone()).await.refused(401);
    app.person("ann").await.with("if-match", "\"1\"").patch(&path, change.clone()).await.refused(403);
    tom.with("if-match", "\"1\"").patch(&path, json!({ "actual": "" })).await.refused(422);
    let changed = tom.with("if-match", "\"1\"").patch(&path, change.clone()).await.ok();
    assert_eq!((&changed.json["revision"], &changed.json["version"], &changed.json["kind"]), (&json!(2), &json!(2), &json!("crash")));
    mara.with("if-match", "\"1\"").patch(&path, json!({ "title": "Lost" })).await.refused(412);
    let same = mara.with("if-match", "\"2\"").patch(&path, change).await.ok();
    assert_eq!(same.header("etag"), "\"2\"");
    let kind = mara.with("if-match", "\"2\"").patch(&path, json!({ "kind": "bug" })).await.ok();
    assert_eq!((&kind.json["revision"], &kind.json["version"]), (&json!(2), &json!(3)));

    let first = app.anyone().get(&format!("{path}/revisions?limit=1")).await.ok();
    assert_eq!((&first.json["items"][0]["number"], &first.json["items"][0]["author"]["name"]), (&json!(2), &json!("tom")));
    let next = first.json["next"].as_str().unwrap();
    let second = app.anyone().get(&format!("{path}/revisions?limit=1&cursor={next}")).await.ok();
    assert_eq!(second.json["items"][0]["title"], "Port stays DOWN after the agent restarts");
    assert_eq!(second.json["next"], json!(null));
    app.anyone().get(&format!("{path}/revisions?cursor=x")).await.refused(422);
}

#[tokio::test]
async fn labels_are_the_reporters_and_maintainers_to_set() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let path = format!("/api/v1/deltas/{}/labels", app.delta(&tom, json!({})).await);
    app.person("ann").await.put(&path, json!({ "labels": ["a"] })).await.refused(403);
    mara.put(&path, json!({ "labels": ["two words"] })).await.refused(422);
    mara.put(&path, json!({ "labels": vec!["x"; 21] })).await.refused(422);
    mara.put(&path, json!({ "labels": ["upgrade", "dhcp", "dhcp"] })).await.ok();
    let seen = tom.put(&path, json!({ "labels": ["upgrade", "backport"] })).await.ok();
    assert_eq!(seen.json["labels"], json!(["backport", "upgrade"]));
}
