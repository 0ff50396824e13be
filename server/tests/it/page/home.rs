//! `/` and what every page has.

use serde_json::json;

use crate::{
    api::board::{northwind, task},
    support::TestApp,
};

#[tokio::test]
async fn the_first_page_shows_what_waits_and_ones_own_tasks() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    app.project("neutron", &owner).await;
    let delta = app.delta(&owner, json!({"title": "Port stays DOWN"})).await;
    let body = json!({"title": "Retry the write", "board": "switching", "column": "ready", "assignees": ["mara"]});
    owner.post("/api/v1/orgs/nw/tasks", body).await.status(201);
    task(&owner, "Somebody else's", "ready").await;
    let mara = app.signed_in("mara").await;
    let page = mara.get("/").await.ok().text;
    assert!(page.contains("Nothing waits") && page.contains("Retry the write") && !page.contains("Somebody else"), "{page}");
    assert!(page.contains("2 open") && !page.contains("waiting in the inbox"), "{page}");
    owner.put("/api/v1/orgs/nw/watches/net", json!({"query": "project:neutron"})).await.ok();
    let page = mara.get("/").await.ok().text;
    for words in ["Waiting for you", "Port stays DOWN", "waiting in the inbox of Northwind", &format!("/orgs/nw/triage?at={delta}")] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[tokio::test]
async fn who_is_signed_in_has_the_keys_on_every_page_and_a_guest_loads_no_script() {
    let app = TestApp::start().await;
    let mara = app.browser("mara").await;
    for path in ["/", "/deltas", "/projects", "/help", "/settings"] {
        let page = mara.get(path).await.ok().text;
        assert!(page.contains("<script") && page.contains(r#"data-key="n""#), "{path}: {page}");
    }
    for path in ["/", "/deltas", "/projects", "/help"] {
        assert!(!app.anyone().get(path).await.ok().text.contains("<script"), "{path}");
    }
}

#[tokio::test]
async fn who_has_committed_is_named_in_the_list() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    app.project("neutron", &owner).await;
    let delta = app.delta(&owner, json!({})).await;
    let key = task(&owner, "Retry", "ready").await;
    let mara = app.signed_in("mara").await;
    mara.form(&format!("/tasks/{key}/deltas"), &[("delta", &delta), ("relation", "resolves")]).await.leads();
    mara.form(&format!("/tasks/{key}/commitment"), &[("state", "committed"), ("target_release", "2026.2")]).await.leads();
    let page = app.anyone().get("/deltas").await.ok().text;
    assert!(page.contains(r#"<span class="xs">Northwind</span>"#), "{page}");
}

#[tokio::test]
async fn an_address_that_was_passed_on_leads_to_its_page() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let delta = app.delta(&mara, json!({})).await;
    let guest = app.anyone();
    let marked = guest.get(&format!("/deltas/{delta}?utm_source=mail&fbclid=x1&utm_campaign=a%20b")).await.ok();
    assert!(marked.text.contains("<h1"), "{}", marked.text);
    guest.get("/deltas?q=is:open&utm_source=mail").await.ok();
    assert!(guest.get("/deltas?q=is:open&colour=red").await.status(422).text.contains("colour"));
    let led = guest.get(&format!("/deltas/{delta}/?tab=history")).await.status(308);
    assert_eq!(led.header("location"), format!("/deltas/{delta}?tab=history"));
    assert_eq!(guest.get("/projects/neutron/").await.status(308).header("location"), "/projects/neutron");
    for elsewhere in ["//evil.example/", "/%5Cevil.example/", "/%2Fevil.example/", "/api/v1/deltas/"] {
        guest.get(elsewhere).await.status(404);
    }
}
