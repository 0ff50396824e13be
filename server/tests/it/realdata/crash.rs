//! Traces of real programs, each made by a known bug: `BUG--VARIANT.txt`. Files of one language with the same `BUG` are one bug.

use std::{collections::HashMap, path::Path, time::Instant};

use schema::trace::{Keyed, Language, Trace};
use server::ingest::trace::{fingerprint, keys, parse, scrub, similarity};

use super::{files, folder};

struct Known {
    name: String,
    bug: String,
    print: String,
    keys: Vec<Keyed>,
}

/// What is no trace at all: a program's last words that name no place in it.
const PLACELESS: [&str; 4] = ["python/exit", "rust/stack", "cpp/glibc-double-free", "cpp/terminate"];

fn language(folder: &str) -> Language {
    match folder {
        "node" => Language::JavaScript,
        folder => folder.parse().expect("a language"),
    }
}

fn read(folder: &Path) -> Vec<Known> {
    let started = Instant::now();
    let (mut known, mut bytes) = (Vec::new(), 0);
    for path in files(folder) {
        let text = String::from_utf8_lossy(&std::fs::read(&path).expect("a file")).into_owned();
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let of = path.parent().and_then(Path::file_name).expect("a folder").to_string_lossy().into_owned();
        let name = format!("{of}/{stem}");
        bytes += text.len();
        let Some(trace) = parse(&scrub(&text)) else {
            println!("{name:<34} no trace");
            assert!(PLACELESS.contains(&name.as_str()), "{name}: no trace");
            continue;
        };
        let own = trace.raised.iter().flat_map(|one| &one.frames).filter(|frame| frame.in_app).count();
        println!(
            "{name:<34} {:<10} {:>2} raised {:>4} frames {own:>4} own  {}",
            trace.language,
            trace.raised.len(),
            trace.frames(),
            trace.line()
        );
        assert_eq!(trace.language, language(&of), "{name}");
        assert!(trace.frames() > 0 || PLACELESS.contains(&name.as_str()), "{name}: no frame");
        let bug = format!("{of}/{}", stem.split("--").next().unwrap_or(&stem));
        known.push(Known { print: fingerprint(&trace), keys: keys(&trace), name, bug });
    }
    println!("{} traces, {bytes} bytes in {:?}", known.len(), started.elapsed());
    known
}

#[test]
fn every_trace_is_read_in_its_language_and_one_bug_is_known_again() {
    let Some(folder) = folder("crashes/traces") else { return };
    let known = read(&folder);
    // Pairs: the same fingerprint where it is the same bug.
    let (mut same, mut called, mut right) = (0, 0, 0);
    for (at, one) in known.iter().enumerate() {
        for other in &known[at + 1..] {
            let (bug, print) = (one.bug == other.bug, one.print == other.print);
            same += usize::from(bug);
            called += usize::from(print);
            right += usize::from(bug && print);
            match (bug, print) {
                (true, false) => println!("  missed: {} and {}", one.name, other.name),
                (false, true) => println!("  wrong:  {} and {}", one.name, other.name),
                _ => {}
            }
        }
    }
    let (precision, recall) = (right as f64 / called.max(1) as f64, right as f64 / same.max(1) as f64);
    println!("fingerprint: precision {precision:.3} ({right} of {called}), recall {recall:.3} ({right} of {same})");
    // Each trace that has a sister, looked for among all the others: at which place does its bug come?
    let mut among: HashMap<i64, i64> = HashMap::new();
    for one in &known {
        one.keys.iter().for_each(|keyed| *among.entry(keyed.key).or_default() += 1);
    }
    let all = i64::try_from(known.len()).expect("few");
    let (mut asked, mut first, mut third) = (0, 0, 0);
    for one in &known {
        if !known.iter().any(|other| other.bug == one.bug && other.name != one.name) {
            continue;
        }
        asked += 1;
        let mut bugs: HashMap<&str, f64> = HashMap::new();
        for other in known.iter().filter(|other| other.name != one.name) {
            let alike = similarity(&one.keys, &other.keys, |key| among.get(&key).copied().unwrap_or(1), all);
            let score = if one.print == other.print { 2.0 } else { alike };
            let most = bugs.entry(&other.bug).or_default();
            *most = most.max(score);
        }
        let mut order: Vec<(&str, f64)> = bugs.into_iter().collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
        let place = order.iter().position(|(bug, _)| *bug == one.bug).unwrap_or(usize::MAX);
        first += usize::from(place == 0);
        third += usize::from(place < 3);
        if place > 0 {
            println!("  {} is found at place {} ({:?})", one.name, place + 1, &order[..3.min(order.len())]);
        }
    }
    let share = |hits: usize| hits as f64 / f64::from(asked);
    println!("similarity: recall@1 {:.3}, recall@3 {:.3} of {asked}", share(first), share(third));
    // What different bugs share at most: what is called similar must stay above most of it.
    let mut others: Vec<(f64, &str, &str)> = Vec::new();
    for (at, one) in known.iter().enumerate() {
        for other in known[at + 1..].iter().filter(|other| other.bug != one.bug) {
            others.push((similarity(&one.keys, &other.keys, |key| among.get(&key).copied().unwrap_or(1), all), &one.name, &other.name));
        }
    }
    others.sort_by(|a, b| b.0.total_cmp(&a.0));
    others.iter().take(8).for_each(|(share, one, other)| println!("  different bugs that share {share:.2}: {one} and {other}"));
    let called = others.iter().filter(|(share, ..)| *share >= 0.3).count();
    println!("{called} of {} pairs of different bugs would be called similar", others.len());
    assert!(precision >= 0.95 && recall >= 0.7, "precision {precision}, recall {recall}");
    assert!(share(first) >= 0.95 && share(third) >= 0.97, "recall@1 {}, recall@3 {}", share(first), share(third));
}

#[test]
fn every_event_with_frames_is_read() {
    let Some(folder) = folder("crashes/sentry-events") else { return };
    let (mut read, mut without) = (0, 0);
    let mut groups: HashMap<String, Vec<(String, Trace)>> = HashMap::new();
    for path in files(&folder).into_iter().filter(|path| path.extension().is_some_and(|end| end == "json")) {
        let text = std::fs::read_to_string(&path).expect("a file");
        let event: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let values = event["exception"]["values"]
            .as_array()
            .or(event["exception"].as_array())
            .or(event["sentry.interfaces.Exception"]["values"].as_array());
        let frames: usize = values.into_iter().flatten().map(|value| value["stacktrace"]["frames"].as_array().map_or(0, Vec::len)).sum();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let trace = parse(&scrub(&text));
        let found = trace.as_ref().map_or(0, Trace::frames);
        if frames == 0 {
            without += 1;
            continue;
        }
        let trace = trace.unwrap_or_else(|| panic!("{name}: no trace"));
        assert!(found > 0 && (found == frames || trace.cut), "{name}: {found} of {frames} frames");
        read += 1;
        let group = if name.starts_with("group_") { name.split("_event").next().unwrap_or(&name) } else { &name };
        groups.entry(group.to_owned()).or_default().push((name.clone(), trace));
    }
    println!("{read} events read, {without} without frames");
    assert!(read > 90, "{read}");
    for (group, events) in groups.iter().filter(|(_, events)| events.len() > 1) {
        let prints: Vec<String> = events.iter().map(|(_, trace)| fingerprint(trace)).collect();
        let share = similarity(&keys(&events[0].1), &keys(&events[1].1), |_| 1, 100);
        println!(
            "{group}: {} events, fingerprints {}, share {share:.2}",
            events.len(),
            if prints.windows(2).all(|pair| pair[0] == pair[1]) { "equal" } else { "differ" }
        );
    }
}
