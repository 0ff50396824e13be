use schema::{
    delta::{Kind, Summary, Visibility},
    id::DeltaKey,
    place::{Consensus, Place},
    query,
};
use time::macros::datetime;

use super::*;
use crate::testing::html;

fn page(q: &str, items: Vec<Summary>) -> DeltasPage {
    let query = query::parse(q, &query::DELTAS).unwrap_or_default();
    let now = datetime!(2026-11-22 12:00 UTC);
    DeltasPage {
        q: q.into(),
        query,
        error: None,
        hints: Vec::new(),
        shelves: Vec::new(),
        opened: None,
        items,
        next: None,
        later: false,
        orgs: [("nw".into(), "Northwind".into())].into(),
        signed_in: true,
        bar: None,
        now,
    }
}

fn summary() -> Summary {
    let place = |project: &str, components: &[&str]| Place {
        project: project.into(),
        consensus: Consensus::Agreed,
        components: components.iter().map(|slug| (*slug).to_owned()).collect(),
    };
    Summary {
        key: DeltaKey(1042),
        kind: Kind::Bug,
        title: "Port stays <DOWN>".into(),
        visibility: Visibility::Public,
        resolution: None,
        regressed: false,
        impact: 82,
        segment: Some("vendor-x".into()),
        lens: None,
        labels: Vec::new(),
        affected: 61,
        week: 6,
        weeks: vec![0, 2, 6],
        places: vec![place("neutron", &["agent", "ovs"]), place("nova", &[])],
        committed: vec!["nw".into()],
        comments: 2,
        created_at: datetime!(2026-11-03 10:00 UTC),
        updated_at: datetime!(2026-11-22 10:00 UTC),
        snippet: None,
    }
}

#[test]
fn a_line_shows_where_the_words_were_found() {
    let found = Summary { snippet: Some("a <mark>port</mark> &lt;x&gt;".into()), ..summary() };
    assert!(html(|| deltas(page("port", vec![found]))).contains("a <mark>port</mark> &lt;x&gt;</span>"));
    assert!(!html(|| deltas(page("port", vec![summary()]))).contains("snippet"));
}

#[test]
fn a_line_says_where_how_hard_and_who() {
    let html = html(|| deltas(page("is:open project:neutron", vec![summary()])));
    for words in [
        "agent, ovs · also in nova · 2 comments",
        "Port stays &lt;DOWN&gt;",
        "vendor-x",
        "2 h ago",
        "Northwind",
        r#"href="/deltas/D-1042""#,
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(!html.contains("style=") && !html.contains("<script"), "{html}");
}

#[test]
fn a_quick_filter_keeps_the_rest_of_the_query() {
    let html = html(|| deltas(page("is:open kind:bug restart sort:updated", vec![summary()])));
    assert!(html.contains("q=kind%3Acrash%20is%3Aopen%20restart%20sort%3Aupdated"), "{html}");
    assert!(html.contains("q=is%3Aopen%20kind%3Abug%20restart\""), "order by impact leaves the sort out: {html}");
    assert!(html.contains(r#"q=kind%3Abug%20is%3Aopen%20restart%20sort%3Aupdated" aria-current="true""#), "{html}");
}

#[test]
fn an_empty_list_teaches() {
    assert!(html(|| deltas(page("is:open", Vec::new()))).contains("A delta is a gap"));
    assert!(html(|| deltas(page("is:open kind:bug foo", Vec::new()))).contains("Nothing matches"));
    let mut bad = page("is:", Vec::new());
    bad.error = Some("Column 4: …".into());
    let html = html(|| deltas(bad));
    assert!(html.contains("Column 4: …") && !html.contains("Nothing matches"), "{html}");
}

#[test]
fn the_next_page_asks_the_same() {
    let mut page = page("is:open", vec![summary()]);
    page.next = Some("i82.1".into());
    assert!(html(|| deltas(page)).contains("/deltas?q=is%3Aopen&amp;cursor=i82.1"));
}
