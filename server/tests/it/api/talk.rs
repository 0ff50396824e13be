//! Comments after they are written: history, ticks, deletion, folding, locks, limits, names.

use serde_json::{Value, json};
use time::Duration;

use crate::support::{Client, Reply, TestApp};

/// A maintainer, a reporter, a stranger, and the comments of a delta in the maintainer's project.
async fn world(app: &TestApp) -> (Client, Client, Client, String) {
    let (mara, tom, ann) = (app.person("mara").await, app.person("tom").await, app.person("ann").await);
    app.project("neutron", &mara).await;
    let path = format!("/api/v1/deltas/{}", app.delta(&tom, json!({})).await);
    (mara, tom, ann, path)
}

async fn say(client: &Client, path: &str, body: &str) -> (String, Reply) {
    let reply = client.post(&format!("{path}/comments"), json!({ "body": body })).await.status(201);
    (format!("{path}/comments/{}", reply.json["id"].as_str().unwrap()), reply)
}

async fn entry(client: &Client, path: &str, body_or_id: &str) -> Value {
    let told = client.get(&format!("{path}/timeline")).await.ok();
    let found = told.json["items"].as_array().unwrap().iter().find(|one| one["id"] == body_or_id).cloned();
    found.unwrap_or(Value::Null)
}

#[tokio::test]
async fn every_text_a_comment_had_stays_readable() {
    let app = TestApp::start().await;
    let (_, tom, _, path) = world(&app).await;
    let (one, said) = say(&tom, &path, "First.").await;
    assert_eq!(said.header("etag"), "\"1\"");
    let edited = tom.with("if-match", "\"1\"").patch(&one, json!({ "body": "Second." })).await.ok();
    assert_eq!((edited.header("etag"), &edited.json["version"]), ("\"2\"", &json!(2)));
    tom.with("if-match", "\"1\"").patch(&one, json!({ "body": "Late." })).await.refused(412);
    tom.patch(&one, json!({ "body": "Second." })).await.ok();
    tom.patch(&one, json!({ "body": "Third." })).await.ok();
    let texts = app.anyone().get(&format!("{one}/revisions")).await.ok();
    let texts: Vec<_> =
        texts.json["items"].as_array().unwrap().iter().map(|text| (&text["number"], &text["body"])).map(|pair| json!(pair)).collect();
    assert_eq!(json!(texts), json!([[3, "Third."], [2, "Second."], [1, "First."]]));
    assert_eq!(app.anyone().get(&one).await.ok().json["body"], "Third.");
}

#[tokio::test]
async fn the_texts_of_a_comment_are_read_page_by_page() {
    let app = TestApp::start().await;
    let (_, tom, _, path) = world(&app).await;
    let (one, _) = say(&tom, &path, "Text 1.").await;
    for n in 2..=5 {
        tom.patch(&one, json!({ "body": format!("Text {n}.") })).await.ok();
    }
    let (mut found, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = app.anyone().get(&format!("{one}/revisions?limit=2{cursor}")).await.ok().json;
        found.extend(page["items"].as_array().unwrap().iter().map(|text| text["body"].as_str().unwrap().to_owned()));
        pages += 1;
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!((found, pages), ((1..=5).rev().map(|n| format!("Text {n}.")).collect(), 3));
    app.anyone().get(&format!("{one}/revisions?cursor=x")).await.refused(422);
    app.anyone().get(&format!("{one}/revisions?limit=0")).await.refused(422);
}

#[tokio::test]
async fn what_is_left_of_many_comments_is_found_after_one_of_them_is_changed() {
    let app = TestApp::start().await;
    let (_, tom, _, path) = world(&app).await;
    for n in 0..120 {
        say(&tom, &path, &format!("Comment word{n} of many.")).await;
    }
    let (last, _) = say(&tom, &path, "The last one.").await;
    tom.patch(&last, json!({ "body": "The final one." })).await.ok();
    for (word, found) in [("word0", 1), ("word49", 1), ("word50", 1), ("word119", 1), ("\"the final one\"", 1), ("\"the last one\"", 0)] {
        let query = serde_html_form::to_string([("q", word)]).unwrap();
        let list = app.anyone().get(&format!("/api/v1/deltas?{query}")).await.ok().json;
        assert_eq!(list["items"].as_array().unwrap().len(), found, "{word}");
    }
}

#[tokio::test]
async fn a_task_is_ticked_by_its_author_on_the_version_seen() {
    let app = TestApp::start().await;
    let (mara, tom, _, path) = world(&app).await;
    let (one, _) = say(&tom, &path, "- [ ] measure\n- [x] read").await;
    let tick = format!("{one}/ticks/1");
    tom.put(&tick, json!({ "done": true })).await.refused(428);
    mara.with("if-match", "\"1\"").put(&tick, json!({ "done": true })).await.refused(403);
    let seen = tom.with("if-match", "\"1\"");
    assert_eq!(seen.put(&tick, json!({ "done": true })).await.ok().json["body"], "- [x] measure\n- [x] read");
    seen.put(&format!("{one}/ticks/2"), json!({ "done": false })).await.refused(412);
    let seen = tom.with("if-match", "\"2\"");
    assert_eq!(seen.put(&format!("{one}/ticks/2"), json!({ "done": false })).await.ok().json["body"], "- [x] measure\n- [ ] read");
    let seen = tom.with("if-match", "\"3\"");
    for wrong in ["0", "3", "99999999999999999999", "-1", "x"] {
        seen.put(&format!("{one}/ticks/{wrong}"), json!({ "done": true })).await.refused(404);
    }
}

#[tokio::test]
async fn a_deleted_comment_leaves_its_place_and_nothing_of_its_text() {
    let app = TestApp::start().await;
    let (mara, tom, ann, path) = world(&app).await;
    let (one, said) = say(&tom, &path, "The password is swordfish, @ann.").await;
    tom.patch(&one, json!({ "body": "The password is tunafish." })).await.ok();
    let (other, _) = say(&tom, &path, "Kept words.").await;
    app.anyone().delete(&one).await.refused(401);
    ann.delete(&one).await.refused(403);
    tom.delete(&one).await.status(204);
    for gone in [&one, &format!("{one}/revisions")] {
        tom.get(gone).await.refused(404);
    }
    tom.delete(&one).await.refused(404);
    tom.patch(&one, json!({ "body": "x" })).await.refused(404);
    let told = app.anyone().get(&format!("{path}/timeline")).await.ok();
    assert!(!told.text.contains("fish"), "{}", told.text);
    let entry = entry(&ann, &path, said.json["id"].as_str().unwrap()).await;
    assert_eq!((&entry["deleted"], &entry["body"]), (&json!("author"), &Value::Null));
    assert_eq!(app.anyone().get(&path).await.ok().json["comments"], 1);
    for (word, found) in [("swordfish", 0), ("tunafish", 0), ("kept", 1)] {
        let list = app.anyone().get(&format!("/api/v1/deltas?q={word}")).await.ok();
        assert_eq!(list.json["items"].as_array().unwrap().len(), found, "{word}");
    }
    mara.delete(&other).await.status(204);
    assert_eq!(app.anyone().get(&path).await.ok().json["comments"], 0);
    assert!(app.verify().await.is_empty(), "{:?}", app.verify().await);
}

#[tokio::test]
async fn maintainers_fold_comments_and_everybody_reads_why() {
    let app = TestApp::start().await;
    let (mara, tom, ann, path) = world(&app).await;
    let (one, said) = say(&ann, &path, "Buy my hats.").await;
    let fold = format!("{one}/minimised");
    app.anyone().put(&fold, json!({ "reason": "spam" })).await.refused(401);
    for client in [&tom, &ann] {
        client.put(&fold, json!({ "reason": "spam" })).await.refused(403);
        client.delete(&fold).await.refused(403);
    }
    for wrong in [json!({ "reason": "boring" }), json!({}), json!({ "reason": "spam", "more": 1 })] {
        mara.put(&fold, wrong).await.refused(422);
    }
    mara.put(&fold, json!({ "reason": "spam" })).await.status(204);
    let id = said.json["id"].as_str().unwrap();
    assert_eq!(entry(&app.anyone(), &path, id).await["minimised"], "spam");
    mara.delete(&fold).await.status(204);
    assert_eq!(entry(&app.anyone(), &path, id).await["minimised"], Value::Null);
}

#[tokio::test]
async fn in_a_locked_discussion_only_maintainers_write() {
    let app = TestApp::start().await;
    let (mara, tom, _, path) = world(&app).await;
    let (one, _) = say(&tom, &path, "- [ ] Before.").await;
    let lock = format!("{path}/lock");
    app.anyone().put(&lock, json!({})).await.refused(401);
    tom.put(&lock, json!({ "reason": "Mine" })).await.refused(403);
    mara.put(&lock, json!({ "reason": "x".repeat(301) })).await.refused(422);
    mara.put(&lock, json!({ "reason": "a\0b" })).await.refused(422);
    mara.put(&lock, json!({ "reason": "Too heated" })).await.status(204);
    assert_eq!(app.anyone().get(&path).await.ok().json["lock"]["reason"], "Too heated");
    let refused = tom.post(&format!("{path}/comments"), json!({ "body": "But!" })).await.refused(403);
    assert!(refused.text.contains("Too heated"), "{}", refused.text);
    tom.patch(&one, json!({ "body": "After." })).await.refused(403);
    tom.with("if-match", "\"1\"").put(&format!("{one}/ticks/1"), json!({ "done": true })).await.refused(403);
    say(&mara, &path, "A maintainer's word.").await;
    tom.delete(&lock).await.refused(403);
    mara.delete(&lock).await.status(204);
    mara.delete(&lock).await.status(204);
    say(&tom, &path, "Again.").await;
    let told = app.anyone().get(&format!("{path}/timeline")).await.ok();
    let kinds: Vec<_> = told.json["items"].as_array().unwrap().iter().filter_map(|one| one["kind"].as_str()).collect();
    assert_eq!(
        kinds.iter().filter(|kind| kind.starts_with("delta.")).collect::<Vec<_>>(),
        [&"delta.filed", &"delta.locked", &"delta.unlocked"]
    );
}

#[tokio::test]
async fn new_accounts_write_a_few_comments_an_hour() {
    let app = TestApp::start_with(|config| config.newcomer_comments = 3).await;
    let (mara, tom, _, path) = world(&app).await;
    for i in 0..3 {
        say(&tom, &path, &format!("Word {i}")).await;
    }
    let refused = tom.post(&format!("{path}/comments"), json!({ "body": "Too much" })).await.refused(429);
    let wait: i64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=1201).contains(&wait), "{wait}");
    for i in 0..9 {
        say(&mara, &path, &format!("A maintainer writes {i}")).await;
    }
    app.app.clock.advance(Duration::seconds(wait + 1));
    say(&tom, &path, "After a while").await;
    tom.post(&format!("{path}/comments"), json!({ "body": "Too much" })).await.refused(429);
    app.app.clock.advance(Duration::DAY);
    for i in 0..9 {
        say(&tom, &path, &format!("Known by now {i}")).await;
    }
}

#[tokio::test]
async fn new_accounts_file_a_few_deltas_an_hour() {
    let app = TestApp::start_with(|config| config.newcomer_comments = 3).await;
    let (mara, tom, ..) = world(&app).await;
    // One of the three is there already.
    for _ in 0..2 {
        app.delta(&tom, json!({})).await;
    }
    let new = json!({"project": "neutron", "kind": "bug", "title": "Once more", "desired": "d", "actual": "a"});
    let refused = tom.post("/api/v1/deltas", new.clone()).await.refused(429);
    assert!(refused.text.contains("at most 3 deltas an hour") && !refused.header("retry-after").is_empty(), "{}", refused.text);
    for _ in 0..5 {
        app.delta(&mara, json!({})).await;
    }
    app.app.clock.advance(Duration::DAY);
    tom.post("/api/v1/deltas", new).await.status(201);
}

#[tokio::test]
async fn new_accounts_change_their_comments_often_and_not_without_end() {
    let app = TestApp::start_with(|config| config.newcomer_comments = 3).await;
    let (mara, tom, _, path) = world(&app).await;
    let (one, _) = say(&tom, &path, "- [ ] measure").await;
    for n in 1..=30 {
        let seen = tom.with("if-match", &format!("\"{n}\""));
        seen.put(&format!("{one}/ticks/1"), json!({ "done": n % 2 == 1 })).await.ok();
    }
    let refused = tom.patch(&one, json!({ "body": "Once more" })).await.refused(429);
    assert!(!refused.header("retry-after").is_empty(), "{}", refused.text);
    // What changes nothing is no change.
    tom.patch(&one, json!({ "body": "- [ ] measure" })).await.ok();
    let (hers, _) = say(&mara, &path, "Mine").await;
    for n in 0..40 {
        mara.patch(&hers, json!({ "body": format!("Mine {n}") })).await.ok();
    }
    app.app.clock.advance(Duration::DAY);
    tom.patch(&one, json!({ "body": "Once more" })).await.ok();
}

#[tokio::test]
async fn a_comment_names_people_there_are_and_notes_it() {
    let app = TestApp::start().await;
    let (_, tom, ann, path) = world(&app).await;
    let (one, said) = say(&tom, &path, "@ann and @nobody, see `@mara`.\n\n> @mara said so").await;
    let noted = async || {
        let mut tx = app.app.db.read().await.unwrap();
        let comment = said.json["id"].as_str().unwrap().parse().unwrap();
        server::store::comment::mentioned(&mut tx, comment).await.unwrap()
    };
    assert_eq!(noted().await, ["ann"]);
    tom.patch(&one, json!({ "body": "@mara then." })).await.ok();
    assert_eq!(noted().await, ["mara"]);
    let page = ann.get(path.strip_prefix("/api/v1").unwrap()).await.ok();
    assert!(page.text.contains("href=\"/people/mara\""), "{}", page.text);
    tom.patch(&one, json!({ "body": "@nobody" })).await.ok();
    let page = ann.get(path.strip_prefix("/api/v1").unwrap()).await.ok();
    assert!(!page.text.contains("/people/nobody"), "{}", page.text);
}

#[tokio::test]
async fn a_text_is_shown_before_it_is_kept() {
    let app = TestApp::start().await;
    let (_, tom, _, _) = world(&app).await;
    app.anyone().post("/api/v1/markdown", json!({ "text": "x" })).await.refused(401);
    let html = tom.post("/api/v1/markdown", json!({ "text": "<blink> *x* @tom @nobody" })).await.ok().json["html"].clone();
    let html = html.as_str().unwrap();
    assert!(html.contains("&lt;blink&gt; <em>x</em>") && html.contains("/people/tom") && !html.contains("/people/nobody"), "{html}");
    for wrong in [json!({ "text": "a\0b" }), json!({ "text": "x".repeat(262_145) }), json!({ "text": 7 }), json!([])] {
        tom.post("/api/v1/markdown", wrong).await.refused(422);
    }
}

#[tokio::test]
async fn a_spec_is_shown_in_what_it_is_written_in_however_long_it_may_be() {
    let app = TestApp::start().await;
    let (_, tom, _, _) = world(&app).await;
    let html = async |text: &str, format: serde_json::Value| {
        let reply = tom.post("/api/v1/markdown", json!({ "text": text, "format": format })).await.ok();
        reply.json["html"].as_str().unwrap().to_owned()
    };
    let text = "Part\n====\n\nSee ``code``.\n\n.. raw:: html\n\n   <script>alert(1)</script>\n";
    let rst = html(text, json!("rst")).await;
    assert!(rst.contains("<code>code</code>") && rst.contains(">Part") && !rst.contains("===="), "{rst}");
    assert!(rst.contains("raw") && !rst.contains("<script>"), "{rst}");
    assert!(html(text, json!("markdown")).await.contains(".. raw:: html"));
    // The most characters there may be, each of as many bytes as one may have.
    let long = "😀".repeat(262_144);
    assert!(html(&long, json!("rst")).await.len() > 1_048_576 && html(&long, json!(null)).await.len() > 1_048_576);
    tom.post("/api/v1/markdown", json!({ "text": text, "format": "html" })).await.refused(422);
}
