mod kept;

use std::cell::RefCell;

use axum::http::Method;
use serde_json::{Value, json};
use server::store::db::{Dialect, PLANS};

use crate::support::{Client, Reply, TestApp};

const TRACE: &str = "Traceback (most recent call last):\n  File \"/home/mara/shop/app.py\", line 18, in main\n    run()\n  File \"/home/mara/shop/rate.py\", line 8, in rate\n    return table[cur]\nKeyError: 'USD'\n";

async fn crash(app: &TestApp, client: &Client, more: Value) -> String {
    let mut new = json!({ "kind": "crash", "title": "It falls over" });
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.delta(client, new).await
}

async fn text(client: &Client, path: &str, trace: &str) -> Reply {
    client.send(Method::POST, path, Some("text/plain"), trace.to_owned()).await
}

#[tokio::test]
async fn an_occurrence_is_read_kept_and_counted() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let first = json!({ "occurrence": { "trace": TRACE, "version": "2.0", "platform": "Linux" } });
    let key = crash(&app, &mara, first).await;
    let path = format!("/api/v1/deltas/{key}/occurrences");
    let moved = TRACE.replace("line 8", "line 80").replace("USD", "JPY");
    let said = text(&tom, &format!("{path}?version=2.1&platform=macOS&environment=production"), &moved).await.status(201).json;
    assert_eq!(said["trace"]["language"], "python");
    assert_eq!(said["trace"]["raised"][0]["frames"][0]["function"], "rate");
    assert_eq!(said["trace"]["raised"][0]["frames"][0]["in_app"], true);
    assert_eq!((&said["occurrence"]["line"], &said["occurrence"]["reporter"]["name"]), (&json!("KeyError: 'JPY'"), &json!("tom")));
    let all = app.anyone().get(&path).await.ok().json;
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    assert_eq!(all["items"][0]["fingerprint"], all["items"][1]["fingerprint"], "{all}");
    assert!(all["items"][0]["fingerprint"].as_str().unwrap().starts_with("v1:"));
    let page = app.anyone().get(&format!("{path}?limit=1")).await.ok().json;
    let next = app.anyone().get(&format!("{path}?limit=1&cursor={}", page["next"].as_str().unwrap())).await.ok().json;
    assert_eq!((&next["items"][0], &next["next"]), (&all["items"][1], &Value::Null));
    app.anyone().get(&format!("{path}?cursor=x")).await.refused(422);
    let counts = app.anyone().get(&format!("{path}/counts")).await.ok().json;
    assert_eq!((&counts["total"], counts["days"].as_array().unwrap().len(), &counts["days"][0]["count"]), (&json!(2), 1, &json!(2)));
    let versions: Vec<_> = counts["releases"].as_array().unwrap().iter().map(|one| one["version"].as_str().unwrap()).collect();
    assert!(versions.contains(&"2.0") && versions.contains(&"2.1"), "{versions:?}");
    let impact = app.anyone().get(&format!("/api/v1/deltas/{key}/impact")).await.ok().json;
    assert_eq!(
        (&impact["machine"]["occurrences"], &impact["machine"]["occurrences_week"], &impact["affected"]),
        (&json!(2), &json!(2), &json!(0))
    );
    let one = app.anyone().get(&format!("{path}/{}", said["occurrence"]["id"].as_str().unwrap())).await.ok().json;
    assert_eq!(one, said);
    let told = app.anyone().get(&format!("/api/v1/deltas/{key}/timeline")).await.ok().json;
    assert_eq!((&told["items"][1]["kind"], &told["items"][1]["data"]["version"]), (&json!("occurrence.added"), &json!("2.1")));
}

#[tokio::test]
async fn what_looks_like_a_secret_is_not_kept() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let key = crash(&app, &mara, json!({})).await;
    let path = format!("/api/v1/deltas/{key}/occurrences");
    let trace = format!("Authorization: Bearer abcdef123456\npostgres://heron:hunter22@db/x\nAKIAABCDEFGHIJKLMNOP\n{TRACE}");
    let said = mara.post(&path, json!({ "trace": trace })).await.status(201);
    for secret in ["abcdef123456", "hunter22", "AKIAABCDEFGHIJKLMNOP", "/home/mara"] {
        assert!(!said.text.contains(secret), "{secret}: {}", said.text);
    }
    assert!(said.json["text"].as_str().unwrap().contains("postgres://heron:[removed]@db/x"), "{}", said.text);
}

#[tokio::test]
async fn who_may_not_report_is_told_so() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    app.project("cinder", &mara).await;
    let key = crash(&app, &mara, json!({})).await;
    let path = format!("/api/v1/deltas/{key}/occurrences");
    let body = || json!({ "trace": TRACE });
    app.anyone().post(&path, body()).await.refused(401);
    app.ci("cinder").await.post(&path, body()).await.refused(403);
    let many = app.ci("neutron").await.post(&path, json!({ "trace": TRACE, "count": 40, "version": "3" })).await.status(201).json;
    assert_eq!((&many["occurrence"]["count"], &many["occurrence"]["reporter"]), (&json!(40), &Value::Null));
    tom.post(&path, json!({ "trace": TRACE, "count": 2 })).await.refused(422);
    let hidden = crash(&app, &mara, json!({ "visibility": "private" })).await;
    let hidden = format!("/api/v1/deltas/{hidden}/occurrences");
    for caller in [&tom, &app.ci("neutron").await] {
        caller.post(&hidden, body()).await.refused(404);
    }
    tom.get(&hidden).await.refused(404);
    tom.get(&format!("{hidden}/counts")).await.refused(404);
    let id = mara.post(&hidden, body()).await.status(201).json["occurrence"]["id"].as_str().unwrap().to_owned();
    tom.get(&format!("{hidden}/{id}")).await.refused(404);
    tom.get(&format!("{path}/{id}")).await.refused(404);
    let bug = app.delta(&mara, json!({})).await;
    mara.post(&format!("/api/v1/deltas/{bug}/occurrences"), body()).await.refused(409);
    app.ci("neutron").await.get("/api/v1/me").await.refused(403);
}

#[tokio::test]
async fn wrong_reports_are_refused_with_their_field() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let key = crash(&app, &mara, json!({})).await;
    let path = format!("/api/v1/deltas/{key}/occurrences");
    let field = |reply: Reply| reply.refused(422).json["errors"][0]["field"].as_str().unwrap_or_default().to_owned();
    assert_eq!(field(mara.post(&path, json!({})).await), "trace");
    assert_eq!(field(mara.post(&path, json!({ "trace": "a\0b" })).await), "trace");
    assert_eq!(field(mara.post(&path, json!({ "trace": "x".repeat(262_145) })).await), "trace");
    assert_eq!(field(mara.post(&path, json!({ "version": "x".repeat(65) })).await), "version");
    assert_eq!(field(mara.post(&path, json!({ "version": "a\nb" })).await), "version");
    assert_eq!(field(mara.post(&path, json!({ "platform": "x".repeat(101) })).await), "platform");
    assert_eq!(field(mara.post(&path, json!({ "trace": TRACE, "count": 0 })).await), "count");
    assert_eq!(field(mara.post(&path, json!({ "trace": TRACE, "host": "x" })).await), "host");
    mara.send(Method::POST, &path, Some("text/plain"), vec![0xff, 0xfe]).await.refused(400);
    mara.send(Method::POST, &path, Some("text/html"), "x").await.refused(415);
    text(&mara, &format!("{path}?when=now"), TRACE).await.refused(422);
    text(&mara, &path, &"x".repeat(2 << 20)).await.refused(413);
    assert_eq!(app.anyone().get(&path).await.ok().json["items"], json!([]));
    // What holds no trace is kept as it came, and recognised by nothing.
    let said = text(&mara, &path, "it just went away").await.status(201).json;
    assert_eq!(
        (&said["trace"], &said["occurrence"]["fingerprint"], &said["text"]),
        (&Value::Null, &Value::Null, &json!("it just went away"))
    );
    let wrong =
        json!({ "kind": "bug", "project": "neutron", "title": "x", "desired": "x", "actual": "x", "occurrence": { "trace": TRACE } });
    mara.post("/api/v1/deltas", wrong).await.refused(422);
}

#[tokio::test]
async fn the_same_report_sent_twice_with_a_key_counts_once() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let path = format!("/api/v1/deltas/{}/occurrences", crash(&app, &mara, json!({})).await);
    let ci = app.ci("neutron").await.with("idempotency-key", "crash-1");
    let first = ci.post(&path, json!({ "trace": TRACE, "count": 3 })).await.status(201);
    assert_eq!(first.json, ci.post(&path, json!({ "trace": TRACE, "count": 3 })).await.status(201).json);
    assert_eq!(app.anyone().get(&format!("{path}/counts")).await.ok().json["total"], 3);
}

#[tokio::test]
async fn only_the_newest_are_kept_and_all_are_counted() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let path = format!("/api/v1/deltas/{}/occurrences", crash(&app, &mara, json!({})).await);
    for n in 0..205 {
        text(&mara, &format!("{path}?version=1.{n}"), &TRACE.replace("in rate", &format!("in rate_{n}"))).await.status(201);
    }
    let page = mara.get(&format!("{path}?limit=100")).await.ok().json;
    let second = mara.get(&format!("{path}?limit=100&cursor={}", page["next"].as_str().unwrap())).await.ok().json;
    assert_eq!((second["items"].as_array().unwrap().len(), &second["next"]), (100, &Value::Null));
    let traces = page["items"].as_array().unwrap().iter().filter(|one| one["has_trace"] == true).count();
    assert_eq!(traces, 20);
    assert_eq!(mara.get(&format!("{path}/counts")).await.ok().json["total"], 205);
}

#[tokio::test]
async fn the_same_crash_is_found_first_and_says_so() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let same = crash(&app, &mara, json!({ "title": "Rates", "occurrence": { "trace": TRACE } })).await;
    let other = TRACE.replace("in main", "in serve");
    let near = crash(&app, &mara, json!({ "title": "Serving", "occurrence": { "trace": other } })).await;
    let hidden = crash(&app, &mara, json!({ "title": "Hidden", "visibility": "private", "occurrence": { "trace": TRACE } })).await;
    app.delta(&mara, json!({ "title": "Words that the question shares: currency table" })).await;
    let ask = async |who: &Client, text: &str| {
        let query = serde_html_form::to_string([("title", "currency table"), ("text", text)]).unwrap();
        who.get(&format!("/api/v1/deltas/similar?{query}")).await.ok().json
    };
    let found = ask(&tom, &format!("It broke:\n```\n{TRACE}```\n")).await;
    assert_eq!((&found["items"][0]["key"], &found["items"][1]["key"]), (&json!(same), &json!(near)), "{found}");
    assert_eq!((&found["crashes"][0]["words"], &found["crashes"][0]["same"]), (&json!("same crash"), &json!(true)));
    assert_eq!((&found["crashes"][1]["words"], &found["crashes"][1]["key"]), (&json!("similar crash"), &json!(near)));
    assert!(!found.to_string().contains(&format!("\"{hidden}\"")), "{found}");
    assert_eq!(found["items"].as_array().unwrap().len(), 3);
    assert_eq!(ask(&tom, "no trace here").await["crashes"], json!([]));
    // How much others share does not tell that there is one more.
    let before = ask(&tom, TRACE).await;
    crash(
        &app,
        &mara,
        json!({ "title": "Hidden too", "visibility": "private", "occurrence": { "trace": TRACE.replace("in main", "in other") } }),
    )
    .await;
    assert_eq!(ask(&tom, TRACE).await, before);
    assert!(ask(&mara, TRACE).await.to_string().contains(&format!("\"{hidden}\"")));
}

#[tokio::test]
async fn occurrences_of_a_duplicate_count_for_what_stands_for_it() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let first = crash(&app, &mara, json!({ "occurrence": { "trace": TRACE, "version": "1" } })).await;
    let second = crash(&app, &mara, json!({ "occurrence": { "trace": TRACE.replace("rate.py", "price.py"), "version": "2" } })).await;
    let third = crash(&app, &mara, json!({ "visibility": "private", "occurrence": { "trace": TRACE, "version": "3" } })).await;
    for key in [&second, &third] {
        mara.put(&format!("/api/v1/deltas/{key}/resolution"), json!({ "resolution": "duplicate", "duplicate_of": first })).await.ok();
    }
    let total = async |who: &Client| who.get(&format!("/api/v1/deltas/{first}/occurrences/counts")).await.ok().json["total"].clone();
    assert_eq!((total(&tom).await, total(&mara).await), (json!(2), json!(3)));
    let impact = tom.get(&format!("/api/v1/deltas/{first}/impact")).await.ok().json;
    assert_eq!(impact["machine"]["occurrences"], 2);
    // A crash like the duplicate's leads to what stands for it.
    let query = serde_html_form::to_string([("text", TRACE.replace("rate.py", "price.py"))]).unwrap();
    let found = tom.get(&format!("/api/v1/deltas/similar?{query}")).await.ok().json;
    assert_eq!((&found["items"][0]["key"], &found["crashes"][0]["same"]), (&json!(first), &json!(true)), "{found}");
    mara.delete(&format!("/api/v1/deltas/{second}/resolution")).await.ok();
    assert_eq!(total(&tom).await, json!(1));
}

/// Says how a delta's gap ended.
async fn end(mara: &Client, key: &str, said: Value) {
    mara.put(&format!("/api/v1/deltas/{key}/resolution"), said).await.ok();
}

#[tokio::test]
async fn a_closed_crash_that_is_seen_where_it_should_be_fixed_is_open_again() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    for (name, at) in [("4.2", "2026-01-01T00:00:00Z"), ("4.3", "2026-02-01T00:00:00Z")] {
        mara.put(&format!("/api/v1/projects/neutron/releases/{name}"), json!({ "released_at": at })).await.ok();
    }
    let key = crash(&app, &mara, json!({})).await;
    let delta = async || app.anyone().get(&format!("/api/v1/deltas/{key}")).await.ok().json;
    let seen = async |who: &Client, key: &str, version: &str| {
        let path = format!("/api/v1/deltas/{key}/occurrences");
        who.post(&path, json!({ "trace": TRACE, "version": version })).await.status(201).json["occurrence"]["id"].clone()
    };
    // Older ones go on to be seen; who runs the release says that it is not gone.
    end(&mara, &key, json!({ "resolution": "closed", "release": "4.3" })).await;
    seen(&tom, &key, "4.2.9").await;
    assert_eq!((&delta().await["open"], &delta().await["regressed_at"]), (&json!(false), &Value::Null));
    let id = seen(&tom, &key, "4.3.1").await;
    let open = delta().await;
    assert!(open["open"] == true && open["regressed_at"].is_string() && open["resolution"].is_null(), "{open}");
    let told = app.anyone().get(&format!("/api/v1/deltas/{key}/timeline")).await.ok().json;
    let last = told["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["kind"], &last["actor"]), (&json!("delta.regressed"), &Value::Null));
    assert_eq!(last["data"], json!({ "occurrence": id, "version": "4.3.1" }));
    let page = app.anyone().get(&format!("/deltas/{key}")).await.ok().text;
    assert!(page.contains("An occurrence") && page.contains("in 4.3.1 showed this again: it is open"), "{page}");
    assert_eq!(tom.get("/api/v1/deltas?q=is:regressed").await.ok().json["items"][0]["key"], json!(key));

    // Without a release any version says so, and a machine without one; what was declined stays declined.
    end(&mara, &key, json!({ "resolution": "closed" })).await;
    seen(&tom, &key, "").await;
    assert_eq!(delta().await["open"], false);
    seen(&app.ci("neutron").await, &key, "").await;
    assert_eq!(delta().await["open"], true);
    end(&mara, &key, json!({ "resolution": "declined", "reason": "Not ours." })).await;
    seen(&tom, &key, "9.9").await;
    assert_eq!(delta().await["resolution"]["resolution"], "declined");
    assert!(app.verify().await.is_empty(), "{:?}", app.verify().await);
}

#[tokio::test]
async fn an_occurrence_of_a_duplicate_opens_what_stands_for_it_again() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let first = crash(&app, &mara, json!({})).await;
    let (second, hidden) = (crash(&app, &tom, json!({})).await, crash(&app, &mara, json!({ "visibility": "private" })).await);
    for key in [&second, &hidden] {
        end(&mara, key, json!({ "resolution": "duplicate", "duplicate_of": first })).await;
    }
    end(&mara, &first, json!({ "resolution": "closed" })).await;
    let open = async |key: &str| mara.get(&format!("/api/v1/deltas/{key}")).await.ok().json["open"].clone();
    // What happens to a private one would tell of it.
    mara.post(&format!("/api/v1/deltas/{hidden}/occurrences"), json!({ "trace": TRACE, "version": "4.3" })).await.status(201);
    assert_eq!(open(&first).await, false);
    tom.post(&format!("/api/v1/deltas/{second}/occurrences"), json!({ "trace": TRACE, "version": "4.3" })).await.status(201);
    assert_eq!((open(&first).await, open(&second).await, open(&hidden).await), (json!(true), json!(false), json!(false)));
    // Two at once, of both, wait for each other in one order.
    for _ in 0..4 {
        end(&mara, &first, json!({ "resolution": "closed" })).await;
        let paths = [&first, &second].map(|key| format!("/api/v1/deltas/{key}/occurrences"));
        let seen = || json!({ "trace": TRACE, "version": "4.3" });
        let (one, other) = tokio::join!(tom.post(&paths[0], seen()), mara.post(&paths[1], seen()));
        one.status(201);
        other.status(201);
        assert_eq!(open(&first).await, true);
    }
}

#[tokio::test]
async fn all_occurrences_are_counted_however_many_versions_there_are() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let first = crash(&app, &mara, json!({})).await;
    for _ in 0..2 {
        let key = crash(&app, &mara, json!({})).await;
        end(&mara, &key, json!({ "resolution": "duplicate", "duplicate_of": first })).await;
    }
    // As reports of 200 versions of each leave it.
    app.execute(
        "INSERT INTO occurrence_release (delta_id, version, platform, \"count\", first_seen, last_seen)
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 200)
         SELECT delta.id, delta.number || '.' || n, '', 1, delta.created_at, delta.created_at FROM delta CROSS JOIN n;
         INSERT INTO occurrence_day (delta_id, day, \"count\") SELECT id, '2026-01-01', 200 FROM delta",
    )
    .await;
    let counts = app.anyone().get(&format!("/api/v1/deltas/{first}/occurrences/counts")).await.ok().json;
    assert_eq!((&counts["total"], counts["releases"].as_array().unwrap().len()), (&json!(600), 300));
}

#[tokio::test]
async fn the_occurrences_of_a_delta_are_found_from_the_delta_on() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    for _ in 0..50 {
        crash(&app, &mara, json!({})).await;
    }
    let id = if app.app.db.dialect() == Dialect::Sqlite { "randomblob(16)" } else { "gen_random_uuid()" };
    app.execute(&format!(
        "INSERT INTO occurrence (id, delta_id, at) WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 200)
         SELECT {id}, delta.id, delta.created_at FROM delta CROSS JOIN n; ANALYZE"
    ))
    .await;
    for path in ["/api/v1/deltas/D-7/occurrences", "/api/v1/deltas/D-7/occurrences/counts", "/deltas/D-7"] {
        let (reply, plans) = PLANS.scope(RefCell::default(), async { (mara.get(path).await, PLANS.with(RefCell::take)) }).await;
        reply.ok();
        let mut family =
            plans.iter().filter(|plan| plan.sql.contains("\"delta\".\"duplicate_of\" = ") && plan.sql.contains("\"occurrence"));
        let first = family.next().unwrap_or_else(|| panic!("{path} asks for none"));
        for plan in family.chain([first]) {
            // What stands behind a duplicate is not looked for, and occurrences are not gone through for it.
            assert!(!plan.sql.contains("\"duplicate_of\" IN"), "{path}: {}", plan.sql);
            let through = plan.steps.iter().find(|step| step.contains("Scan Backward using occurrence_pkey"));
            assert_eq!(through, None, "{path}: {:?}: {}", plan.steps, plan.sql);
        }
    }
}
