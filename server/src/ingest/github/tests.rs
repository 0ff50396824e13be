use schema::delta::{Kind, Resolution};
use serde_json::{Value, json};

use crate::ingest::tracker::{Extent, Item, Limits, Record, Site, Tracker, read};

fn items(text: &str) -> Vec<Result<Item, String>> {
    read(Tracker::GitHub, Site::default(), text.as_bytes(), Limits::default()).map(|item| item.map_err(|bad| bad.to_string())).collect()
}

fn record(value: Value) -> Record {
    match items(&value.to_string()).remove(0) {
        Ok(Item::Record(record)) => *record,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_issue_of_the_rest_api_comes_with_its_reactions_comments_and_events() {
    let issue = record(json!({
        "number": 7, "title": "Cart forgets items", "html_url": "https://github.com/Shop/Cart/issues/7", "repository_url": "https://api.github.com/repos/Shop/Cart",
        "user": { "login": "Ann" }, "state": "closed", "state_reason": "not_planned", "labels": [{ "name": "type: crash" }, "ui"], "body": "It **does**.",
        "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-03T03:04:05Z", "closed_at": "2026-01-03T03:04:05Z", "milestone": { "title": "2.1" },
        "comments": 1, "comments_data": [{ "id": 5, "body": "Me too", "user": { "login": "bob" }, "created_at": "2026-01-02T04:00:00Z" }],
        "reactions": { "+1": 2, "-1": 0 }, "reactions_data": [{ "content": "+1", "user": { "login": "bob" } }, { "content": "-1", "user": { "login": "eve" } }, { "content": "heart" }],
        "events": [{ "event": "closed", "actor": { "login": "ann" }, "created_at": "2026-01-03T03:04:05Z" }, { "event": "subscribed", "created_at": "2026-01-03T03:04:05Z" }]
    }));
    assert_eq!((issue.id.as_str(), issue.kind, issue.resolution), ("github:shop/cart#7", Some(Kind::Crash), Some(Resolution::Declined)));
    assert_eq!(
        (issue.places[0].name.as_str(), issue.places[0].slug.as_str(), issue.release.as_deref()),
        ("Shop/Cart", "cart", Some("2.1"))
    );
    let votes: Vec<_> = issue.votes.iter().map(|vote| (vote.who.handle.as_str(), vote.affected)).collect();
    assert_eq!((votes, issue.tally.len()), (vec![("gh.bob", true), ("gh.eve", false)], 0), "names are better than counts");
    assert_eq!((issue.comments[0].id.as_str(), issue.history[0].to.as_str()), ("github:shop/cart#7-5", "closed"));
    let lost: Vec<_> = issue.lost.iter().map(|lost| lost.what).collect();
    assert_eq!(lost, ["other reactions", "other events"]);
}

#[test]
fn ghs_json_counts_thumbs_without_names() {
    let issue = record(json!({
        "number": 7, "title": "t", "url": "https://github.com/shop/cart/issues/7", "author": { "login": "ann" }, "state": "OPEN", "createdAt": "2026-01-02T03:04:05Z",
        "labels": [{ "name": "enhancement" }], "assignees": [{ "login": "bob" }], "comments": [{ "author": { "login": "bob" }, "body": "b", "createdAt": "2026-01-02T03:04:05Z",
        "url": "https://github.com/shop/cart/issues/7#issuecomment-11" }], "reactionGroups": [{ "content": "THUMBS_UP", "users": { "totalCount": 4 } }]
    }));
    assert_eq!((issue.kind, issue.resolution, issue.tally.as_slice()), (Some(Kind::Spec), None, [("👍", 4)].as_slice()));
    assert_eq!((issue.work[0].of.as_slice(), issue.comments[0].id.as_str()), (["bob".to_owned()].as_slice(), "github:shop/cart#7-11"));
    assert!(items(r#"{"number": 7, "title": "t"}"#)[0].as_ref().unwrap_err().contains("add `url`"));
}

#[test]
fn archives_webhooks_and_tables_are_read_and_pull_requests_passed_over() {
    let archive = json!({ "repo": "shop/cart", "issues": [{ "number": 1, "title": "a", "author": "ann", "state": "CLOSED" }], "pulls": [{ "number": 2, "title": "b" }] });
    let read = items(&archive.to_string());
    assert!(
        matches!(&read[0], Ok(Item::Record(record)) if record.resolution == Some(Resolution::Closed) && record.id == "github:shop/cart#1")
    );
    assert!(matches!(&read[1], Ok(Item::Skipped(lost)) if lost.what.starts_with("pull requests")));
    let payload = json!({ "action": "created", "issue": { "number": 3, "title": "c" }, "repository": { "full_name": "shop/cart" }, "sender": {},
        "comment": { "id": 9, "body": "hi", "user": { "login": "u" } } });
    assert_eq!(record(payload).comments.len(), 1);
    assert!(matches!(&items(r#"[{"zen": "z", "hook_id": 1, "sender": {}}]"#)[0], Ok(Item::Skipped(_))));
    let table = items("repo,created_at,label,title,body\nshop/cart,2023-08-26 06:33:37,bug,t,\"b\nc\"\nshop/cart,never,bug,t,b\n");
    assert!(matches!(&table[0], Ok(Item::Record(record)) if record.id.starts_with("github:shop/cart#~") && record.text == "b\nc"));
    assert!(table[1].as_ref().unwrap_err().starts_with("line 4: `created_at`"), "{table:?}");
    let part =
        record(json!({ "body": "x", "issue_url": "https://api.github.com/repos/shop/cart/issues/1", "id": 4, "user": { "login": "u" } }));
    assert_eq!((part.extent, part.id.as_str()), (Extent::Part, "github:shop/cart#1"));
}
