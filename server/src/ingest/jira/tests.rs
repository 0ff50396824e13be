use schema::delta::{Kind, Resolution};

use crate::ingest::tracker::{Item, Limits, Record, Site, Stage, Tracker, read};

fn records(text: &str) -> (Vec<Record>, Vec<String>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for item in read(Tracker::Jira, Site::default(), text.as_bytes(), Limits::default()) {
        match item {
            Ok(Item::Record(record)) => good.push(*record),
            Ok(other) => panic!("{other:?}"),
            Err(error) => bad.push(error.to_string()),
        }
    }
    (good, bad)
}

const CSV: &str = "\u{feff}Summary,Issue key,Issue Type,Status,Resolution,Priority,Assignee,Reporter,Reporter Id,Created,Component/s,Component/s,Votes,Labels,Labels,\
Description,Outward issue link (Duplicate),Attachment,Fix Version/s,Comment,Comment,Security Level\r\n\
Cart forgets,SHOP-7,Bug,In Review,,Critical,Bob,Ann A,70121:1,16/Feb/17 3:29 PM,ui,cart,3,a,b,\"h1. Seen\n{code}\na;b, \"\"c\"\"\n{code}\",,\
16/Feb/17 3:29 PM;ann;log.txt;https://jira.example.org/log.txt,2.1,16/Feb/17 3:30 PM;70121:2;me; too,just words,\r\n\
Same,SHOP-8,Story,Closed,Duplicate,,,Ann A,70121:1,16/Feb/17 3:29 PM,,,0,,,,SHOP-7,,,,,\r\n\
,SHOP-9,Bug,Open,,,,,,,,,,,,,,,,,,\r\nOdd,nokey,Bug,Open,,,,,,,,,,,,,,,,,,\r\n";

#[test]
fn a_csv_export_is_read_with_all_its_columns_of_the_same_name() {
    let (good, bad) = records(CSV);
    let first = &good[0];
    assert_eq!((first.id.as_str(), first.kind, first.labels.join(" ")), ("jira:SHOP-7", Some(Kind::Bug), "a b type:bug".into()));
    assert_eq!(
        (first.places[0].slug.as_str(), first.places[0].components.join(" "), first.release.as_deref()),
        ("shop", "ui cart".into(), Some("2.1"))
    );
    assert!(first.text.contains("# Seen") && first.text.contains("```text\na;b, \"c\"\n```"), "{}", first.text);
    let comments: Vec<_> =
        first.comments.iter().map(|comment| (comment.text.as_str(), comment.author.is_some(), comment.at.is_some())).collect();
    assert_eq!(comments, [("me; too", true, true), ("just words", false, false)]);
    assert_eq!(
        (first.work[0].stage, first.reporter.as_ref().unwrap().shown.as_str(), first.links[0].title.as_str()),
        (Stage::Review, "Ann A", "log.txt")
    );
    assert_eq!((good[1].duplicate_of.as_deref(), good[1].resolution), (Some("jira:SHOP-7"), Some(Resolution::Withdrawn)));
    assert!(bad[0].contains("SHOP-9: `Summary`") && bad[1].contains("no issue's key"), "{bad:?}");
}

#[test]
fn rest_answers_name_their_server_and_keep_documents_as_paragraphs() {
    let page = r#"{"issues": [{"key": "HELP-1", "self": "https://jira.example.org/rest/api/2/issue/1", "fields": {"summary": "s", "created": "2016-03-03T13:40:01.000+0000",
        "status": {"name": "Done", "statusCategory": {"key": "done"}}, "resolution": {"name": "Won't Do"}, "security": {"name": "x"},
        "description": {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "one"}]}, {"type": "paragraph", "content": [{"type": "text", "text": "two"}]}]},
        "comment": {"comments": [{"id": "4", "body": "hi", "author": {"accountId": "1:2", "displayName": "Ann"}}, {"id": "5", "body": "hush", "visibility": {}}]}}}]}"#;
    let issue = records(&page.replace('\n', " ")).0.remove(0);
    assert_eq!(
        (issue.id.as_str(), issue.url.as_str(), issue.text.as_str()),
        ("jira:jira.example.org:HELP-1", "https://jira.example.org/browse/HELP-1", "one\n\ntwo")
    );
    assert_eq!((issue.resolution, issue.private, issue.comments.len()), (Some(Resolution::Declined), true, 1));
    assert!(records(r#"{"comments": [{"id": "1", "body": "x"}]}"#).1[0].contains("fields.comment"));
}

#[test]
fn a_table_of_keys_and_titles_is_enough() {
    let (good, _) = records("issuekey,title,description,storypoint\nMESOS-313,Report it,Because.,2\n");
    assert_eq!((good[0].id.as_str(), good[0].facts.as_slice()), ("jira:MESOS-313", [("Story points", "2".to_owned())].as_slice()));
}
