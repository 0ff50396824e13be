//! Files: who brings, sees and removes them; what is taken; what comes back; what is swept away.

use axum::{body::Body, http::Method};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde_json::json;
use server::act::attachment::{sweep, sweep_store};
use time::Duration;

use crate::support::{Client, Reply, TestApp};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR pretend";

async fn bring(client: &Client, path: &str, name: &str, bytes: impl Into<Body>) -> Reply {
    let name = serde_html_form::to_string([("name", name)]).unwrap();
    client.send(Method::POST, &format!("{path}?{name}"), Some("text/html"), bytes).await
}

/// How many files the store has.
fn kept(app: &TestApp) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(app.folder.path())
}

async fn world(app: &TestApp) -> (Client, Client, Client, String) {
    let (mara, tom, ann) = (app.person("mara").await, app.person("tom").await, app.person("ann").await);
    app.project("neutron", &mara).await;
    let key = app.delta(&tom, json!({})).await;
    (mara, tom, ann, key)
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_and_runs_nowhere() {
    let app = TestApp::start().await;
    let (_, tom, ann, key) = world(&app).await;
    let path = format!("/api/v1/deltas/{key}/attachments");
    let html = "<!doctype html><script>alert(1)</script>";
    let page = bring(&tom, &path, "../evil page.html", html).await.status(201);
    assert_eq!((&page.json["name"], &page.json["image"]), (&json!("evil page.html"), &json!(false)));
    let url = page.json["url"].as_str().unwrap().to_owned();
    for client in [&app.anyone(), &ann] {
        let got = client.get(&url).await.ok();
        assert_eq!(got.text, html);
        for (name, value) in [
            ("content-type", "application/octet-stream"),
            ("content-disposition", "attachment; filename=\"evil page.html\"; filename*=UTF-8''evil%20page.html"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
            ("cross-origin-resource-policy", "same-origin"),
            ("content-length", &html.len().to_string()),
        ] {
            assert_eq!(got.header(name), value, "{name}");
        }
    }
    for (name, bytes) in [
        ("a.svg", &b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"[..]),
        ("a.pdf", b"%PDF-1.7"),
        ("a.png", b"no picture"),
    ] {
        let file = bring(&tom, &path, name, bytes.to_vec()).await.status(201);
        let got = app.anyone().get(file.json["url"].as_str().unwrap()).await.ok();
        assert!(
            got.header("content-disposition").starts_with("attachment;") && got.header("content-type") == "application/octet-stream",
            "{name}"
        );
    }
    let image = bring(&tom, &path, "shot.html", [PNG, b"<script>"].concat()).await.status(201);
    let got = app.anyone().get(image.json["url"].as_str().unwrap()).await.ok();
    assert_eq!((got.header("content-type"), image.json["image"].as_bool()), ("image/png", Some(true)));
    assert!(got.header("content-disposition").starts_with("inline;") && got.header("content-security-policy").contains("sandbox"));
    assert_eq!(app.anyone().get(&format!("/api/v1/deltas/{key}")).await.ok().json["attachments"].as_array().unwrap().len(), 5);
    assert_eq!(app.anyone().get(&path).await.ok().json.as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn parts_and_versions_of_a_file_are_heeded() {
    let app = TestApp::start().await;
    let (_, tom, _, key) = world(&app).await;
    let file = bring(&tom, &format!("/api/v1/deltas/{key}/attachments"), "log.txt", "0123456789").await.status(201);
    let id = file.json["id"].as_str().unwrap();
    assert_eq!(file.json["sha256"], "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882");
    for url in [file.json["url"].as_str().unwrap(), &format!("/api/v1/attachments/{id}")] {
        let whole = app.anyone().get(url).await.ok();
        let etag = whole.header("etag").to_owned();
        assert_eq!((whole.text.as_str(), whole.header("accept-ranges")), ("0123456789", "bytes"));
        let part = app.anyone().with("range", "bytes=2-4").get(url).await.status(206);
        assert_eq!((part.text.as_str(), part.header("content-range"), part.header("content-length")), ("234", "bytes 2-4/10", "3"));
        assert_eq!(app.anyone().with("range", "bytes=-2").get(url).await.status(206).text, "89");
        assert_eq!(app.anyone().with("range", "bytes=8-99").get(url).await.status(206).text, "89");
        let none = app.anyone().with("range", "bytes=10-").get(url).await.status(416);
        assert_eq!(none.header("content-range"), "bytes */10");
        assert_eq!(app.anyone().with("range", "bytes=0-1,4-5").get(url).await.status(200).text, "0123456789");
        assert_eq!(app.anyone().with("range", "bytes=0-1").with("if-range", "\"old\"").get(url).await.status(200).text, "0123456789");
        assert_eq!(app.anyone().with("range", "bytes=0-1").with("if-range", &etag).get(url).await.status(206).text, "01");
        assert_eq!(app.anyone().with("if-none-match", &etag).get(url).await.status(304).text, "");
    }
}

#[tokio::test]
async fn what_is_not_taken_leaves_nothing() {
    let app = TestApp::start().await;
    let (_, tom, _, key) = world(&app).await;
    let path = format!("/api/v1/deltas/{key}/attachments");
    bring(&app.anyone(), &path, "a.txt", "x").await.refused(401);
    bring(&tom, "/api/v1/deltas/D-999/attachments", "a.txt", "x").await.refused(404);
    bring(&tom, &path, "a.txt", "").await.refused(422);
    tom.send(Method::POST, &path, None, "x").await.refused(422);
    bring(&tom, &path, "setup.txt", "MZ\u{0}\u{3}").await.refused(415);
    bring(&tom, &path, "core", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0".to_vec()).await.refused(415);
    bring(&tom, &path, "invoice.pdf.exe", "harmless words").await.refused(415);
    tom.with("content-encoding", "gzip").send(Method::POST, &format!("{path}?name=a"), None, "x").await.refused(415);
    bring(&tom, &path, "large.bin", vec![b'x'; 1_000_001]).await.refused(413);
    let broken = stream::iter([Ok(Bytes::from_static(b"half")), Err(std::io::Error::other("gone"))]);
    bring(&tom, &path, "half.txt", Body::from_stream(broken)).await.refused(400);
    // Whoever goes away in the middle leaves nothing either.
    let hanging = Body::from_stream(stream::iter([Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 70_000]))]).chain(stream::pending()));
    let asking = bring(&tom, &path, "cut.txt", hanging);
    assert!(tokio::time::timeout(std::time::Duration::from_millis(300), asking).await.is_err());
    assert_eq!(kept(&app), 0);
    assert_eq!(tom.get(&path).await.ok().json, json!([]));
    // Three of them are as much as one delta takes here.
    for i in 0..3 {
        bring(&tom, &path, &format!("{i}.bin"), vec![b'x'; 1_000_000]).await.status(201);
    }
    bring(&tom, &path, "one more", "x").await.refused(409);
    assert_eq!((kept(&app), tom.get(&path).await.ok().json.as_array().unwrap().len()), (3, 3));
}

#[tokio::test]
async fn who_sees_the_delta_sees_its_files_and_nobody_else() {
    let app = TestApp::start().await;
    let (mara, tom, ann, _) = world(&app).await;
    let key = app.delta(&tom, json!({ "visibility": "private" })).await;
    let path = format!("/api/v1/deltas/{key}/attachments");
    for client in [&ann, &app.admin().await] {
        bring(client, &path, "a.txt", "x").await.refused(404);
        client.get(&path).await.refused(404);
    }
    let file = bring(&tom, &path, "secret.txt", "hush").await.status(201);
    let (url, one) = (file.json["url"].as_str().unwrap().to_owned(), format!("/api/v1/attachments/{}", file.json["id"].as_str().unwrap()));
    assert_eq!(mara.get(&one).await.ok().header("cache-control"), "private, no-cache");
    for address in [&url, &one] {
        ann.get(address).await.refused(404);
        app.anyone().get(address).await.refused(404);
        app.anyone().with("if-none-match", "*").get(address).await.refused(404);
    }
    ann.delete(&one).await.refused(404);
    tom.put(&format!("/api/v1/deltas/{key}/guests/ann"), json!({})).await.ok();
    assert_eq!(ann.get(&one).await.ok().text, "hush");
    ann.delete(&one).await.refused(403);
    tom.delete(&format!("/api/v1/deltas/{key}/guests/ann")).await.ok();
    ann.get(&one).await.refused(404);
    mara.delete(&one).await.status(204);
    mara.get(&one).await.refused(404);
    assert_eq!(kept(&app), 0);
}

#[tokio::test]
async fn a_task_has_files_of_its_organisation() {
    let app = TestApp::start().await;
    let (_, nora, ann, _) = world(&app).await;
    app.org("nw", "Northwind", &nora).await;
    let viewer = app.member(&nora, "nw", "vera", "viewer").await;
    let board = json!({ "slug": "work", "name": "Work", "columns": [{ "name": "To do", "category": "ready" }] });
    nora.post("/api/v1/orgs/nw/boards", board).await.ok();
    let task = nora.post("/api/v1/orgs/nw/tasks", json!({ "title": "Measure" })).await.ok().json["key"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/tasks/{task}/attachments");
    bring(&ann, &path, "a.txt", "x").await.refused(404);
    bring(&viewer, &path, "a.txt", "x").await.refused(403);
    let file = bring(&nora, &path, "trace.txt", "x").await.status(201);
    let one = format!("/api/v1/attachments/{}", file.json["id"].as_str().unwrap());
    viewer.get(&one).await.ok();
    viewer.delete(&one).await.refused(403);
    ann.get(&one).await.refused(404);
    app.openness(&nora, "nw", "open").await;
    ann.get(&one).await.ok();
    ann.delete(&one).await.refused(403);
    assert_eq!(app.anyone().get(&path).await.ok().json.as_array().unwrap().len(), 1);
    nora.delete(&one).await.status(204);
}

#[tokio::test]
async fn a_file_for_a_text_is_its_writers_until_the_text_is_there() {
    let app = TestApp::start().await;
    let (mara, tom, ann, key) = world(&app).await;
    let file = bring(&tom, "/api/v1/attachments", "shot.png", PNG).await.status(201);
    let url = file.json["url"].as_str().unwrap().to_owned();
    let one = format!("/api/v1/attachments/{}", file.json["id"].as_str().unwrap());
    for client in [&ann, &mara, &app.anyone()] {
        client.get(&one).await.refused(404);
    }
    tom.get(&one).await.ok();
    let comments = format!("/api/v1/deltas/{key}/comments");
    // Others cannot take it by naming it.
    ann.post(&comments, json!({ "body": format!("![mine]({url})") })).await.status(201);
    mara.get(&one).await.refused(404);
    let said = tom.post(&comments, json!({ "body": format!("![the console]({url})") })).await.status(201);
    ann.get(&one).await.ok();
    let files = ann.get(&format!("/api/v1/deltas/{key}/attachments")).await.ok();
    assert_eq!(files.json[0]["comment"], said.json["id"]);
    let page = ann.get(&format!("/deltas/{key}")).await.ok();
    assert!(page.text.contains(&format!("<img src=\"{url}\" alt=\"the console\"")), "{}", page.text);
    mara.delete(&format!("{comments}/{}", said.json["id"].as_str().unwrap())).await.status(204);
    tom.get(&one).await.refused(404);
    assert_eq!(kept(&app), 0);
    let file = bring(&tom, "/api/v1/attachments", "shot.png", PNG).await.status(201);
    let delta = app.delta(&tom, json!({ "actual": format!("See ![]({})", file.json["url"].as_str().unwrap()) })).await;
    assert_eq!(ann.get(&format!("/api/v1/deltas/{delta}/attachments")).await.ok().json[0]["id"], file.json["id"]);
}

#[tokio::test]
async fn what_nobody_needs_is_taken_away_after_a_day() {
    let app = TestApp::start().await;
    let (_, tom, _, key) = world(&app).await;
    let loose = bring(&tom, "/api/v1/attachments", "loose.txt", "x").await.status(201);
    let used = bring(&tom, &format!("/api/v1/deltas/{key}/attachments"), "used.txt", "x").await.status(201);
    // A file whose row was never written, and a piece of one.
    let nobodys = app.folder.path().join("ab");
    std::fs::create_dir_all(&nobodys).unwrap();
    std::fs::write(nobodys.join("0190a000000070008000000000000dab"), "x").unwrap();
    std::fs::write(nobodys.join("0190a000000070008000000000000eab#1"), "x").unwrap();
    assert_eq!((sweep(&app.app).await.unwrap(), sweep_store(&app.app).await.unwrap(), kept(&app)), (0, 0, 4));
    app.app.clock.advance(Duration::hours(25));
    // Several servers may do it at once.
    let (one, other) = tokio::join!(sweep(&app.app), sweep(&app.app));
    assert_eq!(one.unwrap() + other.unwrap(), 1);
    tom.get(loose.json["url"].as_str().unwrap()).await.refused(404);
    assert_eq!((sweep_store(&app.app).await.unwrap(), kept(&app)), (2, 1));
    tom.get(&format!("/api/v1/attachments/{}", used.json["id"].as_str().unwrap())).await.ok();
    // A row is not taken away for want of its file.
    std::fs::remove_dir_all(app.folder.path()).unwrap();
    std::fs::create_dir(app.folder.path()).unwrap();
    sweep_store(&app.app).await.unwrap();
    tom.get(used.json["url"].as_str().unwrap()).await.refused(404);
    assert_eq!(tom.get(&format!("/api/v1/deltas/{key}/attachments")).await.ok().json.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_file_is_not_taken_with_a_key_for_repeating() {
    let app = TestApp::start().await;
    let (_, tom, ann, key) = world(&app).await;
    for path in [format!("/api/v1/deltas/{key}/attachments"), "/api/v1/attachments".to_owned()] {
        let refused = bring(&tom.with("idempotency-key", "shot-1"), &path, "a.bin", vec![b'x'; 900_000]).await.refused(422);
        assert_eq!(refused.json["errors"][0]["field"], "Idempotency-Key");
        bring(&tom, &path, "a.bin", "x").await.status(201);
    }
    assert_eq!(kept(&app), 2);
    // Whoever may not is told so, and no more is read of what they send than of anything else.
    bring(&app.anyone().with("idempotency-key", "k"), "/api/v1/attachments", "a.bin", "x").await.refused(401);
    bring(&ann.with("idempotency-key", "k"), "/api/v1/tasks/NW-1/attachments", "a.bin", "x").await.refused(422);
}
