use serde_json::{Value, json};

use crate::support::{
    Client, TestApp,
    ci::{failed, passed, run},
};

async fn world(app: &TestApp) -> (Client, Client, String) {
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let ci = app.ci("neutron").await;
    let reply = run(&ci, "b0", json!([failed("t", "lost")])).await.status(201);
    let group = reply.json["failures"][0]["group"].as_str().unwrap();
    let key = mara.post(&format!("/api/v1/failure-groups/{group}/delta"), json!({})).await.status(201).json["delta"].clone();
    (mara, ci, key.as_str().unwrap().to_owned())
}

fn evidence(key: &str) -> String {
    format!("/api/v1/deltas/{key}/evidence/neutron")
}

async fn tests(app: &TestApp, key: &str) -> Value {
    app.anyone().get(&format!("/api/v1/deltas/{key}/evidence")).await.ok().json["tests"].clone()
}

#[tokio::test]
async fn results_of_the_tests_that_decide_are_kept_passed_ones_too() {
    let app = TestApp::start().await;
    let (mara, ci, key) = world(&app).await;
    mara.put(&evidence(&key), json!({ "tests": ["t", "u"], "needed": 2 })).await.ok();
    run(&ci, "b1", json!([failed("t", "lost"), passed("u"), passed("v")])).await.status(201);
    run(&ci, "b2", json!([passed("t"), passed("u"), passed("u")])).await.status(201);
    run(&ci, "b3", json!([passed("t"), { "test": "u", "outcome": "skipped" }])).await.status(201);
    let tests = tests(&app, &key).await;
    assert_eq!((&tests[0]["results"], &tests[0]["streak"]), (&json!([false, true, true]), &json!(2)));
    assert_eq!((&tests[1]["results"], &tests[1]["streak"]), (&json!([true, true]), &json!(2)));
}

#[tokio::test]
async fn at_most_eighteen_results_are_told() {
    let app = TestApp::start().await;
    let (mara, ci, key) = world(&app).await;
    mara.put(&evidence(&key), json!({ "tests": ["t"] })).await.ok();
    for n in 0..20 {
        run(&ci, &format!("b{}", n + 1), json!([passed("t")])).await.status(201);
    }
    let tests = tests(&app, &key).await;
    assert_eq!((tests[0]["results"].as_array().unwrap().len(), &tests[0]["streak"]), (18, &json!(20)));
}

#[tokio::test]
async fn evidence_is_set_and_removed_by_the_projects_maintainers() {
    let app = TestApp::start().await;
    let (mara, _, key) = world(&app).await;
    let tom = app.person("tom").await;
    let put = json!({ "tests": ["t"] });
    tom.put(&evidence(&key), put.clone()).await.refused(403);
    tom.delete(&evidence(&key)).await.refused(403);
    let own = app.delta(&tom, json!({})).await;
    tom.put(&evidence(&own), put.clone()).await.refused(403);
    app.anyone().put(&evidence(&key), put.clone()).await.refused(401);
    mara.put(&evidence(&key), put.clone()).await.ok();
    mara.put(&format!("/api/v1/deltas/{key}/evidence/nova"), put).await.refused(404);
    mara.delete(&evidence(&key)).await.status(204);
    assert_eq!(tests(&app, &key).await, json!([]));
}

#[tokio::test]
async fn wrong_evidence_is_refused() {
    let app = TestApp::start().await;
    let (mara, _, key) = world(&app).await;
    for wrong in [
        json!({ "tests": [] }),
        json!({ "tests": ["a", "a"] }),
        json!({ "tests": [" "] }),
        json!({ "tests": ["a"], "needed": 0 }),
        json!({ "tests": ["a"], "needed": 10_001 }),
        json!({ "tests": ["a"], "often": 1 }),
        json!({ "tests": vec!["x"; 51] }),
    ] {
        mara.put(&evidence(&key), wrong).await.refused(422);
    }
}

#[tokio::test]
async fn that_all_tests_passed_is_told_once() {
    let app = TestApp::start().await;
    let (mara, ci, key) = world(&app).await;
    mara.put(&evidence(&key), json!({ "tests": ["t", "u"], "needed": 1 })).await.ok();
    run(&ci, "b1", json!([passed("t"), passed("u")])).await.status(201);
    run(&ci, "b2", json!([passed("u")])).await.status(201);
    run(&ci, "b3", json!([passed("u"), failed("v", "lost")])).await.status(201);
    let told = async || mara.get(&format!("/api/v1/deltas/{key}/timeline")).await.ok().text.matches("evidence.met").count();
    assert_eq!(told().await, 1);
    // It is news again when one of them had failed.
    run(&ci, "b4", json!([failed("t", "lost")])).await.status(201);
    run(&ci, "b5", json!([passed("t")])).await.status(201);
    assert_eq!(told().await, 2);
}
