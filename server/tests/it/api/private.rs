//! What a caller may not see does not exist for them.

use serde_json::json;

use crate::support::{Client, TestApp};

/// Everything one can ask of a delta, as this caller; with the status of each.
async fn all(client: &Client, key: &str) -> Vec<(String, u16)> {
    let path = format!("/api/v1/deltas/{key}");
    let mut seen = Vec::new();
    for part in ["", "/revisions", "/timeline", "/impact"] {
        let url = format!("{path}{part}");
        seen.push((url.clone(), client.get(&url).await.status.as_u16()));
    }
    let version = client.with("if-match", "\"1\"");
    for (part, body) in [
        ("/labels", json!({ "labels": [] })),
        ("/guests/ann", json!({})),
        ("/places/neutron", json!({})),
        ("/places/neutron/position", json!({ "position": "agree" })),
        ("/places/neutron/consensus", json!({ "state": "agreed" })),
        ("/resolution", json!({ "resolution": "closed" })),
        ("/vote", json!({ "severity": 3 })),
    ] {
        seen.push((format!("PUT {part}"), client.put(&format!("{path}{part}"), body).await.status.as_u16()));
    }
    for part in ["/guests/ann", "/places/neutron", "/places/neutron/position", "/resolution"] {
        seen.push((format!("DELETE {part}"), client.delete(&format!("{path}{part}")).await.status.as_u16()));
    }
    seen.push(("POST comment".into(), client.post(&format!("{path}/comments"), json!({ "body": "x" })).await.status.as_u16()));
    seen.push(("PATCH".into(), version.patch(&path, json!({ "title": "x" })).await.status.as_u16()));
    seen
}

#[tokio::test]
async fn a_strangers_private_delta_does_not_exist() {
    let app = TestApp::start().await;
    let (mara, tom, ann) = (app.person("mara").await, app.person("tom").await, app.person("ann").await);
    app.project("neutron", &mara).await;
    app.project("nova", &ann).await;
    let key = app.delta(&tom, json!({ "visibility": "private" })).await;
    for (what, status) in all(&ann, &key).await {
        assert_eq!(status, 404, "{what}");
    }
    for (what, status) in all(&app.admin().await, &key).await {
        assert_eq!(status, 404, "{what}");
    }
    for (what, status) in all(&app.anyone(), &key).await {
        assert!(matches!(status, 401 | 404), "{what}: {status}");
    }
    let public = app.delta(&ann, json!({ "project": "nova" })).await;
    let duplicate = json!({ "resolution": "duplicate", "duplicate_of": key });
    ann.put(&format!("/api/v1/deltas/{public}/resolution"), duplicate).await.refused(422);
    let page = ann.get("/api/v1/projects").await.ok();
    let open: Vec<_> = page.json["items"].as_array().unwrap().iter().map(|project| project["open"].as_i64().unwrap()).collect();
    assert_eq!(open, [0, 1]);
    assert_eq!(mara.get("/api/v1/projects").await.ok().json["items"][0]["open"], 1);
}

#[tokio::test]
async fn its_reporter_maintainers_and_guests_see_it() {
    let app = TestApp::start().await;
    let (mara, tom, ann) = (app.person("mara").await, app.person("tom").await, app.person("ann").await);
    app.project("neutron", &mara).await;
    let path = format!("/api/v1/deltas/{}", app.delta(&tom, json!({ "visibility": "private" })).await);
    mara.get(&path).await.ok();
    tom.put(&format!("{path}/guests/nobody"), json!({})).await.refused(422);
    let seen = tom.put(&format!("{path}/guests/ann"), json!({})).await.ok();
    assert_eq!(seen.json["guests"][0]["name"], "ann");
    ann.get(&path).await.ok();
    ann.post(&format!("{path}/comments"), json!({ "body": "I see it too." })).await.status(201);
    ann.put(&format!("{path}/guests/mara"), json!({})).await.refused(403);
    ann.put(&format!("{path}/resolution"), json!({ "resolution": "closed" })).await.refused(403);
    ann.delete(&format!("{path}/guests/ann")).await.status(204);
    ann.get(&path).await.refused(404);
    mara.delete(&format!("{path}/guests/ann")).await.refused(404);

    let version = mara.get(&path).await.header("etag").to_owned();
    mara.with("if-match", &version).patch(&path, json!({ "visibility": "public" })).await.ok();
    ann.get(&path).await.ok();
    tom.put(&format!("{path}/guests/ann"), json!({})).await.refused(409);
}

#[tokio::test]
async fn a_survivor_nobody_may_see_is_not_named() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let hidden = app.delta(&mara, json!({ "visibility": "private" })).await;
    let public = app.delta(&tom, json!({})).await;
    let path = format!("/api/v1/deltas/{public}");
    let body = json!({ "resolution": "duplicate", "duplicate_of": hidden });
    let seen = mara.put(&format!("{path}/resolution"), body).await.ok();
    assert_eq!(seen.json["resolution"]["duplicate_of"]["key"], hidden.as_str());
    assert_eq!(app.anyone().get(&path).await.ok().json["resolution"]["duplicate_of"], json!(null));
    let told = app.anyone().get(&format!("{path}/timeline")).await.ok();
    assert!(!told.text.contains(&format!("\"{hidden}\"")), "{}", told.text);
    assert!(mara.get(&format!("{path}/timeline")).await.ok().text.contains(&format!("\"{hidden}\"")));
}

#[tokio::test]
async fn a_security_group_takes_the_maintainers_place() {
    let app = TestApp::start().await;
    let (mara, sue, tom) = (app.person("mara").await, app.person("sue").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let path = format!("/api/v1/deltas/{}", app.delta(&tom, json!({ "visibility": "private" })).await);
    mara.get(&path).await.ok();
    sue.get(&path).await.refused(404);
    let group = "/api/v1/projects/neutron/security";
    sue.put(&format!("{group}/sue"), json!({})).await.refused(403);
    app.anyone().put(&format!("{group}/sue"), json!({})).await.refused(401);
    mara.put(&format!("{group}/nobody"), json!({})).await.refused(422);
    let project = mara.put(&format!("{group}/sue"), json!({})).await.ok();
    assert_eq!(project.json["security"][0]["name"], "sue");
    mara.get(&path).await.refused(404);
    let etag = sue.get(&path).await.ok().header("etag").to_owned();
    sue.with("if-match", &etag).patch(&path, json!({ "title": "Tokens leak" })).await.ok();
    sue.put(&format!("{path}/labels"), json!({ "labels": ["cve"] })).await.ok();
    sue.put(&format!("{path}/resolution"), json!({ "resolution": "closed" })).await.ok();
    sue.delete(&format!("{path}/resolution")).await.ok();
    // Of a public delta they decide nothing.
    let public = format!("/api/v1/deltas/{}", app.delta(&tom, json!({})).await);
    sue.put(&format!("{public}/labels"), json!({ "labels": ["cve"] })).await.refused(403);
    mara.delete(&format!("{group}/mara")).await.refused(404);
    mara.delete(&format!("{group}/sue")).await.ok();
    sue.get(&path).await.refused(404);
    mara.get(&path).await.ok();
}

#[tokio::test]
async fn under_an_embargo_nobody_makes_it_public() {
    let app = TestApp::start().await;
    let (mara, tom, ann) = (app.person("mara").await, app.person("tom").await, app.person("ann").await);
    app.project("neutron", &mara).await;
    let path = format!("/api/v1/deltas/{}", app.delta(&tom, json!({ "visibility": "private" })).await);
    let until = |hours: i64| {
        let at = app.app.clock.now() + time::Duration::hours(hours);
        json!({ "until": at.format(&time::format_description::well_known::Rfc3339).unwrap() })
    };
    let embargo = format!("{path}/embargo");
    ann.put(&embargo, until(24)).await.refused(404);
    tom.put(&embargo, until(-1)).await.refused(422);
    tom.put(&embargo, until(24 * 366 * 4)).await.refused(422);
    let seen = tom.put(&embargo, until(24)).await.ok();
    assert_eq!(seen.json["embargo"]["opens"], false);
    let public = async || {
        let etag = mara.get(&path).await.header("etag").to_owned();
        mara.with("if-match", &etag).patch(&path, json!({ "visibility": "public" })).await
    };
    public().await.refused(409);
    app.app.clock.advance(time::Duration::hours(25));
    server::act::delta::end_embargoes(&app.app).await.expect("a round");
    ann.get(&path).await.refused(404);
    public().await.ok();
    assert_eq!(ann.get(&path).await.ok().json["embargo"], json!(null));
    tom.put(&embargo, until(24)).await.refused(409);
}

#[tokio::test]
async fn an_embargo_can_make_it_public_by_itself() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let path = format!("/api/v1/deltas/{}", app.delta(&tom, json!({ "visibility": "private" })).await);
    let at = app.app.clock.now() + time::Duration::hours(2);
    let at = at.format(&time::format_description::well_known::Rfc3339).unwrap();
    mara.put(&format!("{path}/embargo"), json!({ "until": at, "opens": true })).await.ok();
    server::act::delta::end_embargoes(&app.app).await.expect("a round");
    app.anyone().get(&path).await.refused(404);
    mara.delete(&format!("{path}/embargo")).await.ok();
    app.app.clock.advance(time::Duration::hours(3));
    server::act::delta::end_embargoes(&app.app).await.expect("a round");
    app.anyone().get(&path).await.refused(404);
    let at = app.app.clock.now() + time::Duration::hours(2);
    let at = at.format(&time::format_description::well_known::Rfc3339).unwrap();
    mara.put(&format!("{path}/embargo"), json!({ "until": at, "opens": true })).await.ok();
    app.app.clock.advance(time::Duration::hours(3));
    server::act::delta::end_embargoes(&app.app).await.expect("a round");
    let told = app.anyone().get(&format!("{path}/timeline")).await.ok();
    assert!(told.text.contains("delta.visibility"), "{}", told.text);
}
