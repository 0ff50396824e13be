use std::cell::RefCell;

use serde_json::json;
use server::store::db::PLANS;

use crate::support::{Client, TestApp};

const PATH: &str = "/api/v1/deltas/D-1/fixed";
const RESOLUTION: &str = "/api/v1/deltas/D-1/resolution";

/// neutron with D-1, which affects ann and bob and not cid.
async fn world() -> (TestApp, Client, [Client; 3]) {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    app.delta(&mara, json!({})).await;
    let mut voters = Vec::new();
    for (name, severity) in [("ann", 4), ("bob", 1), ("cid", 0)] {
        let voter = app.person(name).await;
        voter.put("/api/v1/deltas/D-1/vote", json!({ "severity": severity })).await.ok();
        voters.push(voter);
    }
    (app, mara, voters.try_into().ok().unwrap())
}

#[tokio::test]
async fn closing_asks_exactly_those_it_affects_and_shows_their_answers() {
    let (app, mara, [ann, bob, cid]) = world().await;
    let yes = json!({"answer": "yes"});
    ann.put(PATH, yes.clone()).await.refused(409);
    mara.put(RESOLUTION, json!({"resolution": "closed"})).await.ok();
    // Who votes later was not asked.
    let dan = app.person("dan").await;
    dan.put("/api/v1/deltas/D-1/vote", json!({"severity": 3})).await.ok();
    for (who, asked) in [(&ann, 1), (&bob, 1), (&cid, 0), (&dan, 0), (&mara, 0)] {
        assert_eq!(who.get("/api/v1/me/fixed").await.ok().json.as_array().unwrap().len(), asked);
    }
    for who in [&cid, &dan, &mara] {
        who.put(PATH, yes.clone()).await.refused(409);
    }
    let said = ann.put(PATH, json!({"answer": "no", "note": "Still stalls after an hour."})).await.ok().json;
    assert_eq!(said["sum"], json!({"asked": 2, "yes": 0, "no": 1, "unsure": 0}));
    assert!(said["not"].is_null(), "only maintainers read who says no: {said}");
    let told = mara.get(PATH).await.ok().json;
    assert_eq!((&told["not"][0]["by"]["name"], &told["not"][0]["note"]), (&json!("ann"), &json!("Still stalls after an hour.")));
    let page = app.signed_in("mara").await.get("/deltas/D-1").await.ok().text;
    assert!(page.contains("1 of 2 answered: 0 fixed, 1 not") && page.contains("Still stalls after an hour."), "{page}");
    let guest = app.anyone().get("/deltas/D-1").await.ok().text;
    assert!(guest.contains("1 of 2 answered: 0 fixed, 1 not") && !guest.contains("Still stalls"), "{guest}");
    let browser = app.signed_in("bob").await;
    assert!(browser.get("/").await.ok().text.contains("Fixed for you?"));
    browser.form("/deltas/D-1/fixed", &[("answer", "unknown")]).await.leads();
    assert!(!browser.get("/").await.ok().text.contains("Fixed for you?"));
    // Changed, it takes the place of what was answered.
    bob.put(PATH, yes).await.ok();
    assert_eq!(app.anyone().get(PATH).await.ok().json["sum"], json!({"asked": 2, "yes": 1, "no": 1, "unsure": 0}));
    assert_eq!(mara.get("/api/v1/deltas/D-1").await.ok().json["resolution"]["fixed"]["yes"], 1);
}

#[tokio::test]
async fn reopening_forgets_the_answers_and_closing_asks_anew() {
    let (_app, mara, [ann, bob, _]) = world().await;
    mara.put(RESOLUTION, json!({"resolution": "closed"})).await.ok();
    ann.put(PATH, json!({"answer": "no"})).await.ok();
    mara.delete(RESOLUTION).await.ok();
    assert_eq!(mara.get(PATH).await.ok().json["sum"]["asked"], 0);
    ann.put(PATH, json!({"answer": "yes"})).await.refused(409);
    bob.delete("/api/v1/deltas/D-1/vote").await.ok();
    mara.put(RESOLUTION, json!({"resolution": "closed"})).await.ok();
    assert_eq!(mara.get(PATH).await.ok().json["sum"], json!({"asked": 1, "yes": 0, "no": 0, "unsure": 0}));
    bob.put(PATH, json!({"answer": "yes"})).await.refused(409);
    ann.put(PATH, json!({"answer": "yes"})).await.ok();
    // Ended otherwise, nobody is asked.
    mara.delete(RESOLUTION).await.ok();
    mara.put(RESOLUTION, json!({"resolution": "declined", "reason": "By design."})).await.ok();
    assert_eq!(mara.get(PATH).await.ok().json["sum"]["asked"], 0);
}

#[tokio::test]
async fn who_spoke_for_somebody_answers_for_them() {
    let (app, mara, [ann, ..]) = world().await;
    let ada = app.person("ada").await;
    app.org("nw", "Northwind", &ada).await;
    app.openness(&ada, "nw", "closed").await;
    let record = json!({"name": "Secret Customer", "org": "nw", "severity": 3});
    let id = ada.put("/api/v1/deltas/D-1/on-behalf", record).await.ok().json["items"][0]["outsider"].clone();
    mara.put(RESOLUTION, json!({"resolution": "closed"})).await.ok();
    assert_eq!(ada.get("/api/v1/me/fixed").await.ok().json[0]["delta"], "D-1");
    assert_eq!(ada.get(PATH).await.ok().json["mine"], json!([{"outsider": id, "name": "Secret Customer"}]));
    ann.put(PATH, json!({"answer": "no", "outsider": id})).await.refused(404);
    ada.put(PATH, json!({"answer": "no"})).await.refused(409);
    ada.put(PATH, json!({"answer": "no", "outsider": id, "note": "Hush."})).await.ok();
    let told = mara.get(PATH).await.ok();
    assert_eq!(told.json["sum"], json!({"asked": 3, "yes": 0, "no": 1, "unsure": 0}));
    assert!(!told.text.contains("Secret Customer") && !told.text.contains("Hush.") && !told.text.contains("ada"), "{}", told.text);
}

#[tokio::test]
async fn wrong_answers_are_refused() {
    let (app, mara, [ann, ..]) = world().await;
    app.delta(&mara, json!({"visibility": "private"})).await;
    mara.put(RESOLUTION, json!({"resolution": "closed"})).await.ok();
    for bad in [json!({"answer": "maybe"}), json!({}), json!({"answer": "no", "note": "a\0"}), json!({"answer": "no", "outsider": 7})] {
        ann.put(PATH, bad).await.refused(422);
    }
    ann.put(PATH, json!({"answer": "no", "note": "x".repeat(2001)})).await.refused(422);
    app.anyone().put(PATH, json!({"answer": "yes"})).await.refused(401);
    ann.get("/api/v1/deltas/D-2/fixed").await.refused(404);
    ann.put("/api/v1/deltas/D-2/fixed", json!({"answer": "yes"})).await.refused(404);
    app.anyone().get("/api/v1/me/fixed").await.refused(401);
}

#[tokio::test]
async fn who_speaks_for_nobody_reads_their_own_answer_only() {
    let (_app, mara, [ann, ..]) = world().await;
    mara.put(RESOLUTION, json!({"resolution": "closed"})).await.ok();
    let read = async |who: &Client| {
        let (reply, plans) = PLANS.scope(RefCell::default(), async { (who.get(PATH).await, PLANS.with(RefCell::take)) }).await;
        assert!(reply.ok().json["sum"]["asked"] == 2 && plans.iter().any(|plan| plan.sql.contains("\"voter_id\" = ")));
        plans.iter().filter(|plan| plan.sql.contains("\"fixed\".\"voter_id\"") && plan.sql.contains("\"outsider\".")).count()
    };
    assert_eq!((read(&ann).await, read(&mara).await), (0, 1));
}

#[tokio::test]
async fn who_voted_on_a_duplicate_is_asked_too_and_everybody_once() {
    let (app, mara, [ann, bob, cid]) = world().await;
    app.delta(&mara, json!({})).await;
    let (dan, eve, ada) = (app.person("dan").await, app.person("eve").await, app.person("ada").await);
    app.org("nw", "Northwind", &ada).await;
    app.app.clock.advance(time::Duration::seconds(1));
    let duplicate = "/api/v1/deltas/D-2";
    // Bob says it of both, cid is affected by the duplicate only, and ann by now no more.
    for (who, severity) in [(&bob, 3), (&cid, 2), (&ann, 0), (&dan, 2), (&eve, 0)] {
        who.put(&format!("{duplicate}/vote"), json!({"severity": severity})).await.ok();
    }
    let mut customers = Vec::new();
    for (path, name, severity) in [("/api/v1/deltas/D-1", "ACME", 3), (duplicate, "ACME", 2), (duplicate, "Initech", 4)] {
        let record = json!({"name": name, "org": "nw", "severity": severity});
        let all = ada.put(&format!("{path}/on-behalf"), record).await.ok().json["items"].clone();
        let own = all.as_array().unwrap().iter().find(|item| item["name"] == name).unwrap()["outsider"].clone();
        customers.push(own);
    }
    mara.put(&format!("{duplicate}/resolution"), json!({"resolution": "duplicate", "duplicate_of": "D-1"})).await.ok();
    mara.put(RESOLUTION, json!({"resolution": "closed"})).await.ok();
    let asked = async |who: &Client| -> Vec<String> {
        let questions = who.get("/api/v1/me/fixed").await.ok().json;
        questions.as_array().unwrap().iter().map(|question| question["delta"].as_str().unwrap().to_owned()).collect()
    };
    for (name, who, times) in [("ann", &ann, 0), ("bob", &bob, 1), ("cid", &cid, 1), ("dan", &dan, 1), ("eve", &eve, 0), ("mara", &mara, 0)]
    {
        assert_eq!(asked(who).await, vec!["D-1"; times], "{name}");
    }
    assert_eq!(customers[0], customers[1]);
    assert_eq!(asked(&ada).await, ["D-1"]);
    assert_eq!(ada.get("/api/v1/me/fixed").await.ok().json[0]["answers"], 2, "once for each customer");
    assert_eq!(mara.get(PATH).await.ok().json["sum"], json!({"asked": 5, "yes": 0, "no": 0, "unsure": 0}));
    // Of what is only a duplicate nobody is asked.
    assert_eq!(mara.get(&format!("{duplicate}/fixed")).await.ok().json["sum"]["asked"], 0);
    for who in [&bob, &cid, &dan] {
        who.put(&format!("{duplicate}/fixed"), json!({"answer": "yes"})).await.refused(409);
        who.put(PATH, json!({"answer": "yes"})).await.ok();
    }
    for customer in &customers[1..] {
        ada.put(PATH, json!({"answer": "no", "outsider": customer})).await.ok();
    }
    for who in [&ann, &eve] {
        who.put(PATH, json!({"answer": "yes"})).await.refused(409);
    }
    assert_eq!(mara.get(PATH).await.ok().json["sum"], json!({"asked": 5, "yes": 3, "no": 2, "unsure": 0}));
}
