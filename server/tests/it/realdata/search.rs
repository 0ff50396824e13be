//! Full-text search over 1,000 and more real reports: what is found, and in which order, is what a plain reading of the texts says, on
//! whichever database the test runs. So both find the same.

use std::collections::BTreeMap;

use serde_json::json;

use super::{folder, import, unpacked};
use crate::support::{Client, TestApp};

/// The rows of a CSV text.
fn csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut signs = text.chars().peekable();
    while let Some(c) = signs.next() {
        match c {
            '"' if quoted && signs.peek() == Some(&'"') => cell.extend(signs.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    rows
}

/// Latin letters and what they are with marks.
const MARKED: [(char, &str); 19] = [
    ('a', "àáâãäåāăąǎ"),
    ('c', "çćĉċč"),
    ('d', "ďđ"),
    ('e', "èéêëēĕėęě"),
    ('g', "ĝğġģ"),
    ('h', "ĥħ"),
    ('i', "ìíîïĩīĭįı"),
    ('j', "ĵ"),
    ('k', "ķ"),
    ('l', "ĺļľł"),
    ('n', "ñńņň"),
    ('o', "òóôõöøōŏő"),
    ('r', "ŕŗř"),
    ('s', "śŝşšș"),
    ('t', "ţťŧț"),
    ('u', "ùúûüũūŭůűų"),
    ('w', "ŵ"),
    ('y', "ýÿŷ"),
    ('z', "źżž"),
];

/// A small letter without its mark; none for what is no Latin letter with one.
fn bare(c: char) -> Option<char> {
    MARKED.iter().find(|(_, with)| with.contains(c)).map(|(letter, _)| *letter)
}

/// Whether all letters and digits are plain, or Latin ones with marks: what others are as small letters is another matter.
fn latin(text: &str) -> bool {
    text.chars().flat_map(char::to_lowercase).all(|c| c.is_ascii() || !c.is_alphanumeric() || bare(c).is_some())
}

/// Whether there are marks, and only such as [`latin`] letters have.
fn marked(text: &str) -> bool {
    text.chars().flat_map(char::to_lowercase).any(|c| bare(c).is_some()) && latin(text)
}

/// Real reports as JSON lines with title and description, in Latin letters.
fn reports(data: &std::path::Path) -> String {
    let mut all: Vec<(String, String)> = Vec::new();
    for line in unpacked(&data.join("launchpad/openstack-bugs.jsonl.gz")).lines() {
        let bug: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let text = |name: &str| bug[name].as_str().unwrap_or_default().to_owned();
        all.push((text("title"), text("description")));
    }
    for (file, title, body) in
        [("jira/issues/mesos.csv.gz", 1, 2), ("jira/issues/moodle.csv.gz", 1, 2), ("github/nlbse24-issues.csv.gz", 3, 4)]
    {
        if data.join(file).exists() {
            let rows = csv(&unpacked(&data.join(file)));
            // A part of them, and all with marks on their letters: these are few.
            let rows = rows.into_iter().skip(1).enumerate().filter(|(_, row)| row.len() > body);
            let chosen = rows.filter(|(at, row)| (at % 3 == 0 && *at < 900) || marked(&row[title]) || marked(&row[body]));
            all.extend(chosen.map(|(_, row)| (row[title].clone(), row[body].clone())));
        }
    }
    all.retain(|(title, text)| !title.trim().is_empty() && text.len() < 12_000 && !title.contains('\0') && !text.contains('\0'));
    all.retain(|(title, text)| latin(title) && latin(text));
    let line =
        |(at, (title, text)): (usize, (String, String))| json!({ "id": at + 1, "title": title, "description": text }).to_string() + "\n";
    all.into_iter().enumerate().map(line).collect()
}

/// A delta's texts, in plain words with a blank around each.
struct Plain {
    number: i64,
    fields: [String; 5],
}

fn plain(text: &str) -> String {
    // A mark of its own stands on the letter before it.
    let small = text.chars().flat_map(char::to_lowercase).filter(|c| !('\u{300}'..='\u{36f}').contains(c));
    let bare: String = small.map(|c| bare(c).unwrap_or(c)).collect();
    let words: Vec<&str> = bare.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

/// A query's words, and what they ask for.
type Query = (Vec<String>, Vec<Sought>);

/// Queries for words with marks of these reports: as they are written, and without the marks.
fn queries_with_marks(reports: &str) -> Vec<Query> {
    let mut queries = Vec::new();
    for line in reports.lines() {
        let report: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let text = format!("{} {}", report["title"].as_str().unwrap_or_default(), report["description"].as_str().unwrap_or_default());
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| marked(word) && word.chars().count() > 3);
        for word in words.filter(|word| word.chars().all(char::is_alphabetic)).take(3) {
            let folded = plain(word).trim().to_owned();
            for asked in [word.to_owned(), word.to_uppercase(), folded.clone()] {
                queries.push((vec![asked], vec![sought(&folded)]));
            }
        }
    }
    queries.truncate(60);
    queries
}

/// What one word or phrase of a query asks for: as it stands, and what it begins with.
#[derive(PartialEq)]
struct Sought {
    exact: String,
    begins: Option<String>,
}

fn sought(term: &str) -> Sought {
    if let Some(phrase) = term.strip_prefix('"') {
        return Sought { exact: plain(phrase), begins: None };
    }
    if let Some(prefix) = term.strip_suffix('*') {
        return Sought { exact: plain(prefix), begins: Some(plain(prefix).trim_end().to_owned()) };
    }
    let stem = rust_stemmers::Stemmer::create(rust_stemmers::Algorithm::English).stem(term).into_owned();
    let stem = stem.strip_suffix('i').filter(|_| stem != term).unwrap_or(&stem);
    let shared = term.bytes().zip(stem.bytes()).take_while(|(one, other)| one == other).count();
    let begins = if shared < 4 { term } else { &term[..shared] };
    Sought { exact: plain(term), begins: Some(format!(" {begins}")) }
}

impl Plain {
    /// How well it matches; `None` where it does not.
    fn rank(&self, terms: &[Sought]) -> Option<usize> {
        let [title, desired, actual, body, comments] = &self.fields;
        // The blank at an end is one, however many texts stand side by side.
        let title_length = title.trim().len();
        let gap = format!("{desired}{actual}");
        let mut sum = 2000 / (title_length + 20);
        for term in terms {
            let places = [(title, 1200, 900), (&gap, 500, 400), (body, 300, 200), (comments, 100, 80)];
            let found = places.iter().find_map(|(text, whole, part)| {
                let begins = || term.begins.as_ref().is_some_and(|begins| text.contains(begins.as_str()));
                if text.contains(&term.exact) { Some(*whole) } else { begins().then_some(*part) }
            });
            sum += found?;
        }
        if terms.len() > 1 {
            let all = format!(" {}", terms.iter().map(|term| term.exact.trim()).collect::<Vec<_>>().join(" "));
            sum += if title.contains(&all) {
                600
            } else if gap.contains(&all) {
                250
            } else {
                0
            };
        }
        Some(sum)
    }
}

/// The keys a query finds, in order, over all its pages.
async fn keys(client: &Client, query: &str) -> Vec<i64> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client
            .get(&schema::route::with_query("/api/v1/deltas", &[("q", query), ("limit", "100"), ("cursor", &cursor)]))
            .await
            .ok()
            .json;
        all.extend(
            page["items"]
                .as_array()
                .expect("items")
                .iter()
                .map(|item| item["key"].as_str().expect("a key")[2..].parse::<i64>().expect("a number")),
        );
        match page["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return all,
        }
    }
}

#[tokio::test]
async fn words_prefixes_and_phrases_find_what_a_plain_reading_finds_in_the_same_order() {
    let Some(data) = folder("launchpad").and_then(|folder| folder.parent().map(std::path::Path::to_owned)) else { return };
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    let reports = reports(&data);
    import(&app, reports.clone()).await;
    // Some are talked about in the words of others.
    let mut said: BTreeMap<i64, String> = BTreeMap::new();
    for (at, line) in reports.lines().enumerate().step_by(29).take(30) {
        let number = i64::try_from(at).expect("small") / 2 + 1;
        let text = serde_json::from_str::<serde_json::Value>(line).expect("JSON")["title"].as_str().expect("a title").to_owned();
        mara.post(&format!("/api/v1/deltas/D-{number}/comments"), json!({ "body": text })).await.status(201);
        said.entry(number).or_default().push_str(&format!(" {text}"));
    }
    let mut all = Vec::new();
    for number in 1..=i64::try_from(reports.lines().count()).expect("small") {
        let delta = mara.get(&format!("/api/v1/deltas/D-{number}")).await.ok().json;
        let text = |name: &str| plain(delta[name].as_str().unwrap_or_default());
        let comments = plain(said.get(&number).map_or("", String::as_str));
        all.push(Plain { number, fields: [text("title"), text("desired"), text("actual"), text("body"), comments] });
    }
    assert!(all.len() > 1000, "{} reports", all.len());
    let mut queries: Vec<Query> = Vec::new();
    for (at, one) in all.iter().enumerate().step_by(all.len() / 34) {
        let words: Vec<&str> =
            one.fields[0].split_whitespace().filter(|word| word.len() > 3 && word.bytes().all(|b| b.is_ascii_lowercase())).collect();
        let next: Vec<&str> = one.fields[2].split_whitespace().skip(at % 7).take(3).collect();
        let [first, .., last] = words.as_slice() else { continue };
        let mut asking: Vec<Vec<String>> =
            vec![vec![(*first).to_owned()], vec![format!("{}*", &last[..last.len().min(5)]), (*first).to_owned()]];
        if next.len() == 3 {
            asking.push(vec![format!("\"{}\"", next.join(" "))]);
        }
        queries.extend(asking.into_iter().map(|query| {
            let mut terms: Vec<Sought> = query.iter().map(|term| sought(term)).collect();
            // What is said again is looked for once.
            terms.dedup();
            (query, terms)
        }));
    }
    let plain_ones = queries.len();
    queries.extend(queries_with_marks(&reports));
    assert!(plain_ones >= 80 && queries.len() >= plain_ones + 9, "{plain_ones} of {}", queries.len());
    for (query, terms) in &queries {
        let mut wanted: Vec<(usize, i64)> = all.iter().filter_map(|one| Some((one.rank(terms)?, one.number))).collect();
        wanted.sort_by(|a, b| b.cmp(a));
        let found = keys(&mara, &query.join(" ")).await;
        // Beyond what is ranked the rest follows by number.
        let ranked = if wanted.len() <= 128 { wanted.len() } else { 0 };
        let numbers: Vec<i64> = wanted.iter().map(|(_, number)| *number).collect();
        assert_eq!(found[..ranked.min(found.len())], numbers[..ranked], "{query:?}");
        let (mut found, mut numbers) = (found, numbers);
        found.sort_unstable();
        numbers.sort_unstable();
        assert_eq!(found, numbers, "{query:?}");
        let specs = keys(&mara, &format!("kind:spec {}", query.join(" "))).await;
        assert!(specs.is_empty(), "{query:?}: {specs:?}");
    }
    println!("search: {} queries over {} reports", queries.len(), all.len());
}
