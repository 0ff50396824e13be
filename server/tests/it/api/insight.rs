//! `/api/v1/orgs/{org}/insights`, against numbers computed by hand.

use serde_json::{Value, json};
use time::{Duration, macros::datetime};

use super::board::{northwind, task};
use crate::support::{Client, TestApp};

const INSIGHTS: &str = "/api/v1/orgs/nw/insights";

/// Moves a card, whatever its version.
async fn moved(owner: &Client, key: &str, column: &str) {
    let path = format!("/api/v1/tasks/{key}");
    let etag = owner.get(&path).await.ok().header("etag").to_owned();
    owner.with("if-match", &etag).patch(&format!("{path}/placement"), json!({ "column": column })).await.ok();
}

async fn promised(owner: &Client, key: &str, state: &str, date: Option<&str>) {
    let mut body = json!({ "state": state });
    if let Some(date) = date {
        body["target_date"] = json!(date);
    }
    owner.put(&format!("/api/v1/tasks/{key}/commitment"), body).await.ok();
}

/// Changes the columns of the board `switching` as `change` does.
async fn columns(owner: &Client, change: impl FnOnce(&mut Vec<Value>)) {
    let path = "/api/v1/orgs/nw/boards/switching";
    let board = owner.get(path).await.ok();
    let mut columns = board.json["columns"].as_array().unwrap().clone();
    for column in &mut columns {
        column.as_object_mut().unwrap().remove("cards");
    }
    change(&mut columns);
    owner.with("if-match", board.header("etag")).patch(path, json!({ "columns": columns, "cards_to": "done" })).await.ok();
}

/// Two weeks of a small team, each act at nine in the morning. Day by day what stood in ready, in progress and done at its end:
///
/// | September | what | ready | in progress | done |
/// | --- | --- | --- | --- | --- |
/// | 1 | A and B are written down | 2 | 0 | 0 |
/// | 2 | both are begun; A is promised for the 10th, B for the 20th | 0 | 2 | 0 |
/// | 3 | A's promise moves to the 3rd | 0 | 2 | 0 |
/// | 4 | A is finished, late; C is begun at once | 0 | 2 | 1 |
/// | 9 | B goes back | 1 | 1 | 1 |
/// | 10 | B is begun again | 0 | 2 | 1 |
/// | 11 | B is finished and kept; the column gets another name and a limit of one | 0 | 1 | 2 |
async fn fortnight() -> (TestApp, Client) {
    let app = TestApp::start().await;
    app.app.clock.set(datetime!(2026-09-01 09:00 UTC));
    let owner = northwind(&app).await;
    let to = |day: i64| app.app.clock.set(datetime!(2026-09-01 09:00 UTC) + Duration::days(day - 1));
    for title in ["A", "B"] {
        task(&owner, title, "ready").await;
    }
    to(2);
    moved(&owner, "NW-1", "in-progress").await;
    moved(&owner, "NW-2", "in-progress").await;
    promised(&owner, "NW-1", "committed", Some("2026-09-10")).await;
    promised(&owner, "NW-2", "committed", Some("2026-09-20")).await;
    to(3);
    promised(&owner, "NW-1", "committed", Some("2026-09-03")).await;
    to(4);
    moved(&owner, "NW-1", "done").await;
    promised(&owner, "NW-1", "delivered", None).await;
    task(&owner, "C", "in-progress").await;
    to(9);
    moved(&owner, "NW-2", "ready").await;
    to(10);
    moved(&owner, "NW-2", "in-progress").await;
    to(11);
    moved(&owner, "NW-2", "done").await;
    promised(&owner, "NW-2", "delivered", None).await;
    columns(&owner, |columns| {
        columns[1]["name"] = json!("Doing now");
        columns[1]["wip_limit"] = json!(1);
    })
    .await;
    to(14);
    (app, owner)
}

/// What stood in ready, doing and done at the end of each day.
fn stood(flow: &Value) -> Vec<(i64, i64, i64)> {
    let of = |day: &Value, name: &str| day[name].as_i64().unwrap();
    flow.as_array().unwrap().iter().map(|day| (of(day, "ready"), of(day, "doing"), of(day, "done"))).collect()
}

#[tokio::test]
async fn the_numbers_are_those_computed_by_hand() {
    let (app, owner) = fortnight().await;
    let told = owner.get(&format!("{INSIGHTS}?from=2026-08-31&to=2026-09-14")).await.ok().json;
    let days = [
        (0, 0, 0),
        (2, 0, 0),
        (0, 2, 0),
        (0, 2, 0),
        (0, 2, 1),
        (0, 2, 1),
        (0, 2, 1),
        (0, 2, 1),
        (0, 2, 1),
        (1, 1, 1),
        (0, 2, 1),
        (0, 1, 2),
        (0, 1, 2),
        (0, 1, 2),
        (0, 1, 2),
    ];
    assert_eq!(stood(&told["flow"]), days);
    // A took from the 2nd to the 4th, B from the 2nd to the 11th; both were written down on the 1st.
    assert_eq!(told["times"]["cycle"], json!({ "p50": 3, "p85": 10, "p95": 10 }));
    assert_eq!(told["times"]["lead"], json!({ "p50": 4, "p85": 11, "p95": 11 }));
    assert_eq!(told["times"]["points"][1], json!({ "day": "2026-09-11", "cycle": 10, "lead": 11, "tasks": 1 }));
    let weeks = [("2026-08-31", 1), ("2026-09-07", 1), ("2026-09-14", 0)];
    assert_eq!(told["throughput"], json!(weeks.map(|(start, finished)| json!({ "start": start, "finished": finished }))));
    // Ready: three stays of a day. In progress: A two days, B seven and one; two stood there at the end of eight days.
    let column = |at: usize, names: [&str; 5]| names.map(|name| told["columns"][at][name].clone());
    let names = ["name", "stays", "hours", "standing", "over"];
    assert_eq!(column(0, names), [json!("Ready"), json!(3), json!(24), json!(0), json!(0)]);
    assert_eq!(column(1, names), [json!("Doing now"), json!(3), json!(80), json!(1), json!(8)]);
    assert_eq!(column(2, names), [json!("Done"), json!(0), json!(0), json!(2), json!(0)]);
    let ageing = &told["ageing"][0];
    assert_eq!((&ageing["key"], &ageing["age"], &ageing["here"]), (&json!("NW-3"), &json!(11), &json!(11)));
    let september = json!({ "month": "2026-09-01", "made": 2, "moved": 1, "kept": 1, "late": 1, "dropped": 0 });
    assert_eq!(told["commitments"][1], september);
    assert_eq!(told["forecast"]["tasks"], 1, "those open");
    assert_eq!(
        (&told["forecast"]["finished"], &told["forecast"]["days"], &told["forecast"]["thin"]),
        (&json!(2), &json!(15), &json!(true))
    );
    assert!(told["forecast"]["p50"].as_str() > Some("2026-09-14") && told["forecast"]["p50"].as_str() <= told["forecast"]["p95"].as_str());
    assert_eq!(app.verify().await, Vec::<&str>::new());
}

#[tokio::test]
async fn a_period_in_the_past_and_a_query_take_a_part() {
    let (_app, owner) = fortnight().await;
    let told = owner.get(&format!("{INSIGHTS}/flow?from=2026-09-08&to=2026-09-10")).await.ok().json;
    assert_eq!(stood(&told), [(0, 2, 1), (1, 1, 1), (0, 2, 1)]);
    let told = owner.get(&format!("{INSIGHTS}?q=A&from=2026-09-01")).await.ok().json;
    assert_eq!((&told["times"]["finished"], &told["ageing"]), (&json!(1), &json!([])));
    assert_eq!(stood(&told["flow"]).last(), Some(&(0, 0, 1)));
    assert_eq!(told["commitments"][0]["made"], 1);
    assert_eq!(told["forecast"], Value::Null, "nothing of it is to do");
    let told = owner.get(&format!("{INSIGHTS}/forecast?from=2026-09-01&tasks=5")).await.ok().json;
    assert_eq!(told["tasks"], 5);
}

#[tokio::test]
async fn a_column_that_gets_another_category_or_goes_takes_its_cards_along() {
    let (app, owner) = fortnight().await;
    columns(&owner, |columns| columns[0]["category"] = json!("backlog")).await;
    columns(&owner, |columns| columns[1]["category"] = json!("review")).await;
    let flow = owner.get(&format!("{INSIGHTS}/flow?from=2026-09-13")).await.ok().json;
    assert_eq!((flow[0]["doing"].as_i64(), flow[1]["doing"].as_i64(), flow[1]["review"].as_i64()), (Some(1), Some(0), Some(1)));
    columns(&owner, |columns| drop(columns.remove(1))).await;
    let told = owner.get(&format!("{INSIGHTS}?from=2026-09-01")).await.ok().json;
    assert_eq!(stood(&told["flow"]).last(), Some(&(0, 0, 3)));
    let gone = told["columns"].as_array().unwrap().last().unwrap();
    // Three stays of before, one in each category of the last day: what it was called is gone with it.
    assert_eq!((&gone["column"], &gone["name"], &gone["stays"]), (&json!("in-progress"), &json!("in-progress"), &json!(5)));
    assert_eq!(told["times"]["finished"], 3);
    assert_eq!(app.verify().await, Vec::<&str>::new());
}

#[tokio::test]
async fn impact_is_removed_by_finished_tasks_whose_gaps_are_closed() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    app.project("neutron", &owner).await;
    for (relation, close) in [("resolves", true), ("resolves", false), ("investigates", true)] {
        let delta = app.delta(&owner, json!({})).await;
        owner.put(&format!("/api/v1/deltas/{delta}/vote"), json!({ "severity": 4 })).await.ok();
        let deltas = json!([{ "delta": delta, "relation": relation }]);
        let new = json!({ "title": "Mend it", "board": "switching", "column": "done", "deltas": deltas });
        owner.post("/api/v1/orgs/nw/tasks", new).await.status(201);
        if close {
            owner.put(&format!("/api/v1/deltas/{delta}/resolution"), json!({ "resolution": "closed", "reason": "Seen." })).await.ok();
        }
    }
    let told = owner.get(&format!("{INSIGHTS}/impact")).await.ok().json;
    let impact = owner.get("/api/v1/deltas?q=is:closed").await.ok().json["items"][0]["impact"].clone();
    assert!(impact.as_i64() > Some(0));
    assert_eq!(told, json!({ "tasks": 3, "deltas": 1, "impact": impact }));
    let none = owner.get(&format!("{INSIGHTS}/impact?q=project:nova")).await.ok().json;
    assert_eq!(none, json!({ "tasks": 0, "deltas": 0, "impact": 0 }));
    let all = owner.get(&format!("{INSIGHTS}/impact?q=project:neutron")).await.ok().json;
    assert_eq!(all["tasks"], 3);
}

#[tokio::test]
async fn insight_is_for_those_who_see_the_work() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let viewer = app.member(&owner, "nw", "vera", "viewer").await;
    let outsider = app.person("olaf").await;
    viewer.get(INSIGHTS).await.ok();
    for nobody in [&outsider, &app.anyone()] {
        nobody.get(INSIGHTS).await.refused(404);
        nobody.get(&format!("{INSIGHTS}/flow")).await.refused(404);
        nobody.get("/orgs/nw/insights").await.status(404);
        nobody.get("/orgs/nw/insights/flow.csv").await.status(404);
    }
    app.openness(&owner, "nw", "open").await;
    app.anyone().get(INSIGHTS).await.ok();
    app.anyone().get("/orgs/nw/insights").await.ok();
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_with_the_field_at_fault() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let browser = app.signed_in("mara").await;
    for (asked, field) in [
        ("from=soon", "from"),
        ("to=2026-13-01", "to"),
        ("from=2026-10-02&to=2026-10-01", "from"),
        ("from=2020-01-01&to=2026-01-01", "from"),
        ("tasks=0", "tasks"),
        ("tasks=many", "tasks"),
        ("q=is:nonsense", "q"),
    ] {
        let reply = owner.get(&format!("{INSIGHTS}?{asked}")).await.refused(422);
        assert_eq!(reply.json["errors"][0]["field"], field, "{asked}: {}", reply.text);
        let page = browser.get(&format!("/orgs/nw/insights?{asked}")).await.status(422);
        assert!(page.text.contains("role=\"alert\""), "{asked}");
    }
    owner.get(&format!("{INSIGHTS}/charts")).await.refused(404);
    let ahead = owner.get(&format!("{INSIGHTS}/flow?to=9999-12-31")).await.ok().json;
    assert_eq!(ahead.as_array().unwrap().len(), 90, "what is to come cannot be told");
}

#[tokio::test]
async fn each_chart_has_its_numbers_in_a_file() {
    let (app, _) = fortnight().await;
    let owner = app.signed_in("mara").await;
    let asked = "from=2026-09-01&to=2026-09-14";
    let file = owner.get(&format!("/orgs/nw/insights/cycle-time.csv?{asked}")).await.ok();
    assert_eq!(file.text, "finished,cycle_days,lead_days,tasks\r\n2026-09-04,3,4,1\r\n2026-09-11,10,11,1\r\n");
    assert!(file.header("content-type").starts_with("text/csv") && file.header("content-disposition").contains("cycle-time.csv"));
    for chart in ["flow", "throughput", "ageing", "columns", "commitments", "impact", "forecast"] {
        assert!(owner.get(&format!("/orgs/nw/insights/{chart}.csv?{asked}")).await.ok().text.lines().count() >= 2, "{chart}");
    }
    owner.get("/orgs/nw/insights/flow").await.status(404);
    owner.get("/orgs/nw/insights/pie.csv").await.status(404);
    let page = owner.get(&format!("/orgs/nw/insights?{asked}")).await.ok().text;
    for words in ["2 tasks finished", "85 %: 10 days", "over its limit of 1 on 8 days", "1 kept late", "by <time"] {
        assert!(page.contains(words), "{words}");
    }
}

/// The steps of the schema come before the first task; what they do to tasks that are there already is done here again.
#[tokio::test]
async fn an_older_database_learns_its_stays_from_its_events() {
    let (app, owner) = fortnight().await;
    let asked = format!("{INSIGHTS}?from=2026-08-31");
    let before = owner.get(&asked).await.ok().json;
    let folder = if app.app.config.database_url.starts_with("sqlite:") { "sqlite" } else { "postgres" };
    let path = format!("{}/../migrations/{folder}/0038_insight.sql", env!("CARGO_MANIFEST_DIR"));
    let step = std::fs::read_to_string(path).expect("the step");
    app.execute("DELETE FROM task_stay").await;
    app.execute("UPDATE task SET started_at = NULL").await;
    let (_, filling) = step.split_once("-- What the events told until now.").expect("its second half");
    for statement in filling.split(";\n").filter(|statement| !statement.trim().is_empty()) {
        app.execute(statement).await;
    }
    assert_eq!(owner.get(&asked).await.ok().json, before);
    assert_eq!(app.verify().await, Vec::<&str>::new());
}
