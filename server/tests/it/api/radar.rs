use serde_json::json;
use time::Duration;

use crate::support::{NewTask, TestApp};

#[tokio::test]
async fn what_is_agreed_and_hits_many_and_nobody_has_committed_to_is_on_the_radar() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    app.project("nova", &mara).await;
    app.org("nw", "Northwind", &mara).await;
    app.org("hx", "Helix", &mara).await;
    let (mut keys, mut voters) = (Vec::new(), Vec::new());
    for name in ["ann", "bob", "cid"] {
        voters.push(app.person(name).await);
    }
    for n in 0..5 {
        let components = if n == 0 { json!(["ovs", "agent"]) } else { json!(["ovs"]) };
        let key = app.delta(&mara, json!({ "components": components, "title": format!("Gap {n}") })).await;
        app.app.clock.advance(Duration::hours(1));
        for voter in &voters {
            voter.put(&format!("/api/v1/deltas/{key}/vote"), json!({"severity": 4})).await.ok();
        }
        let path = format!("/api/v1/deltas/{key}/places/neutron/consensus");
        mara.put(&path, json!({ "state": if n == 1 { "disputed" } else { "agreed" } })).await.ok();
        keys.push(key);
    }
    let (guest, last) = (app.anyone(), format!("/api/v1/deltas/{}", keys[4]));
    let etag = mara.get(&last).await.ok().header("etag").to_owned();
    mara.with("if-match", &etag).patch(&last, json!({"visibility": "private"})).await.ok();
    let keys_of = |reply: &serde_json::Value| -> Vec<String> {
        let groups = reply["projects"][0]["groups"].as_array().cloned().unwrap_or_default();
        let ovs = groups.into_iter().find(|group| group["component"] == "ovs");
        let worst = ovs.map(|group| group["worst"].as_array().cloned().unwrap_or_default()).unwrap_or_default();
        worst.iter().map(|one| one["key"].as_str().unwrap().to_owned()).collect()
    };
    // Oldest agreement first; what is disputed or private is not there.
    let radar = guest.get("/api/v1/radar?impact=10").await.ok().json;
    assert_eq!(keys_of(&radar), [keys[0].clone(), keys[2].clone(), keys[3].clone()]);
    assert_eq!((&radar["projects"][0]["count"], radar["projects"].as_array().unwrap().len()), (&json!(3), 1));
    let agent = radar["projects"][0]["groups"].as_array().unwrap().iter().find(|group| group["component"] == "agent").unwrap();
    assert_eq!((&agent["count"], &agent["worst"][0]["key"]), (&json!(1), &json!(keys[0])));
    assert_eq!(keys_of(&mara.get("/api/v1/radar?impact=10").await.ok().json).len(), 4);
    assert_eq!(guest.get("/api/v1/radar").await.ok().json["impact"], 40);
    assert!(guest.get("/api/v1/radar?impact=99").await.ok().json["projects"].as_array().unwrap().is_empty());
    // The list finds the same.
    let query = schema::radar::query("neutron", Some("ovs"), 10).replace(' ', "%20").replace('>', "%3E").replace('=', "%3D");
    assert_eq!(guest.get(&format!("/api/v1/deltas?q={query}")).await.ok().json["items"].as_array().unwrap().len(), 3);
    // Who commits takes it off; what an organisation that shows nothing has committed to is unknown.
    let task = |org, number| NewTask {
        org,
        number,
        rank: if number == 1 { "a" } else { "b" },
        priority: "normal",
        commitment: "committed",
        target: None,
        moves: 0,
    };
    app.task_row(&keys[0], task("nw", 1)).await;
    app.task_row(&keys[2], task("hx", 2)).await;
    app.openness(&mara, "hx", "closed").await;
    assert_eq!(keys_of(&guest.get("/api/v1/radar?impact=10").await.ok().json), [keys[2].clone(), keys[3].clone()]);
    assert!(!keys_of(&mara.get("/api/v1/radar?impact=10").await.ok().json).contains(&keys[2]));
    let of = guest.get("/api/v1/projects/neutron/radar?impact=10").await.ok().json;
    assert_eq!(of["projects"][0]["count"], 2);
    assert!(guest.get("/api/v1/projects/nova/radar?impact=10").await.ok().json["projects"].as_array().unwrap().is_empty());
    for path in ["/radar?impact=10", "/projects/neutron/radar?impact=10"] {
        let page = guest.get(path).await.ok().text;
        assert!(page.contains("Gap 3") && !page.contains("Gap 0") && !page.contains("Gap 4"), "{page}");
    }
    assert!(guest.get("/projects/nova/radar").await.ok().text.contains("No orphans"));
    for bad in ["101", "0", "-1", "x", "%00"] {
        guest.get(&format!("/api/v1/radar?impact={bad}")).await.refused(422);
    }
    guest.get("/api/v1/projects/none/radar").await.refused(404);
}
