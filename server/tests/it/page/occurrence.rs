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

#[tokio::test]
async fn filing_says_that_a_trace_stands_in_the_text_and_leaves_it_if_asked_to() {
    let app = TestApp::start().await;
    let mara = app.browser("mara").await;
    app.project("neutron", &mara).await;
    let text = format!("It fell over:\n\n{TRACE}");
    let fields = |more: &[(&'static str, &'static str)]| {
        let mut fields =
            vec![("kind", "bug"), ("project", "neutron"), ("title", "Cart"), ("desired", "A total."), ("actual", text.as_str())];
        fields.extend_from_slice(more);
        fields
    };
    let asked = mara.form("/deltas/new", &fields(&[])).await.status(200);
    for words in ["A JavaScript stack trace was found in Actual", "name=\"keep_trace\"", "name=\"told\"", "Nothing is filed yet"] {
        assert!(asked.text.contains(words), "{words}: {}", asked.text);
    }
    let kept = mara.form("/deltas/new", &fields(&[("told", "yes"), ("keep_trace", "yes")])).await.status(303);
    assert_eq!(kept.headers["location"], "/deltas/D-1");
    assert_eq!(mara.get("/api/v1/deltas/D-1/occurrences/counts").await.ok().json["total"], 1);
    // The same crash is known by it; a bug takes no occurrences.
    let known = mara.form("/deltas/new", &fields(&[("seen", "yes"), ("told", "yes"), ("keep_trace", "yes")])).await.status(200);
    assert!(known.text.contains("D-1 Cart") && !known.text.contains("name=\"into\""), "{}", known.text);
    mara.form("/deltas/new", &fields(&[("seen", "yes"), ("known", "yes"), ("told", "yes")])).await.status(303);
    assert_eq!(mara.get("/api/v1/deltas/D-2/occurrences/counts").await.ok().json["total"], 0);
}

#[tokio::test]
async fn occurrences_are_listed_with_their_traces_and_taken_away_there() {
    let app = TestApp::start().await;
    let (mara, tom) = (app.browser("mara").await, app.browser("tom").await);
    app.project("neutron", &mara).await;
    let key = app.delta(&mara, json!({ "kind": "crash" })).await;
    let path = format!("/deltas/{key}/occurrences");
    assert!(tom.get(&path).await.ok().text.contains("No occurrence"));
    for n in 0..12 {
        tom.form(&path, &[("trace", TRACE), ("version", &format!("build-{n}"))]).await.status(303);
    }
    assert!(tom.get(&format!("/deltas/{key}")).await.ok().text.contains("All occurrences"));
    let first = tom.get(&path).await.ok().text;
    assert!(
        first.contains("build-11") && !first.contains("build-0") && first.contains("cart.js:12") && first.contains("Next page"),
        "{first}"
    );
    assert!(first.contains("Remove it") && !app.anyone().get(&path).await.ok().text.contains("Remove it"));
    let all = tom.get(&format!("/api/v1{path}?limit=10")).await.ok().json;
    let second = tom.get(&format!("{path}?cursor={}", all["next"].as_str().unwrap())).await.ok().text;
    assert!(second.contains("build-0") && !second.contains("Next page"), "{second}");
    tom.get(&format!("{path}?cursor=x")).await.status(422);
    let id = all["items"][0]["id"].as_str().unwrap();
    let remove = format!("{path}/{id}/remove");
    app.anyone().form(&remove, &[]).await.status(401);
    let ann = app.browser("ann").await;
    let refused = ann.form(&remove, &[]).await.status(403);
    assert!(refused.text.contains("Only who reported it"), "{}", refused.text);
    assert_eq!(tom.form(&remove, &[]).await.status(303).headers["location"], path.as_str());
    assert!(!tom.get(&path).await.ok().text.contains("build-11"));
    assert!(tom.get(&format!("/deltas/{key}")).await.ok().text.contains("took an occurrence away"));
    app.anyone().get(&format!("{path}/{id}/trace")).await.status(404);
}
