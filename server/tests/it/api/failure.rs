use serde_json::{Value, json};
use time::Duration;

use crate::support::{
    Client, TestApp,
    ci::{failed, run},
};

const FAILURES: &str = "/api/v1/projects/neutron/failures";

/// A project with one failure; its maintainer, its CI, and the failure's group.
async fn world(app: &TestApp) -> (Client, Client, String) {
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let ci = app.ci("neutron").await;
    let reply = run(&ci, "b1", json!([failed("tests.agent.test_port", "Port 41 stayed DOWN after 120 s")])).await.status(201);
    let group = reply.json["failures"][0]["group"].as_str().unwrap().to_owned();
    (mara, ci, group)
}

fn group(id: &str, rest: &str) -> String {
    format!("/api/v1/failure-groups/{id}{rest}")
}

#[tokio::test]
async fn failures_alike_are_one_group_with_counts() {
    let app = TestApp::start().await;
    let (_, ci, id) = world(&app).await;
    run(&ci, "b2", json!([failed("tests.agent.test_port", "Port 7 stayed DOWN after 3 s"), failed("other", "Port 7")])).await.status(201);
    let list = app.anyone().get(FAILURES).await.ok();
    assert_eq!(list.json["items"].as_array().unwrap().len(), 2);
    let found = app.anyone().get(&group(&id, "")).await.ok();
    assert_eq!((&found.json["failures"], &found.json["jobs"], &found.json["explained"]), (&json!(2), &json!(1), &json!(false)));
    assert_eq!(found.json["days"].as_array().unwrap().iter().map(|day| day.as_i64().unwrap()).collect::<Vec<_>>()[13], 2);
    assert_eq!(found.json["message"], "Port 7 stayed DOWN after 3 s");
    assert_eq!(found.json["newest"].as_array().unwrap().len(), 2);
    assert_eq!(found.json["suggestion"], r#"test:tests.agent.test_port message:"Port * stayed DOWN after * s""#);
}

#[tokio::test]
async fn a_delta_is_filed_from_a_group_in_one_step_and_explains_it() {
    let app = TestApp::start().await;
    let (mara, ci, id) = world(&app).await;
    let filed = mara.post(&group(&id, "/delta"), json!({})).await.status(201);
    let key = filed.json["delta"].as_str().unwrap().to_owned();
    assert_eq!(filed.json["url"], format!("http://deltaboard.test/deltas/{key}"));
    assert!(filed.json["suggestion"].as_str().unwrap().starts_with("test:"), "{}", filed.text);
    let reply = run(&ci, "b2", json!([failed("tests.agent.test_port", "Port 9 stayed DOWN after 1 s")])).await.status(201);
    assert_eq!((&reply.json["failures"][0]["verdict"], &reply.json["all_known"]), (&json!("known"), &json!(true)));
    let delta = &reply.json["failures"][0]["deltas"][0];
    assert_eq!((&delta["delta"], &delta["title"]), (&json!(key), &json!("agent.test_port: Port 41 stayed DOWN after 120 s")));
    assert_eq!(app.anyone().get(FAILURES).await.ok().json["items"], json!([]));
    let explained = app.anyone().get(&format!("{FAILURES}?explained=true")).await.ok();
    assert_eq!(explained.json["items"][0]["deltas"][0]["delta"]["key"], json!(key));
    let evidence = app.anyone().get(&format!("/api/v1/deltas/{key}/evidence")).await.ok();
    assert_eq!(evidence.json["machine"], json!({ "failures": 2, "week": 2, "month": 2 }));
}

#[tokio::test]
async fn a_group_is_linked_and_unlinked_by_hand() {
    let app = TestApp::start().await;
    let (mara, ci, id) = world(&app).await;
    let other =
        run(&ci, "b2", json!([failed("other", "boom")])).await.status(201).json["failures"][0]["group"].as_str().unwrap().to_owned();
    let key = mara.post(&group(&id, "/delta"), json!({})).await.status(201).json["delta"].as_str().unwrap().to_owned();
    mara.put(&group(&other, "/delta"), json!({ "delta": key })).await.status(204);
    mara.put(&group(&other, "/delta"), json!({ "delta": key })).await.status(204);
    assert_eq!(app.anyone().get(&group(&other, "")).await.ok().json["explained"], true);
    mara.delete(&group(&other, &format!("/delta?delta={key}"))).await.status(204);
    assert_eq!(app.anyone().get(&group(&other, "")).await.ok().json["explained"], false);
    mara.delete(&group(&other, "/delta")).await.refused(404);
    mara.put(&group(&other, "/delta"), json!({ "delta": "D-9999" })).await.refused(422);
    mara.put(&group(&other, "/delta"), json!({ "delta": key, "why": "x" })).await.refused(422);
    mara.put(&group("00000000-0000-7000-8000-000000000000", "/delta"), json!({ "delta": key })).await.refused(404);
    mara.get("/api/v1/failure-groups/nonsense").await.refused(404);
}

#[tokio::test]
async fn only_maintainers_explain_a_group() {
    let app = TestApp::start().await;
    let (mara, _, id) = world(&app).await;
    let tom = app.person("tom").await;
    let key = mara.post(&group(&id, "/delta"), json!({})).await.status(201).json["delta"].clone();
    for (who, status) in [(&tom, 403), (&app.anyone(), 401)] {
        who.post(&group(&id, "/delta"), json!({})).await.refused(status);
        who.put(&group(&id, "/delta"), json!({ "delta": key })).await.refused(status);
        who.delete(&group(&id, "/delta")).await.refused(status);
    }
}

#[tokio::test]
async fn a_private_delta_explains_nothing_to_others_and_is_never_named() {
    let app = TestApp::start().await;
    let (mara, ci, id) = world(&app).await;
    let filed = mara.post(&group(&id, "/delta"), json!({ "visibility": "private", "title": "Secret hole" })).await.status(201);
    let key = filed.json["delta"].as_str().unwrap().to_owned();
    let reply = run(&ci, "b2", json!([failed("tests.agent.test_port", "Port 9 stayed DOWN after 1 s")])).await.status(201);
    assert_eq!((&reply.json["failures"][0]["verdict"], &reply.json["failures"][0]["deltas"]), (&json!("new"), &json!([])));
    let explained = async |state: bool| {
        let list = app.anyone().get(&format!("{FAILURES}?explained={state}")).await.ok().json;
        list["items"].as_array().is_some_and(|groups| groups.iter().any(|group| group["id"] == id.as_str()))
    };
    assert!(explained(false).await && !explained(true).await, "as if it were not there");
    let run_id = reply.json["run"].as_str().unwrap().to_owned();
    let tom = app.person("tom").await;
    for path in [format!("{FAILURES}?explained=false"), group(&id, ""), format!("/api/v1/runs/{run_id}")] {
        for who in [&tom, &ci, &app.anyone()] {
            let text = who.get(&path).await.ok().text;
            assert!(!text.contains(&key) && !text.contains("Secret"), "{path}: {text}");
        }
        assert!(mara.get(&path).await.ok().text.contains(&key), "{path}");
    }
    tom.get(&format!("/api/v1/deltas/{key}/evidence")).await.refused(404);
    tom.get(&format!("/api/v1/deltas/{key}/signatures")).await.refused(404);
    let tried = json!({ "query": "Port" });
    let seen = tom.post("/api/v1/projects/neutron/signatures/try", tried.clone()).await.ok();
    assert_eq!((&seen.json["overlap"], &seen.json["hits"]), (&json!([]), &json!(2)));
    assert_eq!(mara.post("/api/v1/projects/neutron/signatures/try", tried).await.ok().json["overlap"][0]["failures"], 2);
    // Once it is told, it explains; and no more when it is taken back.
    for (visibility, told) in [("public", true), ("private", false)] {
        let path = format!("/api/v1/deltas/{key}");
        let version = mara.get(&path).await.ok().header("etag").to_owned();
        mara.with("if-match", &version).patch(&path, json!({ "visibility": visibility })).await.ok();
        assert_eq!((explained(true).await, explained(false).await), (told, !told), "{visibility}");
    }
}

#[tokio::test]
async fn a_crash_is_filed_as_one_and_a_given_text_is_kept() {
    let app = TestApp::start().await;
    let (mara, ci, id) = world(&app).await;
    let crash = json!([{ "test": "t", "outcome": "errored", "details": "thread 'main' panicked at src/lib.rs:3" }]);
    let crashed = run(&ci, "b2", crash).await.status(201).json["failures"][0]["group"].as_str().unwrap().to_owned();
    mara.post(&group(&crashed, "/delta"), json!({})).await.status(201);
    let list = mara.get(&format!("{FAILURES}?explained=true")).await.ok();
    assert_eq!(list.json["items"][0]["deltas"][0]["delta"]["kind"], "crash");
    mara.post(&group(&id, "/delta"), json!({ "title": "x".repeat(301) })).await.refused(422);
    mara.post(&group(&id, "/delta"), json!({ "title": "two\nlines" })).await.refused(422);
    mara.post(&group(&id, "/delta"), json!({ "kind": "feature" })).await.refused(422);
    let own = json!({ "kind": "spec", "title": "Ports come up", "desired": "They do.", "actual": "They do not." });
    mara.post(&group(&id, "/delta"), own).await.status(201);
    assert_eq!(mara.get(&group(&id, "")).await.ok().json["deltas"][0]["delta"]["title"], "Ports come up");
}

#[tokio::test]
async fn groups_are_paged_the_last_seen_first() {
    let app = TestApp::start().await;
    let (_, ci, _) = world(&app).await;
    let tests: Vec<Value> = (0..6).map(|n| failed(&format!("t{n}"), "lost")).collect();
    run(&ci, "b2", json!(tests)).await.status(201);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.anyone().get(&format!("{FAILURES}?limit=3{cursor}")).await.ok();
        seen.extend(page.json["items"].as_array().unwrap().iter().map(|group| group["id"].as_str().unwrap().to_owned()));
        let Some(next) = page.json["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen.len(), 7);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 7);
    app.anyone().get(&format!("{FAILURES}?cursor=zz")).await.refused(422);
    app.anyone().get(&format!("{FAILURES}?explained=maybe")).await.refused(422);
}

#[tokio::test]
async fn what_fails_on_behind_a_declined_delta_is_unexplained_until_it_is_reopened() {
    let app = TestApp::start().await;
    let (mara, ci, id) = world(&app).await;
    let key = mara.post(&group(&id, "/delta"), json!({})).await.status(201).json["delta"].as_str().unwrap().to_owned();
    let again = async |build: &str| {
        let reply = run(&ci, build, json!([failed("tests.agent.test_port", "Port 9 stayed DOWN after 1 s")])).await.status(201);
        let open = app.anyone().get(FAILURES).await.ok().json["items"].as_array().unwrap().len();
        (reply.json["failures"][0]["verdict"].as_str().unwrap().to_owned(), open)
    };
    assert_eq!(again("b2").await, ("known".to_owned(), 0));
    let path = format!("/api/v1/deltas/{key}/resolution");
    mara.put(&path, json!({ "resolution": "declined", "reason": "It is meant so." })).await.ok();
    assert_eq!(again("b3").await, ("new".to_owned(), 1));
    mara.delete(&path).await.ok();
    assert_eq!(again("b4").await, ("known".to_owned(), 0));
}

#[tokio::test]
async fn a_signature_and_a_hand_may_explain_a_group_at_the_same_time() {
    let app = TestApp::start().await;
    let (mara, ci, _) = world(&app).await;
    let (one, other) = (app.delta(&mara, json!({})).await, app.delta(&mara, json!({})).await);
    for round in 0..12 {
        let test = format!("tests.round{round}.test_it");
        let reply = run(&ci, &format!("r{round}"), json!([failed(&test, "boom")])).await.status(201);
        let id = reply.json["failures"][0]["group"].as_str().unwrap();
        let signature = json!({ "query": format!("test:{test}") });
        let (sign, link) = (format!("/api/v1/deltas/{one}/signatures"), group(id, "/delta"));
        let (signed, linked) = tokio::join!(mara.post(&sign, signature), mara.put(&link, json!({ "delta": other })));
        signed.ok();
        linked.ok();
        let found = app.anyone().get(&group(id, "")).await.ok();
        assert_eq!(found.json["deltas"].as_array().map(Vec::len), Some(2), "{}", found.text);
    }
}

#[tokio::test]
async fn the_failures_of_a_delta_are_counted_by_whole_days() {
    let app = TestApp::start().await;
    let late = (app.app.clock.now() + Duration::DAY).replace_time(time::macros::time!(23:00));
    app.app.clock.set(late);
    let (mara, ci, id) = world(&app).await;
    let key = mara.post(&group(&id, "/delta"), json!({})).await.status(201).json["delta"].as_str().unwrap().to_owned();
    let counted = async || mara.get(&format!("/api/v1/deltas/{key}/evidence")).await.ok().json["machine"].clone();
    app.app.clock.set(late + Duration::days(6));
    assert_eq!(counted().await, json!({ "failures": 1, "week": 1, "month": 1 }));
    // It is the eighth day, as for `ci:>0/7d`.
    app.app.clock.set(late + Duration::days(6) + Duration::hours(2));
    assert_eq!(counted().await, json!({ "failures": 1, "week": 0, "month": 1 }));
    assert_eq!(mara.get("/api/v1/deltas?q=ci:%3E0/7d").await.ok().json["items"], json!([]));
    assert_eq!(mara.get(&format!("/api/v1/deltas/{key}/impact")).await.ok().json["machine"], counted().await);
    run(&ci, "b2", json!([failed("tests.agent.test_port", "Port 7 stayed DOWN after 3 s")])).await.status(201);
    assert_eq!(counted().await, json!({ "failures": 2, "week": 1, "month": 2 }));
    // With a duplicate each is still one, whichever of the two it is put down to.
    let other = app.delta(&mara, json!({})).await;
    mara.put(&group(&id, "/delta"), json!({ "delta": other })).await.status(204);
    mara.put(&format!("/api/v1/deltas/{other}/resolution"), json!({ "resolution": "duplicate", "duplicate_of": key })).await.ok();
    assert_eq!(counted().await, json!({ "failures": 2, "week": 1, "month": 2 }));
}

#[tokio::test]
async fn failures_that_come_in_while_groups_are_linked_and_unlinked_are_counted() {
    const DIFFERS: &str = "SELECT COUNT(*) FROM delta WHERE \
        (SELECT COALESCE(SUM(failures), 0) FROM delta_ci_day WHERE delta_ci_day.delta_id = delta.id) <> \
        (SELECT COUNT(*) FROM failure_delta WHERE failure_delta.delta_id = delta.id)";
    let app = TestApp::start().await;
    let (mara, ci, id) = world(&app).await;
    let key = mara.post(&group(&id, "/delta"), json!({})).await.status(201).json["delta"].as_str().unwrap().to_owned();
    let other = run(&ci, "b2", json!([failed("tests.other", "lost")])).await.status(201).json["failures"][0]["group"].clone();
    let other = group(other.as_str().unwrap(), "/delta");
    for round in 0..24 {
        let (name, again) = (format!("r{round}"), json!([failed("tests.agent.test_port", "Port 5 stayed DOWN after 7 s")]));
        let link = async {
            if round % 2 == 0 {
                mara.put(&other, json!({ "delta": key })).await.status(204);
            } else {
                mara.delete(&other).await.ok();
            }
        };
        let (reply, ()) = tokio::join!(run(&ci, &name, again), link);
        reply.status(201);
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!(server::store::verify::broken(&mut tx, DIFFERS).await.unwrap(), 0, "round {round}");
    }
}
