use serde_json::json;

use crate::{
    api::board::{northwind, task},
    support::{Client, TestApp},
};

async fn world() -> (TestApp, Client, Client) {
    let app = TestApp::start().await;
    let (mara, zoe) = (app.person("mara").await, app.person("zoe").await);
    app.project("neutron", &mara).await;
    app.delta(&zoe, json!({"title": "=cmd|'/c calc'!A1 & \"quotes\", <b>"})).await;
    app.delta(&zoe, json!({"title": "A secret crash", "kind": "crash", "visibility": "private"})).await;
    (app, mara, zoe)
}

/// The secret of a new feed token of the signed-in person `name`.
async fn feed_token(app: &TestApp, name: &str) -> String {
    let browser = app.signed_in(name).await;
    let made = browser.post("/api/v1/me/tokens", json!({"name": "reader", "scopes": ["feed"]})).await.status(201);
    made.json["secret"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_atom_feed_is_well_formed_and_says_when_nothing_is_new() {
    let (app, mara, _) = world().await;
    let guest = app.anyone();
    let feed = guest.get("/deltas.atom?q=kind:bug").await.ok();
    assert_eq!(feed.header("content-type"), "application/atom+xml; charset=utf-8");
    let mut reader = quick_xml::Reader::from_str(&feed.text);
    let (mut names, mut texts) = (Vec::new(), String::new());
    loop {
        match reader.read_event().expect("XML") {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) => names.push(String::from_utf8_lossy(tag.name().as_ref()).into_owned()),
            quick_xml::events::Event::Text(text) => texts.push_str(&text.decode().expect("UTF-8")),
            _ => {}
        }
    }
    for name in ["feed", "id", "title", "updated", "author", "entry", "published", "summary"] {
        assert!(names.iter().any(|known| known == name), "{name}: {}", feed.text);
    }
    assert!(texts.contains("D-1 "), "{texts}");
    assert!(feed.text.contains("&lt;b&gt;") && feed.text.contains("urn:uuid:") && feed.text.contains("/deltas/D-1\""), "{}", feed.text);
    assert!(!feed.text.contains("secret"));
    let etag = feed.header("etag").to_owned();
    let same = guest.with("if-none-match", &format!("\"x\", {etag}")).get("/deltas.atom?q=kind:bug").await;
    assert_eq!((same.status.as_u16(), same.text.as_str(), same.header("etag")), (304, "", etag.as_str()));
    // An id stays when the title changes, and the feed is new.
    let id = |text: &str| text.split("<entry>").nth(1).unwrap().split("<id>").nth(1).unwrap().split("</id>").next().unwrap().to_owned();
    let version = mara.get("/api/v1/deltas/D-1").await.ok().header("etag").to_owned();
    mara.with("if-match", &version).patch("/api/v1/deltas/D-1", json!({"title": "Another title"})).await.ok();
    let changed = guest.with("if-none-match", &etag).get("/deltas.atom?q=kind:bug").await.ok();
    assert!(changed.text.contains("Another title") && id(&changed.text) == id(&feed.text));
    let none = guest.get("/deltas.atom?q=label:nothing").await.ok();
    assert!(none.text.contains("<updated>1970-01-01T00:00:00Z</updated>"), "{}", none.text);
}

#[tokio::test]
async fn csv_and_json_hold_the_whole_list_and_no_formula() {
    let (app, mara, zoe) = world().await;
    for n in 0..120 {
        app.delta(&mara, json!({"title": format!("Number {n}"), "kind": "spec"})).await;
    }
    let guest = app.anyone();
    let csv = guest.get("/deltas.csv?q=sort:number").await.ok();
    assert!(csv.header("content-type").starts_with("text/csv") && csv.header("content-disposition").contains("deltas.csv"));
    let lines: Vec<&str> = csv.text.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 122, "{}", csv.text);
    let columns = lines[0].split(',').count();
    assert!(lines[1].split(',').count() == columns && lines[1].starts_with("D-122,spec,Number 119,public,open"), "{}", lines[1]);
    let bug = lines.last().unwrap();
    assert!(bug.contains("\"'=cmd|'/c calc'!A1 & \"\"quotes\"\", <b>\""), "{bug}");
    let items = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    let json = items(&guest.get("/deltas.json?q=sort:-number").await.ok().text);
    assert_eq!((json["items"].as_array().unwrap().len(), &json["truncated"]), (121, &json!(false)));
    let numbers: Vec<&str> = json["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap()).collect();
    assert!(numbers[0] == "D-1" && numbers[1] == "D-3" && numbers[120] == "D-122", "{numbers:?}");
    assert_eq!(items(&guest.get("/deltas.json?q=label:none").await.ok().text), json!({"items": [], "truncated": false}));
    // Without a query the open ones; with a session what its owner may see.
    zoe.put("/api/v1/deltas/D-1/resolution", json!({"resolution": "withdrawn", "reason": "no"})).await.ok();
    assert_eq!(items(&guest.get("/deltas.json").await.ok().text)["items"].as_array().unwrap().len(), 120);
    assert!(app.signed_in("zoe").await.get("/deltas.csv?q=is:private").await.ok().text.contains("A secret crash"));
}

#[tokio::test]
async fn a_private_delta_is_in_a_feed_only_by_the_token_of_who_may_see_it() {
    let (app, _, zoe) = world().await;
    app.person("ole").await;
    let (may, may_not) = (feed_token(&app, "zoe").await, feed_token(&app, "ole").await);
    let guest = app.anyone();
    for form in ["atom", "csv", "json"] {
        let at = |token: &str| format!("/deltas.{form}?q=is:open&token={token}");
        assert!(guest.get(&at(&may)).await.ok().text.contains("A secret crash"), "{form}");
        assert!(!guest.get(&at(&may_not)).await.ok().text.contains("A secret crash"), "{form}");
        assert!(!guest.get(&format!("/deltas.{form}")).await.ok().text.contains("A secret crash"), "{form}");
        // The token's owner reads, whoever is signed in.
        assert!(!app.signed_in("zoe").await.get(&at(&may_not)).await.ok().text.contains("A secret crash"), "{form}");
        let wrong = guest.get(&at("dlb_wrong")).await;
        assert!(wrong.status.as_u16() == 401 && !wrong.text.contains("dlb_wrong"), "{}", wrong.text);
    }
    assert!(!guest.get(&format!("/deltas.atom?token={may}")).await.ok().text.contains(&may));
    // It opens nothing else, in neither place; and no other token goes into an address.
    for path in ["/api/v1/me", "/api/v1/deltas", "/api/v1/deltas/D-2"] {
        guest.bearer(&may).get(path).await.refused(403);
    }
    assert!(!guest.get(&format!("/deltas?q=is:open&token={may}")).await.text.contains("A secret crash"));
    let browser = app.signed_in("zoe").await;
    let read = browser.post("/api/v1/me/tokens", json!({"name": "r", "scopes": ["read"]})).await.status(201);
    let read = read.json["secret"].as_str().unwrap().to_owned();
    assert_eq!(guest.get(&format!("/deltas.atom?token={read}")).await.status.as_u16(), 403);
    browser.post("/api/v1/me/tokens", json!({"name": "r", "scopes": ["feed", "read"]})).await.refused(422);
    // Revoked, it opens nothing more.
    let tokens = zoe.get("/api/v1/me/tokens").await.ok().json;
    let id = tokens.as_array().unwrap().iter().find(|token| token["scopes"] == json!(["feed"])).unwrap()["id"].as_str().unwrap().to_owned();
    zoe.delete(&format!("/api/v1/me/tokens/{id}")).await.status(204);
    assert_eq!(guest.get(&format!("/deltas.atom?token={may}")).await.status.as_u16(), 401);
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_in_words_and_nothing_is_repeated() {
    let (app, ..) = world().await;
    let guest = app.anyone();
    for form in ["atom", "csv", "json"] {
        for query in ["q=knid:bug", "q=affecting:me", "q=%00", "sort=colour", "q=lens:nw"] {
            let refused = guest.get(&format!("/deltas.{form}?{query}")).await;
            assert_eq!(refused.status.as_u16(), 422, "{form} {query}");
            assert!(refused.header("content-type").starts_with("text/plain"), "{form} {query}");
        }
    }
}

#[tokio::test]
async fn the_list_names_its_feeds_and_makes_an_address_for_a_reader() {
    let (app, ..) = world().await;
    let page = app.anyone().get("/deltas?q=kind:bug").await.ok();
    for address in ["/deltas.atom?q=kind%3Abug", "/deltas.csv?q=kind%3Abug", "/deltas.json?q=kind%3Abug"] {
        assert!(page.text.contains(address), "{address}");
    }
    assert!(page.text.contains("rel=\"alternate\" type=\"application/atom+xml\""));
    let browser = app.signed_in("zoe").await;
    let fields = [("name", "Feed"), ("scopes", "feed"), ("days", "365"), ("q", "kind:crash")];
    let made = browser.form("/settings/tokens", &fields).await.ok();
    let from = made.text.find("/deltas.atom?q=kind%3Acrash&amp;token=dlb_").expect("an address");
    let address = made.text[from..].split('"').next().unwrap().replace("&amp;", "&");
    assert!(app.anyone().get(&address).await.ok().text.contains("A secret crash"));
}

#[tokio::test]
async fn tasks_are_files_too_with_their_columns_and_no_formula() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    app.project("neutron", &owner).await;
    let delta = app.delta(&owner, json!({})).await;
    let first = json!({"title": "=cmd|'/c calc'!A1, \"now\"", "board": "switching", "column": "in-progress", "priority": "high",
        "labels": ["@ovs"], "assignees": ["mara"], "due": "2026-12-12", "deltas": [{"delta": delta, "relation": "mitigates"}]});
    owner.post("/api/v1/orgs/nw/tasks", first).await.status(201);
    owner.put("/api/v1/tasks/NW-1/commitment", json!({"state": "committed", "target_release": "+1"})).await.ok();
    task(&owner, "Finished", "done").await;
    for n in 0..105 {
        task(&owner, &format!("Number {n}"), "ready").await;
    }
    let mara = app.signed_in("mara").await;
    let csv = mara.get("/orgs/nw/tasks.csv?q=sort:-number").await.ok();
    assert!(csv.header("content-type").starts_with("text/csv") && csv.header("content-disposition").contains("tasks.csv"));
    assert_eq!(csv.header("cache-control"), "private, no-store");
    let lines: Vec<&str> = csv.text.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 108, "{}", csv.text);
    assert_eq!(
        lines[0],
        "key,title,priority,board,column,category,assignees,labels,due,commitment,target,blocked_by,deltas,updated_at,url"
    );
    let cells = "NW-1,\"'=cmd|'/c calc'!A1, \"\"now\"\"\",high,switching,In progress,doing,mara,\"'@ovs\",2026-12-12,committed,\"'+1\",,";
    assert!(lines[1].starts_with(&format!("{cells}{delta} mitigates,")), "{}", lines[1]);
    assert!(lines[1].ends_with(",http://deltaboard.test/tasks/NW-1"), "{}", lines[1]);
    assert!(lines[2].starts_with("NW-2,Finished,normal,switching,Done,done,,,,none,,,,"), "{}", lines[2]);
    assert!(lines[107].starts_with("NW-107,Number 104,"), "{}", lines[107]);
    // Without a query the open ones, as on the page; the items are those of the API.
    let items = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    let open = items(&mara.get("/orgs/nw/tasks.json").await.ok().text);
    assert_eq!((open["items"].as_array().unwrap().len(), &open["truncated"]), (106, &json!(false)));
    let urgent = items(&mara.get("/orgs/nw/tasks.json?q=priority:high,urgent").await.ok().text);
    assert_eq!(urgent["items"], owner.get("/api/v1/orgs/nw/tasks?q=priority:high,urgent").await.ok().json["items"]);
    assert_eq!(items(&mara.get("/orgs/nw/tasks.json?q=label:none").await.ok().text), json!({"items": [], "truncated": false}));
    assert_eq!(items(&mara.get("/orgs/nw/tasks.json?q=").await.ok().text)["items"].as_array().unwrap().len(), 107);
}

#[tokio::test]
async fn tasks_are_in_a_file_only_for_who_sees_the_organisations_boards() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    app.project("neutron", &owner).await;
    let secret = app.delta(&owner, json!({"visibility": "private"})).await;
    let new =
        json!({"title": "Hidden plan", "board": "switching", "column": "ready", "deltas": [{"delta": secret, "relation": "resolves"}]});
    owner.post("/api/v1/orgs/nw/tasks", new).await.status(201);
    app.member(&owner, "nw", "vera", "viewer").await;
    app.person("olaf").await;
    let (may, may_not) = (feed_token(&app, "mara").await, feed_token(&app, "olaf").await);
    let (guest, olaf, vera) = (app.anyone(), app.signed_in("olaf").await, app.signed_in("vera").await);
    for (openness, form) in [("commitments", "csv"), ("commitments", "json"), ("closed", "csv"), ("closed", "json")] {
        app.openness(&owner, "nw", openness).await;
        let path = format!("/orgs/nw/tasks.{form}?q=");
        let never = guest.get(&format!("/orgs/nowhere/tasks.{form}?q=")).await.status(404);
        for refused in [guest.get(&path).await, olaf.get(&path).await, guest.get(&format!("{path}&token={may_not}")).await] {
            assert_eq!(refused.status(404).text, never.text, "{openness} {form}");
        }
        // The token's owner reads, whoever is signed in.
        vera.get(&format!("{path}&token={may_not}")).await.status(404);
        for read in [vera.get(&path).await, guest.get(&format!("{path}&token={may}")).await] {
            assert!(read.ok().text.contains("Hidden plan"), "{openness} {form}");
        }
        let wrong = guest.get(&format!("{path}&token=dlb_wrong")).await.status(401);
        assert!(!wrong.text.contains("dlb_wrong"), "{}", wrong.text);
    }
    // Of an open one everybody reads the tasks, and of its deltas those they may see.
    app.openness(&owner, "nw", "open").await;
    for form in ["csv", "json"] {
        let path = format!("/orgs/nw/tasks.{form}?q=");
        let read = guest.get(&path).await.ok();
        assert!(read.text.contains("Hidden plan") && !read.text.contains(&secret), "{}", read.text);
        assert!(guest.get(&format!("{path}&token={may}")).await.ok().text.contains(&secret), "{form}");
    }
}

#[tokio::test]
async fn what_cannot_be_asked_of_tasks_is_refused_with_its_column() {
    let app = TestApp::start().await;
    northwind(&app).await;
    let mara = app.signed_in("mara").await;
    for form in ["csv", "json"] {
        for (query, at) in [("is:nonsense", 4), ("is:open%20impact:40", 9), ("%00", 1)] {
            let refused = mara.get(&format!("/orgs/nw/tasks.{form}?q={query}")).await.status(422);
            assert!(refused.header("content-type").starts_with("text/plain"), "{form} {query}");
            assert!(refused.text.starts_with(&format!("q: Column {at}: ")), "{query}: {}", refused.text);
        }
    }
}

#[tokio::test]
async fn the_list_of_tasks_names_its_files_and_makes_an_address_for_other_programs() {
    let app = TestApp::start().await;
    let owner = northwind(&app).await;
    task(&owner, "Retry", "ready").await;
    let mara = app.signed_in("mara").await;
    let page = mara.get("/orgs/nw/tasks?q=priority:normal").await.ok();
    for form in ["csv", "json"] {
        assert!(page.text.contains(&format!("\"/orgs/nw/tasks.{form}?q=priority%3Anormal\"")), "{}", page.text);
    }
    assert!(!mara.get("/orgs/nw/tasks?q=is:nonsense").await.status(422).text.contains("/orgs/nw/tasks.csv"));
    let fields = [("name", "Tasks"), ("scopes", "feed"), ("days", "365"), ("q", "priority:normal"), ("org", "nw")];
    let made = mara.form("/settings/tokens", &fields).await.ok();
    let from = made.text.find("/orgs/nw/tasks.csv?q=priority%3Anormal&amp;token=dlb_").expect("an address");
    let address = made.text[from..].split('"').next().unwrap().replace("&amp;", "&");
    assert!(app.anyone().get(&address).await.ok().text.contains("NW-1,Retry"));
    // What was chosen stays where the form is refused.
    let refused =
        mara.form("/settings/tokens", &[("name", ""), ("scopes", "feed"), ("days", "365"), ("q", "is:open"), ("org", "nw")]).await;
    assert!(refused.status(422).text.contains(r#"name="org" value="nw""#));
}
