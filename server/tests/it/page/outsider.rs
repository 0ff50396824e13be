use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn a_handle_that_is_nobodys_comes_back_beside_whom_it_was_typed_for() {
    let app = TestApp::start().await;
    let (mara, ada) = (app.person("mara").await, app.person("ada").await);
    app.project("neutron", &mara).await;
    app.delta(&mara, json!({})).await;
    app.org("nw", "Northwind", &ada).await;
    ada.put("/api/v1/deltas/D-1/on-behalf", json!({"name": "ACME", "org": "nw", "severity": 3})).await.ok();
    mara.put("/api/v1/deltas/D-1/on-behalf", json!({"name": "Jo", "project": "neutron", "severity": 2})).await.ok();
    for (who, client, page) in [("ada", &ada, "/orgs/nw/outsiders"), ("mara", &mara, "/projects/neutron/outsiders")] {
        let id = client.get(&format!("/api/v1{page}")).await.ok().json[0]["id"].as_str().unwrap().to_owned();
        let (account, browser) = (format!("/outsiders/{id}/account"), app.signed_in(who).await);
        let again = browser.form(&account, &[("user", "nobody-at-all"), ("at", page)]).await.refused(422);
        assert!(again.text.contains("is nobody"), "{}", again.text);
        assert!(again.text.contains("value=\"nobody-at-all\"") && again.text.contains("aria-invalid=\"true\""), "{}", again.text);
        // Where it came from elsewhere, there is no page to come back to.
        browser.form(&account, &[("user", "nobody-at-all"), ("at", "/help")]).await.refused(422);
        assert_eq!(browser.form(&account, &[("user", "zoe"), ("at", page)]).await.status.as_u16(), 422);
        app.anyone().form(&account, &[("user", "ada"), ("at", page)]).await.refused(401);
    }
    app.person("zoe").await;
    let id = ada.get("/api/v1/orgs/nw/outsiders").await.ok().json[0]["id"].as_str().unwrap().to_owned();
    let browser = app.signed_in("ada").await;
    let fields = [("user", "zoe"), ("at", "/orgs/nw/outsiders")];
    assert_eq!(browser.form(&format!("/outsiders/{id}/account"), &fields).await.leads(), "/orgs/nw/outsiders");
    // Who does not speak for them does not learn of them.
    app.signed_in("mara").await.form(&format!("/outsiders/{id}/account"), &fields).await.refused(404);
}
