//! `/deltas/{delta}/duplicates`.

use serde_json::{Value, json};

use crate::support::{Client, TestApp};

/// A project of mara's; D-1 and D-2 are tom's, D-3 is ann's and of other words. Their browsers.
async fn world(app: &TestApp) -> (Client, Client, Client) {
    let (mara, tom, ann) = (app.person("mara").await, app.person("tom").await, app.person("ann").await);
    app.project("neutron", &mara).await;
    for _ in 0..2 {
        app.delta(&tom, json!({})).await;
    }
    app.delta(&ann, json!({ "title": "Zebra crossing", "desired": "Open.", "actual": "Closed." })).await;
    (app.signed_in("mara").await, app.signed_in("tom").await, app.signed_in("ann").await)
}

fn page(key: &str) -> String {
    format!("/deltas/{key}/duplicates")
}

/// What stands for a delta, and what it stands for.
async fn ties(app: &TestApp, key: &str) -> (Value, Vec<Value>) {
    let seen = app.anyone().get(&format!("/api/v1/deltas/{key}")).await.ok().json;
    let duplicates = seen["duplicates"].as_array().cloned().unwrap_or_default();
    (seen["resolution"]["duplicate_of"]["key"].clone(), duplicates.iter().map(|one| one["key"].clone()).collect())
}

#[tokio::test]
async fn a_duplicate_is_marked_from_either_side_and_that_is_undone() {
    let app = TestApp::start().await;
    let (mara, tom, _) = world(&app).await;
    let found = tom.get(&page("D-1")).await.ok();
    for words in ["Deltas like it", "D-2 is a duplicate of this", "D-1 is a duplicate of D-2"] {
        assert!(found.text.contains(words), "{words}: {}", found.text);
    }
    assert_eq!(tom.form(&page("D-1"), &[("other", "D-2"), ("way", "that")]).await.leads(), "/deltas/D-1");
    assert_eq!(ties(&app, "D-1").await, (json!(null), vec![json!("D-2")]));
    assert_eq!(ties(&app, "D-2").await, (json!("D-1"), vec![]));
    let known = tom.get(&page("D-1")).await.ok();
    assert!(known.text.contains("D-2 is none") && !known.text.contains("D-2 is a duplicate of this"), "{}", known.text);
    let other = tom.get(&page("D-2")).await.ok();
    assert!(other.text.contains("D-2 is a duplicate itself") && !other.text.contains("It is a duplicate of this"), "{}", other.text);
    assert_eq!(tom.form(&page("D-1"), &[("other", "D-2"), ("way", "undo")]).await.leads(), "/deltas/D-1");
    assert_eq!(ties(&app, "D-1").await, (json!(null), vec![]));
    assert_eq!(ties(&app, "D-2").await, (json!(null), vec![]));

    // The other way round, with a reason, and undone by who maintains the project on the other one's page.
    let why = "The same crossing.";
    assert_eq!(tom.form(&page("D-1"), &[("other", " D-3 "), ("way", "this"), ("reason", why)]).await.leads(), "/deltas/D-1");
    assert_eq!(ties(&app, "D-1").await, (json!("D-3"), vec![]));
    assert!(app.anyone().get("/deltas/D-1").await.ok().text.contains(why));
    let seen = mara.get(&page("D-3")).await.ok();
    assert!(seen.text.contains("Its duplicates") && seen.text.contains("D-1 is none"), "{}", seen.text);
    assert_eq!(mara.form(&page("D-3"), &[("other", "D-1"), ("way", "undo")]).await.leads(), "/deltas/D-3");
    assert_eq!(ties(&app, "D-3").await, (json!(null), vec![]));
}

#[tokio::test]
async fn what_is_searched_for_is_found_by_words_or_key_and_marked_from_there() {
    let app = TestApp::start().await;
    let (mara, tom, ann) = world(&app).await;
    let hidden = app.delta(&app.person("sue").await, json!({ "visibility": "private", "title": "Quagga crossing" })).await;
    for q in ["zebra", "D-3", " d-3 "] {
        let found = mara.get(&schema::route::with_query(&page("D-1"), &[("q", q)])).await.ok();
        assert!(found.text.contains("D-3 is a duplicate of this") && found.text.contains("Zebra crossing"), "{q}: {}", found.text);
        assert!(found.text.contains(&format!("value=\"{q}\"")), "{q} is gone: {}", found.text);
        assert!(!found.text.contains("D-2 is a duplicate of this"), "{q}: {}", found.text);
    }
    // Neither itself, nor what is not there, nor what they may not see.
    for (client, q) in [(&mara, "D-1"), (&mara, "D-99"), (&tom, hidden.as_str()), (&ann, "quagga")] {
        let found = client.get(&schema::route::with_query(&page("D-1"), &[("q", q)])).await.ok();
        assert!(found.text.contains("Nothing that you may see is like it.") && !found.text.contains("Quagga"), "{q}: {}", found.text);
        assert!(!found.text.contains("type=\"hidden\" name=\"way\""), "{q} can be marked: {}", found.text);
    }
    assert!(mara.get(&format!("{}?q={hidden}", page("D-1"))).await.ok().text.contains("Quagga crossing"));
    assert_eq!(mara.form(&page("D-1"), &[("other", "D-3"), ("way", "that")]).await.leads(), "/deltas/D-1");
    assert_eq!(ties(&app, "D-3").await.0, json!("D-1"));
    let found = mara.get(&format!("{}?q=D-3", page("D-1"))).await.ok();
    assert!(found.text.contains("D-3 is none") && !found.text.contains("D-3 is a duplicate of this"), "{}", found.text);
}

#[tokio::test]
async fn what_cannot_be_marked_comes_back_as_it_was_typed() {
    let app = TestApp::start().await;
    let (mara, tom, _) = world(&app).await;
    let hidden = app.delta(&app.person("sue").await, json!({ "visibility": "private" })).await;
    let nothing = "there is no such delta, or you may not see it";
    for (other, way, words) in [
        ("crossing", "that", "is not a key such as D-1042"),
        ("D-99", "that", nothing),
        ("D-99", "this", nothing),
        ("D-99", "undo", nothing),
        (hidden.as_str(), "that", nothing),
        (hidden.as_str(), "this", nothing),
        ("D-1", "this", "a delta is no duplicate of itself"),
        ("D-2", "sideways", "must be one of this, that, undo"),
    ] {
        let again = tom.form(&page("D-1"), &[("other", other), ("way", way), ("reason", "Kept reason")]).await.refused(422);
        for part in [words, "value=\"Kept reason\"", &format!("value=\"{other}\""), "Name it"] {
            assert!(again.text.contains(part), "{other} {way}: {part} is not in {}", again.text);
        }
    }
    let again = tom.form(&page("D-1"), &[("other", "D-2"), ("way", "that"), ("reason", &"x".repeat(2001))]).await.refused(422);
    assert!(again.text.contains("value=\"D-2\""), "{}", again.text);
    mara.form(&page("D-1"), &[("other", "D-2"), ("way", "that")]).await.leads();
    let again = mara.form(&page("D-3"), &[("other", "D-2"), ("way", "that")]).await.refused(409);
    assert!(again.text.contains("reopen it first"), "{}", again.text);
    let refused = mara.form(&page("D-1"), &[("other", "D-3"), ("way", "undo")]).await.refused(409);
    assert!(refused.text.contains("D-3 is no duplicate of D-1"), "{}", refused.text);
    // It is another's.
    let refused = mara.form(&page("D-3"), &[("other", "D-2"), ("way", "undo")]).await.refused(409);
    assert!(refused.text.contains("D-2 is no duplicate of D-3"), "{}", refused.text);
    assert_eq!(ties(&app, "D-1").await, (json!(null), vec![json!("D-2")]));
}

#[tokio::test]
async fn only_reporters_and_maintainers_mark_and_nobody_on_what_they_may_not_see() {
    let app = TestApp::start().await;
    let (_, tom, ann) = world(&app).await;
    let hidden = app.delta(&app.person("sue").await, json!({ "visibility": "private" })).await;
    for way in ["this", "that", "undo"] {
        let sent = [("other", "D-2"), ("way", way)];
        app.anyone().form(&page("D-1"), &sent).await.refused(401);
        let again = ann.form(&page("D-1"), &sent).await.refused(403);
        assert!(again.text.contains("Only"), "{}", again.text);
        tom.form(&page(&hidden), &sent).await.refused(404);
        tom.form(&page("D-99"), &sent).await.refused(404);
    }
    app.anyone().get(&page("D-1")).await.refused(401);
    tom.get(&page(&hidden)).await.refused(404);
    // Who reported the other one may give it away, and not take this one.
    ann.form(&page("D-1"), &[("other", "D-3"), ("way", "this")]).await.refused(403);
    ann.form(&page("D-1"), &[("other", "D-3"), ("way", "that")]).await.leads();
    assert_eq!(ties(&app, "D-3").await.0, json!("D-1"));
}
