use schema::{delta::Resolution, place::Consensus};
use serde_json::json;

use crate::ingest::tracker::{Extent, Item, Limits, Record, Site, Tracker, read};

fn records(text: &str) -> (Vec<Record>, Vec<String>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for item in read(Tracker::Bugzilla, Site::default(), text.as_bytes(), Limits::default()) {
        match item {
            Ok(Item::Record(record)) => good.push(*record),
            Ok(other) => panic!("{other:?}"),
            Err(error) => bad.push(error.to_string()),
        }
    }
    (good, bad)
}

#[test]
fn a_bug_comes_with_what_was_said_and_done_but_nothing_private() {
    let bug = json!({
        "id": 5, "summary": "Back button sticks", "product": "Fire Box", "component": "Tool Bars", "status": "RESOLVED", "resolution": "FIXED", "is_confirmed": true,
        "creator": "tom@example.org", "creator_detail": { "real_name": "Tom" }, "severity": "major", "groups": ["core-security"], "target_milestone": "57", "votes": 3,
        "keywords": ["regression"], "depends_on": [4], "cc": ["a@example.org"], "dupe_of": null,
        "comments": [{ "id": 1, "count": 0, "text": "It sticks.", "creator": "tom@example.org" }, { "id": 2, "count": 1, "text": "so it does", "creator": "ann@example.org" },
            { "id": 3, "count": 2, "text": "a secret", "is_private": true }],
        "history": [{ "when": "2017-08-10T06:23:58Z", "who": "ann@example.org", "changes": [{ "field_name": "cc", "added": "eve@example.org", "removed": "" },
            { "field_name": "assigned_to", "added": "ann@example.org", "removed": "nobody@example.org" }] }],
        "attachments": [{ "id": 9, "summary": "patch" }]
    });
    let bug = records(&bug.to_string()).0.remove(0);
    assert_eq!((bug.id.as_str(), bug.text.as_str(), bug.private, bug.severity), ("bugzilla:5", "It sticks.", true, Some(3)));
    assert_eq!(
        (bug.places[0].slug.as_str(), bug.places[0].components.join(""), bug.places[0].consensus),
        ("fire-box", "tool-bars".into(), Consensus::Agreed)
    );
    assert_eq!(
        (bug.resolution, bug.release.as_deref(), bug.tally.as_slice()),
        (Some(Resolution::Closed), Some("57"), [("votes", 3)].as_slice())
    );
    assert_eq!(
        (bug.comments.len(), bug.history.len(), bug.history[0].from.as_str(), bug.links[0].title.as_str()),
        (1, 1, "nobody", "patch")
    );
    let mut kept = bug.clone();
    kept.reporter = None;
    kept.comments[0].author = None;
    kept.history[0].who = None;
    assert!(!format!("{kept:?}").contains('@') && !format!("{kept:?}").contains("a secret"), "{kept:?}");
}

#[test]
fn answers_about_comments_and_history_are_parts_and_errors_are_told() {
    let (parts, bad) = records(r#"{"bugs": {"5": {"comments": [{"id": 1, "text": "a"}]}, "x": {}}}"#);
    assert_eq!((parts[0].extent, parts[0].comments.len(), bad.len()), (Extent::Part, 1, 1));
    assert_eq!(records(r#"{"bugs": [{"id": 5, "history": [{"when": "2017-08-10T06:23:58Z", "who": "a", "changes": [{"field_name": "status", "added": "NEW"}]}]}]}"#).0[0].history.len(), 1);
    assert!(records(r#"{"error": true, "message": "API key is required."}"#).1[0].contains("API key"));
    let (rows, bad) = records(
        "bug_id,product,component,assigned_to,bug_status,resolution,short_desc,changeddate\n15,Shop,general,rocapal,ASSIGNED,---,Broken,2009-07-22 15:27:25\nx,,,,,,y,\n",
    );
    assert_eq!((rows[0].extent, rows[0].work.len(), bad.len()), (Extent::Stub, 1, 1));
}

const XML: &str = r#"<?xml version="1.0"?><bugzilla urlbase="https://bugs.example.org/"><bug><bug_id>355</bug_id><short_desc>A &amp; B</short_desc>
<creation_ts>2013-06-25 11:49:00 +0200</creation_ts><product>Tester</product><bug_status>UNCONFIRMED</bug_status><everconfirmed>0</everconfirmed>
<reporter name="Ann">ann@example.org</reporter><long_desc isprivate="0"><commentid>1</commentid><who>ann</who><thetext>First</thetext></long_desc>
<long_desc isprivate="0"><commentid>2</commentid><who>tom</who><bug_when>2013-06-25 11:49:36 +0200</bug_when><thetext>Second</thetext></long_desc></bug>
<bug error="NotPermitted"><bug_id>356</bug_id></bug></bugzilla>"#;

#[test]
fn xml_is_read_as_far_as_it_is_sound() {
    let (good, bad) = records(XML);
    assert_eq!((good[0].id.as_str(), good[0].title.as_str(), good[0].text.as_str()), ("bugzilla:bugs.example.org:355", "A & B", "First"));
    assert_eq!(
        (good[0].comments.len(), good[0].places[0].consensus, good[0].url.as_str()),
        (1, Consensus::Proposed, "https://bugs.example.org/show_bug.cgi?id=355")
    );
    assert!(bad[0].contains("NotPermitted"));
    let (good, bad) = records(&XML.replace("<bug error", "<bug><x></y>"));
    assert_eq!((good.len(), bad.len()), (1, 1));
    assert!(bad[0].starts_with("line 5, column ") && bad[0].contains("not well-formed"), "{bad:?}");
    assert!(records(&XML.replace("Second", "Sec\u{1}ond")).1[0].contains("control character"));
    assert!(records(&XML.replace("&amp;", "&evil;")).1[0].contains("entity"));
}
