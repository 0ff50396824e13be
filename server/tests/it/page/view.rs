use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn a_view_is_saved_from_the_list_and_opens_it() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    app.delta(&mara, json!({"title": "A bug"})).await;
    app.delta(&mara, json!({"title": "A crash", "kind": "crash"})).await;
    let browser = app.signed_in("mara").await;
    let page = browser.get("/deltas").await.ok();
    assert!(page.text.contains("Save this view") && page.text.contains("A bug") && page.text.contains("A crash"));
    assert!(!app.anyone().get("/deltas").await.ok().text.contains("Save this view"));
    let fields = [("owner", "me"), ("name", "Crashes <only>"), ("query", "kind:crash"), ("default", "1")];
    assert_eq!(browser.form("/views", &fields).await.leads(), "/deltas?q=kind%3Acrash");
    // It opens the list where nothing is asked; what is asked is shown.
    let opened = browser.get("/deltas").await.ok();
    assert!(opened.text.contains("Opened with your view") && opened.text.contains("Crashes &lt;only&gt;"), "{}", opened.text);
    assert!(opened.text.contains("A crash") && !opened.text.contains("A bug"));
    for all in ["/deltas?q=is%3Aopen", "/deltas?q="] {
        assert!(opened.text.contains(&format!("href=\"{all}\"")), "{all}");
        let page = browser.get(all).await.ok();
        assert!(page.text.contains("A bug"), "{all}: {}", page.text);
    }
    assert!(app.anyone().get("/deltas").await.ok().text.contains("A bug"));
    // The API's list opens with nothing but what it says.
    assert_eq!(mara.get("/api/v1/deltas").await.ok().json["items"].as_array().unwrap().len(), 2);
    let kept = browser.get("/views").await.ok();
    assert!(kept.text.contains("opens the list") && kept.text.contains("kind:crash"));
    let slug = mara.get("/api/v1/me/views").await.ok().json[0]["slug"].as_str().unwrap().to_owned();
    assert_eq!(slug, "crashes-only");
    browser.form(&format!("/views/me/{slug}"), &[("name", "Bugs"), ("query", "kind:bug")]).await.status(303);
    assert!(!browser.get("/deltas").await.ok().text.contains("Opened with your view"));
    assert!(browser.get("/deltas?q=kind:bug").await.ok().text.contains("aria-current=\"true\" class=\"pill\">Bugs"));
    browser.form(&format!("/views/me/{slug}/remove"), &[]).await.status(303);
    browser.form(&format!("/views/me/{slug}/remove"), &[]).await.status(404);
    browser.form(&format!("/views/me/{slug}"), &[("name", "x"), ("query", "")]).await.status(404);
    browser.form("/views/nobody:x/y", &[("name", "x"), ("query", "")]).await.status(404);
    app.anyone().get("/views").await.status(401);
}

#[tokio::test]
async fn a_refused_view_keeps_what_was_typed() {
    let app = TestApp::start().await;
    app.person("mara").await;
    let browser = app.signed_in("mara").await;
    let page = browser.form("/views", &[("owner", "me"), ("name", "Mine"), ("query", "knid:bug")]).await.status(422);
    assert!(page.text.contains("knid:bug") && page.text.contains("Did you mean") && page.text.contains("value=\"Mine\""), "{}", page.text);
    browser.form("/views", &[("owner", "project:nowhere"), ("name", "Mine"), ("query", "")]).await.status(404);
    browser.form("/views", &[("owner", "else"), ("name", "Mine"), ("query", "")]).await.status(422);
}

#[tokio::test]
async fn a_view_that_somebody_changed_meanwhile_is_not_overwritten_unseen() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    let tom = app.member(&mara, "nw", "tom", "member").await;
    let version =
        mara.put("/api/v1/orgs/nw/views/ours", json!({"name": "Ours", "query": "kind:bug"})).await.ok().json["version"].to_string();
    let browser = app.signed_in("mara").await;
    let hidden = |version: &str| format!("name=\"version\" value=\"{version}\"");
    assert!(browser.get("/views").await.ok().text.contains(&hidden(&version)));
    let theirs =
        tom.put("/api/v1/orgs/nw/views/ours", json!({"name": "Theirs", "query": "kind:spec"})).await.ok().json["version"].to_string();
    let mine = [("name", "Mine"), ("query", "kind:crash")];
    let page = browser.form("/views/org:nw/ours", &[("version", &version), mine[0], mine[1]]).await.refused(412);
    for words in ["was changed after you loaded it", "value=\"Mine\"", "value=\"kind:crash\"", "<code>kind:spec</code>", &hidden(&theirs)] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert_eq!(mara.get("/api/v1/orgs/nw/views").await.ok().json[0]["name"], "Theirs");
    // Who has seen it may.
    browser.form("/views/org:nw/ours", &[("version", &theirs), mine[0], mine[1]]).await.leads();
    assert_eq!(mara.get("/api/v1/orgs/nw/views").await.ok().json[0]["name"], "Mine");
}

#[tokio::test]
async fn a_projects_and_an_organisations_views_stand_on_their_pages_for_who_may_see_them() {
    let app = TestApp::start().await;
    let (mara, zoe) = (app.person("mara").await, app.person("zoe").await);
    app.project("neutron", &mara).await;
    app.org("nw", "Northwind", &mara).await;
    app.delta(&mara, json!({"title": "A bug"})).await;
    app.delta(&mara, json!({"title": "A crash", "kind": "crash"})).await;
    app.delta(&zoe, json!({"title": "A secret crash", "kind": "crash", "visibility": "private"})).await;
    mara.put(
        "/api/v1/projects/neutron/views/crashes",
        json!({"name": "Crashes here", "query": "project:neutron kind:crash", "default": true}),
    )
    .await
    .ok();
    mara.put("/api/v1/orgs/nw/views/ours", json!({"name": "Ours alone", "query": "kind:crash", "default": true})).await.ok();
    let (browser, outsider, guest) = (app.signed_in("mara").await, app.signed_in("zoe").await, app.anyone());
    let page = guest.get("/projects/neutron").await.ok();
    assert!(page.text.contains("Crashes here") && page.text.contains("A crash") && !page.text.contains("A bug"), "{}", page.text);
    assert!(!page.text.contains("secret") && browser.get("/projects/neutron").await.ok().text.contains("A secret crash"));
    assert!(guest.get("/deltas?q=project:neutron").await.ok().text.contains("Crashes here"));
    assert!(!guest.get("/deltas").await.ok().text.contains("Crashes here"));
    let own = browser.get("/orgs/nw").await.ok();
    assert!(own.text.contains("Ours alone") && own.text.contains("A secret crash"), "{}", own.text);
    for other in [&outsider, &guest] {
        for path in ["/orgs/nw", "/deltas", "/deltas?q=kind:crash"] {
            assert!(!other.get(path).await.ok().text.contains("Ours alone"), "{path}");
        }
    }
    // A view that asks what its reader may not ask leaves the page as it is without one.
    mara.put("/api/v1/projects/neutron/views/me", json!({"name": "For me", "query": "project:neutron affecting:me", "default": true}))
        .await
        .ok();
    assert!(guest.get("/projects/neutron").await.ok().text.contains("Hardest hit"));
}
