use serde_json::{Value, json};
use server::{act, caller::Caller, store};
use time::Duration;

use crate::support::{Client, TestApp};

const PATH: &str = "/api/v1/deltas/bulk";

/// mara maintains neutron, nils nova; D-1, D-2 and D-3 of tom's in neutron, D-4 in nova.
async fn world() -> (TestApp, Client, Client, Client) {
    let app = TestApp::start().await;
    let (mara, nils, tom) = (app.person("mara").await, app.person("nils").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    app.project("nova", &nils).await;
    for project in ["neutron", "neutron", "neutron", "nova"] {
        app.delta(&tom, json!({ "project": project })).await;
    }
    (app, mara, nils, tom)
}

/// What became of each: outcome and status.
fn outcomes(bulk: &Value) -> Vec<String> {
    let rows = bulk["rows"].as_array().unwrap();
    let said = |row: &Value| match row["status"].as_i64() {
        Some(status) => format!("{} {status}", row["outcome"].as_str().unwrap()),
        None => row["outcome"].as_str().unwrap().to_owned(),
    };
    rows.iter().map(said).collect()
}

async fn delta(client: &Client, key: &str) -> Value {
    client.get(&format!("/api/v1/deltas/{key}")).await.ok().json
}

async fn undo(client: &Client, bulk: &Value) -> Value {
    client.post(&format!("{PATH}/{}/undo", bulk["id"].as_str().unwrap()), json!({})).await.ok().json
}

#[tokio::test]
async fn each_row_is_changed_where_one_may_and_says_why_not_elsewhere() {
    let (app, mara, nils, _) = world().await;
    let hidden = app.delta(&nils, json!({ "project": "nova", "visibility": "private" })).await;
    mara.put("/api/v1/deltas/D-2/labels", json!({ "labels": ["gate", "old"] })).await.ok();
    let deltas = json!(["D-1", "D-2", "D-2", "D-4", hidden, "D-999"]);
    let change = json!({ "labels": { "add": ["gate", "upgrade"], "remove": ["old"] } });
    let bulk = mara.post(PATH, json!({ "deltas": deltas, "change": change })).await.ok().json;
    assert_eq!(outcomes(&bulk), ["done", "done", "refused 403", "refused 404", "refused 404"]);
    assert_eq!(bulk["rows"][3]["detail"], bulk["rows"][4]["detail"], "what is hidden is not there");
    assert_eq!(delta(&mara, "D-1").await["labels"], json!(["gate", "upgrade"]));
    assert_eq!(delta(&mara, "D-2").await["labels"], json!(["gate", "upgrade"]));
    assert_eq!(delta(&mara, "D-4").await["labels"], json!([]));

    // It is one's own to look at and to undo; what somebody changed since stays.
    let path = format!("{PATH}/{}", bulk["id"].as_str().unwrap());
    assert_eq!(mara.get(&path).await.ok().json, bulk);
    nils.get(&path).await.refused(404);
    app.anyone().get(&path).await.refused(401);
    nils.post(&format!("{path}/undo"), json!({})).await.refused(404);
    mara.put("/api/v1/deltas/D-1/labels", json!({ "labels": ["gate", "upgrade", "mine"] })).await.ok();
    let undone = undo(&mara, &bulk).await;
    assert_eq!(outcomes(&undone), ["kept 409", "undone", "refused 403", "refused 404", "refused 404"]);
    assert!(undone["undone_at"].is_string() && undone["rows"][0]["detail"].as_str().unwrap().contains("changed since"));
    assert_eq!(delta(&mara, "D-1").await["labels"], json!(["gate", "mine", "upgrade"]));
    assert_eq!(delta(&mara, "D-2").await["labels"], json!(["gate", "old"]));
    mara.post(&format!("{path}/undo"), json!({})).await.refused(409);
}

#[tokio::test]
async fn components_and_consensus_are_set_and_put_back() {
    let (_app, mara, nils, tom) = world().await;
    tom.put("/api/v1/deltas/D-1/places/neutron", json!({ "components": ["api"] })).await.ok();
    let three = json!(["D-1", "D-2", "D-4"]);
    let change = json!({ "components": { "project": "neutron", "add": ["ovs"] } });
    let bulk = mara.post(PATH, json!({ "deltas": three, "change": change })).await.ok().json;
    assert_eq!(outcomes(&bulk), ["done", "done", "refused 409"]);
    let slugs = async |key: &str| {
        let seen = delta(&mara, key).await;
        let all = seen["places"][0]["components"].as_array().unwrap().clone();
        all.iter().map(|one| one["slug"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((slugs("D-1").await, slugs("D-2").await), (vec!["api".to_owned(), "ovs".to_owned()], vec!["ovs".to_owned()]));
    undo(&mara, &bulk).await;
    assert_eq!((slugs("D-1").await, slugs("D-2").await.len()), (vec!["api".to_owned()], 0));
    let unknown = json!({ "components": { "project": "neutron", "set": ["nothing"] } });
    let bulk = mara.post(PATH, json!({ "deltas": ["D-1"], "change": unknown })).await.ok().json;
    assert_eq!(outcomes(&bulk), ["refused 422"]);

    let consensus = "/api/v1/deltas/D-1/places/neutron/consensus";
    mara.put(consensus, json!({ "state": "discussing", "rationale": "Let us see." })).await.ok();
    let before = delta(&mara, "D-1").await["places"][0].clone();
    let holds = |state: &str, rationale: &str| json!({ "consensus": { "project": "neutron", "state": state, "rationale": rationale } });
    let bulk = mara.post(PATH, json!({ "deltas": three, "change": holds("declined", "So be it.") })).await.ok().json;
    assert_eq!(outcomes(&bulk), ["done", "done", "refused 409"]);
    assert_eq!(outcomes(&nils.post(PATH, json!({ "deltas": ["D-1"], "change": holds("agreed", "") })).await.ok().json), ["refused 403"]);
    mara.put("/api/v1/deltas/D-2/places/neutron/consensus", json!({ "state": "agreed" })).await.ok();
    let undone = undo(&mara, &bulk).await;
    assert_eq!(outcomes(&undone), ["undone", "kept 409", "refused 409"]);
    let after = delta(&mara, "D-1").await["places"][0].clone();
    for field in ["consensus", "rationale", "decided_by", "decided_at", "how", "revision"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    let refused = mara.post(PATH, json!({ "deltas": ["D-1"], "change": holds("declined", " ") })).await.ok().json;
    assert_eq!(outcomes(&refused), ["refused 422"]);
}

#[tokio::test]
async fn many_are_called_duplicates_and_are_open_again() {
    let (_app, mara, _, tom) = world().await;
    tom.put("/api/v1/deltas/D-2/vote", json!({ "severity": 4 })).await.ok();
    let change = json!({ "duplicate": { "of": "D-1", "reason": "The same restart." } });
    let bulk = mara.post(PATH, json!({ "deltas": ["D-1", "D-2", "D-3", "D-4"], "change": change })).await.ok().json;
    assert_eq!(outcomes(&bulk), ["refused 422", "done", "done", "refused 403"]);
    let survivor = delta(&mara, "D-1").await;
    assert_eq!((survivor["duplicates"].as_array().unwrap().len(), &survivor["impact"]["affected"]), (2, &json!(1)));
    mara.delete("/api/v1/deltas/D-3/resolution").await.ok();
    assert_eq!(outcomes(&undo(&mara, &bulk).await), ["refused 422", "undone", "kept 409", "refused 403"]);
    let survivor = delta(&mara, "D-1").await;
    assert_eq!((&survivor["duplicates"], &survivor["impact"]["affected"]), (&json!(null), &json!(0)));
    assert_eq!(delta(&mara, "D-2").await["open"], true);
}

#[tokio::test]
async fn two_hundred_are_taken_and_what_cannot_be_meant_is_refused_whole() {
    let (app, mara, ..) = world().await;
    let some = json!({ "labels": { "add": ["x"] } });
    let many = |count: usize| json!((1..=count).map(|number| format!("D-{number}")).collect::<Vec<_>>());
    app.anyone().post(PATH, json!({ "deltas": ["D-1"], "change": some })).await.refused(401);
    for body in [
        json!({ "deltas": [], "change": some }),
        json!({ "deltas": many(201), "change": some }),
        json!({ "deltas": ["D-0"], "change": some }),
        json!({ "deltas": "D-1", "change": some }),
        json!({ "deltas": ["D-1"] }),
        json!({ "deltas": ["D-1"], "change": {} }),
        json!({ "deltas": ["D-1"], "change": { "labels": {} } }),
        json!({ "deltas": ["D-1"], "change": { "labels": { "set": [], "add": ["x"] } } }),
        json!({ "deltas": ["D-1"], "change": { "labels": { "add": ["x\u{0}"] } } }),
        json!({ "deltas": ["D-1"], "change": { "labels": { "add": (0..21).map(|i| i.to_string()).collect::<Vec<_>>() } } }),
        json!({ "deltas": ["D-1"], "change": { "labels": { "add": ["x"] }, "duplicate": { "of": "D-2" } } }),
        json!({ "deltas": ["D-1"], "change": { "priority": "high" } }),
        json!({ "deltas": ["D-1"], "change": { "consensus": { "project": "neutron", "state": "done" } } }),
        json!({ "deltas": ["D-1"], "change": { "components": { "project": "../x", "add": ["x"] } } }),
        json!({ "deltas": ["D-1"], "change": { "duplicate": { "of": "x" } } }),
    ] {
        mara.post(PATH, body.clone()).await.refused(422);
    }
    // A row is refused alone where it would be refused alone.
    let spaces = mara.post(PATH, json!({ "deltas": ["D-1"], "change": { "labels": { "add": ["a b"] } } })).await.ok().json;
    assert_eq!(outcomes(&spaces), ["refused 422"]);
    let bulk = mara.post(PATH, json!({ "deltas": many(200), "change": some })).await.ok().json;
    let rows = outcomes(&bulk);
    assert_eq!((rows.len(), rows.iter().filter(|row| *row == "done").count()), (200, 3));
    mara.get(&format!("{PATH}/x")).await.refused(404);
    mara.post(&format!("{PATH}/{}/undo", uuid::Uuid::nil()), json!({})).await.refused(404);
}

#[tokio::test]
async fn what_several_add_at_the_same_time_is_all_there() {
    let (_app, mara, ..) = world().await;
    let works: Vec<_> = (0..8)
        .map(|n| {
            let mara = mara.clone();
            let change = json!({ "labels": { "add": [format!("l{n}")] } });
            tokio::spawn(async move { mara.post(PATH, json!({ "deltas": ["D-1", "D-2"], "change": change })).await.ok().json })
        })
        .collect();
    for work in works {
        assert_eq!(outcomes(&work.await.unwrap()), ["done", "done"]);
    }
    let all: Vec<String> = (0..8).map(|n| format!("l{n}")).collect();
    for key in ["D-1", "D-2"] {
        assert_eq!(delta(&mara, key).await["labels"], json!(all));
    }
}

#[tokio::test]
async fn an_undoing_that_broke_off_goes_on_when_it_is_asked_for_again() {
    let (app, mara, ..) = world().await;
    let change = json!({ "labels": { "add": ["gate"] } });
    let bulk = mara.post(PATH, json!({ "deltas": ["D-1", "D-2", "D-3"], "change": change })).await.ok().json;
    // As a server leaves it that ended when it had put the last one back.
    mara.put("/api/v1/deltas/D-3/labels", json!({ "labels": [] })).await.ok();
    app.execute("UPDATE bulk_row SET outcome = 'undone' WHERE turn = 2; UPDATE bulk SET undone_at = at").await;
    assert_eq!(outcomes(&undo(&mara, &bulk).await), ["undone", "undone", "undone"]);
    for key in ["D-1", "D-2", "D-3"] {
        assert_eq!(delta(&mara, key).await["labels"], json!([]), "{key}");
    }
    mara.post(&format!("{PATH}/{}/undo", bulk["id"].as_str().unwrap()), json!({})).await.refused(409);
}

#[tokio::test]
async fn what_waits_when_a_change_is_undone_is_not_changed_any_more() {
    let (app, mara, ..) = world().await;
    let name = mara.get("/api/v1/me").await.ok().json["name"].as_str().unwrap().to_owned();
    let mut tx = app.app.db.read().await.unwrap();
    let user = store::user::by_name(&mut tx, &name).await.unwrap().unwrap();
    let caller = Caller::new(store::user::who(&mut tx, user.id).await.unwrap().unwrap());
    drop(tx);
    let new = json!({ "deltas": ["D-1", "D-2"], "change": { "labels": { "add": ["gate"] } } });
    let begun = act::bulk::begin(&app.app, &caller, serde_json::from_value(new).unwrap()).await.unwrap();
    let path = format!("{PATH}/{}/undo", begun.id);
    mara.post(&path, json!({})).await.refused(409);
    app.app.clock.advance(Duration::seconds(61));
    assert_eq!(outcomes(&mara.post(&path, json!({})).await.ok().json), ["refused 409", "refused 409"]);
    // Who was slow finds nothing left to do.
    let done = act::bulk::run(&app.app, &caller, &begun).await.unwrap();
    assert_eq!(outcomes(&json!(done)), ["refused 409", "refused 409"]);
    assert_eq!(delta(&mara, "D-1").await["labels"], json!([]));
}
