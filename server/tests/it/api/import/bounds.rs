//! What a file may not do, whatever it says: whose records it names, whose words and votes it brings, how much of everything.

use std::io::Write;

use axum::http::Method;
use serde_json::{Value, json};
use server::{
    act::import::{Options, turn::due},
    ingest::tracker::Tracker,
};

use super::{PATH, bring, deltas, done, issue, issues, kept, world};
use crate::import::import_from;

#[tokio::test]
async fn a_file_names_no_records_but_the_projects_own() {
    let (app, mara) = world().await;
    let tom = app.person("tom").await;
    app.project("nova", &tom).await;
    let first = bring(&mara, "", issues()).await.status(202);
    done(&app, &mara, &first).await;
    let title = async || mara.get("/api/v1/deltas/D-1").await.ok().json["title"].clone();
    let before = title().await;
    let said = json!([{ "id": 9, "body": "Mine now.", "user": { "login": "bob" }, "created_at": "2024-03-01T00:00:00Z" }]);
    let stolen = issue(1, json!({ "title": "Mine now", "updatedAt": "2024-05-01T00:00:00Z", "comments_data": said }));
    let text = json!([stolen, issue(7, json!({}))]).to_string();
    let path = "/api/v1/projects/nova/imports";
    let brought = tom.send(Method::POST, &format!("{path}?tracker=github"), None, text).await.status(202);
    due(&app.app).await.unwrap();
    let told = tom.get(&format!("{path}/{}", brought.json["id"].as_str().unwrap())).await.ok().json;
    assert_eq!((&told["state"], &told["added"], &told["refused"]), (&json!("done"), &json!(2), &json!(0)), "{told}");
    assert_eq!((title().await, deltas(&mara).await), (before, 4));
    let timeline = mara.get("/api/v1/deltas/D-1/timeline").await.ok();
    assert!(!timeline.text.contains("Mine now"), "{}", timeline.text);
}

#[tokio::test]
async fn who_names_a_record_first_gets_nothing_of_what_the_operator_imports_later() {
    let (app, mara) = world().await;
    let tom = app.person("tom").await;
    app.project("nova", &tom).await;
    let path = "/api/v1/projects/nova/imports?tracker=github";
    let lure = json!([issue(1, json!({ "title": "A guess", "comments_data": [{ "id": 9, "body": "x", "user": { "login": "bob" } }] }))]);
    tom.send(Method::POST, path, None, lure.to_string()).await.status(202);
    due(&app.app).await.unwrap();
    let said = json!([{ "id": 9, "body": "The password is tulip.", "user": { "login": "bob" }, "created_at": "2024-03-01T00:00:00Z" }]);
    let secret = issue(1, json!({ "title": "The hole", "body": "Say tulip.", "updatedAt": "2024-05-01T00:00:00Z", "comments_data": said }));
    let options = Options { project: Some("neutron".to_owned()), only: true, ..Options::default() };
    let report = import_from(&app, Tracker::GitHub, json!([secret]).to_string().as_bytes(), options).await;
    assert_eq!((report.added, report.changed, report.comments), (1, 0, 1), "{report}");
    for path in ["/api/v1/deltas/D-1", "/api/v1/deltas/D-1/timeline"] {
        let told = tom.get(path).await.ok();
        assert!(!told.text.contains("tulip") && !told.text.contains("The hole"), "{}", told.text);
    }
    let theirs = mara.get("/api/v1/deltas/D-2").await.ok();
    assert_eq!((&theirs.json["title"], &theirs.json["places"][0]["project"]), (&json!("The hole"), &json!("neutron")));
    // People are told the tracker, and nothing of whose records these are.
    for key in ["D-1", "D-2"] {
        let timeline = mara.get(&format!("/api/v1/deltas/{key}/timeline")).await.ok();
        assert!(!timeline.text.contains("github@"), "{}", timeline.text);
    }
}

#[tokio::test]
async fn what_is_out_of_sight_is_related_to_nothing_as_if_it_were_not_here() {
    let (app, mara) = world().await;
    let sue = app.person("sue").await;
    mara.put("/api/v1/projects/neutron/security/sue", json!({})).await.ok();
    let import = async |bugs: Value, query: &str| {
        let path = format!("/api/v1/projects/neutron/imports?tracker=bugzilla&{query}");
        let brought = mara.send(Method::POST, &path, None, json!({ "bugs": bugs }).to_string()).await.status(202);
        done(&app, &mara, &brought).await
    };
    let bug = |id: u32, blocks: Value| json!({ "id": id, "summary": format!("Gap {id}"), "product": "Shop", "status": "NEW", "creator": "tom@example.org", "blocks": blocks });
    import(json!([bug(1, json!([])), bug(2, json!([]))]), "").await;
    app.execute("UPDATE delta SET visibility = 'private' WHERE number = 1").await;
    let losses = |told: &Value| {
        assert_eq!(told["report"]["relations"], 0, "{told}");
        told["report"]["losses"].clone()
    };
    // The first is hidden, the other never came in: nobody can tell them apart.
    for query in ["dry_run=true", ""] {
        let unseen = import(json!([bug(2, json!([1]))]), query).await;
        let unknown = import(json!([bug(2, json!([7]))]), query).await;
        for told in [&unseen, &unknown] {
            let lost = losses(told);
            let lost = lost.as_array().unwrap().iter().find(|loss| loss["what"].as_str().unwrap().starts_with("relations to records"));
            assert_eq!(lost.expect("a relation that was lost")["count"], 1, "{told}");
        }
    }
    let seen = import(json!([bug(2, json!([])), bug(3, json!([2]))]), "").await;
    assert_eq!(
        (&seen["report"]["relations"], &seen["report"]["traces"], &seen["report"]["stances"]),
        (&json!(1), &json!(0), &json!(0)),
        "{seen}"
    );
    let hidden = sue.get("/api/v1/deltas/D-1").await.ok().json;
    assert!(hidden["relations"].as_array().is_none_or(Vec::is_empty), "{hidden}");
}

/// What people said of an issue.
fn talk() -> Value {
    let user = |name: &str| json!({ "login": name });
    let vote = |name: &str| json!({ "content": "+1", "user": user(name) });
    json!({
        "comments_data": [{ "id": 9, "body": "So it is.", "user": user("bob"), "created_at": "2024-03-01T00:00:00Z" }],
        "reactions_data": [vote("bob"), vote("eve"), vote("kim")],
    })
}

#[tokio::test]
async fn people_of_a_file_vote_in_its_project_and_in_no_other() {
    let (app, mara) = world().await;
    let tom = app.person("tom").await;
    app.project("nova", &tom).await;
    let text = |number: u32| json!([issue(number, talk())]).to_string();
    let first = bring(&mara, "", text(1)).await.status(202);
    assert_eq!(done(&app, &mara, &first).await["report"]["votes"], 3);
    let second = bring(&mara, "", json!([issue(2, json!({}))]).to_string()).await.status(202);
    done(&app, &mara, &second).await;
    tom.put("/api/v1/deltas/D-2/places/nova", json!({})).await.ok();
    for query in ["dry_run=true", ""] {
        let brought = bring(&mara, query, text(2)).await.status(202);
        let told = done(&app, &mara, &brought).await;
        assert_eq!(
            (&told["state"], &told["report"]["votes"], &told["report"]["comments"]),
            (&json!("done"), &json!(0), &json!(1)),
            "{told}"
        );
        let losses = told["report"]["losses"].as_array().unwrap();
        assert!(losses.iter().any(|loss| loss["what"].as_str().unwrap().contains("another project") && loss["count"] == 3), "{told}");
    }
    assert_eq!(tom.get("/api/v1/deltas/D-2/impact").await.ok().json["affected"], 0);
    assert_eq!(app.verify().await, Vec::<&str>::new());
}

#[tokio::test]
async fn a_file_speaks_for_nobody_who_came_in_by_another_source() {
    let (app, mara) = world().await;
    let tom = app.person("tom").await;
    app.project("nova", &tom).await;
    let text = json!([issue(1, talk())]).to_string();
    let options = Options { project: Some("neutron".to_owned()), only: true, ..Options::default() };
    import_from(&app, Tracker::GitHub, text.as_bytes(), options).await;
    for (client, project) in [(&mara, "neutron"), (&tom, "nova")] {
        let path = format!("/api/v1/projects/{project}/imports?tracker=github");
        client.send(Method::POST, &path, None, text.clone()).await.status(202);
    }
    assert_eq!(due(&app.app).await.unwrap(), 2);
    let mut names = Vec::new();
    for key in ["D-1", "D-2", "D-3"] {
        let timeline = mara.get(&format!("/api/v1/deltas/{key}/timeline")).await.ok().json;
        let said = timeline["items"].as_array().unwrap().iter().find(|entry| entry["kind"] == "comment.added").expect("a comment");
        names.push(said["actor"]["name"].as_str().unwrap().to_owned());
    }
    assert_eq!(names[0], "gh.bob");
    assert!(names[1..].iter().all(|name| name.starts_with("gh.bob-")) && names[1] != names[2], "{names:?}");
}

#[tokio::test]
async fn a_record_of_a_file_is_of_a_sensible_size_however_it_is_packed() {
    let (app, mara) = world().await;
    let large = issue(2, json!({ "body": "x".repeat(9 << 20) }));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(json!([issue(1, json!({})), large]).to_string().as_bytes()).unwrap();
    let brought = bring(&mara, "", packed.finish().unwrap()).await.status(202);
    let told = done(&app, &mara, &brought).await;
    assert_eq!((&told["state"], &told["added"], &told["refused"]), (&json!("done"), &json!(1), &json!(1)), "{told}");
    assert!(told["report"]["bad"][0].as_str().unwrap().contains("8388608 bytes"), "{told}");
}

#[tokio::test]
async fn files_that_were_not_brought_in_make_room_for_others() {
    let (app, mara) = world().await;
    app.project("nova", &mara).await;
    // There is room for 4 MB.
    let large = |size: usize| format!("{}{}", issues(), " ".repeat(size));
    let mut tried = Vec::new();
    for size in [1_000_000, 2_000_000, 3_000_000] {
        let brought = bring(&mara, "dry_run=true", large(size)).await.status(202);
        done(&app, &mara, &brought).await;
        tried.push(format!("{PATH}/{}", brought.json["id"].as_str().unwrap()));
    }
    let mut left = Vec::new();
    for one in &tried {
        left.push(mara.get(one).await.ok().json["kept"].as_bool().unwrap());
    }
    assert_eq!((left, kept(&app)), (vec![false, false, true], 1), "the oldest go first, and no more than must");
    mara.post(&format!("{}/start", tried[0]), json!({})).await.refused(409);

    // One that waits, also in another project of the same person, goes for nobody.
    let path = "/api/v1/projects/nova/imports?tracker=github";
    mara.send(Method::POST, path, None, large(3_000_000)).await.status(202);
    let refused = bring(&mara, "", large(2_000_000)).await.refused(409);
    assert!(refused.json["detail"].as_str().unwrap().contains("4.0 MB"), "{}", refused.text);
    assert_eq!(kept(&app), 1);
    due(&app.app).await.unwrap();
    bring(&mara, "", large(2_000_000)).await.status(202);
}
