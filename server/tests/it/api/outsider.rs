use serde_json::json;

use crate::support::{Client, TestApp};

const PATH: &str = "/api/v1/deltas/D-1/on-behalf";
const IMPACT: &str = "/api/v1/deltas/D-1/impact";

/// neutron with D-1; Northwind, whose owner is ada.
async fn world() -> (TestApp, Client, Client) {
    let app = TestApp::start().await;
    let (mara, ada) = (app.person("mara").await, app.person("ada").await);
    app.project("neutron", &mara).await;
    app.delta(&mara, json!({})).await;
    app.org("nw", "Northwind", &ada).await;
    (app, mara, ada)
}

#[tokio::test]
async fn a_member_speaks_for_a_customer_who_counts_once() {
    let (app, mara, ada) = world().await;
    app.openness(&ada, "nw", "open").await;
    let acme = |severity: i64| {
        json!({"name": "ACME", "org": "nw", "contact": "ops@acme.example", "severity": severity, "note": "Every night.",
            "segments": [{"project": "neutron", "segment": "large"}]})
    };
    ada.put(PATH, acme(3)).await.ok();
    let mut again = acme(4);
    again["name"] = json!("acme ");
    let all = ada.put(PATH, again).await.ok().json;
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&all["items"][0]["name"], &all["items"][0]["of"], &all["items"][0]["by"]["name"]),
        (&json!("ACME"), &json!("Northwind"), &json!("ada"))
    );
    let impact = app.anyone().get(IMPACT).await.ok().json;
    assert_eq!((&impact["affected"], &impact["blocked"], &impact["on_behalf"]), (&json!(1), &json!(1), &json!(1)));
    let large = impact["segments"].as_array().unwrap().iter().find(|line| line["slug"] == "large").unwrap();
    assert_eq!((&large["affected"], &large["known"]), (&json!(1), &json!(1)));
    assert_eq!((&impact["notes"][0]["behalf"], &impact["notes"][0]["person"]["name"]), (&json!("ACME"), &json!("ada")));
    let page = app.anyone().get("/deltas/D-1").await.ok();
    assert!(page.text.contains("on behalf of ACME, by Ada") && !page.text.contains("ops@acme.example"), "{}", page.text);
    assert_eq!(ada.get("/api/v1/orgs/nw/outsiders").await.ok().json[0]["contact"], "ops@acme.example");
    mara.get("/api/v1/orgs/nw/outsiders").await.refused(404);
    // Taken back, nothing remains of it.
    let id = all["items"][0]["outsider"].as_str().unwrap();
    mara.delete(&format!("{PATH}/{id}")).await.refused(404);
    ada.delete(&format!("{PATH}/{id}")).await.ok();
    ada.delete(&format!("{PATH}/{id}")).await.refused(404);
    let impact = mara.get(IMPACT).await.ok().json;
    assert_eq!((&impact["affected"], &impact["on_behalf"], &impact["segments"]), (&json!(0), &json!(0), &json!([])));
}

#[tokio::test]
async fn who_may_speak_for_whom() {
    let (app, mara, ada) = world().await;
    let viewer = app.member(&ada, "nw", "viola", "viewer").await;
    let zoe = app.person("zoe").await;
    let of = |field: &str, of: &str| json!({"name": "Jo", field: of, "severity": 2});
    for (who, record, status) in [
        (&app.anyone(), of("org", "nw"), 401),
        (&zoe, of("org", "nw"), 403),
        (&viewer, of("org", "nw"), 403),
        (&ada, of("project", "neutron"), 403),
        (&ada, of("org", "none"), 404),
        (&mara, json!({"name": "Jo", "severity": 2}), 422),
        (&mara, json!({"name": "Jo", "severity": 2, "org": "nw", "project": "neutron"}), 422),
        (&mara, json!({"name": " ", "severity": 2, "project": "neutron"}), 422),
        (&mara, json!({"name": "J\0", "severity": 2, "project": "neutron"}), 422),
        (&mara, json!({"name": "J".repeat(201), "severity": 2, "project": "neutron"}), 422),
        (&mara, json!({"name": "Jo", "severity": 5, "project": "neutron"}), 422),
        (&mara, json!({"name": "Jo", "severity": 2, "project": "neutron", "segments": [{"project": "neutron", "segment": "x"}]}), 422),
    ] {
        who.put(PATH, record).await.refused(status);
    }
    mara.put(PATH, of("project", "neutron")).await.ok();
    ada.put(PATH, of("org", "nw")).await.ok();
    // One of the project's users and one of Northwind's customers: two people.
    assert_eq!(zoe.get(IMPACT).await.ok().json["affected"], 2);
    zoe.get("/api/v1/projects/neutron/outsiders").await.refused(403);
    assert_eq!(mara.get("/api/v1/projects/neutron/outsiders").await.ok().json.as_array().unwrap().len(), 1);
    // A project that the delta is not in has no say.
    app.project("nova", &zoe).await;
    zoe.put(PATH, of("project", "nova")).await.refused(404);
    app.delta(&mara, json!({"visibility": "private"})).await;
    ada.put("/api/v1/deltas/D-2/on-behalf", of("org", "nw")).await.refused(404);
    zoe.get("/api/v1/deltas/D-2/on-behalf").await.refused(404);
}

#[tokio::test]
async fn customers_of_an_organisation_that_shows_nothing_are_a_number() {
    let (app, mara, ada) = world().await;
    app.openness(&ada, "nw", "closed").await;
    ada.put(PATH, json!({"name": "Secret Customer", "org": "nw", "severity": 4, "note": "Hush."})).await.ok();
    for openness in ["closed", "commitments"] {
        app.openness(&ada, "nw", openness).await;
        for who in [&mara, &app.anyone()] {
            let all = who.get(PATH).await.ok();
            assert_eq!((&all.json["items"], &all.json["others"]), (&json!([]), &json!(1)));
            let texts = [
                all.text,
                who.get(IMPACT).await.ok().text,
                who.get("/api/v1/deltas/D-1/timeline").await.ok().text,
                who.get("/deltas/D-1").await.ok().text,
                app.signed_in("mara").await.get("/deltas/D-1").await.ok().text,
            ];
            for text in texts {
                assert!(!text.contains("Secret Customer") && !text.contains("Hush."), "{text}");
            }
            assert_eq!(who.get(IMPACT).await.ok().json["on_behalf"], 1);
        }
        assert_eq!(ada.get(PATH).await.ok().json["items"][0]["name"], "Secret Customer");
    }
}

#[tokio::test]
async fn an_outsider_who_has_an_account_takes_the_votes_over_and_nobody_does_it_for_them() {
    let (app, mara, ada) = world().await;
    app.delta(&mara, json!({})).await;
    let zoe = app.person("zoe").await;
    let record = json!({"name": "Zoe of ACME", "org": "nw", "severity": 4, "segments": [{"project": "neutron", "segment": "large"}]});
    ada.put(PATH, record.clone()).await.ok();
    ada.put("/api/v1/deltas/D-2/on-behalf", record.clone()).await.ok();
    zoe.put("/api/v1/deltas/D-2/vote", json!({"severity": 1})).await.ok();
    let id = ada.get("/api/v1/orgs/nw/outsiders").await.ok().json[0]["id"].as_str().unwrap().to_owned();
    let (account, claim) = (format!("/api/v1/outsiders/{id}/account"), format!("/api/v1/me/claims/{id}"));
    mara.put(&account, json!({"user": "mara"})).await.refused(404);
    ada.put(&account, json!({"user": "nobody-here"})).await.refused(422);
    zoe.put(&claim, json!({"accept": true})).await.refused(404);
    ada.put(&account, json!({"user": "@zoe"})).await.status(204);
    // Until she says so, nothing changed.
    assert_eq!(zoe.get(IMPACT).await.ok().json["on_behalf"], 1);
    assert_eq!(zoe.get("/api/v1/me/claims").await.ok().json, json!([{"id": id, "name": "Zoe of ACME", "of": "Northwind", "votes": 2}]));
    mara.put(&claim, json!({"accept": true})).await.refused(404);
    zoe.put(&claim, json!({"accept": true})).await.status(204);
    let impact = zoe.get(IMPACT).await.ok().json;
    assert_eq!((&impact["affected"], &impact["on_behalf"], &impact["mine"]), (&json!(1), &json!(0), &json!(4)));
    assert_eq!(impact["my_segments"], json!(["over 1000 hosts"]));
    // Where she voted herself, that holds, and she counts once.
    let other = zoe.get("/api/v1/deltas/D-2/impact").await.ok().json;
    assert_eq!((&other["affected"], &other["mine"]), (&json!(1), &json!(1)));
    ada.put(PATH, record).await.refused(409);
    ada.put(&account, json!({"user": null})).await.refused(409);
    assert_eq!(ada.get("/api/v1/orgs/nw/outsiders").await.ok().json[0]["claimed_by"]["name"], "zoe");
}

/// Offers an account the votes that were recorded for Northwind's one customer; gives the path of the answer.
async fn offer(ada: &Client, user: &str) -> String {
    let id = ada.get("/api/v1/orgs/nw/outsiders").await.ok().json[0]["id"].as_str().unwrap().to_owned();
    ada.put(&format!("/api/v1/outsiders/{id}/account"), json!({ "user": user })).await.status(204);
    format!("/api/v1/me/claims/{id}")
}

async fn make_public(reporter: &Client, path: &str) {
    let etag = reporter.get(path).await.ok().header("etag").to_owned();
    reporter.with("if-match", &etag).patch(path, json!({"visibility": "public"})).await.ok();
}

#[tokio::test]
async fn what_was_recorded_where_they_do_not_look_tells_them_nothing_and_goes_once_they_vote() {
    let (app, _, ada) = world().await;
    let zoe = app.person("zoe").await;
    app.delta(&ada, json!({"visibility": "private"})).await;
    let (hidden, record) = ("/api/v1/deltas/D-2", json!({"name": "Zoe of ACME", "org": "nw", "severity": 4}));
    ada.put(&format!("{hidden}/on-behalf"), record).await.ok();
    let claim = offer(&ada, "zoe").await;
    assert_eq!(zoe.get("/api/v1/me/claims").await.ok().json[0]["votes"], 0);
    zoe.put(&claim, json!({"accept": true})).await.status(204);
    // Neither what they belong to nor what affects them tells that there is something.
    assert_eq!(zoe.get("/api/v1/me/segments").await.ok().json, json!([]));
    zoe.get(hidden).await.refused(404);
    let impact = async |who: &Client| {
        let impact = who.get(&format!("{hidden}/impact")).await.ok().json;
        [&impact["affected"], &impact["on_behalf"], &impact["mine"]].map(serde_json::Value::as_i64)
    };
    assert_eq!(impact(&ada).await, [Some(1), Some(1), None]);
    make_public(&ada, hidden).await;
    assert_eq!(impact(&zoe).await, [Some(1), Some(1), None]);
    zoe.put(&format!("{hidden}/vote"), json!({"severity": 2})).await.ok();
    assert_eq!(impact(&zoe).await, [Some(1), Some(0), Some(2)], "they count once, by what they say themselves");
    assert_eq!(app.verify().await, Vec::<&str>::new());
}

#[tokio::test]
async fn who_speaks_for_themselves_counts_once_where_a_duplicate_is_made_public() {
    let (app, mara, ada) = world().await;
    let zoe = app.person("zoe").await;
    app.delta(&ada, json!({"visibility": "private"})).await;
    let record = json!({"name": "Zoe of ACME", "org": "nw", "severity": 4});
    ada.put("/api/v1/deltas/D-2/on-behalf", record).await.ok();
    zoe.put(&offer(&ada, "zoe").await, json!({"accept": true})).await.status(204);
    zoe.put("/api/v1/deltas/D-1/vote", json!({"severity": 1})).await.ok();
    ada.put("/api/v1/deltas/D-2/resolution", json!({"resolution": "duplicate", "duplicate_of": "D-1"})).await.ok();
    make_public(&ada, "/api/v1/deltas/D-2").await;
    let impact = mara.get(IMPACT).await.ok().json;
    assert_eq!((&impact["affected"], &impact["on_behalf"]), (&json!(1), &json!(0)));
    assert_eq!(app.verify().await, Vec::<&str>::new());
    // Taking it back takes back what was still said for them, too.
    zoe.delete("/api/v1/deltas/D-1/vote").await.ok();
    for key in ["D-1", "D-2"] {
        assert_eq!(mara.get(&format!("/api/v1/deltas/{key}/impact")).await.ok().json["affected"], 0, "{key}");
    }
    assert_eq!(app.verify().await, Vec::<&str>::new());
}

#[tokio::test]
async fn votes_on_a_duplicate_and_on_what_stands_for_it_are_both_taken_over() {
    let (app, mara, ada) = world().await;
    let zoe = app.person("zoe").await;
    app.delta(&mara, json!({})).await;
    let record = |severity: i64| json!({"name": "Zoe of ACME", "org": "nw", "severity": severity});
    ada.put("/api/v1/deltas/D-2/on-behalf", record(1)).await.ok();
    app.app.clock.advance(time::Duration::seconds(1));
    ada.put(PATH, record(4)).await.ok();
    mara.put("/api/v1/deltas/D-1/resolution", json!({"resolution": "duplicate", "duplicate_of": "D-2"})).await.ok();
    zoe.put(&offer(&ada, "zoe").await, json!({"accept": true})).await.status(204);
    let impact = async |key: &str| {
        let impact = zoe.get(&format!("/api/v1/deltas/{key}/impact")).await.ok().json;
        [&impact["affected"], &impact["on_behalf"], &impact["mine"]].map(serde_json::Value::as_i64)
    };
    for key in ["D-1", "D-2"] {
        assert_eq!(impact(key).await, [Some(1), Some(0), Some(4)], "{key}");
    }
    assert_eq!(app.verify().await, Vec::<&str>::new());
    mara.delete("/api/v1/deltas/D-1/resolution").await.ok();
    assert_eq!(impact("D-2").await, [Some(1), Some(0), Some(1)], "what was recorded there stands again");
    assert_eq!(app.verify().await, Vec::<&str>::new());
}
