use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{
    Client, Reply, TestApp,
    ci::{failed, passed, run},
};

const RUNS: &str = "/api/v1/projects/neutron/runs";
const JUNIT: &str = r#"<testsuites><testsuite name="s"><testcase classname="a" name="good"/><testcase classname="a" name="bad">
<failure message="lost port 41">trace</failure></testcase><testcase classname="a" name="skip"><skipped/></testcase></testsuite></testsuites>"#;

async fn xml(client: &Client, query: &str, body: impl Into<Vec<u8>>) -> Reply {
    client.send(Method::POST, &format!("{RUNS}?{query}"), Some("application/xml"), body.into()).await
}

/// Nothing is stored of what was refused.
async fn nothing_kept(app: &TestApp) {
    assert_eq!(app.anyone().get(RUNS).await.ok().json["items"], json!([]));
}

#[tokio::test]
async fn junit_is_counted_and_its_failures_are_new() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let ci = app.ci("neutron").await;
    let reply = xml(&ci, "external_id=b1&job=unit&branch=main&url=https://ci.example/1", JUNIT).await.status(201);
    let counts = ["tests", "passed", "failed", "errored", "skipped"].map(|name| reply.json[name].as_i64().unwrap());
    assert_eq!(counts, [3, 1, 1, 0, 1]);
    assert_eq!(reply.json["failures"].as_array().unwrap().len(), 1);
    assert_eq!((&reply.json["failures"][0]["test"], &reply.json["failures"][0]["verdict"]), (&json!("a.bad"), &json!("new")));
    assert_eq!(reply.json["all_known"], false);
    let id = reply.json["run"].as_str().unwrap();
    let stored = app.anyone().get(&format!("/api/v1/runs/{id}")).await.ok();
    assert_eq!(
        (&stored.json["project"], &stored.json["job"], &stored.json["failures_total"]),
        (&json!("neutron"), &json!("unit"), &json!(1))
    );
    assert_eq!(stored.json["failures"][0]["message"], "lost port 41");
    app.anyone().get("/api/v1/runs/00000000-0000-7000-8000-000000000000").await.refused(404);
}

#[tokio::test]
async fn the_same_run_again_gives_the_same_receipt_and_counts_nothing_twice() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let ci = app.ci("neutron").await;
    let first = run(&ci, "b1", json!([failed("a", "lost"), passed("b")])).await.status(201);
    let again = run(&ci, "b1", json!([failed("a", "lost"), passed("b")])).await.status(200);
    assert_eq!(first.json, again.json);
    let groups = app.anyone().get("/api/v1/projects/neutron/failures").await.ok();
    assert_eq!(groups.json["items"][0]["failures"], 1);
    let body = json!({ "external_id": "b1", "attempt": 2, "tests": [] });
    let second = ci.post(RUNS, body).await.status(201);
    assert_eq!(second.json["all_known"], true);
    assert_eq!(app.anyone().get(RUNS).await.ok().json["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn parallel_posts_of_one_run_are_one_run() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let ci = app.ci("neutron").await;
    let posts = (0..8).map(|_| {
        let ci = ci.clone();
        tokio::spawn(async move { run(&ci, "b1", json!([failed("a", "lost"), failed("b", "gone")])).await })
    });
    let mut receipts = Vec::new();
    for post in posts {
        receipts.push(post.await.unwrap().ok());
    }
    assert_eq!(receipts.iter().filter(|reply| reply.status == 201).count(), 1);
    assert!(receipts.iter().all(|reply| reply.json == receipts[0].json));
    let groups = app.anyone().get("/api/v1/projects/neutron/failures").await.ok();
    assert_eq!(groups.json["items"].as_array().unwrap().iter().map(|group| group["failures"].as_i64().unwrap()).sum::<i64>(), 2);
}

#[tokio::test]
async fn parallel_runs_with_the_same_failures_are_all_counted() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let ci = app.ci("neutron").await;
    let posts = (0..12).map(|i| {
        let ci = ci.clone();
        let mut tests: Vec<Value> = (0..20).map(|n| failed(&format!("t{n}"), "lost")).collect();
        if i % 2 == 0 {
            tests.reverse();
        }
        tokio::spawn(async move { run(&ci, &format!("b{i}"), json!(tests)).await })
    });
    for post in posts {
        post.await.unwrap().status(201);
    }
    let groups = app.anyone().get("/api/v1/projects/neutron/failures?limit=100").await.ok();
    let groups = groups.json["items"].as_array().unwrap().clone();
    assert_eq!(groups.len(), 20);
    assert!(groups.iter().all(|group| group["failures"] == 12), "{groups:?}");
}

#[tokio::test]
async fn only_ci_of_the_project_and_its_maintainers_report() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    app.project("nova", &tom).await;
    run(&app.anyone(), "b1", json!([])).await.refused(401);
    run(&app.anyone().bearer("dlb_wrong"), "b1", json!([])).await.refused(401);
    run(&tom, "b1", json!([])).await.refused(403);
    run(&app.ci("nova").await, "b1", json!([])).await.refused(403);
    app.ci("neutron").await.post("/api/v1/projects/glance/runs", json!({})).await.refused(404);
    nothing_kept(&app).await;
    run(&mara, "b1", json!([])).await.status(201);
}

#[tokio::test]
async fn a_token_of_ci_may_do_nothing_else() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let ci = app.ci("neutron").await;
    let reply = run(&ci, "b1", json!([failed("a", "lost")])).await.status(201);
    let group = reply.json["failures"][0]["group"].as_str().unwrap().to_owned();
    ci.post(&format!("/api/v1/failure-groups/{group}/delta"), json!({})).await.refused(403);
    ci.post("/api/v1/projects/neutron/signatures/try", json!({ "query": "lost" })).await.refused(403);
    let told = ci.send(Method::POST, "/api/v1/deltas", Some("application/json"), "no JSON").await.refused(403);
    assert!(told.text.contains("CI token"), "{}", told.text);
}

#[tokio::test]
async fn a_test_that_failed_and_then_passed_in_one_run_is_flaky() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let ci = app.ci("neutron").await;
    let twice = r#"<testsuite name="s"><testcase classname="a" name="t"><failure message="lost"/></testcase>
<testcase classname="a" name="t"/></testsuite>"#;
    let junit = xml(&ci, "external_id=b1", twice).await.status(201);
    let json = run(&ci, "b2", json!([failed("a.t", "lost"), passed("a.t")])).await.status(201);
    for reply in [junit, json] {
        assert_eq!((&reply.json["tests"], &reply.json["passed"], &reply.json["failed"]), (&json!(2), &json!(1), &json!(1)));
        assert_eq!((&reply.json["failures"][0]["verdict"], &reply.json["all_known"]), (&json!("flaky"), &json!(true)), "{}", reply.text);
    }
    let back = run(&ci, "b3", json!([passed("a.t"), failed("a.t", "lost")])).await.status(201);
    assert_eq!((&back.json["tests"], &back.json["failures"][0]["verdict"]), (&json!(2), &json!("new")));
}

#[tokio::test]
async fn a_fact_that_is_empty_is_absent() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let ci = app.ci("neutron").await;
    let query = "external_id=b1&attempt=&voting=&job=&url=https%3A%2F%2Fci.example%2F%3Fa%3D1%26b%3D2";
    let reply = xml(&ci, query, JUNIT).await.status(201);
    let stored = app.anyone().get(&format!("/api/v1/runs/{}", reply.json["run"].as_str().unwrap())).await.ok();
    assert_eq!((&stored.json["attempt"], &stored.json["url"]), (&json!(1), &json!("https://ci.example/?a=1&b=2")));
    let refused = xml(&ci, "external_id=b1&attempt=two", JUNIT).await.refused(422);
    assert_eq!(refused.json["errors"][0], json!({ "field": "attempt", "detail": "must be a whole number" }));
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_its_place_and_nothing_is_kept() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let ci = app.ci("neutron").await;
    let bomb = r#"<!DOCTYPE t [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><testsuite name="&b;"/>"#;
    for (body, why) in [
        (JUNIT.as_bytes()[..JUNIT.len() - 40].to_vec(), "not closed"),
        (bomb.as_bytes().to_vec(), "entity"),
        (b"<testsuite name='caf\xe9'/>".to_vec(), "0xE9"),
        (b"<TestRun/>".to_vec(), "TRX"),
        (b"{}".to_vec(), "not XML"),
        (Vec::new(), "empty"),
    ] {
        let reply = xml(&ci, "external_id=b1", body).await.refused(422);
        let detail = reply.json["detail"].as_str().unwrap();
        assert!(detail.contains(why) && detail.contains("line"), "{detail}");
    }
    for (body, field) in [
        (json!({ "external_id": "1", "tests": [], "colour": 1 }), "colour"),
        (json!({ "external_id": "1", "tests": [{ "test": "a", "outcome": "exploded" }] }), "tests[0].outcome"),
        (json!({ "external_id": " ", "tests": [] }), "external_id"),
        (json!({ "external_id": "1", "url": "javascript:alert(1)", "tests": [] }), "url"),
        (json!({ "tests": [] }), "external_id"),
        (json!({ "external_id": "1", "tests": [{ "test": " ", "outcome": "passed" }] }), "tests[0].test"),
        (json!([]), "body"),
    ] {
        let reply = ci.post(RUNS, body).await.refused(422);
        assert_eq!(reply.json["errors"][0]["field"], field, "{}", reply.text);
        assert!(!reply.text.contains("line 1"), "{}", reply.text);
    }
    ci.send(Method::POST, RUNS, Some("application/json"), "{\"external_id\": \"1").await.refused(400);
    ci.send(Method::POST, RUNS, Some("text/plain"), "x").await.refused(415);
    ci.with("content-encoding", "br").send(Method::POST, RUNS, Some("application/json"), "x").await.refused(415);
    xml(&ci, "external_id=b1&brunch=main", JUNIT).await.refused(422);
    xml(&ci, "job=unit", JUNIT).await.refused(422);
    ci.send(Method::POST, &format!("{RUNS}?job=x"), Some("application/json"), "{}").await.refused(422);
    nothing_kept(&app).await;
}

#[tokio::test]
async fn a_body_of_100_megabytes_is_too_large_plain_and_packed() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let ci = app.ci("neutron").await;
    let reply = xml(&ci, "external_id=b1", vec![b' '; 100 << 20]).await.refused(413);
    assert!(reply.text.contains("64 MiB"), "{}", reply.text);
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packer, &vec![b' '; 100 << 20]).unwrap();
    let packed = packer.finish().unwrap();
    assert!(packed.len() < 1 << 20);
    xml(&ci.with("content-encoding", "gzip"), "external_id=b1", packed).await.refused(413);
    nothing_kept(&app).await;
}

#[tokio::test]
async fn a_packed_report_and_one_above_the_usual_limit_are_taken() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let ci = app.ci("neutron").await;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packer, JUNIT.as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    let packing = ci.with("content-encoding", "gzip");
    xml(&packing, "external_id=b1", packed.clone()).await.status(201);
    xml(&packing, "external_id=b2", packed[..packed.len() - 9].to_vec()).await.refused(422);
    let large = JUNIT.replace("trace", &"x".repeat(3 << 20));
    xml(&ci, "external_id=b3", large).await.status(201);
}

#[tokio::test]
async fn a_suite_that_died_is_not_green() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let ci = app.ci("neutron").await;
    let died = r#"<testsuite name="cart_t"><error message="returned 255"/><testcase name="opens"/></testsuite>"#;
    let reply = xml(&ci, "external_id=b1", died).await.status(201);
    assert_eq!((&reply.json["errored"], &reply.json["tests"], &reply.json["all_known"]), (&json!(1), &json!(2), &json!(false)));
    assert_eq!(reply.json["failures"][0]["test"], "cart_t");
}

#[tokio::test]
async fn a_flaky_test_is_told_and_holds_nothing_back() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let flaky = json!({ "test": "a", "outcome": "passed", "flaky": true, "message": "once" });
    let reply = run(&app.ci("neutron").await, "b1", json!([flaky])).await.status(201);
    assert_eq!((&reply.json["failures"][0]["verdict"], &reply.json["all_known"]), (&json!("flaky"), &json!(true)));
}

#[tokio::test]
async fn statements_do_not_rise_with_the_tests() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let ci = app.ci("neutron").await;
    let tests = |count: usize| -> Value {
        (0..count).map(|n| if n % 10 == 0 { failed(&format!("t{n}"), "lost") } else { passed(&format!("t{n}")) }).collect()
    };
    // The token's first use of the day is noted once.
    run(&ci, "b0", tests(20)).await.status(201);
    let few = run(&ci, "b1", tests(20)).await.status(201);
    let many = run(&ci, "b2", tests(4_000)).await.status(201);
    assert_eq!(few.header("server-timing"), many.header("server-timing"));
    println!("{}", many.header("server-timing"));
}

#[tokio::test]
async fn runs_are_listed_newest_first_by_pages() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let ci = app.ci("neutron").await;
    for n in 0..5 {
        run(&ci, &format!("b{n}"), json!([])).await.status(201);
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.anyone().get(&format!("{RUNS}?limit=2{cursor}")).await.ok();
        seen.extend(page.json["items"].as_array().unwrap().iter().map(|run| run["external_id"].as_str().unwrap().to_owned()));
        let Some(next) = page.json["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, ["b4", "b3", "b2", "b1", "b0"]);
    app.anyone().get(&format!("{RUNS}?cursor=nonsense")).await.refused(422);
}

#[tokio::test]
async fn a_closed_delta_that_fails_again_is_opened_and_ci_is_told() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let ci = app.ci("neutron").await;
    let first = run(&ci, "b1", json!([failed("a", "lost")])).await.status(201);
    let group = first.json["failures"][0]["group"].as_str().unwrap();
    let key = mara.post(&format!("/api/v1/failure-groups/{group}/delta"), json!({})).await.status(201).json["delta"].clone();
    let path = format!("/api/v1/deltas/{}", key.as_str().unwrap());
    let etag = mara.get(&path).await.ok().header("etag").to_owned();
    mara.put("/api/v1/projects/neutron/releases/2026.2", json!({})).await.ok();
    let close = json!({ "resolution": "closed", "reason": "Fixed.", "release": "2026.2" });
    mara.with("if-match", &etag).put(&format!("{path}/resolution"), close).await.ok();
    let flaky = json!({ "test": "a", "outcome": "passed", "flaky": true, "message": "lost" });
    assert_eq!(run(&ci, "b2", json!([flaky])).await.status(201).json["failures"][0]["verdict"], "flaky");
    let again = run(&ci, "b3", json!([failed("a", "lost")])).await.status(201);
    assert_eq!((&again.json["failures"][0]["verdict"], &again.json["all_known"]), (&json!("regressed"), &json!(false)));
    assert_eq!(again.json["failures"][0]["deltas"][0]["delta"], key);
    let delta = mara.get(&path).await.ok();
    assert!(delta.json.get("resolution").is_none_or(Value::is_null), "{}", delta.text);
    let timeline = mara.get(&format!("{path}/timeline")).await.ok();
    assert!(timeline.text.contains("delta.regressed"), "{}", timeline.text);
    assert_eq!(run(&ci, "b4", json!([failed("a", "lost")])).await.status(201).json["failures"][0]["verdict"], "known");
}
