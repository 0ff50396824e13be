use serde_json::{Value, json};
use server::act;
use time::Duration;

use crate::support::{Client, TestApp};

/// A project of mara and nils with this rule, and a delta of tom's in it: the clients and the place's path.
async fn world(app: &TestApp, rule: Value) -> (Client, Client, Client, String) {
    let (mara, nils, tom) = (app.person("mara").await, app.person("nils").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    mara.put("/api/v1/projects/neutron/maintainers/nils", json!({})).await.ok();
    mara.put("/api/v1/projects/neutron/decision", rule).await.ok();
    let key = app.delta(&tom, json!({})).await;
    (mara, nils, tom, format!("/api/v1/deltas/{key}/places/neutron"))
}

async fn place(client: &Client, path: &str) -> Value {
    let delta = path.split_once("/places").unwrap().0;
    client.get(delta).await.ok().json["places"][0].clone()
}

async fn state(client: &Client, path: &str) -> String {
    place(client, path).await["consensus"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn only_maintainers_choose_the_rule_and_wrong_numbers_are_refused() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let path = "/api/v1/projects/neutron/decision";
    let lazy = json!({ "rule": "lazy", "days": 3 });
    app.anyone().put(path, lazy.clone()).await.refused(401);
    tom.put(path, lazy.clone()).await.refused(403);
    app.admin().await.put(path, lazy.clone()).await.refused(403);
    mara.put("/api/v1/projects/nova/decision", lazy.clone()).await.refused(404);
    for bad in [
        json!({ "rule": "votes" }),
        json!({ "rule": "lazy", "days": 0 }),
        json!({ "rule": "lazy", "days": 366 }),
        json!({ "rule": "lazy", "days": i64::MAX }),
        json!({ "rule": "lazy", "days": "3" }),
        json!({ "rule": "lazy", "approvals": 2 }),
        json!({ "rule": "approvals", "approvals": 21 }),
        json!({ "rule": "approvals", "days": 2 }),
        json!({ "rule": "maintainers", "days": 2 }),
        json!({ "rule": "lazy", "hours": 2 }),
        json!({}),
    ] {
        mara.put(path, bad.clone()).await.refused(422);
    }
    assert_eq!(mara.put(path, lazy.clone()).await.ok().json["decision"], lazy);
    let project = app.anyone().get("/api/v1/projects/neutron").await.ok().json;
    assert_eq!(project["decision"], lazy);
    let seen = mara.put(path, json!({ "rule": "approvals" })).await.ok().json;
    assert_eq!(seen["decision"], json!({ "rule": "approvals", "approvals": 2 }));
}

#[tokio::test]
async fn silence_agrees_after_the_days_and_says_that_the_rule_did() {
    let app = TestApp::start().await;
    let (mara, _, _, path) = world(&app, json!({ "rule": "lazy", "days": 3 })).await;
    let seen = place(&mara, &path).await;
    assert_eq!((&seen["needed"]["undecided"], &seen["decision"]["days"]), (&json!(true), &json!(3)));
    assert!(seen["needed"]["at"].is_string(), "{seen}");
    app.app.clock.advance(Duration::days(3) - Duration::minutes(1));
    assert_eq!(act::consensus::due(&app.app).await.unwrap(), 0);
    app.app.clock.advance(Duration::minutes(2));
    // Two servers look at the same moment.
    let (one, other) = tokio::join!(act::consensus::due(&app.app), act::consensus::due(&app.app));
    assert_eq!(one.unwrap() + other.unwrap(), 1);
    let seen = place(&mara, &path).await;
    assert_eq!((&seen["consensus"], &seen["how"], &seen["revision"]), (&json!("agreed"), &json!("rule"), &json!(1)));
    assert_eq!((&seen["decided_by"], &seen["rationale"]), (&json!(null), &json!("Nobody objected for 3 days.")));
    let told = mara.get(&format!("{path}/history")).await.ok().json["items"].clone();
    assert_eq!(told.as_array().unwrap().len(), 1);
    assert_eq!((&told[0]["kind"], &told[0]["data"]["how"], &told[0]["actor"]), (&json!("consensus.set"), &json!("rule"), &json!(null)));
    assert_eq!((&told[0]["data"]["was"], &told[0]["data"]["rule"]), (&json!("proposed"), &json!("lazy")));
    assert_eq!(act::consensus::due(&app.app).await.unwrap(), 0);
}

#[tokio::test]
async fn an_unanswered_objection_holds_silence_up_until_it_is_answered_or_taken_back() {
    let app = TestApp::start().await;
    let (mara, nils, tom, path) = world(&app, json!({ "rule": "lazy", "days": 2 })).await;
    let ann = app.person("ann").await;
    let position = format!("{path}/position");
    let object = json!({ "position": "object", "reason": "It is documented." });
    let answer = format!("{path}/positions/ann/answer");
    let why = json!({ "reason": "The page was changed since." });
    mara.put(&answer, why.clone()).await.refused(404);
    ann.put(&position, object.clone()).await.ok();
    let seen = place(&ann, &path).await;
    assert_eq!((&seen["needed"]["objections"], &seen["needed"]["at"]), (&json!(1), &json!(null)));
    app.app.clock.advance(Duration::days(9));
    assert_eq!(act::consensus::due(&app.app).await.unwrap(), 0);

    for (client, status) in [(&app.anyone(), 401), (&tom, 403), (&ann, 403)] {
        client.put(&answer, why.clone()).await.refused(status);
    }
    for bad in [json!({}), json!({ "reason": " " }), json!({ "reason": "x\u{0}" }), json!({ "reason": "x".repeat(2001) })] {
        nils.put(&answer, bad).await.refused(422);
    }
    nils.put(&format!("{path}/positions/nobody/answer"), why.clone()).await.refused(404);
    let seen = nils.put(&answer, why.clone()).await.ok().json["places"][0].clone();
    assert_eq!(seen["positions"][0]["answer"]["by"]["name"], "nils");
    assert_eq!(seen["needed"]["objections"], 0);
    nils.put(&answer, why.clone()).await.refused(404);
    app.app.clock.advance(Duration::days(1));
    assert_eq!(act::consensus::due(&app.app).await.unwrap(), 0, "the days begin when it is answered");
    // Stated anew it is not answered.
    let seen = ann.put(&position, object).await.ok().json["places"][0].clone();
    assert_eq!((&seen["positions"][0]["answer"], &seen["needed"]["objections"]), (&json!(null), &json!(1)));
    app.app.clock.advance(Duration::days(9));
    assert_eq!(act::consensus::due(&app.app).await.unwrap(), 0);
    ann.delete(&position).await.status(204);
    app.app.clock.advance(Duration::days(2));
    assert_eq!(act::consensus::due(&app.app).await.unwrap(), 1);
    let kinds: Vec<_> = mara.get(&format!("{path}/history?limit=3")).await.ok().json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["consensus.set", "position.withdrawn", "position.stated"]);
    let first = mara.get(&format!("{path}/history?limit=3")).await.ok().json["next"].as_str().unwrap().to_owned();
    let rest = mara.get(&format!("{path}/history?cursor={first}")).await.ok().json;
    assert_eq!(
        (&rest["items"][0]["kind"], &rest["items"][1]["data"]["reason"]),
        (&json!("objection.answered"), &json!("It is documented."))
    );
    mara.get(&format!("{path}/history?cursor=x")).await.refused(422);
}

#[tokio::test]
async fn a_new_text_makes_objections_stale_and_begins_the_days_again() {
    let app = TestApp::start().await;
    let (mara, _, tom, path) = world(&app, json!({ "rule": "lazy", "days": 2 })).await;
    let ann = app.person("ann").await;
    ann.put(&format!("{path}/position"), json!({ "position": "object", "reason": "Too strict." })).await.ok();
    app.app.clock.advance(Duration::days(5));
    let delta = path.split_once("/places").unwrap().0;
    tom.with("if-match", "\"1\"").patch(delta, json!({ "desired": "Within 60 s." })).await.ok();
    assert_eq!(place(&mara, &path).await["needed"]["objections"], 0);
    app.app.clock.advance(Duration::days(1));
    assert_eq!(act::consensus::due(&app.app).await.unwrap(), 0);
    app.app.clock.advance(Duration::days(1));
    assert_eq!(act::consensus::due(&app.app).await.unwrap(), 1);
    assert_eq!(place(&mara, &path).await["revision"], 2);
}

#[tokio::test]
async fn so_many_maintainers_approvals_agree_at_once() {
    let app = TestApp::start().await;
    let (mara, nils, tom, path) = world(&app, json!({ "rule": "approvals", "approvals": 2 })).await;
    let ann = app.person("ann").await;
    let position = format!("{path}/position");
    let agree = json!({ "position": "agree" });
    for client in [&tom, &ann, &mara] {
        client.put(&position, agree.clone()).await.ok();
    }
    let seen = place(&mara, &path).await;
    assert_eq!((&seen["consensus"], &seen["needed"]["approvals"]), (&json!("proposed"), &json!(1)));
    ann.put(&position, json!({ "position": "object", "reason": "No." })).await.ok();
    nils.put(&position, agree.clone()).await.ok();
    assert_eq!(state(&mara, &path).await, "proposed", "an objection is unanswered");
    let seen = mara.put(&format!("{path}/positions/ann/answer"), json!({ "reason": "Yes." })).await.ok().json["places"][0].clone();
    assert_eq!((&seen["consensus"], &seen["how"], &seen["decided_by"]), (&json!("agreed"), &json!("rule"), &json!(null)));
    // What is decided stays, also when somebody objects later.
    ann.put(&position, json!({ "position": "object", "reason": "Still no." })).await.ok();
    assert_eq!(state(&mara, &path).await, "agreed");
}

#[tokio::test]
async fn two_approvals_at_the_same_moment_agree_once() {
    let app = TestApp::start().await;
    let (mara, nils, tom, path) = world(&app, json!({ "rule": "approvals", "approvals": 2 })).await;
    for _ in 0..6 {
        let key = app.delta(&tom, json!({})).await;
        let path = format!("/api/v1/deltas/{key}/places/neutron");
        let position = format!("{path}/position");
        let (one, other) =
            tokio::join!(mara.put(&position, json!({ "position": "agree" })), nils.put(&position, json!({ "position": "agree" })));
        one.ok();
        other.ok();
        let history = mara.get(&format!("{path}/history")).await.ok().json;
        let set = history["items"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "consensus.set").count();
        assert_eq!((state(&mara, &path).await.as_str(), set), ("agreed", 1));
    }
    assert_eq!(state(&mara, &path).await, "proposed");
}

#[tokio::test]
async fn a_maintainer_past_the_rule_says_why() {
    let app = TestApp::start().await;
    let (mara, _, _, path) = world(&app, json!({ "rule": "lazy", "days": 2 })).await;
    let consensus = format!("{path}/consensus");
    mara.put(&consensus, json!({ "state": "agreed" })).await.refused(422);
    mara.put(&consensus, json!({ "state": "discussing" })).await.ok();
    assert_eq!(place(&mara, &path).await["how"], "word");
    mara.put(&consensus, json!({ "state": "declined", "rationale": "It is right." })).await.ok();
    assert_eq!(place(&mara, &path).await["how"], "override");
    app.app.clock.advance(Duration::days(9));
    assert_eq!(act::consensus::due(&app.app).await.unwrap(), 0, "their word stands");
    mara.put(&consensus, json!({ "state": "discussing" })).await.ok();
    app.app.clock.advance(Duration::days(2));
    assert_eq!(act::consensus::due(&app.app).await.unwrap(), 1);
}

#[tokio::test]
async fn a_gap_that_ended_is_not_decided_and_begins_again_when_it_is_open() {
    let app = TestApp::start().await;
    let (mara, _, _, path) = world(&app, json!({ "rule": "lazy", "days": 2 })).await;
    let end = format!("{}/resolution", path.split_once("/places").unwrap().0);
    mara.put(&end, json!({ "resolution": "closed" })).await.ok();
    app.app.clock.advance(Duration::days(9));
    assert_eq!(act::consensus::due(&app.app).await.unwrap(), 0);
    mara.delete(&end).await.ok();
    assert_eq!(act::consensus::due(&app.app).await.unwrap(), 0);
    app.app.clock.advance(Duration::days(2));
    assert_eq!(act::consensus::due(&app.app).await.unwrap(), 1);
}

#[tokio::test]
async fn a_new_rule_counts_where_somebody_spoke_and_leaves_the_rest_alone() {
    let app = TestApp::start().await;
    let (mara, nils, tom, path) = world(&app, json!({ "rule": "maintainers" })).await;
    let quiet = format!("/api/v1/deltas/{}/places/neutron", app.delta(&tom, json!({})).await);
    mara.put(&format!("{path}/position"), json!({ "position": "agree" })).await.ok();
    app.app.clock.advance(Duration::days(30));
    let rule = "/api/v1/projects/neutron/decision";
    mara.put(rule, json!({ "rule": "lazy", "days": 2 })).await.ok();
    assert_eq!(act::consensus::due(&app.app).await.unwrap(), 0);
    app.app.clock.advance(Duration::days(2));
    assert_eq!(act::consensus::due(&app.app).await.unwrap(), 1);
    assert_eq!((state(&mara, &path).await.as_str(), state(&mara, &quiet).await.as_str()), ("agreed", "proposed"));

    // An approval that was there before the rule counts too, at the next look.
    nils.put(&format!("{quiet}/position"), json!({ "position": "agree" })).await.ok();
    mara.put(rule, json!({ "rule": "approvals", "approvals": 1 })).await.ok();
    act::consensus::due(&app.app).await.unwrap();
    assert_eq!(state(&mara, &quiet).await, "agreed");
    // So does one of somebody who became a maintainer since.
    let third = format!("/api/v1/deltas/{}/places/neutron", app.delta(&tom, json!({})).await);
    tom.put(&format!("{third}/position"), json!({ "position": "agree" })).await.ok();
    act::consensus::due(&app.app).await.unwrap();
    assert_eq!(state(&mara, &third).await, "proposed");
    mara.put("/api/v1/projects/neutron/maintainers/tom", json!({})).await.ok();
    act::consensus::due(&app.app).await.unwrap();
    assert_eq!(state(&mara, &third).await, "agreed");
}

/// What an organisation has that is its own: its board, its tasks in their order, its stances, and what it tells of its promises.
async fn work(app: &TestApp, ada: &Client, keys: &[String]) -> Vec<(String, Value)> {
    let paths = ["/api/v1/orgs/nw/boards/main", "/api/v1/orgs/nw/tasks", "/api/v1/tasks/NW-1", "/api/v1/tasks/NW-2", "/api/v1/tasks/NW-3"];
    let mut all = Vec::new();
    for path in paths {
        let reply = ada.get(path).await.ok();
        all.push((format!("{path} {}", reply.header("etag")), reply.json));
    }
    for query in ["stance:nw/declined", "stance:nw/considering", "stance:nw/taken", "committed:nw"] {
        let found = ada.get(&format!("/api/v1/deltas?q={query}%20sort:number")).await.ok().json;
        let found: Vec<Value> = found["items"].as_array().unwrap().iter().map(|item| item["key"].clone()).collect();
        all.push((query.to_owned(), json!(found)));
    }
    for key in keys {
        all.push((format!("standing of {key}"), app.standings(Some("ada"), key).await));
    }
    all
}

#[tokio::test]
async fn what_is_agreed_changes_nothing_of_anybodys_work() {
    let app = TestApp::start().await;
    let (mara, nils, tom, path) = world(&app, json!({ "rule": "approvals", "approvals": 2 })).await;
    let (ada, ann) = (app.person("ada").await, app.person("ann").await);
    app.org("nw", "Northwind", &ada).await;
    app.openness(&ada, "nw", "open").await;
    let columns =
        json!([{ "slug": "next", "name": "Next", "category": "ready" }, { "slug": "doing", "name": "Doing", "category": "doing" }]);
    ada.post("/api/v1/orgs/nw/boards", json!({ "slug": "main", "name": "Main", "columns": columns })).await.status(201);
    let mut keys = vec!["D-1".to_owned()];
    for _ in 0..2 {
        keys.push(app.delta(&tom, json!({})).await);
    }
    for (title, column, delta) in [("Retry", "doing", "D-1"), ("Reproduce", "next", "D-1"), ("Document", "next", "D-2")] {
        let body = json!({ "title": title, "board": "main", "column": column, "deltas": [{ "delta": delta, "relation": "resolves" }] });
        ada.post("/api/v1/orgs/nw/tasks", body).await.status(201);
    }
    for (task, state) in [("NW-1", "committed"), ("NW-3", "intended")] {
        ada.put(&format!("/api/v1/tasks/{task}/commitment"), json!({ "state": state, "target_release": "2026.2" })).await.ok();
    }
    ada.put("/api/v1/orgs/nw/stances/D-3", json!({ "stance": "declined", "reason": "Not ours." })).await.ok();
    let before = work(&app, &ada, &keys).await;
    let same = async |step: &str| {
        let now = work(&app, &ada, &keys).await;
        for (one, other) in before.iter().zip(&now) {
            assert_eq!(one, other, "{step}");
        }
    };
    let place_of = |key: &str| format!("/api/v1/deltas/{key}/places/neutron");
    for (who, stand) in [(&ann, "object"), (&mara, "agree"), (&nils, "agree")] {
        who.put(&format!("{path}/position"), json!({ "position": stand, "reason": "It is." })).await.ok();
    }
    same("positions are stated").await;
    mara.put(&format!("{path}/positions/ann/answer"), json!({ "reason": "It was changed." })).await.ok();
    assert_eq!(state(&mara, &path).await, "agreed");
    same("the rule agrees").await;
    let version = tom.get("/api/v1/deltas/D-1").await.ok().header("etag").to_owned();
    tom.with("if-match", &version).patch("/api/v1/deltas/D-1", json!({ "desired": "Within 60 s." })).await.ok();
    let stale = place(&mara, &path).await;
    assert_eq!(stale["revision"], 1, "it was agreed about the text before: {stale}");
    same("the text it was about is another now").await;
    for decided in ["declined", "disputed", "discussing", "agreed", "proposed"] {
        for key in &keys {
            let past = json!({ "state": decided, "rationale": "So it is." });
            mara.put(&format!("{}/consensus", place_of(key)), past).await.ok();
        }
        same(decided).await;
    }
    mara.put("/api/v1/projects/neutron/decision", json!({ "rule": "lazy", "days": 1 })).await.ok();
    for key in &keys {
        mara.put(&format!("{}/consensus", place_of(key)), json!({ "state": "discussing" })).await.ok();
    }
    app.app.clock.advance(Duration::days(3));
    assert_eq!(act::consensus::due(&app.app).await.unwrap(), 3);
    same("silence agrees").await;
    ann.put(&format!("{}/position", place_of("D-2")), json!({ "position": "object", "reason": "No." })).await.ok();
    same("an objection after it").await;
}
