use serde_json::json;

use crate::support::TestApp;

const TRACE: &str = "TypeError: rate is not a function\n    at total (/srv/shop/cart.js:12:3)\n    at Object.<anonymous> (/srv/shop/app.js:4:1)\n    at Module._compile (node:internal/modules/cjs/loader:1521:14)\n    at Module.load (node:internal/modules/cjs/loader:1266:32)\n";

#[tokio::test]
async fn filing_a_known_crash_offers_to_add_the_occurrence_there_instead() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.browser("mara").await, app.browser("tom").await);
    app.project("neutron", &mara).await;
    let fields = |more: &[(&'static str, &'static str)]| {
        let mut fields = vec![
            ("kind", "crash"),
            ("project", "neutron"),
            ("title", "Cart falls over"),
            ("desired", "A total."),
            ("actual", "A crash."),
            ("trace", TRACE),
            ("version", "2.0"),
            ("platform", "Linux"),
        ];
        fields.extend_from_slice(more);
        fields
    };
    let filed = mara.form("/deltas/new", &fields(&[])).await.status(303);
    assert_eq!(filed.headers["location"], "/deltas/D-1");
    // What was shown while one typed were words: the crash is looked for all the same.
    let asked = tom.form("/deltas/new", &fields(&[("seen", "yes")])).await.status(200);
    for words in [
        "This is ",
        "D-1 Cart falls over",
        "Add my occurrence to D-1 instead",
        "name=\"into\"",
        "It is none of these: file it",
        "cart.js:12:3",
    ] {
        assert!(asked.text.contains(words), "{words}: {}", asked.text);
    }
    let added = tom.form("/deltas/new", &fields(&[("into", "D-1")])).await.status(303);
    assert_eq!(added.headers["location"], "/deltas/D-1#crashes");
    assert_eq!(tom.get("/api/v1/deltas/D-1/occurrences/counts").await.ok().json["total"], 2);
    let anyway = tom.form("/deltas/new", &fields(&[("seen", "yes"), ("known", "yes")])).await.status(303);
    assert_eq!(anyway.headers["location"], "/deltas/D-2");
    tom.form("/deltas/new", &fields(&[("into", "D-99")])).await.status(404);
    app.anyone().form("/deltas/new", &fields(&[("into", "D-1")])).await.status(401);
}

#[tokio::test]
async fn a_crash_shows_its_newest_trace_and_where_it_was_seen() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.browser("mara").await, app.browser("tom").await);
    app.project("neutron", &mara).await;
    let key = app.delta(&mara, json!({ "kind": "crash" })).await;
    let page = tom.get(&format!("/deltas/{key}")).await.ok().text;
    assert!(page.contains("No occurrence yet") && page.contains("Add an occurrence"), "{page}");
    let path = format!("/deltas/{key}/occurrences");
    let refused = tom.form(&path, &[("trace", TRACE), ("version", &"9".repeat(80))]).await.status(422);
    assert!(refused.text.contains("cart.js:12:3") && refused.text.contains("at most 64"), "{}", refused.text);
    let added = tom.form(&path, &[("trace", TRACE), ("version", "2.1 <b>"), ("platform", "Linux")]).await.status(303);
    assert_eq!(added.headers["location"], format!("/deltas/{key}#crashes").as_str());
    let page = app.anyone().get(&format!("/deltas/{key}")).await.ok().text;
    for words in [
        "seen once",
        "TypeError: rate is not a function",
        "2 frames of libraries",
        "2.1 &lt;b&gt;",
        "Platforms: ",
        "Text as it came",
        "1 crash seen, 1 in 7 days",
        "saw this crash too",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("I hit this, too"), "guests have no form");
    let id = tom.get(&format!("/api/v1/deltas/{key}/occurrences")).await.ok().json["items"][0]["id"].as_str().unwrap().to_owned();
    let raw = app.anyone().get(&format!("{path}/{id}/trace")).await.ok();
    assert_eq!(raw.text, TRACE);
    assert!(raw.headers["content-type"].to_str().unwrap().starts_with("text/plain"));
    app.anyone().form(&path, &[("trace", TRACE)]).await.status(401);
    let bug = app.delta(&mara, json!({})).await;
    let page = tom.get(&format!("/deltas/{bug}")).await.ok().text;
    assert!(!page.contains("id=\"crashes\""), "{page}");
}
