//! Ending an import that has not ended.

use serde_json::json;
use server::{
    act::import::{Import, Options, turn::due},
    clock,
    ingest::tracker::{self, Limits, Site, Tracker},
    store,
};
use time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{PATH, bring, deltas, done, issues, kept, world};

#[tokio::test]
async fn an_import_that_waits_is_cancelled_and_can_be_started_once_more() {
    let (app, mara) = world().await;
    let (tom, nils) = (app.person("tom").await, app.person("nils").await);
    mara.put("/api/v1/projects/neutron/maintainers/nils", json!({})).await.ok();
    let brought = bring(&mara, "", issues()).await.status(202);
    let one = format!("{PATH}/{}", brought.json["id"].as_str().unwrap());
    for (client, status) in [(app.anyone(), 401), (tom, 403), (app.ci("neutron").await, 403)] {
        client.post(&format!("{one}/cancel"), json!({})).await.refused(status);
    }
    let cancelled = nils.post(&format!("{one}/cancel"), json!({})).await.status(200).json;
    assert_eq!((&cancelled["state"], &cancelled["kept"]), (&json!("failed"), &json!(true)), "{cancelled}");
    assert!(cancelled["detail"].as_str().unwrap().starts_with("Cancelled by nils."), "{cancelled}");
    assert!(cancelled["finished_at"].is_string(), "{cancelled}");
    nils.post(&format!("{one}/cancel"), json!({})).await.refused(409);
    nils.post(&format!("{PATH}/{}/cancel", Uuid::nil()), json!({})).await.refused(404);
    assert_eq!((due(&app.app).await.unwrap(), deltas(&mara).await, kept(&app)), (0, 0, 1));

    let again = mara.post(&format!("{one}/start"), json!({})).await.status(202);
    assert_eq!(done(&app, &mara, &again).await["added"], 2);
}

#[tokio::test]
async fn a_turn_that_is_cancelled_is_over_for_who_is_at_it() {
    let (app, mara) = world().await;
    let brought = bring(&mara, "dry_run=true", issues()).await.status(202);
    let id: Uuid = brought.json["id"].as_str().unwrap().parse().unwrap();
    let (now, turn) = (app.app.clock.now(), clock::new_id());
    let mut tx = app.app.db.write().await.unwrap();
    store::import::turn::claim(&mut tx, id, turn, now, now).await.unwrap().expect("its turn");
    tx.commit().await.unwrap();
    let cancelled = mara.post(&format!("{PATH}/{id}/cancel"), json!({})).await.status(200).json;
    assert!(cancelled["detail"].as_str().unwrap().contains("Nothing was written"), "{cancelled}");
    let mut tx = app.app.db.write().await.unwrap();
    let numbers = store::import::upload::Numbers::default();
    assert!(!store::import::turn::beat(&mut tx, id, turn, numbers, now).await.unwrap(), "its next beat says so");
    tx.commit().await.unwrap();
    // Nobody takes it up again, and another may come.
    app.app.clock.advance(Duration::minutes(5));
    assert_eq!(due(&app.app).await.unwrap(), 0);
    let next = bring(&mara, "", issues()).await.status(202);
    assert_eq!(done(&app, &mara, &next).await["state"], "done");
}

#[tokio::test]
async fn what_is_stopped_at_its_end_is_finished_by_the_next() {
    let (app, _) = world().await;
    let project = store::project::find(&mut app.app.db.read().await.unwrap(), "neutron").await.unwrap().id;
    let bug =
        |id: u32| json!({ "id": id, "summary": format!("Gap {id}"), "product": "Shop", "status": "NEW", "dupe_of": 2, "blocks": [3] });
    let text =
        json!({ "bugs": [bug(1), { "id": 2, "summary": "First", "status": "NEW" }, { "id": 3, "summary": "Last", "status": "NEW" }] });
    let text = text.to_string();
    for (stopped, (added, linked, related)) in [(true, (3, 0, 0)), (false, (0, 1, 1))] {
        let stop = CancellationToken::new();
        let options = Options { project: Some("neutron".to_owned()), only: true, ..Options::default() };
        let import = Import::new(&app.app, "mara", Tracker::Bugzilla, options).await.unwrap();
        let mut import = import.within(project).until(stop.clone());
        let mut items = tracker::read(Tracker::Bugzilla, Site::default(), text.as_bytes(), Limits::default());
        while let Some(item) = items.next() {
            import.push("bugs.json", items.position(), item.unwrap()).await.unwrap();
        }
        if stopped {
            stop.cancel();
        }
        let report = import.finish().await.unwrap();
        assert_eq!((report.added, report.duplicates, report.relations), (added, linked, related), "{report}");
    }
}
