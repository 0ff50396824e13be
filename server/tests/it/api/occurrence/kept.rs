//! What is kept of a crash at filing, and taken away later.

use serde_json::{Value, json};

use super::{TRACE, crash};
use crate::support::{Client, TestApp};

/// A trace of four frames, as people paste it.
const LONG: &str = "Traceback (most recent call last):\n  File \"/srv/shop/app.py\", line 18, in main\n    run()\n  \
    File \"/srv/shop/run.py\", line 4, in run\n    step()\n  File \"/srv/shop/step.py\", line 7, in step\n    rate()\n  \
    File \"/srv/shop/rate.py\", line 8, in rate\n    return table[cur]\nKeyError: 'USD'\n";

#[tokio::test]
async fn filing_a_crash_that_is_known_says_so_and_files_it_all_the_same() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let file = async |who: &Client, more: Value| {
        let mut new = json!({ "kind": "crash", "project": "neutron", "title": "It falls over", "desired": "No", "actual": "Yes" });
        new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        who.post("/api/v1/deltas", new).await.status(201)
    };
    let seen = || json!({ "occurrence": { "trace": TRACE } });
    let first = file(&mara, seen()).await;
    assert_eq!((&first.json["key"], &first.json["same_crash"]), (&json!("D-1"), &Value::Null));
    let hidden = json!({ "occurrence": { "trace": TRACE }, "visibility": "private" });
    assert_eq!(file(&mara, hidden).await.json["same_crash"][0]["key"], "D-1");
    // What they may not see is not named.
    let third = file(&tom, seen()).await;
    assert!(!third.header("etag").is_empty());
    assert_eq!(third.json["same_crash"].as_array().unwrap().len(), 1, "{}", third.text);
    let same = &third.json["same_crash"][0];
    assert_eq!((&same["key"], &same["title"], &same["open"]), (&json!("D-1"), &json!("It falls over"), &json!(true)));
    let other = json!({ "occurrence": { "trace": TRACE.replace("rate", "price") } });
    assert_eq!(file(&tom, other).await.json["same_crash"], Value::Null);
    assert_eq!(tom.get("/api/v1/deltas/D-3").await.ok().json["same_crash"], Value::Null);
}

#[tokio::test]
async fn a_trace_in_the_text_is_the_first_occurrence() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let text = format!("Since Monday:\n\n```\npassword=hunter22\n{LONG}```\n\nWhy?");
    let key = crash(&app, &mara, json!({ "actual": text })).await;
    let path = |key: &str| format!("/api/v1/deltas/{key}/occurrences");
    let all = mara.get(&path(&key)).await.ok().json;
    let one = &all["items"][0];
    assert_eq!((&one["line"], &one["reporter"]["name"], &all["items"][1]), (&json!("KeyError: 'USD'"), &json!("mara"), &Value::Null));
    let whole = mara.get(&format!("{}/{}", path(&key), one["id"].as_str().unwrap())).await.ok();
    assert_eq!(whole.json["trace"]["raised"][0]["frames"].as_array().unwrap().len(), 4);
    assert!(!whole.text.contains("hunter22") && !whole.text.contains("Why?"), "{}", whole.text);
    assert_eq!(mara.get(&format!("/api/v1/deltas/{key}")).await.ok().json["actual"], json!(text));
    // Of a bug, too, where it stands in the rest; but only a crash is added to.
    let bug = app.delta(&mara, json!({ "body": LONG })).await;
    assert_eq!(mara.get(&path(&bug)).await.ok().json["items"][0]["fingerprint"], one["fingerprint"]);
    assert!(mara.get(&format!("/deltas/{bug}")).await.ok().text.contains("Stack traces"));
    mara.post(&path(&bug), json!({ "trace": TRACE })).await.refused(409);
    // Not where a trace comes along, nobody wants it, or it is hardly one.
    let given = crash(&app, &mara, json!({ "actual": LONG, "occurrence": { "trace": TRACE } })).await;
    let only = mara.get(&path(&given)).await.ok().json;
    assert_eq!(only["items"].as_array().unwrap().len(), 1);
    assert_ne!(only["items"][0]["fingerprint"], one["fingerprint"]);
    for new in [json!({ "actual": LONG, "keep_trace": false }), json!({ "actual": TRACE }), json!({ "kind": "spec", "actual": LONG })] {
        let none = app.delta(&mara, new).await;
        assert_eq!(mara.get(&path(&none)).await.ok().json["items"], json!([]), "{none}");
    }
    // Its facts go with it.
    let with = crash(&app, &mara, json!({ "actual": LONG, "occurrence": { "version": "2.0" } })).await;
    let with = mara.get(&path(&with)).await.ok().json;
    assert_eq!((&with["items"][0]["version"], &with["items"][0]["has_trace"]), (&json!("2.0"), &json!(true)));
}

#[tokio::test]
async fn an_occurrence_can_be_taken_away_by_who_reported_it_and_by_maintainers() {
    let app = TestApp::start().await;
    let (mara, tom, ann) = (app.person("mara").await, app.person("tom").await, app.person("ann").await);
    app.project("neutron", &mara).await;
    let key = crash(&app, &ann, json!({ "occurrence": { "trace": TRACE, "version": "1" } })).await;
    let path = format!("/api/v1/deltas/{key}/occurrences");
    let add = async |who: &Client, version: &str| {
        let said = who.post(&path, json!({ "trace": TRACE.replace("USD", "sk-secret"), "version": version })).await.status(201);
        format!("{path}/{}", said.json["occurrence"]["id"].as_str().unwrap())
    };
    let (own, other) = (add(&tom, "2").await, add(&tom, "2").await);
    let many = app.ci("neutron").await.post(&path, json!({ "trace": TRACE, "count": 40, "version": "1" })).await.status(201).json;
    let many = format!("{path}/{}", many["occurrence"]["id"].as_str().unwrap());
    app.anyone().delete(&own).await.refused(401);
    // Having reported the delta is not having reported this.
    ann.delete(&own).await.refused(403);
    app.ci("neutron").await.delete(&many).await.refused(403);
    tom.delete(&own).await.status(204);
    tom.delete(&own).await.refused(404);
    mara.delete(&other).await.status(204);
    tom.delete(&many).await.refused(403);
    let counts = async || app.anyone().get(&format!("{path}/counts")).await.ok().json;
    let after = counts().await;
    assert_eq!((&after["total"], after["releases"].as_array().unwrap().len()), (&json!(41), 1), "{after}");
    mara.delete(&many).await.status(204);
    let after = counts().await;
    assert_eq!((&after["total"], &after["releases"][0]["version"], &after["releases"][0]["count"]), (&json!(1), &json!("1"), &json!(1)));
    assert_eq!(after["releases"][0]["first_seen"], after["releases"][0]["last_seen"]);
    let told = app.anyone().get(&format!("/api/v1/deltas/{key}/timeline")).await.ok();
    let removed: Vec<_> = told.json["items"].as_array().unwrap().iter().filter(|one| one["kind"] == "occurrence.removed").collect();
    assert_eq!(removed.len(), 3);
    assert!(!told.text.contains("sk-secret"), "{}", told.text);
    // With the last of them nothing is recognised by it.
    let ask = async || {
        let query = serde_html_form::to_string([("text", TRACE)]).unwrap();
        app.anyone().get(&format!("/api/v1/deltas/similar?{query}")).await.ok().json["crashes"].clone()
    };
    assert_eq!(ask().await[0]["same"], true);
    let last = app.anyone().get(&path).await.ok().json["items"][0]["id"].as_str().unwrap().to_owned();
    ann.delete(&format!("{path}/{last}")).await.status(204);
    assert_eq!(ask().await, json!([]));
    assert_eq!((&counts().await["total"], &counts().await["releases"], &counts().await["days"]), (&json!(0), &json!([]), &json!([])));
    assert!(app.verify().await.is_empty(), "{:?}", app.verify().await);
}

#[tokio::test]
async fn an_occurrence_that_was_counted_without_its_version_is_taken_away_there() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let path = format!("/api/v1/deltas/{}/occurrences", crash(&app, &mara, json!({})).await);
    // As reports of 300 versions leave it.
    app.execute(
        "INSERT INTO occurrence_release (delta_id, version, platform, \"count\", first_seen, last_seen)
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 300)
         SELECT delta.id, '1.' || n, '', 1, delta.created_at, delta.created_at FROM delta CROSS JOIN n;
         INSERT INTO occurrence_day (delta_id, day, \"count\") SELECT id, '2026-01-01', 300 FROM delta",
    )
    .await;
    let one = mara.post(&path, json!({ "trace": TRACE, "version": "2" })).await.status(201).json["occurrence"].clone();
    assert_eq!(one["version"], "");
    let there = |counts: &Value| (counts["total"].clone(), counts["releases"].as_array().unwrap().iter().any(|one| one["version"] == ""));
    assert_eq!(there(&mara.get(&format!("{path}/counts")).await.ok().json).0, json!(301));
    mara.delete(&format!("{path}/{}", one["id"].as_str().unwrap())).await.status(204);
    assert_eq!(there(&mara.get(&format!("{path}/counts")).await.ok().json), (json!(300), false));
}
