use serde_json::json;

use super::{IMPACT, VOTE, world};

#[tokio::test]
async fn scores_follow_the_segments_members() {
    let (app, mara) = world().await;
    let (zoe, ole) = (app.person("zoe").await, app.person("ole").await);
    let me = "/api/v1/projects/neutron/segments/vendor-x/me";
    zoe.put(me, json!({})).await.ok();
    zoe.put(VOTE, json!({"severity": 4})).await.ok();
    let reply = mara.get(IMPACT).await.ok();
    assert_eq!(reply.json["segment"], "vendor-x driver");
    let before = reply.json["score"].as_i64().unwrap();
    ole.put(me, json!({})).await.ok();
    mara.put(me, json!({})).await.ok();
    server::act::impact::refresh(&app.app).await.unwrap();
    let reply = mara.get(IMPACT).await.ok();
    let after = schema::impact::score([0, 0, 0, 1], 3);
    assert!(after < before);
    assert_eq!(reply.json["score"].as_i64(), Some(after));
    let list = mara.get("/api/v1/deltas?q=segment:vendor-x+project:neutron").await.ok();
    assert_eq!(list.json["items"][0]["impact"].as_i64(), Some(after));
    let mut tx = app.app.db.read().await.unwrap();
    assert!(server::store::impact::stale(&mut tx).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_vote_counts_where_its_voter_was_also_after_they_left() {
    let (app, mara) = world().await;
    let (zoe, ole) = (app.person("zoe").await, app.person("ole").await);
    let me = "/api/v1/projects/neutron/segments/vendor-x/me";
    zoe.put(me, json!({})).await.ok();
    ole.put(me, json!({})).await.ok();
    zoe.put(VOTE, json!({"severity": 4})).await.ok();
    let line = async || {
        server::act::impact::refresh(&app.app).await.unwrap();
        let reply = mara.get(IMPACT).await.ok();
        let line = reply.json["segments"].as_array().unwrap().iter().find(|line| line["slug"] == "vendor-x").cloned().unwrap();
        (line["affected"].as_i64().unwrap(), line["known"].as_i64().unwrap(), line["score"].as_i64().unwrap())
    };
    let of = |known: i64| (1, known, schema::impact::score([0, 0, 0, 1], known));
    assert_eq!(line().await, of(2));
    // Whose vote counts is a user it is known by: leaving changes nothing of it.
    zoe.delete(me).await.ok();
    assert_eq!(line().await, of(2));
    // Others who leave are users no more.
    ole.delete(me).await.ok();
    assert_eq!(line().await, of(1));
    zoe.put(me, json!({})).await.ok();
    zoe.put(me, json!({})).await.ok();
    assert_eq!(line().await, of(1));
    zoe.delete(me).await.ok();
    // Voting again after leaving, it counts there no more.
    let reply = zoe.put(VOTE, json!({"severity": 4})).await.ok();
    assert!(reply.json["segments"].as_array().unwrap().iter().all(|line| line["slug"] != "vendor-x"), "{}", reply.text);
    let stays = zoe.get("/api/v1/me/segments").await.ok().json;
    let stays: Vec<_> = stays.as_array().unwrap().iter().map(|stay| (stay["slug"].clone(), stay["left_at"].is_null())).collect();
    assert_eq!(stays.iter().filter(|(slug, here)| slug == "vendor-x" && !here).count(), 2, "{stays:?}");
    assert!(stays.contains(&(json!("everyone"), true)), "{stays:?}");
    app.anyone().get("/api/v1/me/segments").await.refused(401);
}

#[tokio::test]
async fn a_segment_joined_later_is_told_and_counts_once_one_votes_again() {
    let (app, _) = world().await;
    let zoe = app.person("zoe").await;
    zoe.put(VOTE, json!({"severity": 3, "note": "Nightly."})).await.ok();
    let put = zoe.put("/api/v1/projects/neutron/segments/large/me", json!({})).await.ok();
    assert!(put.json["since"].is_string());
    let reply = zoe.get(IMPACT).await.ok();
    assert_eq!((reply.json["segments"].as_array().unwrap().len(), &reply.json["my_new_segments"]), (1, &json!(["over 1000 hosts"])));
    let browser = app.signed_in("zoe").await;
    let page = browser.get("/deltas/D-1").await.ok();
    assert!(page.text.contains("You have joined over 1000 hosts since you voted."), "{}", page.text);
    browser.form("/deltas/D-1/vote", &[("again", "yes")]).await.leads();
    let reply = zoe.get(IMPACT).await.ok();
    assert_eq!((reply.json["segments"].as_array().unwrap().len(), reply.json["my_new_segments"].is_null()), (2, true));
    assert_eq!((&reply.json["mine"], &reply.json["my_note"]), (&json!(3), &json!("Nightly.")));
    app.signed_in("mara").await.form("/deltas/D-1/vote", &[("again", "yes")]).await.refused(409);
}

#[tokio::test]
async fn who_comes_back_by_a_vote_is_a_member_wherever_they_voted_before() {
    let (app, mara) = world().await;
    app.delta(&mara, json!({})).await;
    let ann = app.person("ann").await;
    ann.put(VOTE, json!({"severity": 3})).await.ok();
    ann.delete("/api/v1/projects/neutron/segments/everyone/me").await.ok();
    let known = async || {
        server::act::impact::refresh(&app.app).await.unwrap();
        mara.get(IMPACT).await.ok().json["segments"][0]["known"].clone()
    };
    assert_eq!(known().await, 1);
    ann.put("/api/v1/deltas/D-2/vote", json!({"severity": 2})).await.ok();
    assert_eq!(known().await, 1, "she is one user, who is in it again");
    assert_eq!(app.verify().await, Vec::<&str>::new());
    // Voting on the same one again, too.
    ann.delete("/api/v1/projects/neutron/segments/everyone/me").await.ok();
    ann.put(VOTE, json!({"severity": 1})).await.ok();
    assert_eq!(known().await, 1);
    assert_eq!(app.verify().await, Vec::<&str>::new());
}
