use crate::support::{PASSWORD, TestApp};

fn fields<'a>(secret: &'a str, name: &'a str, email: &'a str) -> [(&'a str, &'a str); 5] {
    [("secret", secret), ("name", name), ("display_name", "Ada"), ("email", email), ("password", PASSWORD)]
}

async fn secret(app: &TestApp) -> String {
    let address = server::act::user::offer_start(&app.app).await.unwrap().expect("an address");
    assert!(address.starts_with("http://deltaboard.test/start?secret="), "{address}");
    address.split_once("secret=").unwrap().1.to_owned()
}

#[tokio::test]
async fn the_first_start_makes_the_administrator_and_leads_on() {
    let app = TestApp::start().await;
    let secret = secret(&app).await;
    let page = app.anyone().get(&format!("/start?secret={secret}")).await.ok();
    assert!(page.text.contains("Create your account") && !page.text.contains("<script"), "{}", page.text);
    let reply = app.anyone().form("/start", &fields(&secret, "Ada", "ada@example.org")).await.status(303);
    assert_eq!(reply.header("location"), "/");
    let ada = app.anyone().session(&reply);
    let home = ada.get("/").await.ok();
    assert!(home.text.contains("Next steps") && home.text.contains("/orgs/new"), "{}", home.text);
    let me = ada.get("/api/v1/me").await.ok();
    assert_eq!((me.json["name"].as_str(), me.json["is_admin"].as_bool()), (Some("ada"), Some(true)));
    // The secret is void, and there is no new one.
    app.anyone().get(&format!("/start?secret={secret}")).await.status(404);
    app.anyone().form("/start", &fields(&secret, "eve", "eve@example.org")).await.status(404);
    assert_eq!(server::act::user::offer_start(&app.app).await.unwrap(), None);
}

#[tokio::test]
async fn without_the_right_secret_there_is_no_such_page() {
    let app = TestApp::start().await;
    for path in ["/start", "/start?secret=", "/start?secret=wrong"] {
        let page = app.anyone().with("accept", "text/html").get(path).await.status(404);
        assert!(page.text.contains("the address that the server printed"), "{}", page.text);
    }
    assert!(app.anyone().get("/").await.ok().text.contains("Nobody has an account here yet"));
    let (old, new) = (secret(&app).await, secret(&app).await);
    app.anyone().get(&format!("/start?secret={old}")).await.status(404);
    app.anyone().form("/start", &fields("wrong", "eve", "eve@example.org")).await.status(404);
    app.anyone().get(&format!("/start?secret={new}")).await.ok();
}

#[tokio::test]
async fn a_refused_form_comes_again_and_the_secret_still_works() {
    let app = TestApp::start().await;
    let secret = secret(&app).await;
    let mut bad = fields(&secret, "ada", "nowhere");
    bad[4].1 = "password1";
    let page = app.anyone().form("/start", &bad).await.status(422);
    for words in ["is not an e-mail address", "most common", &format!("value=\"{secret}\""), r#"value="ada""#] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert!(!page.text.contains("password1"), "a password is not sent back");
    app.anyone().form("/start", &fields(&secret, "ada", "ada@example.org")).await.status(303);
}

#[tokio::test]
async fn exactly_one_of_many_becomes_the_administrator() {
    let app = TestApp::start().await;
    let secret = secret(&app).await;
    let tries = (0..8).map(|i| {
        let (client, secret) = (app.anyone(), secret.clone());
        tokio::spawn(async move {
            let (name, email) = (format!("ada{i}"), format!("ada{i}@example.org"));
            client.form("/start", &fields(&secret, &name, &email)).await.status.as_u16()
        })
    });
    let mut statuses = Vec::new();
    for attempt in tries.collect::<Vec<_>>() {
        statuses.push(attempt.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 404, 404, 404, 404, 404, 404, 404]);
}
