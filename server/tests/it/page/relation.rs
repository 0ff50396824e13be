//! `/deltas/{delta}/relations`.

use serde_json::{Value, json};

use crate::support::{Client, TestApp};

const PAGE: &str = "/deltas/D-1/relations";

/// A project of mara's; D-1 and D-2 are tom's, D-3 is ann's. Their browsers.
async fn world(app: &TestApp) -> (Client, Client, Client) {
    let (mara, tom, ann) = (app.person("mara").await, app.person("tom").await, app.person("ann").await);
    app.project("neutron", &mara).await;
    for title in ["Port stays down", "Agent restarts twice"] {
        app.delta(&tom, json!({ "title": title })).await;
    }
    app.delta(&ann, json!({ "title": "Zebra crossing" })).await;
    (app.signed_in("mara").await, app.signed_in("tom").await, app.signed_in("ann").await)
}

/// What a delta says of others: relation and key.
async fn related(app: &TestApp, key: &str) -> Vec<(Value, Value)> {
    let seen = app.anyone().get(&format!("/api/v1/deltas/{key}")).await.ok().json;
    let all = seen["relations"].as_array().cloned().unwrap_or_default();
    all.iter().map(|one| (one["relation"].clone(), one["delta"]["key"].clone())).collect()
}

#[tokio::test]
async fn a_relation_is_said_and_taken_back_on_the_page_and_shows_on_both() {
    let app = TestApp::start().await;
    let (mara, tom, ann) = world(&app).await;
    assert_eq!(tom.form(PAGE, &[("relation", "blocks"), ("other", " D-2 ")]).await.leads(), "/deltas/D-1");
    assert_eq!(mara.form(PAGE, &[("relation", "caused_by"), ("other", "D-3")]).await.leads(), "/deltas/D-1");
    // Said again, it is said once.
    tom.form(PAGE, &[("relation", "blocks"), ("other", "D-2")]).await.leads();
    let pair = |relation: &str, key: &str| (json!(relation), json!(key));
    assert_eq!(related(&app, "D-1").await, [pair("caused_by", "D-3"), pair("blocks", "D-2")]);
    for (at, words, title) in [
        ("D-1", "blocks", "Agent restarts twice"),
        ("D-1", "is caused by", "Zebra crossing"),
        ("D-2", "is blocked by", "Port stays down"),
        ("D-3", "causes", "Port stays down"),
    ] {
        let page = app.anyone().get(&format!("/deltas/{at}")).await.ok();
        assert!(page.text.contains("Related") && page.text.contains(words) && page.text.contains(title), "{at} {words}: {}", page.text);
        assert!(!page.text.contains("Relate it to another delta") && !page.text.contains("name=\"remove\""), "{}", page.text);
    }
    // Its button names both; from the other end it is the inverse that goes.
    let page = tom.get("/deltas/D-2").await.ok();
    assert!(page.text.contains("name=\"relation\" value=\"blocked_by\"") && page.text.contains("name=\"remove\""), "{}", page.text);
    let remove = [("relation", "blocked_by"), ("other", "D-1"), ("remove", "yes")];
    assert_eq!(tom.form("/deltas/D-2/relations", &remove).await.leads(), "/deltas/D-2");
    assert_eq!(related(&app, "D-1").await, [pair("caused_by", "D-3")]);
    assert_eq!(related(&app, "D-2").await, []);
    assert_eq!(
        ann.form("/deltas/D-3/relations", &[("relation", "causes"), ("other", "D-1"), ("remove", "yes")]).await.leads(),
        "/deltas/D-3"
    );
    assert_eq!(related(&app, "D-1").await, []);
    let told = app.anyone().get("/deltas/D-1").await.ok();
    assert!(told.text.contains("said that this blocks") && told.text.contains("took back that this is caused by"), "{}", told.text);
}

#[tokio::test]
async fn what_is_no_relation_comes_back_as_it_was_typed() {
    let app = TestApp::start().await;
    let (_, tom, _) = world(&app).await;
    let hidden = app.delta(&app.person("sue").await, json!({ "visibility": "private" })).await;
    let nothing = "there is no such delta, or you may not see it";
    for (relation, other, words) in [
        ("supersedes", "crossing", "is not a key such as D-1042"),
        ("supersedes", "D-99", nothing),
        ("supersedes", hidden.as_str(), nothing),
        ("supersedes", "D-1", "a delta has no relation to itself"),
    ] {
        let page = tom.form(PAGE, &[("relation", relation), ("other", other)]).await.refused(422);
        let (typed, chosen) = (format!("value=\"{other}\""), format!("value=\"{relation}\" selected"));
        for part in [
            words,
            &typed,
            &chosen,
            "id=\"f-relation-other-error\"",
            "aria-invalid=\"true\"",
            "<details open class=\"fold\"><summary>Relate it",
        ] {
            assert!(page.text.contains(part), "{other}: {part} is not in {}", page.text);
        }
    }
    let page = tom.form(PAGE, &[("relation", "likes"), ("other", "D-2")]).await.refused(422);
    assert!(page.text.contains("value=\"D-2\"") && page.text.contains("Relate it to another delta"), "{}", page.text);
    // A circle is refused beside what was typed, too.
    tom.form(PAGE, &[("relation", "blocks"), ("other", "D-2")]).await.leads();
    let page = tom.form("/deltas/D-2/relations", &[("relation", "blocks"), ("other", "D-1")]).await.refused(409);
    assert!(page.text.contains("would close a circle") && page.text.contains("value=\"D-1\""), "{}", page.text);
    tom.form(PAGE, &[("relation", "causes"), ("other", "D-2"), ("remove", "yes")]).await.refused(422);
    assert_eq!(related(&app, "D-2").await, [(json!("blocked_by"), json!("D-1"))]);
}

#[tokio::test]
async fn who_may_not_relate_them_is_refused() {
    let app = TestApp::start().await;
    let (_, tom, ann) = world(&app).await;
    let hidden = app.delta(&app.person("sue").await, json!({ "visibility": "private" })).await;
    let said = [("relation", "blocks"), ("other", "D-2")];
    app.anyone().form(PAGE, &said).await.refused(401);
    let page = ann.form(PAGE, &said).await.refused(403);
    assert!(page.text.contains("Only the reporters of the two deltas"), "{}", page.text);
    // Hers is one of these two.
    ann.form(PAGE, &[("relation", "blocks"), ("other", "D-3")]).await.leads();
    tom.form(&format!("/deltas/{hidden}/relations"), &said).await.refused(404);
    tom.form("/deltas/D-99/relations", &said).await.refused(404);
    for (client, status) in [(&app.anyone(), 401), (&app.signed_in("sue").await, 403)] {
        client.form(PAGE, &[("relation", "blocks"), ("other", "D-3"), ("remove", "yes")]).await.refused(status);
    }
    assert_eq!(related(&app, "D-1").await, [(json!("blocks"), json!("D-3"))]);
}
