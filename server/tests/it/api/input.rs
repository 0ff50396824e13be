//! What no database keeps: it is refused in words, on both.

use axum::http::Method;
use serde_json::json;
use server::store::cursor;

use crate::support::{
    TestApp,
    ci::{failed, run},
};

#[tokio::test]
async fn the_character_nul_is_nowhere() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    app.project("neutron", &mara).await;
    for path in ["projects/%00", "projects/%00/failures", "orgs/%00", "orgs/nw/boards/%00", "users/%00"] {
        mara.get(&format!("/api/v1/{path}")).await.refused(404);
    }
    for path in ["/projects/%00", "/projects/%00/failures", "/orgs/%00", "/people/%00"] {
        app.anyone().get(path).await.status(404);
    }
    mara.put("/api/v1/orgs/nw/members/%00", json!({ "role": "member" })).await.refused(404);
    let cursor = cursor::write(&("\0", "\0"));
    for (method, path, body) in [
        (Method::POST, "deltas".to_owned(), json!({ "kind": "bug", "project": "\0", "title": "t", "desired": "d", "actual": "a" })),
        (Method::PUT, "orgs/nw/lens".to_owned(), json!({ "weights": [{ "project": "\0", "segment": "\0", "weight": 1 }] })),
        (Method::GET, format!("orgs?cursor={cursor}"), json!({})),
        (Method::GET, "deltas?q=%00".to_owned(), json!({})),
        (Method::GET, "deltas?q=label:%00".to_owned(), json!({})),
    ] {
        let reply = mara.send(method, &format!("/api/v1/{path}"), Some("application/json"), body.to_string()).await;
        assert!(reply.status.as_u16() < 500, "{path}: {} {}", reply.status, reply.text);
    }
}

#[tokio::test]
async fn a_cursor_of_no_time_is_refused() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    app.project("neutron", &mara).await;
    app.delta(&mara, json!({})).await;
    run(&app.ci("neutron").await, "b1", json!([failed("t", "lost")])).await.status(201);
    for micros in [-300_000_000_000_000_000_i64, 300_000_000_000_000_000, i64::MIN, i64::MAX] {
        let failures = cursor::write(&(micros, uuid::Uuid::nil()));
        for path in [
            format!("deltas?q=sort:updated&cursor=u{micros}.1"),
            format!("projects/neutron/failures?cursor={failures}"),
            format!("orgs/nw/tasks?q=sort:updated&cursor=updated.{micros}.1"),
        ] {
            mara.get(&format!("/api/v1/{path}")).await.refused(422);
        }
    }
}
