use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn who_creates_a_project_maintains_it_and_everyone_is_made_with_it() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    let reply = mara.post("/api/v1/projects", json!({ "slug": "neutron", "name": "Neutron" })).await.status(201);
    assert_eq!(reply.json["maintainers"][0]["name"], "mara");
    assert_eq!((&reply.json["segments"][0]["slug"], &reply.json["segments"][0]["everyone"]), (&json!("everyone"), &json!(true)));
    assert_eq!(reply.json["mine"], true);
    let seen = app.anyone().get("/api/v1/projects/neutron").await.ok();
    assert_eq!((&seen.json["mine"], seen.header("etag")), (&json!(false), "\"1\""));
}

#[tokio::test]
async fn a_guest_may_not_create_one_and_a_slug_is_taken_once() {
    let app = TestApp::start().await;
    let new = json!({ "slug": "neutron", "name": "Neutron" });
    app.anyone().post("/api/v1/projects", new.clone()).await.refused(401);
    let mara = app.person("mara").await;
    mara.post("/api/v1/projects", new.clone()).await.status(201);
    mara.post("/api/v1/projects", new).await.refused(409);
    mara.post("/api/v1/projects", json!({ "slug": "No Slug", "name": "" })).await.refused(422);
    mara.post("/api/v1/projects", json!({ "slug": "x", "name": "x", "owner": "me" })).await.refused(422);
    app.anyone().get("/api/v1/projects/nova").await.refused(404);
}

#[tokio::test]
async fn only_maintainers_put_components() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let path = "/api/v1/projects/neutron/components/dhcp";
    tom.put(path, json!({ "name": "DHCP" })).await.refused(403);
    app.anyone().put(path, json!({ "name": "DHCP" })).await.refused(401);
    mara.put(path, json!({ "name": "" })).await.refused(422);
    mara.put(path, json!({ "name": "DHCP" })).await.ok();
    mara.put(path, json!({ "name": "DHCP agent" })).await.ok();
    let seen = mara.get("/api/v1/projects/neutron").await.ok();
    assert_eq!(seen.json["components"][2], json!({ "slug": "dhcp", "name": "DHCP agent" }));
}
