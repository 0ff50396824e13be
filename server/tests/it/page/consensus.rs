use time::Duration;

use crate::support::{Client, TestApp};

/// A project with a maintainer, a reporter and a delta, all in browsers.
async fn world(app: &TestApp) -> (Client, Client) {
    let (mara, tom) = (app.browser("mara").await, app.browser("tom").await);
    mara.form("/projects", &[("slug", "neutron"), ("name", "Neutron"), ("description", "")]).await.leads();
    let filled =
        [("kind", "bug"), ("project", "neutron"), ("title", "Port stays DOWN"), ("desired", "Up."), ("actual", "Down."), ("body", "")];
    tom.form("/deltas/new", &filled).await.leads();
    (mara, tom)
}

#[tokio::test]
async fn a_project_chooses_how_it_decides_on_its_settings() {
    let app = TestApp::start().await;
    let (mara, tom) = world(&app).await;
    let settings = "/projects/neutron/settings";
    assert!(mara.get(settings).await.ok().text.contains("Nobody objects for some days"));
    let decision = "/projects/neutron/decision";
    tom.form(decision, &[("rule", "lazy"), ("days", "3"), ("approvals", "2")]).await.refused(403);
    let page = mara.form(decision, &[("rule", "lazy"), ("days", "many"), ("approvals", "2")]).await.refused(422);
    assert!(page.text.contains("must be a whole number") && page.text.contains(r#"value="many""#), "{}", page.text);
    let page = mara.form(decision, &[("rule", "lazy"), ("days", "0"), ("approvals", "")]).await.refused(422);
    assert!(page.text.contains("must be 1 to 365"), "{}", page.text);
    assert_eq!(mara.form(decision, &[("rule", "approvals"), ("days", "7"), ("approvals", "3")]).await.leads(), settings);
    let page = mara.get(settings).await.ok();
    assert!(page.text.contains(r#"<option value="approvals" selected>"#) && page.text.contains(r#"value="3""#), "{}", page.text);
}

#[tokio::test]
async fn the_panel_says_what_the_rule_is_and_what_is_still_needed() {
    let app = TestApp::start().await;
    let (mara, tom) = world(&app).await;
    let words = async |client: &Client, words: &str| {
        let page = client.get("/deltas/D-1").await.ok();
        assert!(page.text.contains(words), "{words}: {}", page.text);
        page
    };
    let decide = async |rule: &str, days: &str, approvals: &str| {
        mara.form("/projects/neutron/decision", &[("rule", rule), ("days", days), ("approvals", approvals)]).await.leads();
    };
    let position = "/deltas/D-1/places/neutron/position";
    decide("approvals", "7", "2").await;
    words(&app.anyone(), "0 of 2 approvals by maintainers").await;
    mara.form(position, &[("position", "agree"), ("reason", "")]).await.leads();
    tom.form(position, &[("position", "object"), ("reason", "It is <documented>.")]).await.leads();
    words(&app.anyone(), "1 of 2 approvals by maintainers · 1 objection unanswered").await;
    // Who may answer finds the form; an empty answer is refused there.
    let page = words(&mara, "<summary>Answer").await;
    assert!(page.text.contains("<details open class=\"fold\"><summary>Who said what"), "{}", page.text);
    assert!(!tom.get("/deltas/D-1").await.ok().text.contains("<summary>Answer"));
    let answer = "/deltas/D-1/places/neutron/answer";
    let page = mara.form(answer, &[("name", "tom"), ("reason", " ")]).await.refused(422);
    assert!(page.text.contains("<details open class=\"fold\"><summary>Answer"), "{}", page.text);
    assert_eq!(mara.form(answer, &[("name", "tom"), ("reason", "The page is wrong.")]).await.leads(), "/deltas/D-1");
    let page = words(&app.anyone(), "Answered by mara: “The page is wrong.”").await;
    assert!(page.text.contains("<summary>History</summary>") && page.text.contains("answered @tom's objection"), "{}", page.text);

    decide("lazy", "3", "2").await;
    words(&app.anyone(), "Agreed by itself in 3 days, unless someone objects").await;
    app.app.clock.advance(Duration::days(3));
    server::act::consensus::due(&app.app).await.unwrap();
    let page = words(&app.anyone(), "Decided by the project's rule").await;
    assert!(page.text.contains("The project's rule set the consensus in neutron to agreed"), "{}", page.text);
}
