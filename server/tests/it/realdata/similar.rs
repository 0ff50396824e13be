//! How often the delta that tells the same is offered while one files it again, measured with truth.
//!
//! `rewordings.tsv` beside this file tells 150 of the 509 real bugs of `launchpad/openstack-bugs.jsonl.gz` anew, as another reporter would. Every
//! third is kept aside: nothing may be tuned to it. What is asked is what the filing form asks.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};

use super::{files, folder, import, unpacked};
use crate::support::{Client, TestApp};

const REWORDINGS: &str = include_str!("rewordings.tsv");

struct Rewording {
    bug: u64,
    aside: bool,
    title: String,
    text: String,
}

fn rewordings() -> Vec<Rewording> {
    let read = |line: &str| {
        let [bug, part, title, text] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("four columns: {line}") };
        Rewording { bug: bug.parse().expect("a number"), aside: part == "aside", title: title.to_owned(), text: text.to_owned() }
    };
    REWORDINGS.lines().skip(1).map(read).collect()
}

/// Number, title and description of each bug.
fn bugs(lines: &str) -> Vec<(u64, String, String)> {
    let read = |line: &str| {
        let bug: Value = serde_json::from_str(line).expect("JSON");
        let text = |name: &str| bug[name].as_str().unwrap_or_default().to_owned();
        (bug["id"].as_u64().expect("a number"), text("title"), text("description"))
    };
    lines.lines().map(read).collect()
}

/// Keys by title. (Two bugs of one title are as good as each other.)
async fn keys(client: &Client) -> HashMap<String, BTreeSet<String>> {
    let mut keys: HashMap<String, BTreeSet<String>> = HashMap::new();
    let mut cursor = String::new();
    loop {
        let page = client
            .get(&schema::route::with_query("/api/v1/deltas", &[("q", "sort:number"), ("limit", "100"), ("cursor", &cursor)]))
            .await
            .ok()
            .json;
        for item in page["items"].as_array().expect("items") {
            let text = |name: &str| item[name].as_str().expect("a text").to_owned();
            keys.entry(text("title")).or_default().insert(text("key"));
        }
        match page["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return keys,
        }
    }
}

/// What the form is offered, in order.
async fn offered(client: &Client, title: &str, text: &str) -> Vec<String> {
    let text = schema::list::similar_text("", text);
    let path = schema::route::with_query("/api/v1/deltas/similar", &[("title", title), ("text", &text)]);
    let items = client.get(&path).await.ok().json["items"].as_array().expect("items").clone();
    items.iter().map(|item| item["key"].as_str().expect("a key").to_owned()).collect()
}

/// How often the right one was among the first three and ten.
#[derive(Default)]
struct Recall {
    asked: usize,
    three: usize,
    ten: usize,
}

impl Recall {
    fn count(&mut self, place: Option<usize>) {
        self.asked += 1;
        self.three += usize::from(place.is_some_and(|place| place < 3));
        self.ten += usize::from(place.is_some_and(|place| place < 10));
    }

    /// Says it, and fails below these percentages.
    fn reaches(&self, what: &str, three: usize, ten: usize) {
        println!(
            "similar: {what}: {} asked, {} % in the first 3, {} % in the first 10",
            self.asked,
            self.three * 100 / self.asked.max(1),
            self.ten * 100 / self.asked.max(1)
        );
        assert!(self.three * 100 >= three * self.asked && self.ten * 100 >= ten * self.asked, "{what}: below {three} % and {ten} %");
    }
}

/// The words of a text, as plainly as can be.
fn words(text: &str) -> BTreeSet<String> {
    text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2).map(str::to_owned).collect()
}

/// A text without every word that has one of these in it.
fn without(text: &str, gone: &BTreeSet<String>) -> String {
    text.split(' ').filter(|word| words(word).is_disjoint(gone)).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_bug_told_by_another_reporter_is_found_again() {
    let Some(folder) = folder("launchpad") else { return };
    let lines = unpacked(&folder.join("openstack-bugs.jsonl.gz"));
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    let bugs = bugs(&lines);
    import(&app, lines).await;
    let keys = keys(&mara).await;
    let mut holding: HashMap<String, usize> = HashMap::new();
    for word in bugs.iter().flat_map(|(_, title, text)| words(&format!("{title} {text}"))) {
        *holding.entry(word).or_default() += 1;
    }
    let mut plain: BTreeMap<bool, Recall> = BTreeMap::new();
    let mut harder: BTreeMap<(usize, bool), Recall> = BTreeMap::new();
    for one in rewordings() {
        let (_, title, text) = bugs.iter().find(|(number, ..)| *number == one.bug).expect("a bug of the file");
        let right = &keys[&title.split_whitespace().collect::<Vec<_>>().join(" ")];
        let place = |found: Vec<String>| found.iter().position(|key| right.contains(key));
        let found = place(offered(&mara, &one.title, &one.text).await);
        if found.is_none_or(|place| place >= 3) && !one.aside {
            println!("similar: {} is at {found:?}", one.bug);
        }
        plain.entry(one.aside).or_default().count(found);
        // The same reporter, who does not know the words that give it away most.
        let own = words(&format!("{title} {text}"));
        let mut shared: Vec<String> = words(&format!("{} {}", one.title, one.text)).intersection(&own).cloned().collect();
        shared.sort_by_key(|word| holding[word]);
        for gone in [2, 4] {
            let less: BTreeSet<String> = shared.iter().take(gone).cloned().collect();
            let found = place(offered(&mara, &without(&one.title, &less), &without(&one.text, &less)).await);
            harder.entry((gone, one.aside)).or_default().count(found);
        }
    }
    plain[&false].reaches("rewordings", 95, 97);
    plain[&true].reaches("rewordings kept aside", 94, 96);
    for ((gone, aside), recall) in &harder {
        let part = if *aside { " kept aside" } else { "" };
        let (three, ten) = if *gone == 2 { (80, 87) } else { (62, 78) };
        recall.reaches(&format!("rewordings{part} without the {gone} rarest words they share"), three, ten);
    }
}

#[tokio::test]
async fn a_stack_trace_finds_the_delta_of_the_same_crash() {
    let (Some(folder), Some(launchpad)) = (folder("crashes/traces"), folder("launchpad")) else { return };
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    import(&app, unpacked(&launchpad.join("openstack-bugs.jsonl.gz"))).await;
    let mut variants: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in files(&folder) {
        let language = path.parent().and_then(|parent| parent.file_name()).expect("a language").to_string_lossy().into_owned();
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = String::from_utf8_lossy(&std::fs::read(&path).expect("a trace")).replace('\0', "");
        variants.entry(format!("{language}/{}", stem.split("--").next().expect("a bug"))).or_default().push(text);
    }
    let file = |text: String| {
        let body = json!({ "kind": "crash", "project": "openstack", "title": "It crashed", "desired": "It runs.", "actual": text, "keep_trace": false });
        let mara = &mara;
        async move { mara.post("/api/v1/deltas", body).await.status(201).json["key"].as_str().expect("a key").to_owned() }
    };
    let mut filed = BTreeMap::new();
    for (bug, texts) in &variants {
        filed.insert(bug, file(texts[0].clone()).await);
    }
    let mut recall = Recall::default();
    for (bug, texts) in variants.iter().filter(|(_, texts)| texts.len() > 1) {
        for (at, text) in texts.iter().enumerate() {
            // The filed one says another variant than the one asked about.
            let other = texts[usize::from(at == 0)].clone();
            let path = format!("/api/v1/deltas/{}", filed[bug]);
            let etag = mara.get(&path).await.ok().header("etag").to_owned();
            mara.with("if-match", &etag).patch(&path, json!({ "actual": other })).await.ok();
            let found = offered(&mara, "Crash", text).await;
            recall.count(found.iter().position(|key| *key == filed[bug]));
        }
    }
    recall.reaches("stack traces", 95, 97);
}
