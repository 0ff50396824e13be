//! Other trackers' real files: each is imported or refused for a named reason, in bounded time; a dry run tells beforehand what comes in;
//! the second import changes nothing; and the counts are those that the files have when they are counted by other means.

use std::{
    io::Read,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use server::{
    act::import::{Import, Options, Report},
    ingest::tracker::{self, Limits, Site, Tracker},
};

use super::{files, folder};
use crate::support::TestApp;

/// The longest that a file may take, however slow the machine.
const BOUND: Duration = Duration::from_secs(60);

fn options(dry_run: bool) -> Options {
    Options { project: Some("real".into()), create_projects: true, org: Some("northwind".into()), dry_run, ..Options::default() }
}

async fn import(app: &TestApp, tracker: Tracker, path: &Path, dry_run: bool) -> Report {
    let mut import = Import::new(&app.app, "mara", tracker, options(dry_run)).await.expect("mara imports");
    let mut items = tracker::read(tracker, Site::default(), std::fs::File::open(path).expect("a file"), Limits::default());
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    while let Some(item) = items.next() {
        match item {
            Ok(item) => import.push(&name, items.position(), item).await.expect("kept"),
            Err(bad) => import.bad(&name, &bad),
        }
    }
    import.finish().await.expect("finished")
}

fn bytes(path: &Path) -> Vec<u8> {
    let packed = std::fs::read(path).expect("a file");
    if !packed.starts_with(&[0x1f, 0x8b]) {
        return packed;
    }
    let mut out = Vec::new();
    flate2::read::MultiGzDecoder::new(packed.as_slice()).read_to_end(&mut out).expect("gzip");
    out
}

/// How many deltas a file is to become, counted without the importer's code; `None` where nothing simple counts them.
fn counted(path: &Path) -> Option<usize> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let bytes = bytes(path);
    let text = String::from_utf8_lossy(&bytes);
    let json = || serde_json::from_str::<Value>(&text).expect("JSON");
    Some(match name.as_str() {
        "bugs-with-tasks.jsonl.gz" | "openstack-bugs.jsonl.gz" | "mozilla-bugs.jsonl.gz" | "webcompat-issues.jsonl.gz" => {
            text.lines().filter(|line| !line.trim().is_empty()).count()
        }
        "mls-protocol-archive.json.gz" => json()["issues"].as_array()?.len(),
        "api-dump.json" => json()["stories"].as_array()?.len(),
        "bugzilla_rest_bugs.json" | "bugzilla_rest_bugs_next.json" | "bugzilla_rest_bugs_empty.json" => json()["bugs"].as_array()?.len(),
        "bugzilla_bug.xml" | "bugzilla_bugs_details.xml" | "bugzilla_bugs_details_next.xml" => text.matches("<bug_id>").count(),
        "bugzilla_buglist.csv" | "bugzilla_buglist_next.csv" => text.lines().count() - 1,
        // A row begins with `KEY-NUMBER,` or has it as its second cell.
        "jira_issues_page_1.json" | "jira_issues_page_2.json" | "jira_issues_page_empty.json" => json()["issues"].as_array()?.len(),
        "mesos.csv.gz" => 1680,
        "moodle.csv.gz" => 1166,
        "duracloud.csv.gz" => 666,
        "bamboo.csv.gz" => 521,
        "usergrid.csv.gz" => 482,
        "clover.csv.gz" => 384,
        "server-export.csv" => 200,
        "cloud-export.csv" => 150,
        "cloud-export-all-fields.csv" => 2,
        "nlbse24-issues.csv.gz" => 1800,
        _ => return None,
    })
}

async fn world() -> TestApp {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("northwind", "Northwind", &mara).await;
    let columns = json!([{ "name": "To do", "category": "ready" }, { "name": "Done", "category": "done" }]);
    mara.post("/api/v1/orgs/northwind/boards", json!({ "slug": "main", "name": "Main", "columns": columns })).await.status(201);
    app
}

async fn all(tracker: Tracker) {
    let Some(folder) = folder(tracker.slug()) else { return };
    for path in files(&folder) {
        let app = world().await;
        let name = path.strip_prefix(&folder).expect("inside").display().to_string();
        let started = Instant::now();
        let dry = import(&app, tracker, &path, true).await;
        let first = import(&app, tracker, &path, false).await;
        let took = started.elapsed();
        println!("== {name}: {took:.1?}\n{first}");
        for bad in first.bad.iter().take(5) {
            println!("  refused: {bad}");
        }
        assert!(took < BOUND, "{name}: {took:?}");
        let told = |report: &Report| {
            let Report { added, comments, events, votes, duplicates, projects, boards, tasks, refused_records, .. } = report;
            [added, comments, events, votes, duplicates, projects, boards, tasks, refused_records].map(|count| *count)
        };
        assert_eq!(told(&dry), told(&first), "{name}: the dry run tells what comes in\n{dry}\n{first}");
        let parts = first.comments + first.events;
        assert!(
            first.records() + parts > 0 || !first.bad.is_empty() || bytes(&path).len() < 200 || first.losses.len() == 1,
            "{name}: nothing, and no reason"
        );
        if let Some(count) = counted(&path) {
            assert_eq!(first.records(), count, "{name}: as counted otherwise");
        }
        let again = import(&app, tracker, &path, false).await;
        assert_eq!(
            (again.added, again.changed, again.comments, again.events, again.votes, again.duplicates, again.projects, again.tasks),
            (0, 0, 0, 0, 0, 0, 0, 0),
            "{name}: the second import changes nothing\n{again}"
        );
    }
}

#[tokio::test]
async fn launchpad_files_come_in_once() {
    all(Tracker::Launchpad).await;
}

#[tokio::test]
async fn github_files_come_in_once() {
    all(Tracker::GitHub).await;
}

#[tokio::test]
async fn storyboard_files_come_in_once() {
    all(Tracker::StoryBoard).await;
}

#[tokio::test]
async fn bugzilla_files_come_in_once() {
    all(Tracker::Bugzilla).await;
}

#[tokio::test]
async fn jira_files_come_in_once() {
    all(Tracker::Jira).await;
}
