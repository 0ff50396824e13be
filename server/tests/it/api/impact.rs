mod member;

use serde_json::json;
use time::Duration;

use crate::support::{
    TestApp,
    ci::{failed, run},
};

const VOTE: &str = "/api/v1/deltas/D-1/vote";
const IMPACT: &str = "/api/v1/deltas/D-1/impact";

/// neutron with D-1, a bug that mara filed.
async fn world() -> (TestApp, crate::support::Client) {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    app.delta(&mara, json!({})).await;
    (app, mara)
}

#[tokio::test]
async fn a_vote_counts_in_every_segment_of_the_voter() {
    let (app, _) = world().await;
    let zoe = app.person("zoe").await;
    zoe.put("/api/v1/projects/neutron/segments/vendor-x/me", json!({})).await.ok();
    let reply = zoe.put(VOTE, json!({"severity": 4, "note": "All day."})).await.ok();
    assert_eq!(reply.json["affected"], 1);
    assert_eq!(reply.json["blocked"], 1);
    assert_eq!(reply.json["week"], 1);
    assert_eq!(reply.json["mine"], 4);
    assert_eq!(reply.json["my_segments"], json!(["vendor-x driver"]));
    let score = schema::impact::score([0, 0, 0, 1], 1);
    assert_eq!((reply.json["score"].as_i64(), reply.json["segment"].as_str()), (Some(score), Some("vendor-x driver")));
    let segments = reply.json["segments"].as_array().unwrap();
    assert_eq!(segments.len(), 2);
    assert_eq!(
        segments[0],
        json!({"project": "neutron", "slug": "vendor-x", "name": "vendor-x driver", "affected": 1, "known": 1, "score": score,
            "severities": [0, 0, 0, 1]})
    );
    app.app.clock.advance(Duration::days(8));
    let reply = app.anyone().get(IMPACT).await.ok();
    assert_eq!((reply.json["week"].as_i64(), reply.json["affected"].as_i64()), (Some(0), Some(1)));
    assert!(reply.json["mine"].is_null());
}

#[tokio::test]
async fn not_affected_counts_in_the_denominator_and_a_vote_can_be_changed_and_taken_back() {
    let (app, mara) = world().await;
    let (zoe, ole) = (app.person("zoe").await, app.person("ole").await);
    mara.put(VOTE, json!({"severity": 0})).await.ok();
    zoe.put(VOTE, json!({"severity": 2})).await.ok();
    let reply = ole.put(VOTE, json!({"severity": 3})).await.ok();
    let everyone = &reply.json["segments"][0];
    assert_eq!((everyone["affected"].as_i64(), everyone["known"].as_i64()), (Some(2), Some(3)));
    assert_eq!(reply.json["score"].as_i64(), Some(schema::impact::score([0, 1, 1, 0], 3)));
    let reply = ole.put(VOTE, json!({"severity": 4})).await.ok();
    assert_eq!((reply.json["segments"][0]["severities"].clone(), reply.json["affected"].as_i64()), (json!([0, 1, 0, 1]), Some(2)));
    ole.delete(VOTE).await.ok();
    let reply = ole.delete(VOTE).await.ok();
    assert!(reply.json["mine"].is_null());
    assert_eq!((reply.json["affected"].as_i64(), reply.json["segments"][0]["known"].as_i64()), (Some(1), Some(3)));
    zoe.delete(VOTE).await.ok();
    let reply = mara.delete(VOTE).await.ok();
    assert_eq!((reply.json["score"].as_i64(), reply.json["segments"].clone()), (Some(0), json!([])));
}

#[tokio::test]
async fn who_may_not_vote_is_told_why() {
    let (app, mara) = world().await;
    app.delta(&mara, json!({"visibility": "private"})).await;
    let zoe = app.person("zoe").await;
    app.anyone().put(VOTE, json!({"severity": 3})).await.refused(401);
    app.anyone().delete(VOTE).await.refused(401);
    for path in ["/api/v1/deltas/D-2/vote", "/api/v1/deltas/D-9/vote", "/api/v1/deltas/x/vote"] {
        zoe.put(path, json!({"severity": 3})).await.refused(404);
        zoe.delete(path).await.refused(404);
    }
    zoe.get("/api/v1/deltas/D-2/impact").await.refused(404);
    for bad in [json!({"severity": 5}), json!({"severity": -1}), json!({"severity": "3"}), json!({}), json!({"severity": 1, "x": 1})] {
        zoe.put(VOTE, bad).await.refused(422);
    }
    zoe.put(VOTE, json!({"severity": 1, "note": "x".repeat(2001)})).await.refused(422);
    zoe.put(VOTE, json!({"severity": 1, "note": "a\0"})).await.refused(422);
    assert_eq!(app.anyone().get(IMPACT).await.ok().json["affected"], 0);
}

#[tokio::test]
async fn thirty_votes_at_once_are_all_counted() {
    let (app, _) = world().await;
    let mut voters = Vec::new();
    for n in 0..30 {
        voters.push(app.person(&format!("voter{n}")).await);
    }
    let votes: Vec<_> = voters
        .into_iter()
        .enumerate()
        .map(|(n, voter)| tokio::spawn(async move { voter.put(VOTE, json!({"severity": n % 5})).await.ok() }))
        .collect();
    for vote in votes {
        vote.await.unwrap();
    }
    let reply = app.anyone().get(IMPACT).await.ok();
    assert_eq!(reply.json["affected"], 24);
    let everyone = &reply.json["segments"][0];
    assert_eq!(everyone["severities"], json!([6, 6, 6, 6]));
    assert_eq!((everyone["affected"].as_i64(), everyone["known"].as_i64()), (Some(24), Some(30)));
    let score = schema::impact::score([6, 6, 6, 6], 30);
    assert_eq!(reply.json["score"].as_i64(), Some(score));
    let list = app.anyone().get("/api/v1/deltas?q=project:neutron").await.ok();
    assert_eq!(list.json["items"][0]["impact"].as_i64(), Some(score));
}

#[tokio::test]
async fn it_still_affects_me_on_a_release_is_said_with_one_click() {
    let (app, mara) = world().await;
    let zoe = app.person("zoe").await;
    let (confirm, release) = ("/api/v1/deltas/D-1/vote/confirm", json!({"release": "2026.1"}));
    zoe.put("/api/v1/projects/neutron/segments/large/me", json!({})).await.ok();
    zoe.put(VOTE, json!({"severity": 3})).await.ok();
    zoe.post(confirm, release.clone()).await.refused(422);
    app.app.clock.advance(Duration::days(2));
    let out = app.app.clock.now().format(&time::format_description::well_known::Rfc3339).unwrap();
    mara.put("/api/v1/projects/neutron/releases/2026.1", json!({"released_at": out})).await.ok();
    mara.put("/api/v1/projects/neutron/releases/2026.2", json!({"released_at": null})).await.ok();
    app.app.clock.advance(Duration::days(1));
    let asked = zoe.get(IMPACT).await.ok().json["releases"].clone();
    assert_eq!((asked.as_array().unwrap().len(), &asked[0]["asks"], &asked[0]["confirmed"]), (1, &json!(true), &json!(0)));
    let browser = app.signed_in("zoe").await;
    assert!(browser.get("/deltas/D-1").await.ok().text.contains("Still affects me on 2026.1"));
    browser.form("/deltas/D-1/vote", &[("confirm", "2026.1"), ("project", "neutron")]).await.leads();
    for _ in 0..2 {
        // Saying it again counts once.
        let said = zoe.post(confirm, release.clone()).await.ok().json["releases"][0].clone();
        assert_eq!((&said["confirmed"], &said["mine"], &said["asks"]), (&json!(1), &json!(true), &json!(false)));
        assert_eq!(said["segments"], json!([{"segment": "over 1000 hosts", "confirmed": 1}]));
    }
    assert_eq!(mara.get(IMPACT).await.ok().json["releases"][0]["mine"], false);
    mara.post(confirm, release.clone()).await.refused(409);
    app.anyone().post(confirm, release).await.refused(401);
    for bad in
        [json!({"release": "2026.2"}), json!({"release": "a\0"}), json!({"release": 7}), json!({}), json!({"release": "x".repeat(65)})]
    {
        zoe.post(confirm, bad).await.refused(422);
    }
    zoe.post(confirm, json!({"release": "2026.1", "project": "nova"})).await.refused(422);
    // What one stated, in its order.
    zoe.put(VOTE, json!({"severity": 0})).await.ok();
    assert_eq!(zoe.get(IMPACT).await.ok().json["releases"][0]["confirmed"], 0);
    zoe.delete(VOTE).await.ok();
    let mine = zoe.get(VOTE).await.ok().json;
    let said: Vec<_> = mine["history"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!(said, ["voted", "confirmed", "confirmed", "confirmed", "voted", "withdrawn"]);
    assert_eq!(
        (&mine["history"][1]["release"], &mine["history"][1]["severity"], mine["severity"].is_null()),
        (&json!("2026.1"), &json!(3), true)
    );
    assert!(mara.get(VOTE).await.ok().json["history"].as_array().unwrap().is_empty());
    app.anyone().get(VOTE).await.refused(401);
    let page = browser.get("/deltas/D-1/vote").await.ok();
    assert!(page.text.contains("Confirmed for 2026.1: Breaks a workflow") && page.text.contains("Taken back"), "{}", page.text);
}

#[tokio::test]
async fn the_trend_tells_who_came_and_who_went_week_by_week() {
    let (app, mara) = world().await;
    let mut voters = Vec::new();
    for name in ["ann", "bob", "cid"] {
        voters.push(app.person(name).await);
        voters.last().unwrap().put(VOTE, json!({"severity": 2})).await.ok();
    }
    app.app.clock.advance(Duration::days(8));
    voters[0].delete(VOTE).await.ok();
    voters[1].put(VOTE, json!({"severity": 0})).await.ok();
    mara.put(VOTE, json!({"severity": 4})).await.ok();
    // Said again, or more strongly, it is the same person.
    mara.put(VOTE, json!({"severity": 3})).await.ok();
    let reply = app.anyone().get(IMPACT).await.ok();
    assert_eq!((&reply.json["week"], &reply.json["trend"]["net"]), (&json!(1), &json!(-1)));
    let weeks = reply.json["trend"]["weeks"].as_array().unwrap();
    assert_eq!((weeks.len(), &weeks[10]["came"], &weeks[11]["came"], &weeks[11]["went"]), (12, &json!(3), &json!(1), &json!(2)));
    let points = reply.json["history"][0]["points"].as_array().unwrap();
    assert_eq!((points.len(), &points[0]["affected"], &points[1]["affected"]), (2, &json!(3), &json!(2)));
    let line = app.anyone().get("/api/v1/deltas?q=project:neutron").await.ok().json["items"][0].clone();
    assert_eq!((&line["week"], &line["weeks"]), (&json!(-1), &json!([0, 0, 0, 0, 0, 0, 3, -1])));
    let page = app.anyone().get("/deltas/D-1").await.ok();
    assert!(page.text.contains("−1 this week") && page.text.contains("Over time and releases"), "{}", page.text);
    assert!(app.anyone().get("/deltas").await.ok().text.contains("−1 this week"));
}

#[tokio::test]
async fn what_is_counted_on_is_what_counting_anew_comes_to() {
    let (app, mara) = world().await;
    app.project("nova", &mara).await;
    app.delta(&mara, json!({})).await;
    let mut people = Vec::new();
    for n in 0..6 {
        people.push(app.person(&format!("p{n}")).await);
    }
    // A walk that looks like chance and is the same each time.
    let mut seed: u64 = 42;
    let mut next = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for step in 0..90 {
        app.app.clock.advance(Duration::hours(5));
        let who = &people[next(6) as usize];
        let vote = format!("/api/v1/deltas/D-{}/vote", 1 + next(2));
        let me = format!(
            "/api/v1/projects/{}/segments/{}/me",
            ["neutron", "nova"][next(2) as usize],
            ["vendor-x", "large", "everyone"][next(3) as usize]
        );
        match next(6) {
            0 => who.delete(&vote).await.ok(),
            1 => who.put(&me, json!({})).await.ok(),
            2 => who.delete(&me).await.ok(),
            _ => who.put(&vote, json!({"severity": next(5)})).await.ok(),
        };
        if step == 40 {
            mara.put("/api/v1/deltas/D-1/places/nova", json!({"components": []})).await.ok();
        }
    }
    server::act::impact::refresh(&app.app).await.unwrap();
    for delta in ["D-1", "D-2"] {
        let path = format!("/api/v1/deltas/{delta}/impact");
        let counted = mara.get(&path).await.ok().json;
        let mut tx = app.app.db.write().await.unwrap();
        server::store::impact::recompute(&mut tx, &[app.delta_id(delta).await], app.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let anew = mara.get(&path).await.ok().json;
        for part in ["score", "segment", "affected", "blocked", "segments"] {
            assert_eq!(counted[part], anew[part], "{part} of {delta}");
        }
        assert!(counted["segments"].as_array().unwrap().len() > 1, "{counted}");
    }
}

#[tokio::test]
async fn who_refers_to_a_delta_does_not_wait_for_its_votes_to_be_counted() {
    let (app, mara) = world().await;
    for _ in 0..5 {
        app.delta(&mara, json!({})).await;
    }
    let ci = app.ci("neutron").await;
    let mut deltas = Vec::new();
    for number in 1..=6 {
        mara.put(&format!("/api/v1/deltas/D-{number}/vote"), json!({"severity": 3})).await.ok();
        let signature = json!({ "query": format!("test:a.t{number}.*") });
        mara.post(&format!("/api/v1/deltas/D-{number}/signatures"), signature).await.ok();
        deltas.push(app.delta_id(&format!("D-{number}")).await);
    }
    for round in 0..16 {
        // Five groups are known; the sixth is new each time, and its delta is referred to before all six are locked.
        let mut tests: Vec<_> = (1..=5).map(|number| failed(&format!("a.t{number}.x"), "boom")).collect();
        tests.push(failed(&format!("a.t6.round{round}"), "boom"));
        let refresh = async || {
            for _ in 0..3 {
                let mut tx = app.app.db.write().await.unwrap();
                server::store::impact::refresh(&mut tx, &deltas, app.app.clock.now()).await.expect("refreshed");
                tx.commit().await.unwrap();
            }
        };
        let external_id = format!("r{round}");
        let (reply, ()) = tokio::join!(run(&ci, &external_id, json!(tests)), refresh());
        assert_eq!(reply.status(201).json["all_known"], true);
    }
}

#[tokio::test]
async fn a_confirmation_counts_for_whom_the_delta_still_affects() {
    let (app, mara) = world().await;
    let zoe = app.person("zoe").await;
    app.delta(&mara, json!({})).await;
    let of = |key: &str, rest: &str| format!("/api/v1/deltas/{key}/{rest}");
    let duplicate = json!({"resolution": "duplicate", "duplicate_of": "D-2"});
    zoe.put(&of("D-1", "vote"), json!({"severity": 3})).await.ok();
    zoe.put(&of("D-2", "vote"), json!({"severity": 3})).await.ok();
    app.app.clock.advance(Duration::days(1));
    let out = app.app.clock.now().format(&time::format_description::well_known::Rfc3339).unwrap();
    mara.put("/api/v1/projects/neutron/releases/2026.1", json!({"released_at": out})).await.ok();
    app.app.clock.advance(Duration::days(1));
    for key in ["D-1", "D-2"] {
        zoe.post(&of(key, "vote/confirm"), json!({"release": "2026.1"})).await.ok();
    }
    let confirmed = async |key: &str| zoe.get(&of(key, "impact")).await.ok().json["releases"][0]["confirmed"].clone();
    assert_eq!((confirmed("D-1").await, confirmed("D-2").await), (json!(1), json!(1)));
    // What they say last, on a duplicate, is that it does not affect them.
    app.app.clock.advance(Duration::seconds(1));
    zoe.put(&of("D-1", "vote"), json!({"severity": 0})).await.ok();
    mara.put(&of("D-1", "resolution"), duplicate.clone()).await.ok();
    assert_eq!((zoe.get(&of("D-2", "impact")).await.ok().json["mine"].clone(), confirmed("D-2").await), (json!(0), json!(0)));
    mara.delete(&of("D-1", "resolution")).await.ok();
    assert_eq!(confirmed("D-2").await, 1, "what they said there stands again");
    mara.put(&of("D-1", "resolution"), duplicate.clone()).await.ok();
    app.app.clock.advance(Duration::seconds(1));
    zoe.put(&of("D-2", "vote"), json!({"severity": 2})).await.ok();
    assert_eq!(confirmed("D-2").await, 1);
    zoe.put(&of("D-2", "vote"), json!({"severity": 0})).await.ok();
    assert_eq!(confirmed("D-2").await, 0);
    // Taken back on what stands for it, it is taken back with what was confirmed on the duplicate.
    app.app.clock.advance(Duration::seconds(1));
    zoe.put(&of("D-1", "vote"), json!({"severity": 3})).await.ok();
    zoe.post(&of("D-1", "vote/confirm"), json!({"release": "2026.1"})).await.ok();
    assert_eq!(confirmed("D-1").await, 1);
    zoe.delete(&of("D-2", "vote")).await.ok();
    zoe.put(&of("D-1", "vote"), json!({"severity": 3})).await.ok();
    let release = zoe.get(&of("D-1", "impact")).await.ok().json["releases"][0].clone();
    assert_eq!((&release["confirmed"], &release["mine"]), (&json!(0), &json!(false)));
}
