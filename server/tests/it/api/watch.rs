use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn members_keep_watch_rules_and_viewers_read_them() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    let member = app.member(&mara, "nw", "ole", "member").await;
    let viewer = app.member(&mara, "nw", "viola", "viewer").await;
    let (outsider, guest) = (app.person("zoe").await, app.anyone());
    let rule = json!({"query": " project:neutron impact:>20 "});
    let path = "/api/v1/orgs/nw/watches/switching";
    assert_eq!(member.put(path, rule.clone()).await.ok().json, json!({"slug": "switching", "query": "project:neutron impact:>20"}));
    for (caller, put, get) in [(&viewer, 403, 200), (&outsider, 403, 404), (&guest, 401, 401)] {
        caller.put(path, rule.clone()).await.refused(put);
        caller.delete(path).await.refused(put);
        caller.get("/api/v1/orgs/nw/watches").await.status(get);
    }
    assert_eq!(
        viewer.get("/api/v1/orgs/nw/watches").await.ok().json,
        json!([{"slug": "switching", "query": "project:neutron impact:>20"}])
    );
    mara.put(path, json!({"query": "kind:crash"})).await.ok();
    assert_eq!(mara.get("/api/v1/orgs/nw/watches").await.ok().json[0]["query"], "kind:crash");
    member.delete(path).await.status(204);
    member.delete(path).await.refused(404);
    app.openness(&mara, "nw", "closed").await;
    outsider.get("/api/v1/orgs/nw/watches").await.refused(404);
    outsider.put(path, rule).await.refused(404);
    guest.get("/api/v1/orgs/nw/watches").await.refused(404);
}

#[tokio::test]
async fn a_rule_that_cannot_be_read_says_where() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    for query in ["", "  ", "knid:bug", "kind:", "(kind:bug", &"x".repeat(1001)] {
        let reply = mara.put("/api/v1/orgs/nw/watches/a", json!({"query": query})).await.refused(422);
        assert_eq!(reply.json["errors"][0]["field"], "query", "{}", reply.text);
    }
    let reply = mara.put("/api/v1/orgs/nw/watches/a", json!({"query": "is:open knid:bug"})).await.refused(422);
    assert!(reply.json["detail"].as_str().unwrap().contains("Column 9"), "{}", reply.text);
    mara.put("/api/v1/orgs/nw/watches/No%20slug", json!({"query": "kind:bug"})).await.refused(422);
}

#[tokio::test]
async fn there_are_at_most_32_rules() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    for i in 0..32 {
        mara.put(&format!("/api/v1/orgs/nw/watches/w{i}"), json!({"query": "kind:bug"})).await.ok();
    }
    mara.put("/api/v1/orgs/nw/watches/w32", json!({"query": "kind:bug"})).await.refused(409);
    mara.put("/api/v1/orgs/nw/watches/w31", json!({"query": "kind:crash"})).await.ok();
    assert_eq!(mara.get("/api/v1/orgs/nw/triage").await.ok().json["items"], json!([]));
}
