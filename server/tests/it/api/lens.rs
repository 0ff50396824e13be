use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn a_lens_changes_an_organisations_own_numbers_and_nobody_elses() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    app.project("neutron", &mara).await;
    let member = app.member(&mara, "nw", "ole", "member").await;
    let viewer = app.member(&mara, "nw", "viola", "viewer").await;
    let (outsider, guest) = (app.person("zoe").await, app.anyone());
    mara.put("/api/v1/orgs/nw/watches/net", json!({"query": "project:neutron"})).await.ok();
    let delta = app.delta(&mara, json!({})).await;
    mara.put("/api/v1/projects/neutron/segments/large/me", json!({})).await;
    mara.put(&format!("/api/v1/deltas/{delta}/vote"), json!({"severity": 4})).await.ok();
    let lens = json!({"weights": [{"project": "neutron", "segment": "large", "weight": 0}, {"project": "neutron", "segment": "vendor-x", "weight": 1}]});
    let path = "/api/v1/orgs/nw/lens";
    for (caller, put, get) in [(&viewer, 403, 200), (&outsider, 403, 404), (&guest, 401, 401)] {
        caller.put(path, lens.clone()).await.refused(put);
        caller.get(path).await.status(get);
    }
    let item = |reply: crate::support::Reply| reply.ok().json["items"][0].clone();
    assert!(item(mara.get("/api/v1/orgs/nw/triage").await).get("lens").is_none());
    // A weight of 1 is what a segment has anyway.
    assert_eq!(member.put(path, lens).await.ok().json, json!({"weights": [{"project": "neutron", "segment": "large", "weight": 0}]}));
    let seen = item(mara.get("/api/v1/orgs/nw/triage").await);
    assert!(seen["lens"].is_i64(), "{seen}");
    let public = guest.get("/api/v1/deltas?q=is:open").await.ok().json["items"][0].clone();
    assert_eq!(public["impact"], seen["impact"]);
    assert!(public.get("lens").is_none());
}

#[tokio::test]
async fn weights_are_checked() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    app.project("neutron", &mara).await;
    let weight = |segment: &str, weight: i64| json!({"project": "neutron", "segment": segment, "weight": weight});
    for (weights, field) in [
        (json!([weight("large", 101)]), "weights[0].weight"),
        (json!([weight("large", 2), weight("nobody", 2)]), "weights[1].segment"),
        (json!([weight("large", 2), weight("large", 3)]), "weights[1].segment"),
    ] {
        let reply = mara.put("/api/v1/orgs/nw/lens", json!({ "weights": weights })).await.refused(422);
        assert_eq!(reply.json["errors"][0]["field"], field, "{}", reply.text);
    }
    assert_eq!(mara.get("/api/v1/orgs/nw/lens").await.ok().json["weights"], json!([]));
}
