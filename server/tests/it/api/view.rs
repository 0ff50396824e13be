use serde_json::{Value, json};

use crate::support::{Client, TestApp};

fn view(name: &str, query: &str) -> Value {
    json!({"name": name, "query": query})
}

async fn world() -> (TestApp, Client, Client) {
    let app = TestApp::start().await;
    let (mara, zoe) = (app.person("mara").await, app.person("zoe").await);
    app.project("neutron", &mara).await;
    app.org("nw", "Northwind", &mara).await;
    (app, mara, zoe)
}

#[tokio::test]
async fn who_may_keep_views_of_whom() {
    let (app, mara, zoe) = world().await;
    let member = app.member(&mara, "nw", "ole", "member").await;
    let viewer = app.member(&mara, "nw", "viola", "viewer").await;
    let guest = app.anyone();
    let mine = "/api/v1/me/views/hot";
    let (project, org) = ("/api/v1/projects/neutron/views/gate", "/api/v1/orgs/nw/views/ours");
    for (path, query, who, put, read) in [
        (mine, "impact:>40", &guest, 401, 401),
        (mine, "impact:>40", &zoe, 200, 200),
        (project, "project:neutron", &guest, 401, 200),
        (project, "project:neutron", &zoe, 403, 200),
        (project, "project:neutron", &mara, 200, 200),
        (org, "kind:bug", &guest, 401, 401),
        (org, "kind:bug", &zoe, 404, 404),
        (org, "kind:bug", &viewer, 403, 200),
        (org, "kind:bug", &member, 200, 200),
    ] {
        assert_eq!(who.put(path, view("Hot", query)).await.status.as_u16(), put, "{path}");
        let list = path.rsplit_once('/').unwrap().0;
        assert_eq!(who.get(list).await.status.as_u16(), read, "{list}");
    }
    assert_eq!(mara.get("/api/v1/me/views").await.ok().json, json!([]));
    let hot = json!([{"slug": "hot", "name": "Hot", "query": "impact:>40", "default": false, "version": 1}]);
    assert_eq!(zoe.get("/api/v1/me/views").await.ok().json, hot);
    for (path, who, status) in [
        (project, &zoe, 403),
        (org, &viewer, 403),
        (org, &zoe, 404),
        (mine, &mara, 404),
        (mine, &zoe, 204),
        (mine, &zoe, 404),
        (project, &mara, 204),
        (org, &member, 204),
    ] {
        assert_eq!(who.delete(path).await.status.as_u16(), status, "{path}");
    }
    for path in ["/api/v1/projects/nowhere/views", "/api/v1/orgs/nowhere/views"] {
        mara.get(path).await.refused(404);
    }
    app.openness(&mara, "nw", "closed").await;
    guest.get("/api/v1/orgs/nw/views").await.refused(404);
}

#[tokio::test]
async fn a_view_is_changed_in_the_version_seen_and_one_of_them_opens_the_list() {
    let (_app, mara, _) = world().await;
    let put = |slug: &str, default: bool| {
        (format!("/api/v1/me/views/{slug}"), json!({"name": slug, "query": "kind:bug sort:updated", "default": default}))
    };
    for slug in ["a", "b"] {
        let (path, body) = put(slug, true);
        assert_eq!(mara.put(&path, body).await.ok().header("etag"), "\"1\"");
    }
    let defaults = |reply: crate::support::Reply| -> Vec<(String, bool, i64)> {
        let views = reply.ok().json.as_array().unwrap().clone();
        views
            .iter()
            .map(|view| (view["slug"].as_str().unwrap().to_owned(), view["default"].as_bool().unwrap(), view["version"].as_i64().unwrap()))
            .collect()
    };
    // The old default is changed too: who edits it is told.
    assert_eq!(defaults(mara.get("/api/v1/me/views").await), [("a".to_owned(), false, 2), ("b".to_owned(), true, 1)]);
    let (path, body) = put("a", true);
    mara.with("if-match", "\"1\"").put(&path, body.clone()).await.refused(412);
    mara.with("if-match", "\"2\"").put(&path, body.clone()).await.ok();
    mara.with("if-match", "\"1\"").put("/api/v1/me/views/none", body).await.refused(404);
    assert_eq!(defaults(mara.get("/api/v1/me/views").await), [("a".to_owned(), true, 3), ("b".to_owned(), false, 2)]);
}

#[tokio::test]
async fn what_no_view_can_be_is_refused() {
    let (_app, mara, _) = world().await;
    for (slug, name, query, field) in [
        ("No%20slug", "x", "", "view"),
        ("a", "", "", "name"),
        ("a", "  ", "", "name"),
        ("a", &"x".repeat(201), "", "name"),
        ("a", "a\0b", "", "name"),
        ("a", "x", "knid:bug", "query"),
        ("a", "x", "\0", "query"),
        ("a", "x", &"x".repeat(1001), "query"),
        ("a", "x", "sort:impact sort:number", "query"),
    ] {
        let reply = mara.put(&format!("/api/v1/me/views/{slug}"), view(name, query)).await.refused(422);
        assert_eq!(reply.json["errors"][0]["field"], field, "{}", reply.text);
    }
    for query in ["", "kind:bug", "project:nova", "project:neutron OR kind:bug", "-project:neutron"] {
        let reply = mara.put("/api/v1/projects/neutron/views/a", view("x", query)).await.refused(422);
        assert!(reply.text.contains("add project:neutron"), "{}", reply.text);
    }
    for body in [json!({"name": 1, "query": ""}), json!({"name": "x"}), json!([]), json!({"name": "x", "query": "", "colour": 1})] {
        mara.put("/api/v1/me/views/a", body).await.refused(422);
    }
    for n in 0..50 {
        mara.put(&format!("/api/v1/me/views/v{n}"), view("x", "")).await.ok();
    }
    mara.put("/api/v1/me/views/more", view("x", "")).await.refused(409);
    mara.put("/api/v1/me/views/v49", view("y", "")).await.ok();
}
