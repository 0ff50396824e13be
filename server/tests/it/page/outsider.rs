use serde_json::json;

use crate::support::{Client, TestApp};

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

/// neutron of mara's with D-1, and Northwind of ada's; their browsers.
async fn world() -> (TestApp, Client, Client) {
    let app = TestApp::start().await;
    let (mara, ada) = (app.person("mara").await, app.person("ada").await);
    app.project("neutron", &mara).await;
    app.delta(&mara, json!({})).await;
    app.org("nw", "Northwind", &ada).await;
    let browsers = (app.signed_in("mara").await, app.signed_in("ada").await);
    (app, browsers.0, browsers.1)
}

const BEHALF: &str = "/deltas/D-1/on-behalf";
const ACME: [(&str, &str); 7] = [
    ("of", "org/nw"),
    ("name", "ACME"),
    ("company", ""),
    ("contact", "ops@acme.example"),
    ("severity", "3"),
    ("note", "Every night."),
    ("segment", "neutron/large"),
];

/// Who was recorded, and how hard it hits them.
async fn recorded(client: &Client) -> Vec<(String, i64)> {
    let all = client.get("/api/v1/deltas/D-1/on-behalf").await.ok().json["items"].as_array().cloned().unwrap_or_default();
    all.iter().map(|one| (one["name"].as_str().unwrap().to_owned(), one["severity"].as_i64().unwrap())).collect()
}

#[tokio::test]
async fn a_vote_is_recorded_for_a_customer_on_the_page_and_taken_back() {
    let (app, mara, ada) = world().await;
    let page = ada.get("/deltas/D-1").await.ok();
    assert!(page.text.contains("Vote for somebody without an account") && page.text.contains("A customer of Northwind"), "{}", page.text);
    assert_eq!(ada.form(BEHALF, &ACME).await.leads(), "/deltas/D-1");
    let page = ada.get("/deltas/D-1").await.ok();
    for words in ["ACME", "by Ada for Northwind", "Take back"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    // The same name again changes their vote: they count once.
    let mut again = ACME;
    again[4] = ("severity", "1");
    ada.form(BEHALF, &again).await.leads();
    assert_eq!(recorded(&ada).await, [("ACME".to_owned(), 1)]);
    mara.form(BEHALF, &[("of", "project/neutron"), ("name", "Jo"), ("severity", "4")]).await.leads();
    let impact = app.anyone().get("/api/v1/deltas/D-1/impact").await.ok().json;
    assert_eq!((&impact["affected"], &impact["on_behalf"]), (&json!(2), &json!(2)));
    let large = impact["segments"].as_array().unwrap().iter().find(|line| line["slug"] == "large").unwrap();
    assert_eq!(large["affected"], 1);

    let id = ada.get("/api/v1/orgs/nw/outsiders").await.ok().json[0]["id"].as_str().unwrap().to_owned();
    let take = format!("{BEHALF}/{id}/take");
    assert!(page.text.contains(&format!("action=\"{take}\"")), "{}", page.text);
    app.anyone().form(&take, &[]).await.refused(401);
    // Who does not speak for them does not learn of them.
    mara.form(&take, &[]).await.refused(404);
    assert_eq!(ada.form(&take, &[]).await.leads(), "/deltas/D-1");
    ada.form(&take, &[]).await.refused(404);
    assert_eq!(app.anyone().get("/api/v1/deltas/D-1/impact").await.ok().json["affected"], 1);
    assert!(!ada.get("/deltas/D-1").await.ok().text.contains(&take));
}

#[tokio::test]
async fn a_vote_that_cannot_be_recorded_comes_back_as_it_was_typed() {
    let (app, mara, ada) = world().await;
    for (field, value, words) in [
        ("of", "somebody", "is neither an organisation nor a project you speak for"),
        ("name", " ", "f-behalf-name-error"),
        ("severity", "hard", "must be 0 (not affected) to 4"),
        ("severity", "5", "must be 0 (not affected) to 4"),
        ("segment", "neutron/unheard", "is no segment of the delta"),
    ] {
        let sent = ACME.map(|(name, typed)| if name == field { (name, value) } else { (name, typed) });
        let page = ada.form(BEHALF, &sent).await.refused(422);
        for part in [words, "<summary>Vote for somebody without an account", "value=\"ops@acme.example\"", "Every night."] {
            assert!(page.text.contains(part), "{field} {value}: {part} is not in {}", page.text);
        }
        assert!(field == "name" || page.text.contains("value=\"ACME\""), "{field}: {}", page.text);
        assert!(field == "segment" || page.text.contains("value=\"neutron/large\" checked"), "{field}: {}", page.text);
    }
    let zoe = app.person("zoe").await;
    let page = app.signed_in("zoe").await;
    assert!(!page.get("/deltas/D-1").await.ok().text.contains("Vote for somebody without an account"));
    let of_project = [("of", "project/neutron"), ("name", "Jo"), ("severity", "2")];
    for (client, sent, status) in [
        (&app.anyone(), ACME.as_slice(), 401),
        (&page, ACME.as_slice(), 403),
        (&page, of_project.as_slice(), 403),
        (&mara, ACME.as_slice(), 403),
        (&ada, of_project.as_slice(), 403),
    ] {
        client.form(BEHALF, sent).await.refused(status);
    }
    let hidden = app.delta(&zoe, json!({"visibility": "private"})).await;
    ada.form(&format!("/deltas/{hidden}/on-behalf"), &ACME).await.refused(404);
    assert_eq!(recorded(&ada).await, []);
    assert_eq!(app.anyone().get("/api/v1/deltas/D-1/impact").await.ok().json["affected"], 0);
}

#[tokio::test]
async fn who_is_asked_whether_it_is_them_answers_on_the_first_page() {
    let (app, mara, ada) = world().await;
    ada.form(BEHALF, &ACME).await.leads();
    app.person("zoe").await;
    let (zoe, at) = (app.signed_in("zoe").await, "/orgs/nw/outsiders");
    let id = ada.get("/api/v1/orgs/nw/outsiders").await.ok().json[0]["id"].as_str().unwrap().to_owned();
    let (account, claim) = (format!("/outsiders/{id}/account"), format!("/settings/claims/{id}"));
    let offer = [("user", "@zoe"), ("at", at)];
    assert!(!zoe.get("/").await.ok().text.contains(&claim));
    zoe.form(&claim, &[("accept", "yes")]).await.refused(404);
    assert_eq!(ada.form(&account, &offer).await.leads(), at);
    assert!(ada.get(at).await.ok().text.contains("Zoe is asked"));
    let page = zoe.get("/").await.ok();
    assert!(page.text.contains(&claim) && page.text.contains("Northwind has recorded one vote for “ACME”"), "{}", page.text);
    // Taken back, nobody is asked; nobody else answers.
    assert_eq!(ada.form(&account, &[("user", ""), ("at", at)]).await.leads(), at);
    zoe.form(&claim, &[("accept", "yes")]).await.refused(404);
    ada.form(&account, &offer).await.leads();
    for (client, status) in [(&app.anyone(), 401), (&mara, 404), (&ada, 404)] {
        client.form(&claim, &[("accept", "yes")]).await.refused(status);
    }
    let mine = async || zoe.get("/api/v1/deltas/D-1/impact").await.ok().json["mine"].clone();
    assert_eq!(zoe.form(&claim, &[("accept", "no")]).await.leads(), "/");
    assert!(!zoe.get("/").await.ok().text.contains(&claim));
    assert_eq!(mine().await, json!(null));
    zoe.form(&claim, &[("accept", "yes")]).await.refused(404);
    ada.form(&account, &offer).await.leads();
    assert_eq!(zoe.form(&claim, &[("accept", "yes")]).await.leads(), "/");
    assert_eq!(mine().await, json!(3));
    assert_eq!(app.anyone().get("/api/v1/deltas/D-1/impact").await.ok().json["on_behalf"], 0);
    let page = ada.get(at).await.ok();
    assert!(page.text.contains("href=\"/people/zoe\"") && !page.text.contains("Zoe is asked"), "{}", page.text);
    // What is theirs is taken from them by nobody.
    ada.form(&account, &[("user", ""), ("at", at)]).await.refused(409);
    ada.form(BEHALF, &ACME).await.refused(409);
}
