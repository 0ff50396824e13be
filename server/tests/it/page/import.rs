//! Imports on the pages, without script.

use axum::http::Method;
use serde_json::json;
use server::act::import::turn::due;

use crate::support::{Client, Reply, TestApp};

const PATH: &str = "/projects/neutron/imports";

const ISSUES: &str = r#"[
    {"number": 1, "title": "Cart forgets items", "url": "https://github.com/shop/cart/issues/1", "body": "It does.", "state": "OPEN"},
    {"number": 2, "title": "", "url": "https://github.com/shop/cart/issues/2", "state": "OPEN"},
    {"number": 3, "title": "Mend it", "url": "https://github.com/shop/cart/pull/3", "state": "OPEN"}
]"#;

/// A form as a browser sends it: its fields in their order, then its file.
async fn send(client: &Client, fields: &[(&str, &str)], file: (&str, &str)) -> Reply {
    let mut body = String::new();
    for (name, value) in fields {
        body += &format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    let (name, text) = file;
    body += &format!("--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{text}\r\n--XX--\r\n");
    let media = Some("multipart/form-data; boundary=XX");
    client.with("sec-fetch-site", "same-origin").send(Method::POST, PATH, media, body).await
}

async fn world() -> (TestApp, Client, Client) {
    let app = TestApp::start().await;
    let (mara, tom) = (app.browser("mara").await, app.browser("tom").await);
    mara.form("/projects", &[("slug", "neutron"), ("name", "Neutron"), ("description", "")]).await.leads();
    (app, mara, tom)
}

#[tokio::test]
async fn a_file_is_tried_and_then_brought_in_by_plain_forms() {
    let (app, mara, _) = world().await;
    let settings = mara.get("/projects/neutron/settings").await.ok();
    assert!(settings.text.contains(&format!("href=\"{PATH}\"")), "{}", settings.text);
    let page = mara.get(PATH).await.ok();
    let box_ = page.text.split_once("name=\"dry_run\"").expect("a box").1.split_once('>').unwrap().0;
    assert!(box_.contains("checked") && page.text.contains("at most 4.0 MB") && page.text.contains(">GitHub<"), "{}", page.text);

    let to = send(&mara, &[("tracker", "github"), ("url", ""), ("dry_run", "true")], ("issues.json", ISSUES)).await.leads();
    let waits = mara.get(&to).await.ok();
    assert!(waits.text.contains("waits for its turn") && waits.text.contains("<progress"), "{}", waits.text);
    assert_eq!((waits.header("refresh"), mara.get(PATH).await.ok().header("refresh")), ("2", "2"));
    assert_eq!(due(&app.app).await.unwrap(), 1);
    let tried = mara.get(&to).await.ok();
    assert!(!tried.headers.contains_key("refresh"));
    for words in ["nothing was written", "Not carried over", "pull requests", "Records that could not be brought in", "Bring it in"] {
        assert!(tried.text.contains(words), "{words}: {}", tried.text);
    }
    mara.get("/deltas/D-1").await.refused(404);

    let started = mara.form(&format!("{to}/start"), &[]).await.leads();
    assert_ne!(started, to);
    due(&app.app).await.unwrap();
    let real = mara.get(&started).await.ok();
    assert!(real.text.contains("brought in") && !real.text.contains(&format!("{started}/start")), "{}", real.text);
    assert!(!mara.get(&to).await.ok().text.contains(&format!("{to}/start")), "its file is the other's now");
    assert!(mara.get("/deltas/D-1").await.ok().text.contains("Cart forgets items"));
    let list = mara.get(PATH).await.ok();
    assert!(list.text.contains(">tried<") && list.text.contains(">brought in<") && list.text.contains("issues.json"), "{}", list.text);
    // Who loads the address of the form that starts it is led to the import.
    assert_eq!(mara.get(&format!("{to}/start")).await.leads(), to);
}

#[tokio::test]
async fn an_import_that_waits_is_cancelled_by_a_plain_form() {
    let (app, mara, tom) = world().await;
    let to = send(&mara, &[("tracker", "github"), ("url", "")], ("issues.json", ISSUES)).await.leads();
    assert!(mara.get(&to).await.ok().text.contains(&format!("{to}/cancel")));
    tom.form(&format!("{to}/cancel"), &[]).await.refused(403);
    assert_eq!(mara.form(&format!("{to}/cancel"), &[]).await.leads(), to);
    assert_eq!(due(&app.app).await.unwrap(), 0);
    let page = mara.get(&to).await.ok();
    assert!(page.text.contains("Cancelled by mara") && page.text.contains("Try again"), "{}", page.text);
    assert!(!page.text.contains(&format!("{to}/cancel")) && !page.headers.contains_key("refresh"), "{}", page.text);
}

#[tokio::test]
async fn who_maintains_nothing_sees_no_imports_and_brings_none() {
    let (app, _, tom) = world().await;
    for (client, status) in [(app.anyone(), 401), (tom, 403)] {
        client.get(PATH).await.refused(status);
        send(&client, &[("tracker", "github")], ("issues.json", ISSUES)).await.refused(status);
    }
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_chosen() {
    let (app, mara, _) = world().await;
    let olga = app.person("olga").await;
    app.org("nw", "Northwind", &olga).await;
    olga.put("/api/v1/orgs/nw/members/mara", json!({ "role": "member" })).await.status(204);
    let fields = [("tracker", "jira"), ("org", "nw"), ("url", "https://jira.example.org")];
    let page = send(&mara, &fields, ("", "")).await.refused(422);
    for words in ["choose one", "value=\"jira\" selected", "value=\"nw\" selected", "https://jira.example.org"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    let box_ = page.text.split_once("name=\"dry_run\"").expect("a box").1.split_once('>').unwrap().0;
    assert!(!box_.contains("checked"), "{box_}");
    send(&mara, &[("tracker", "trac")], ("a.json", ISSUES)).await.refused(422);
    send(&mara, &[("tracker", "github"), ("odd", "x")], ("a.json", ISSUES)).await.refused(422);
    send(&mara, &[("tracker", "github")], ("a.json", &" ".repeat(4_000_001))).await.refused(413);
    mara.form(PATH, &[("tracker", "github")]).await.refused(415);
    assert!(mara.get(PATH).await.ok().text.contains("Nothing was imported yet"));
}
