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
