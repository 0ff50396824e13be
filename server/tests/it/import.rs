//! Bringing in other trackers' records; Launchpad's bugs first.

mod parts;

use serde_json::{Value, json};
use server::{
    act::import::{Import, Options, Report},
    ingest::tracker::{self, Limits, Site, Tracker},
};

use crate::support::{Client, TestApp};

/// Imports one file's text as `mara`, from Launchpad.
pub async fn import(app: &TestApp, bytes: &[u8], options: Options) -> Report {
    import_from(app, Tracker::Launchpad, bytes, options).await
}

/// Imports one file's text as `mara`.
pub async fn import_from(app: &TestApp, tracker: Tracker, bytes: &[u8], options: Options) -> Report {
    let mut import = Import::new(&app.app, "mara", tracker, options).await.expect("mara imports");
    let mut items = tracker::read(tracker, Site::default(), bytes, Limits::default());
    while let Some(item) = items.next() {
        match item {
            Ok(item) => import.push("bugs.jsonl", items.position(), item).await.expect("kept"),
            Err(bad) => import.bad("bugs.jsonl", &bad),
        }
    }
    import.finish().await.expect("finished")
}

/// Duplicates whose other half is missing.
const ORPHANS: &str = "duplicates of records that are not here";

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
    assert_eq!(report.lost("importances (a priority belongs to an organisation)"), 2, "{report}");
    let delta = mara.get("/api/v1/deltas/D-1").await.ok();
    assert_eq!((&delta.json["title"], &delta.json["kind"]), (&json!("Port stays DOWN"), &json!("crash")));
    assert!(delta.json["actual"].as_str().unwrap().contains("```text\nlog:\n  line <b>"), "{}", delta.text);
    assert!(delta.json["created_at"].as_str().unwrap().starts_with("2015-03-04T05:06:07.123456"), "{}", delta.text);
    assert!(
        delta.text.contains("agreed")
            && delta.text.contains("bugs.launchpad.net/bugs/7")
            && delta.text.contains("lp.tom")
            && delta.text.contains("7 users affected, 12 heat"),
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
async fn a_record_that_names_more_projects_later_gets_its_places() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    let projects = async || -> Vec<String> {
        let delta = mara.get("/api/v1/deltas/D-1").await.ok().json;
        delta["places"].as_array().unwrap().iter().map(|place| place["project"].as_str().unwrap().to_owned()).collect()
    };
    app.project("nova", &mara).await;
    let bare = bug(7, "Port stays DOWN", json!({}), json!([]));
    let report = import(&app, bare.as_bytes(), Options { project: Some("nova".to_owned()), ..making() }).await;
    assert_eq!((report.added, projects().await), (1, vec!["nova".to_owned()]), "{report}");
    let told = bug(7, "Port stays DOWN", json!({}), json!([task("neutron", "Triaged"), task("cinder", "New")]));
    let report = import(&app, told.as_bytes(), making()).await;
    assert_eq!((report.changed, projects().await.join(" ")), (1, "cinder neutron nova".to_owned()), "{report}");
    let report = import(&app, told.as_bytes(), making()).await;
    assert_eq!((report.changed, report.unchanged), (0, 1), "{report}");
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
    assert_eq!((report.added, report.duplicates, report.lost(ORPHANS)), (4, 1, 1), "{report}");
    let second = mara.get("/api/v1/deltas/D-1").await.ok();
    assert!(second.text.contains("duplicate") && second.text.contains("D-2"), "{}", second.text);
    let told = mara.get("/api/v1/deltas/D-1/timeline").await.ok();
    assert!(told.text.contains("delta.resolved") && told.text.contains("D-2"), "{}", told.text);
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

fn second_of_first() -> String {
    bug(1, "Second", json!({ "duplicate_of_link": "https://api.launchpad.net/1.0/bugs/2" }), json!([task("neutron", "New")]))
}

#[tokio::test]
async fn a_duplicate_is_linked_when_its_target_comes_later_and_a_person_has_the_last_word() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    let (second, first) = (second_of_first(), bug(2, "First", json!({}), json!([task("neutron", "New")])));
    assert_eq!(import(&app, second.as_bytes(), making()).await.lost(ORPHANS), 1);
    assert_eq!(import(&app, first.as_bytes(), making()).await.duplicates, 0);
    let report = import(&app, second.as_bytes(), making()).await;
    assert_eq!((report.unchanged, report.duplicates), (1, 1), "{report}");
    mara.delete("/api/v1/deltas/D-1/resolution").await.ok();
    assert_eq!(import(&app, second.as_bytes(), making()).await.duplicates, 0);
    mara.put("/api/v1/deltas/D-1/resolution", json!({ "resolution": "closed" })).await.ok();
    assert_eq!(import(&app, second.as_bytes(), making()).await.duplicates, 0);
    assert_eq!(mara.get("/api/v1/deltas/D-1").await.ok().json["resolution"]["resolution"], "closed");
}

#[tokio::test]
async fn an_import_that_was_cut_off_is_finished_by_the_next() {
    let app = TestApp::start().await;
    let (mara, options) = northwind(&app).await;
    let mut doing = task("neutron", "In Progress");
    doing["assignee_link"] = json!("https://api.launchpad.net/1.0/~nw-devs");
    let text = [
        second_of_first(),
        bug(2, "First", json!({}), json!([doing])),
        // The third of the same id makes the import keep what came before it.
        second_of_first(),
    ];
    let mut cut = Import::new(&app.app, "mara", Tracker::Launchpad, options.clone()).await.expect("mara imports");
    let joined = text.join("\n");
    let mut items = tracker::read(Tracker::Launchpad, Site::default(), joined.as_bytes(), Limits::default());
    while let Some(item) = items.next() {
        cut.push("bugs.jsonl", items.position(), item.expect("a bug")).await.expect("kept");
    }
    assert_eq!(cut.report().added, 2);
    drop(cut);
    let report = import(&app, joined.as_bytes(), options.clone()).await;
    assert_eq!((report.added, report.duplicates, report.tasks), (0, 1, 1), "{report}");
    // What the organisation does from then on is its own.
    mara.delete("/api/v1/tasks/NORTHWIN-1/deltas/D-2").await.ok();
    assert_eq!(import(&app, joined.as_bytes(), options).await.tasks, 0);
}

#[tokio::test]
async fn words_that_people_changed_stand_and_what_becomes_private_is_hidden() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    let tasks = || json!([task("neutron", "New")]);
    import(&app, bug(7, "Port stays DOWN", json!({}), tasks()).as_bytes(), making()).await;
    mara.with("if-match", "\"1\"").patch("/api/v1/deltas/D-1", json!({ "title": "Ports stay down after a restart" })).await.ok();
    for change in [json!({ "heat": 40 }), json!({ "heat": 41, "description": "It fails always." })] {
        let report = import(&app, bug(7, "Port stays DOWN", change, tasks()).as_bytes(), making()).await;
        assert_eq!((report.changed, report.unchanged), (0, 1), "{report}");
    }
    let seen = app.anyone().get("/api/v1/deltas/D-1").await.ok();
    assert_eq!((&seen.json["title"], &seen.json["revision"]), (&json!("Ports stay down after a restart"), &json!(2)));
    let hidden = bug(7, "Port stays DOWN", json!({ "information_type": "Private Security" }), tasks());
    assert_eq!(import(&app, hidden.as_bytes(), making()).await.changed, 1);
    app.anyone().get("/api/v1/deltas/D-1").await.refused(404);
    // Shown again by people, it stays shown.
    let etag = mara.get("/api/v1/deltas/D-1").await.ok().header("etag").to_owned();
    mara.with("if-match", &etag).patch("/api/v1/deltas/D-1", json!({ "visibility": "public" })).await.ok();
    let hidden = bug(7, "Port stays DOWN", json!({ "information_type": "Private Security", "heat": 42 }), tasks());
    import(&app, hidden.as_bytes(), making()).await;
    app.anyone().get("/api/v1/deltas/D-1").await.ok();
}

#[tokio::test]
async fn a_duplicate_that_becomes_private_counts_no_longer_for_what_stands_for_it() {
    let app = TestApp::start().await;
    let (_, tom) = (app.person("mara").await, app.person("tom").await);
    let first = bug(2, "First", json!({}), json!([task("neutron", "New")]));
    let report = import(&app, [second_of_first(), first].join("\n").as_bytes(), making()).await;
    assert_eq!(report.duplicates, 1, "{report}");
    tom.put("/api/v1/deltas/D-1/vote", json!({ "severity": 3 })).await.ok();
    let seen = async || {
        let survivor = app.anyone().get("/api/v1/deltas/D-2").await.ok().json;
        (survivor["impact"]["affected"].as_i64().unwrap(), survivor["duplicates"].is_array())
    };
    assert_eq!(seen().await, (1, true));
    let hole = json!({ "duplicate_of_link": "https://api.launchpad.net/1.0/bugs/2", "information_type": "Private Security" });
    let report = import(&app, bug(1, "Second", hole, json!([task("neutron", "New")])).as_bytes(), making()).await;
    assert_eq!(report.changed, 1, "{report}");
    tom.get("/api/v1/deltas/D-1").await.refused(404);
    assert_eq!(seen().await, (0, false));
    assert_eq!(app.verify().await, Vec::<&str>::new());
}

/// An organisation with a board, whose developers are Launchpad's `nw-devs`; gives its owner.
async fn northwind(app: &TestApp) -> (Client, Options) {
    let mara = app.person("mara").await;
    app.org("northwind", "Northwind", &mara).await;
    let columns = json!([{ "name": "To do", "category": "ready" }, { "name": "Done", "category": "done" }]);
    mara.post("/api/v1/orgs/northwind/boards", json!({ "slug": "main", "name": "Main", "columns": columns })).await.status(201);
    let orgs = [("nw-devs".to_owned(), "northwind".to_owned())].into();
    (mara, Options { orgs, ..making() })
}

#[tokio::test]
async fn a_mapped_organisation_gets_a_task_on_its_board_but_not_for_what_is_private() {
    let app = TestApp::start().await;
    let (mara, options) = northwind(&app).await;
    let mut doing = task("neutron", "In Progress");
    doing["assignee_link"] = json!("https://api.launchpad.net/1.0/~nw-devs");
    let hole = bug(2, "Secret hole", json!({ "information_type": "Private Security" }), json!([doing.clone()]));
    let text = [bug(1, "Port stays DOWN", json!({}), json!([doing])), hole].join("\n");
    for tasks in [1, 0] {
        let report = import(&app, text.as_bytes(), options.clone()).await;
        let lost = ["tasks that a board did not take", "tasks of private records"].map(|what| report.lost(what));
        assert_eq!((report.tasks, lost), (tasks, [0, 1]), "{report}");
    }
    let tasks = mara.get("/api/v1/orgs/northwind/tasks").await.ok();
    assert!(tasks.text.contains("Port stays DOWN") && !tasks.text.contains("Secret hole"), "{}", tasks.text);
}

#[tokio::test]
async fn of_two_imports_at_once_one_writes_a_task_down_and_the_other_passes_it_over() {
    let app = TestApp::start().await;
    let (mara, options) = northwind(&app).await;
    let mut doing = task("neutron", "In Progress");
    doing["assignee_link"] = json!("https://api.launchpad.net/1.0/~nw-devs");
    let text = bug(1, "Port stays DOWN", json!({}), json!([doing]));
    import(&app, text.as_bytes(), making()).await;
    let (one, other) = tokio::join!(import(&app, text.as_bytes(), options.clone()), import(&app, text.as_bytes(), options.clone()));
    assert_eq!(one.tasks + other.tasks, 1, "{one}\n{other}");
    let tasks = mara.get("/api/v1/orgs/northwind/tasks").await.ok();
    assert_eq!(tasks.json["items"].as_array().unwrap().len(), 1, "{}", tasks.text);
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

#[tokio::test]
async fn a_mapped_organisation_that_is_not_there_is_told_at_the_start() {
    let app = TestApp::start().await;
    app.person("mara").await;
    let orgs = [("team".to_owned(), "nosuchorg".to_owned())].into();
    let refused = Import::new(&app.app, "mara", Tracker::Launchpad, Options { orgs, ..making() }).await.err().expect("refused");
    assert!(refused.to_string().contains("no organisation nosuchorg"), "{refused}");
}

#[tokio::test]
async fn a_stack_trace_in_a_new_record_is_its_first_occurrence() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    let frames: String =
        ["main", "serve", "rate"].map(|name| format!("  File \"/srv/shop/{name}.py\", line 8, in {name}\n    go()\n")).concat();
    let trace = format!("Traceback (most recent call last):\n{frames}KeyError: 'USD'\n");
    let texts = |trace: &str| {
        let crash = bug(1, "It falls over", json!({ "description": trace }), json!([task("neutron", "New")]));
        let short = json!({ "description": "Traceback (most recent call last): see the log" });
        format!("{crash}\n{}", bug(2, "It is slow", short, json!([task("neutron", "New")])))
    };
    let report = import(&app, texts(&trace).as_bytes(), Options { dry_run: true, ..making() }).await;
    assert_eq!((report.added, report.traces), (2, 1), "{report}");
    let report = import(&app, texts(&trace).as_bytes(), making()).await;
    assert_eq!((report.added, report.traces), (2, 1), "{report}");
    assert!(report.to_string().contains("1 stack traces kept as occurrences"), "{report}");
    let counts = async || mara.get("/api/v1/deltas/D-1/occurrences/counts").await.ok().json;
    assert_eq!((&counts().await["total"], &counts().await["days"][0]["day"]), (&json!(1), &json!("2015-03-04")));
    let one = mara.get("/api/v1/deltas/D-1/occurrences").await.ok().json["items"][0].clone();
    assert_eq!((&one["line"], &one["has_trace"]), (&json!("KeyError: 'USD'"), &json!(true)));
    let similar = serde_html_form::to_string([("text", &trace)]).unwrap();
    let similar = mara.get(&format!("/api/v1/deltas/similar?{similar}")).await.ok().json;
    assert_eq!((&similar["crashes"][0]["key"], &similar["crashes"][0]["same"]), (&json!("D-1"), &json!(true)));
    // What is here already is not read again.
    let report = import(&app, texts(&trace.replace("USD", "JPY")).as_bytes(), making()).await;
    assert_eq!((report.traces, counts().await["total"].clone()), (0, json!(1)), "{report}");
    assert!(app.verify().await.is_empty(), "{:?}", app.verify().await);
}

#[tokio::test]
async fn a_refusal_is_the_stance_of_the_organisation_that_a_map_names() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    let text = bug(7, "Port stays DOWN", json!({}), json!([task("neutron", "Won't Fix"), task("nova", "Opinion"), task("cinder", "New")]));
    let options = Options { orgs: [("neutron".to_owned(), "nw".to_owned())].into(), ..making() };
    let dry = import(&app, text.as_bytes(), Options { dry_run: true, ..options.clone() }).await;
    let first = import(&app, text.as_bytes(), options.clone()).await;
    let lost = first.lost("refusals of projects without an organisation (see --map)");
    assert_eq!((dry.stances, first.stances, lost), (1, 1, 1), "{first}");
    let told = mara.get("/api/v1/deltas/D-1/timeline").await.ok();
    assert!(told.text.contains("stance.set") && told.text.contains("Launchpad: Won't Fix."), "{}", told.text);
    // Once: what the organisation says later stands.
    mara.delete("/api/v1/orgs/nw/stances/D-1").await.status(204);
    let changed = text.replace("DOWN", "down");
    assert_eq!(import(&app, changed.as_bytes(), options).await.stances, 0);
}

#[tokio::test]
async fn a_task_is_given_to_whom_a_map_names_and_promised_for_the_milestone() {
    let app = TestApp::start().await;
    let (mara, options) = northwind(&app).await;
    app.person("ann").await;
    let mut own = task("neutron", "In Progress");
    own["assignee_link"] = json!("https://api.launchpad.net/1.0/~mlane");
    own["milestone_link"] = json!("https://api.launchpad.net/1.0/neutron/+milestone/2026.1");
    let mut others = task("neutron", "In Progress");
    others["assignee_link"] = json!("https://api.launchpad.net/1.0/~stranger");
    let text = [bug(1, "Port stays DOWN", json!({}), json!([own])), bug(2, "Port stays UP", json!({}), json!([others]))].join("\n");
    let people = [("mlane".to_owned(), "mara".to_owned()), ("stranger".to_owned(), "ann".to_owned())].into();
    let report = import(&app, text.as_bytes(), Options { org: Some("northwind".to_owned()), people, ..options }).await;
    assert_eq!((report.tasks, report.lost("assignees who are no members of the organisation")), (2, 1), "{report}");
    let task = async |title: &str| {
        let all = mara.get("/api/v1/orgs/northwind/tasks").await.ok().json;
        let key = all["items"].as_array().unwrap().iter().find(|one| one["title"] == title).unwrap()["key"].clone();
        mara.get(&format!("/api/v1/tasks/{}", key.as_str().unwrap())).await.ok()
    };
    let given = task("Port stays DOWN").await;
    assert_eq!(given.json["assignees"].as_array().map(Vec::len), Some(1), "{}", given.text);
    assert!(given.text.contains("\"target_release\":\"2026.1\""), "{}", given.text);
    assert_eq!(task("Port stays UP").await.json["assignees"].as_array().map_or(0, Vec::len), 0);
}
