use serde_json::json;

use crate::support::{
    TestApp,
    ci::{failed, run},
};

#[tokio::test]
async fn a_delta_is_put_into_a_second_project_with_a_consensus_of_its_own() {
    let app = TestApp::start().await;
    let (mara, nils, tom, ann) = (app.person("mara").await, app.person("nils").await, app.person("tom").await, app.person("ann").await);
    app.project("neutron", &mara).await;
    app.project("nova", &nils).await;
    let path = format!("/api/v1/deltas/{}", app.delta(&tom, json!({})).await);
    let nova = format!("{path}/places/nova");
    ann.put(&nova, json!({})).await.refused(403);
    app.anyone().put(&nova, json!({})).await.refused(401);
    tom.put(&format!("{path}/places/glance"), json!({})).await.refused(404);
    tom.put(&nova, json!({ "components": ["dhcp"] })).await.refused(422);
    tom.put(&nova, json!({ "components": ["api"] })).await.ok();
    nils.put(&format!("{nova}/consensus"), json!({ "state": "discussing" })).await.ok();
    mara.put(&format!("{nova}/consensus"), json!({ "state": "agreed" })).await.refused(403);
    let seen = mara.put(&nova, json!({ "components": ["api", "agent"] })).await.ok();
    assert_eq!(seen.json["places"].as_array().unwrap().len(), 2);
    assert_eq!(seen.json["places"][1]["components"].as_array().unwrap().len(), 2);
    assert_eq!((&seen.json["places"][0]["consensus"], &seen.json["places"][1]["consensus"]), (&json!("proposed"), &json!("discussing")));

    mara.delete(&nova).await.refused(403);
    nils.delete(&nova).await.status(204);
    nils.delete(&nova).await.refused(404);
    mara.delete(&format!("{path}/places/neutron")).await.refused(409);
}

#[tokio::test]
async fn a_position_is_bound_to_the_text_it_was_stated_on() {
    let app = TestApp::start().await;
    let (mara, tom, ann) = (app.person("mara").await, app.person("tom").await, app.person("ann").await);
    app.project("neutron", &mara).await;
    let path = format!("/api/v1/deltas/{}", app.delta(&tom, json!({})).await);
    let position = format!("{path}/places/neutron/position");
    app.anyone().put(&position, json!({ "position": "agree" })).await.refused(401);
    ann.put(&position, json!({ "position": "object" })).await.refused(422);
    ann.put(&position, json!({ "position": "maybe" })).await.refused(422);
    ann.put(&format!("{path}/places/nova/position"), json!({ "position": "agree" })).await.refused(404);
    ann.put(&position, json!({ "position": "object", "reason": "It is documented." })).await.ok();
    let seen = ann.put(&position, json!({ "position": "agree" })).await.ok();
    let positions = seen.json["places"][0]["positions"].as_array().unwrap().clone();
    assert_eq!(positions.len(), 1);
    assert_eq!(
        (&positions[0]["position"], &positions[0]["stale"], &positions[0]["person"]["name"]),
        (&json!("agree"), &json!(false), &json!("ann"))
    );
    tom.with("if-match", "\"1\"").patch(&path, json!({ "desired": "Within 5 s." })).await.ok();
    let seen = app.anyone().get(&path).await.ok();
    assert_eq!(seen.json["places"][0]["positions"][0]["stale"], true);
    ann.delete(&position).await.status(204);
    ann.delete(&position).await.refused(404);
}

#[tokio::test]
async fn the_consensus_is_the_projects_maintainers_alone() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let path = format!("/api/v1/deltas/{}/places/neutron/consensus", app.delta(&tom, json!({})).await);
    tom.put(&path, json!({ "state": "agreed" })).await.refused(403);
    app.admin().await.put(&path, json!({ "state": "agreed" })).await.refused(403);
    app.anyone().put(&path, json!({ "state": "agreed" })).await.refused(401);
    mara.put(&path, json!({ "state": "decided" })).await.refused(422);
    mara.put(&path, json!({ "state": "declined" })).await.refused(422);
    let seen = mara.with("if-match", "\"1\"").put(&path, json!({ "state": "agreed", "rationale": "A restart is invisible." })).await.ok();
    let place = &seen.json["places"][0];
    assert_eq!(
        (&place["decided_by"]["name"], &place["rationale"], &place["version"]),
        (&json!("mara"), &json!("A restart is invisible."), &json!(2))
    );
    mara.with("if-match", "\"1\"").put(&path, json!({ "state": "disputed" })).await.refused(412);
}

#[tokio::test]
async fn a_delta_taken_out_of_a_project_explains_nothing_there_any_more() {
    let app = TestApp::start().await;
    let (mara, nils) = (app.person("mara").await, app.person("nils").await);
    app.project("neutron", &mara).await;
    app.project("nova", &nils).await;
    let key = app.delta(&nils, json!({ "project": "nova" })).await;
    let path = format!("/api/v1/deltas/{key}");
    nils.put(&format!("{path}/places/neutron"), json!({})).await.ok();
    let ci = app.ci("neutron").await;
    let group = run(&ci, "b1", json!([failed("t", "lost"), failed("u", "gone")])).await.status(201).json["failures"][1]["group"].clone();
    let new = json!({ "query": "message:lost", "project": "neutron" });
    mara.post(&format!("{path}/signatures"), new).await.status(201);
    mara.put(&format!("/api/v1/failure-groups/{}/delta", group.as_str().unwrap()), json!({ "delta": key })).await.ok();
    mara.put(&format!("{path}/evidence/neutron"), json!({ "tests": ["t"] })).await.ok();
    assert_eq!(run(&ci, "b2", json!([failed("t", "lost")])).await.status(201).json["all_known"], true);
    mara.delete(&format!("{path}/places/neutron")).await.status(204);
    let reply = run(&ci, "b3", json!([failed("t", "lost"), failed("u", "gone")])).await.status(201);
    assert_eq!([&reply.json["failures"][0]["verdict"], &reply.json["failures"][1]["verdict"]], ["new", "new"]);
    let evidence = nils.get(&format!("{path}/evidence")).await.ok().json;
    assert_eq!((&evidence["signatures"], &evidence["tests"], &evidence["machine"]["failures"]), (&json!([]), &json!([]), &json!(0)));
}

#[tokio::test]
async fn what_its_users_said_counts_no_more_where_a_delta_is_taken_out() {
    let app = TestApp::start().await;
    let (mara, nils, zoe) = (app.person("mara").await, app.person("nils").await, app.person("zoe").await);
    app.project("neutron", &mara).await;
    app.project("nova", &nils).await;
    let path = format!("/api/v1/deltas/{}", app.delta(&nils, json!({ "project": "nova" })).await);
    nils.put(&format!("{path}/places/neutron"), json!({})).await.ok();
    zoe.put("/api/v1/projects/neutron/segments/vendor-x/me", json!({})).await.ok();
    zoe.put(&format!("{path}/vote"), json!({ "severity": 4 })).await.ok();
    mara.delete(&format!("{path}/places/neutron")).await.status(204);
    let impact = nils.get(&format!("{path}/impact")).await.ok().json;
    let of: Vec<&str> = impact["segments"].as_array().unwrap().iter().map(|line| line["project"].as_str().unwrap()).collect();
    assert_eq!((of, &impact["affected"]), (vec!["nova"], &json!(1)), "{impact}");
    assert!(nils.get("/api/v1/deltas?q=segment:vendor-x").await.ok().json["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_private_delta_of_stop_words_alone_is_filed() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    app.delta(&mara, json!({ "title": "It is", "desired": "is", "actual": "it", "visibility": "private" })).await;
}
