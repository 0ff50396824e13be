use super::*;
use schema::{delta::Resolution, place::Consensus, task::Priority};
use std::io::Write;

const BUG: &str = r##"{"bug": {"id": 71, "title": "Cart forgets \u0000items", "description": "Add two.\nSee one.", "owner_link":
"https://api.launchpad.net/1.0/~ann", "date_created": "2026-01-02T03:04:05.5+00:00", "date_last_updated": "2026-02-02T03:04:05+00:00",
"private": false, "information_type": "Private Security", "duplicate_of_link": null, "tags": ["cart"], "users_affected_count": 3, "heat": 28,
"web_link": "javascript:alert(1)", "resource_type_link": "https://api.launchpad.net/1.0/#bug"}, "bug_tasks": {"total_size": 2, "entries": [
{"target_link": "https://api.launchpad.net/1.0/shop/2.x", "status": "Fix Released", "importance": "High", "date_created": "2026-01-02T03:04:05Z",
"assignee_link": "https://api.launchpad.net/1.0/~bob", "milestone_link": "https://api.launchpad.net/1.0/shop/+milestone/2.1", "date_closed": null},
{"target_link": "https://api.launchpad.net/1.0/shop", "status": "Triaged", "importance": "Low"},
{"target_link": "https://api.launchpad.net/1.0/ubuntu/+source/shop", "status": "Won't Fix", "importance": "Undecided"}]}}"##;

fn line() -> String {
    BUG.replace('\n', " ")
}

fn bugs(input: &[u8]) -> Vec<Result<Bug, BadRecord>> {
    read(input, Limits::default()).collect()
}

fn bug_with(statuses: &[&str]) -> Bug {
    let mut bug = bugs(line().as_bytes()).remove(0).unwrap();
    let first = bug.tasks[0].clone();
    bug.tasks = statuses
        .iter()
        .enumerate()
        .map(|(index, status)| BugTask {
            target: Target::of_name(&format!("project{index}")),
            status: Status::of(status).unwrap(),
            ..first.clone()
        })
        .collect();
    bug
}

#[test]
fn a_bug_with_its_tasks_is_read_whole() {
    let bug = bugs(line().as_bytes()).remove(0).unwrap();
    assert_eq!((bug.external_id.as_str(), bug.title.as_str()), ("launchpad:71", "Cart forgets \u{fffd}items"));
    assert_eq!(bug.url, "https://bugs.launchpad.net/bugs/71", "a script is no address");
    assert_eq!((bug.reporter.as_deref(), bug.affected_count, bug.heat), (Some("ann"), Some(3), Some(28)));
    assert!(bug.private && bug.complete && bug.created_at < bug.updated_at);
    let task = &bug.tasks[0];
    assert_eq!((task.assignee.as_deref(), task.milestone.as_deref(), task.status), (Some("bob"), Some("2.1"), Status::FixReleased));
}

#[test]
fn a_project_speaks_for_its_series_and_a_package_belongs_to_its_distribution() {
    let bug = bugs(line().as_bytes()).remove(0).unwrap();
    let places: Vec<_> = bug.places().into_iter().map(|(project, components, task)| (project, components, task.status)).collect();
    assert_eq!(places, [("shop", vec![], Status::Triaged), ("ubuntu", vec!["shop"], Status::WontFix)]);
}

#[test]
fn a_bad_line_is_reported_with_its_place_and_the_rest_is_read() {
    let wrong = line().replace("Triaged", "Sleeping");
    let input =
        format!("{}\n\nnonsense\n{}\n{wrong}\n[1]\n{{\"id\": 5, \"title\": \"short\", \"importance\": null}}", line(), &line()[..200]);
    let read = bugs(input.as_bytes());
    let shown: Vec<String> =
        read.iter().map(|read| read.as_ref().map_or_else(ToString::to_string, |bug| bug.external_id.clone())).collect();
    assert_eq!(shown.len(), 6, "{shown:?}");
    assert_eq!((shown[0].as_str(), shown[5].as_str()), ("launchpad:71", "launchpad:5"));
    for (index, (start, what)) in [
        ("line 3:", "not JSON"),
        ("line 4:", "not JSON"),
        ("line 5:", "bug task 2: `status` is \"Sleeping\""),
        ("line 6, entry 1:", "object"),
    ]
    .iter()
    .enumerate()
    {
        assert!(shown[index + 1].starts_with(start) && shown[index + 1].contains(what), "{}", shown[index + 1]);
    }
}

#[test]
fn one_document_over_many_lines_is_read_as_one() {
    assert!(bugs(BUG.as_bytes())[0].is_err(), "broken in the middle of a line it is neither lines nor a document");
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(&line()).unwrap()).unwrap();
    assert_eq!(bugs(pretty.as_bytes()), bugs(line().as_bytes()));
    let list = format!("[\n{},\n{{}}\n]", line());
    let read = bugs(list.as_bytes());
    assert!(read[0].is_ok());
    assert_eq!(read[1].as_ref().unwrap_err().position, Position::Entry { line: 1, entry: 2 });
}

#[test]
fn tasks_of_a_search_are_gathered_by_their_bug() {
    let entry = |bug: u32, target: &str| {
        format!(
            r##"{{"bug_link": "https://api.launchpad.net/1.0/bugs/{bug}", "bug_target_name": "{target}", "status": "Confirmed",
                "resource_type_link": "https://api.launchpad.net/1.0/#bug_task", "title": "Bug #{bug} in {target}: \"It: leaks\""}}"##
        )
        .replace('\n', " ")
    };
    let page = format!(
        r#"{{"start": 0, "entries": [{}, {}, {}, {{"resource_type_link": "x/#message"}}]}}"#,
        entry(1, "a"),
        entry(2, "a"),
        entry(1, "b")
    );
    let read = bugs(page.as_bytes());
    let first = read[0].as_ref().unwrap();
    assert_eq!(
        (first.external_id.as_str(), first.title.as_str(), first.tasks.len(), first.complete),
        ("launchpad:1", "It: leaks", 2, false)
    );
    assert_eq!(read[2].as_ref().unwrap_err().to_string(), "entry 4: a message is not a bug");
    assert!(bugs(br#"{"start": 0, "total_size": 0, "entries": []}"#).is_empty());
}

#[test]
fn a_simplified_bug_names_no_project() {
    let bug = bugs(br#"{"id": 9, "title": "t", "description": "d", "importance": "Critical", "days_to_fix": 3, "labels": {}}"#)
        .remove(0)
        .unwrap();
    assert_eq!((bug.tasks[0].target.as_ref(), bug.tasks[0].importance.priority(), bug.places().len()), (None, Priority::Urgent, 0));
    assert_eq!(resolution(&bug), None);
    let bug = bugs(br#"{"id": 9, "title": "t", "importance": null}"#).remove(0).unwrap();
    assert_eq!(bug.tasks[0].importance, Importance::Undecided);
}

#[test]
fn consensus_comes_only_from_words_that_state_one() {
    let said = |word: &str| consensus(Status::of(word).unwrap());
    assert_eq!(
        (said("Confirmed"), said("Triaged"), said("Opinion"), said("Invalid"), said("Incomplete")),
        (Consensus::Agreed, Consensus::Agreed, Consensus::Disputed, Consensus::Declined, Consensus::Discussing)
    );
    for word in ["New", "In Progress", "Fix Committed", "Fix Released", "Won't Fix", "Expired", "Unknown"] {
        assert_eq!(said(word), Consensus::Proposed, "{word}");
    }
    assert_eq!((work(Status::WontFix), work(Status::FixReleased), work(Status::New)), (Work::Declined, Work::Released, Work::None));
}

#[test]
fn a_bug_is_resolved_when_all_its_places_are() {
    assert_eq!(resolution(&bug_with(&["Fix Released", "Invalid"])), Some(Resolution::Closed));
    assert_eq!(resolution(&bug_with(&["Invalid"])), Some(Resolution::Declined));
    assert_eq!(resolution(&bug_with(&["Fix Released", "In Progress"])), None);
    assert_eq!(resolution(&bug_with(&["Won't Fix"])), None);
    let copy = Bug { duplicate_of: Some("launchpad:1".into()), ..bug_with(&["New"]) };
    assert_eq!(resolution(&copy), Some(Resolution::Duplicate));
}

#[test]
fn packed_input_is_unpacked_within_its_limit() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..50 {
        writeln!(packed, "{}", line()).unwrap();
    }
    let packed = packed.finish().unwrap();
    assert_eq!(bugs(&packed).iter().filter(|read| read.is_ok()).count(), 50);
    let few = Limits { bytes: line().len() as u64 * 3, ..Limits::default() };
    let read: Vec<_> = read(&packed, few).collect();
    assert_eq!((read.len(), read.last().unwrap().is_err()), (3, true));
    let damaged: Vec<_> = bugs(&packed[..packed.len() / 2]);
    assert!(damaged.last().unwrap().as_ref().unwrap_err().reason.contains("cannot be read on"));
}

#[test]
fn a_line_past_its_limit_ends_the_reading_and_says_so() {
    let limits = Limits { record: 100, ..Limits::default() };
    let read: Vec<_> = read(BUG.as_bytes(), limits).collect();
    assert!(read.last().unwrap().as_ref().unwrap_err().reason.contains("more than 100 bytes"));
}
