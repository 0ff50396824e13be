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
async fn what_a_token_may_do_is_one_choice_and_stays_when_the_form_is_refused() {
    let app = TestApp::start().await;
    let mara = app.browser("mara").await;
    let chosen = |page: &str| {
        let ticked = page.split("<label class=\"check\">").filter(|part| part.split('>').next().unwrap().contains(" checked"));
        ticked.map(|part| part.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let fresh = mara.get("/settings/tokens").await.ok();
    assert_eq!(fresh.text.matches("type=\"radio\"").count(), 3, "{}", fresh.text);
    assert_eq!(chosen(&fresh.text), ["read"]);
    for scope in ["read", "write", "feed"] {
        let fields = [("name", "reader"), ("scopes", scope), ("days", "9999"), ("q", "kind:crash")];
        let again = mara.form("/settings/tokens", &fields).await.status(422);
        assert_eq!(chosen(&again.text), [scope]);
        for words in ["value=\"reader\"", "value=\"9999\"", "name=\"q\" value=\"kind:crash\""] {
            assert!(again.text.contains(words), "{words}: {}", again.text);
        }
    }
    let page = mara.form("/settings/tokens", &[("name", "a"), ("scopes", "write"), ("days", "30")]).await.ok();
    let script = app.anyone().bearer(&secret(&page.text));
    assert_eq!(script.get("/api/v1/me").await.ok().json["scopes"], json!(["read", "write"]));
    let page = mara.form("/settings/tokens", &[("name", "b"), ("scopes", "feed"), ("days", "30"), ("q", "kind:crash")]).await.ok();
    assert!(page.text.contains("/deltas.atom?q=kind%3Acrash&amp;token=dlb_"), "{}", page.text);
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
