use serde_json::json;

use crate::support::{
    Client, TestApp,
    ci::{failed, passed, run},
};

/// A project with one failure; its maintainer's browser, its CI, and the failure's group.
async fn world(app: &TestApp) -> (Client, Client, String) {
    let mara = app.browser("mara").await;
    app.project("neutron", &mara).await;
    let ci = app.ci("neutron").await;
    let reply = run(&ci, "b1", json!([failed("tests.agent.test_port", "Port 41 stayed DOWN <b>"), passed("p")])).await.status(201);
    let group = reply.json["failures"][0]["group"].as_str().unwrap().to_owned();
    (mara, ci, group)
}

#[tokio::test]
async fn an_empty_project_teaches_how_ci_reports() {
    let app = TestApp::start().await;
    let mara = app.browser("mara").await;
    app.project("neutron", &mara).await;
    let page = mara.get("/projects/neutron/failures").await.ok();
    assert!(page.text.contains("No unexplained failures") && page.text.contains("Create a CI token"), "{}", page.text);
    assert!(mara.get("/projects/neutron/runs").await.ok().text.contains("No run yet"));
    mara.get("/projects/nova/failures").await.status(404);
}

#[tokio::test]
async fn a_group_is_explained_on_the_page_without_script() {
    let app = TestApp::start().await;
    let (mara, ci, group) = world(&app).await;
    let page = mara.get("/projects/neutron/failures").await.ok();
    assert!(
        page.text.contains("test_port") && page.text.contains("File a delta") && page.text.contains("Port 41 stayed DOWN &lt;b&gt;"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("style=\""), "{}", page.text);
    assert_eq!(mara.form(&format!("/failure-groups/{group}/file"), &[]).await.leads(), "/deltas/D-1/ci");
    let page = mara.get("/deltas/D-1/ci").await.ok();
    assert!(page.text.contains("Put it in force") && page.text.contains("Evidence from CI"), "{}", page.text);
    assert_eq!(mara.form("/deltas/D-1/ci", &[("query", "test:*test_port message:Port")]).await.leads(), "/deltas/D-1/ci");
    run(&ci, "b2", json!([failed("tests.other.test_port", "Port 7")])).await.status(201);
    let page = mara.get("/projects/neutron/failures").await.ok();
    assert!(
        page.text.contains("100 %") && page.text.contains("D-1") && page.text.contains("test:*test_port message:Port"),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn a_group_is_linked_and_a_slip_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let (mara, ci, group) = world(&app).await;
    let other =
        run(&ci, "b2", json!([failed("other", "boom")])).await.status(201).json["failures"][0]["group"].as_str().unwrap().to_owned();
    mara.form(&format!("/failure-groups/{group}/file"), &[]).await.leads();
    let link = format!("/failure-groups/{other}/link");
    for wrong in ["D-99", "nonsense"] {
        let page = mara.form(&link, &[("delta", wrong)]).await.status(422);
        assert!(page.text.contains(&format!("value=\"{wrong}\"")) && page.text.contains("class=\"error\""), "{}", page.text);
    }
    assert_eq!(mara.form(&link, &[("delta", "d-1")]).await.leads(), format!("/failure-groups/{other}"));
    assert!(mara.get(&format!("/failure-groups/{other}")).await.ok().text.contains("linked by hand"));
    // Two groups, each linked by hand: the figure is of both, the words after it are of the last one.
    let page = mara.get("/deltas/D-1").await.ok();
    assert!(page.text.contains("2 failures explained") && page.text.contains("Tests and signatures"), "{}", page.text);
    assert!(!page.text.contains("Linked by hand:"), "{}", page.text);
    let page = mara.get("/deltas/D-1/ci").await.ok();
    assert!(page.text.contains("2 failures explained") && !page.text.contains(">Tests and signatures</a>"), "{}", page.text);
    mara.form(&format!("/failure-groups/{other}/unlink"), &[("delta", "D-1")]).await.leads();
    assert!(mara.get(&format!("/failure-groups/{other}")).await.ok().text.contains("Nothing explains it yet"));
}

#[tokio::test]
async fn a_group_is_linked_where_the_unexplained_ones_stand() {
    let app = TestApp::start().await;
    let (mara, ci, group) = world(&app).await;
    mara.form(&format!("/failure-groups/{group}/file"), &[]).await.leads();
    let long = format!("tests.{}", "deep.".repeat(60));
    let other = run(&ci, "b2", json!([failed(&long, "boom")])).await.status(201).json["failures"][0]["group"].as_str().unwrap().to_owned();
    let page = mara.get("/projects/neutron/failures").await.ok();
    for words in [
        &format!("action=\"/failure-groups/{other}/link\""),
        r#"<datalist id="known"><option value="D-1""#,
        r#"list="known" placeholder="D-1042""#,
        &format!("title=\"{long}\" class=\"two-lines\""),
    ] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    let page = mara.get(&format!("/failure-groups/{other}")).await.ok();
    assert!(page.text.contains(">1 failure") && !page.text.contains("1 failures"), "{}", page.text);
}

#[tokio::test]
async fn who_does_not_maintain_reads_and_is_offered_nothing() {
    let app = TestApp::start().await;
    let (mara, _, group) = world(&app).await;
    let tom = app.browser("tom").await;
    for who in [&tom, &app.anyone()] {
        let page = who.get("/projects/neutron/failures").await.ok();
        assert!(!page.text.contains("/file\"") && !page.text.contains("/link\""), "{}", page.text);
        assert!(page.text.contains("Only the maintainers of"), "{}", page.text);
        let page = who.get(&format!("/failure-groups/{group}")).await.ok();
        assert!(!page.text.contains("Explain it") && page.text.contains("Only the maintainers of"), "{}", page.text);
    }
    tom.form(&format!("/failure-groups/{group}/file"), &[]).await.status(403);
    app.anyone().form(&format!("/failure-groups/{group}/file"), &[]).await.status(401);
    mara.form(&format!("/failure-groups/{group}/file"), &[]).await.leads();
    assert!(!tom.get("/deltas/D-1/ci").await.ok().text.contains("Put it in force"));
    tom.form("/deltas/D-1/ci", &[("query", "x")]).await.status(403);
}

#[tokio::test]
async fn a_signature_is_tried_on_the_page() {
    let app = TestApp::start().await;
    let (mara, _, _) = world(&app).await;
    let page = mara.get("/projects/neutron/failures?query=message%3APort").await.ok();
    assert!(page.text.contains("Finds 1 failure of 1"), "{}", page.text);
    let page = mara.get("/projects/neutron/failures?query=colour%3Ared").await.status(422);
    assert!(page.text.contains("value=\"colour:red\"") && page.text.contains("class=\"error\""), "{}", page.text);
}

#[tokio::test]
async fn a_run_shows_its_facts_and_what_was_told() {
    let app = TestApp::start().await;
    let (mara, ci, group) = world(&app).await;
    mara.form(&format!("/failure-groups/{group}/file"), &[]).await.leads();
    let id = run(&ci, "b2", json!([failed("tests.agent.test_port", "Port 3 stayed DOWN <b>")])).await.status(201).json["run"].clone();
    let page = app.anyone().get(&format!("/runs/{}", id.as_str().unwrap())).await.ok();
    for words in ["unit", "b2", "known", "all known", "D-1", "1 failed"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert!(app.anyone().get("/projects/neutron/runs").await.ok().text.contains("b2"));
    app.anyone().get("/runs/00000000-0000-7000-8000-000000000000").await.status(404);
}

#[tokio::test]
async fn signatures_and_evidence_are_changed_by_forms() {
    let app = TestApp::start().await;
    let (mara, ci, group) = world(&app).await;
    mara.form(&format!("/failure-groups/{group}/file"), &[]).await.leads();
    let page = mara.form("/deltas/D-1/ci", &[("query", "(")]).await.status(422);
    assert!(page.text.contains("value=\"(\""), "{}", page.text);
    mara.form("/deltas/D-1/ci", &[("query", "message:Port")]).await.leads();
    let id = mara.get("/api/v1/deltas/D-1/signatures").await.ok().json[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/deltas/D-1/ci/{id}");
    mara.form(&path, &[("query", "message:DOWN"), ("version", "1")]).await.leads();
    mara.form(&path, &[("query", "message:UP"), ("version", "1")]).await.status(412);
    mara.form(&format!("{path}/remove"), &[("version", "2")]).await.leads();
    let evidence = "/deltas/D-1/evidence/neutron";
    mara.form(evidence, &[("tests", "tests.agent.test_port\r\n\r\np"), ("needed", "2")]).await.leads();
    run(&ci, "b2", json!([passed("tests.agent.test_port"), passed("p")])).await.status(201);
    run(&ci, "b3", json!([passed("tests.agent.test_port"), passed("p")])).await.status(201);
    let page = mara.get("/deltas/D-1/ci").await.ok();
    assert!(page.text.contains("looks closed") && page.text.contains("2 of 2 green"), "{}", page.text);
    mara.form(evidence, &[("tests", " "), ("needed", "2")]).await.leads();
    assert!(!mara.get("/deltas/D-1/ci").await.ok().text.contains("looks closed"));
    mara.form(evidence, &[("tests", "a"), ("needed", "0")]).await.status(422);
}
