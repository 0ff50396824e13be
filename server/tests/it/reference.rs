use crate::support::TestApp;

#[tokio::test]
async fn the_reference_is_a_page_without_a_script() {
    let app = TestApp::start().await;
    let page = app.anyone().get("/api").await.ok();
    assert!(page.text.contains("openapi.json") && !page.text.contains("<script"), "{}", page.text);
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
}

#[tokio::test]
async fn the_openapi_document_is_the_one_in_the_docs() {
    let app = TestApp::start().await;
    let served = app.anyone().get("/api/v1/openapi.json").await.ok();
    assert_eq!(served.json["openapi"], "3.1.0");
    let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json")).expect("docs/openapi.json");
    let kept: serde_json::Value = serde_json::from_str(&kept).expect("JSON");
    assert!(served.json == kept, "docs/openapi.json is older than the code: run `cargo xtask openapi`");
}

#[tokio::test]
async fn the_document_has_the_words_that_are_taken_and_speaks_no_rust() {
    let app = TestApp::start().await;
    let served = app.anyone().get("/api/v1/openapi.json").await.ok();
    let schemas = &served.json["components"]["schemas"];
    for (name, words) in [
        ("Kind", schema::delta::Kind::WORDS),
        ("Resolution", schema::delta::Resolution::WORDS),
        ("Outcome", schema::ci::Outcome::WORDS),
        ("Verdict", schema::ci::Verdict::WORDS),
        ("Commitment", schema::task::Commitment::WORDS),
        ("Consensus", schema::place::Consensus::WORDS),
        ("Role", schema::user::Role::WORDS),
    ] {
        assert_eq!(schemas[name]["enum"], serde_json::json!(words), "{name}");
    }
    for (name, schema) in schemas.as_object().unwrap() {
        for word in schema["enum"].as_array().into_iter().flatten() {
            assert!(word.as_str().is_none_or(|word| word.to_lowercase() == word), "{name}: {word}");
        }
    }
    assert!(!served.text.contains("[`"), "a link between Rust's items is shown to readers of the document");
}
