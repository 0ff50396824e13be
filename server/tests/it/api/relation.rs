use serde_json::{Value, json};

use crate::support::{Client, TestApp};

fn path(one: &str, other: &str) -> String {
    format!("/api/v1/deltas/{one}/relations/{other}")
}

fn is(relation: &str) -> Value {
    json!({ "relation": relation })
}

/// What a delta says of others: relation and key.
async fn related(client: &Client, key: &str) -> Vec<(String, String)> {
    let seen = client.get(&format!("/api/v1/deltas/{key}")).await.ok().json;
    let all = seen["relations"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    all.iter().map(|one| (text(&one["relation"]), text(&one["delta"]["key"]))).collect()
}

async fn world(app: &TestApp, deltas: usize) -> (Client, Client, Client) {
    let (mara, tom, ann) = (app.person("mara").await, app.person("tom").await, app.person("ann").await);
    app.project("neutron", &mara).await;
    for _ in 0..deltas {
        app.delta(&tom, json!({})).await;
    }
    (mara, tom, ann)
}

#[tokio::test]
async fn a_relation_shows_on_both_deltas_in_their_own_words() {
    let app = TestApp::start().await;
    let (mara, tom, ann) = world(&app, 3).await;
    let own = app.delta(&ann, json!({})).await;
    for (client, status) in [(&app.anyone(), 401), (&ann, 403)] {
        client.put(&path("D-1", "D-2"), is("blocks")).await.refused(status);
    }
    ann.put(&path(&own, "D-1"), is("caused_by")).await.ok();
    tom.put(&path("D-1", "D-2"), is("blocks")).await.ok();
    tom.put(&path("D-1", "D-2"), is("blocks")).await.ok();
    mara.put(&path("D-3", "D-1"), is("superseded_by")).await.ok();
    mara.put(&path("D-3", "D-2"), is("relates")).await.ok();
    mara.put(&path("D-2", "D-3"), is("relates")).await.ok();
    let pair = |relation: &str, key: &str| (relation.to_owned(), key.to_owned());
    let guest = app.anyone();
    assert_eq!(related(&guest, "D-1").await, [pair("causes", &own), pair("blocks", "D-2"), pair("supersedes", "D-3")]);
    assert_eq!(related(&guest, "D-2").await, [pair("blocked_by", "D-1"), pair("relates", "D-3")]);
    assert_eq!(related(&guest, "D-3").await, [pair("superseded_by", "D-1"), pair("relates", "D-2")]);
    let told = guest.get("/api/v1/deltas/D-2/timeline").await.ok().json;
    let added: Vec<_> = told["items"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "relation.added").collect();
    assert_eq!((added.len(), &added[0]["data"]), (2, &json!({ "relation": "blocked_by", "other": "D-1" })));

    for bad in [is("likes"), json!({}), json!({ "relation": "" }), json!({ "relation": "blocks", "why": "x" })] {
        tom.put(&path("D-1", "D-2"), bad).await.refused(422);
    }
    tom.put(&path("D-1", "D-1"), is("relates")).await.refused(422);
    tom.put(&path("D-1", "D-99"), is("relates")).await.refused(404);
    tom.put(&path("D-1", "x"), is("relates")).await.refused(404);
    ann.delete(&path("D-1", "D-2")).await.refused(403);
    tom.delete(&format!("{}?relation=relates", path("D-1", "D-2"))).await.refused(404);
    tom.delete(&format!("{}?relation=likes", path("D-1", "D-2"))).await.refused(422);
    // From the other end it goes by its other word; without a word, all of them.
    tom.delete(&format!("{}?relation=blocked_by", path("D-2", "D-1"))).await.status(204);
    tom.put(&path("D-2", "D-3"), is("blocks")).await.ok();
    tom.delete(&path("D-3", "D-2")).await.status(204);
    tom.delete(&path("D-3", "D-2")).await.refused(404);
    assert_eq!(related(&guest, "D-2").await, []);
}

#[tokio::test]
async fn what_blocks_never_leads_in_a_circle() {
    let app = TestApp::start().await;
    let (mara, ..) = world(&app, 4).await;
    for relation in ["blocks", "supersedes", "caused_by"] {
        mara.put(&path("D-1", "D-2"), is(relation)).await.ok();
        mara.put(&path("D-2", "D-3"), is(relation)).await.ok();
        mara.put(&path("D-3", "D-1"), is(relation)).await.refused(409);
        mara.put(&path("D-2", "D-1"), is(relation)).await.refused(409);
        mara.put(&path("D-1", "D-3"), is(relation)).await.ok();
    }
    mara.put(&path("D-3", "D-1"), is("blocked_by")).await.ok();
    mara.put(&path("D-1", "D-3"), is("blocked_by")).await.refused(409);
    mara.put(&path("D-3", "D-1"), is("relates")).await.ok();
    // Two at the same moment cannot close one either.
    for _ in 0..4 {
        let mut keys = Vec::new();
        for _ in 0..4 {
            keys.push(app.delta(&mara, json!({})).await);
        }
        let [a, b, c, d] = &keys[..] else { unreachable!() };
        mara.put(&path(a, b), is("blocks")).await.ok();
        mara.put(&path(c, d), is("blocks")).await.ok();
        let (one, other) = (path(b, c), path(d, a));
        let (one, other) = tokio::join!(mara.put(&one, is("blocks")), mara.put(&other, is("blocks")));
        let mut both = [one.status.as_u16(), other.status.as_u16()];
        both.sort_unstable();
        assert_eq!(both, [200, 409]);
    }
}

#[tokio::test]
async fn an_end_that_is_not_seen_is_not_there() {
    let app = TestApp::start().await;
    let (mara, tom, ann) = world(&app, 1).await;
    let hidden = app.delta(&tom, json!({ "visibility": "private" })).await;
    let own = app.delta(&ann, json!({})).await;
    let before = ann.get("/api/v1/deltas/D-1").await.ok().json;
    tom.put(&path("D-1", &hidden), is("blocks")).await.ok();
    mara.put(&path(&hidden, &own), is("blocks")).await.ok();
    assert_eq!(ann.get("/api/v1/deltas/D-1").await.ok().json, before);
    let told = ann.get("/api/v1/deltas/D-1/timeline").await.ok().text;
    assert!(!told.contains("relation.added") && !told.contains(&hidden), "{told}");
    assert!(tom.get("/api/v1/deltas/D-1/timeline").await.ok().text.contains("relation.added"));
    ann.put(&path(&own, &hidden), is("relates")).await.refused(404);
    ann.delete(&path(&own, &hidden)).await.refused(404);
    // Nor is it told by the refusal of a circle that leads over it.
    ann.put(&path(&own, "D-1"), is("blocks")).await.ok();
    assert_eq!(related(&tom, &hidden).await.len(), 2);
    assert_eq!(related(&app.anyone(), "D-1").await, [("blocked_by".to_owned(), own)]);
}

#[tokio::test]
async fn two_who_take_away_what_is_said_from_both_ends_both_succeed() {
    let app = TestApp::start().await;
    let (mara, ..) = world(&app, 2).await;
    for _ in 0..8 {
        for relation in ["relates", "blocks"] {
            mara.put(&path("D-1", "D-2"), is(relation)).await.ok();
        }
        let (one, other) = (format!("{}?relation=relates", path("D-1", "D-2")), format!("{}?relation=blocked_by", path("D-2", "D-1")));
        let (one, other) = tokio::join!(mara.delete(&one), mara.delete(&other));
        one.status(204);
        other.status(204);
    }
    assert_eq!(related(&mara, "D-1").await, []);
}
