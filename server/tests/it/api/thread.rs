use serde_json::{Value, json};
use server::{act, store};

use crate::support::{Client, TestApp};

const BODY: &str =
    "# Ports\n\nA bound port returns to **ACTIVE** within 10 s.\n\nNobody sees *anything* of it in between.\n\nThe end of the matter.\n";

/// A spec of tom's, which mara maintains.
async fn spec(app: &TestApp) -> (Client, Client, String) {
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    let key = app.delta(&tom, json!({ "kind": "spec", "body": BODY })).await;
    (mara, tom, format!("/api/v1/deltas/{key}"))
}

async fn edit(tom: &Client, path: &str, body: &str) {
    let etag = tom.get(path).await.ok().header("etag").to_owned();
    tom.with("if-match", &etag).patch(path, json!({ "body": body })).await.ok();
}

fn new(quote: &str) -> Value {
    json!({ "field": "body", "quote": quote, "body": "Why *ten*?" })
}

#[tokio::test]
async fn a_comment_stays_with_its_passage_or_says_that_it_is_outdated() {
    let app = TestApp::start().await;
    let (_, tom, path) = spec(&app).await;
    let ann = app.person("ann").await;
    let threads = format!("{path}/threads");
    assert_eq!(app.anyone().get(&threads).await.ok().json, json!([]));
    let made = ann.post(&threads, new("port returns to\n ACTIVE within 10 s")).await.status(201).json;
    assert_eq!((&made["quote"], &made["revision"]), (&json!("port returns to ACTIVE within 10 s"), &json!(1)));
    let now = async || app.anyone().get(&threads).await.ok().json[0].clone();
    // Elsewhere something changes; then the passage itself, a little.
    edit(&tom, &path, &BODY.replace("# Ports", "# Ports\n\nA new beginning that says much.")).await;
    assert_eq!(now().await["now"], "port returns to ACTIVE within 10 s");
    edit(&tom, &path, &BODY.replace("within 10 s", "within 5 s")).await;
    let changed = now().await;
    assert_eq!((&changed["now"], &changed["quote"]), (&json!("port returns to ACTIVE within 5 s"), &made["quote"]));
    // It goes, and comes back.
    edit(&tom, &path, &BODY.replace("A bound port returns to **ACTIVE** within 10 s.\n\n", "")).await;
    let gone = now().await;
    assert_eq!((&gone["outdated_since"], &gone["now"], &gone["quote"]), (&json!(4), &json!(null), &made["quote"]));
    edit(&tom, &path, &BODY.replace("within 10 s", "within 5 s")).await;
    assert_eq!((&now().await["outdated_since"], &now().await["now"]), (&json!(null), &json!("port returns to ACTIVE within 5 s")));
    // One on an older revision is looked for in that, and then in the current one.
    let mut old = new("within 10 s");
    old["revision"] = json!(1);
    let old = ann.post(&threads, old).await.status(201).json;
    assert_eq!((&old["revision"], &old["now"]), (&json!(1), &json!("within 5 s")));
}

#[tokio::test]
async fn a_thread_has_replies_and_is_settled_by_those_concerned() {
    let app = TestApp::start().await;
    let (mara, tom, path) = spec(&app).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let threads = format!("{path}/threads");
    let id = ann.post(&threads, new("Nobody sees anything")).await.status(201).json["id"].as_str().unwrap().to_owned();
    let thread = format!("{threads}/{id}");
    let replied = bob.post(&format!("{thread}/replies"), json!({ "body": "Because." })).await.status(201).json;
    assert_eq!((replied["comments"].as_array().unwrap().len(), &replied["comments"][1]["author"]["name"]), (2, &json!("bob")));
    let settled = format!("{thread}/settled");
    app.anyone().put(&settled, json!({})).await.refused(401);
    bob.put(&settled, json!({})).await.refused(403);
    for client in [&ann, &tom, &mara] {
        assert_eq!(
            client.put(&settled, json!({})).await.ok().json["settled"]["by"]["name"],
            client.get("/api/v1/me").await.ok().json["name"]
        );
        client.put(&settled, json!({})).await.ok();
        assert_eq!(client.delete(&settled).await.ok().json["settled"], json!(null));
    }
    let told = app.anyone().get(&format!("{path}/timeline")).await.ok().json;
    let kinds: Vec<_> = told["items"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds[..3], ["delta.filed", "comment.added", "comment.added"]);
    assert_eq!(kinds.iter().filter(|kind| **kind == "thread.settled").count(), 3);
    assert_eq!((&told["items"][1]["data"]["quote"], &told["items"][2]["data"]["thread"]), (&json!("Nobody sees anything"), &json!(id)));
    assert_eq!(app.anyone().get(&path).await.ok().json["comments"], 2);
}

#[tokio::test]
async fn what_is_no_passage_is_refused_and_what_is_private_does_not_exist() {
    let app = TestApp::start().await;
    let (_, tom, path) = spec(&app).await;
    let ann = app.person("ann").await;
    let threads = format!("{path}/threads");
    app.anyone().post(&threads, new("Nobody")).await.refused(401);
    let with = |field: &str, value: Value| {
        let mut new = new("Nobody sees anything");
        new[field] = value;
        new
    };
    for (field, value) in [
        ("quote", json!("Not there at all")),
        ("quote", json!("")),
        ("quote", json!("  ")),
        ("quote", json!("x".repeat(2001))),
        ("quote", json!("a\u{0}b")),
        ("quote", json!(["Nobody"])),
        ("field", json!("title")),
        ("before", json!("x".repeat(501))),
        ("after", json!(1)),
        ("revision", json!(2)),
        ("revision", json!(-1)),
        ("revision", json!("1")),
        ("body", json!("")),
        ("body", json!("x".repeat(65_537))),
        ("line", json!(1)),
    ] {
        let reply = ann.post(&threads, with(field, value)).await.refused(422);
        assert!(reply.json["errors"][0]["field"].as_str().unwrap().starts_with(field), "{field}: {}", reply.text);
    }
    let id = ann.post(&threads, new("Nobody")).await.status(201).json["id"].as_str().unwrap().to_owned();
    ann.post(&format!("{threads}/{id}/replies"), json!({ "body": " " })).await.refused(422);
    for id in ["0", "01890000-0000-7000-8000-000000000000"] {
        ann.post(&format!("{threads}/{id}/replies"), json!({ "body": "x" })).await.refused(404);
        ann.put(&format!("{threads}/{id}/settled"), json!({})).await.refused(404);
    }
    let etag = tom.get(&path).await.ok().header("etag").to_owned();
    tom.with("if-match", &etag).patch(&path, json!({ "visibility": "private" })).await.ok();
    ann.get(&threads).await.refused(404);
    ann.post(&threads, new("Nobody")).await.refused(404);
    ann.post(&format!("{threads}/{id}/replies"), json!({ "body": "x" })).await.refused(404);
    ann.put(&format!("{threads}/{id}/settled"), json!({})).await.refused(404);
}

#[tokio::test]
async fn of_very_many_replies_the_newest_are_given_and_the_others_counted() {
    let app = TestApp::start().await;
    let (_, tom, path) = spec(&app).await;
    let threads = format!("{path}/threads");
    let mut ids = Vec::new();
    for quote in ["Nobody sees anything", "The end of the matter"] {
        ids.push(tom.post(&threads, new(quote)).await.status(201).json["id"].as_str().unwrap().to_owned());
    }
    let mut tx = app.app.db.write().await.unwrap();
    let delta = app.delta_id("D-1").await;
    let author = store::delta::read(&mut tx, delta).await.unwrap().reporter_id;
    for n in 0..501 {
        let thread = ids[usize::from(n > 2)].parse().unwrap();
        let reply = act::comment::insert(&mut tx, delta, author, &format!("Reply {n}"), app.app.clock.now()).await.unwrap();
        store::thread::reply(&mut tx, thread, reply).await.unwrap();
    }
    tx.commit().await.unwrap();
    let all = app.anyone().get(&threads).await.ok().json;
    let said = |thread: &Value| thread["comments"].as_array().unwrap().iter().map(|one| one["body"].clone()).collect::<Vec<_>>();
    assert_eq!((said(&all[0]), &all[0]["earlier"]), (vec![json!("Why *ten*?"), json!("Reply 1"), json!("Reply 2")], &json!(1)));
    assert_eq!((said(&all[1]).len(), &all[1]["earlier"]), (499, &json!(null)));
    // An answer has its own thread, and what was just said last.
    let answer = tom.post(&format!("{threads}/{}/replies", ids[0]), json!({ "body": "The last." })).await.status(201).json;
    assert_eq!((said(&answer).len(), said(&answer).pop(), &answer["earlier"]), (5, Some(json!("The last.")), &json!(null)));
    let page = app.anyone().get("/deltas/D-1").await.ok();
    assert!(page.text.contains("2 earlier replies are on the timeline only"), "{}", page.text);
}
