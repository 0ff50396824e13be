use crate::support::TestApp;

#[tokio::test]
async fn a_project_is_made_described_and_joined_by_forms() {
    let app = TestApp::start().await;
    let mara = app.browser("mara").await;
    let wrong = mara.form("/projects", &[("slug", "No Slug"), ("name", "Neutron"), ("description", "")]).await.refused(422);
    assert!(wrong.text.contains("must be 1 to 64 of a-z") && wrong.text.contains("value=\"No Slug\""), "{}", wrong.text);
    let to = mara.form("/projects", &[("slug", "neutron"), ("name", "Neutron"), ("description", "Networks **here**.")]).await.leads();
    assert_eq!(to, "/projects/neutron/settings");
    let at = |part: &str| format!("/projects/neutron/{part}");
    mara.form(&at("components"), &[("slug", "ovs"), ("name", "Open vSwitch")]).await.leads();
    mara.form(&at("segments"), &[("slug", "large"), ("name", "over 1000 hosts"), ("description", "")]).await.leads();
    mara.form(&at("releases"), &[("name", "2026.2"), ("released", "2026-10-01")]).await.leads();
    let wrong = mara.form(&at("releases"), &[("name", "2027.1"), ("released", "soon")]).await.refused(422);
    assert!(wrong.text.contains("is not a day") && wrong.text.contains("2027.1"), "{}", wrong.text);
    mara.form(&at("settings"), &[("version", "1"), ("name", "Neutron"), ("description", "Networks.")]).await.leads();
    mara.form(&at("settings"), &[("version", "1"), ("name", "Nova"), ("description", "")]).await.refused(412);
    mara.form(&at("maintainers"), &[("name", "mara"), ("remove", "yes")]).await.refused(409);
    let settings = mara.get("/projects/neutron/settings").await.ok();
    assert!(settings.text.contains("Open vSwitch") && settings.text.contains("over 1000 hosts") && settings.text.contains("1 Oct 2026"));

    let tom = app.browser("tom").await;
    tom.form(&at("segments/large/me"), &[("member", "yes")]).await.leads();
    let page = tom.get("/projects/neutron").await.ok();
    assert!(page.text.contains("1 user") && page.text.contains("Leave"), "{}", page.text);
    tom.form(&at("segments/everyone/me"), &[("member", "no")]).await.leads();
    tom.get("/projects/neutron/settings").await.refused(403);
    app.anyone().get("/projects/neutron/settings").await.refused(401);
    app.anyone().form(&at("segments/large/me"), &[("member", "yes")]).await.refused(401);
    mara.form(&at("maintainers"), &[("name", "@tom")]).await.leads();
    tom.get("/projects/neutron/settings").await.ok();
    mara.form(&at("security"), &[("name", "nobody")]).await.refused(422);
    mara.form(&at("security"), &[("name", "tom")]).await.leads();
    assert!(mara.get("/projects/neutron").await.ok().text.contains("sees private deltas"));
    mara.form(&at("security"), &[("name", "tom"), ("remove", "yes")]).await.leads();
}

#[tokio::test]
async fn guests_read_projects() {
    let app = TestApp::start().await;
    let guest = app.anyone();
    assert!(guest.get("/projects").await.ok().text.contains("No projects yet"));
    app.project("neutron", &app.person("mara").await).await;
    let list = guest.get("/projects").await.ok();
    assert!(list.text.contains("href=\"/projects/neutron\"") && !list.text.contains("Create the project"));
    let page = guest.get("/projects/neutron").await.ok();
    assert!(!page.text.contains("File a delta") && !page.text.contains("style=\""), "{}", page.text);
    guest.get("/projects/nova").await.refused(404);
}
