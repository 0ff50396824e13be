//! `/orgs/{org}/boards/{board}`.

use std::io::Write;

use serde_json::json;

use crate::{
    api::board::{keys, northwind, task},
    support::TestApp,
};

const BOARD: &str = "/orgs/nw/boards/switching";

#[tokio::test]
async fn a_board_shows_its_cards_and_what_is_over_its_limit() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    for number in 1..=4 {
        task(&owner, &format!("Task <{number}>"), "in-progress").await;
    }
    let page = app.signed_in("mara").await.get(BOARD).await.ok();
    for part in [
        "<h1>Switching</h1>",
        "4 / 3",
        "over the limit",
        "Task &lt;1&gt;",
        r#"data-card="NW-4""#,
        r#"data-column="in-progress""#,
        "New task",
        "Move a card",
    ] {
        assert!(page.text.contains(part), "{part} is not in {}", page.text);
    }
    assert!(!page.text.contains("style=\"") && page.text.contains("<leptos-island"), "{}", page.text);
}

#[tokio::test]
async fn a_board_without_cards_says_what_comes_next_before_its_columns() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    app.member(&owner, "nw", "vera", "viewer").await;
    let mara = app.signed_in("mara").await;
    let order = |text: &str, words: &str| text.find(words).expect("the words") < text.find(r#"id="board""#).expect("the board");
    let page = mara.get(BOARD).await.ok().text;
    assert!(order(&page, "No work here yet") && page.contains(r#"class="board n3 bare""#), "{page}");
    task(&owner, "One", "ready").await;
    let page = mara.get(&format!("{BOARD}?q=label:none")).await.ok().text;
    assert!(order(&page, "No card meets this filter") && page.contains("<b>label:</b>none"), "{page}");
    // Only who may move a card is told how.
    assert!(page.contains("next column") && !app.signed_in("vera").await.get(BOARD).await.ok().text.contains("next column"));
}

#[tokio::test]
async fn outsiders_do_not_know_a_board_and_viewers_cannot_change_it() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    task(&owner, "Seen", "ready").await;
    app.member(&owner, "nw", "vera", "viewer").await;
    app.person("olaf").await;
    let (viewer, outsider) = (app.signed_in("vera").await, app.signed_in("olaf").await);
    for path in [BOARD.to_owned(), format!("{BOARD}/cards/NW-1"), "/tasks/NW-1".to_owned(), "/orgs/nw/tasks".to_owned()] {
        outsider.get(&path).await.status(404);
        app.anyone().get(&path).await.status(404);
        let seen = viewer.get(&path).await.ok();
        assert!(!seen.text.contains("method=\"post\" action=\"/tasks") && !seen.text.contains("New task"), "{path}: {}", seen.text);
    }
    viewer.form(&format!("{BOARD}/move"), &[("task", "NW-1"), ("column", "done")]).await.status(403);
    viewer.get(&format!("{BOARD}/edit")).await.status(403);
    viewer.get("/orgs/nw/tasks/new").await.status(403);
}

#[tokio::test]
async fn a_card_moves_by_form_and_a_refusal_is_said_above_the_board() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    for title in ["One", "Two", "Three"] {
        task(&owner, title, "ready").await;
    }
    let mara = app.signed_in("mara").await;
    let to = mara
        .form(&format!("{BOARD}/move"), &[("task", "nw-3"), ("column", "ready"), ("where", "before"), ("beside", "NW-1")])
        .await
        .leads();
    assert_eq!(to, BOARD);
    assert_eq!(mara.form(&format!("{BOARD}/move"), &[("task", "NW-2"), ("column", "in-progress")]).await.leads(), BOARD);
    mara.form(&format!("{BOARD}/move"), &[("task", "NW-2"), ("column", "ready"), ("where", "after"), ("beside", "NW-1")]).await.leads();
    assert_eq!(keys(&owner.get("/api/v1/orgs/nw/boards/switching").await.json)[0], ["NW-3", "NW-1", "NW-2"]);
    for (fields, status, words) in [
        (vec![("task", "nonsense"), ("column", "done")], 422, "is not a key"),
        (vec![("task", "NW-9"), ("column", "done")], 404, "no such task"),
        (vec![("task", "NW-1"), ("column", "done"), ("beside", "NW-2")], 409, "any more"),
    ] {
        let page = mara.form(&format!("{BOARD}/move"), &fields).await.status(status);
        assert!(page.text.contains(words) && page.text.contains("data-card"), "{}", page.text);
        assert!(page.text.contains("<details open class=\"mt\"><summary class=\"muted small\">Move a card"), "{}", page.text);
        let form = page.text.split_once("Move a card</summary>").unwrap().1;
        assert!(form.contains(&format!("value=\"{}\"", fields[0].1)) && form.contains("value=\"done\" selected"), "{form}");
        assert!(form.contains(words), "{form}");
    }
}

#[tokio::test]
async fn a_filter_shows_some_cards_and_a_wrong_one_says_where() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    task(&owner, "Nobody's", "ready").await;
    let body = json!({"title": "Mine", "board": "switching", "column": "ready", "assignees": ["mara"]});
    owner.post("/api/v1/orgs/nw/tasks", body).await.status(201);
    let mara = app.signed_in("mara").await;
    let page = mara.get(&format!("{BOARD}?q=is%3Amine")).await.ok();
    assert!(
        page.text.contains("NW-2") && !page.text.contains(r#"data-card="NW-1""#) && page.text.contains("data-filtered"),
        "{}",
        page.text
    );
    let page = mara.get(&format!("{BOARD}?q=is%3Anonsense")).await.ok();
    assert!(page.text.contains("cannot be read") && page.text.contains("NW-1"), "{}", page.text);
}

#[tokio::test]
async fn a_board_is_made_and_changed_by_form() {
    let app = TestApp::start().await;
    northwind(&app).await;
    let mara = app.signed_in("mara").await;
    mara.get("/orgs/nw/boards/new").await.ok();
    let refused = mara
        .form("/orgs/nw/boards/new", &[("name", "Platform"), ("slug", "Bad Slug"), ("name-0", "To do"), ("category-0", "ready")])
        .await
        .status(422);
    assert!(refused.text.contains("Platform") && refused.text.contains("slug"), "{}", refused.text);
    let limit = [("name", "Platform"), ("slug", "platform"), ("name-0", "To do"), ("category-0", "ready"), ("wip-0", "0")];
    let refused = mara.form("/orgs/nw/boards/new", &limit).await.status(422);
    assert!(refused.text.contains("Column 1, wip limit: ") && !refused.text.contains("columns[0]"), "{}", refused.text);
    let fields = [
        ("name", "Platform"),
        ("slug", "platform"),
        ("name-0", "To do"),
        ("category-0", "ready"),
        ("wip-0", "2"),
        ("name-1", ""),
        ("category-1", "doing"),
    ];
    assert_eq!(mara.form("/orgs/nw/boards/new", &fields).await.leads(), "/orgs/nw/boards/platform");
    mara.get("/orgs/nw/boards/platform/edit").await.ok();
    let fields = [
        ("version", "1"),
        ("name", "Platform"),
        ("filter", "is:open"),
        ("slug-0", "to-do"),
        ("name-0", "Next"),
        ("category-0", "ready"),
        ("slug-1", ""),
        ("name-1", "Done"),
        ("category-1", "done"),
    ];
    assert_eq!(mara.form("/orgs/nw/boards/platform/edit", &fields).await.leads(), "/orgs/nw/boards/platform");
    mara.form("/orgs/nw/boards/platform/edit", &fields).await.status(412);
    let page = mara.get("/orgs/nw/boards/platform").await.ok();
    assert!(
        page.text.contains(">Next</h2>") && page.text.contains(r#"data-column="to-do""#) && page.text.contains(r#"value="is:open""#),
        "{}",
        page.text
    );
}

/// The budget of a large board: its page is read all day. The figures are printed with `--nocapture`.
#[tokio::test]
async fn a_board_of_five_hundred_cards_is_small_and_takes_few_statements() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    app.member(&owner, "nw", "priya", "member").await;
    app.project("neutron", &owner).await;
    const WORDS: [&str; 16] = [
        "agent", "restart", "session", "port", "refused", "write", "bridge", "flow", "retry", "queue", "tunnel", "driver", "timeout",
        "race", "binding", "cache",
    ];
    let title = |seed: usize| (0..6).map(|i| WORDS[(seed * 7 + i * i * 5 + seed / 16 * i) % 16]).collect::<Vec<_>>().join(" ");
    let mut deltas = Vec::new();
    for number in 0..60 {
        deltas.push(app.delta(&owner, json!({"title": format!("Delta {number}: {}", title(number + 3))})).await);
    }
    for number in 0..500 {
        let mut links = vec![json!({"delta": deltas[number % 60], "relation": "resolves"})];
        if number % 5 == 0 {
            links.push(json!({"delta": deltas[(number + 7) % 60], "relation": "mitigates"}));
        }
        let who = if number % 2 == 0 { "mara" } else { "priya" };
        let column = ["ready", "in-progress", "done"][number % 3];
        let priority = ["urgent", "high", "normal", "low"][number % 4];
        let body = json!({"title": title(number), "board": "switching", "column": column, "priority": priority, "deltas": links, "assignees": [who]});
        let key = owner.post("/api/v1/orgs/nw/tasks", body).await.status(201).json["key"].as_str().unwrap().to_owned();
        if number % 3 == 0 {
            owner.put(&format!("/api/v1/tasks/{key}/commitment"), json!({"state": "committed", "target_release": "2026.2"})).await.ok();
        }
    }
    let mara = app.signed_in("mara").await;
    mara.get(BOARD).await.ok();
    let began = std::time::Instant::now();
    let page = mara.get(BOARD).await.ok();
    let took = began.elapsed();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(page.text.as_bytes()).unwrap();
    let packed = gzip.finish().unwrap().len();
    let statements: u32 = page.header("server-timing").split('"').nth(1).and_then(|n| n.parse().ok()).unwrap();
    println!("board of 500: {} bytes, {packed} gzipped, {statements} statements, {took:?}", page.text.len());
    assert_eq!(page.text.matches("data-card=").count(), 500);
    assert!(page.text.len() <= 360_000 && packed <= 36_000 && statements <= 8, "{} {packed} {statements}", page.text.len());
}
