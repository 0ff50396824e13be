use serde_json::json;

use crate::support::{PASSWORD, TestApp};

fn account(name: &str) -> serde_json::Value {
    json!({"name": name, "display_name": "Mara Kim", "email": format!("{name}@example.org"), "password": PASSWORD})
}

#[tokio::test]
async fn anybody_registers_where_that_is_open() {
    let app = TestApp::start().await;
    let reply = app.anyone().post("/api/v1/users", account("mara")).await.status(201);
    assert_eq!(reply.json, json!({"name": "mara", "display_name": "Mara Kim"}));
    app.anyone().post("/api/v1/users", account("mara")).await.refused(409);
    app.sign_in("mara", PASSWORD).await.status(303);
    let profile = app.anyone().get("/api/v1/users/mara").await.ok();
    assert_eq!((profile.json["deltas"].as_i64(), profile.json.get("email")), (Some(0), None));
    app.anyone().get("/api/v1/users/nobody").await.refused(404);
}

#[tokio::test]
async fn each_field_of_an_account_is_checked() {
    let app = TestApp::start().await;
    for (field, value) in [
        ("name", json!("M K")),
        ("name", json!("me")),
        ("name", json!("a".repeat(65))),
        ("display_name", json!(" ")),
        ("display_name", json!("a".repeat(201))),
        ("display_name", json!("a\0b")),
        ("email", json!("nowhere")),
        ("email", json!("a@b c")),
        ("password", json!("short")),
        ("password", json!("a1".repeat(513))),
        ("password", json!("Password1")),
        ("password", json!(7)),
        ("admin", json!(true)),
    ] {
        let mut body = account("mara");
        body[field] = value;
        let reply = app.anyone().post("/api/v1/users", body.clone()).await.refused(422);
        assert_eq!(reply.json["errors"][0]["field"], field, "{body}: {}", reply.text);
    }
}

#[tokio::test]
async fn me_says_who_one_is_and_is_changed_with_its_etag() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    mara.post("/api/v1/projects", json!({"slug": "neutron", "name": "Neutron"})).await.ok();
    mara.post("/api/v1/orgs", json!({"slug": "nw", "name": "Northwind", "key_prefix": "NW"})).await.ok();
    let me = mara.get("/api/v1/me").await.ok();
    assert_eq!(
        me.json,
        json!({"name": "mara", "display_name": "Mara", "email": "mara@example.org", "is_admin": false,
            "orgs": [{"org": "nw", "name": "Northwind", "role": "owner"}], "maintains": ["neutron"], "scopes": ["read", "write"]})
    );
    let change = json!({"display_name": "Mara Kim"});
    mara.patch("/api/v1/me", change.clone()).await.refused(428);
    let same = mara.with("if-match", me.header("etag"));
    let changed = same.patch("/api/v1/me", change.clone()).await.ok();
    assert_eq!(changed.json["display_name"], "Mara Kim");
    same.patch("/api/v1/me", change).await.refused(412);
    let now = mara.with("if-match", changed.header("etag"));
    now.patch("/api/v1/me", json!({"email": "new@example.org"})).await.refused(403);
    now.patch("/api/v1/me", json!({"name": "other"})).await.refused(422);
    app.anyone().get("/api/v1/me").await.refused(401);
    let browser = app.browser("otto").await.with("if-match", "\"1\"");
    browser.patch("/api/v1/me", json!({"email": "mara@example.org"})).await.refused(409);
    browser.patch("/api/v1/me", json!({"email": "otto@example.net"})).await.ok();
}

#[tokio::test]
async fn administrators_list_invite_and_suspend_others_may_not() {
    let app = TestApp::start().await;
    let (ada, mara) = (app.admin().await, app.person("mara").await);
    assert_eq!(ada.get("/api/v1/users?limit=1").await.ok().json["next"], "admin");
    assert_eq!(ada.get("/api/v1/users?cursor=admin").await.ok().json["items"][0]["name"], "mara");
    assert_eq!(ada.put("/api/v1/settings", json!({"registration": "invite"})).await.ok().json["registration"], "invite");
    app.anyone().post("/api/v1/users", account("eve")).await.refused(403);
    let made = ada.post("/api/v1/invites", json!({"note": "Eve"})).await.status(201);
    let mut eve = account("eve");
    eve["invite"] = json!(made.json["url"].as_str().unwrap().split_once("invite=").unwrap().1);
    assert_eq!(ada.get("/api/v1/invites").await.ok().json[0]["note"], "Eve");
    app.anyone().post("/api/v1/users", eve.clone()).await.status(201);
    eve["name"] = json!("eve2");
    app.anyone().post("/api/v1/users", eve).await.refused(403);
    ada.delete(&format!("/api/v1/invites/{}", made.json["id"].as_str().unwrap())).await.refused(404);
    ada.put("/api/v1/users/mara/suspension", json!({})).await.status(204);
    mara.get("/api/v1/me").await.refused(401);
    ada.delete("/api/v1/users/mara/suspension").await.status(204);
    mara.get("/api/v1/me").await.ok();
    ada.put("/api/v1/users/admin/suspension", json!({})).await.refused(409);
    for (client, status) in [(&app.anyone(), 401), (&mara, 403)] {
        client.get("/api/v1/users").await.refused(status);
        client.get("/api/v1/settings").await.refused(status);
        client.put("/api/v1/settings", json!({"registration": "open"})).await.refused(status);
        client.get("/api/v1/invites").await.refused(status);
        client.post("/api/v1/invites", json!({})).await.refused(status);
        client.put("/api/v1/users/admin/suspension", json!({})).await.refused(status);
    }
}
