use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn who_makes_an_organisation_owns_it() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    let new = json!({"slug": "nw", "name": " Northwind ", "key_prefix": "NW"});
    let reply = mara.post("/api/v1/orgs", new.clone()).await.status(201);
    assert_eq!(
        reply.json,
        json!({"slug": "nw", "name": "Northwind", "key_prefix": "NW", "openness": "commitments", "quiet_after": 30,
            "expires_after": null, "role": "owner", "version": 1})
    );
    let reply = mara.get("/api/v1/orgs/nw").await.ok();
    assert_eq!(reply.json["members"], json!([{"name": "mara", "display_name": "Mara", "role": "owner"}]));
    assert_eq!(reply.header("etag"), "\"1\"");
    app.anyone().post("/api/v1/orgs", new.clone()).await.refused(401);
    mara.post("/api/v1/orgs", new).await.refused(409);
    mara.post("/api/v1/orgs", json!({"slug": "other", "name": "Other", "key_prefix": "NW"})).await.refused(409);
}

#[tokio::test]
async fn slug_name_and_prefix_are_checked() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    for (slug, name, prefix, field) in [
        ("N W", "Northwind", "NW", "slug"),
        ("new", "Northwind", "NW", "slug"),
        ("nw", " ", "NW", "name"),
        ("nw", "Northwind", "D", "key_prefix"),
        ("nw", "Northwind", "nw", "key_prefix"),
        ("nw", "Northwind", "NORTHWIND", "key_prefix"),
    ] {
        let reply = mara.post("/api/v1/orgs", json!({"slug": slug, "name": name, "key_prefix": prefix})).await.refused(422);
        assert_eq!(reply.json["errors"][0]["field"], field, "{}", reply.text);
    }
    let reply = mara.post("/api/v1/orgs", json!({"slug": "nw", "name": "x", "key_prefix": "NW", "colour": "red"})).await.refused(422);
    assert_eq!(reply.json["errors"][0]["field"], "colour");
}

#[tokio::test]
async fn owners_change_name_and_openness_of_the_version_they_saw() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    let member = app.member(&mara, "nw", "ole", "member").await;
    let outsider = app.person("zoe").await;
    let change = json!({"openness": "open"});
    mara.patch("/api/v1/orgs/nw", change.clone()).await.refused(428);
    for (caller, status) in [(&member, 403), (&outsider, 403), (&app.anyone(), 401)] {
        caller.with("if-match", "\"1\"").patch("/api/v1/orgs/nw", change.clone()).await.refused(status);
    }
    let reply = mara.with("if-match", "\"1\"").patch("/api/v1/orgs/nw", change.clone()).await.ok();
    assert_eq!((reply.json["openness"].as_str(), reply.header("etag")), (Some("open"), "\"2\""));
    mara.with("if-match", "\"1\"").patch("/api/v1/orgs/nw", json!({"name": "X"})).await.refused(412);
    mara.with("if-match", "\"2\"").patch("/api/v1/orgs/nw", json!({"name": ""})).await.refused(422);
    mara.with("if-match", "\"2\"").patch("/api/v1/orgs/nw", json!({"openness": "ajar"})).await.refused(422);
    assert_eq!(mara.get("/api/v1/orgs/nw").await.ok().json["name"], "Northwind");
}

#[tokio::test]
async fn a_closed_organisation_does_not_exist_for_outsiders() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    app.org("hx", "Helix", &mara).await;
    let viewer = app.member(&mara, "nw", "ole", "viewer").await;
    let (outsider, admin, guest) = (app.person("zoe").await, app.admin().await, app.anyone());
    let slugs = |reply: crate::support::Reply| -> Vec<String> {
        reply.ok().json["items"].as_array().unwrap().iter().map(|org| org["slug"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(slugs(guest.get("/api/v1/orgs").await), ["hx", "nw"]);
    app.openness(&mara, "nw", "closed").await;
    for caller in [&outsider, &admin, &guest] {
        caller.get("/api/v1/orgs/nw").await.refused(404);
        assert_eq!(slugs(caller.get("/api/v1/orgs").await), ["hx"]);
    }
    outsider.with("if-match", "\"2\"").patch("/api/v1/orgs/nw", json!({"name": "x"})).await.refused(404);
    outsider.put("/api/v1/orgs/nw/members/zoe", json!({"role": "owner"})).await.refused(404);
    outsider.delete("/api/v1/orgs/nw/members/mara").await.refused(404);
    assert_eq!(viewer.get("/api/v1/orgs/nw").await.ok().json["members"].as_array().unwrap().len(), 2);
    assert_eq!(slugs(viewer.get("/api/v1/orgs").await), ["hx", "nw"]);
}

#[tokio::test]
async fn outsiders_see_members_of_open_organisations_only() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    for caller in [app.anyone(), app.person("zoe").await] {
        assert!(caller.get("/api/v1/orgs/nw").await.ok().json.get("members").is_none());
    }
    app.openness(&mara, "nw", "open").await;
    assert_eq!(app.anyone().get("/api/v1/orgs/nw").await.ok().json["members"][0]["name"], "mara");
}

#[tokio::test]
async fn owners_manage_members_and_there_is_always_an_owner() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    let member = app.member(&mara, "nw", "ole", "member").await;
    let path = |name: &str| format!("/api/v1/orgs/nw/members/{name}");
    member.put(&path("ole"), json!({"role": "owner"})).await.refused(403);
    member.delete(&path("mara")).await.refused(403);
    let unknown = mara.put(&path("nobody"), json!({"role": "member"})).await.refused(422);
    assert_eq!(unknown.json["errors"][0]["field"], "user");
    mara.put(&path("ole"), json!({"role": "chief"})).await.refused(422);
    mara.put(&path("mara"), json!({"role": "member"})).await.refused(409);
    mara.delete(&path("mara")).await.refused(409);
    mara.put(&path("ole"), json!({"role": "owner"})).await.status(204);
    mara.put(&path("ole"), json!({"role": "owner"})).await.status(204);
    mara.delete(&path("mara")).await.status(204);
    mara.delete(&path("mara")).await.refused(403);
    member.delete(&path("ole")).await.refused(409);
}

#[tokio::test]
async fn members_and_viewers_may_leave() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    for role in ["member", "viewer"] {
        let person = app.member(&mara, "nw", role, role).await;
        person.delete(&format!("/api/v1/orgs/nw/members/{role}")).await.status(204);
    }
    mara.delete("/api/v1/orgs/nw/members/viewer").await.refused(404);
    assert_eq!(mara.get("/api/v1/orgs/nw").await.ok().json["members"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn two_owners_who_leave_at_once_leave_one() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    let ole = app.member(&mara, "nw", "ole", "owner").await;
    let (a, b) = tokio::join!(mara.delete("/api/v1/orgs/nw/members/mara"), ole.delete("/api/v1/orgs/nw/members/ole"));
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
}

#[tokio::test]
async fn the_list_is_paged_by_name() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    for slug in ["cc", "aa", "bb"] {
        app.org(slug, &slug.to_uppercase(), &mara).await;
    }
    let first = mara.get("/api/v1/orgs?limit=2").await.ok().json;
    assert_eq!((first["items"][0]["slug"].as_str(), first["items"][1]["slug"].as_str()), (Some("aa"), Some("bb")));
    let next = format!("/api/v1/orgs?limit=2&cursor={}", first["next"].as_str().unwrap());
    let second = mara.get(&next).await.ok().json;
    assert_eq!((second["items"][0]["slug"].as_str(), second.get("next")), (Some("cc"), None));
    mara.get("/api/v1/orgs?cursor=7").await.refused(422);
}

#[tokio::test]
async fn a_version_that_cannot_be_is_only_stale() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    app.project("neutron", &mara).await;
    let delta = app.delta(&mara, json!({})).await;
    let board = json!({"slug": "main", "name": "Main", "columns": [{"name": "Ready", "category": "ready"}]});
    mara.post("/api/v1/orgs/nw/boards", board).await.status(201);
    mara.post("/api/v1/orgs/nw/tasks", json!({"title": "One"})).await.status(201);
    let signature = mara.post(&format!("/api/v1/deltas/{delta}/signatures"), json!({"query": "test:a"})).await.status(201);
    let signature = format!("/api/v1/deltas/{delta}/signatures/{}", signature.json["id"].as_str().unwrap());
    for version in [i64::MAX, i64::MIN] {
        let caller = mara.with("if-match", &format!("\"{version}\""));
        for path in ["orgs/nw", "projects/neutron", "tasks/NW-1", "orgs/nw/boards/main"] {
            let change = if path.starts_with("tasks") { json!({"title": "Two"}) } else { json!({"name": "Two"}) };
            caller.patch(&format!("/api/v1/{path}"), change).await.refused(412);
        }
        caller.patch(&format!("/api/v1/deltas/{delta}"), json!({"title": "Two"})).await.refused(412);
        caller.put(&format!("/api/v1/deltas/{delta}/places/neutron/consensus"), json!({"state": "agreed"})).await.refused(412);
        caller.put(&signature, json!({"query": "test:b"})).await.refused(412);
    }
}
