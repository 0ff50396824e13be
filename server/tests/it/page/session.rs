use time::Duration;

use crate::support::{PASSWORD, TestApp};

#[tokio::test]
async fn one_signs_in_by_name_or_address_and_goes_on_within_this_server() {
    let app = TestApp::start().await;
    app.browser("mara").await;
    for login in ["mara", " MARA ", "Mara@Example.org"] {
        assert_eq!(app.sign_in(login, PASSWORD).await.leads(), "/", "{login}");
    }
    for (next, to) in [("/deltas/new", "/deltas/new"), ("//evil.example", "/"), ("https://evil.example", "/"), ("/\\evil.example", "/")] {
        let fields = [("login", "mara"), ("password", PASSWORD), ("next", next)];
        assert_eq!(app.anyone().form("/sign-in", &fields).await.leads(), to);
    }
}

#[tokio::test]
async fn unknown_people_and_wrong_passwords_get_the_same_answer() {
    let app = TestApp::start().await;
    app.browser("mara").await;
    app.person("imported").await;
    let mut answers = Vec::new();
    for (login, password) in [("mara", "wrong horse 7"), ("nobody", PASSWORD), ("imported", PASSWORD), ("mara", ""), ("a\0b", PASSWORD)] {
        let reply = app.sign_in(login, password).await.status(422);
        assert!(reply.session().is_none());
        let start = reply.text.find("role=\"alert\"").expect("an alert");
        answers.push(reply.text[start..start + 300].split("</form>").next().unwrap()[..200].to_owned());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn ten_wrong_tries_a_minute_are_enough() {
    let app = TestApp::start().await;
    app.browser("mara").await;
    let mut tries = 0;
    while app.sign_in("mara", "wrong horse 7").await.status != 429 {
        tries += 1;
    }
    // Ten at once; on a slow machine time gives some back.
    assert!((10..15).contains(&tries), "{tries}");
    let reply = app.sign_in("mara", PASSWORD).await.status(429);
    assert!(reply.header("retry-after").parse::<u64>().unwrap() <= 60);
    // A header does not make another address, and a name spelled otherwise is the same name.
    let elsewhere = app.anyone().with("x-forwarded-for", "203.0.113.9");
    elsewhere.form("/sign-in", &[("login", "MARA"), ("password", PASSWORD)]).await.status(429);
    while app.sign_in(&format!("other{tries}"), PASSWORD).await.status != 429 {
        tries += 1;
    }
    assert!((25..45).contains(&tries), "{tries}");
    app.app.clock.advance(Duration::minutes(2));
    app.sign_in("mara", PASSWORD).await.status(303);
}

#[tokio::test]
async fn signing_in_gives_a_new_session_and_signing_out_ends_it() {
    let app = TestApp::start().await;
    let first = app.browser("mara").await;
    let reply = first.form("/sign-in", &[("login", "mara"), ("password", PASSWORD)]).await.status(303);
    let second = app.anyone().session(&reply);
    first.get("/api/v1/me").await.refused(401);
    second.get("/api/v1/me").await.ok();
    assert_eq!(second.form("/sign-out", &[]).await.leads(), "/");
    second.get("/api/v1/me").await.refused(401);
    // Somebody else's page cannot sign anybody out.
    let third = app.anyone().session(&app.sign_in("mara", PASSWORD).await);
    third.with("sec-fetch-site", "cross-site").send(axum::http::Method::POST, "/sign-out", None, "").await.status(403);
    third.get("/api/v1/me").await.ok();
}

#[tokio::test]
async fn one_sees_where_one_is_signed_in_and_ends_it_there() {
    let app = TestApp::start().await;
    let here = app.browser("mara").await;
    let fields = [("login", "mara"), ("password", PASSWORD)];
    let there = app.anyone().with("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0").form("/sign-in", &fields).await;
    let there = app.anyone().session(&there);
    let other = app.browser("otto").await;
    let page = here.get("/settings/sessions").await.ok();
    assert!(page.text.contains("Firefox on Linux") && page.text.contains("this one"), "{}", page.text);
    let key = page
        .text
        .split("name=\"key\" value=\"")
        .find(|part| part.starts_with(|c: char| c.is_ascii_hexdigit()) && !part.starts_with("others"));
    let key = key.expect("a key").split('"').next().unwrap().to_owned();
    other.form("/settings/sessions", &[("key", &key)]).await.status(404);
    there.get("/api/v1/me").await.ok();
    assert_eq!(here.form("/settings/sessions", &[("key", &key)]).await.leads(), "/settings/sessions");
    there.get("/api/v1/me").await.refused(401);
    here.get("/api/v1/me").await.ok();
    let again = app.anyone().session(&app.sign_in("mara", PASSWORD).await);
    here.form("/settings/sessions", &[("key", "others")]).await.status(303);
    again.get("/api/v1/me").await.refused(401);
    here.get("/api/v1/me").await.ok();
    other.get("/api/v1/me").await.ok();
    app.anyone().get("/settings/sessions").await.status(401);
}

#[tokio::test]
async fn a_guest_is_asked_to_sign_in_and_led_on_to_what_they_wanted() {
    let app = TestApp::start().await;
    let page = app.anyone().get("/settings/tokens?x=1").await.status(401);
    assert!(page.text.contains("name=\"next\" value=\"/settings/tokens?x=1\"") && page.text.contains("Password"), "{}", page.text);
}

#[tokio::test]
async fn a_session_in_use_lives_on_and_a_forgotten_one_ends() {
    let app = TestApp::start().await;
    let mara = app.browser("mara").await;
    let reply = mara.get("/").await.ok();
    assert!(reply.session().is_none(), "nothing to note within the hour");
    app.app.clock.advance(Duration::minutes(61));
    assert!(mara.get("/").await.ok().session().is_some(), "noted as seen");
    assert!(mara.get("/").await.ok().session().is_none());
    app.app.clock.advance(Duration::days(15));
    mara.get("/api/v1/me").await.refused(401);
}
