mod outsider;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::Duration;

use crate::support::{
    Client, TestApp,
    ci::{failed, run},
};

fn of(key: &str) -> String {
    format!("/api/v1/deltas/{key}/resolution")
}

fn duplicate(other: &str) -> Value {
    json!({ "resolution": "duplicate", "duplicate_of": other })
}

async fn delta(client: &Client, key: &str) -> Value {
    client.get(&format!("/api/v1/deltas/{key}")).await.ok().json
}

/// Records a vote of this severity for one of neutron's users, also as one of these segments'; gives the user's id.
async fn record(client: &Client, key: &str, name: &str, severity: i64, segments: &[&str]) -> String {
    let segments: Vec<_> = segments.iter().map(|segment| json!({ "project": "neutron", "segment": segment })).collect();
    let body = json!({ "name": name, "project": "neutron", "severity": severity, "segments": segments });
    let all = client.put(&format!("/api/v1/deltas/{key}/on-behalf"), body).await.ok().json;
    let own = all["items"].as_array().unwrap().iter().find(|item| item["name"] == name).unwrap();
    own["outsider"].as_str().unwrap().to_owned()
}

/// How many a segment has of each severity, on a delta.
async fn severities(client: &Client, key: &str, segment: &str) -> Value {
    let seen = delta(client, key).await;
    let line = seen["impact"]["segments"].as_array().unwrap().iter().find(|line| line["slug"] == segment);
    line.map_or(json!([0, 0, 0, 0]), |line| line["severities"].clone())
}

async fn vote(client: &Client, key: &str, severity: i64) {
    client.put(&format!("/api/v1/deltas/{key}/vote"), json!({ "severity": severity })).await.ok();
}

/// A project of mara's and so many deltas of tom's.
async fn world(app: &TestApp, deltas: usize) -> (Client, Client) {
    let (mara, tom) = (app.person("mara").await, app.person("tom").await);
    app.project("neutron", &mara).await;
    for _ in 0..deltas {
        app.delta(&tom, json!({})).await;
    }
    (mara, tom)
}

#[tokio::test]
async fn what_is_said_of_a_duplicate_counts_for_the_survivor_and_a_person_once() {
    let app = TestApp::start().await;
    let (mara, tom) = world(&app, 2).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    vote(&ann, "D-1", 4).await;
    vote(&bob, "D-1", 2).await;
    app.app.clock.advance(Duration::seconds(1));
    vote(&bob, "D-2", 3).await;
    vote(&tom, "D-2", 1).await;
    ann.post("/api/v1/deltas/D-1/comments", json!({ "body": "On the *duplicate*." })).await.status(201);
    bob.post("/api/v1/deltas/D-2/comments", json!({ "body": "On the survivor." })).await.status(201);
    let ci = app.ci("neutron").await;
    let group = run(&ci, "b1", json!([failed("t", "lost")])).await.status(201).json["failures"][0]["group"].clone();
    mara.put(&format!("/api/v1/failure-groups/{}/delta", group.as_str().unwrap()), json!({ "delta": "D-1" })).await.ok();

    tom.put(&of("D-1"), duplicate("D-2")).await.ok();
    let survivor = delta(&bob, "D-2").await;
    assert_eq!((&survivor["impact"]["affected"], &survivor["comments"]), (&json!(3), &json!(2)));
    assert_eq!((&survivor["impact"]["mine"], &survivor["impact"]["blocked"]), (&json!(3), &json!(1)));
    assert_eq!(survivor["impact"]["machine"]["failures"], 1);
    assert_eq!(delta(&ann, "D-2").await["impact"]["mine"], 4, "it is theirs there, too");
    assert_eq!(delta(&ann, "D-1").await["impact"]["affected"], 2, "the duplicate's own numbers stay");
    let list = app.anyone().get("/api/v1/deltas").await.ok().json;
    assert_eq!(
        (&list["items"][0]["key"], &list["items"][0]["affected"], &list["items"][0]["comments"]),
        (&json!("D-2"), &json!(3), &json!(2))
    );
    let mine = ann.get("/api/v1/deltas?q=affecting:me%20is:open").await.ok().json;
    assert_eq!(mine["items"][0]["key"], "D-2");

    // The newest word counts, wherever it is said.
    app.app.clock.advance(Duration::seconds(1));
    vote(&ann, "D-2", 1).await;
    assert_eq!(delta(&ann, "D-2").await["impact"]["mine"], 1);
    app.app.clock.advance(Duration::seconds(1));
    vote(&ann, "D-1", 0).await;
    let survivor = delta(&ann, "D-2").await;
    assert_eq!((&survivor["impact"]["mine"], &survivor["impact"]["affected"]), (&json!(0), &json!(2)));

    // The comments of both stand on the survivor's timeline, and say where they come from.
    let told = app.anyone().get("/api/v1/deltas/D-2/timeline").await.ok().json;
    let said: Vec<_> = told["items"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "comment.added").collect();
    assert_eq!((&said[0]["origin"], &said[1]["origin"]), (&json!("D-1"), &json!(null)));
    assert!(
        told["items"].as_array().unwrap().iter().any(|entry| entry["kind"] == "duplicate.added" && entry["data"]["duplicate"] == "D-1")
    );
    let own = app.anyone().get("/api/v1/deltas/D-1/timeline").await.ok().json;
    assert!(own["items"].as_array().unwrap().iter().all(|entry| entry["body"] != "On the survivor."), "{own}");

    tom.delete(&of("D-1")).await.ok();
    let survivor = delta(&bob, "D-2").await;
    assert_eq!(
        (&survivor["impact"]["affected"], &survivor["comments"], &survivor["impact"]["machine"]["failures"]),
        (&json!(3), &json!(1), &json!(0))
    );
    assert_eq!(delta(&ann, "D-2").await["impact"]["mine"], 1, "what was said on it is back");
    assert_eq!(delta(&ann, "D-1").await["impact"]["mine"], 0);
}

#[tokio::test]
async fn a_vote_taken_back_on_the_survivor_is_taken_back_on_its_duplicates() {
    let app = TestApp::start().await;
    let (_, tom) = world(&app, 3).await;
    let ann = app.person("ann").await;
    for key in ["D-1", "D-2", "D-3"] {
        vote(&ann, key, 3).await;
    }
    tom.put(&of("D-1"), duplicate("D-2")).await.ok();
    ann.delete("/api/v1/deltas/D-2/vote").await.ok();
    assert_eq!(delta(&ann, "D-2").await["impact"]["affected"], 0);
    tom.delete(&of("D-1")).await.ok();
    assert_eq!((&delta(&ann, "D-1").await["impact"]["mine"], &delta(&ann, "D-3").await["impact"]["mine"]), (&json!(null), &json!(3)));
}

#[tokio::test]
async fn a_survivor_that_becomes_a_duplicate_takes_its_own_along_and_back() {
    let app = TestApp::start().await;
    let (mara, tom) = world(&app, 5).await;
    let people = ["ann", "bob", "eve", "ida"];
    for (i, name) in people.iter().enumerate() {
        vote(&app.person(name).await, &format!("D-{}", i + 1), 4).await;
    }
    let affected = async |keys: [&str; 4]| {
        let mut all = Vec::new();
        for key in keys {
            all.push(delta(&mara, key).await["impact"]["affected"].as_i64().unwrap());
        }
        all
    };
    let stands = async |key: &str| delta(&mara, key).await["resolution"]["duplicate_of"]["key"].clone();
    let keys = ["D-1", "D-2", "D-3", "D-4"];
    tom.put(&of("D-1"), duplicate("D-2")).await.ok();
    tom.put(&of("D-2"), duplicate("D-3")).await.ok();
    tom.put(&of("D-3"), duplicate("D-4")).await.ok();
    assert_eq!(affected(keys).await, [1, 1, 1, 4]);
    assert_eq!([stands("D-1").await, stands("D-2").await, stands("D-3").await], ["D-4", "D-4", "D-4"]);
    assert_eq!(delta(&mara, "D-4").await["duplicates"].as_array().unwrap().len(), 3);
    let told = mara.get("/api/v1/deltas/D-1/timeline").await.ok().json;
    assert_eq!(told["items"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "delta.carried").count(), 2);
    tom.put(&of("D-4"), duplicate("D-1")).await.refused(422);
    tom.put(&of("D-4"), duplicate("D-4")).await.refused(422);
    // The middle one is none any more: it takes back what was its own.
    tom.delete(&of("D-2")).await.ok();
    assert_eq!(affected(keys).await, [1, 2, 1, 2]);
    assert_eq!([stands("D-1").await, stands("D-3").await], ["D-2", "D-4"]);
    tom.delete(&of("D-3")).await.ok();
    tom.delete(&of("D-1")).await.ok();
    assert_eq!(affected(keys).await, [1, 1, 1, 1]);
}

#[tokio::test]
async fn what_is_private_neither_counts_nor_shows_where_others_look() {
    let app = TestApp::start().await;
    let (mara, tom) = world(&app, 1).await;
    let (ann, hidden) = (app.person("ann").await, app.delta(&tom, json!({ "visibility": "private" })).await);
    vote(&tom, &hidden, 4).await;
    tom.post(&format!("/api/v1/deltas/{hidden}/comments"), json!({ "body": "A secret." })).await.status(201);
    let before = delta(&ann, "D-1").await;
    tom.put(&of(&hidden), duplicate("D-1")).await.ok();
    let after = delta(&ann, "D-1").await;
    assert_eq!(before, after, "for others nothing happened");
    let told = ann.get("/api/v1/deltas/D-1/timeline").await.ok().text;
    assert!(!told.contains("secret") && !told.contains(&hidden), "{told}");
    assert_eq!(delta(&tom, "D-1").await["duplicates"][0]["key"], hidden.as_str());
    assert!(tom.get("/api/v1/deltas/D-1/timeline").await.ok().text.contains("duplicate.added"));
    // Made public it counts; made private again it does not.
    let patch = async |visibility: &str| {
        let version = tom.get(&format!("/api/v1/deltas/{hidden}")).await.header("etag").to_owned();
        let body = json!({ "visibility": visibility });
        tom.with("if-match", &version).patch(&format!("/api/v1/deltas/{hidden}"), body).await.ok();
        let seen = delta(&ann, "D-1").await;
        (seen["impact"]["affected"].as_i64().unwrap(), seen["comments"].as_i64().unwrap(), seen["duplicates"].is_array())
    };
    assert_eq!(patch("public").await, (1, 1, true));
    assert_eq!(patch("private").await, (0, 0, false));

    // The other way round: who does not see what stands for a public delta is told only that something does.
    tom.delete(&of(&hidden)).await.ok();
    mara.put(&of("D-1"), duplicate(&hidden)).await.ok();
    let seen = ann.get("/api/v1/deltas/D-1").await.ok();
    assert_eq!((&seen.json["resolution"]["resolution"], &seen.json["resolution"]["duplicate_of"]), (&json!("duplicate"), &json!(null)));
    let told = ann.get("/api/v1/deltas/D-1/timeline").await.ok().text;
    assert!(!seen.text.contains(&hidden) && !told.contains(&format!("\"{hidden}\"")), "{told}");
    ann.get(&format!("/api/v1/deltas/{hidden}")).await.refused(404);
    vote(&ann, "D-1", 3).await;
    assert_eq!(delta(&tom, &hidden).await["impact"]["affected"], 2);
}

#[tokio::test]
async fn an_older_database_is_brought_in_line_once() {
    let app = TestApp::start().await;
    let (_, tom) = world(&app, 2).await;
    vote(&app.person("ann").await, "D-1", 4).await;
    app.execute(
        "UPDATE delta SET open = FALSE, resolution = 'duplicate', duplicate_of = (SELECT d.id FROM delta d WHERE d.number = 2) WHERE number = 1",
    )
    .await;
    app.execute("UPDATE place SET open = FALSE WHERE number = 1").await;
    assert_eq!(delta(&tom, "D-2").await["impact"]["affected"], 0);
    server::act::resolution::catch_up(&app.app).await.unwrap();
    server::act::resolution::catch_up(&app.app).await.unwrap();
    assert_eq!(delta(&tom, "D-2").await["impact"]["affected"], 1);
}

/// What should be, worked out from scratch: what each person said, or was recorded for each outsider, where and when, and what was called a
/// duplicate of what.
#[derive(Default)]
struct Model {
    said: BTreeMap<(usize, usize), (i64, usize)>,
    named: BTreeMap<usize, usize>,
    private: Vec<bool>,
}

impl Model {
    fn root(&self, delta: usize) -> usize {
        self.named.get(&delta).map_or(delta, |up| self.root(*up))
    }

    /// The deltas whose votes count for one.
    fn counted(&self, delta: usize) -> Vec<usize> {
        let others = (0..self.private.len()).filter(|other| *other != delta && !self.private[*other] && self.root(*other) == delta);
        std::iter::once(delta).chain(others).collect()
    }

    /// Who is affected, by severity, 1 to 4: of those from `first` on.
    fn severities(&self, delta: usize, first: usize) -> [i64; 4] {
        let mut newest: BTreeMap<usize, (usize, i64)> = BTreeMap::new();
        for ((on, who), (severity, at)) in &self.said {
            if *who >= first && self.counted(delta).contains(on) {
                let best = newest.entry(*who).or_default();
                *best = (*best).max((*at, *severity));
            }
        }
        let mut all = [0; 4];
        for (_, severity) in newest.into_values() {
            if severity > 0 {
                all[usize::try_from(severity).unwrap() - 1] += 1;
            }
        }
        all
    }
}

#[tokio::test]
async fn any_sequence_of_marks_and_votes_gives_the_numbers_of_counting_from_scratch() {
    const DELTAS: usize = 5;
    let app = TestApp::start().await;
    let (mara, tom) = world(&app, DELTAS).await;
    let people = [mara.clone(), tom, app.person("ann").await, app.person("bob").await];
    // Numbered after the people; for them mara speaks.
    let outsiders = ["Jo", "Kim"];
    let mut ids = BTreeMap::new();
    let mut state: u64 = 20_261_123;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let mut model = Model { private: vec![false; DELTAS], ..Model::default() };
    let key = |delta: usize| format!("D-{}", delta + 1);
    let (mut marked, mut undone) = (0, 0);
    for step in 0..260 {
        app.app.clock.advance(Duration::seconds(1));
        let (delta, who, other) = (random(DELTAS), random(people.len() + outsiders.len()), random(DELTAS));
        let outsider = who.checked_sub(people.len()).map(|at| outsiders[at]);
        match random(10) {
            0..4 => {
                let severity = i64::try_from(random(5)).unwrap();
                if let Some(name) = outsider {
                    let id = record(&mara, &key(delta), name, severity, &["large"][..step % 2]).await;
                    ids.insert(who, id);
                    model.said.insert((delta, who), (severity, step));
                } else {
                    let path = format!("/api/v1/deltas/{}/vote", key(delta));
                    let reply = people[who].put(&path, json!({ "severity": severity })).await;
                    // Tom reported them all and mara maintains the project: nobody else sees what is private.
                    if model.private[delta] && who > 1 {
                        reply.refused(404);
                    } else {
                        reply.ok();
                        model.said.insert((delta, who), (severity, step));
                    }
                }
            }
            4 if outsider.is_some() => {
                let Some(id) = ids.get(&who) else { continue };
                let reply = mara.delete(&format!("/api/v1/deltas/{}/on-behalf/{id}", key(delta))).await;
                let counted = model.counted(delta);
                if model.said.keys().any(|(on, whose)| *whose == who && counted.contains(on)) {
                    reply.ok();
                    model.said.retain(|(on, whose), _| *whose != who || !counted.contains(on));
                } else {
                    reply.refused(404);
                }
            }
            4 => {
                let reply = people[who].delete(&format!("/api/v1/deltas/{}/vote", key(delta))).await;
                if !(model.private[delta] && who > 1) {
                    reply.ok();
                    for one in model.counted(delta) {
                        model.said.remove(&(one, who));
                    }
                }
            }
            5..7 => {
                let reply = mara.put(&of(&key(delta)), duplicate(&key(other))).await;
                let (root, ended) = (model.root(other), model.named.contains_key(&delta));
                if ended {
                    assert!(matches!(reply.status.as_u16(), 409 | 422), "{reply:?}");
                } else if root == delta {
                    reply.refused(422);
                } else {
                    reply.ok();
                    model.named.insert(delta, root);
                    marked += 1;
                }
            }
            7..9 => {
                let reply = mara.delete(&of(&key(delta))).await;
                if model.named.remove(&delta).is_some() {
                    reply.ok();
                    undone += 1;
                } else {
                    reply.refused(409);
                }
            }
            _ => {
                let version = mara.get(&format!("/api/v1/deltas/{}", key(delta))).await.header("etag").to_owned();
                model.private[delta] = !model.private[delta];
                let body = json!({ "visibility": if model.private[delta] { "private" } else { "public" } });
                mara.with("if-match", &version).patch(&format!("/api/v1/deltas/{}", key(delta)), body).await.ok();
            }
        }
        for one in 0..DELTAS {
            let seen = self::delta(&mara, &key(one)).await;
            let wanted = model.severities(one, 0);
            let on_behalf: i64 = model.severities(one, people.len()).iter().sum();
            assert_eq!(seen["impact"]["on_behalf"].as_i64().unwrap_or_default(), on_behalf, "{} after step {step}", key(one));
            let everyone = seen["impact"]["segments"].as_array().unwrap().iter().find(|line| line["slug"] == "everyone");
            let found = everyone.map_or(json!([0, 0, 0, 0]), |line| line["severities"].clone());
            assert_eq!(
                (&found, &seen["impact"]["affected"]),
                (&json!(wanted), &json!(wanted.iter().sum::<i64>())),
                "{} after step {step}",
                key(one)
            );
            let root = model.named.get(&one).map(|_| key(model.root(one)));
            assert_eq!(seen["resolution"]["duplicate_of"]["key"].as_str(), root.as_deref(), "{} after step {step}", key(one));
        }
    }
    assert!(marked > 15 && undone > 10, "{marked} marked, {undone} undone: the steps say nothing");
    let mut tx = app.app.db.read().await.unwrap();
    for (rule, sql) in server::store::verify::RULES {
        assert_eq!(server::store::verify::broken(&mut tx, sql).await.unwrap(), 0, "{rule}");
    }
}
