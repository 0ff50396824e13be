use schema::{board::Category, delta::Resolution};
use serde_json::json;

use crate::ingest::tracker::{Item, Limits, Site, Stage, Tracker, read};

#[test]
fn a_dump_gives_stories_with_tasks_in_the_order_of_their_lane() {
    let lane = |title: &str, item: i64| json!({ "position": 0, "worklist": { "title": title, "items": [{ "item_id": item, "item_type": "story", "list_position": 0 }] } });
    let dump = json!({
        "stories": [
            { "id": 7, "title": "Cart forgets", "is_bug": true, "creator_id": 1, "private": true, "tags": ["ui"] },
            { "id": 8, "title": "Carts for two", "is_bug": false },
            { "id": 9, "title": "Nobody cares", "is_bug": true },
        ],
        "tasks": [
            { "id": 1, "story_id": 7, "status": "merged", "project_id": 4, "title": "Fix it", "priority": "high", "assignee_id": 1 },
            { "id": 2, "story_id": 7, "status": "invalid", "project_id": 4 },
            { "id": 3, "story_id": 8, "status": "review", "project_id": 4, "title": "Draw it" },
            { "id": 4, "story_id": 9, "status": "invalid", "project_id": 4 },
        ],
        "projects": [{ "id": 4, "name": "openstack/nova" }], "users": [{ "id": 1, "full_name": "Super User", "email": "x@example.org" }],
        "story_comments": { "7": [{ "id": 3, "content": "so it is" }] },
        "story_events": { "7": [
            { "event_type": "user_comment", "author_id": 1, "comment": { "id": 3, "content": "so it is" }, "created_at": "2026-01-01T00:00:00Z" },
            { "event_type": "task_status_changed", "author_id": 1, "created_at": "2026-01-01T00:00:00Z",
              "event_info": "{\"task_title\": \"Fix it\", \"old_status\": \"todo\", \"new_status\": \"merged\"}" },
        ] },
        "worklists": [{ "title": "Mine", "automatic": true }],
        "boards": [{ "title": "Team board", "lanes": [lane("Backlog", 8), lane("In review", 7)] }],
    });
    let items: Vec<_> = read(Tracker::StoryBoard, Site::new("https://sb.example.org/"), dump.to_string().as_bytes(), Limits::default())
        .map(Result::unwrap)
        .collect();
    assert!(matches!(&items[0], Item::Board(board) if board.slug == "team-board"
        && board.columns == [("Backlog".to_owned(), Category::Backlog), ("In review".to_owned(), Category::Review)]));
    assert!(matches!(&items[1], Item::Skipped(lost) if lost.what.starts_with("automatic")));
    let stories: Vec<_> = items.iter().filter_map(|item| if let Item::Record(record) = item { Some(record) } else { None }).collect();
    let first = stories[0];
    assert_eq!(
        (first.id.as_str(), first.url.as_str(), first.private),
        ("storyboard:sb.example.org:7", "https://sb.example.org/#!/story/7", true)
    );
    assert_eq!(
        stories.iter().map(|story| story.resolution).collect::<Vec<_>>(),
        [Some(Resolution::Closed), None, Some(Resolution::Declined)]
    );
    assert_eq!(
        (first.comments.len(), first.comments[0].author.as_ref().unwrap().shown.as_str(), first.history.len()),
        (1, "Super User", 1)
    );
    assert!(!format!("{stories:?}").contains("example.org\"") || !format!("{stories:?}").contains("x@example.org"), "addresses stay there");
    let work: Vec<_> = stories[1].work.iter().map(|work| (work.title.as_deref().unwrap(), work.stage, work.seat.is_some())).collect();
    assert_eq!(work, [("Draw it", Stage::Review, false), ("Carts for two", Stage::Todo, true)]);
}

#[test]
fn what_is_no_dump_says_what_to_export() {
    let read = |text: &str| {
        read(Tracker::StoryBoard, Site::default(), text.as_bytes(), Limits::default()).next().unwrap().unwrap_err().to_string()
    };
    assert!(read("{\"tasks\": []}").contains("/v1"));
    assert!(read("a,b\n1,2\n").contains("/v1"));
    assert!(read(r#"{"stories": [{"id": 1, "title": "t"}], "tasks": [{"id": 1, "story_id": 1, "status": "asleep"}]}"#).contains("asleep"));
}
