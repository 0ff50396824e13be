//! What nobody may learn of a private delta: every endpoint and page, before and after there is one.
//!
//! The endpoints are those of the API's description, the pages those of `schema/src/route.rs`: a new one is in the matrix by itself, and where its
//! path names something this world has no value for, the test says so.

use std::{collections::BTreeMap, fs, path::Path};

use axum::{body::Body, http::Method};
use serde_json::{Value, json};

use crate::support::{
    Client, TestApp,
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

/// Methods and paths of the API, from its description.
fn endpoints() -> Vec<(Method, String)> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json")).expect("the API's description");
    let described: Value = serde_json::from_str(&text).expect("JSON");
    let mut found = Vec::new();
    for (path, methods) in described["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            // A stream does not end; what it tells is tried in `api/live.rs`.
            if operation["responses"]["200"]["content"].get("text/event-stream").is_none() {
                found.push((method.to_uppercase().parse().expect("a method"), path.clone()));
            }
        }
    }
    found
}

/// Paths of the pages one can look at, from `route.rs`.
fn pages() -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/src/route.rs")).expect("the routes");
    let (mut found, mut about) = (Vec::new(), "");
    for line in text.lines().map(str::trim).take_while(|line| !line.starts_with("pub mod api")) {
        if line.starts_with("///") {
            about = line;
        } else if line.ends_with("\";") && !about.contains("(POST)") {
            found.extend(line.split('"').nth(1).filter(|path| path.starts_with('/')).map(str::to_owned));
        }
    }
    assert!(found.len() > 20, "the routes are written in another way now: {found:?}");
    found
}

/// A path with this world's values in it.
fn filled(path: &str, world: &BTreeMap<&str, String>) -> String {
    let mut url = path.to_owned();
    while let Some((before, rest)) = url.clone().split_once('{') {
        let (name, after) = rest.split_once('}').expect("a closing brace");
        let value = world.get(name).unwrap_or_else(|| panic!("{path}: this world has no value for {{{name}}}: add one"));
        url = format!("{before}{value}{after}");
    }
    url
}

/// Questions that a private delta would be an answer to.
fn questions(path: &str) -> Vec<String> {
    let queries = [
        SECRET.to_owned(),
        format!("{SECRET}*"),
        "is:private".to_owned(),
        "label:cve".to_owned(),
        "project:neutron component:ovs".to_owned(),
        "segment:vendor-x impact:>0".to_owned(),
        "reporter:tom".to_owned(),
        "sort:updated".to_owned(),
        "is:open sort:impact".to_owned(),
    ];
    let q = |path: &str| queries.iter().map(|query| format!("{path}?q={}", query.replace(' ', "%20").replace('>', "%3E"))).collect();
    match path {
        "/api/v1/deltas" | "/deltas" => q(path),
        "/api/v1/deltas/similar" => {
            vec![format!("{path}?title={SECRET}&project=neutron"), format!("{path}?title=Port&text={SECRET}%20in%20the%20agent")]
                .into_iter()
                .chain([format!("{path}?{}", serde_html_form::to_string([("title", "It falls over"), ("text", TRACE)]).expect("a query"))])
                .collect()
        }
        "/api/v1/completions" => ["label:", "label:c", "project:", "reporter:t", "comp", "component:"]
            .iter()
            .map(|query| format!("{path}?of=deltas&q={query}"))
            .collect(),
        path if path.ends_with("/failures") => vec![path.to_owned(), format!("{path}?explained=false"), format!("{path}?explained=true")],
        _ => vec![path.to_owned()],
    }
}

/// What this caller is answered, without what differs from one answer to the next by itself.
async fn answer(client: &Client, method: Method, path: &str) -> String {
    let body = if method.is_safe() { Body::empty() } else { Body::from("{}") };
    let media = (!method.is_safe()).then_some("application/json");
    let reply = client.with("if-match", "\"1\"").send(method, path, media, body).await;
    let nonce = reply.header("content-security-policy").split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or("-");
    let request = Some(reply.header("x-request-id")).filter(|id| !id.is_empty()).unwrap_or("-");
    let text = reply.text.replace(nonce, "").replace(request, "");
    format!("{} etag {} {text}", reply.status, reply.header("etag"))
}

/// Everything these people are told of the world as it is.
async fn everything(people: &[(&'static str, Client)], world: &BTreeMap<&str, String>) -> BTreeMap<(&'static str, String), String> {
    let asked: Vec<String> = endpoints()
        .into_iter()
        .filter(|(method, _)| *method == Method::GET)
        .map(|(_, path)| path)
        .chain(pages())
        .map(|path| filled(&path, world))
        .flat_map(|path| questions(&path))
        .collect();
    let mut told = BTreeMap::new();
    for (name, client) in people {
        for path in &asked {
            told.insert((*name, path.clone()), answer(client, Method::GET, path).await);
        }
    }
    told
}

#[tokio::test]
async fn nothing_anybody_else_is_told_changes_by_a_private_delta() {
    let app = TestApp::start().await;
    let (mara, sue, tom, gus, olga) =
        (app.person("mara").await, app.person("sue").await, app.person("tom").await, app.person("gus").await, app.person("olga").await);
    app.project("neutron", &mara).await;
    app.project("nova", &mara).await;
    for path in ["security/sue", "maintainers/sue"] {
        mara.put(&format!("/api/v1/projects/neutron/{path}"), json!({})).await.ok();
    }
    mara.put("/api/v1/projects/neutron/releases/2026.1", json!({})).await.ok();
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
    let reported =
        run(&app.ci("neutron").await, "1", json!([failed("t.agent", "the agent fell over"), passed("t.other")])).await.status(201);
    let group = mara.get("/api/v1/projects/neutron/failures").await.ok().json["items"][0]["id"].as_str().expect("a group").to_owned();

    let mut people = blind(&app).await;
    people.push(("a maintainer outside the security group", mara.clone()));
    people.push(("an owner of an organisation", olga.clone()));
    for (name, browser) in [("a stranger's browser", "ann"), ("an owner's browser", "olga"), ("a maintainer's browser", "mara")] {
        people.push((name, app.signed_in(browser).await));
    }
    let world: BTreeMap<&str, String> = [
        ("project", "neutron".to_owned()),
        ("org", "nw".to_owned()),
        ("board", "main".to_owned()),
        ("delta", public.clone()),
        ("task", task.json["key"].as_str().expect("a key").to_owned()),
        ("card", task.json["key"].as_str().expect("a key").to_owned()),
        ("run", reported.json["run"].as_str().expect("a run").to_owned()),
        ("group", group.clone()),
        ("user", "tom".to_owned()),
        ("person", "tom".to_owned()),
        ("segment", "vendor-x".to_owned()),
        ("component", "ovs".to_owned()),
        ("release", "2026.1".to_owned()),
        ("watch", "all".to_owned()),
        ("insight", "flow".to_owned()),
        ("comment", uuid::Uuid::nil().to_string()),
        ("attachment", uuid::Uuid::nil().to_string()),
        ("name", "trace.txt".to_owned()),
        ("occurrence", uuid::Uuid::nil().to_string()),
        ("token", uuid::Uuid::nil().to_string()),
        ("invite", uuid::Uuid::nil().to_string()),
        ("signature", uuid::Uuid::nil().to_string()),
        ("reference", uuid::Uuid::nil().to_string()),
        ("bulk", uuid::Uuid::nil().to_string()),
        ("import", uuid::Uuid::nil().to_string()),
        ("thread", uuid::Uuid::nil().to_string()),
        ("outsider", uuid::Uuid::nil().to_string()),
        ("revision", "1".to_owned()),
        ("other", public.clone()),
    ]
    .into();
    server::act::impact::refresh(&app.app).await.expect("scores");
    // Once unseen: the first to look may find something that is only then worked out.
    everything(&people, &world).await;
    let before = everything(&people, &world).await;

    let texts = json!({ "visibility": "private", "components": ["ovs"], "title": format!("The {SECRET} leaks tokens"),
        "desired": format!("No {SECRET}."), "actual": format!("A {SECRET} in the agent.") });
    let hidden = app.delta(&tom, texts.clone()).await;
    let path = format!("/api/v1/deltas/{hidden}");
    tom.put(&format!("{path}/guests/gus"), json!({})).await.ok();
    sue.put(&format!("{path}/labels"), json!({ "labels": ["cve"] })).await.ok();
    for person in [&tom, &sue, &gus] {
        person.put(&format!("{path}/vote"), json!({ "severity": 4 })).await.ok();
        person.post(&format!("{path}/comments"), json!({ "body": format!("I see the {SECRET}, as in {public}.") })).await.status(201);
    }
    sue.put(&format!("{path}/places/neutron/position"), json!({ "position": "agree" })).await.ok();
    sue.put(&format!("{path}/places/neutron/consensus"), json!({ "state": "agreed", "rationale": SECRET })).await.ok();
    sue.post(&format!("{path}/signatures"), json!({ "project": "neutron", "query": "test:t.agent" })).await.ok();
    sue.put(&format!("{path}/evidence/neutron"), json!({ "tests": ["t.other"], "needed": 1 })).await.ok();
    gus.put(&format!("/api/v1/orgs/nw/stances/{hidden}"), json!({ "stance": "considering" })).await.ok();
    let passage = json!({ "field": "desired", "quote": SECRET, "body": format!("Which {SECRET}?") });
    let thread = sue.post(&format!("{path}/threads"), passage).await.status(201).json["id"].clone();
    let file = format!("{path}/attachments?name={SECRET}.txt");
    let file = tom.send(Method::POST, &file, Some("text/plain"), format!("the {SECRET}")).await.status(201).json["id"].clone();
    sue.put(&format!("{path}/relations/{public}"), json!({ "relation": "blocks" })).await.ok();
    let crash = json!({ "kind": "crash", "visibility": "private", "title": format!("The {SECRET} crashes"), "actual": TRACE });
    let crash = app.delta(&tom, crash).await;
    let report = format!("/api/v1/deltas/{crash}/occurrences?version=2026.1");
    let seen = tom.send(Method::POST, &report, Some("text/plain"), TRACE).await.status(201).json["occurrence"]["id"].clone();
    let second = app.delta(&tom, texts).await;
    let duplicate = json!({ "resolution": "duplicate", "duplicate_of": public });
    sue.put(&format!("/api/v1/deltas/{second}/vote"), json!({ "severity": 4 })).await.ok();
    sue.put(&format!("/api/v1/deltas/{second}/resolution"), duplicate).await.ok();
    server::act::impact::refresh(&app.app).await.expect("scores");

    let after = everything(&people, &world).await;
    let changed: Vec<String> = after
        .iter()
        .filter(|(asked, told)| before.get(asked) != Some(told))
        .map(|((who, path), told)| format!("{who} asks {path}:\n  before {}\n  after  {told}", before[&(*who, path.clone())]))
        .collect();
    assert!(changed.is_empty(), "{} answers changed:\n{}", changed.len(), changed.join("\n"));
    assert!(!after.values().any(|told| told.contains(&hidden) || told.contains("leaks tokens")), "it is named somewhere");

    // Asked for by its key, it is answered as a delta that never was.
    let with = |key: &str| {
        let mut world = world.clone();
        world.insert("delta", key.to_owned());
        for (name, id) in [("thread", &thread), ("attachment", &file), ("occurrence", &seen)] {
            world.insert(name, id.as_str().expect("an id").to_owned());
        }
        world
    };
    let never = "D-987654";
    for (method, path) in endpoints().into_iter().chain(pages().into_iter().map(|path| (Method::GET, path))) {
        if !path.contains("{delta}") && !path.contains("{attachment}") {
            continue;
        }
        for (who, client) in &people {
            let there = answer(client, method.clone(), &filled(&path, &with(&hidden))).await.replace(&hidden, never);
            let not = answer(client, method.clone(), &filled(&path, &with(never))).await;
            assert_eq!(there, not, "{who}: {method} {path}");
        }
    }
    for (who, client) in [("its reporter", &tom), ("the security group", &sue), ("whom they invited", &gus)] {
        assert!(client.get(&path).await.ok().text.contains(SECRET), "{who} sees it");
    }
}
