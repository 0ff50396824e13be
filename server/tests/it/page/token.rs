use serde_json::json;

use crate::support::TestApp;

fn secret(page: &str) -> String {
    let from = page.find("dlb_").expect("a secret");
    page[from..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_token_is_shown_once_works_and_is_revoked() {
    let app = TestApp::start().await;
    let mara = app.browser("mara").await;
    let page = mara.form("/settings/tokens", &[("name", "script"), ("scopes", "read"), ("days", "30")]).await.ok();
    let secret = secret(&page.text);
    let page = mara.get("/settings/tokens").await.ok();
    assert!(page.text.contains("script") && !page.text.contains(&secret), "{}", page.text);
    let script = app.anyone().bearer(&secret);
    assert_eq!(script.get("/api/v1/me").await.ok().json["scopes"], json!(["read"]));
    let at = page.text.find("/settings/tokens/").expect("a form to revoke");
    let action = page.text[at..].split('"').next().unwrap();
    app.browser("otto").await.form(action, &[]).await.status(404);
    script.get("/api/v1/me").await.ok();
    assert_eq!(mara.form(action, &[]).await.leads(), "/settings/tokens");
    script.get("/api/v1/me").await.refused(401);
}

#[tokio::test]
async fn a_token_needs_a_name_a_scope_and_an_end() {
    let app = TestApp::start().await;
    let mara = app.browser("mara").await;
    for (name, scopes, days) in [("", "read", "30"), ("a", "read", "731"), ("a", "read", "0"), ("a", "read", "soon"), ("a", "ci", "30")] {
        let page = mara.form("/settings/tokens", &[("name", name), ("scopes", scopes), ("days", days)]).await.status(422);
        assert!(page.text.contains("class=\"error\"") && !page.text.contains("dlb_"), "{name} {scopes} {days}: {}", page.text);
    }
    mara.form("/settings/tokens", &[("name", "a"), ("days", "30")]).await.status(422);
    app.anyone().form("/settings/tokens", &[("name", "a"), ("scopes", "read"), ("days", "30")]).await.status(401);
}

#[tokio::test]
async fn a_projects_maintainers_make_its_ci_tokens() {
    let app = TestApp::start().await;
    let (mara, otto) = (app.browser("mara").await, app.browser("otto").await);
    mara.post("/api/v1/projects", json!({"slug": "neutron", "name": "Neutron"})).await.ok();
    let path = "/projects/neutron/settings/tokens";
    let page = mara.form(path, &[("name", "zuul"), ("days", "0")]).await.ok();
    assert!(page.text.contains("until it is revoked") && secret(&page.text).len() > 50, "{}", page.text);
    assert!(mara.get(path).await.ok().text.contains("when revoked"));
    otto.get(path).await.status(403);
    otto.form(path, &[("name", "zuul"), ("days", "0")]).await.status(403);
    app.anyone().get(path).await.status(401);
    mara.get("/projects/none/settings/tokens").await.status(404);
}
