use serde_json::json;

use crate::support::{Client, TestApp};

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
