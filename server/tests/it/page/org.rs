use serde_json::json;

use crate::support::{NewDelta, NewTask, TestApp};

#[tokio::test]
async fn a_person_makes_an_organisation_and_its_first_board() {
    let app = TestApp::start().await;
    app.person("mara").await;
    let mara = app.signed_in("mara").await;
    assert!(mara.get("/orgs").await.ok().text.contains("Create the first one"));
    app.anyone().get("/orgs/new").await.status(401);
    mara.get("/orgs/new").await.ok();
    let page = mara.form("/orgs", &[("slug", "No slug"), ("name", "Northwind"), ("key_prefix", "D")]).await.status(422).text;
    assert!(page.contains(r#"value="Northwind""#) && page.contains("must be 2 to 8 upper case letters"), "{page}");
    let home = mara.form("/orgs", &[("slug", "nw"), ("name", "Northwind"), ("key_prefix", "NW")]).await.leads();
    assert_eq!(home, "/orgs/nw");
    mara.form("/orgs", &[("slug", "nw"), ("name", "Again"), ("key_prefix", "NX")]).await.status(409);
    let page = mara.get("/orgs/nw").await.ok().text;
    assert!(page.contains("Create a board") && page.contains("There is no project yet"), "{page}");
    assert_eq!(mara.form("/orgs/nw/settings/board", &[]).await.leads(), "/orgs/nw/boards/main");
    let page = mara.get("/orgs/nw").await.ok().text;
    assert!(page.contains("Northwind board") && !page.contains("Create a board"), "{page}");
    assert!(mara.get("/orgs").await.ok().text.contains("Northwind"));
}

#[tokio::test]
async fn each_sees_of_an_organisation_what_it_shows_them() {
    let app = TestApp::start().await;
    let owner = app.person("mara").await;
    app.org("nw", "Northwind", &owner).await;
    app.member(&owner, "nw", "viola", "viewer").await;
    app.person("zoe").await;
    let delta = NewDelta { project: "neutron", kind: "bug", title: "Port stays DOWN", impact: 82, private: false };
    let delta = app.delta_row("zoe", delta).await;
    let task = NewTask { org: "nw", number: 7, rank: "a1", priority: "urgent", commitment: "committed", target: Some("2026.2"), moves: 1 };
    app.task_row(&delta, task).await;
    let (zoe, viola) = (app.signed_in("zoe").await, app.signed_in("viola").await);
    for outsider in [&zoe, &app.anyone()] {
        let page = outsider.get("/orgs/nw").await.ok().text;
        assert!(page.contains("Port stays DOWN") && page.contains("2026.2") && page.contains("moved once"), "{page}");
        for inside in ["NW-7", "/boards/work", "Viola", "urgent", "Secret plan", "/orgs/nw/settings"] {
            assert!(!page.contains(inside), "{inside}: {page}");
        }
    }
    zoe.get("/orgs/nw/settings").await.status(404);
    app.anyone().get("/orgs/nw/settings").await.status(401);
    let page = viola.get("/orgs/nw").await.ok().text;
    assert!(page.contains("NW-7") && page.contains("/boards/work") && page.contains("Viola"), "{page}");
    app.openness(&owner, "nw", "open").await;
    let page = zoe.get("/orgs/nw").await.ok().text;
    assert!(page.contains("NW-7") && page.contains("/boards/work") && !page.contains("Triage inbox</h2>"), "{page}");
    app.openness(&owner, "nw", "closed").await;
    zoe.get("/orgs/nw").await.status(404);
    assert!(!zoe.get("/orgs").await.ok().text.contains("Northwind"));
    viola.get("/orgs/nw").await.ok();
}

#[tokio::test]
async fn owners_change_the_settings_with_plain_forms() {
    let app = TestApp::start().await;
    let owner = app.person("mara").await;
    app.org("nw", "Northwind", &owner).await;
    app.member(&owner, "nw", "viola", "viewer").await;
    app.person("ole").await;
    let (mara, viola) = (app.signed_in("mara").await, app.signed_in("viola").await);
    let at = "/orgs/nw/settings";
    let form = |version, name| [("version", version), ("name", name), ("openness", "open")];
    assert_eq!(mara.form(at, &form("1", "Northwind Networks")).await.leads(), at);
    mara.form(at, &form("1", "Late")).await.status(412);
    let page = mara.form(at, &form("2", "")).await.status(422).text;
    assert!(page.contains("must not be empty"), "{page}");
    assert!(page.contains("Nothing was saved. Put right what is marked below.") && !page.contains("name: must"), "{page}");
    viola.form(at, &form("2", "Mine")).await.status(403);
    // Who loads the address of a form that was refused is led to its page.
    for path in ["watches", "members/ole/remove", "lens"] {
        assert_eq!(mara.get(&format!("{at}/{path}")).await.leads(), at);
    }
    assert_eq!(mara.get("/orgs/nw/triage/D-1/stance").await.leads(), "/orgs/nw/triage");
    mara.post("/orgs", json!({})).await.status(415);
    mara.form("/orgs/nw/settings/members", &[("user", "@Ole"), ("role", "member")]).await.leads();
    mara.form("/orgs/nw/settings/members", &[("user", "nobody"), ("role", "member")]).await.status(422);
    let page = mara.form("/orgs/nw/settings/members/mara/remove", &[]).await.status(409).text;
    assert!(page.contains("last owner"), "{page}");
    mara.form("/orgs/nw/settings/members/ole/remove", &[]).await.leads();
    assert_eq!(viola.form("/orgs/nw/settings/members/viola/remove", &[]).await.leads(), "/orgs");
    let page = mara.get(at).await.ok().text;
    assert!(page.contains("Northwind Networks") && !page.contains("@ole") && !page.contains("@viola"), "{page}");
}

#[tokio::test]
async fn members_say_what_they_watch_and_what_weighs_more() {
    let app = TestApp::start().await;
    let owner = app.person("mara").await;
    app.org("nw", "Northwind", &owner).await;
    app.project("neutron", &owner).await;
    app.delta(&owner, json!({})).await;
    let mara = app.signed_in("mara").await;
    let at = "/orgs/nw/settings";
    let page = mara.form("/orgs/nw/settings/watches", &[("slug", "net"), ("query", "projct:neutron")]).await.status(422).text;
    assert!(page.contains("Column 1") && page.contains(r#"value="projct:neutron""#), "{page}");
    mara.form("/orgs/nw/settings/watches", &[("slug", "net"), ("query", "project:neutron")]).await.leads();
    let page = mara.get(at).await.ok().text;
    assert!(page.contains("project:neutron") && page.contains("1 open"), "{page}");
    let weigh = |segment, weight| [("project", "neutron"), ("segment", segment), ("weight", weight)];
    mara.form("/orgs/nw/settings/lens", &weigh("nobody", "5")).await.status(422);
    mara.form("/orgs/nw/settings/lens", &weigh("large", "101")).await.status(422);
    mara.form("/orgs/nw/settings/lens", &weigh("large", "5")).await.leads();
    assert_eq!(
        owner.get("/api/v1/orgs/nw/lens").await.ok().json["weights"],
        json!([{"project": "neutron", "segment": "large", "weight": 5}])
    );
    mara.form("/orgs/nw/settings/lens", &weigh("large", "1")).await.leads();
    assert_eq!(owner.get("/api/v1/orgs/nw/lens").await.ok().json["weights"], json!([]));
    mara.form("/orgs/nw/settings/watches/net/remove", &[]).await.leads();
    assert!(mara.get(at).await.ok().text.contains("Nothing is watched yet"));
}
