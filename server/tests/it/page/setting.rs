use crate::support::{PASSWORD, TestApp};
use time::Duration;

fn link(page: &str) -> String {
    let from = page.find("/register?invite=").expect("a link");
    page[from..].split('"').next().unwrap().to_owned()
}

fn account<'a>(name: &'a str, email: &'a str, invite: &'a str) -> [(&'a str, &'a str); 5] {
    [("name", name), ("display_name", name), ("email", email), ("password", PASSWORD), ("invite", invite)]
}

#[tokio::test]
async fn an_invitation_makes_one_account() {
    let app = TestApp::start().await;
    let ada = app.first("ada").await;
    ada.form("/admin/registration", &[("registration", "invite")]).await.status(303);
    app.anyone().get("/register").await.status(403);
    let page = ada.form("/admin/invites", &[("note", "Mara")]).await.ok();
    let link = link(&page.text);
    let secret = link.split_once('=').unwrap().1;
    assert!(app.anyone().get(&link).await.ok().text.contains(secret));
    app.anyone().form("/register", &account("eve", "eve@example.org", "wrong")).await.status(403);
    app.anyone().form("/register", &account("mara", "bad", secret)).await.status(422);
    app.anyone().form("/register", &account("mara", "mara@example.org", secret)).await.status(303);
    app.anyone().form("/register", &account("eve", "eve@example.org", secret)).await.status(403);
    assert!(!ada.get("/admin").await.ok().text.contains("Withdraw"));
}

#[tokio::test]
async fn an_invitation_ends_after_seven_days_and_when_it_is_withdrawn() {
    let app = TestApp::start().await;
    let ada = app.first("ada").await;
    ada.form("/admin/registration", &[("registration", "invite")]).await.status(303);
    let old = link(&ada.form("/admin/invites", &[("note", "")]).await.ok().text);
    app.app.clock.advance(Duration::days(7) + Duration::seconds(1));
    app.anyone().get(&old).await.status(403);
    let new = link(&ada.form("/admin/invites", &[("note", "")]).await.ok().text);
    let page = ada.get("/admin").await.ok();
    let at = page.text.find("/admin/invites/").expect("a form to withdraw");
    let action = page.text[at..].split('"').next().unwrap();
    ada.form(action, &[]).await.status(303);
    app.anyone().get(&new).await.status(403);
    ada.form(action, &[]).await.status(404);
}

#[tokio::test]
async fn nobody_registers_where_that_is_closed_not_even_invited() {
    let app = TestApp::start().await;
    let ada = app.first("ada").await;
    let invited = link(&ada.form("/admin/invites", &[("note", "")]).await.ok().text);
    ada.form("/admin/registration", &[("registration", "closed")]).await.status(303);
    app.anyone().get(&invited).await.status(403);
    ada.form("/admin/invites", &[("note", "")]).await.status(409);
    assert!(!app.anyone().get("/").await.ok().text.contains("/register"));
    ada.form("/admin/registration", &[("registration", "sometimes")]).await.status(422);
}

#[tokio::test]
async fn a_suspended_person_is_out_until_let_in_again() {
    let app = TestApp::start().await;
    let (ada, mara) = (app.first("ada").await, app.browser("mara").await);
    ada.form("/admin/people/mara", &[("state", "suspended")]).await.status(303);
    mara.get("/api/v1/me").await.refused(401);
    app.sign_in("mara", PASSWORD).await.status(422);
    assert!(ada.get("/admin?find=MAR").await.ok().text.contains("Let in again"));
    ada.form("/admin/people/mara", &[("state", "active")]).await.status(303);
    app.sign_in("mara", PASSWORD).await.status(303);
    ada.form("/admin/people/ada", &[("state", "suspended")]).await.status(409);
    ada.form("/admin/people/nobody", &[("state", "suspended")]).await.status(404);
}

#[tokio::test]
async fn only_an_administrator_runs_the_instance() {
    let app = TestApp::start().await;
    app.first("ada").await;
    let mara = app.browser("mara").await;
    for (client, status) in [(&app.anyone(), 401), (&mara, 403)] {
        client.get("/admin").await.status(status);
        client.form("/admin/registration", &[("registration", "open")]).await.status(status);
        client.form("/admin/invites", &[("note", "")]).await.status(status);
        client.form("/admin/people/ada", &[("state", "suspended")]).await.status(status);
    }
}
