//! Files on the pages, without script.

use axum::http::Method;
use serde_json::json;

use crate::support::{Client, Reply, TestApp};

async fn send(client: &Client, path: &str, body: Vec<u8>) -> Reply {
    client.with("sec-fetch-site", "same-origin").send(Method::POST, path, Some("multipart/form-data; boundary=XX"), body).await
}

fn form(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in files {
        body.extend(
            format!("--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\n")
                .bytes(),
        );
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--XX--\r\n");
    body
}

#[tokio::test]
async fn files_are_attached_shown_and_removed_by_forms() {
    let app = TestApp::start().await;
    let (mara, tom, ann) = (app.browser("mara").await, app.browser("tom").await, app.browser("ann").await);
    let nils = app.person("nils").await;
    app.project("neutron", &nils).await;
    nils.put("/api/v1/projects/neutron/maintainers/mara", json!({})).await.ok();
    app.delta(&nils, json!({})).await;
    let path = "/deltas/D-1/attachments";
    send(&tom, path, form(&[("shot.png", b"\x89PNG\r\n\x1a\nx"), ("<log>.txt", b"words")])).await.leads();
    let page = ann.get("/deltas/D-1").await.ok();
    for part in ["shot.png", "_log_.txt", "5 B · tom", "loading=\"lazy\"", "attached shot.png"] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(!page.text.contains("/-/remove"));
    let files = nils.get("/api/v1/deltas/D-1/attachments").await.ok();
    let one = files.json[0]["id"].as_str().unwrap();
    let remove = format!("/attachments/{one}/-/remove");
    ann.form(&remove, &[("back", "D-1")]).await.refused(403);
    app.anyone().form(&remove, &[("back", "D-1")]).await.refused(401);
    mara.form(&remove, &[("back", "https://evil.example")]).await.refused(422);
    assert_eq!(nils.get("/api/v1/deltas/D-1/attachments").await.ok().json.as_array().unwrap().len(), 1);
    let one = files.json[1]["id"].as_str().unwrap();
    assert_eq!(tom.form(&format!("/attachments/{one}/-/remove"), &[("back", "D-1")]).await.leads(), "/deltas/D-1");
    let page = ann.get("/deltas/D-1").await.ok();
    assert!(page.text.contains("removed the file _log_.txt"), "{}", page.text);
}

#[tokio::test]
async fn a_broken_form_is_refused_in_words() {
    let app = TestApp::start().await;
    let (tom, nils) = (app.browser("tom").await, app.person("nils").await);
    app.project("neutron", &nils).await;
    app.delta(&nils, json!({})).await;
    let path = "/deltas/D-1/attachments";
    send(&app.anyone(), path, form(&[("a.txt", b"x")])).await.refused(401);
    send(&tom, "/deltas/D-99/attachments", form(&[("a.txt", b"x")])).await.refused(404);
    let page = send(&tom, path, form(&[("", b"")])).await.refused(422);
    assert!(page.text.contains("choose one") && page.text.contains("<h2>Desired</h2>"), "{}", page.text);
    send(&tom, path, form(&[("empty.txt", b"")])).await.refused(422);
    let page = send(&tom, path, form(&[("run.exe", b"MZ words")])).await.refused(415);
    assert!(page.text.contains("which is not taken here"), "{}", page.text);
    let whole = form(&[("a.txt", b"some words")]);
    for cut in [0, 5, 40, whole.len() - 12] {
        send(&tom, path, whole[..cut].to_vec()).await.refused(400);
    }
    tom.form(path, &[("file", "x")]).await.refused(415);
    send(&tom, path, form(&[("large.bin", &vec![b'x'; 1_000_001])])).await.refused(413);
    assert_eq!(nils.get("/api/v1/deltas/D-1/attachments").await.ok().json, json!([]));
}
