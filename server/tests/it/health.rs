use std::time::Duration;

use server::{clock::Clock, config::Config, serve::Server};

use crate::support::TestApp;

#[tokio::test]
async fn a_server_says_that_it_is_ready() {
    let app = TestApp::start().await;
    let anyone = app.anyone();
    anyone.get("/healthz").await.ok();
    anyone.get("/readyz").await.ok();
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_with_a_request_id() {
    let app = TestApp::start().await;
    let reply = app.anyone().get("/api/v1/nothing").await.refused(404);
    assert_eq!(reply.json["type"], "/help/problems#not-found");
    assert_eq!(reply.json["instance"].as_str().unwrap().len(), 32);
    let person = app.person("mara").await;
    person.get("/api/v1/nothing").await.refused(404);
}

#[tokio::test]
async fn an_unknown_token_is_refused() {
    let app = TestApp::start().await;
    app.anyone().bearer("dlb_nonsense").get("/api/v1/me").await.refused(401);
}

#[tokio::test]
async fn a_server_ends_also_while_something_holds_its_database() {
    let app = TestApp::start().await;
    let server = Server::bind(Config::clone(&app.app.config), Clock::default()).await.expect("a server");
    let (db, shutdown) = (server.app.db.clone(), server.app.shutdown.clone());
    let held = db.write().await.expect("a transaction");
    let running = tokio::spawn(server.run());
    shutdown.cancel();
    tokio::time::timeout(Duration::from_secs(5), running).await.expect("in time").expect("no panic").expect("in order");
    drop(held);
}
