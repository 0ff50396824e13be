use crate::support::{PASSWORD, TestApp};

#[tokio::test]
async fn a_name_is_taken_once_and_the_form_says_so() {
    let app = TestApp::start().await;
    app.browser("mara").await;
    for (name, email) in [("mara", "new@example.org"), ("new", "MARA@example.org")] {
        let fields = [("name", name), ("display_name", "M"), ("email", email), ("password", PASSWORD)];
        let page = app.anyone().form("/register", &fields).await.status(409);
        assert!(page.text.contains("is there already") && page.session().is_none(), "{}", page.text);
    }
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let app = TestApp::start().await;
    let here = app.browser("mara").await;
    let there = app.anyone().session(&app.sign_in("mara", PASSWORD).await);
    let page = here.form("/settings/password", &[("old", "wrong horse 7"), ("new", "another horse 8")]).await.status(422);
    assert!(page.text.contains("is not your password"), "{}", page.text);
    here.form("/settings/password", &[("old", PASSWORD), ("new", "short")]).await.status(422);
    let reply = here.form("/settings/password", &[("old", PASSWORD), ("new", "another horse 8")]).await.status(303);
    there.get("/api/v1/me").await.refused(401);
    here.get("/api/v1/me").await.refused(401);
    app.anyone().session(&reply).get("/api/v1/me").await.ok();
    app.sign_in("mara", PASSWORD).await.status(422);
    app.sign_in("mara", "another horse 8").await.status(303);
    app.anyone().form("/settings/password", &[("old", PASSWORD), ("new", "another horse 9")]).await.status(401);
}

#[tokio::test]
async fn a_profile_is_changed_and_a_stale_form_overwrites_nothing() {
    let app = TestApp::start().await;
    let mara = app.browser("mara").await;
    let fields = [("version", "1"), ("display_name", "Mara Kim"), ("email", "kim@example.org")];
    assert_eq!(mara.form("/settings", &fields).await.leads(), "/settings");
    let page = mara.form("/settings", &[("version", "1"), ("display_name", "Old"), ("email", "old@example.org")]).await.status(412);
    assert!(page.text.contains("value=\"Old\"") && page.text.contains("changed after you loaded it"), "{}", page.text);
    let page = mara.form("/settings", &[("version", "2"), ("display_name", ""), ("email", "x")]).await.status(422);
    assert!(page.text.contains("must not be empty") && page.text.contains("is not an e-mail address"), "{}", page.text);
    let page = app.anyone().get("/people/mara").await.ok();
    assert!(page.text.contains("Mara Kim") && !page.text.contains("kim@example.org"), "{}", page.text);
    app.anyone().get("/people/nobody").await.status(404);
    let me = mara.get("/api/v1/me").await.ok();
    assert_eq!(me.json["email"], "kim@example.org");
}

#[tokio::test]
async fn every_page_of_people_opens_for_those_it_is_for() {
    let app = TestApp::start().await;
    let (guest, ada) = (app.anyone(), app.first("ada").await);
    for path in ["/", "/sign-in", "/register", "/help", "/help/problems", "/people/ada"] {
        let page = guest.get(path).await.ok();
        assert!(!page.text.contains("style=\"") && page.text.contains("<h1"), "{path}: {}", page.text);
    }
    for path in ["/", "/settings", "/settings/tokens", "/settings/sessions", "/admin", "/help"] {
        let page = ada.get(path).await.ok();
        assert!(!page.text.contains("style=\"") && page.text.contains("<h1"), "{path}: {}", page.text);
    }
    assert_eq!(ada.get("/sign-in?next=/deltas").await.leads(), "/deltas");
    assert_eq!(ada.get("/register").await.leads(), "/");
    let help = guest.get("/help").await.ok();
    assert!(help.text.contains("impact:") && help.text.contains("Finds"), "{}", help.text);
}
