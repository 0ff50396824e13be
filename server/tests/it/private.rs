//! What nobody may learn of a private delta: every endpoint and page, before and after there is one.
//!
//! The endpoints are those of the API's description, the pages those of `schema/src/route.rs`: a new one is in the matrix by itself, and where its
//! path names something this world has no value for, or its body something the table in `write.rs` has none for, the test says so.

mod ask;
mod write;

use std::collections::BTreeMap;

use axum::{body::Body, http::Method};
use serde_json::{Value, json};
use time::{Duration, format_description::well_known::Rfc3339};
use uuid::Uuid;

use self::{
    ask::{Endpoint, described, endpoints, filled, pages, questions},
    write::Sent,
};
use crate::support::{
    Client, Reply, TestApp,
    ci::{failed, passed, run},
};

/// A word that stands in everything the private delta says, and nowhere else.
const SECRET: &str = "zyxomat";

/// What fell over: looked for by whoever has the same trace.
const TRACE: &str = "Traceback (most recent call last):\n  File \"/srv/agent/zyx.py\", line 18, in main\n    run()\n  \
    File \"/srv/agent/port.py\", line 8, in bind\n    return table[port]\nKeyError: 'port'\n";

/// Whom the private delta is kept from: their name, and how they call.
async fn blind(app: &TestApp) -> Vec<(&'static str, Client)> {
    vec![
        ("a guest", app.anyone()),
        ("a stranger", app.person("ann").await),
        ("an administrator", app.admin().await),
        ("CI of the project", app.ci("neutron").await),
        ("CI of another project", app.ci("nova").await),
    ]
}

/// What somebody is told, without what differs from one answer to the next by itself; and how many statements it took.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    words: String,
    statements: String,
}

async fn answer(client: &Client, method: Method, path: &str, sent: &Sent) -> Told {
    let (media, body) = match sent {
        Sent::Nothing => (None, Body::empty()),
        Sent::Json(json) => (Some("application/json"), Body::from(json.clone())),
        Sent::Text(text) => (Some("text/plain"), Body::from(*text)),
    };
    let reply = client.with("if-match", "\"1\"").send(method, path, media, body).await;
    let mut text = reply.text.clone();
    let nonce = reply.header("content-security-policy").split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
    for own in [nonce.unwrap_or_default(), reply.header("x-request-id")].into_iter().filter(|own| !own.is_empty()) {
        text = text.replace(own, "");
    }
    // A change of several deltas is a new one each time: what became of each is what counts.
    if path.ends_with("/deltas/bulk") && reply.json["rows"].is_array() {
        text = reply.json["rows"].to_string();
    }
    let words = format!("{} etag {} {text}", reply.status, reply.header("etag"));
    Told { words, statements: reply.header("server-timing").to_owned() }
}

/// Everything these people are told of the world as it is.
async fn everything(people: &[(&'static str, Client)], names: &BTreeMap<&str, String>) -> BTreeMap<(&'static str, String), String> {
    let reads = endpoints().into_iter().filter(|endpoint| endpoint.method == Method::GET).map(|endpoint| endpoint.path);
    let asked: Vec<String> = reads.chain(pages()).map(|path| filled(&path, names)).flat_map(|path| questions(&path)).collect();
    // Reads that are asked by POST.
    let weights = json!({ "weights": [{ "project": "neutron", "segment": "vendor-x", "weight": 5 }] }).to_string();
    let tried = json!({ "query": "test:t.agent" }).to_string();
    let posted = [("/api/v1/orgs/nw/lens/preview", weights), ("/api/v1/projects/neutron/signatures/try", tried)];
    let mut told = BTreeMap::new();
    for (name, client) in people {
        for path in &asked {
            told.insert((*name, path.clone()), answer(client, Method::GET, path, &Sent::Nothing).await.words);
        }
        for (path, body) in &posted {
            let words = answer(client, Method::POST, path, &Sent::Json(body.clone())).await.words;
            told.insert((*name, (*path).to_owned()), words);
        }
    }
    told
}

/// Who is who, and what there is.
struct World {
    app: TestApp,
    mara: Client,
    sue: Client,
    tom: Client,
    gus: Client,
    olga: Client,
    /// Values for the variable parts of paths; of what there is none, the id of nothing.
    names: BTreeMap<&'static str, String>,
}

fn id(reply: &Reply) -> String {
    reply.json["id"].as_str().expect("an id").to_owned()
}

/// A project with a security group, a public delta, an open organisation with a task, and a failure.
async fn world() -> World {
    let app = TestApp::start().await;
    let (mara, sue, tom, gus, olga) =
        (app.person("mara").await, app.person("sue").await, app.person("tom").await, app.person("gus").await, app.person("olga").await);
    app.project("neutron", &mara).await;
    app.project("nova", &mara).await;
    for path in ["security/sue", "maintainers/sue"] {
        mara.put(&format!("/api/v1/projects/neutron/{path}"), json!({})).await.ok();
    }
    let at = |days: i64| (app.app.clock.now() + Duration::days(days)).format(&Rfc3339).expect("a time");
    let (out, until) = (at(-1), at(1));
    mara.put("/api/v1/projects/neutron/releases/2026.1", json!({ "released_at": out })).await.ok();
    for person in [&tom, &sue, &gus] {
        person.put("/api/v1/projects/neutron/segments/vendor-x/me", Value::Null).await.ok();
    }
    let public = app.delta(&tom, json!({ "components": ["ovs"] })).await;
    tom.put(&format!("/api/v1/deltas/{public}/vote"), json!({ "severity": 3 })).await.ok();
    tom.post(&format!("/api/v1/deltas/{public}/comments"), json!({ "body": "Still so." })).await.status(201);
    app.org("nw", "Northwind", &olga).await;
    app.openness(&olga, "nw", "open").await;
    olga.put("/api/v1/orgs/nw/members/gus", json!({ "role": "member" })).await.status(204);
    let columns = json!([{ "slug": "next", "name": "Next", "category": "ready" }]);
    olga.post("/api/v1/orgs/nw/boards", json!({ "slug": "main", "name": "Main", "columns": columns })).await.status(201);
    olga.put("/api/v1/orgs/nw/watches/all", json!({ "query": "project:neutron" })).await.ok();
    let weights = json!({ "weights": [{ "project": "neutron", "segment": "vendor-x", "weight": 3 }] });
    olga.put("/api/v1/orgs/nw/lens", weights).await.ok();
    let task =
        olga.post("/api/v1/orgs/nw/tasks", json!({ "title": "Mend the agent", "board": "main", "column": "next" })).await.status(201);
    let task = task.json["key"].as_str().expect("a key").to_owned();
    let reported =
        run(&app.ci("neutron").await, "1", json!([failed("t.agent", "the agent fell over"), passed("t.other")])).await.status(201);
    let group = mara.get("/api/v1/projects/neutron/failures").await.ok().json["items"][0]["id"].as_str().expect("a group").to_owned();
    let mut names: BTreeMap<&str, String> = [
        ("project", "neutron".to_owned()),
        ("org", "nw".to_owned()),
        ("board", "main".to_owned()),
        ("chart", "impact".to_owned()),
        ("file", "impact.csv".to_owned()),
        ("delta", public.clone()),
        ("task", task.clone()),
        ("card", task),
        ("run", reported.json["run"].as_str().expect("a run").to_owned()),
        ("group", group),
        ("user", "tom".to_owned()),
        ("person", "tom".to_owned()),
        ("segment", "vendor-x".to_owned()),
        ("component", "ovs".to_owned()),
        ("release", "2026.1".to_owned()),
        ("watch", "all".to_owned()),
        ("insight", "flow".to_owned()),
        ("name", "trace.txt".to_owned()),
        ("revision", "1".to_owned()),
        ("other", public),
        ("until", until),
    ]
    .into();
    for part in ["comment", "attachment", "occurrence", "token", "invite", "signature", "reference", "bulk", "import", "thread", "outsider"]
    {
        names.insert(part, Uuid::nil().to_string());
    }
    World { app, mara, sue, tom, gus, olga, names }
}

/// Everybody the private deltas are kept from, as programs and as browsers.
async fn people(world: &World) -> Vec<(&'static str, Client)> {
    let mut people = blind(&world.app).await;
    people.push(("a maintainer outside the security group", world.mara.clone()));
    people.push(("an owner of an organisation", world.olga.clone()));
    for (name, browser) in [("a stranger's browser", "ann"), ("an owner's browser", "olga"), ("a maintainer's browser", "mara")] {
        people.push((name, world.app.signed_in(browser).await.with("sec-fetch-site", "same-origin")));
    }
    people
}

/// The private delta with everything a delta can have, and two more. Gives the names of what it has.
async fn hide(World { app, sue, tom, gus, names, .. }: &World) -> BTreeMap<&'static str, String> {
    let public = &names["other"];
    let texts = json!({ "visibility": "private", "components": ["ovs"], "title": format!("The {SECRET} leaks tokens"),
        "desired": format!("No {SECRET}."), "actual": format!("A {SECRET} in the agent.") });
    let hidden = app.delta(tom, texts.clone()).await;
    let path = format!("/api/v1/deltas/{hidden}");
    tom.put(&format!("{path}/guests/gus"), json!({})).await.ok();
    sue.put(&format!("{path}/labels"), json!({ "labels": ["cve"] })).await.ok();
    let mut comment = String::new();
    for person in [tom, sue, gus] {
        person.put(&format!("{path}/vote"), json!({ "severity": 4 })).await.ok();
        let said = json!({ "body": format!("I see the {SECRET}, as in {public}.") });
        comment = id(&person.post(&format!("{path}/comments"), said).await.status(201));
    }
    sue.put(&format!("{path}/places/neutron/position"), json!({ "position": "agree" })).await.ok();
    sue.put(&format!("{path}/places/neutron/consensus"), json!({ "state": "agreed", "rationale": SECRET })).await.ok();
    let signature = json!({ "project": "neutron", "query": "test:t.agent" });
    let signature = id(&sue.post(&format!("{path}/signatures"), signature).await.status(201));
    sue.put(&format!("{path}/evidence/neutron"), json!({ "tests": ["t.other"], "needed": 1 })).await.ok();
    gus.put(&format!("/api/v1/orgs/nw/stances/{hidden}"), json!({ "stance": "considering" })).await.ok();
    let passage = json!({ "field": "desired", "quote": SECRET, "body": format!("Which {SECRET}?") });
    let thread = id(&sue.post(&format!("{path}/threads"), passage).await.status(201));
    let file = format!("{path}/attachments?name={SECRET}.txt");
    let file = id(&tom.send(Method::POST, &file, Some("text/plain"), format!("the {SECRET}")).await.status(201));
    sue.put(&format!("{path}/relations/{public}"), json!({ "relation": "blocks" })).await.ok();
    let crash = json!({ "kind": "crash", "visibility": "private", "title": format!("The {SECRET} crashes"), "actual": TRACE });
    let crash = app.delta(tom, crash).await;
    let report = format!("/api/v1/deltas/{crash}/occurrences?version=2026.1");
    let seen = tom.send(Method::POST, &report, Some("text/plain"), TRACE).await.status(201).json["occurrence"]["id"].clone();
    let second = app.delta(tom, texts).await;
    let duplicate = json!({ "resolution": "duplicate", "duplicate_of": public });
    sue.put(&format!("/api/v1/deltas/{second}/vote"), json!({ "severity": 4 })).await.ok();
    sue.put(&format!("/api/v1/deltas/{second}/resolution"), duplicate).await.ok();
    let seen = seen.as_str().expect("an id").to_owned();
    [("delta", hidden), ("comment", comment), ("signature", signature), ("thread", thread), ("attachment", file), ("occurrence", seen)]
        .into()
}

/// Asks the same of what is there and of what never was; gives what differs. Statements are counted a second time where only they differ: a
/// caller who was not seen for an hour is noted.
async fn difference(
    (who, client): &(&'static str, Client),
    method: &Method,
    [there, never]: [&(String, Sent); 2],
    told_as: &[(String, String)],
) -> Option<String> {
    let mut found = None;
    for _ in 0..2 {
        let mut one = answer(client, method.clone(), &there.0, &there.1).await;
        let other = answer(client, method.clone(), &never.0, &never.1).await;
        for (own, of_nothing) in told_as {
            one.words = one.words.replace(own, of_nothing);
        }
        // What is refused unread says nothing about who may read what.
        let unread = ["missing field", "unknown field", "415 Unsupported", "400 Bad"].iter().any(|words| other.words.contains(*words));
        assert!(method.is_safe() || !unread, "{who}: {method} {}: the body is no body: {}", never.0, other.words);
        found = (one != other).then(|| format!("{who}: {method} {}:\n  there {one:?}\n  never {other:?}", there.0));
        if one.words != other.words || found.is_none() {
            break;
        }
    }
    found
}

/// A path and what is sent to it.
type Ask = (String, Sent);

/// Whatever is asked of it by name, it is answered as a delta that never was.
async fn asked_for_by_name(world: &World, people: &[(&'static str, Client)], hidden: &BTreeMap<&'static str, String>) {
    let described = described();
    let with = |names: &BTreeMap<&'static str, String>| {
        let mut all = world.names.clone();
        all.extend(names.clone());
        all
    };
    let nothings: BTreeMap<&'static str, String> = hidden.keys().map(|part| (*part, Uuid::nil().to_string())).collect();
    let nothings: BTreeMap<&'static str, String> = nothings.into_iter().chain([("delta", "D-987654".to_owned())]).collect();
    let told_as: Vec<(String, String)> = hidden.iter().map(|(part, own)| (own.clone(), nothings[part].clone())).collect();
    let (there, never) = (with(hidden), with(&nothings));
    let mut asked: Vec<(Method, Ask, Ask)> = Vec::new();
    for endpoint in endpoints() {
        let Endpoint { method, path, operation } = &endpoint;
        if path.contains("{delta}") || path.contains("{attachment}") {
            asked.push((method.clone(), write::ask(&endpoint, &there), write::ask(&endpoint, &never)));
        }
        if *method != Method::GET && write::names_a_delta(&described, &operation["requestBody"]) {
            let there = write::NAMING
                .iter()
                .any(|(verb, at, _)| *verb == method.as_str() && format!("/api/v1{at}").replace("{other}", "{delta}") == *path);
            assert!(there, "{method} {path}: its body names a delta: add one to the table of those that do");
        }
    }
    for path in pages().into_iter().filter(|path| path.contains("{delta}") || path.contains("{attachment}")) {
        asked.push((Method::GET, (filled(&path, &there), Sent::Nothing), (filled(&path, &never), Sent::Nothing)));
    }
    for path in write::ASKING {
        asked.push((Method::GET, (filled(path, &there), Sent::Nothing), (filled(path, &never), Sent::Nothing)));
    }
    for entry in write::NAMING {
        let ((method, one, sent), (_, other, none)) = (write::name(entry, &there), write::name(entry, &never));
        asked.push((method, (one, sent), (other, none)));
    }
    let mut differs = Vec::new();
    for (method, there, never) in &asked {
        for person in people {
            differs.extend(difference(person, method, [there, never], &told_as).await);
        }
    }
    assert!(differs.is_empty(), "{} answers differ:\n{}", differs.len(), differs.join("\n"));
}

/// Who may see it does what the others cannot; and what was sent above is what is taken.
async fn let_in(world: &World, hidden: &BTreeMap<&'static str, String>) {
    let path = format!("/api/v1/deltas/{}", hidden["delta"]);
    let World { sue, tom, gus, .. } = world;
    for (who, name, client) in [("its reporter", "tom", tom), ("the security group", "sue", sue), ("whom they invited", "gus", gus)] {
        assert!(client.get(&path).await.ok().text.contains(SECRET), "{who} sees it");
        for part in ["timeline", "threads", "impact", "attachments"] {
            client.get(&format!("{path}/{part}")).await.ok();
        }
        assert!(client.get(&format!("/api/v1/deltas?q={SECRET}")).await.ok().text.contains(&hidden["delta"]), "{who} finds it");
        let browser = world.app.signed_in(name).await;
        assert!(browser.get(&format!("/deltas.csv?q={SECRET}")).await.ok().text.contains("leaks tokens"), "{who} reads it in a file");
        client.put(&format!("{path}/vote"), json!({ "severity": 2 })).await.ok();
        client.post(&format!("{path}/comments"), json!({ "body": "Still." })).await.status(201);
        let reply = json!({ "body": "This one." });
        client.post(&format!("{path}/threads/{}/replies", hidden["thread"]), reply).await.status(201);
    }
    let mut names = world.names.clone();
    names.extend(hidden.clone());
    for endpoint in endpoints().iter().filter(|endpoint| endpoint.method != Method::GET && endpoint.path.contains("{delta}")) {
        let (path, sent) = write::ask(endpoint, &names);
        if let Sent::Json(_) = sent {
            let told = answer(sue, endpoint.method.clone(), &path, &sent).await;
            assert!(!told.words.starts_with("422"), "{} {path}: its body in the table is none: {}", endpoint.method, told.words);
        }
    }
}

#[tokio::test]
async fn nothing_anybody_else_is_told_changes_by_a_private_delta() {
    let world = world().await;
    let people = people(&world).await;
    server::act::impact::refresh(&world.app.app).await.expect("scores");
    // Once unseen: the first to look may find something that is only then worked out.
    everything(&people, &world.names).await;
    let before = everything(&people, &world.names).await;
    let hidden = hide(&world).await;
    server::act::impact::refresh(&world.app.app).await.expect("scores");
    let after = everything(&people, &world.names).await;
    let changed: Vec<String> = after
        .iter()
        .filter(|(asked, told)| before.get(asked) != Some(told))
        .map(|((who, path), told)| format!("{who} asks {path}:\n  before {}\n  after  {told}", before[&(*who, path.clone())]))
        .collect();
    assert!(changed.is_empty(), "{} answers changed:\n{}", changed.len(), changed.join("\n"));
    let named = after.iter().find(|(_, told)| told.contains(&hidden["delta"]) || told.contains("leaks tokens"));
    assert!(named.is_none(), "it is named somewhere: {named:?}");
    asked_for_by_name(&world, &people, &hidden).await;
    let_in(&world, &hidden).await;
}
