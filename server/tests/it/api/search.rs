//! `/api/v1/deltas?q=` by free words, and `/api/v1/deltas/similar`.

use serde_json::{Value, json};

use crate::support::{Client, TestApp};

async fn items(client: &Client, query: &str) -> Vec<Value> {
    let reply = client.get(&schema::route::with_query("/api/v1/deltas", &[("q", query)])).await.ok();
    reply.json["items"].as_array().expect("items").clone()
}

fn keys(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["key"].as_str().expect("a key")).collect()
}

async fn similar(client: &Client, title: &str, text: &str) -> Vec<Value> {
    let reply = client.get(&schema::route::with_query("/api/v1/deltas/similar", &[("title", title), ("text", text)])).await.ok();
    reply.json["items"].as_array().expect("items").clone()
}

/// A project and who maintains it.
async fn world() -> (TestApp, Client) {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    (app, mara)
}

#[tokio::test]
async fn a_word_counts_most_in_the_title_then_in_the_gap_then_in_the_body_then_in_comments() {
    let (app, mara) = world().await;
    let delta = |title: &str, actual: &str, body: &str| json!({ "title": title, "desired": "good", "actual": actual, "body": body });
    app.delta(&mara, delta("The corridor floods at night", "x", "")).await;
    app.delta(&mara, delta("Corridors", "x", "")).await;
    app.delta(&mara, delta("Other one", "In the corridor", "")).await;
    app.delta(&mara, delta("Other two", "x", "In the corridor")).await;
    app.delta(&mara, delta("Other three", "x", "")).await;
    app.delta(&mara, delta("Nothing", "x", "")).await;
    mara.post("/api/v1/deltas/D-5/comments", json!({ "body": "seen in the <b>corridor</b> & hall" })).await.status(201);
    let found = items(&mara, "corridor").await;
    assert_eq!(keys(&found), ["D-1", "D-2", "D-3", "D-4", "D-5"]);
    let snippets: Vec<_> = found.iter().map(|item| item["snippet"].as_str()).collect();
    let marked = "In the <mark>corridor</mark>";
    assert_eq!(snippets, [None, None, Some(marked), Some(marked), Some("seen in the &lt;b&gt;<mark>corridor</mark>&lt;/b&gt; &amp; hall")]);
    assert_eq!(keys(&items(&mara, "sort:-relevance corridor").await), ["D-5", "D-4", "D-3", "D-2", "D-1"]);
    assert_eq!(keys(&items(&mara, "sort:number corridor").await), ["D-5", "D-4", "D-3", "D-2", "D-1"]);
}

#[tokio::test]
async fn words_are_found_in_their_inflections_prefixes_as_they_stand_and_phrases_within_one_text() {
    let (app, mara) = world().await;
    app.delta(&mara, json!({ "title": "It crashed", "desired": "no crash", "actual": "session reset by peer" })).await;
    app.delta(&mara, json!({ "title": "Policies are ignored reset", "desired": "by peer", "actual": "x" })).await;
    for (query, found) in [
        ("crashes", vec!["D-1"]),
        ("crashes*", vec![]),
        ("crash*", vec!["D-1"]),
        ("policy", vec!["D-2"]),
        ("\"reset by peer\"", vec!["D-1"]),
        ("\"peer reset\"", vec![]),
        ("reset peer", vec!["D-2", "D-1"]),
        ("crashes OR policy", vec!["D-1", "D-2"]),
        ("crashes OR kind:spec", vec!["D-1"]),
        ("reset -crashed", vec!["D-2"]),
        ("reset (crashed OR policy) kind:bug", vec!["D-2", "D-1"]),
    ] {
        assert_eq!(keys(&items(&mara, query).await), found, "{query}");
    }
}

#[tokio::test]
async fn what_is_not_ranked_follows_and_every_page_goes_on_where_the_last_ended() {
    let (app, mara) = world().await;
    for number in 0..230 {
        let title = if number % 23 == 0 { "A corridor" } else { "A hall" };
        app.delta(&mara, json!({ "title": title, "desired": "x", "actual": "the corridor" })).await;
    }
    let (mut all, mut cursor): (Vec<String>, _) = (Vec::new(), String::new());
    loop {
        let query = [("q", "corridor"), ("limit", "60"), ("cursor", cursor.as_str())];
        let page = mara.get(&schema::route::with_query("/api/v1/deltas", &query)).await.ok().json;
        all.extend(keys(page["items"].as_array().expect("items")).into_iter().map(str::to_owned));
        match page["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    let titled: Vec<String> = (0..10).rev().map(|at| format!("D-{}", at * 23 + 1)).collect();
    assert_eq!(all[..10], titled);
    assert_eq!(all[229], "D-2");
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 230);
}

#[tokio::test]
async fn words_of_a_private_delta_or_its_comments_never_show_elsewhere() {
    let (app, mara) = world().await;
    let ole = app.person("ole").await;
    app.delta(&mara, json!({ "title": "Hidden", "visibility": "private", "actual": "the zanzibar secret" })).await;
    mara.post("/api/v1/deltas/D-1/comments", json!({ "body": "only the quokka knows" })).await.status(201);
    app.delta(&mara, json!({ "title": "Open zanzibar quokka story" })).await;
    for query in ["zanzibar", "quokka", "\"zanzibar secret\"", "quok*"] {
        let (hers, his) = (items(&mara, query).await, items(&ole, query).await);
        assert!(keys(&hers).contains(&"D-1") && !keys(&his).contains(&"D-1"), "{query}");
        assert!(!serde_json::to_string(&his).expect("JSON").contains("secret"), "{query}");
    }
    assert_eq!(keys(&similar(&ole, "zanzibar", "secret").await), ["D-2"]);
    assert_eq!(keys(&similar(&mara, "zanzibar secret", "").await)[0], "D-1");
    // Made public, it is found; its comments say nothing to who files another.
    assert!(similar(&ole, "", "only the quokka knows").await.iter().all(|item| item["key"] == "D-2"));
}

#[tokio::test]
async fn similar_ones_say_what_they_share_and_where() {
    let (app, mara) = world().await;
    app.delta(&mara, json!({ "title": "Rescue leaves a VM", "actual": "After <terminating> a rescued instance the hypervisor keeps RescueDriver running." })).await;
    app.delta(&mara, json!({ "title": "Something else", "actual": "Nothing of it" })).await;
    let found = similar(&mara, "VM stays on the hypervisor", "rescue_driver was still there after I terminated it").await;
    assert_eq!(keys(&found), ["D-1"]);
    let shared: Vec<&str> = found[0]["shared"].as_array().expect("words").iter().map(|word| word.as_str().expect("a word")).collect();
    assert!(shared.contains(&"RescueDriver") && shared.contains(&"hypervisor"), "{shared:?}");
    let snippet = found[0]["snippet"].as_str().expect("a snippet");
    assert!(snippet.contains("&lt;<mark>terminating</mark>&gt;") && snippet.contains("<mark>hypervisor</mark>"), "{snippet}");
}

#[tokio::test]
async fn a_changed_text_is_similar_to_what_it_says_now() {
    let (app, mara) = world().await;
    app.delta(&mara, json!({ "title": "Zebra crossing", "actual": "x" })).await;
    let etag = mara.get("/api/v1/deltas/D-1").await.ok().header("etag").to_owned();
    mara.with("if-match", &etag).patch("/api/v1/deltas/D-1", json!({ "title": "Giraffe fence" })).await.ok();
    assert!(similar(&mara, "zebra", "").await.is_empty());
    assert_eq!(keys(&similar(&mara, "giraffes", "").await), ["D-1"]);
}

#[tokio::test]
async fn deltas_from_before_there_were_terms_are_found_once_the_server_has_started() {
    let (app, mara) = world().await;
    for _ in 0..30 {
        app.delta(&mara, json!({ "title": "Zebra crossing", "actual": "x" })).await;
    }
    app.execute("DELETE FROM delta_search_terms").await;
    assert!(similar(&mara, "zebra", "").await.is_empty());
    let mut rounds = 0;
    loop {
        let mut tx = app.app.db.write().await.expect("a transaction");
        let more = server::store::search::renew(&mut tx).await.expect("renewed");
        tx.commit().await.expect("kept");
        rounds += 1;
        if !more {
            break;
        }
    }
    assert_eq!((rounds, similar(&mara, "zebras", "").await.len()), (3, 10));
}

#[tokio::test]
async fn hostile_texts_are_answered_and_never_fail() {
    let (app, mara) = world().await;
    app.delta(&mara, json!({ "title": "Agent restarts" })).await;
    let many: String = (0..9000).map(|n| format!("w{n}x ")).collect();
    let texts = [
        "the of and a to".to_owned(),
        "\"' OR 1=1; -- \\ * ( ) : ^ {title} NEAR(a b) & | ! <-> :*A".to_owned(),
        "नमस्ते दुनिया 日本語テキスト ошибка e\u{301}\u{301} \u{200b}\u{feff} 🦀🦀 ｆｕｌｌ ß ﬁ İ".to_owned(),
        "a".repeat(65_000),
        "x_".repeat(30_000),
        "A1".repeat(30_000),
        "a.".repeat(30_000),
        "日".repeat(20_000),
        "\u{301}".repeat(20_000),
        many.chars().take(60_000).collect(),
        "{\"a\":[".repeat(9000),
        "00000000-0000-0000-0000-000000000000 ".repeat(1500),
    ];
    for text in &texts {
        let begun = std::time::Instant::now();
        // As the form asks: of a long text its beginning and end.
        let short = schema::list::similar_text("", text);
        let path = schema::route::with_query(
            "/api/v1/deltas/similar",
            &[("title", &text.chars().take(300).collect::<String>()), ("text", &short)],
        );
        mara.get(&path).await.ok();
        // As a delta's own text, and as somebody's query.
        let body = json!({ "kind": "bug", "project": "neutron", "title": "Hostile", "desired": "x", "actual": text });
        mara.post("/api/v1/deltas", body).await.status(201);
        let query: String = text.chars().take(300).collect();
        let reply =
            mara.get(&schema::route::with_query("/api/v1/deltas", &[("q", &format!("\"{}\"", query.replace(['"', '\\'], " ")))])).await;
        assert!([200, 422].contains(&reply.status.as_u16()), "{query}: {}", reply.text);
        assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?} for {}", begun.elapsed(), &query[..query.len().min(9)]);
    }
    let words = (0..200).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
    let reply = mara.get(&schema::route::with_query("/api/v1/deltas", &[("q", &words)])).await;
    assert!([200, 422].contains(&reply.status.as_u16()), "{}", reply.text);
    let path = schema::route::with_query("/api/v1/deltas/similar", &[("text", "nul \0 byte")]);
    assert!([200, 422].contains(&mara.get(&path).await.status.as_u16()));
}
