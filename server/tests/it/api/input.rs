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

#[tokio::test]
async fn a_list_is_no_object_and_an_encoding_is_not_ignored() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let list = json!(["bug", "neutron", "positional", "d", "a", "", [], "public"]);
    let refused = mara.post("/api/v1/deltas", list).await.refused(422);
    assert_eq!(refused.json["errors"], json!([{ "field": "body", "detail": "must be an object" }]));
    let new = json!({ "kind": "bug", "project": "neutron", "title": "t", "desired": "d", "actual": "a" });
    for encoding in ["br", "gzip"] {
        mara.with("content-encoding", encoding).post("/api/v1/deltas", new.clone()).await.refused(415);
    }
    assert_eq!(mara.get("/api/v1/deltas").await.ok().json["items"], json!([]));
    mara.with("content-encoding", "identity").post("/api/v1/deltas", new).await.status(201);
}

#[tokio::test]
async fn who_nobody_is_hears_so_before_the_body_is_read() {
    let app = TestApp::start().await;
    for body in ["no JSON", "{}"] {
        app.anyone().send(Method::POST, "/api/v1/deltas", Some("application/json"), body).await.refused(401);
    }
    app.anyone().send(Method::POST, "/api/v1/users", Some("application/json"), "no JSON").await.refused(400);
}

#[tokio::test]
async fn a_limit_that_is_not_given_is_refused() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    app.project("neutron", &mara).await;
    for path in ["deltas", "projects", "orgs", "projects/neutron/runs", "projects/neutron/failures", "orgs/nw/tasks"] {
        for limit in ["0", "101", "-1"] {
            let refused = mara.get(&format!("/api/v1/{path}?limit={limit}")).await.refused(422);
            assert_eq!(refused.json["errors"], json!([{ "field": "limit", "detail": "must be 1 to 100" }]), "{path}");
        }
        let refused = mara.get(&format!("/api/v1/{path}?limit=x")).await.refused(422);
        assert_eq!(refused.json["errors"][0]["detail"], "must be a whole number", "{path}");
        mara.get(&format!("/api/v1/{path}?limit=100")).await.ok();
    }
}
