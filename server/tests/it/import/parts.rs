//! What comes in along with records, from any tracker: comments, votes, events, tasks, boards; dry runs; who has the last word.

use serde_json::{Value, json};
use server::{
    act::import::{Options, Report},
    ingest::tracker::Tracker,
};

use super::{import_from, making};
use crate::support::TestApp;

fn issue(number: u32, change: Value) -> Value {
    let mut issue = json!({
        "number": number, "title": format!("Cart {number} forgets items"), "url": format!("https://github.com/shop/cart/issues/{number}"), "body": "It does.",
        "author": { "login": "ann" }, "state": "OPEN", "labels": [], "createdAt": "2024-01-01T00:00:00Z", "updatedAt": "2024-01-02T00:00:00Z",
    });
    if let (Some(issue), Value::Object(change)) = (issue.as_object_mut(), change) {
        issue.extend(change);
    }
    issue
}

async fn github(app: &TestApp, issues: &[Value], options: Options) -> Report {
    import_from(app, Tracker::GitHub, Value::from(issues).to_string().as_bytes(), options).await
}

fn talk() -> Value {
    let said = |id: u32, text: &str, at: &str| json!({ "id": id, "body": text, "user": { "login": "bob" }, "created_at": at });
    json!({
        "comments_data": [said(2, "laterword", "2024-01-03T00:00:00Z"), said(1, "earlyword", "2024-01-01T12:00:00Z")],
        "reactions_data": [{ "content": "+1", "user": { "login": "bob" } }, { "content": "+1", "user": { "login": "eve" } }, { "content": "-1", "user": { "login": "kim" } }],
        "events": [{ "event": "labeled", "label": { "name": "ui" }, "actor": { "login": "eve" }, "created_at": "2024-01-02T00:00:00Z" }],
    })
}

#[tokio::test]
async fn comments_votes_and_events_come_in_once_in_their_order_and_are_found() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    for round in 0..2 {
        let report = github(&app, &[issue(1, talk())], making()).await;
        let once = |count: usize| if round == 0 { count } else { 0 };
        assert_eq!((report.added, report.comments, report.events, report.votes), (once(1), once(2), once(1), once(3)), "{report}");
    }
    let timeline = mara.get("/api/v1/deltas/D-1/timeline").await.ok();
    let at = |word: &str| timeline.text.find(word).unwrap_or_else(|| panic!("{word}: {}", timeline.text));
    let order = [at("earlyword"), at("origin.changed"), at("laterword")];
    assert!(order.is_sorted() || order.iter().rev().is_sorted(), "{order:?}: {}", timeline.text);
    assert_eq!(mara.get("/api/v1/deltas?q=laterword").await.ok().json["items"].as_array().unwrap().len(), 1);
    let impact = mara.get("/api/v1/deltas/D-1/impact").await.ok();
    assert_eq!(impact.json["affected"], 2, "{}", impact.text);
    let page = mara.get("/deltas/D-1").await.ok();
    assert!(page.text.contains("changed label in GitHub: ui"), "{}", page.text);
    // A comment that is new there comes in next to the others.
    let mut more = talk();
    more["comments_data"].as_array_mut().unwrap().push(json!({ "id": 3, "body": "newword", "user": { "login": "kim" } }));
    assert_eq!(github(&app, &[issue(1, more)], making()).await.comments, 1);
}

#[tokio::test]
async fn a_dry_run_tells_what_would_come_in_and_writes_nothing() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    let dry = Options { dry_run: true, ..making() };
    let issues = [issue(1, talk()), issue(2, json!({ "reactionGroups": [{ "content": "THUMBS_UP", "users": { "totalCount": 4 } }] }))];
    let report = github(&app, &issues, dry).await;
    assert_eq!((report.added, report.comments, report.votes, report.projects), (2, 2, 3, 1), "{report}");
    assert!(report.to_string().contains("nothing was written") && report.losses.keys().any(|what| what.starts_with("👍")), "{report}");
    assert_eq!(mara.get("/api/v1/deltas").await.ok().json["items"], json!([]));
    mara.get("/api/v1/projects/cart").await.refused(404);
    let wet = github(&app, &issues, making()).await;
    assert_eq!((wet.added, wet.comments, wet.votes, wet.projects), (2, 2, 3, 1), "{wet}");
    assert!(mara.get("/api/v1/deltas/D-2").await.ok().text.contains("4 👍"));
}

#[tokio::test]
async fn the_newest_counts_and_people_here_have_the_last_word() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    let state = |state: &str, day: u32| issue(1, json!({ "state": state, "updatedAt": format!("2024-02-{day:02}T00:00:00Z") }));
    let open = async || mara.get("/api/v1/deltas/D-1").await.ok().json["open"].clone();
    github(&app, &[state("OPEN", 2)], making()).await;
    assert_eq!(github(&app, &[state("CLOSED", 1)], making()).await.lost("records that are older than what is here"), 1);
    assert_eq!(open().await, true);
    assert_eq!(github(&app, &[state("CLOSED", 3)], making()).await.changed, 1);
    assert_eq!(open().await, false);
    assert_eq!(github(&app, &[state("OPEN", 4)], making()).await.changed, 1, "reopened there");
    assert_eq!(open().await, true);
    github(&app, &[state("CLOSED", 5)], making()).await;
    mara.delete("/api/v1/deltas/D-1/resolution").await.ok();
    github(&app, &[state("CLOSED", 6)], making()).await;
    github(&app, &[state("CLOSED", 7)], making()).await;
    assert_eq!(open().await, true, "a person has opened it again");
    // Of two with the same time, the first counts: so the same input always ends the same.
    let twice = [issue(2, json!({ "title": "One" })), issue(2, json!({ "title": "Two" }))];
    for _ in 0..2 {
        github(&app, &twice, making()).await;
        assert_eq!(mara.get("/api/v1/deltas/D-2").await.ok().json["title"], "One");
    }
}

#[tokio::test]
async fn duplicates_in_a_circle_are_told_and_never_tied() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    let bug = |id: u32, of: u32| json!({ "id": id, "summary": format!("Bug {id}"), "product": "shop", "status": "RESOLVED", "resolution": "DUPLICATE", "dupe_of": of });
    let bugs = json!({ "bugs": [bug(1, 2), bug(2, 3), bug(3, 1), bug(4, 4), bug(5, 1)] }).to_string();
    let dry = import_from(&app, Tracker::Bugzilla, bugs.as_bytes(), Options { dry_run: true, ..making() }).await;
    let first = import_from(&app, Tracker::Bugzilla, bugs.as_bytes(), making()).await;
    assert_eq!((first.duplicates, first.lost("duplicates in a circle"), dry.duplicates), (3, 2, 3), "{first}");
    let again = import_from(&app, Tracker::Bugzilla, bugs.as_bytes(), making()).await;
    assert_eq!((again.duplicates, again.changed), (0, 0), "{again}");
    mara.get("/deltas/D-1").await.ok();
}

#[tokio::test]
async fn two_imports_that_call_two_records_duplicates_of_each_other_tie_one() {
    let app = TestApp::start().await;
    app.person("mara").await;
    let bugs = |id: u32, of: Option<u32>| {
        let bug = json!({ "id": id, "summary": format!("Bug {id}"), "product": "shop", "status": "RESOLVED", "resolution": "DUPLICATE", "dupe_of": of });
        json!({ "bugs": [bug] }).to_string()
    };
    for id in [1, 2] {
        import_from(&app, Tracker::Bugzilla, bugs(id, None).as_bytes(), making()).await;
    }
    let (first, second) = (bugs(1, Some(2)), bugs(2, Some(1)));
    let (one, other) = tokio::join!(
        import_from(&app, Tracker::Bugzilla, first.as_bytes(), making()),
        import_from(&app, Tracker::Bugzilla, second.as_bytes(), making()),
    );
    let circles = [&one, &other].map(|report| report.lost("duplicates in a circle"));
    assert_eq!((one.duplicates + other.duplicates, circles.iter().sum::<usize>()), (1, 1), "{one}\n{other}");
    assert_eq!(app.verify().await, Vec::<&str>::new());
}

#[tokio::test]
async fn imports_of_the_same_records_in_another_order_wait_for_one_another() {
    let app = TestApp::start().await;
    app.person("mara").await;
    // Also all who vote later are here, so that nobody waits for a new person.
    github(&app, &[issue(1, talk()), issue(2, json!({}))], making()).await;
    let later = |number: u32| {
        let reactions = json!([{ "content": "+1", "user": { "login": "bob" } }, { "content": "+1", "user": { "login": "eve" } }]);
        issue(
            number,
            json!({ "title": format!("Cart {number} loses items"), "reactions_data": reactions, "updatedAt": "2024-01-05T00:00:00Z" }),
        )
    };
    let (there, back) = ([later(1), later(2)], [later(2), later(1)]);
    let (one, other) = tokio::join!(github(&app, &there, making()), github(&app, &back, making()));
    let sum = |count: fn(&Report) -> usize| count(&one) + count(&other);
    assert_eq!((sum(|report| report.changed), sum(|report| report.unchanged)), (2, 2), "{one}\n{other}");
    assert_eq!(sum(|report| report.votes), 2, "{one}\n{other}");
    assert_eq!(sum(|report| report.lost("new words of records whose words were changed here")), 0, "{one}\n{other}");
    assert_eq!(app.verify().await, Vec::<&str>::new());
}

#[tokio::test]
async fn imported_votes_on_a_duplicate_count_for_what_stands_for_it() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    github(&app, &[issue(1, json!({})), issue(2, json!({}))], making()).await;
    mara.put("/api/v1/deltas/D-2/resolution", json!({ "resolution": "duplicate", "duplicate_of": "D-1" })).await.ok();
    let report = github(&app, &[issue(2, talk())], making()).await;
    assert_eq!(report.votes, 3, "{report}");
    let impact = async || mara.get("/api/v1/deltas/D-1/impact").await.ok().json;
    let counted = impact().await;
    assert_eq!(counted["affected"], 2, "{counted}");
    let mut tx = app.app.db.write().await.unwrap();
    server::store::impact::recompute(&mut tx, &[app.delta_id("D-1").await], app.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let anew = impact().await;
    for part in ["score", "affected", "blocked", "segments"] {
        assert_eq!(counted[part], anew[part], "{part}");
    }
    assert_eq!(app.verify().await, Vec::<&str>::new());
    assert_eq!(github(&app, &[issue(2, talk())], making()).await.votes, 0, "once");
    mara.delete("/api/v1/deltas/D-2/resolution").await.ok();
    assert_eq!(impact().await["affected"], 0);
}

#[tokio::test]
async fn a_story_brings_board_and_tasks_of_the_organisation_in_their_order() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("northwind", "Northwind", &mara).await;
    let item = |id: u32, at: u32| json!({ "item_id": id, "item_type": "task", "list_position": at });
    let dump = json!({
        "stories": [{ "id": 1, "title": "Cart forgets", "is_bug": true }, { "id": 2, "title": "Hole", "is_bug": true, "private": true }],
        "projects": [{ "id": 4, "name": "shop/cart" }],
        "tasks": [{ "id": 1, "story_id": 1, "project_id": 4, "status": "todo", "title": "Last" }, { "id": 2, "story_id": 1, "project_id": 4, "status": "inprogress", "title": "First" },
            { "id": 3, "story_id": 2, "project_id": 4, "status": "todo", "title": "Secret" }],
        "boards": [{ "title": "Team board", "lanes": [{ "position": 0, "worklist": { "title": "Next up", "items": [item(1, 1), item(2, 0)] } }] }],
    })
    .to_string();
    let options = Options { org: Some("northwind".into()), ..making() };
    let dry = import_from(&app, Tracker::StoryBoard, dump.as_bytes(), Options { dry_run: true, ..options.clone() }).await;
    assert_eq!((dry.boards, dry.tasks), (1, 2), "{dry}");
    for round in [1, 0] {
        let report = import_from(&app, Tracker::StoryBoard, dump.as_bytes(), options.clone()).await;
        assert_eq!((report.boards, report.tasks, report.lost("tasks of private records")), (round, 2 * round, 1), "{report}");
    }
    let board = mara.get("/api/v1/orgs/northwind/boards/team-board").await.ok();
    assert_eq!(board.json["columns"][0]["name"], "Next up");
    let titles: Vec<&str> =
        board.json["columns"][0]["cards"].as_array().unwrap().iter().map(|card| card["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["First", "Last"], "{}", board.text);
    assert!(!mara.get("/api/v1/orgs/northwind/tasks").await.ok().text.contains("Secret"));
    app.anyone().get("/api/v1/deltas/D-2").await.refused(404);
}

#[tokio::test]
async fn maps_name_projects_people_and_labels() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.person("bob").await;
    app.project("trolley", &mara).await;
    let options = Options {
        projects: [("shop/cart".to_owned(), "trolley".to_owned())].into(),
        people: [("ann".to_owned(), "bob".to_owned())].into(),
        labels: [("type: bug".to_owned(), "defect".to_owned()), ("spam".to_owned(), String::new())].into(),
        ..Options::default()
    };
    let report = github(&app, &[issue(1, json!({ "labels": ["type: bug", "spam", "ui"] }))], options).await;
    assert_eq!((report.added, report.refused_records), (1, 0), "{report} {:?}", report.bad);
    let delta = mara.get("/api/v1/deltas/D-1").await.ok().json;
    assert_eq!(
        (&delta["reporter"]["name"], &delta["labels"], &delta["places"][0]["project"]),
        (&json!("bob"), &json!(["defect", "ui"]), &json!("trolley"))
    );
}

#[tokio::test]
async fn a_record_with_too_much_of_everything_is_cut_and_told() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    let long = "x".repeat(200_000);
    let labels: Vec<String> = (0..5000).map(|number| format!("label {number}")).collect();
    let comments: Vec<Value> = (0..3000)
        .map(|id| json!({ "id": id, "body": format!("word {id} {}", "y".repeat(100)), "user": { "login": format!("u{id}") } }))
        .collect();
    let much =
        issue(1, json!({ "title": long, "body": long, "labels": labels, "comments_data": comments, "milestone": { "title": long } }));
    let tasks: Vec<Value> = (0..500).map(|number| json!({ "bug_target_name": format!("project{number}"), "status": "New" })).collect();
    let wide = json!({ "bug": { "id": 1, "title": "Everywhere" }, "bug_tasks": tasks }).to_string();
    let report = github(&app, &[much], making()).await;
    assert_eq!((report.added, report.comments, report.refused_records), (1, 3000, 0), "{report}");
    assert!(report.lost("labels that are too long, or too many") > 4000 && report.lost("texts longer than is kept") == 1, "{report}");
    let report = import_from(&app, Tracker::Launchpad, wide.as_bytes(), making()).await;
    assert_eq!((report.added, report.lost("projects beyond the fiftieth of a record")), (1, 1), "{report}");
    mara.get("/deltas/D-1").await.ok();
    mara.get("/deltas/D-2").await.ok();
}

#[tokio::test]
async fn bugs_that_depend_on_each_other_are_related_once_where_both_are_here() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    let bug = |id: u32, more: Value| {
        let mut bug = json!({
            "id": id, "summary": format!("Gap {id}"), "product": "Shop", "status": "NEW", "creator": "tom@example.org",
            "comments": [{ "id": id * 10, "count": 0, "text": "It does." }],
        });
        bug.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        bug
    };
    // Each of the first two says it; the third would close a circle; the fourth is not here.
    let bugs = json!({ "bugs": [
        bug(1, json!({ "blocks": [2] })), bug(2, json!({ "depends_on": [1, 4], "blocks": [3] })), bug(3, json!({ "blocks": [1], "regressed_by": [2] })),
    ] });
    let text = bugs.to_string();
    let dry = import_from(&app, Tracker::Bugzilla, text.as_bytes(), Options { dry_run: true, ..making() }).await;
    assert_eq!(dry.relations, 4, "{dry}");
    let first = import_from(&app, Tracker::Bugzilla, text.as_bytes(), making()).await;
    let lost = |report: &Report| {
        let circles = report.lost("relations in a circle, or beyond those a delta takes (kept as words)");
        (report.relations, circles, report.lost("relations to records that are not here (kept as words)"))
    };
    assert_eq!(lost(&first), (3, 1, 1), "{first}");
    let related = async |key: &str| {
        let delta = mara.get(&format!("/api/v1/deltas/{key}")).await.ok().json;
        let of = |one: &Value| format!("{} {}", one["relation"].as_str().unwrap(), one["delta"]["key"].as_str().unwrap());
        delta["relations"].as_array().map(|all| all.iter().map(of).collect::<Vec<_>>()).unwrap_or_default()
    };
    assert_eq!(related("D-2").await, ["causes D-3", "blocks D-3", "blocked_by D-1"]);
    // What people took away stays away.
    mara.delete("/api/v1/deltas/D-1/relations/D-2").await.status(204);
    let again = import_from(&app, Tracker::Bugzilla, text.as_bytes(), making()).await;
    assert_eq!((again.relations, again.unchanged), (0, 3), "{again}");
    assert_eq!(related("D-1").await, Vec::<String>::new());
}
