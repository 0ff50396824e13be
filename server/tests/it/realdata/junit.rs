use std::{collections::HashMap, time::Instant};

use axum::http::Method;

use super::{files, folder};
use crate::support::{Client, Reply, TestApp};

async fn post(ci: &Client, id: &str, bytes: Vec<u8>, packed: bool) -> Reply {
    let ci = if packed { ci.with("content-encoding", "gzip") } else { ci.clone() };
    let path = format!("/api/v1/projects/real/runs?external_id={id}");
    ci.send(Method::POST, &path, Some("application/xml"), bytes).await
}

#[tokio::test]
async fn every_junit_file_counts_as_the_table_says() {
    let Some(folder) = folder("junit") else { return };
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("real", &mara).await;
    let ci = app.ci("real").await;
    let table = std::fs::read_to_string(folder.join("counts.tsv")).expect("counts.tsv");
    let mut lines = table.lines();
    let head: Vec<&str> = lines.next().expect("a head").split('\t').collect();
    let (mut read, mut refused, mut cases, started) = (0, 0, 0, Instant::now());
    for (number, line) in lines.enumerate() {
        let row: HashMap<&str, &str> = head.iter().copied().zip(line.split('\t')).collect();
        let file = row["file"];
        let bytes = std::fs::read(folder.join(file)).expect("a file of the table");
        let reply = post(&ci, &format!("run-{number}"), bytes, file.ends_with(".gz")).await;
        if !matches!(row["root"], "testsuites" | "testsuite") {
            reply.refused(422);
            refused += 1;
            continue;
        }
        if reply.status == 422 {
            // What the table's reader let pass and ours refuses must say why.
            let detail = reply.refused(422).json["detail"].as_str().unwrap_or_default().to_owned();
            println!("{file}: {detail}");
            assert!(file.starts_with("hostile/"), "{file}: {detail}");
            refused += 1;
            continue;
        }
        let receipt = reply.status(201).json;
        let died = receipt["failures"].as_array().map_or(0, |_| 0);
        let want = |name: &str| row[name].parse::<i64>().unwrap_or(0);
        let suites = receipt["tests"].as_i64().unwrap_or(0) - want("cases") + died;
        assert!(suites >= 0, "{file}: {receipt}");
        for (ours, theirs, extra) in [
            ("tests", "cases", suites),
            ("passed", "passed", 0),
            ("failed", "failed", 0),
            ("errored", "errored", suites),
            ("skipped", "skipped", 0),
        ] {
            assert_eq!(receipt[ours].as_i64(), Some(want(theirs) + extra), "{file}: {ours}");
        }
        cases += want("cases");
        read += 1;
    }
    println!("{read} files read, {refused} refused, {cases} cases in {:?}", started.elapsed());
    assert!(read > 0);
}

#[tokio::test]
async fn what_is_not_junit_is_refused_and_nothing_is_kept() {
    let Some(folder) = folder("junit/not-junit") else { return };
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.project("real", &mara).await;
    let ci = app.ci("real").await;
    for (number, file) in files(&folder).into_iter().enumerate() {
        let reply = post(&ci, &format!("run-{number}"), std::fs::read(&file).expect("a file"), false).await;
        println!("{}: {}", file.display(), reply.refused(422).json["detail"]);
    }
    assert_eq!(app.anyone().get("/api/v1/projects/real/runs").await.ok().json["items"], serde_json::json!([]));
    assert_eq!(app.anyone().get("/api/v1/projects/real/failures").await.ok().json["items"], serde_json::json!([]));
}
