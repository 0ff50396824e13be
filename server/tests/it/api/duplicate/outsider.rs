use serde_json::json;
use time::Duration;

use super::{delta, duplicate, of, record, severities, world};
use crate::support::TestApp;

#[tokio::test]
async fn what_is_recorded_for_others_on_a_duplicate_counts_for_the_survivor_and_each_once() {
    let app = TestApp::start().await;
    let (mara, _) = world(&app, 3).await;
    let later = || app.app.clock.advance(Duration::seconds(1));
    let everyone = async |key: &str| severities(&mara, key, "everyone").await;
    let large = async |key: &str| severities(&mara, key, "large").await;
    record(&mara, "D-2", "Jo", 1, &[]).await;
    later();
    let jo = record(&mara, "D-1", "Jo", 4, &["large"]).await;
    record(&mara, "D-1", "Kim", 3, &[]).await;
    mara.put(&of("D-1"), duplicate("D-2")).await.ok();
    assert_eq!((everyone("D-2").await, large("D-2").await), (json!([0, 0, 1, 1]), json!([0, 0, 0, 1])));
    assert_eq!(everyone("D-1").await, json!([0, 0, 1, 1]), "the duplicate's own numbers stay");
    let impact = delta(&mara, "D-2").await["impact"].clone();
    assert_eq!((&impact["affected"], &impact["blocked"], &impact["on_behalf"]), (&json!(2), &json!(1), &json!(2)));
    let users = mara.get("/api/v1/projects/neutron/outsiders").await.ok().json;
    assert_eq!((&users[0]["votes"], &users[1]["votes"]), (&json!(2), &json!(1)), "as many as were recorded");
    assert_eq!(app.verify().await, Vec::<&str>::new());

    // Undone, what was recorded on the survivor stands again, where it counted.
    mara.delete(&of("D-1")).await.ok();
    assert_eq!((everyone("D-2").await, large("D-2").await), (json!([1, 0, 0, 0]), json!([0, 0, 0, 0])));
    mara.put(&of("D-1"), duplicate("D-2")).await.ok();

    // The newest counts, wherever it is recorded.
    later();
    record(&mara, "D-1", "Jo", 2, &[]).await;
    assert_eq!((everyone("D-2").await, large("D-2").await), (json!([0, 1, 1, 0]), json!([0, 0, 0, 0])));
    later();
    record(&mara, "D-2", "Jo", 3, &["large"]).await;
    assert_eq!((everyone("D-2").await, large("D-2").await), (json!([0, 0, 2, 0]), json!([0, 0, 1, 0])));
    assert_eq!(everyone("D-1").await, json!([0, 1, 1, 0]));

    // It goes along a chain, and back.
    mara.put(&of("D-2"), duplicate("D-3")).await.ok();
    assert_eq!((everyone("D-3").await, large("D-3").await), (json!([0, 0, 2, 0]), json!([0, 0, 1, 0])));
    assert_eq!(everyone("D-2").await, json!([0, 0, 1, 0]), "what is its own");
    assert_eq!(app.verify().await, Vec::<&str>::new());
    mara.delete(&of("D-2")).await.ok();
    assert_eq!((everyone("D-3").await, everyone("D-2").await), (json!([0, 0, 0, 0]), json!([0, 0, 2, 0])));

    // Taken back on the survivor, it is taken back on its duplicates: one vote was shown.
    let taken = mara.delete(&format!("/api/v1/deltas/D-2/on-behalf/{jo}")).await.ok().json;
    assert_eq!(taken["items"].as_array().unwrap().len(), 1);
    assert_eq!((everyone("D-2").await, everyone("D-1").await), (json!([0, 0, 1, 0]), json!([0, 0, 1, 0])));
    mara.delete(&of("D-1")).await.ok();
    assert_eq!((everyone("D-2").await, everyone("D-1").await), (json!([0, 0, 0, 0]), json!([0, 0, 1, 0])));
    assert_eq!(delta(&mara, "D-2").await["impact"]["on_behalf"], 0);
    assert_eq!(app.verify().await, Vec::<&str>::new());
}

#[tokio::test]
async fn what_is_recorded_on_a_duplicate_counts_in_a_project_that_its_survivor_comes_to() {
    let app = TestApp::start().await;
    let (mara, _) = world(&app, 2).await;
    app.project("nova", &mara).await;
    mara.put("/api/v1/deltas/D-1/places/nova", json!({ "components": [] })).await.ok();
    let segments = json!([{ "project": "nova", "segment": "large" }, { "project": "neutron", "segment": "vendor-x" }]);
    let body = json!({ "name": "Jo", "project": "neutron", "severity": 4, "segments": segments });
    mara.put("/api/v1/deltas/D-1/on-behalf", body).await.ok();
    mara.put(&of("D-1"), duplicate("D-2")).await.ok();
    let large = async || severities(&mara, "D-2", "large").await;
    assert_eq!((severities(&mara, "D-2", "vendor-x").await, large().await), (json!([0, 0, 0, 1]), json!([0, 0, 0, 0])));
    mara.put("/api/v1/deltas/D-2/places/nova", json!({ "components": [] })).await.ok();
    assert_eq!(large().await, json!([0, 0, 0, 1]));
    assert_eq!(delta(&mara, "D-2").await["impact"]["affected"], 1);
    assert_eq!(app.verify().await, Vec::<&str>::new());
}

#[tokio::test]
async fn an_older_database_is_brought_in_line_with_what_is_recorded_for_others() {
    const RULE: &str = "what is recorded for an outsider on a duplicate counts for what stands for it";
    let app = TestApp::start().await;
    let (mara, _) = world(&app, 2).await;
    record(&mara, "D-1", "Jo", 4, &[]).await;
    mara.put(&of("D-1"), duplicate("D-2")).await.ok();
    for table in ["outsider_vote", "duplicate_outsider_vote", "vote_segment"] {
        app.execute(&format!("DELETE FROM {table} WHERE delta_id = (SELECT id FROM delta WHERE number = 2)")).await;
    }
    assert!(app.verify().await.contains(&RULE));
    server::act::resolution::catch_up(&app.app).await.unwrap();
    assert_eq!(app.verify().await, Vec::<&str>::new());
    assert_eq!(severities(&mara, "D-2", "everyone").await, json!([0, 0, 0, 1]));
}
