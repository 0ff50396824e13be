//! Other trackers' real files: each is imported or refused for a named reason, in bounded time; a dry run tells beforehand what comes in;
//! the second import changes nothing; and the counts are those that the files have when they are counted by other means.

use std::{
    collections::BTreeSet,
    io::Read,
    path::Path,
    time::{Duration, Instant},
};

use sea_query::{Expr, Query, SelectStatement};
use serde_json::{Value, json};
use server::{
    act::import::{Import, Options, Report},
    ingest::tracker::{self, Limits, Site, Tracker},
    store::table::{Comment, Task, Vote},
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

/// What a file's records bring along, counted without the importer's code.
#[derive(Debug, Default, PartialEq, Eq)]
struct Along {
    comments: usize,
    votes: usize,
    tasks: usize,
    /// What cannot come along, and how often.
    lost: Vec<(&'static str, usize)>,
}

fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    let found = &of[name];
    found.as_array().or_else(|| found["entries"].as_array()).map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name].as_str().unwrap_or_default()
}

/// `None` where nothing simple counts it.
fn along(path: &Path) -> Option<Along> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let bytes = bytes(path);
    let file = String::from_utf8_lossy(&bytes);
    let lines = || file.lines().filter(|line| !line.trim().is_empty()).map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    Some(match name.as_str() {
        "mls-protocol-archive.json.gz" => {
            let archive: Value = serde_json::from_str(&file).expect("JSON");
            let issues = list(&archive, "issues");
            let said = issues.iter().flat_map(|issue| list(issue, "comments").iter().map(move |comment| (issue, comment)));
            let said: BTreeSet<_> = said
                .filter(|(_, comment)| !text(comment, "body").trim().is_empty())
                .map(|(issue, said)| (issue["number"].as_i64(), text(said, "author"), text(said, "createdAt"), text(said, "body")))
                .collect();
            let assigned = |closed: bool| {
                issues.iter().filter(|issue| (issue["state"] == "CLOSED") == closed && !list(issue, "assignees").is_empty()).count()
            };
            let pulls = list(&archive, "pulls").len();
            let lost = vec![("pull requests (changes, not gaps)", pulls), ("assignees of closed issues", assigned(true))];
            Along { comments: said.len(), votes: 0, tasks: assigned(false), lost }
        }
        "webcompat-issues.jsonl.gz" => {
            let talked = lines().filter(|issue| issue["comments"].as_i64() > Some(0)).count();
            let tasks = lines().filter(|issue| issue["state"] == "open" && !list(issue, "assignees").is_empty()).count();
            Along { tasks, lost: vec![("comments that only are counted (export them as `comments`)", talked)], ..Along::default() }
        }
        "bugs-with-tasks.jsonl.gz" => {
            let (mut tasks, mut private, mut refused, mut heat) = (0, 0, 0, 0);
            for record in lines() {
                let stages: Vec<&str> = list(&record, "bug_tasks").iter().map(|task| text(task, "status")).collect();
                let worked_on = stages.iter().any(|status| ["In Progress", "Fix Committed"].contains(status));
                let hidden = record["bug"]["private"] == true || text(&record["bug"], "information_type") == "Private Security";
                tasks += usize::from(worked_on && !hidden);
                // Each task that is worked on is told of by itself, unless one of the same bug was.
                private += usize::from(worked_on && hidden);
                refused += stages.iter().filter(|status| ["Won't Fix", "Opinion"].contains(*status)).count();
                heat += usize::from(record["bug"]["heat"].as_i64().is_some_and(|heat| heat != 0));
            }
            let lost = vec![
                ("tasks of private records", private),
                ("refusals of projects without an organisation (see --map)", refused),
                ("heat (worked out there, kept as a note)", heat),
            ];
            Along { tasks, lost, ..Along::default() }
        }
        "openstack-bugs.jsonl.gz" => {
            let weighed = lines().filter(|bug| !["", "Undecided", "Unknown"].contains(&text(bug, "importance"))).count();
            Along { lost: vec![("importances (a priority belongs to an organisation)", weighed)], ..Along::default() }
        }
        _ => return None,
    })
}

/// What came along, as the database has it, must be what was counted, and what the report says.
async fn came_along(app: &TestApp, name: &str, told: &Report, counted: &Along) {
    let count = async |mut select: SelectStatement| {
        let mut tx = app.app.db.read().await.expect("a connection");
        let (rows,) = tx.one::<(i64,)>(select.expr(Expr::cust("COUNT(*)"))).await.expect("a count");
        usize::try_from(rows).expect("small")
    };
    let Along { comments, votes, tasks, lost } = counted;
    assert_eq!((&told.comments, &told.votes, &told.tasks), (comments, votes, tasks), "{name}: comments, votes, tasks\n{told}");
    let kept = (
        count(Query::select().from(Comment::Table).take()).await,
        count(Query::select().from(Vote::Table).take()).await,
        count(Query::select().from(Task::Table).take()).await,
    );
    assert_eq!(kept, (*comments, *votes, *tasks), "{name}: comments, votes and tasks that are there");
    for (what, times) in lost {
        assert_eq!(told.lost(what), *times, "{name}: {what}\n{told}");
    }
    assert!(lost.iter().all(|(_, times)| *times == 0) || !told.losses.is_empty(), "{name} loses something and does not say so");
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
    let Some(folder) = folder(tracker.as_str()) else { return };
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
        if let Some(counted) = along(&path) {
            came_along(&app, &name, &first, &counted).await;
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

/// A file of its own, of this text; and what is in it once it is imported.
async fn composed(tracker: Tracker, record: &Value, counted: Along) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("composed.json");
    std::fs::write(&path, record.to_string()).expect("written");
    let app = world().await;
    let told = import(&app, tracker, &path, false).await;
    assert_eq!((told.added, told.refused_records), (1, 0), "{told}\n{:?}", told.bad);
    came_along(&app, tracker.as_str(), &told, &counted).await;
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&bytes(path)).expect("JSON")
}

#[tokio::test]
async fn what_launchpad_tells_beside_a_bug_comes_along() {
    let Some(folder) = folder("launchpad/api") else { return };
    let of = |part: &str| -> Vec<Value> {
        let pages = files(&folder).into_iter().filter(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            name.starts_with(&format!("launchpad_issue_1_{part}")) && name.ends_with(".json")
        });
        pages.flat_map(|path| list(&json!({ "page": read(&path) }), "page").to_vec()).collect()
    };
    let (messages, attachments) = (of("comments"), of("attachments"));
    // The first message is the description; a message is one, however many pages have it.
    let said: BTreeSet<&str> = messages
        .iter()
        .filter(|message| !text(message, "content").trim().is_empty())
        .map(|message| text(message, "self_link"))
        .filter(|link| !link.ends_with("/comments/0"))
        .collect();
    let person = read(&folder.join("launchpad_user_1.json"));
    let counted = Along {
        comments: said.len(),
        votes: 1,
        tasks: 0,
        lost: vec![("attachments (linked, their contents stay there)", attachments.len())],
    };
    assert!(counted.comments > 1 && !attachments.is_empty(), "{counted:?}");
    let bug = read(&folder.join("launchpad_issue_1.json"));
    let record = json!({
        "bug": bug, "messages": { "entries": messages }, "attachments": { "entries": attachments }, "users_affected": { "entries": [person] },
    });
    composed(Tracker::Launchpad, &record, counted).await;
}

#[tokio::test]
async fn what_github_tells_beside_an_issue_comes_along() {
    let Some(folder) = folder("github/api") else { return };
    let mut issue = read(&folder.join("github_issue_2.json"))[0].clone();
    let (reactions, comments) = (read(&folder.join("github_issue_2_reactions.json")), read(&folder.join("github_issue_comments_2.json")));
    let all = |of: &Value| of.as_array().expect("a list").clone();
    let is_vote = |reaction: &&Value| ["+1", "-1"].contains(&text(reaction, "content"));
    let (reacted, said) = (all(&reactions), all(&comments));
    let voters: BTreeSet<&str> = reacted.iter().filter(is_vote).map(|reaction| text(&reaction["user"], "login")).collect();
    let others = reacted.len() - reacted.iter().filter(is_vote).count();
    let counted = Along {
        comments: said.iter().filter(|comment| !text(comment, "body").trim().is_empty()).count(),
        votes: voters.len(),
        tasks: 0,
        lost: vec![("other reactions", others), ("comments that only are counted (export them as `comments`)", 0)],
    };
    assert!(counted.comments > 0 && counted.votes > 0, "{counted:?}");
    issue["reactions_data"] = reactions;
    issue["comments_data"] = comments;
    composed(Tracker::GitHub, &issue, counted).await;
}
