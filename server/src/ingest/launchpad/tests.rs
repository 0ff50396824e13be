use super::*;
use crate::ingest::tracker::{self, BadRecord, Extent, Item, Limits, Position, Record, Site, Stage, Tracker};
use schema::{delta::Resolution, place::Consensus};
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

fn read(input: &[u8], limits: Limits) -> Vec<Result<Record, BadRecord>> {
    let items = tracker::read(Tracker::Launchpad, Site::default(), input, limits);
    items
        .map(|item| {
            item.map(|item| match item {
                Item::Record(record) => *record,
                other => panic!("{other:?}"),
            })
        })
        .collect()
}

fn bugs(input: &[u8]) -> Vec<Result<Record, BadRecord>> {
    read(input, Limits::default())
}

fn bug_with(statuses: &[&str]) -> Bug {
    let task = |(index, status): (usize, &&str)| BugTask {
        target: Target::of_name(&format!("project{index}")),
        status: Status::of(status).unwrap(),
        importance: Importance::Undecided,
        assignee: None,
        milestone: None,
        created_at: None,
        closed_at: None,
    };
    Bug {
        external_id: "launchpad:1".into(),
        url: String::new(),
        title: "t".into(),
        description: String::new(),
        reporter: None,
        created_at: None,
        updated_at: None,
        private: false,
        duplicate_of: None,
        tags: Vec::new(),
        tasks: statuses.iter().enumerate().map(task).collect(),
        affected_count: None,
        unaffected_count: None,
        message_count: None,
        heat: None,
        complete: true,
    }
}

#[test]
fn a_bug_with_its_tasks_is_read_whole() {
    let bug = bugs(line().as_bytes()).remove(0).unwrap();
    assert_eq!((bug.id.as_str(), bug.title.as_str()), ("launchpad:71", "Cart forgets \u{fffd}items"));
    assert_eq!(bug.url, "https://bugs.launchpad.net/bugs/71", "a script is no address");
    assert_eq!((bug.reporter.unwrap().handle.as_str(), bug.tally.as_slice()), ("lp.ann", [("users affected", 3), ("heat", 28)].as_slice()));
    assert!(bug.private && bug.extent == Extent::Whole && bug.created_at < bug.updated_at);
    assert_eq!((bug.release.as_deref(), bug.work.len(), bug.labels), (Some("2.1"), 0, vec!["cart".to_owned()]));
}

#[test]
fn a_project_speaks_for_its_series_and_a_package_belongs_to_its_distribution() {
    let bug = bugs(line().as_bytes()).remove(0).unwrap();
    let places: Vec<_> = bug.places.iter().map(|place| (place.slug.as_str(), place.components.join(" "), place.consensus)).collect();
    assert_eq!(places, [("shop", String::new(), Consensus::Agreed), ("ubuntu", "shop".into(), Consensus::Proposed)]);
}

#[test]
fn whom_a_bug_affects_and_what_was_said_come_along() {
    let beside = r##", "users_affected": {"entries": [{"self_link": "https://api.launchpad.net/1.0/~tom", "display_name": "Tom T"}]},
        "users_unaffected": ["https://api.launchpad.net/1.0/~eve"], "messages": [
        {"self_link": "https://api.launchpad.net/1.0/shop/+bug/71/comments/0", "content": "the description"},
        {"self_link": "https://api.launchpad.net/1.0/shop/+bug/71/comments/1", "content": "so do I", "owner_link": "x/~tom"}],
        "activity": [{"whatchanged": "shop: status", "oldvalue": "New", "newvalue": "Triaged", "datechanged": "2026-01-02T03:04:05Z",
        "person_link": "x/~bob"}], "attachments": [{"title": "log", "web_link": "https://bugs.launchpad.net/x", "data_link": "y"}]}"##;
    let whole = format!("{}{}", line().trim_end().strip_suffix('}').unwrap(), beside.replace('\n', " "));
    let bug = bugs(whole.as_bytes()).remove(0).unwrap();
    let votes: Vec<_> = bug.votes.iter().map(|vote| (vote.who.handle.as_str(), vote.who.shown.as_str(), vote.affected)).collect();
    assert_eq!(votes, [("lp.tom", "Tom T", true), ("lp.eve", "eve", false)]);
    assert_eq!((bug.comments.len(), bug.comments[0].text.as_str(), bug.comments[0].id.as_str()), (1, "so do I", "launchpad:71/comments/1"));
    assert_eq!((bug.history[0].what.as_str(), bug.history[0].to.as_str(), bug.links[0].title.as_str()), ("shop: status", "Triaged", "log"));
}

#[test]
fn pages_of_messages_are_parts_of_their_bugs_and_people_alone_are_refused() {
    let page = r##"{"start": 0, "entries": [
        {"resource_type_link": "x/#message", "self_link": "https://api.launchpad.net/1.0/shop/+bug/9/comments/2", "content": "yes"},
        {"resource_type_link": "x/#person", "self_link": "https://api.launchpad.net/1.0/~tom"}]}"##;
    let read = bugs(page.replace('\n', " ").as_bytes());
    let part = read[0].as_ref().unwrap();
    assert_eq!((part.id.as_str(), part.extent, part.comments.len()), ("launchpad:9", Extent::Part, 1));
    assert!(read[1].as_ref().unwrap_err().reason.contains("users_affected"), "{read:?}");
}

#[test]
fn a_blueprint_is_a_spec_whose_consensus_is_what_was_decided() {
    let text = |definition: &str, implementation: &str| {
        format!(
            r##"{{"resource_type_link": "x/#specification", "name": "cart-2", "title": "Cart 2", "summary": "Better.", "definition_status":
            "{definition}", "implementation_status": "{implementation}", "target_link": "https://api.launchpad.net/1.0/shop", "priority": "High",
            "workitems_text": "[tom] Write it: DONE\nTest it: TODO", "approver_link": "https://api.launchpad.net/1.0/~ann"}}"##
        )
        .replace('\n', " ")
    };
    let read = |definition: &str, implementation: &str| bugs(text(definition, implementation).as_bytes()).remove(0);
    let spec = read("Approved", "Started").unwrap();
    assert_eq!(
        (spec.id.as_str(), spec.kind, spec.places[0].consensus),
        ("launchpad:shop/+spec/cart-2", Some(schema::delta::Kind::Spec), Consensus::Agreed)
    );
    let work: Vec<_> = spec.work.iter().map(|work| (work.title.as_deref().unwrap(), work.stage)).collect();
    assert_eq!(work, [("Write it", Stage::Done), ("Test it", Stage::Todo)]);
    assert_eq!(read("Obsolete", "Unknown").unwrap().resolution, Some(Resolution::Withdrawn));
    assert_eq!(read("Approved", "Implemented").unwrap().resolution, Some(Resolution::Closed));
    assert!(read("Sleeping", "").unwrap_err().reason.contains("definition_status"));
}

#[test]
fn a_bad_line_is_reported_with_its_place_and_the_rest_is_read() {
    let wrong = line().replace("Triaged", "Sleeping");
    let input =
        format!("{}\n\nnonsense\n{}\n{wrong}\n[1]\n{{\"id\": 5, \"title\": \"short\", \"importance\": null}}", line(), &line()[..200]);
    let read = bugs(input.as_bytes());
    let shown: Vec<String> = read.iter().map(|read| read.as_ref().map_or_else(ToString::to_string, |bug| bug.id.clone())).collect();
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
        r#"{{"start": 0, "entries": [{}, {}, {}, {{"resource_type_link": "x/#question"}}]}}"#,
        entry(1, "a"),
        entry(2, "a"),
        entry(1, "b")
    );
    let read = bugs(page.as_bytes());
    let first = read[0].as_ref().unwrap();
    assert_eq!((first.id.as_str(), first.title.as_str(), first.places.len(), first.extent), ("launchpad:1", "It: leaks", 2, Extent::Stub));
    assert_eq!(read[2].as_ref().unwrap_err().to_string(), "entry 4: a question is not a bug");
    assert!(bugs(br#"{"start": 0, "total_size": 0, "entries": []}"#).is_empty());
}

#[test]
fn a_simplified_bug_names_no_project() {
    let bug = bugs(br#"{"id": 9, "title": "t", "description": "d", "importance": "Critical", "days_to_fix": 3, "labels": {}}"#)
        .remove(0)
        .unwrap();
    assert_eq!((bug.places.len(), bug.places[0].slug.as_str(), bug.resolution), (1, "", None));
    assert!(bugs(br#"{"id": 9, "title": "t", "importance": null}"#)[0].is_ok());
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
    let read = read(&packed, few);
    assert_eq!((read.len(), read.last().unwrap().is_err()), (3, true));
    let damaged: Vec<_> = bugs(&packed[..packed.len() / 2]);
    assert!(damaged.last().unwrap().as_ref().unwrap_err().reason.contains("cannot be read on"));
}

#[test]
fn a_line_past_its_limit_ends_the_reading_and_says_so() {
    let limits = Limits { record: 100, ..Limits::default() };
    let read = read(BUG.as_bytes(), limits);
    assert!(read.last().unwrap().as_ref().unwrap_err().reason.contains("more than 100 bytes"));
}
