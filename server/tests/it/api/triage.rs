use serde_json::{Value, json};
use time::{Duration, format_description::well_known::Rfc3339};

use crate::support::{
    Client, NewDelta, NewTask, TestApp,
    ci::{failed, run},
};

struct World {
    app: TestApp,
    mara: Client,
    ole: Client,
    viola: Client,
}

async fn world() -> World {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    let ole = app.member(&mara, "nw", "ole", "member").await;
    let viola = app.member(&mara, "nw", "viola", "viewer").await;
    app.person("zoe").await;
    mara.put("/api/v1/orgs/nw/watches/crashes", json!({"query": "kind:crash"})).await.ok();
    mara.put("/api/v1/orgs/nw/watches/net", json!({"query": "project:neutron"})).await.ok();
    World { app, mara, ole, viola }
}

impl World {
    async fn delta(&self, project: &str, kind: &str, impact: i64) -> String {
        self.app.delta_row("zoe", NewDelta { project, kind, title: "A gap", impact, private: false }).await
    }

    async fn inbox(&self, caller: &Client) -> Vec<String> {
        keys(&caller.get("/api/v1/orgs/nw/triage").await.ok().json)
    }
}

fn keys(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_a_rule_matches_waits_by_impact_and_says_which_rules() {
    let world = world().await;
    let low = world.delta("neutron", "bug", 10).await;
    let high = world.delta("neutron", "crash", 90).await;
    let crash = world.delta("nova", "crash", 50).await;
    world.delta("nova", "bug", 99).await;
    let page = world.viola.get("/api/v1/orgs/nw/triage").await.ok().json;
    assert_eq!(keys(&page), [&*high, &*crash, &*low]);
    assert_eq!(page["items"][0]["watches"], json!(["crashes", "net"]));
    assert_eq!(page["items"][1]["watches"], json!(["crashes"]));
    assert_eq!(page["items"][0]["places"], json!([{"project": "neutron", "consensus": "proposed", "components": []}]));
    assert_eq!((page["items"][0].get("woke"), page["items"][0].get("lens")), (None, None));
}

#[tokio::test]
async fn the_inbox_is_paged() {
    let world = world().await;
    let mut all = Vec::new();
    for _ in 0..5 {
        all.insert(0, world.delta("neutron", "bug", 10).await);
    }
    let (mut seen, mut path) = (Vec::new(), "/api/v1/orgs/nw/triage?limit=2".to_owned());
    loop {
        let page = world.ole.get(&path).await.ok().json;
        seen.extend(keys(&page));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/orgs/nw/triage?limit=2&cursor={next}");
    }
    assert_eq!(seen, all);
    world.ole.get("/api/v1/orgs/nw/triage?cursor=zz").await.refused(422);
}

#[tokio::test]
async fn only_who_belongs_to_it_reads_an_inbox() {
    let world = world().await;
    let (outsider, guest, admin) = (world.app.person("otto").await, world.app.anyone(), world.app.admin().await);
    for openness in ["commitments", "open", "closed"] {
        world.app.openness(&world.mara, "nw", openness).await;
        outsider.get("/api/v1/orgs/nw/triage").await.refused(404);
        admin.get("/api/v1/orgs/nw/triage").await.refused(404);
        guest.get("/api/v1/orgs/nw/triage").await.refused(if openness == "closed" { 404 } else { 401 });
        world.viola.get("/api/v1/orgs/nw/triage").await.ok();
    }
}

#[tokio::test]
async fn private_deltas_wait_only_for_who_may_see_them() {
    let world = world().await;
    let private = NewDelta { project: "neutron", kind: "bug", title: "Hole", impact: 60, private: true };
    let key = world.app.delta_row("ole", private).await;
    assert_eq!(world.inbox(&world.ole).await, [&*key]);
    assert!(world.inbox(&world.mara).await.is_empty());
    world.mara.put(&format!("/api/v1/orgs/nw/stances/{key}"), json!({"stance": "considering"})).await.refused(404);
    world.ole.put(&format!("/api/v1/orgs/nw/stances/{key}"), json!({"stance": "considering"})).await.ok();
}

#[tokio::test]
async fn a_stance_takes_it_out_and_taking_the_stance_back_brings_it_in() {
    let world = world().await;
    let key = world.delta("neutron", "bug", 10).await;
    let path = format!("/api/v1/orgs/nw/stances/{key}");
    for stance in [json!({"stance": "considering"}), json!({"stance": "declined", "reason": "not ours"})] {
        let reply = world.ole.put(&path, stance.clone()).await.ok();
        assert_eq!((&reply.json["stance"], &reply.json["org"], &reply.json["delta"]), (&stance["stance"], &json!("nw"), &json!(key)));
        assert!(world.inbox(&world.ole).await.is_empty());
    }
    // Said again it is no news.
    let told = async || world.ole.get(&format!("/api/v1/deltas/{key}/timeline")).await.ok().json["items"].as_array().map_or(0, Vec::len);
    let before = told().await;
    world.ole.put(&path, json!({"stance": "declined", "reason": "not ours"})).await.ok();
    assert_eq!(told().await, before);
    world.ole.delete(&path).await.status(204);
    world.ole.delete(&path).await.refused(404);
    assert_eq!(world.inbox(&world.ole).await, [&*key]);
}

#[tokio::test]
async fn a_stance_is_refused_where_it_lacks_what_it_needs() {
    let world = world().await;
    let key = world.delta("neutron", "bug", 10).await;
    let path = format!("/api/v1/orgs/nw/stances/{key}");
    for (body, field) in [
        (json!({"stance": "declined"}), "reason"),
        (json!({"stance": "declined", "reason": "  "}), "reason"),
        (json!({"stance": "declined", "reason": "x".repeat(2001)}), "reason"),
        (json!({"stance": "snoozed"}), "until"),
        (json!({"stance": "snoozed", "wake": {}}), "until"),
        (json!({"stance": "snoozed", "until": "2020-01-01T00:00:00Z"}), "until"),
        (json!({"stance": "snoozed", "until": "soon"}), "until"),
        (json!({"stance": "snoozed", "wake": {"impact": 101}}), "wake.impact"),
        (json!({"stance": "snoozed", "wake": {"failures": 0}}), "wake.failures"),
        (json!({"stance": "snoozed", "wake": {"votes": 3}}), "wake.votes"),
        (json!({"stance": "snoozed", "wake": {"users": 0}}), "wake.users"),
        (json!({"stance": "snoozed", "wake": {"impact": 3, "segment": "neutron/ovs"}}), "wake.segment"),
        (json!({"stance": "snoozed", "wake": {"users": 3, "segment": "ovs"}}), "wake.segment"),
        (json!({"stance": "snoozed", "wake": {"users": 3, "segment": "neutron/none"}}), "wake.segment"),
        (json!({"stance": "considering", "until": "2099-01-01T00:00:00Z"}), "until"),
        (json!({"stance": "maybe"}), "stance"),
    ] {
        let reply = world.ole.put(&path, body).await.refused(422);
        assert_eq!(reply.json["errors"][0]["field"], field, "{}", reply.text);
    }
    world.ole.put(&path, json!({"stance": "taken"})).await.refused(409);
    world.ole.put("/api/v1/orgs/nw/stances/D-999", json!({"stance": "considering"})).await.refused(404);
    world.ole.put("/api/v1/orgs/nw/stances/x", json!({"stance": "considering"})).await.refused(404);
    assert_eq!(world.inbox(&world.ole).await, [key]);
}

#[tokio::test]
async fn members_and_owners_take_stances_and_nobody_else() {
    let world = world().await;
    let key = world.delta("neutron", "bug", 10).await;
    let path = format!("/api/v1/orgs/nw/stances/{key}");
    let body = json!({"stance": "considering"});
    let (outsider, guest) = (world.app.person("otto").await, world.app.anyone());
    for (caller, status) in [(&world.viola, 403), (&outsider, 403), (&guest, 401)] {
        caller.put(&path, body.clone()).await.refused(status);
        caller.delete(&path).await.refused(status);
    }
    world.app.openness(&world.mara, "nw", "closed").await;
    outsider.put(&path, body.clone()).await.refused(404);
    world.mara.put(&path, body.clone()).await.ok();
    world.ole.put(&path, body).await.ok();
}

#[tokio::test]
async fn what_is_put_off_comes_back_when_its_time_has_come() {
    let world = world().await;
    let key = world.delta("neutron", "bug", 10).await;
    let until = (world.app.app.clock.now() + Duration::days(2)).format(&Rfc3339).unwrap();
    let path = format!("/api/v1/orgs/nw/stances/{key}");
    let reply = world.ole.put(&path, json!({"stance": "snoozed", "until": until})).await.ok();
    assert_eq!(reply.json["until"], until);
    assert!(world.inbox(&world.ole).await.is_empty());
    world.app.app.clock.advance(Duration::days(3));
    let page = world.ole.get("/api/v1/orgs/nw/triage").await.ok().json;
    assert_eq!((keys(&page), &page["items"][0]["woke"]), (vec![key], &json!("until")));
}

#[tokio::test]
async fn what_is_put_off_comes_back_when_it_hits_so_many_users_of_a_segment() {
    let world = world().await;
    let app = &world.app;
    app.project("neutron", &world.mara).await;
    let key = world.delta("neutron", "bug", 1).await;
    let (path, vote) = (format!("/api/v1/orgs/nw/stances/{key}"), format!("/api/v1/deltas/{key}/vote"));
    for segment in ["ovs", "linuxbridge"] {
        world.mara.put(&format!("/api/v1/projects/neutron/segments/{segment}"), json!({"name": segment})).await.ok();
    }
    world.ole.put(&path, json!({"stance": "snoozed", "wake": {"users": 2, "segment": "neutron/ovs"}})).await.ok();
    for (name, segment, back) in [("ann", "ovs", false), ("ben", "linuxbridge", false), ("cem", "ovs", true)] {
        let person = app.person(name).await;
        person.put(&format!("/api/v1/projects/neutron/segments/{segment}/me"), json!({})).await.ok();
        person.put(&vote, json!({"severity": 2})).await.ok();
        assert_eq!(!world.inbox(&world.ole).await.is_empty(), back, "{name}");
    }
    let woke = async || world.ole.get("/api/v1/orgs/nw/triage").await.ok().json["items"][0]["woke"].clone();
    assert_eq!(woke().await, "users");
    world.ole.put(&path, json!({"stance": "snoozed", "wake": {"users": 4}})).await.ok();
    assert!(world.inbox(&world.ole).await.is_empty());
    app.person("dora").await.put(&vote, json!({"severity": 4})).await.ok();
    assert_eq!(woke().await, "users");
    let page = app.signed_in("ole").await.get("/orgs/nw/triage").await.ok().text;
    assert!(page.contains("was put off; it affects 4 now") && page.contains("value=\"neutron/ovs\""), "{page}");
}

#[tokio::test]
async fn what_is_put_off_until_it_comes_back_waits_for_that() {
    let world = world().await;
    world.app.project("neutron", &world.mara).await;
    let key = world.delta("neutron", "bug", 10).await;
    world.ole.put(&format!("/api/v1/orgs/nw/stances/{key}"), json!({"stance": "snoozed", "wake": {"regressed": true}})).await.ok();
    assert!(world.inbox(&world.ole).await.is_empty());
    world.app.app.clock.advance(Duration::hours(1));
    let ci = world.app.ci("neutron").await;
    world.mara.post(&format!("/api/v1/deltas/{key}/signatures"), json!({"query": "message:lost"})).await.status(201);
    let path = format!("/api/v1/deltas/{key}/resolution");
    world.mara.put(&path, json!({"resolution": "closed", "reason": "Fixed."})).await.ok();
    assert!(world.inbox(&world.ole).await.is_empty());
    run(&ci, "b1", json!([failed("t", "lost")])).await.status(201);
    let page = world.ole.get("/api/v1/orgs/nw/triage").await.ok().json;
    assert_eq!((keys(&page), &page["items"][0]["woke"]), (vec![key], &json!("regressed")));
}

#[tokio::test]
async fn a_rule_that_brings_in_a_thousand_asks_first() {
    let world = world().await;
    for _ in 0..1000 {
        world.delta("flood", "bug", 1).await;
    }
    let (path, query) = ("/api/v1/orgs/nw/watches/flood", "project:flood");
    let refused = world.ole.put(path, json!({"query": query})).await.refused(409);
    assert!(refused.text.contains("1000 open deltas or more"), "{}", refused.text);
    let ole = world.app.signed_in("ole").await;
    let page = ole.form("/orgs/nw/settings/watches", &[("slug", "flood"), ("query", query)]).await.status(409);
    assert!(page.text.contains("name=\"confirm\""), "{}", page.text);
    ole.form("/orgs/nw/settings/watches", &[("slug", "flood"), ("query", query), ("confirm", "true")]).await.leads();
    world.ole.put(path, json!({"query": query})).await.ok();
    world.ole.put("/api/v1/orgs/nw/watches/again", json!({"query": query, "confirm": true})).await.ok();
}

#[tokio::test]
async fn what_is_put_off_comes_back_when_impact_reaches_its_bound() {
    let world = world().await;
    let (key, other) = (world.delta("neutron", "bug", 10).await, world.delta("neutron", "bug", 80).await);
    let wake = json!({"stance": "snoozed", "wake": {"impact": 40, "failures": 5}});
    world.ole.put(&format!("/api/v1/orgs/nw/stances/{key}"), wake).await.ok();
    world.ole.put(&format!("/api/v1/orgs/nw/stances/{other}"), json!({"stance": "snoozed", "wake": {"failures": 1}})).await.ok();
    world.app.set_impact(&key, 39).await;
    assert!(world.inbox(&world.ole).await.is_empty());
    world.app.set_impact(&key, 40).await;
    assert_eq!(world.inbox(&world.ole).await, [key]);
}

#[tokio::test]
async fn linking_a_task_takes_a_delta_and_its_stance_stays_while_it_is_linked() {
    let world = world().await;
    let key = world.delta("neutron", "bug", 10).await;
    let task = NewTask { org: "nw", number: 1, rank: "a1", priority: "high", commitment: "none", target: None, moves: 0 };
    world.app.task_row(&key, task).await;
    assert!(world.inbox(&world.ole).await.is_empty());
    let path = format!("/api/v1/orgs/nw/stances/{key}");
    world.ole.delete(&path).await.refused(409);
    world.ole.put(&path, json!({"stance": "taken"})).await.ok();
}

#[tokio::test]
async fn one_organisations_stance_leaves_anothers_inbox_alone() {
    let world = world().await;
    let key = world.delta("neutron", "bug", 10).await;
    let hanna = world.app.person("hanna").await;
    world.app.org("hx", "Helix", &hanna).await;
    hanna.put("/api/v1/orgs/hx/watches/net", json!({"query": "project:neutron"})).await.ok();
    hanna.put(&format!("/api/v1/orgs/hx/stances/{key}"), json!({"stance": "declined", "reason": "no"})).await.ok();
    assert_eq!(world.inbox(&world.ole).await, [key]);
    assert!(keys(&hanna.get("/api/v1/orgs/hx/triage").await.ok().json).is_empty());
}

#[tokio::test]
async fn who_links_a_task_while_another_is_unlinked_leaves_the_delta_taken() {
    let world = world().await;
    let delta = world.delta("neutron", "bug", 10).await;
    let board = json!({"slug": "main", "name": "Main", "columns": [{"name": "Ready", "category": "ready"}]});
    world.mara.post("/api/v1/orgs/nw/boards", board).await.status(201);
    let mut links = Vec::new();
    for title in ["One", "Two"] {
        let task = world.mara.post("/api/v1/orgs/nw/tasks", json!({"title": title})).await.status(201);
        links.push(format!("/api/v1/tasks/{}/deltas/{delta}", task.json["key"].as_str().unwrap()));
    }
    let resolves = json!({"relation": "resolves"});
    world.mara.put(&links[0], resolves.clone()).await.ok();
    for round in 0..12 {
        let (gone, come) = (&links[round % 2], &links[(round + 1) % 2]);
        let (unlinked, linked) = tokio::join!(world.mara.delete(gone), world.ole.put(come, resolves.clone()));
        unlinked.ok();
        linked.ok();
        let standings = world.app.standings(Some("mara"), &delta).await;
        assert_eq!(standings[0]["stance"], "taken", "{round}: {standings}");
        assert_eq!(world.inbox(&world.ole).await, Vec::<String>::new());
    }
}
