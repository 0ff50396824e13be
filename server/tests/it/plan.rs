//! How lists and pages are read where there are 100,000 deltas: by an index, never by looking at all of them.

use std::{cell::RefCell, time::Duration};

use serde_json::json;
use server::store::db::{Dialect, PLANS};

use crate::support::{Client, TestApp};

/// What a crash looks like.
const TRACE: &str = "Traceback (most recent call last):\n  File \"/srv/a.py\", line 1, in f\nKeyError: 1\n";

/// 100,000 deltas of a thousand people's, three of ten closed, every second one in neutron and the others in nova.
async fn fill(app: &TestApp) {
    let (series, id, at) = match app.app.db.dialect() {
        Dialect::Sqlite => (
            "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100000)",
            "unhex(printf('000000000000@0008000%012x', n))",
            "'2026-01-01T00:00:00.000000Z'",
        ),
        Dialect::Postgres => (
            "WITH n(n) AS (SELECT generate_series(1, 100000))",
            "CAST('00000000-0000-@000-8000-' || lpad(to_hex(n), 12, '0') AS uuid)",
            "TIMESTAMPTZ '2026-01-01T00:00:00Z'",
        ),
    };
    let (delta, place) = (id.replace('@', "7"), id.replace('@', "4"));
    // Of a thousand people, so that nobody has filed most.
    let (person, reporter) = (id.replace('@', "5"), id.replace('@', "5").replace("n)", "n % 1000 + 1)"));
    app.execute(&format!(
        "INSERT INTO \"user\" (id, name, display_name, created_at) {series} SELECT {person}, 'p' || n, 'P', {at} FROM n WHERE n <= 1000"
    ))
    .await;
    let deltas = format!(
        "INSERT INTO delta (id, number, kind, title, desired, actual, body, reporter_id, open, resolution, impact, created_at, updated_at)
         {series} SELECT {delta}, n + 1000, CASE n % 10 WHEN 0 THEN 'spec' WHEN 1 THEN 'crash' ELSE 'bug' END, 'filled', 'desired', 'actual', '',
         {reporter}, n % 10 < 7,
         CASE WHEN n % 10 < 7 THEN NULL ELSE 'declined' END, n % 97, {at}, {at} FROM n"
    );
    let places = format!(
        "INSERT INTO place (id, delta_id, project_id, number, open, impact, updated_at)
         {series} SELECT {place}, {delta}, (SELECT id FROM project WHERE slug = CASE WHEN n % 2 = 0 THEN 'neutron' ELSE 'nova' END),
         n + 1000, n % 10 < 7, n % 97, {at} FROM n"
    );
    // Each word stands in a thousandth of them, and one in a tenth.
    let (terms, words) = match app.app.db.dialect() {
        Dialect::Sqlite => (
            format!("INSERT INTO delta_search_terms (rowid, terms) {series} SELECT n + 1000, CASE n % 10 WHEN 0 THEN 'restart ' ELSE '' END || 'fill' || (n % 1000) FROM n"),
            format!(
                "INSERT INTO delta_search (rowid, title, desired, actual, body, comments)
                 {series} SELECT n + 1000, CASE n % 10 WHEN 0 THEN 'restart ' ELSE '' END || 'fill' || (n % 1000), 'desired', 'actual', '', '' FROM n"
            ),
        ),
        Dialect::Postgres => (
            format!(
                "INSERT INTO delta_search_terms (number, terms)
                 {series} SELECT n + 1000, array_to_tsvector(ARRAY[CASE n % 10 WHEN 0 THEN 'restart' ELSE 'other' END, 'fill' || (n % 1000)]) FROM n"
            ),
            format!(
                "INSERT INTO delta_search (number, title, desired, actual, body, comments)
                 {series} SELECT n + 1000, CASE n % 10 WHEN 0 THEN 'restart ' ELSE '' END || 'fill' || (n % 1000), 'desired', 'actual', '', '' FROM n"
            ),
        ),
    };
    for sql in [&deltas, &places, &terms, &words] {
        app.execute(sql).await;
    }
    talk(app).await;
}

/// What people said: 20,000 votes, comments, labels, scores and events, of 1,000 people and in 100 segments of neutron. Nobody and no segment
/// has most of them.
async fn talk(app: &TestApp) {
    let dialect = app.app.db.dialect();
    let id = |version: char, number: &str| match dialect {
        Dialect::Sqlite => format!("unhex(printf('000000000000{version}0008000%012x', {number}))"),
        Dialect::Postgres => format!("CAST('00000000-0000-{version}000-8000-' || lpad(to_hex({number}), 12, '0') AS uuid)"),
    };
    let (series, at) = match dialect {
        Dialect::Sqlite => {
            ("WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 20000)", "'2026-01-01T00:00:00.000000Z'")
        }
        Dialect::Postgres => ("WITH n(n) AS (SELECT generate_series(1, 20000))", "TIMESTAMPTZ '2026-01-01T00:00:00Z'"),
    };
    let (delta, person, segment) = (id('7', "n * 2"), id('5', "n % 1000 + 1"), id('8', "n % 100 + 1"));
    let (new_segment, comment, event) = (id('8', "n"), id('6', "n"), id('9', "n"));
    for sql in [
        format!(
            "INSERT INTO segment (id, project_id, slug, name) {series}
             SELECT {new_segment}, (SELECT id FROM project WHERE slug = 'neutron'), 's' || n, 'S' FROM n WHERE n <= 100"
        ),
        format!("INSERT INTO vote (delta_id, user_id, severity, note, at) {series} SELECT {delta}, {person}, n % 5, '', {at} FROM n"),
        format!(
            "INSERT INTO comment (id, delta_id, author_id, body, created_at) {series}
             SELECT {comment}, {delta}, {person}, 'Here, too.', {at} FROM n"
        ),
        format!("INSERT INTO delta_label (delta_id, label) {series} SELECT {delta}, 'l' || (n % 500) FROM n"),
        format!(
            "INSERT INTO impact (delta_id, segment_id, cosmetic, hinders, breaks, blocks, score) {series}
             SELECT {delta}, {segment}, 0, 1, 0, 0, n % 97 FROM n"
        ),
        format!(
            "INSERT INTO event (id, at, kind, actor_id, delta_id, data) {series}
             SELECT {event}, {at}, 'delta.edited', {person}, {delta}, '{{}}' FROM n"
        ),
    ] {
        app.execute(&sql).await;
    }
}

/// Of these nothing may be read from end to end.
const MANY: [&str; 5] = ["vote", "comment", "delta_label", "impact", "event"];

/// Whether a step of SQLite reads the whole of one of [`MANY`], also under another name, and also by way of an index that has all it asks for.
/// Names for completion are read in the order of an index, until there are enough.
fn reads_all(step: &str, sql: &str) -> bool {
    let Some((name, by)) = step.strip_prefix("SCAN ").map(|rest| rest.split_once(' ').unwrap_or((rest, ""))) else { return false };
    let whole = by.is_empty() || (by.starts_with("USING COVERING INDEX") && !sql.contains("LIMIT"));
    whole && MANY.iter().any(|table| name == *table || sql.contains(&format!("\"{table}\" AS \"{name}\"")))
}

/// The steps of a request's statements that look at every delta or every place. (Of tables with a handful of rows the
/// databases rightly read all.)
async fn scans(app: &TestApp, who: &Client, path: &str) -> Vec<String> {
    let (reply, plans) = PLANS
        .scope(RefCell::default(), async {
            let reply = who.get(path).await;
            (reply, PLANS.with(RefCell::take))
        })
        .await;
    reply.ok();
    assert!(!plans.is_empty(), "{path} asks the database nothing");
    let full = |step: &str, sql: &str| match app.app.db.dialect() {
        // Its rows lie in the order of numbers: a list in that order reads them from the end and stops.
        // Places of one consensus, and all that full text finds, are many: nothing may go through them for each line.
        Dialect::Sqlite => {
            step == "SCAN place"
                || reads_all(step, sql)
                || (step == "SCAN delta" && !sql.contains("ORDER BY \"delta\".\"number\""))
                || step.contains("place_consensus (consensus=?)")
                || step.contains("(id=? AND rowid=?)")
        }
        Dialect::Postgres => {
            // For 10,000 lines of a feed, and for the thousands a lens weighs, a table of 20,000 rows is rightly read once.
            let much = [".csv", ".json", "/lens"].iter().any(|part| path.contains(part));
            let tables = ["delta", "place", "delta_search", "delta_search_terms"].iter().chain(if much { &[][..] } else { &MANY });
            tables.into_iter().any(|table| step.contains(&format!("Seq Scan on {table} ")))
        }
    };
    let steps = plans
        .iter()
        .flat_map(|plan| plan.steps.iter().filter(|step| full(step, &plan.sql)).map(|step| format!("{path}: {step}: {}", plan.sql)));
    steps.collect()
}

#[tokio::test]
async fn no_list_or_page_looks_at_every_delta() {
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    app.person("rob").await;
    app.project("neutron", &mara).await;
    app.project("nova", &mara).await;
    let delta = app.delta(&mara, json!({ "components": ["ovs"] })).await;
    mara.post("/api/v1/orgs", json!({ "slug": "nw", "name": "Northwind", "key_prefix": "NW" })).await.status(201);
    mara.put("/api/v1/orgs/nw/watches/neutron", json!({ "query": "project:neutron impact:>90" })).await.ok();
    let weights = json!([{ "project": "neutron", "segment": "large", "weight": 5 }]);
    mara.put("/api/v1/orgs/nw/lens", json!({ "weights": weights })).await.ok();
    fill(&app).await;
    let mut found = Vec::new();
    // PostgreSQL keeps its statistics up by itself; SQLite goes without, unless somebody asks it to.
    if app.app.db.dialect() == Dialect::Sqlite {
        found.extend(every_scan(&app, &mara, &delta).await);
    }
    app.execute("ANALYZE").await;
    found.extend(every_scan(&app, &mara, &delta).await);
    found.sort();
    found.dedup();
    assert!(found.is_empty(), "{} steps look at everything:\n{}", found.len(), found.join("\n"));
    what_takes_too_long_is_cut_off(&app, &delta).await;
}

/// No delta is of no kind, or that young: each of them is looked at for it. PostgreSQL has indexes of the days.
async fn what_takes_too_long_is_cut_off(app: &TestApp, delta: &str) {
    let sqlite = app.app.db.dialect() == Dialect::Sqlite;
    let guest = app.hasty(Duration::from_millis(if sqlite { 0 } else { 3 })).await;
    let young = "(created:%3C1d%20OR%20updated:%3C1d%20OR%20regressed:%3C1d)%20-kind:bug";
    let query = if sqlite { young } else { "-kind:bug,crash,spec" };
    let refused = guest.get(&format!("/api/v1/deltas?q={query}%20sort:impact")).await;
    let refused = refused.status(422);
    assert!(refused.text.contains("takes too long to find"), "{}", refused.text);
    // The connection it was read on goes on to serve others.
    if sqlite {
        for _ in 0..4 {
            guest.get(&format!("/api/v1/deltas/{delta}")).await.ok();
        }
    }
}

/// The scans of every list and page that shows deltas.
async fn every_scan(app: &TestApp, mara: &Client, delta: &str) -> Vec<String> {
    let lists = [
        "",
        "is:closed",
        "is:open kind:crash sort:updated",
        "sort:created",
        "project:neutron",
        "project:neutron is:open component:ovs sort:impact",
        "project:neutron is:open consensus:agreed sort:updated",
        "impact:>40",
        "reporter:mara",
        "label:gate",
        "segment:vendor-x",
        "segment:s7",
        "label:l7 is:open sort:updated",
        "committed:none",
        "committed:nw",
        "stance:nw/declined",
        "restart agent",
        "restart sort:relevance",
        "fill77",
        "fill770 restart project:neutron is:open",
        "\"restart fill770\" sort:updated",
        "is:private,duplicate",
        "is:regressed",
        "regressed:yes",
        "regressed:<7d sort:updated",
        "-regressed:yes",
        "has:evidence,signature,reference,duplicate,task",
        "consensus:agreed sort:updated",
        "-consensus:proposed",
        "project:neutron restart sort:updated",
        "project:neutron restart sort:number",
        "restart sort:created",
        "fill770 sort:updated",
        "project:neutron sort:updated",
        "project:neutron sort:-number",
        "sort:number",
        "has:comment",
        "has:vote",
        "has:label",
        "has:failure",
        "project:neutron has:failure is:open",
        "ci:>5/7d",
        "ci:0/1y is:open",
        "resolution:duplicate",
        "affecting:rob",
        "affecting:p7",
        "affecting:p7 project:neutron sort:updated",
        "created:<1d",
        "updated:2026-01-01..2026-01-02",
        "-label:gate -segment:vendor-x",
        "project:neutorn OR component:osv OR segment:x OR committed:x OR stance:x OR reporter:robb OR label:gaet",
    ];
    // Every field is asked about here or below, so that a new one is not forgotten.
    let asked = |name: &str| lists.iter().chain(&["affecting:me watching:nw lens:nw"]).any(|query| query.contains(&format!("{name}:")));
    let forgotten: Vec<&str> = schema::query::DELTAS.fields.iter().map(|field| field.name).filter(|name| !asked(name)).collect();
    assert!(forgotten.is_empty(), "no plan was looked at for {forgotten:?}");
    let guest = app.anyone();
    let mut found = Vec::new();
    for query in lists {
        let path = format!("/api/v1/deltas?q={}", query.replace(' ', "%20").replace('>', "%3E").replace('<', "%3C").replace('"', "%22"));
        let next = guest.get(&path).await.ok().json["next"].as_str().map(|cursor| format!("{path}&cursor={cursor}"));
        for path in [Some(path), next].into_iter().flatten() {
            found.extend(scans(app, &guest, &path).await);
            found.extend(scans(app, mara, &path).await);
        }
    }
    for path in [
        "/api/v1/deltas?q=affecting:me".to_owned(),
        "/api/v1/deltas?q=watching:nw".to_owned(),
        "/api/v1/deltas?q=watching:me%20is:open".to_owned(),
        "/api/v1/deltas?q=lens:nw".to_owned(),
        "/api/v1/deltas?q=lens:nw%20project:neutron%20is:open".to_owned(),
        "/api/v1/deltas?q=lens:nw%20sort:updated".to_owned(),
        "/api/v1/orgs/nw/triage".to_owned(),
        "/api/v1/radar".to_owned(),
        "/api/v1/projects/neutron/radar".to_owned(),
        "/api/v1/projects/neutron/failures".to_owned(),
        "/api/v1/projects/neutron/runs".to_owned(),
        "/api/v1/completions?of=deltas&q=label:".to_owned(),
        "/api/v1/completions?of=deltas&q=project:neutron%20component:o".to_owned(),
        "/api/v1/completions?of=deltas&q=reporter:t".to_owned(),
        "/api/v1/deltas/similar?title=agent%20restarts&project=neutron".to_owned(),
        "/api/v1/deltas/similar?title=restarts%20of%20fill77&text=the%20agent%20in%20fill88".to_owned(),
        format!("/api/v1/deltas/{delta}"),
        format!("/api/v1/deltas/{delta}/timeline"),
        format!("/api/v1/deltas/{delta}/fixed"),
        format!("/api/v1/deltas/{delta}/vote"),
        format!("/api/v1/deltas/{delta}/impact"),
        format!("/api/v1/deltas/{delta}/on-behalf"),
        format!("/api/v1/deltas/{delta}/revisions"),
        format!("/api/v1/deltas/{delta}/attachments"),
        format!("/api/v1/deltas/{delta}/threads"),
        format!("/api/v1/deltas/{delta}/places/neutron/history"),
        // One of those that were filled in, of which something was said.
        "/api/v1/deltas/D-1002/timeline".to_owned(),
        "/api/v1/deltas/D-1002/impact".to_owned(),
        "/api/v1/me/fixed".to_owned(),
        "/api/v1/me/segments".to_owned(),
        "/api/v1/orgs/nw/lens".to_owned(),
        "/api/v1/users/p7".to_owned(),
        format!("/api/v1/deltas/{delta}/occurrences"),
        format!("/api/v1/deltas/{delta}/occurrences/counts"),
        format!("/api/v1/deltas/similar?text={}", TRACE.replace(' ', "%20").replace('\n', "%0A").replace('"', "%22").replace('#', "%23")),
    ] {
        found.extend(scans(app, mara, &path).await);
    }
    for page in
        ["/", "/deltas", "/projects/neutron", "/orgs/nw", "/people/mara", "/people/p7", "/deltas/D-1002", &format!("/deltas/{delta}")]
    {
        found.extend(scans(app, &guest, page).await);
    }
    // What is only shown to who is signed in, and files: their pages of many lines are those of the lists above.
    let browser = app.signed_in("mara").await;
    let change = json!({ "deltas": [delta], "change": { "labels": { "add": ["gate"] } } });
    let bulk = mara.post("/api/v1/deltas/bulk", change).await.ok().json["id"].as_str().expect("an id").to_owned();
    for page in [
        "/".to_owned(),
        "/settings/segments".to_owned(),
        "/orgs/nw/lens".to_owned(),
        "/orgs/nw/triage".to_owned(),
        "/deltas.atom".to_owned(),
        "/deltas.atom?q=project:neutron%20restart".to_owned(),
        "/deltas.csv?q=fill770".to_owned(),
        "/deltas.csv?q=label:l7%20sort:updated".to_owned(),
        "/deltas.json?q=segment:s7%20sort:impact".to_owned(),
        format!("/deltas/bulk/{bulk}"),
        format!("/deltas/{delta}/duplicates"),
        format!("/deltas/{delta}/duplicates?q=restart"),
        format!("/deltas/{delta}/vote"),
        "/deltas/D-1002".to_owned(),
    ] {
        found.extend(scans(app, &browser, &page).await);
    }
    found
}
