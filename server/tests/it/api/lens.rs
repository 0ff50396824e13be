use serde_json::json;
use server::store::db::Dialect;

use crate::support::TestApp;

#[tokio::test]
async fn a_lens_changes_an_organisations_own_numbers_and_nobody_elses() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    app.project("neutron", &mara).await;
    let member = app.member(&mara, "nw", "ole", "member").await;
    let viewer = app.member(&mara, "nw", "viola", "viewer").await;
    let (outsider, guest) = (app.person("zoe").await, app.anyone());
    mara.put("/api/v1/orgs/nw/watches/net", json!({"query": "project:neutron"})).await.ok();
    let delta = app.delta(&mara, json!({})).await;
    mara.put("/api/v1/projects/neutron/segments/large/me", json!({})).await;
    mara.put(&format!("/api/v1/deltas/{delta}/vote"), json!({"severity": 4})).await.ok();
    let lens = json!({"weights": [{"project": "neutron", "segment": "large", "weight": 0}, {"project": "neutron", "segment": "vendor-x", "weight": 1}]});
    let path = "/api/v1/orgs/nw/lens";
    for (caller, put, get) in [(&viewer, 403, 200), (&outsider, 403, 404), (&guest, 401, 401)] {
        caller.put(path, lens.clone()).await.refused(put);
        caller.get(path).await.status(get);
    }
    let item = |reply: crate::support::Reply| reply.ok().json["items"][0].clone();
    assert!(item(mara.get("/api/v1/orgs/nw/triage").await).get("lens").is_none());
    // A weight of 1 is what a segment has anyway.
    assert_eq!(member.put(path, lens).await.ok().json, json!({"weights": [{"project": "neutron", "segment": "large", "weight": 0}]}));
    let seen = item(mara.get("/api/v1/orgs/nw/triage").await);
    assert!(seen["lens"].is_i64(), "{seen}");
    let public = guest.get("/api/v1/deltas?q=is:open").await.ok().json["items"][0].clone();
    assert_eq!(public["impact"], seen["impact"]);
    assert!(public.get("lens").is_none());
}

#[tokio::test]
async fn weights_are_checked() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    app.project("neutron", &mara).await;
    let weight = |segment: &str, weight: i64| json!({"project": "neutron", "segment": segment, "weight": weight});
    for (weights, field) in [
        (json!([weight("large", 101)]), "weights[0].weight"),
        (json!([weight("large", 2), weight("nobody", 2)]), "weights[1].segment"),
        (json!([weight("large", 2), weight("large", 3)]), "weights[1].segment"),
    ] {
        let reply = mara.put("/api/v1/orgs/nw/lens", json!({ "weights": weights })).await.refused(422);
        assert_eq!(reply.json["errors"][0]["field"], field, "{}", reply.text);
    }
    assert_eq!(mara.get("/api/v1/orgs/nw/lens").await.ok().json["weights"], json!([]));
}

#[tokio::test]
async fn a_segment_that_nobody_voted_in_weighs_too() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    app.project("neutron", &mara).await;
    mara.put("/api/v1/orgs/nw/watches/net", json!({"query": "project:neutron"})).await.ok();
    let (zoe, ole) = (app.person("zoe").await, app.person("ole").await);
    zoe.put("/api/v1/projects/neutron/segments/vendor-x/me", json!({})).await.ok();
    let (other, hit) = (app.delta(&mara, json!({})).await, app.delta(&mara, json!({})).await);
    ole.put(&format!("/api/v1/deltas/{other}/vote"), json!({"severity": 4})).await.ok();
    zoe.put(&format!("/api/v1/deltas/{hit}/vote"), json!({"severity": 4})).await.ok();
    server::act::impact::refresh(&app.app).await.unwrap();
    let lens = json!({"weights": [{"project": "neutron", "segment": "vendor-x", "weight": 100}]});
    mara.put("/api/v1/orgs/nw/lens", lens).await.ok();
    let page = mara.get("/api/v1/orgs/nw/triage").await.ok().json;
    let seen = |key: &str| page["items"].as_array().unwrap().iter().find(|item| item["key"] == key).unwrap()["lens"].as_i64().unwrap();
    // vendor-x weighs 100, everyone 1, and so does "large", where nobody is.
    let (vendor, everyone) = (schema::impact::score([0, 0, 0, 1], 1), schema::impact::score([0, 0, 0, 1], 2));
    let of = |weighed: i64| (2 * weighed + 102) / 204;
    assert_eq!((seen(&other), seen(&hit)), (of(everyone), of(100 * vendor + everyone)));
    assert!(seen(&other) == 0 && seen(&hit) >= 20, "{page}");
}

#[tokio::test]
async fn of_members_who_weigh_at_the_same_time_none_is_lost() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    app.project("neutron", &mara).await;
    let browser = app.signed_in("mara").await;
    let weigh = async |segment: &str, weight: &str| {
        browser.form("/orgs/nw/settings/lens", &[("project", "neutron"), ("segment", segment), ("weight", weight)]).await.leads();
    };
    for weight in ["2", "3", "4", "5", "6"] {
        tokio::join!(weigh("large", weight), weigh("vendor-x", weight));
        let kept = mara.get("/api/v1/orgs/nw/lens").await.ok().json;
        let kept: Vec<_> = kept["weights"].as_array().unwrap().iter().map(|kept| kept["weight"].to_string()).collect();
        assert_eq!(kept, [weight, weight]);
    }
    let lens = |weight: i64| json!({"weights": [{"project": "neutron", "segment": "large", "weight": weight}]});
    for weight in 2..8 {
        let (one, other) = tokio::join!(mara.put("/api/v1/orgs/nw/lens", lens(weight)), mara.put("/api/v1/orgs/nw/lens", lens(weight + 1)));
        one.ok();
        other.ok();
    }
}

#[tokio::test]
async fn a_lens_orders_the_inbox_and_shows_what_it_does() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    app.project("neutron", &mara).await;
    mara.put("/api/v1/orgs/nw/watches/net", json!({"query": "project:neutron"})).await.ok();
    let (zoe, ole, ann) = (app.person("zoe").await, app.person("ole").await, app.person("ann").await);
    zoe.put("/api/v1/projects/neutron/segments/vendor-x/me", json!({})).await.ok();
    let (many, few, none) = (app.delta(&mara, json!({})).await, app.delta(&mara, json!({})).await, app.delta(&mara, json!({})).await);
    for who in [&zoe, &ole, &ann] {
        who.put(&format!("/api/v1/deltas/{many}/vote"), json!({"severity": if std::ptr::eq(who, &zoe) { 0 } else { 4 }})).await.ok();
    }
    zoe.put(&format!("/api/v1/deltas/{few}/vote"), json!({"severity": 3})).await.ok();
    server::act::impact::refresh(&app.app).await.unwrap();
    let order = async |limit: i64| {
        let (mut keys, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = mara.get(&format!("/api/v1/orgs/nw/triage?limit={limit}{cursor}")).await.ok().json;
            keys.extend(page["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break keys,
            }
        }
    };
    let impact = async |key: &str| mara.get(&format!("/api/v1/deltas/{key}/impact")).await.ok().json["score"].as_i64().unwrap();
    assert!(impact(&many).await > impact(&few).await);
    assert_eq!(order(50).await, [many.clone(), few.clone(), none.clone()]);
    let lens = json!({"weights": [{"project": "neutron", "segment": "vendor-x", "weight": 10}]});
    let preview = "/api/v1/orgs/nw/lens/preview";
    let effect = mara.post(preview, lens.clone()).await.ok().json;
    let first = |of: &str| effect[of].as_array().unwrap().iter().map(|one| (one["key"].clone(), one["moves"].clone())).collect::<Vec<_>>();
    assert_eq!(first("lens"), [(json!(few), json!(1)), (json!(many), json!(-1))]);
    assert_eq!(first("impact"), [(json!(many), json!(-1)), (json!(few), json!(1))]);
    // Nothing was kept.
    assert_eq!(order(50).await[0], many);
    mara.put("/api/v1/orgs/nw/lens", lens.clone()).await.ok();
    for limit in [1, 2, 50] {
        assert_eq!(order(limit).await, [few.clone(), many.clone(), none.clone()]);
    }
    // A vote moves it in its own transaction, and the delta's page tells the organisation's people.
    let seen = mara.get(&format!("/api/v1/deltas/{few}/impact")).await.ok().json["lenses"][0].clone();
    assert_eq!((&seen["org"], seen["score"].as_i64()), (&json!("nw"), effect["lens"][0]["lens"].as_i64()));
    zoe.put(&format!("/api/v1/deltas/{few}/vote"), json!({"severity": 0})).await.ok();
    assert_eq!(order(50).await[0], many);
    assert!(zoe.get(&format!("/api/v1/deltas/{many}/impact")).await.ok().json.get("lenses").is_none());
    let browser = app.signed_in("mara").await;
    assert!(browser.get(&format!("/deltas/{many}")).await.ok().text.contains("Northwind's lens: "));
    let page = browser.get("/orgs/nw/lens?neutron/large=50").await.ok().text;
    assert!(page.contains("A preview") && page.contains(r#"name="neutron/large" value="50""#), "{page}");
    browser.form("/orgs/nw/lens", &[("neutron/large", "101"), ("neutron/vendor-x", "2")]).await.refused(422);
    browser.form("/orgs/nw/lens", &[("neutron/large", "7"), ("neutron/vendor-x", "1"), ("neutron/everyone", "")]).await.leads();
    assert_eq!(
        mara.get("/api/v1/orgs/nw/lens").await.ok().json["weights"],
        json!([{"project": "neutron", "segment": "large", "weight": 7}])
    );
    for (who, status) in [(&app.anyone(), 401), (&zoe, 404)] {
        who.post(preview, lens.clone()).await.refused(status);
    }
    app.signed_in("zoe").await.get("/orgs/nw/lens").await.refused(404);
    mara.post(preview, json!({"weights": [{"project": "neutron", "segment": "nobody", "weight": 2}]})).await.refused(422);
}

#[tokio::test]
async fn saving_the_page_leaves_the_weights_it_does_not_show() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.org("nw", "Northwind", &mara).await;
    app.project("neutron", &mara).await;
    app.project("aardvark", &mara).await;
    // More segments than a page shows, before those of neutron in the alphabet.
    let (series, id) = match app.app.db.dialect() {
        Dialect::Sqlite => (
            "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 600)",
            "unhex(printf('000000000000700080000000%08x', n))",
        ),
        Dialect::Postgres => {
            ("WITH n(n) AS (SELECT generate_series(1, 600))", "CAST('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0') AS uuid)")
        }
    };
    let users = "(SELECT id FROM project WHERE slug = 'aardvark'), 's' || n, 'Users'";
    app.execute(&format!("INSERT INTO segment (id, project_id, slug, name) {series} SELECT {id}, {users} FROM n")).await;
    let weight = |project: &str, segment: &str, weight: i64| json!({"project": project, "segment": segment, "weight": weight});
    let kept = json!({"weights": [weight("neutron", "large", 7), weight("neutron", "vendor-x", 3)]});
    mara.put("/api/v1/orgs/nw/lens", kept).await.ok();
    let browser = app.signed_in("mara").await;
    let page = browser.get("/orgs/nw/lens").await.ok().text;
    assert!(page.contains(r#"name="neutron/large" value="7""#), "what is weighed is shown");
    assert!(!page.contains(r#"name="aardvark/s99""#), "not all are");
    // A preview puts the form over what is kept, too.
    let page = browser.get("/orgs/nw/lens?neutron/vendor-x=9").await.ok().text;
    assert!(page.contains("A preview") && page.contains(r#"name="neutron/large" value="7""#), "{page}");
    browser.form("/orgs/nw/lens", &[("aardvark/s1", "5"), ("neutron/vendor-x", "")]).await.leads();
    let kept = mara.get("/api/v1/orgs/nw/lens").await.ok().json["weights"].clone();
    assert_eq!(kept, json!([weight("aardvark", "s1", 5), weight("neutron", "large", 7)]));
}
