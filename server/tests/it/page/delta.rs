use serde_json::json;

use crate::support::{Client, TestApp};

/// A project with a maintainer and a reporter, both in browsers, and a delta of the reporter.
async fn world(app: &TestApp) -> (Client, Client) {
    let (mara, tom) = (app.browser("mara").await, app.browser("tom").await);
    mara.form("/projects", &[("slug", "neutron"), ("name", "Neutron"), ("description", "")]).await.leads();
    mara.form("/projects/neutron/components", &[("slug", "ovs"), ("name", "Open vSwitch")]).await.leads();
    let to = tom.form("/deltas/new", &FILLED).await.leads();
    assert_eq!(to, "/deltas/D-1");
    (mara, tom)
}

const FILLED: [(&str, &str); 7] = [
    ("kind", "bug"),
    ("project", "neutron"),
    ("title", "Port stays DOWN after the agent restarts"),
    ("desired", "A bound port returns to `ACTIVE` within 10 s."),
    ("actual", "1 in 30 ports stays `DOWN`."),
    ("body", ""),
    ("components", "ovs"),
];

#[tokio::test]
async fn a_delta_opens_with_its_gap_and_has_every_action_as_a_form() {
    let app = TestApp::start().await;
    let (mara, tom) = world(&app).await;
    let guest = app.anyone().get("/deltas/D-1").await.ok();
    for words in
        ["Port stays DOWN", "<h2>Desired</h2>", "<code>ACTIVE</code>", "<code>DOWN</code>", "Consensus in Neutron", "filed this", "› ovs"]
    {
        assert!(guest.text.contains(words), "{words}: {}", guest.text);
    }
    assert!(!guest.text.contains("style=\"") && !guest.text.contains("State your position"), "{}", guest.text);
    let at = |part: &str| format!("/deltas/D-1/{part}");
    tom.form(&at("places/neutron/position"), &[("position", "agree"), ("reason", "It hurts.")]).await.leads();
    mara.form(&at("places/neutron/consensus"), &[("version", "1"), ("state", "agreed"), ("rationale", "Invisible.")]).await.leads();
    mara.form(&at("labels"), &[("labels", "upgrade, dhcp")]).await.leads();
    tom.form(&at("comments"), &[("body", "See the *log*.")]).await.leads();
    let page = tom.get("/deltas/D-1").await.ok();
    for words in ["1 agree · 0 object", "agreed in neutron", "“Invisible.”", "upgrade", "<em>log</em>", "Withdraw what you reported"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert!(!page.text.contains("Decline: the behaviour is right"));
    let version = mara.get("/api/v1/deltas/D-1").await.header("etag").trim_matches('"').to_owned();
    let close = [("version", version.as_str()), ("resolution", "closed"), ("release", ""), ("reason", "Fixed.")];
    tom.form(&at("resolution"), &close).await.refused(403);
    mara.form(&at("resolution"), &close).await.leads();
    let page = app.anyone().get("/deltas/D-1").await.ok();
    assert!(page.text.contains("“Fixed.”") && page.text.contains("closed this"), "{}", page.text);
    let again = mara.form(&at("resolution"), &close).await.refused(412);
    assert!(again.text.contains("<h2>Desired</h2>") && again.text.contains("was changed after you loaded it"), "{}", again.text);
    let version = (version.parse::<i64>().unwrap() + 1).to_string();
    mara.form(&at("resolution"), &[("version", version.as_str()), ("resolution", "open"), ("reason", "")]).await.leads();
}

#[tokio::test]
async fn what_cannot_be_filed_is_shown_again_as_it_was_typed() {
    let app = TestApp::start().await;
    let (_, tom) = world(&app).await;
    app.anyone().get("/deltas/new").await.refused(401);
    let mut filled = FILLED.to_vec();
    filled[3].1 = " ";
    filled.push(("seen", "yes"));
    let page = tom.form("/deltas/new", &filled).await.refused(422);
    assert!(page.text.contains("must not be empty") && page.text.contains("1 in 30 ports"), "{}", page.text);
    filled[3].1 = "Up.";
    filled[6].1 = "dhcp";
    let page = tom.form("/deltas/new", &filled).await.refused(422);
    assert!(page.text.contains("no component “dhcp”"), "{}", page.text);
    let page = tom.get("/deltas/new?project=neutron&title=Once%20more").await.ok();
    assert!(page.text.contains("value=\"Once more\""), "{}", page.text);
}

#[tokio::test]
async fn what_is_similar_is_shown_before_a_second_report_is_filed() {
    let app = TestApp::start().await;
    let (_, tom) = world(&app).await;
    let page = tom.form("/deltas/new", &FILLED).await.status(200);
    assert!(page.text.contains("Is it one of these?") && page.text.contains("D-1") && page.text.contains("name=\"seen\""), "{}", page.text);
    app.anyone().get("/api/v1/deltas/D-2").await.refused(404);
    let mut filled = FILLED.to_vec();
    filled.push(("seen", "yes"));
    assert_eq!(tom.form("/deltas/new", &filled).await.leads(), "/deltas/D-2");
}

#[tokio::test]
async fn a_votes_note_is_read_beside_the_impact() {
    let app = TestApp::start().await;
    let (_, tom) = world(&app).await;
    tom.form("/deltas/D-1/vote", &[("severity", "4"), ("note", "Every <night> at two.")]).await.leads();
    let guest = app.anyone().get("/deltas/D-1").await.ok();
    assert!(guest.text.contains("“Every &lt;night&gt; at two.”"), "{}", guest.text);
    let mine = tom.get("/deltas/D-1").await.ok();
    assert!(mine.text.contains(r#"name="note""#) && mine.text.contains("Every &lt;night> at two.</textarea>"), "{}", mine.text);
    let impact = tom.get("/api/v1/deltas/D-1/impact").await.ok().json;
    assert_eq!(impact["my_note"], "Every <night> at two.");
    assert_eq!((&impact["notes"][0]["severity"], &impact["notes"][0]["person"]["name"]), (&4.into(), &"tom".into()));
}

#[tokio::test]
async fn an_edit_is_a_revision_with_what_changed() {
    let app = TestApp::start().await;
    let (mara, tom) = world(&app).await;
    let edit = [
        ("version", "1"),
        ("kind", "bug"),
        ("title", "Port stays DOWN after the agent restarts"),
        ("desired", "A bound port returns to `ACTIVE` within 5 s."),
        ("actual", "1 in 30 ports stays `DOWN`."),
        ("body", ""),
        ("visibility", "public"),
    ];
    app.browser("ann").await.get("/deltas/D-1/edit").await.refused(403);
    assert!(tom.get("/deltas/D-1/edit").await.ok().text.contains("within 10 s."));
    assert_eq!(mara.form("/deltas/D-1/edit", &edit).await.leads(), "/deltas/D-1");
    let mut other = edit;
    other[3].1 = "It returns at once.";
    let late = tom.form("/deltas/D-1/edit", &other).await.refused(412);
    for words in ["What they saved", "within 5 s.", "It returns at once.", r#"name="version" value="2""#, "Save over theirs"] {
        assert!(late.text.contains(words), "{words}: {}", late.text);
    }
    other[0].1 = "2";
    tom.form("/deltas/D-1/edit", &other).await.leads();
    other[0].1 = "3";
    other[3].1 = edit[3].1;
    tom.form("/deltas/D-1/edit", &other).await.leads();
    let page = app.anyone().get("/deltas/D-1/revisions").await.ok();
    assert!(page.text.contains("<del>10</del><ins>5</ins>") && page.text.contains("Revision 1"), "{}", page.text);
}

#[tokio::test]
async fn a_comment_that_is_refused_is_kept_and_ones_own_can_be_changed() {
    let app = TestApp::start().await;
    let (mara, tom) = world(&app).await;
    let long = "x".repeat(65_537);
    let page = tom.form("/deltas/D-1/comments", &[("body", &long)]).await.refused(422);
    assert!(page.text.contains("characters long; at most 65536") && page.text.contains(&long));
    app.anyone().form("/deltas/D-1/comments", &[("body", "x")]).await.refused(401);
    let to = tom.form("/deltas/D-1/comments", &[("body", "First.")]).await.leads();
    let id = to.split_once('#').unwrap().1;
    let at = format!("/deltas/D-1/comments/{id}");
    assert!(tom.get(&at).await.ok().text.contains("First."));
    mara.get(&at).await.refused(403);
    mara.form(&at, &[("body", "Mine.")]).await.refused(403);
    tom.form(&at, &[("body", "")]).await.refused(422);
    tom.form(&at, &[("body", "Second.")]).await.leads();
    assert!(app.anyone().get("/deltas/D-1").await.ok().text.contains("Second."));
}

#[tokio::test]
async fn a_refused_form_stays_open_with_what_was_typed() {
    let app = TestApp::start().await;
    let (mara, _) = world(&app).await;
    let long = "y".repeat(2001);
    let open = |summary: &str| format!("<details open class=\"fold\"><summary>{summary}</summary>");
    let place = "/deltas/D-1/places/neutron";
    let page = mara.form(&format!("{place}/position"), &[("position", "object"), ("reason", " ")]).await.refused(422);
    for words in [
        &open("State your position"),
        r#"value="object" checked"#,
        r#"id="f-position-neutron-reason-error" class="error">must not be empty"#,
    ] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert!(!page.text.contains(&open("Set the consensus")), "{}", page.text);
    let page = mara.form(&format!("{place}/position"), &[("reason", "Nothing chosen.")]).await.refused(422);
    assert!(page.text.contains(&open("State your position")) && page.text.contains("Nothing chosen.</textarea>"), "{}", page.text);
    let consensus = [("version", "1"), ("state", "declined"), ("rationale", "")];
    let page = mara.form(&format!("{place}/consensus"), &consensus).await.refused(422);
    assert!(page.text.contains(&open("Set the consensus")) && page.text.contains(r#"value="declined" selected"#), "{}", page.text);
    let version = mara.get("/api/v1/deltas/D-1").await.header("etag").trim_matches('"').to_owned();
    let version = version.as_str();
    for (fields, summary, typed) in [
        (vec![("resolution", "duplicate"), ("duplicate_of", "D-99"), ("reason", "The same.")], "Duplicate of another delta", "D-99"),
        (vec![("resolution", "duplicate"), ("duplicate_of", "that one"), ("reason", "")], "Duplicate of another delta", "that one"),
        (vec![("resolution", "declined"), ("reason", &long)], "Decline: the behaviour is right", &long),
        (vec![("resolution", "closed"), ("reason", "Seen."), ("release", "9.9")], "Close: actual now equals desired", "Seen."),
    ] {
        let page = mara.form("/deltas/D-1/resolution", &[&[("version", version)], fields.as_slice()].concat()).await.refused(422);
        let after = page.text.split_once(&open(summary)).unwrap_or_else(|| panic!("{summary} is folded: {}", page.text)).1;
        let form = after.split_once("</details>").unwrap().0;
        assert!(form.contains(typed) && form.contains("class=\"error\""), "{summary}: {form}");
    }
    let stale = [("version", "99"), ("resolution", "closed"), ("reason", "Kept words.")];
    let page = mara.form("/deltas/D-1/resolution", &stale).await.refused(412);
    let form = page.text.split_once(&open("Close: actual now equals desired")).unwrap().1.split_once("</details>").unwrap().0;
    assert!(form.contains("Kept words.") && form.contains("was changed after you loaded it"), "{form}");
    let page = mara.form("/deltas/D-1/labels", &[("labels", &format!("kept {long}"))]).await.refused(422);
    assert!(page.text.contains(&open("Add labels")) && page.text.contains("value=\"kept yyy"), "{}", page.text);
}

#[tokio::test]
async fn a_strangers_private_delta_has_no_page() {
    let app = TestApp::start().await;
    let (mara, tom) = world(&app).await;
    let mut filled = FILLED.to_vec();
    filled.extend([("seen", "yes"), ("private", "yes")]);
    assert_eq!(tom.form("/deltas/new", &filled).await.leads(), "/deltas/D-2");
    let ann = app.browser("ann").await;
    for part in ["", "/edit", "/revisions"] {
        ann.get(&format!("/deltas/D-2{part}")).await.refused(404);
    }
    for (part, fields) in [
        ("comments", vec![("body", "x")]),
        ("labels", vec![("labels", "x")]),
        ("guests", vec![("name", "ann")]),
        ("places", vec![("project", "neutron")]),
        ("places/neutron/position", vec![("position", "agree")]),
        ("places/neutron/consensus", vec![("version", "1"), ("state", "agreed")]),
        ("resolution", vec![("version", "1"), ("resolution", "closed")]),
    ] {
        ann.form(&format!("/deltas/D-2/{part}"), &fields).await.refused(404);
    }
    assert!(mara.get("/deltas/D-2").await.ok().text.contains("private"));
    tom.form("/deltas/D-2/guests", &[("name", "ann")]).await.leads();
    ann.get("/deltas/D-2").await.ok();
    ann.form("/deltas/D-2/guests", &[("name", "ann"), ("remove", "yes")]).await.leads();
    ann.get("/deltas/D-2").await.refused(404);
}

#[tokio::test]
async fn a_page_of_a_delta_takes_few_statements() {
    let app = TestApp::start().await;
    let (mara, _) = world(&app).await;
    let token = app.person("nils").await;
    for i in 0..60 {
        token.post("/api/v1/deltas/D-1/comments", json!({ "body": format!("Comment {i}") })).await.ok();
    }
    let statements = |reply: &crate::support::Reply| {
        let header = reply.headers["server-timing"].to_str().unwrap().to_owned();
        header.split('"').nth(1).unwrap().parse::<u32>().unwrap()
    };
    let guest = app.anyone().get("/deltas/D-1").await.ok();
    assert!(statements(&guest) <= 9, "{}", statements(&guest));
    let page = mara.get("/deltas/D-1").await.ok();
    assert!(statements(&page) <= 12, "{}", statements(&page));
    println!("statements: guest {}, maintainer {}", statements(&guest), statements(&page));
    assert!(page.text.contains("Earlier") && page.text.contains("Comment 59") && !page.text.contains("Comment 3<"));
}

#[tokio::test]
async fn a_private_delta_says_who_sees_it_and_takes_an_embargo() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("neutron", &mara).await;
    let tom = app.browser("tom").await;
    let key = app.delta(&app.person("rob").await, json!({ "visibility": "private" })).await;
    let (path, browser) = (format!("/deltas/{key}"), app.signed_in("mara").await);
    tom.get(&path).await.refused(404);
    tom.form(&format!("{path}/embargo"), &[("until", "2999-01-01T12:00")]).await.refused(404);
    let page = browser.get(&path).await.ok();
    assert!(page.text.contains("security group") && page.text.contains("Put it under an embargo"), "{}", page.text);
    let until = app.app.clock.now() + time::Duration::days(3);
    let until = format!("{}T{:02}:{:02}", until.date(), until.hour(), until.minute());
    let wrong = browser.form(&format!("{path}/embargo"), &[("until", "soon"), ("opens", "yes")]).await.refused(422);
    assert!(wrong.text.contains("is not a time such as") && wrong.text.contains("value=\"soon\""), "{}", wrong.text);
    browser.form(&format!("{path}/embargo"), &[("until", &until), ("opens", "yes")]).await.leads();
    let page = browser.get(&path).await.ok();
    assert!(page.text.contains("becomes public by itself") && page.text.contains(&until.replace('T', " ")), "{}", page.text);
    browser.form(&format!("{path}/embargo"), &[("end", "yes")]).await.leads();
    assert!(!browser.get(&path).await.ok().text.contains("becomes public by itself"));
    browser.form(&format!("{path}/embargo"), &[("until", &until), ("opens", "yes")]).await.leads();
    app.app.clock.advance(time::Duration::days(4));
    server::act::delta::end_embargoes(&app.app).await.expect("a round");
    let page = tom.get(&path).await.ok();
    assert!(page.text.contains("The end of the embargo made this public"), "{}", page.text);
}
