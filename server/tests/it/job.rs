//! What happens by itself: everything that a started server's jobs are there for is done by them, without anybody asking.

use std::path::PathBuf;

use axum::http::Method;
use sea_query::{Expr, Query, SelectStatement};
use serde_json::{Value, json};
use server::{
    job::{Pace, run},
    store::table::{Idempotency, Session},
};
use time::{Duration, format_description::well_known::Rfc3339};
use tokio::time::{sleep, timeout};

use crate::support::{Client, TestApp};

/// What waits for the jobs.
struct World {
    app: TestApp,
    tom: Client,
    /// A file that no text names.
    loose: String,
    /// A file without a row.
    nobodys: PathBuf,
}

/// A month ago: a delta that nobody objected to, one under an embargo, a duplicate that is not counted yet, members who came after the vote,
/// files, a session and a key of a request.
async fn world() -> World {
    let app = TestApp::start().await;
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    mara.put("/api/v1/projects/neutron/decision", json!({ "rule": "lazy", "days": 3 })).await.ok();
    app.delta(&tom, json!({ "title": "Zebra crossing" })).await;
    app.delta(&tom, json!({ "visibility": "private" })).await;
    let until = (app.app.clock.now() + Duration::hours(2)).format(&Rfc3339).expect("a time");
    tom.put("/api/v1/deltas/D-2/embargo", json!({ "until": until, "opens": true })).await.ok();
    for _ in 3..=4 {
        app.delta(&tom, json!({})).await;
    }
    app.person("ann").await.put("/api/v1/deltas/D-3/vote", json!({ "severity": 4 })).await.ok();
    app.execute(
        "UPDATE delta SET open = FALSE, resolution = 'duplicate', duplicate_of = (SELECT d.id FROM delta d WHERE d.number = 4) WHERE number = 3",
    )
    .await;
    app.execute("UPDATE place SET open = FALSE WHERE number = 3").await;
    app.execute("DELETE FROM delta_search_terms").await;
    let me = "/api/v1/projects/neutron/segments/vendor-x/me";
    let zoe = app.person("zoe").await;
    zoe.put(me, json!({})).await.ok();
    zoe.put("/api/v1/deltas/D-1/vote", json!({ "severity": 4 })).await.ok();
    for client in [&mara, &tom] {
        client.put(me, json!({})).await.ok();
    }
    let loose = tom.send(Method::POST, "/api/v1/attachments?name=loose.txt", Some("text/plain"), "x").await.status(201);
    let folder = app.folder.path().join("ab");
    std::fs::create_dir(&folder).expect("a folder");
    let nobodys = folder.join("0190a000000070008000000000000dab");
    std::fs::write(&nobodys, "x").expect("written");
    app.signed_in("tom").await;
    let once = tom.with("idempotency-key", "k1");
    once.post("/api/v1/markdown", json!({ "text": "x" })).await.ok();
    let loose = format!("/api/v1/attachments/{}", loose.json["id"].as_str().expect("an id"));
    World { app, tom, loose, nobodys }
}

impl World {
    async fn count(&self, mut select: SelectStatement) -> i64 {
        let mut tx = self.app.app.db.read().await.expect("a connection");
        tx.one::<(i64,)>(select.expr(Expr::cust("COUNT(*)"))).await.expect("a count").0
    }

    /// What is not done yet.
    async fn waiting(&self) -> Vec<&'static str> {
        let guest = self.app.anyone();
        let json = async |path: &str| guest.get(path).await.json;
        let found = json("/api/v1/deltas/similar?title=zebras").await;
        let done = [
            ("silence agrees", json("/api/v1/deltas/D-1").await["places"][0]["consensus"] == "agreed"),
            ("the embargo ends", guest.get("/api/v1/deltas/D-2").await.status == 200),
            ("duplicates are counted", json("/api/v1/deltas/D-4").await["impact"]["affected"] == 1),
            ("scores follow members", json("/api/v1/deltas/D-1/impact").await["score"] == schema::impact::score([0, 0, 0, 1], 3)),
            ("loose files go", self.tom.get(&self.loose).await.status == 404),
            ("files without a row go", !self.nobodys.exists()),
            ("sessions end", self.count(Query::select().from(Session::Table).take()).await == 0),
            ("keys are forgotten", self.count(Query::select().from(Idempotency::Table).take()).await == 0),
            ("terms are made anew", found["items"].as_array().is_some_and(|items| !items.is_empty())),
        ];
        done.into_iter().filter(|(_, done)| !done).map(|(what, _)| what).collect()
    }
}

#[tokio::test]
async fn a_started_server_does_by_itself_what_is_due() {
    let world = world().await;
    world.app.app.clock.advance(Duration::days(30));
    assert_eq!(world.waiting().await.len(), 9, "nobody did any of it: {:?}", world.waiting().await);
    // As in a server, but for when files without a row are looked for first.
    let pace = Pace { files_first: std::time::Duration::ZERO, ..Pace::default() };
    let jobs = tokio::spawn(run(world.app.app.clone(), pace));
    let mut left = world.waiting().await;
    for _ in 0..150 {
        if left.is_empty() {
            break;
        }
        sleep(std::time::Duration::from_millis(100)).await;
        left = world.waiting().await;
    }
    assert!(left.is_empty(), "still not done: {left:?}");
    world.app.app.shutdown.cancel();
    timeout(std::time::Duration::from_secs(5), jobs).await.expect("they end with the server").expect("and do not break");
    // Again, nothing is done a second time.
    let told: Value = world.tom.get("/api/v1/deltas/D-1/places/neutron/history").await.ok().json;
    assert_eq!(told["items"].as_array().map(Vec::len), Some(1), "{told}");
}
