use std::collections::HashMap;

use serde_json::{Value, json};
use server::{act, store};

use crate::support::{Client, TestApp};

/// Members of everyone and of vendor-x, and whether the caller belongs to vendor-x.
async fn members(client: &Client) -> (i64, i64, bool) {
    let project = client.get("/api/v1/projects/neutron").await.ok().json;
    let of = |slug: &str| -> Value {
        let segments = project["segments"].as_array().unwrap().clone();
        segments.into_iter().find(|segment| segment["slug"] == slug).unwrap()
    };
    (of("everyone")["members"].as_i64().unwrap(), of("vendor-x")["members"].as_i64().unwrap(), of("vendor-x")["mine"] == true)
}

#[tokio::test]
async fn joining_a_segment_joins_everyone_and_leaving_everyone_leaves_all() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let me = |segment: &str| format!("/api/v1/projects/neutron/segments/{segment}/me");
    tom.put(&me("vendor-x"), json!({})).await.ok();
    tom.put(&me("vendor-x"), json!({})).await.ok();
    mara.put(&me("everyone"), json!({})).await.ok();
    assert_eq!(members(&tom).await, (2, 1, true));
    assert_eq!(members(&mara).await, (2, 1, false));
    tom.delete(&me("vendor-x")).await.ok();
    assert_eq!(members(&tom).await, (2, 0, false));
    tom.put(&me("vendor-x"), json!({})).await.ok();
    tom.delete(&me("everyone")).await.ok();
    tom.delete(&me("everyone")).await.ok();
    assert_eq!(members(&tom).await, (1, 0, false));
}

#[tokio::test]
async fn a_segment_is_the_maintainers_to_name_and_a_persons_to_join() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let path = "/api/v1/projects/neutron/segments/arm";
    tom.put(path, json!({ "name": "On ARM" })).await.refused(403);
    mara.put(path, json!({ "name": "On ARM", "colour": "red" })).await.refused(422);
    let made = mara.put(path, json!({ "name": "On ARM", "description": "You run it on ARM." })).await.ok();
    assert_eq!((&made.json["members"], &made.json["everyone"]), (&json!(0), &json!(false)));
    app.anyone().put(&format!("{path}/me"), json!({})).await.refused(401);
    tom.put("/api/v1/projects/neutron/segments/none/me", json!({})).await.refused(404);
}

#[tokio::test]
async fn who_comes_and_goes_while_scores_are_worked_out_is_seen() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let me = "/api/v1/projects/neutron/segments/vendor-x/me";
    let swap = async |leaves: &Client, joins: &Client| {
        leaves.delete(me).await.ok();
        joins.put(me, json!({})).await.ok();
    };
    mara.put(me, json!({})).await.ok();
    tom.put("/api/v1/projects/neutron/segments/everyone/me", json!({})).await.ok();
    act::impact::refresh(&app.app).await.unwrap();
    let stale = async || store::impact::stale(&mut app.app.db.read().await.unwrap()).await.unwrap();
    swap(&mara, &tom).await;
    let read = stale().await;
    assert_eq!(read.len(), 1);
    swap(&tom, &mara).await;
    let mut tx = app.app.db.write().await.unwrap();
    store::impact::settle(&mut tx, &read[0]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(stale().await.len(), 1);
    act::impact::refresh(&app.app).await.unwrap();
    assert_eq!(stale().await, []);
}

#[tokio::test]
async fn who_comes_back_by_an_imported_vote_is_a_member_wherever_they_voted_before() {
    let app = TestApp::start().await;
    let (mara, ann) = (app.person("mara").await, app.person("ann").await);
    app.project("neutron", &mara).await;
    for _ in 0..2 {
        app.delta(&mara, json!({})).await;
    }
    ann.put("/api/v1/deltas/D-1/vote", json!({ "severity": 3 })).await.ok();
    ann.delete("/api/v1/projects/neutron/segments/everyone/me").await.ok();
    let mut tx = app.app.db.write().await.unwrap();
    let user = store::user::by_name(&mut tx, "ann").await.unwrap().unwrap().id;
    let voters = HashMap::from([(app.delta_id("D-2").await, vec![(user, app.app.clock.now())])]);
    store::segment::users(&mut tx, &voters).await.unwrap();
    tx.commit().await.unwrap();
    act::impact::refresh(&app.app).await.unwrap();
    assert_eq!(ann.get("/api/v1/deltas/D-1/impact").await.ok().json["segments"][0]["known"], 1);
    assert_eq!(app.verify().await, Vec::<&str>::new());
}

#[tokio::test]
async fn another_segment_weighs_in_every_lens_and_one_described_anew_changes_nothing() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    app.project("neutron", &mara).await;
    app.delta(&mara, json!({})).await;
    mara.put("/api/v1/deltas/D-1/vote", json!({ "severity": 4 })).await.ok();
    let lens = json!({ "weights": [{ "project": "neutron", "segment": "large", "weight": 2 }] });
    mara.put("/api/v1/orgs/nw/lens", lens).await.ok();
    let score = async || mara.get("/api/v1/deltas/D-1/impact").await.ok().json["lenses"][0]["score"].as_i64().unwrap();
    app.execute("UPDATE lens_score SET score = 99").await;
    mara.put("/api/v1/projects/neutron/segments/large", json!({ "name": "Large ones", "description": "Over 1000 hosts." })).await.ok();
    assert_eq!(score().await, 99, "nothing was worked out");
    let project = mara.get("/api/v1/projects/neutron").await.ok().json;
    let large = project["segments"].as_array().unwrap().iter().find(|segment| segment["slug"] == "large").unwrap();
    assert_eq!((&large["name"], &large["description"]), (&json!("Large ones"), &json!("Over 1000 hosts.")));
    mara.put("/api/v1/projects/neutron/segments/arm", json!({ "name": "On ARM" })).await.ok();
    // Everyone weighs 1, large 2, vendor-x and the new one 1 each.
    let everyone = schema::impact::score([0, 0, 0, 1], 1);
    assert_eq!(score().await, (2 * everyone + 5) / 10);
}

#[tokio::test]
async fn votes_that_come_in_with_a_new_segment_are_weighed_with_it() {
    const VOTERS: usize = 8;
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    app.project("neutron", &mara).await;
    app.delta(&mara, json!({})).await;
    let lens = json!({ "weights": [{ "project": "neutron", "segment": "everyone", "weight": 50 }] });
    mara.put("/api/v1/orgs/nw/lens", lens).await.ok();
    let score = async || mara.get("/api/v1/deltas/D-1/impact").await.ok().json["lenses"][0]["score"].clone();
    for round in 0..VOTERS {
        let voter = app.person(&format!("voter{round}")).await;
        let segment = format!("/api/v1/projects/neutron/segments/new{round}");
        let (voted, put) =
            tokio::join!(voter.put("/api/v1/deltas/D-1/vote", json!({ "severity": 4 })), mara.put(&segment, json!({ "name": "New" })));
        voted.ok();
        put.ok();
        let stored = score().await;
        let (org, mut tx) = (app.org_id("nw").await, app.app.db.write().await.unwrap());
        store::lens::rescore_org(&mut tx, org).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(stored, score().await, "round {round}");
    }
}
