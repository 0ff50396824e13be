use std::io::Write;

use super::*;

fn read_all(tracker: Tracker, input: &[u8], limits: Limits) -> (Vec<Record>, Vec<String>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for item in read(tracker, Site::default(), input, limits) {
        match item {
            Ok(Item::Record(record)) => good.push(*record),
            Ok(_) => {}
            Err(error) => bad.push(error.to_string()),
        }
    }
    (good, bad)
}

#[test]
fn two_people_stay_two_and_addresses_are_not_shown() {
    let of = |name: &str| Person::new("lp", name, None).unwrap().handle;
    assert_eq!(of("mara"), "lp.mara");
    assert_ne!(of("Mara+Kim"), of("mara-kim"));
    assert_ne!(of("tom@example.org"), of("tom@example.com"));
    assert!(of(&"x".repeat(100)).len() <= 64 && of("tom@example.org").starts_with("lp.tom-"));
    let shown = Person::new("bz", "tom@example.org", Some("tom@example.org")).unwrap().shown;
    assert_eq!(shown, "tom");
    assert_eq!(Person::new("bz", " ", None), None);
    assert!(Person::new("jira", "\0\u{202e}", None).unwrap().handle.is_ascii());
}

#[test]
fn lists_one_after_the_other_are_read_element_by_element() {
    let issue = |number: u32| format!(r#"{{"number": {number}, "title": "t, ]", "url": "https://github.com/a/b/issues/{number}"}}"#);
    let pages = format!("[{},\n{}]\n[{}][]", issue(1), issue(2), issue(3));
    let (good, bad) = read_all(Tracker::GitHub, pages.as_bytes(), Limits { bytes: 10_000, record: 100 });
    assert_eq!((good.len(), bad), (3, vec![]));
    let (good, bad) = read_all(Tracker::GitHub, format!("[{}, nonsense, {}", issue(1), issue(2)).as_bytes(), Limits::default());
    assert_eq!((good.len(), bad.len()), (1, 2), "{bad:?}");
    assert!(bad[0].starts_with("entry 2: not JSON") && bad[1].contains("does not end"), "{bad:?}");
}

#[test]
fn hostile_inputs_end_within_their_limits() {
    let few = Limits { bytes: 1_000_000, record: 10_000 };
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..200 {
        bomb.write_all(&[b'['; 100_000]).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    let long = format!("{{\"a\": \"{}\"}}\n", "x".repeat(2_000_000));
    let open = format!("[\"{}", "x".repeat(2_000_000));
    let deep = format!("{{\"a\": {}{}}}", "[".repeat(4000), "]".repeat(4000));
    let cell = format!("repo,title,issue key,Summary,bug_id,short_desc,issuekey\n\"{}", "x".repeat(2_000_000));
    let blank = " \n".repeat(500_000);
    let xml = format!("<bugzilla>{}", "<a>".repeat(3000));
    let inputs: [&[u8]; 9] =
        [&bomb, long.as_bytes(), open.as_bytes(), deep.as_bytes(), cell.as_bytes(), blank.as_bytes(), xml.as_bytes(), b"\xff\xfe\0\0", b""];
    for tracker in Tracker::ALL.iter().copied() {
        for input in inputs {
            let (good, bad) = read_all(tracker, input, few);
            assert!(good.is_empty() && bad.len() <= 1, "{}: {bad:?}", tracker.name());
            assert_eq!(bad.is_empty(), input.iter().all(u8::is_ascii_whitespace), "{}: {bad:?}", tracker.name());
        }
    }
}

#[test]
fn wrong_types_in_every_field_are_refused_and_never_a_panic() {
    use serde_json::{Value, json};
    let samples = [
        (
            Tracker::GitHub,
            json!({ "number": 1, "title": "t", "url": "https://github.com/a/b/issues/1", "labels": [{ "name": "x" }], "user": { "login": "u" },
            "assignees": [{ "login": "x" }], "milestone": { "title": "1" }, "created_at": "2020-01-01T00:00:00Z", "state": "closed", "state_reason": "x",
            "reactions": { "+1": 3 }, "comments": [{ "body": "b", "user": { "login": "c" } }], "events": [{ "event": "closed", "created_at": "2020-01-01T00:00:00Z" }] }),
        ),
        (
            Tracker::StoryBoard,
            json!({ "stories": [{ "id": 1, "title": "t", "is_bug": true, "tags": ["x"], "created_at": "2020-01-01T00:00:00Z" }],
            "tasks": [{ "id": 1, "story_id": 1, "status": "todo", "project_id": 1 }], "projects": [{ "id": 1, "name": "a/b" }],
            "users": [{ "id": 1, "full_name": "U" }], "story_comments": { "1": [{ "id": 1, "content": "c" }] }, "worklists": [], "boards": [] }),
        ),
        (
            Tracker::Bugzilla,
            json!({ "bugs": [{ "id": 1, "summary": "s", "product": "p", "status": "NEW", "creator": "c", "keywords": ["k"], "groups": [],
            "comments": [{ "id": 1, "text": "t", "count": 0 }], "history": [{ "when": "2020-01-01T00:00:00Z", "who": "w", "changes": [] }], "attachments": [{ "id": 1 }] }] }),
        ),
        (
            Tracker::Jira,
            json!({ "issues": [{ "key": "A-1", "fields": { "summary": "s", "status": { "name": "Done" }, "labels": ["l"], "votes": { "votes": 1 },
            "comment": { "comments": [{ "id": "1", "body": "b" }] }, "issuelinks": [], "reporter": { "name": "r" } } }] }),
        ),
        (
            Tracker::Launchpad,
            json!({ "bug": { "id": 1, "title": "t", "tags": ["x"], "date_created": "2020-01-01T00:00:00Z" },
            "bug_tasks": [{ "bug_target_name": "a", "status": "New" }], "users_affected": ["x/~u"], "messages": [], "activity": [] }),
        ),
    ];
    /// Every value of a document in turn becomes something else.
    fn paths(value: &Value, at: String, found: &mut Vec<String>) {
        found.push(at.clone());
        match value {
            Value::Object(map) => map.iter().for_each(|(name, value)| paths(value, format!("{at}/{}", name.replace('/', "~1")), found)),
            Value::Array(list) => list.iter().enumerate().for_each(|(index, value)| paths(value, format!("{at}/{index}"), found)),
            _ => {}
        }
    }
    for (tracker, sample) in samples {
        let (good, bad) = read_all(tracker, sample.to_string().as_bytes(), Limits::default());
        assert_eq!((good.len(), bad), (1, vec![]), "{}", tracker.name());
        let mut all = Vec::new();
        paths(&sample, String::new(), &mut all);
        let wrongs = [
            json!(null),
            json!(-7),
            json!(1e300),
            json!(true),
            json!("\0"),
            json!("x".repeat(5000)),
            json!([]),
            json!([[null]]),
            json!({}),
            json!({ "a": {} }),
        ];
        for path in &all {
            for wrong in &wrongs {
                let mut changed = sample.clone();
                *changed.pointer_mut(path).expect("a path of it") = wrong.clone();
                let (good, _) = read_all(tracker, changed.to_string().as_bytes(), Limits::default());
                for record in good {
                    assert!(!format!("{record:?}").contains("\\0"), "{path}: {record:?}");
                }
            }
        }
    }
}
