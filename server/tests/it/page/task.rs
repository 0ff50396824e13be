//! `/tasks/{task}` and `/orgs/{org}/tasks`.

use serde_json::json;

use crate::{
    api::board::{northwind, task},
    support::TestApp,
};

#[tokio::test]
async fn a_task_is_written_down_by_form_and_what_is_wrong_is_said_beside_what_was_typed() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    app.project("neutron", &owner).await;
    let delta = app.delta(&owner, json!({"title": "Port stays down"})).await;
    let mara = app.signed_in("mara").await;
    let page = mara.get(&format!("/orgs/nw/tasks/new?delta={delta}")).await.ok();
    assert!(page.text.contains(&format!("value=\"{delta}\"")) && page.text.contains("Port stays down"), "{}", page.text);
    let refused =
        mara.form("/orgs/nw/tasks/new", &[("title", "Kept words"), ("assignees", "olaf"), ("column", "switching/ready")]).await.status(422);
    assert!(refused.text.contains("Kept words") && refused.text.contains("is no member"), "{}", refused.text);
    let fields = [
        ("title", "Retry"),
        ("body", "It says **why**."),
        ("priority", "high"),
        ("assignees", "@mara"),
        ("labels", "ovs, agent"),
        ("due", "2026-12-12"),
        ("delta", delta.as_str()),
        ("relation", "mitigates"),
        ("column", "switching/in-progress"),
    ];
    assert_eq!(mara.form("/orgs/nw/tasks/new", &fields).await.leads(), "/tasks/NW-1");
    let page = mara.get("/tasks/NW-1").await.ok();
    for part in ["Retry", "<strong>why</strong>", "mitigates", &delta, "In progress", "12 Dec 2026", "created this", "Move to…"] {
        assert!(page.text.contains(part), "{part} is not in {}", page.text);
    }
}

#[tokio::test]
async fn every_form_of_a_task_does_what_it_says() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    app.project("neutron", &owner).await;
    let delta = app.delta(&owner, json!({})).await;
    task(&owner, "Retry", "ready").await;
    task(&owner, "Other", "ready").await;
    let mara = app.signed_in("mara").await;
    let path = "/tasks/NW-1";
    let edit = [("version", "1"), ("title", "Retry twice"), ("priority", "urgent"), ("blocked_by", "NW-2"), ("estimate", "3")];
    assert_eq!(mara.form(path, &edit).await.leads(), path);
    let stale = mara.form(path, &edit).await.status(412);
    assert!(stale.text.contains("changed after you loaded it") && stale.text.contains("Retry twice"), "{}", stale.text);
    let wrong =
        mara.form(path, &[("version", "2"), ("title", "Kept title"), ("priority", "urgent"), ("blocked_by", "NW-99")]).await.status(422);
    assert!(wrong.text.contains("Kept title") && wrong.text.contains("id=\"f-blocked_by-error\""), "{}", wrong.text);
    mara.form("/tasks/NW-1/placement", &[("version", "1"), ("column", "switching/done")]).await.status(412);
    mara.form("/tasks/NW-1/deltas", &[("delta", &delta), ("relation", "resolves")]).await.leads();
    mara.form("/tasks/NW-1/deltas", &[("delta", "D-999"), ("relation", "resolves")]).await.status(422);
    mara.form("/tasks/NW-1/commitment", &[("state", "committed"), ("target_release", "2026.2"), ("target_date", ""), ("note", "")])
        .await
        .leads();
    mara.form("/tasks/NW-1/commitment", &[("state", "committed"), ("target_date", "soon")]).await.status(422);
    mara.form("/tasks/NW-1/references", &[("kind", "change"), ("url", "https://example.org/1"), ("title", "the change")]).await.leads();
    mara.form("/tasks/NW-1/references", &[("kind", "change"), ("url", "javascript:x")]).await.status(422);
    let version = owner.get("/api/v1/tasks/NW-1").await.json["version"].to_string();
    mara.form("/tasks/NW-1/placement", &[("version", &version), ("column", "switching/done")]).await.leads();
    let page = mara.get(path).await.ok();
    for part in
        ["Retry twice", "committed · 2026.2", "the change", "Mark delivered", "NW-2", "moved it to done", "said committed for 2026.2"]
    {
        assert!(page.text.contains(part), "{part} is not in {}", page.text);
    }
    mara.form("/tasks/NW-1/commitment", &[("state", "delivered")]).await.leads();
    mara.form(&format!("/tasks/NW-1/deltas/{delta}/remove"), &[]).await.leads();
    let task = owner.get("/api/v1/tasks/NW-1").await.json;
    assert_eq!((&task["commitment"], &task["target_release"], &task["deltas"]), (&json!("delivered"), &json!("2026.2"), &json!([])));
}

#[tokio::test]
async fn a_refused_form_of_a_task_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    task(&owner, "Retry", "ready").await;
    let mara = app.signed_in("mara").await;
    for (part, fields, words) in [
        (
            "commitment",
            vec![("state", "committed"), ("target_release", "2026.2"), ("target_date", "soon"), ("note", "Kept note")],
            ["value=\"committed\" selected", "value=\"2026.2\"", "value=\"Kept note\"", "f-target_date-error"],
        ),
        (
            "deltas",
            vec![("delta", "D-999"), ("relation", "mitigates")],
            ["value=\"D-999\"", "value=\"mitigates\" selected", "f-delta-error", "aria-invalid=\"true\""],
        ),
        (
            "references",
            vec![("kind", "design"), ("url", "javascript:x"), ("title", "Kept title")],
            [
                "<details open><summary class=\"muted small\">Add an address",
                "value=\"javascript:x\"",
                "f-url-error",
                "value=\"Kept title\"",
            ],
        ),
        (
            "placement",
            vec![("version", "1"), ("column", "switching/done"), ("after", "nonsense")],
            ["value=\"switching/done\" selected", "value=\"nonsense\"", "f-after-error", "aria-invalid=\"true\""],
        ),
    ] {
        let page = mara.form(&format!("/tasks/NW-1/{part}"), &fields).await.status(422);
        for words in words {
            assert!(page.text.contains(words), "{part}: {words} is not in {}", page.text);
        }
        assert!(page.text.contains("<details id=\"edit\" class=\"panel\"><summary"), "{part}: the other form is open: {}", page.text);
    }
}

#[tokio::test]
async fn the_list_shows_open_tasks_and_takes_queries() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    task(&owner, "Open one", "ready").await;
    task(&owner, "Done one", "done").await;
    let mara = app.signed_in("mara").await;
    let page = mara.get("/orgs/nw/tasks").await.ok();
    assert!(page.text.contains("Open one") && !page.text.contains("Done one"), "{}", page.text);
    assert!(mara.get("/orgs/nw/tasks?q=is:done").await.ok().text.contains("Done one"));
    assert!(mara.get("/orgs/nw/tasks?q=is:nonsense").await.status(422).text.contains("cannot be read"));
}

#[tokio::test]
async fn the_list_is_laid_out_as_table_lines_board_and_calendar() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    let body = json!({"title": "Retry", "due": "2031-02-10", "board": "switching", "column": "ready"});
    owner.post("/api/v1/orgs/nw/tasks", body).await.status(201);
    let other = owner.post("/api/v1/orgs/nw/tasks", json!({"title": "Vow", "board": "switching", "column": "ready"})).await.status(201);
    let key = other.json["key"].as_str().unwrap();
    owner.put(&format!("/api/v1/tasks/{key}/commitment"), json!({"state": "committed", "target_date": "2031-03-01"})).await.ok();
    let mara = app.signed_in("mara").await;
    let text = async |path: &str| mara.get(path).await.ok().text;
    assert!(text("/orgs/nw/tasks?as=list").await.contains("body lines"));
    let board = text("/orgs/nw/tasks?q=&as=board").await;
    assert!(board.contains("<h2>Ready</h2><span class=\"wip\">2</span>") && board.contains("data-card=\"NW-1\""), "{board}");
    let february = text("/orgs/nw/tasks?as=calendar&month=2031-02").await;
    assert!(february.contains("February 2031") && february.contains("Retry") && !february.contains("Vow"), "{february}");
    assert!(february.contains("month=2031-01") && february.contains("month=2031-03"), "{february}");
    let march = text("/orgs/nw/tasks?as=calendar&month=2031-03").await;
    assert!(march.contains("Vow") && march.contains("promised") && !march.contains("Retry"), "{march}");
    assert!(text("/orgs/nw/tasks?q=Retry&as=list").await.contains("name=\"as\" value=\"list\" form=\"search\""));
    mara.get("/orgs/nw/tasks?as=cake").await.status(422);
    mara.get("/orgs/nw/tasks?as=calendar&month=soon").await.status(422);
}

#[tokio::test]
async fn my_work_is_what_i_do_for_all_my_organisations() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    app.org("cl", "Contoso", &owner).await;
    let board = json!({"slug": "core", "name": "Core", "columns": [{"name": "To do", "category": "ready"}]});
    owner.post("/api/v1/orgs/cl/boards", board).await.status(201);
    let nils = app.member(&owner, "nw", "nils", "member").await;
    for (org, title, who) in
        [("nw", "Mine here", "mara"), ("cl", "Mine there", "mara"), ("nw", "Zebra", "nils"), ("cl", "Elsewhere", "mara")]
    {
        owner.post(&format!("/api/v1/orgs/{org}/tasks"), json!({"title": title, "assignees": [who]})).await.status(201);
    }
    let mara = app.signed_in("mara").await;
    let page = mara.get("/work").await.ok().text;
    assert!(page.contains("Mine here") && page.contains("Mine there") && !page.contains("Zebra"), "{page}");
    let his = app.signed_in("nils").await.get("/work?q=is:open").await.ok().text;
    assert!(his.contains("Zebra") && his.contains("Mine here") && !his.contains("Mine there"), "{his}");
    // Two organisations' numbers are the same: none is left out between pages.
    let mut seen = Vec::new();
    let mut path = "/api/v1/me/tasks?limit=1&q=sort:number".to_owned();
    loop {
        let page = owner.get(&path).await.ok().json;
        seen.extend(page["items"].as_array().unwrap().iter().map(|task| task["key"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/me/tasks?limit=1&q=sort:number&cursor={next}");
    }
    seen.sort();
    assert_eq!(seen.len(), 4, "{seen:?}");
    seen.dedup();
    assert_eq!(seen.len(), 4, "{seen:?}");
    assert_eq!(nils.get("/api/v1/me/tasks").await.ok().json["items"].as_array().unwrap().len(), 2);
    app.anyone().get("/api/v1/me/tasks").await.refused(401);
}

#[tokio::test]
async fn a_link_to_a_delta_one_may_not_see_is_not_told() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    app.openness(&owner, "nw", "open").await;
    let olga = app.person("olga").await;
    app.project("neutron", &olga).await;
    let hidden = app.delta(&owner, json!({"visibility": "private"})).await;
    let public = app.delta(&owner, json!({})).await;
    task(&owner, "Retry", "ready").await;
    let nils = app.member(&owner, "nw", "nils", "member").await;
    nils.get(&format!("/api/v1/deltas/{hidden}")).await.refused(404);
    let mara = app.signed_in("mara").await;
    for delta in [&hidden, &public] {
        mara.form("/tasks/NW-1/deltas", &[("delta", delta), ("relation", "resolves")]).await.leads();
    }
    for who in [&app.anyone(), &app.signed_in("nils").await] {
        let page = who.get("/tasks/NW-1").await.ok();
        assert!(page.text.contains(&format!("linked it to {public} (")), "{}", page.text);
        assert!(!page.text.contains(&format!("{hidden} (")) && !page.text.contains(&format!("/deltas/{hidden}")), "{}", page.text);
    }
    owner.delete(&format!("/api/v1/tasks/NW-1/deltas/{hidden}")).await.ok();
    assert!(!app.anyone().get("/tasks/NW-1").await.ok().text.contains("unlinked it"));
    let page = mara.get("/tasks/NW-1").await.ok();
    assert!(page.text.contains(&format!("unlinked it from {hidden}")), "{}", page.text);
}
