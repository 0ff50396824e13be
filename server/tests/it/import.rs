//! Bringing in Launchpad's bugs.

use serde_json::{Value, json};
use server::{
    act::import::{Import, Options, Report},
    ingest::launchpad,
};

use crate::support::TestApp;

/// Imports one file's text as `mara`.
pub async fn import(app: &TestApp, bytes: &[u8], options: Options) -> Report {
    let mut import = Import::new(&app.app, "mara", options).await.expect("mara imports");
    let mut bugs = launchpad::read(bytes, launchpad::Limits::default());
    while let Some(record) = bugs.next() {
        match record {
            Ok(bug) => import.push("bugs.jsonl", bugs.position(), bug).await.expect("kept"),
            Err(bad) => import.bad("bugs.jsonl", &bad),
        }
    }
    import.finish().await.expect("finished")
}

fn making() -> Options {
    Options { create_projects: true, ..Options::default() }
}

fn bug(id: u64, title: &str, change: Value, tasks: Value) -> String {
    let mut bug = json!({
        "id": id, "title": title, "description": "It fails.\n\nlog:\n  line <b>", "owner_link": "https://api.launchpad.net/1.0/~tom",
        "date_created": "2015-03-04T05:06:07.123456+00:00", "date_last_updated": "2016-01-01T00:00:00+00:00", "private": false,
        "tags": ["ovs", "Crash"], "users_affected_count": 7, "heat": 12
    });
    if let (Some(bug), Value::Object(change)) = (bug.as_object_mut(), change) {
        bug.extend(change);
    }
    json!({ "bug": bug, "bug_tasks": { "entries": tasks } }).to_string()
}

fn task(target: &str, status: &str) -> Value {
    json!({ "target_link": format!("https://api.launchpad.net/1.0/{target}"), "status": status, "importance": "High" })
}

#[tokio::test]
async fn a_bug_becomes_a_delta_with_its_places_and_times() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    let text = bug(7, "Port stays DOWN", json!({}), json!([task("neutron", "Triaged"), task("ubuntu/+source/neutron", "New")]));
    let report = import(&app, text.as_bytes(), making()).await;
    assert_eq!((report.added, report.projects, report.bad.len()), (1, 2, 0), "{report}");
    assert_eq!((report.losses.affected, report.losses.affected_users, report.losses.heat, report.losses.importance), (1, 7, 1, 2));
    let delta = mara.get("/api/v1/deltas/D-1").await.ok();
    assert_eq!((&delta.json["title"], &delta.json["kind"]), (&json!("Port stays DOWN"), &json!("crash")));
    assert!(delta.json["actual"].as_str().unwrap().contains("```text\nlog:\n  line <b>"), "{}", delta.text);
    assert!(delta.json["created_at"].as_str().unwrap().starts_with("2015-03-04T05:06:07.123456"), "{}", delta.text);
    assert!(
        delta.text.contains("agreed") && delta.text.contains("bugs.launchpad.net/bugs/7") && delta.text.contains("lp.tom"),
        "{}",
        delta.text
    );
    assert_eq!(mara.get("/api/v1/projects/ubuntu").await.ok().json["components"][0]["slug"], "neutron");
    assert_eq!(mara.get("/api/v1/deltas?q=stays").await.ok().json["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_import_again_changes_nothing_and_a_changed_text_is_a_revision() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    let one = bug(7, "Port stays DOWN", json!({}), json!([task("neutron", "New")]));
    import(&app, one.as_bytes(), making()).await;
    let before = mara.get("/api/v1/deltas/D-1").await.ok();
    let again = import(&app, one.as_bytes(), making()).await;
    assert_eq!((again.added, again.changed, again.unchanged), (0, 0, 1), "{again}");
    assert_eq!(before.json, mara.get("/api/v1/deltas/D-1").await.ok().json);
    let changed = bug(7, "Port stays DOWN for ever", json!({}), json!([task("neutron", "New")]));
    let report = import(&app, changed.as_bytes(), making()).await;
    assert_eq!((report.added, report.changed), (0, 1), "{report}");
    let after = mara.get("/api/v1/deltas/D-1").await.ok();
    assert_eq!((&after.json["title"], &after.json["revision"]), (&json!("Port stays DOWN for ever"), &json!(2)));
    assert_eq!(mara.get("/api/v1/deltas?q=ever").await.ok().json["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn duplicates_are_linked_when_all_are_in_and_private_bugs_stay_private() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    let text = [
        bug(1, "Second", json!({ "duplicate_of_link": "https://api.launchpad.net/1.0/bugs/2" }), json!([task("neutron", "New")])),
        bug(2, "First", json!({}), json!([task("neutron", "Fix Released")])),
        bug(3, "Hole", json!({ "information_type": "Private Security" }), json!([task("neutron", "New")])),
        bug(4, "Lost", json!({ "duplicate_of_link": "https://api.launchpad.net/1.0/bugs/99" }), json!([task("neutron", "New")])),
    ];
    let report = import(&app, text.join("\n").as_bytes(), making()).await;
    assert_eq!((report.added, report.duplicates, report.losses.duplicates), (4, 1, 1), "{report}");
    let second = mara.get("/api/v1/deltas/D-1").await.ok();
    assert!(second.text.contains("duplicate") && second.text.contains("D-2"), "{}", second.text);
    assert!(mara.get("/api/v1/deltas/D-2").await.ok().text.contains("closed"));
    tom.get("/api/v1/deltas/D-3").await.refused(404);
    mara.get("/api/v1/deltas/D-3").await.ok();
    let again = import(&app, text.join("\n").as_bytes(), making()).await;
    assert_eq!((again.unchanged, again.duplicates), (4, 0), "{again}");
}

#[tokio::test]
async fn a_bad_record_is_told_with_its_place_and_the_rest_goes_on() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let good = bug(1, "Good", json!({}), json!([task("neutron", "New")]));
    let elsewhere = bug(2, "Elsewhere", json!({}), json!([task("nova", "New")]));
    let odd = bug(3, "Odd", json!({}), json!([task("neutron", "Exploded")]));
    let simple = json!({ "id": 5, "title": "Simple", "description": "x", "importance": "High" }).to_string();
    let text = [good.as_str(), "{broken", &elsewhere, &odd, &simple].join("\n");
    let report = import(&app, text.as_bytes(), Options::default()).await;
    assert_eq!((report.added, report.bad.len()), (1, 4), "{:?}", report.bad);
    for (line, why) in [(2, "not JSON"), (3, "no project nova"), (4, "Exploded"), (5, "--project")] {
        assert!(
            report.bad.iter().any(|bad| bad.contains(&format!("bugs.jsonl: line {line}")) && bad.contains(why)),
            "{why}: {:?}",
            report.bad
        );
    }
    let named = Options { project: Some("neutron".into()), ..Options::default() };
    assert_eq!(import(&app, simple.as_bytes(), named).await.added, 1);
}

#[tokio::test]
async fn a_mapped_organisation_gets_a_task_on_its_board() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("northwind", "Northwind", &mara).await;
    let columns = json!([{ "name": "To do", "category": "ready" }, { "name": "Done", "category": "done" }]);
    mara.post("/api/v1/orgs/northwind/boards", json!({ "slug": "main", "name": "Main", "columns": columns })).await.status(201);
    let mut doing = task("neutron", "In Progress");
    doing["assignee_link"] = json!("https://api.launchpad.net/1.0/~nw-devs");
    let text = bug(1, "Port stays DOWN", json!({}), json!([doing]));
    let orgs = [("nw-devs".to_owned(), "northwind".to_owned()), ("x".to_owned(), "closed-org".to_owned())].into();
    let report = import(&app, text.as_bytes(), Options { orgs, ..making() }).await;
    assert_eq!((report.tasks, report.losses.tasks), (1, 0), "{report}");
    assert!(mara.get("/api/v1/orgs/northwind/tasks").await.ok().text.contains("Port stays DOWN"));
}

#[tokio::test]
async fn an_import_never_speaks_for_somebody_who_signs_in() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.person("lp.tom").await;
    let text = bug(1, "Port stays DOWN", json!({}), json!([task("neutron", "New")]));
    import(&app, text.as_bytes(), making()).await;
    assert_eq!(mara.get("/api/v1/deltas/D-1").await.ok().json["reporter"]["name"], "mara");
}
