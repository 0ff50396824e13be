use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn a_revision_has_a_format_and_a_note_and_is_compared_with_any_other() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let key = app.delta(&mara, json!({ "body": "One two three." })).await;
    let path = format!("/api/v1/deltas/{key}");
    let etag = |version: i64| format!("\"{version}\"");
    let patch = json!({ "body": "One 2 three.", "body_format": "rst", "note": "A figure" });
    mara.with("if-match", &etag(1)).patch(&path, patch).await.ok();
    mara.with("if-match", &etag(2)).patch(&path, json!({ "body_format": "markdown" })).await.ok();
    // Nothing changes: no revision, and no note.
    mara.with("if-match", &etag(3)).patch(&path, json!({ "note": "Nothing" })).await.ok();
    let second = app.anyone().get(&format!("{path}/revisions/2")).await.ok().json;
    assert_eq!((&second["body_format"], &second["note"], &second["body"]), (&json!("rst"), &json!("A figure"), &json!("One 2 three.")));
    let all = app.anyone().get(&format!("{path}/revisions")).await.ok().json;
    let formats: Vec<_> = all["items"].as_array().unwrap().iter().map(|one| one["body_format"].as_str().unwrap()).collect();
    assert_eq!(formats, ["markdown", "rst", "markdown"]);
    let changes = app.anyone().get(&format!("{path}/changes?from=1&to=2")).await.ok().json;
    assert_eq!((&changes["from"]["number"], &changes["to"]["note"]), (&json!(1), &json!("A figure")));
    let pieces = json!([
        { "kind": "same", "text": "One " }, { "kind": "gone", "text": "two" }, { "kind": "new", "text": "2" }, { "kind": "same", "text": " three." }
    ]);
    assert_eq!((&changes["fields"][0]["field"], &changes["fields"][0]["pieces"]), (&json!("body"), &pieces));
    assert_eq!(changes["fields"][1]["field"], "body_format");
    let newest = app.anyone().get(&format!("{path}/changes")).await.ok().json;
    assert_eq!((&newest["from"]["number"], &newest["to"]["number"], newest["fields"].as_array().unwrap().len()), (&json!(2), &json!(3), 1));
}

#[tokio::test]
async fn what_cannot_be_a_revision_is_refused() {
    let app = TestApp::start().await;
    let (mara, ann) = (app.person("mara").await, app.person("ann").await);
    app.project("neutron", &mara).await;
    let key = app.delta(&mara, json!({ "visibility": "private" })).await;
    let path = format!("/api/v1/deltas/{key}");
    for part in ["revisions/1", "changes", "changes?from=1&to=1"] {
        ann.get(&format!("{path}/{part}")).await.refused(404);
        mara.get(&format!("{path}/{part}")).await.ok();
    }
    for part in ["revisions/0", "revisions/2", "revisions/9223372036854775807", "revisions/x", "changes?to=7"] {
        mara.get(&format!("{path}/{part}")).await.refused(404);
    }
    for part in ["changes?from=a", "changes?from=99999999999999999999", "changes?since=1"] {
        mara.get(&format!("{path}/{part}")).await.refused(422);
    }
    for patch in [
        json!({ "body_format": "html" }),
        json!({ "title": "New", "note": "two\nlines" }),
        json!({ "title": "New", "note": "x".repeat(301) }),
        json!({ "title": "New", "note": "\u{0}" }),
        json!({ "body": "x".repeat(65_537) }),
    ] {
        mara.with("if-match", "\"1\"").patch(&path, patch).await.refused(422);
    }
    let long = json!({ "kind": "spec", "body": "\u{1f600}".repeat(262_144) });
    mara.with("if-match", "\"1\"").patch(&path, long).await.ok();
    let back = mara.with("if-match", "\"2\"").patch(&path, json!({ "kind": "bug", "actual": "x" })).await.refused(422);
    assert_eq!(back.json["errors"][0]["field"], "body");
    ann.patch(&path, json!({ "note": "x" })).await.refused(428);
}
