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

#[tokio::test]
async fn maintainers_choose_maintainers_and_the_last_one_stays() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let path = |name: &str| format!("/api/v1/projects/neutron/maintainers/{name}");
    tom.put(&path("tom"), json!({})).await.refused(403);
    mara.put(&path("nobody"), json!({})).await.refused(422);
    mara.delete(&path("mara")).await.refused(409);
    mara.delete(&path("tom")).await.refused(404);
    let seen = mara.put(&path("tom"), json!({})).await.ok();
    assert_eq!(seen.json["maintainers"].as_array().map(Vec::len), Some(2));
    tom.delete(&path("mara")).await.ok();
    mara.put(&path("mara"), json!({})).await.refused(403);
    tom.delete(&path("tom")).await.refused(409);
}

#[tokio::test]
async fn a_project_is_changed_in_the_version_seen() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let path = "/api/v1/projects/neutron";
    mara.patch(path, json!({ "name": "Neutron" })).await.refused(428);
    tom.with("if-match", "\"1\"").patch(path, json!({ "name": "Neutron" })).await.refused(403);
    mara.with("if-match", "\"1\"").patch(path, json!({ "name": "" })).await.refused(422);
    let seen = mara.with("if-match", "\"1\"").patch(path, json!({ "name": "Neutron", "description": "Networks." })).await.ok();
    assert_eq!((&seen.json["name"], seen.header("etag")), (&json!("Neutron"), "\"2\""));
    mara.with("if-match", "\"1\"").patch(path, json!({ "name": "Nova" })).await.refused(412);
    mara.put(&format!("{path}/releases/2026.2"), json!({ "released_at": "2026-10-01T00:00:00Z" })).await.ok();
    mara.put(&format!("{path}/releases/2027.1"), json!({})).await.ok();
    tom.put(&format!("{path}/releases/2027.2"), json!({})).await.refused(403);
    let seen = app.anyone().get(path).await.ok();
    assert_eq!((&seen.json["releases"][0]["name"], &seen.json["releases"][1]["name"]), (&json!("2027.1"), &json!("2026.2")));
}

#[tokio::test]
async fn projects_are_listed_page_by_page() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    for slug in ["b", "a", "c"] {
        app.project(slug, &mara).await;
    }
    let first = app.anyone().get("/api/v1/projects?limit=2").await.ok();
    assert_eq!((&first.json["items"][1]["slug"], &first.json["next"]), (&json!("b"), &json!("b")));
    let second = app.anyone().get("/api/v1/projects?limit=2&cursor=b").await.ok();
    assert_eq!((&second.json["items"][0]["slug"], &second.json["next"]), (&json!("c"), &json!(null)));
    app.anyone().get("/api/v1/projects?cursor=B%20").await.refused(422);
}
