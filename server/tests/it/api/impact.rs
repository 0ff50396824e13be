use serde_json::json;
use time::Duration;

use crate::support::{
    TestApp,
    ci::{failed, run},
};

const VOTE: &str = "/api/v1/deltas/D-1/vote";
const IMPACT: &str = "/api/v1/deltas/D-1/impact";

/// neutron with D-1, a bug that mara filed.
async fn world() -> (TestApp, crate::support::Client) {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    app.delta(&mara, json!({})).await;
    (app, mara)
}

#[tokio::test]
async fn a_vote_counts_in_every_segment_of_the_voter() {
    let (app, _) = world().await;
    let zoe = app.person("zoe").await;
    zoe.put("/api/v1/projects/neutron/segments/vendor-x/me", json!({})).await.ok();
    let reply = zoe.put(VOTE, json!({"severity": 4, "note": "All day."})).await.ok();
    assert_eq!(reply.json["affected"], 1);
    assert_eq!(reply.json["blocked"], 1);
    assert_eq!(reply.json["week"], 1);
    assert_eq!(reply.json["mine"], 4);
    assert_eq!(reply.json["my_segments"], json!(["vendor-x driver"]));
    let score = schema::impact::score([0, 0, 0, 1], 1);
    assert_eq!((reply.json["score"].as_i64(), reply.json["segment"].as_str()), (Some(score), Some("vendor-x driver")));
    let segments = reply.json["segments"].as_array().unwrap();
    assert_eq!(segments.len(), 2);
    assert_eq!(
        segments[0],
        json!({"project": "neutron", "slug": "vendor-x", "name": "vendor-x driver", "affected": 1, "known": 1, "score": score,
            "severities": [0, 0, 0, 1]})
    );
    app.app.clock.advance(Duration::days(8));
    let reply = app.anyone().get(IMPACT).await.ok();
    assert_eq!((reply.json["week"].as_i64(), reply.json["affected"].as_i64()), (Some(0), Some(1)));
    assert!(reply.json["mine"].is_null());
}

#[tokio::test]
async fn not_affected_counts_in_the_denominator_and_a_vote_can_be_changed_and_taken_back() {
    let (app, mara) = world().await;
    let (zoe, ole) = (app.person("zoe").await, app.person("ole").await);
    mara.put(VOTE, json!({"severity": 0})).await.ok();
    zoe.put(VOTE, json!({"severity": 2})).await.ok();
    let reply = ole.put(VOTE, json!({"severity": 3})).await.ok();
    let everyone = &reply.json["segments"][0];
    assert_eq!((everyone["affected"].as_i64(), everyone["known"].as_i64()), (Some(2), Some(3)));
    assert_eq!(reply.json["score"].as_i64(), Some(schema::impact::score([0, 1, 1, 0], 3)));
    let reply = ole.put(VOTE, json!({"severity": 4})).await.ok();
    assert_eq!((reply.json["segments"][0]["severities"].clone(), reply.json["affected"].as_i64()), (json!([0, 1, 0, 1]), Some(2)));
    ole.delete(VOTE).await.ok();
    let reply = ole.delete(VOTE).await.ok();
    assert!(reply.json["mine"].is_null());
    assert_eq!((reply.json["affected"].as_i64(), reply.json["segments"][0]["known"].as_i64()), (Some(1), Some(3)));
    zoe.delete(VOTE).await.ok();
    let reply = mara.delete(VOTE).await.ok();
    assert_eq!((reply.json["score"].as_i64(), reply.json["segments"].clone()), (Some(0), json!([])));
}

#[tokio::test]
async fn who_may_not_vote_is_told_why() {
    let (app, mara) = world().await;
    app.delta(&mara, json!({"visibility": "private"})).await;
    let zoe = app.person("zoe").await;
    app.anyone().put(VOTE, json!({"severity": 3})).await.refused(401);
    app.anyone().delete(VOTE).await.refused(401);
    for path in ["/api/v1/deltas/D-2/vote", "/api/v1/deltas/D-9/vote", "/api/v1/deltas/x/vote"] {
        zoe.put(path, json!({"severity": 3})).await.refused(404);
        zoe.delete(path).await.refused(404);
    }
    zoe.get("/api/v1/deltas/D-2/impact").await.refused(404);
    for bad in [json!({"severity": 5}), json!({"severity": -1}), json!({"severity": "3"}), json!({}), json!({"severity": 1, "x": 1})] {
        zoe.put(VOTE, bad).await.refused(422);
    }
    zoe.put(VOTE, json!({"severity": 1, "note": "x".repeat(2001)})).await.refused(422);
    zoe.put(VOTE, json!({"severity": 1, "note": "a\0"})).await.refused(422);
    assert_eq!(app.anyone().get(IMPACT).await.ok().json["affected"], 0);
}

#[tokio::test]
async fn thirty_votes_at_once_are_all_counted() {
    let (app, _) = world().await;
    let mut voters = Vec::new();
    for n in 0..30 {
        voters.push(app.person(&format!("voter{n}")).await);
    }
    let votes: Vec<_> = voters
        .into_iter()
        .enumerate()
        .map(|(n, voter)| tokio::spawn(async move { voter.put(VOTE, json!({"severity": n % 5})).await.ok() }))
        .collect();
    for vote in votes {
        vote.await.unwrap();
    }
    let reply = app.anyone().get(IMPACT).await.ok();
    assert_eq!(reply.json["affected"], 24);
    let everyone = &reply.json["segments"][0];
    assert_eq!(everyone["severities"], json!([6, 6, 6, 6]));
    assert_eq!((everyone["affected"].as_i64(), everyone["known"].as_i64()), (Some(24), Some(30)));
    let score = schema::impact::score([6, 6, 6, 6], 30);
    assert_eq!(reply.json["score"].as_i64(), Some(score));
    let list = app.anyone().get("/api/v1/deltas?q=project:neutron").await.ok();
    assert_eq!(list.json["items"][0]["impact"].as_i64(), Some(score));
}

#[tokio::test]
async fn scores_follow_the_segments_members() {
    let (app, mara) = world().await;
    let (zoe, ole) = (app.person("zoe").await, app.person("ole").await);
    let me = "/api/v1/projects/neutron/segments/vendor-x/me";
    zoe.put(VOTE, json!({"severity": 4})).await.ok();
    zoe.put(me, json!({})).await.ok();
    server::act::impact::refresh(&app.app).await.unwrap();
    let reply = mara.get(IMPACT).await.ok();
    assert_eq!(reply.json["segment"], "vendor-x driver");
    let before = reply.json["score"].as_i64().unwrap();
    ole.put(me, json!({})).await.ok();
    mara.put(me, json!({})).await.ok();
    server::act::impact::refresh(&app.app).await.unwrap();
    let reply = mara.get(IMPACT).await.ok();
    let after = schema::impact::score([0, 0, 0, 1], 3);
    assert!(after < before);
    assert_eq!(reply.json["score"].as_i64(), Some(after));
    let list = mara.get("/api/v1/deltas?q=segment:vendor-x+project:neutron").await.ok();
    assert_eq!(list.json["items"][0]["impact"].as_i64(), Some(after));
    // One leaves and another joins: as many as before, but others.
    zoe.delete(me).await.ok();
    let kim = app.person("kim").await;
    kim.put(me, json!({})).await.ok();
    server::act::impact::refresh(&app.app).await.unwrap();
    let reply = mara.get(IMPACT).await.ok();
    assert_ne!(reply.json["segment"], "vendor-x driver");
    assert!(mara.get("/api/v1/deltas?q=segment:vendor-x").await.ok().json["items"].as_array().unwrap().is_empty());
    let mut tx = app.app.db.read().await.unwrap();
    assert!(server::store::impact::stale(&mut tx).await.unwrap().is_empty());
}

#[tokio::test]
async fn who_refers_to_a_delta_does_not_wait_for_its_votes_to_be_counted() {
    let (app, mara) = world().await;
    for _ in 0..5 {
        app.delta(&mara, json!({})).await;
    }
    let ci = app.ci("neutron").await;
    let mut deltas = Vec::new();
    for number in 1..=6 {
        mara.put(&format!("/api/v1/deltas/D-{number}/vote"), json!({"severity": 3})).await.ok();
        let signature = json!({ "query": format!("test:a.t{number}.*") });
        mara.post(&format!("/api/v1/deltas/D-{number}/signatures"), signature).await.ok();
        deltas.push(app.delta_id(&format!("D-{number}")).await);
    }
    for round in 0..16 {
        // Five groups are known; the sixth is new each time, and its delta is referred to before all six are locked.
        let mut tests: Vec<_> = (1..=5).map(|number| failed(&format!("a.t{number}.x"), "boom")).collect();
        tests.push(failed(&format!("a.t6.round{round}"), "boom"));
        let refresh = async || {
            for _ in 0..3 {
                let mut tx = app.app.db.write().await.unwrap();
                server::store::impact::refresh(&mut tx, &deltas).await.expect("refreshed");
                tx.commit().await.unwrap();
            }
        };
        let external_id = format!("r{round}");
        let (reply, ()) = tokio::join!(run(&ci, &external_id, json!(tests)), refresh());
        assert_eq!(reply.status(201).json["all_known"], true);
    }
}
