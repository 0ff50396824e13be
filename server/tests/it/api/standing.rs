//! Neither organisation sees the other's private parts.

use serde_json::{Value, json};

use crate::support::{Client, NewDelta, NewTask, TestApp};

struct World {
    app: TestApp,
    mara: Client,
    delta: String,
}

/// Northwind (of mara) has committed to a delta with its third task; Helix (of hanna) and Basalt (of bo) have not.
async fn world() -> World {
    let app = TestApp::start().await;
    let (mara, hanna, bo) = (app.person("mara").await, app.person("hanna").await, app.person("bo").await);
    app.org("nw", "Northwind", &mara).await;
    app.org("hx", "Helix", &hanna).await;
    app.org("ba", "Basalt", &bo).await;
    app.member(&mara, "nw", "olemember", "member").await;
    app.member(&mara, "nw", "viola", "viewer").await;
    app.person("zoe").await;
    let delta = NewDelta { project: "neutron", kind: "bug", title: "Port stays DOWN", impact: 82, private: false };
    let delta = app.delta_row("zoe", delta).await;
    let other = NewDelta { project: "neutron", kind: "bug", title: "Another", impact: 2, private: false };
    let other = app.delta_row("zoe", other).await;
    let plain = |number, rank| NewTask { org: "nw", number, rank, priority: "normal", commitment: "none", target: None, moves: 0 };
    app.task_row(&other, plain(1, "a1")).await;
    app.task_row(&other, plain(2, "a2")).await;
    app.task_row(&delta, NewTask { priority: "urgent", commitment: "committed", target: Some("2026.2"), moves: 1, ..plain(3, "a3") }).await;
    let stance = |org: &str| format!("/api/v1/orgs/{org}/stances/{delta}");
    hanna.put(&stance("hx"), json!({"stance": "considering", "reason": "after the audit"})).await.ok();
    bo.put(&stance("ba"), json!({"stance": "declined", "reason": "we do not ship vendor-x"})).await.ok();
    World { app, mara, delta }
}

fn of<'a>(standings: &'a Value, org: &str) -> Option<&'a Value> {
    standings.as_array().unwrap().iter().find(|line| line["org"] == org)
}

const INSIDE: [&str; 4] = ["priority", "rank", "task", "column"];

fn outside_only(line: &Value) {
    assert_eq!(line["inside"], false, "{line}");
    for field in INSIDE {
        assert!(line.get(field).is_none(), "{line}");
    }
}

fn whole(line: &Value) {
    assert_eq!(
        *line,
        json!({"org": "nw", "org_name": "Northwind", "stance": "taken", "commitment": "committed", "target": "2026.2", "moves": 1,
            "inside": true, "priority": "urgent", "rank": 3, "task": "NW-3", "column": "In progress"})
    );
}

#[tokio::test]
async fn with_commitments_outsiders_see_stance_promise_and_target_only() {
    let World { app, delta, .. } = world().await;
    for name in [None, Some("zoe"), Some("hanna")] {
        let seen = app.standings(name, &delta).await;
        let line = of(&seen, "nw").unwrap();
        outside_only(line);
        assert_eq!(
            (&line["stance"], &line["commitment"], &line["target"], &line["moves"]),
            (&json!("taken"), &json!("committed"), &json!("2026.2"), &json!(1))
        );
        assert_eq!(of(&seen, "ba").unwrap()["reason"], "we do not ship vendor-x");
    }
    for name in ["mara", "olemember", "viola"] {
        whole(of(&app.standings(Some(name), &delta).await, "nw").unwrap());
    }
}

#[tokio::test]
async fn a_reason_is_told_to_outsiders_only_where_it_declines() {
    let World { app, delta, .. } = world().await;
    for name in [None, Some("zoe"), Some("mara")] {
        assert!(of(&app.standings(name, &delta).await, "hx").unwrap().get("reason").is_none());
    }
    assert_eq!(of(&app.standings(Some("hanna"), &delta).await, "hx").unwrap()["reason"], "after the audit");
}

#[tokio::test]
async fn an_open_organisation_shows_everybody_its_own_work() {
    let World { app, mara, delta } = world().await;
    app.openness(&mara, "nw", "open").await;
    for name in [None, Some("zoe"), Some("hanna"), Some("viola"), Some("olemember"), Some("mara")] {
        whole(of(&app.standings(name, &delta).await, "nw").unwrap());
    }
}

#[tokio::test]
async fn a_closed_organisation_is_absent_for_outsiders_and_whole_for_its_own() {
    let World { app, mara, delta } = world().await;
    app.openness(&mara, "nw", "closed").await;
    for name in [None, Some("zoe"), Some("hanna")] {
        let seen = app.standings(name, &delta).await;
        assert!(of(&seen, "nw").is_none());
        assert_eq!(seen.as_array().unwrap().len(), 2);
    }
    for name in ["viola", "olemember", "mara"] {
        whole(of(&app.standings(Some(name), &delta).await, "nw").unwrap());
    }
}

#[tokio::test]
async fn the_strongest_promise_speaks_for_an_organisation() {
    let World { app, delta, .. } = world().await;
    let task = |number, rank, commitment| NewTask { org: "nw", number, rank, priority: "low", commitment, target: None, moves: 0 };
    app.task_row(&delta, task(4, "a0", "intended")).await;
    app.task_row(&delta, task(5, "a4", "delivered")).await;
    let seen = app.standings(Some("mara"), &delta).await;
    let line = of(&seen, "nw").unwrap();
    // NW-4 was put before it.
    assert_eq!((&line["task"], &line["commitment"], &line["rank"]), (&json!("NW-3"), &json!("committed"), &json!(4)));
    assert_eq!(seen[0]["org"], "nw");
}

#[tokio::test]
async fn a_task_nobody_promised_anything_about_shows_only_that_it_is_taken() {
    let World { app, delta, .. } = world().await;
    let task = NewTask { org: "hx", number: 1, rank: "a1", priority: "high", commitment: "none", target: Some("2027.1"), moves: 2 };
    app.task_row(&delta, task).await;
    let seen = app.standings(Some("zoe"), &delta).await;
    let line = of(&seen, "hx").unwrap();
    outside_only(line);
    assert_eq!(
        (&line["stance"], &line["commitment"], line.get("target"), &line["moves"]),
        (&json!("taken"), &json!("none"), None, &json!(0))
    );
}
