use serde_json::json;
use server::{act, store};

use crate::support::TestApp;

#[tokio::test]
async fn maintainers_close_and_reporters_withdraw() {
    let app = TestApp::start().await;
    let (mara, tom, ann) = (app.person("mara").await, app.person("tom").await, app.person("ann").await);
    app.project("neutron", &mara).await;
    let path = format!("/api/v1/deltas/{}", app.delta(&tom, json!({})).await);
    let end = format!("{path}/resolution");
    let closed = json!({ "resolution": "closed", "reason": "Fixed.", "release": "2026.2" });
    for client in [&tom, &ann] {
        client.put(&end, closed.clone()).await.refused(403);
        client.put(&end, json!({ "resolution": "declined", "reason": "No." })).await.refused(403);
    }
    app.anyone().put(&end, closed.clone()).await.refused(401);
    mara.put(&end, json!({ "resolution": "withdrawn" })).await.refused(403);
    ann.put(&end, json!({ "resolution": "withdrawn" })).await.refused(403);
    for bad in [
        json!({ "resolution": "declined" }),
        json!({ "resolution": "done" }),
        json!({ "resolution": "duplicate" }),
        json!({ "resolution": "closed", "duplicate_of": "D-1" }),
        json!({ "resolution": "declined", "reason": "No.", "release": "1" }),
    ] {
        mara.put(&end, bad).await.refused(422);
    }
    let unknown = mara.put(&end, closed.clone()).await.refused(422);
    assert_eq!(unknown.json["errors"][0]["field"], "release");
    mara.put("/api/v1/projects/neutron/releases/2026.2", json!({})).await.ok();
    mara.with("if-match", "\"7\"").put(&end, closed.clone()).await.refused(412);
    let seen = mara.with("if-match", "\"1\"").put(&end, closed.clone()).await.ok();
    let resolution = &seen.json["resolution"];
    assert_eq!(
        (&seen.json["open"], &resolution["resolution"], &resolution["release"]),
        (&json!(false), &json!("closed"), &json!("2026.2"))
    );
    assert_eq!(resolution["by"]["name"], "mara");
    mara.put(&end, closed).await.refused(409);
    tom.delete(&end).await.refused(403);
    let seen = mara.delete(&end).await.ok();
    assert_eq!((&seen.json["open"], &seen.json["resolution"]), (&json!(true), &json!(null)));
    mara.delete(&end).await.refused(409);
    tom.put(&end, json!({ "resolution": "withdrawn" })).await.ok();
    ann.delete(&end).await.refused(403);
    tom.delete(&end).await.ok();
    let open = app.anyone().get("/api/v1/deltas?q=is:open project:neutron".replace(' ', "%20").as_str()).await.ok();
    assert_eq!(open.json["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_duplicate_follows_to_the_survivor_and_never_in_a_circle() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    for _ in 0..3 {
        app.delta(&tom, json!({})).await;
    }
    let of = |key: &str| format!("/api/v1/deltas/{key}/resolution");
    let duplicate = |other: &str| json!({ "resolution": "duplicate", "duplicate_of": other });
    app.person("ann").await.put(&of("D-1"), duplicate("D-2")).await.refused(403);
    tom.put(&of("D-1"), duplicate("D-1")).await.refused(422);
    tom.put(&of("D-1"), duplicate("D-9")).await.refused(422);
    tom.put(&of("D-1"), duplicate("D-2")).await.ok();
    tom.put(&of("D-2"), duplicate("D-1")).await.refused(422);
    let seen = mara.put(&of("D-3"), duplicate("D-1")).await.ok();
    assert_eq!(seen.json["resolution"]["duplicate_of"]["key"], "D-2");
    let survivor = app.anyone().get("/api/v1/deltas/D-2").await.ok();
    assert_eq!(survivor.json["duplicates"].as_array().map(Vec::len), Some(2));
    tom.put(&of("D-2"), duplicate("D-3")).await.refused(422);
    tom.delete(&of("D-1")).await.ok();
    let survivor = app.anyone().get("/api/v1/deltas/D-2").await.ok();
    assert_eq!(survivor.json["duplicates"][0]["key"], "D-3");
}

#[tokio::test]
async fn what_was_closed_and_is_seen_again_is_open_and_says_so() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let key = app.delta(&mara, json!({})).await;
    let path = format!("/api/v1/deltas/{key}");
    let regress = async || {
        let mut tx = app.app.db.write().await.unwrap();
        let row = store::delta::find(&mut tx, &server::caller::Caller::default(), key.parse().unwrap()).await.unwrap();
        let done = act::resolution::regress(&mut tx, app.app.clock.now(), row.id, json!({ "run": "1" })).await.unwrap();
        tx.commit().await.unwrap();
        done
    };
    assert!(!regress().await);
    mara.put(&format!("{path}/resolution"), json!({ "resolution": "closed" })).await.ok();
    assert!(regress().await);
    let seen = app.anyone().get(&path).await.ok();
    assert_eq!(seen.json["open"], true);
    assert!(seen.json["regressed_at"].is_string());
    mara.put(&format!("{path}/resolution"), json!({ "resolution": "declined", "reason": "So be it." })).await.ok();
    assert!(!regress().await);
}

#[tokio::test]
async fn two_people_cannot_close_a_circle_of_duplicates() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    for _ in 0..6 {
        let mut keys = Vec::new();
        for _ in 0..4 {
            keys.push(app.delta(&mara, json!({})).await);
        }
        let duplicate = async |key: &str, other: &str| {
            let path = format!("/api/v1/deltas/{key}/resolution");
            mara.put(&path, json!({ "resolution": "duplicate", "duplicate_of": other })).await.status.as_u16()
        };
        let [a, b, c, d] = &keys[..] else { unreachable!() };
        assert_eq!((duplicate(a, b).await, duplicate(c, d).await), (200, 200));
        let (one, other) = tokio::join!(duplicate(b, c), duplicate(d, a));
        let mut both = [one, other];
        both.sort_unstable();
        assert!(both[0] == 200 && matches!(both[1], 409 | 422), "{both:?}");
    }
}
