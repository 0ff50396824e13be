//! Whether what is stored agrees with itself.

use sea_query::{Expr, Query};
use serde_json::json;
use server::store::{
    table::{Place, Segment},
    verify,
};

use crate::support::TestApp;

/// The rules that do not hold, by their words.
async fn broken(app: &TestApp) -> Vec<&'static str> {
    let mut tx = app.app.db.read().await.expect("a connection");
    let mut broken = Vec::new();
    for (rule, count) in verify::RULES {
        if verify::broken(&mut tx, count).await.expect("a count") > 0 {
            broken.push(rule);
        }
    }
    broken
}

/// An instance in which people have done things.
async fn lived_in() -> TestApp {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let delta = app.delta(&mara, json!({})).await;
    mara.put("/api/v1/projects/neutron/segments/large/me", json!({})).await.ok();
    mara.put(&format!("/api/v1/deltas/{delta}/vote"), json!({ "severity": 3 })).await.ok();
    mara.post(&format!("/api/v1/deltas/{delta}/comments"), json!({ "body": "Again today." })).await.status(201);
    app
}

#[tokio::test]
async fn every_rule_holds_after_people_did_things() {
    let app = lived_in().await;
    assert_eq!(broken(&app).await, Vec::<&str>::new());
    let mut tx = app.app.db.read().await.expect("a connection");
    assert_eq!(verify::integrity(&mut tx).await.expect("an answer").unwrap_or_default(), Vec::<String>::new());
}

#[tokio::test]
async fn a_copy_that_differs_and_a_wrong_count_are_found() {
    let app = lived_in().await;
    let mut tx = app.app.db.write().await.expect("a transaction");
    tx.run(Query::update().table(Place::Table).value(Place::Open, Expr::val(false))).await.expect("changed");
    tx.run(Query::update().table(Segment::Table).value(Segment::Members, 7)).await.expect("changed");
    tx.commit().await.expect("kept");
    assert_eq!(broken(&app).await, ["a place repeats its delta's number, state and impact", "a segment counts its members"]);
}

#[tokio::test]
async fn a_database_knows_whether_its_schema_is_this_programs() {
    let app = lived_in().await;
    assert!(app.app.db.is_up_to_date().await);
    let folder = tempfile::tempdir().expect("a folder");
    let empty = server::store::db::Db::open(&format!("sqlite:{}/empty.db", folder.path().display()), 1).await.expect("a database");
    assert!(!empty.is_up_to_date().await, "one without tables");
    empty.migrate().await.expect("migrated");
    assert!(empty.is_up_to_date().await);
    empty.close().await;
}
