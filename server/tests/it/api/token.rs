use serde_json::json;
use time::{Duration, format_description::well_known::Rfc3339};

use crate::support::TestApp;

#[tokio::test]
async fn a_token_is_made_signed_in_and_never_with_a_token() {
    let app = TestApp::start().await;
    let mara = app.browser("mara").await;
    let made = mara.post("/api/v1/me/tokens", json!({"name": "script", "scopes": ["write"]})).await.status(201);
    let secret = made.json["secret"].as_str().unwrap();
    assert!(secret.starts_with("dlb_") && secret.len() == 56, "{secret}");
    assert_eq!(made.json["scopes"], json!(["read", "write"]));
    let script = app.anyone().bearer(secret);
    script.post("/api/v1/me/tokens", json!({"name": "more", "scopes": ["read"]})).await.refused(403);
    let list = script.get("/api/v1/me/tokens").await.ok();
    assert_eq!(list.json.as_array().unwrap().len(), 1);
    assert!(!list.text.contains(secret) && list.json[0]["used_at"].is_string(), "{}", list.text);
    let id = made.json["id"].as_str().unwrap();
    app.person("otto").await.delete(&format!("/api/v1/me/tokens/{id}")).await.refused(404);
    script.delete(&format!("/api/v1/me/tokens/{id}")).await.status(204);
    script.get("/api/v1/me").await.refused(401);
    app.anyone().post("/api/v1/me/tokens", json!({"name": "a", "scopes": ["read"]})).await.refused(401);
}

#[tokio::test]
async fn a_token_ends_and_has_limits() {
    let app = TestApp::start().await;
    let mara = app.browser("mara").await;
    let at = |days: i64| (app.app.clock.now() + Duration::days(days)).format(&Rfc3339).unwrap();
    for (body, field) in [
        (json!({"name": "", "scopes": ["read"]}), "name"),
        (json!({"name": "a", "scopes": []}), "scopes"),
        (json!({"name": "a", "scopes": ["ci"]}), "scopes"),
        (json!({"name": "a", "scopes": ["root"]}), "scopes[0]"),
        (json!({"name": "a", "scopes": ["read"], "expires_at": at(-1)}), "expires_at"),
        (json!({"name": "a", "scopes": ["read"], "expires_at": at(731)}), "expires_at"),
    ] {
        let reply = mara.post("/api/v1/me/tokens", body).await.refused(422);
        assert_eq!(reply.json["errors"][0]["field"], field, "{}", reply.text);
    }
    let made = mara.post("/api/v1/me/tokens", json!({"name": "a", "scopes": ["read"], "expires_at": at(10)})).await.status(201);
    let script = app.anyone().bearer(made.json["secret"].as_str().unwrap());
    script.with("if-match", "\"1\"").patch("/api/v1/me", json!({"display_name": "x"})).await.refused(403);
    app.app.clock.advance(Duration::days(10));
    script.get("/api/v1/me").await.refused(401);
}

#[tokio::test]
async fn a_projects_ci_token_is_its_maintainers_to_make() {
    let app = TestApp::start().await;
    let (mara, otto) = (app.browser("mara").await, app.browser("otto").await);
    mara.post("/api/v1/projects", json!({"slug": "neutron", "name": "Neutron"})).await.ok();
    let path = "/api/v1/projects/neutron/tokens";
    let made = mara.post(path, json!({"name": "zuul", "never_expires": true})).await.status(201);
    assert_eq!((made.json["scopes"].clone(), made.json["expires_at"].clone()), (json!(["ci"]), json!(null)));
    let ci = app.anyone().bearer(made.json["secret"].as_str().unwrap());
    ci.get("/api/v1/me").await.refused(403);
    ci.post("/api/v1/projects", json!({"slug": "x", "name": "X"})).await.refused(403);
    let script = mara.post("/api/v1/me/tokens", json!({"name": "script", "scopes": ["write"]})).await.status(201);
    let script = app.anyone().bearer(script.json["secret"].as_str().unwrap());
    script.post(path, json!({"name": "more"})).await.refused(403);
    assert_eq!(mara.get(path).await.ok().json[0]["name"], "zuul");
    let one = format!("{path}/{}", made.json["id"].as_str().unwrap());
    for (client, status) in [(&app.anyone(), 401), (&otto, 403)] {
        client.get(path).await.refused(status);
        client.post(path, json!({"name": "a"})).await.refused(status);
        client.delete(&one).await.refused(status);
    }
    mara.post("/api/v1/projects/none/tokens", json!({"name": "a"})).await.refused(404);
    let body = json!({"name": "a", "never_expires": true, "expires_at": "2027-01-01T00:00:00Z"});
    mara.post(path, body).await.refused(422);
    mara.delete(&one).await.status(204);
    mara.delete(&one).await.refused(404);
}
