use serde_json::json;
use server::store;
use time::Duration;

use crate::support::{TestApp, ci::run};

fn project(slug: &str) -> serde_json::Value {
    json!({"slug": slug, "name": "A project"})
}

#[tokio::test]
async fn a_repeated_post_is_answered_again_and_not_done_again() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    let once = mara.with("idempotency-key", "k1");
    let first = once.post("/api/v1/projects", project("neutron")).await.status(201);
    let again = once.post("/api/v1/projects", project("neutron")).await.status(201);
    assert_eq!((first.text.as_str(), first.header("etag")), (again.text.as_str(), again.header("etag")));
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    assert_eq!(again.header("content-type"), first.header("content-type"));
    mara.post("/api/v1/projects", project("neutron")).await.refused(409);
    // Another body, path or person is another request.
    once.post("/api/v1/projects", project("nova")).await.refused(422);
    once.post("/api/v1/orgs", project("neutron")).await.refused(422);
    app.person("otto").await.with("idempotency-key", "k1").post("/api/v1/projects", project("nova")).await.status(201);
}

#[tokio::test]
async fn a_refusal_is_repeated_with_an_id_of_its_own() {
    let app = TestApp::start().await;
    let once = app.person("mara").await.with("idempotency-key", "k1");
    let first = once.post("/api/v1/projects", project("A B")).await.refused(422);
    let again = once.post("/api/v1/projects", project("A B")).await.refused(422);
    assert_eq!(first.json["errors"], again.json["errors"]);
    assert_ne!(first.json["instance"], again.json["instance"]);
}

#[tokio::test]
async fn while_the_first_runs_the_second_waits_and_a_lost_one_is_forgotten() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    // As a server leaves it that was ended while it worked: begun, without a reply.
    let once = mara.with("idempotency-key", "k1");
    once.post("/api/v1/projects", project("neutron")).await.status(201);
    let me = mara.get("/api/v1/me").await.ok();
    let mut tx = app.app.db.write().await.unwrap();
    let id = store::user::by_name(&mut tx, me.json["name"].as_str().unwrap()).await.unwrap().unwrap().id;
    let key = store::idempotency::Key { caller: format!("user:{id}"), key: "k2".to_owned() };
    assert!(store::idempotency::begin(&mut tx, &key, b"another", app.app.clock.now()).await.unwrap().is_none());
    tx.commit().await.unwrap();
    mara.with("idempotency-key", "k2").post("/api/v1/projects", project("nova")).await.refused(422);
    app.app.clock.advance(Duration::seconds(61));
    mara.with("idempotency-key", "k2").post("/api/v1/projects", project("nova")).await.status(201);
    app.app.clock.advance(Duration::hours(25));
    once.post("/api/v1/projects", project("neutron")).await.refused(409);
}

#[tokio::test]
async fn of_many_at_the_same_time_one_is_done() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await.with("idempotency-key", "k1");
    let posts = (0..8).map(|_| {
        let mara = mara.clone();
        tokio::spawn(async move { mara.post("/api/v1/projects", project("neutron")).await })
    });
    let mut made = 0;
    for post in posts.collect::<Vec<_>>() {
        let reply = post.await.unwrap();
        match reply.status.as_u16() {
            201 => made += i32::from(reply.header("idempotency-replayed").is_empty()),
            409 => assert_eq!(reply.header("retry-after"), "1", "{}", reply.text),
            other => panic!("{other}: {}", reply.text),
        }
    }
    assert_eq!(made, 1);
}

#[tokio::test]
async fn a_secret_is_not_kept_and_not_given_twice() {
    let app = TestApp::start().await;
    let mara = app.browser("mara").await.with("idempotency-key", "k1");
    let body = json!({"name": "script", "scopes": ["read"]});
    let first = mara.post("/api/v1/me/tokens", body.clone()).await.status(201);
    let again = mara.post("/api/v1/me/tokens", body).await.refused(409);
    assert!(first.json["secret"].is_string() && !again.text.contains("dlb_"), "{}", again.text);
    assert_eq!(mara.get("/api/v1/me/tokens").await.ok().json.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_has_a_form_and_a_body_a_limit() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    mara.with("idempotency-key", &"k".repeat(255)).post("/api/v1/projects", project("a")).await.status(201);
    mara.with("idempotency-key", &"k".repeat(256)).post("/api/v1/projects", project("b")).await.refused(422);
    mara.with("idempotency-key", "").post("/api/v1/projects", project("b")).await.refused(422);
    let long = json!({"slug": "b", "name": "x".repeat(2 << 20)});
    mara.with("idempotency-key", "k2").post("/api/v1/projects", long).await.refused(413);
    // Nobody's requests are not covered: there is nobody to keep them for.
    let nobody = app.anyone().with("idempotency-key", "k1");
    nobody.post("/api/v1/projects", project("b")).await.refused(401);
}

#[tokio::test]
async fn a_large_body_is_taken_from_those_who_may_report_the_run_only() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    for (slug, maintainer) in [("neutron", &mara), ("nova", &tom)] {
        maintainer.post("/api/v1/projects", project(slug)).await.status(201);
    }
    let tests = json!([{ "test": "t", "outcome": "failed", "details": "x".repeat(2 << 20) }]);
    let ci = app.ci("neutron").await;
    for (client, status) in [(&tom, 413), (&app.ci("nova").await, 413), (&mara, 201), (&ci, 200)] {
        run(&client.with("idempotency-key", "k1"), "b1", tests.clone()).await.status(status);
    }
}
