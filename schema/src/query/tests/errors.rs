//! What is refused, where, and what is suggested.

use crate::query::*;

fn error(text: &str) -> QueryError {
    match parse(text, &DELTAS) {
        Err(error) => error,
        Ok(query) => panic!("{text} is read as {query}"),
    }
}

fn column(text: &str) -> usize {
    error(text).column
}

#[test]
fn an_unknown_field_names_its_column_and_the_nearest_known_one() {
    let error = error("is:open knid:bug");
    assert_eq!((error.column, error.suggestion.as_deref()), (9, Some("kind")));
    assert_eq!(error.message, "Unknown field \"knid\". To search for this text, put it in quotes.");
}

#[test]
fn an_unknown_value_names_the_known_ones() {
    let error = error("kind:bug,crsh");
    assert_eq!((error.column, error.suggestion.as_deref()), (10, Some("crash")));
    assert_eq!(error.message, "\"kind\" knows no \"crsh\", only bug, crash, spec.");
    assert_eq!(column("kind:b*"), 6);
}

#[test]
fn an_unknown_word_behind_a_key_names_the_known_ones_and_a_word_alone_asks_whose() {
    let error = error("is:open stance:basalt/decliend");
    assert_eq!((error.column, error.suggestion.as_deref()), (16, Some("declined")));
    assert!(error.message.contains("stance:basalt/considering"), "{}", error.message);
    assert!(
        self::error("stance:nw,Declined").to_string().starts_with("Column 11: Say whose \"stance\" is meant: stance:northwind/Declined")
    );
    for text in ["stance:nw", "stance:nw/taken", "stance:*/taken", "stance:NW/TAKEN"] {
        assert!(parse(text, &DELTAS).is_ok(), "{text}");
    }
}

#[test]
fn an_unknown_sort_names_the_known_ones() {
    let error = error("sort:-updatd");
    assert_eq!((error.column, error.suggestion.as_deref()), (6, Some("updated")));
}

#[test]
fn what_is_wrong_with_a_query_that_can_be_read_is_said_where_it_stands() {
    let query = parse("größe lens:nx sort:impact,number", &DELTAS).unwrap();
    let unknown = QueryError::at(query.values("lens").next(), "\"nx\" is none.").near("nx", ["nw"].into_iter());
    assert_eq!(unknown.to_string(), "Column 12: \"nx\" is none. Did you mean \"nw\"?");
    assert_eq!(QueryError::at(query.values("sort").nth(1), "One order.").to_string(), "Column 27: One order.");
    assert_eq!(QueryError::at(query.values("").next(), "No.").column, 1);
    assert_eq!(QueryError::at(Query::default().values("lens").next(), "No.").column, 1);
}

#[test]
fn columns_count_characters_not_bytes() {
    assert_eq!(column("größe Ωμέγα knid:bug"), 13);
}

#[test]
fn numbers_and_dates_that_are_none_are_refused_where_they_stand() {
    for value in ["x", "4.5", "*", ">", "..", ">>4", "1..2..3", "60..20", ">1..2", "99999999999999999999"] {
        assert_eq!(column(&format!("impact:{value}")), 8, "{value}");
    }
    for value in [
        "x",
        "7",
        "7x",
        "-7d",
        "2026",
        "2026-13-01",
        "2026-02-30",
        "26-01-01",
        "0001-01-01",
        "9999-12-31",
        "2026-01-01T00",
        ">d",
        "101y",
        "..",
        "99999999999y",
        "2w..1w",
        "2026-02-01..2026-01-01",
        "++7d",
        "7d",
        "=7d",
        "+7d",
        "2026-01-\u{661}1",
        "é",
    ] {
        assert_eq!(column(&format!("created:{value}")), 9, "{value}");
    }
    assert_eq!(error("updated:7d").message, "Say \"updated:<7d\" for younger than this, or \"updated:>7d\" for older.");
}

#[test]
fn a_count_names_its_window() {
    for value in
        [">5", "5/", "/7d", "x/7d", ">5/7", ">5/7h", ">5/0d", ">5/2y", ">5/366d", "1..5..9/7d", "60..20/7d", "*/7d", "5/7d/7d", ">5/-7d"]
    {
        assert_eq!(column(&format!("ci:{value}")), 4, "{value}");
    }
    assert!(error("ci:>5").message.contains("ci:>5/7d"));
    for value in [">5/7d", "0/1m", "1..5/2w", "=3/1y", "..9/24h", "-1/1d,>9/1d"] {
        assert!(parse(&format!("ci:{value}"), &DELTAS).is_ok(), "{value}");
    }
}

#[test]
fn a_word_or_a_date_is_not_both() {
    for value in ["yes", "NO", "<7d", ">=2026-01-31", "2026-01-01..", "<7d,>9w"] {
        assert!(parse(&format!("regressed:{value}"), &DELTAS).is_ok(), "{value}");
    }
    let unknown = error("regressed:yse");
    assert_eq!((unknown.column, unknown.suggestion.as_deref()), (11, Some("yes")));
    assert_eq!(column("regressed:yes,<7d"), 15);
    assert_eq!(column("regressed:<7d,maybe"), 11);
    assert!(error("regressed:7d").message.contains("regressed:<7d"));
}

#[test]
fn a_missing_value_or_term_is_refused_where_it_is_missing() {
    for (text, at) in [("kind:", 6), ("kind: bug", 6), ("kind:,bug", 6), ("kind:bug,", 10), ("kind:bug, crash", 10), ("label:\" \"", 7)] {
        assert_eq!(column(text), at, "{text}");
    }
    for (text, at) in
        [("AND", 1), ("a AND", 6), ("a OR", 5), ("OR a", 1), ("a AND OR b", 7), ("NOT", 4), ("a -(", 5), ("()", 2), ("a (b AND)", 9)]
    {
        assert_eq!(column(text), at, "{text}");
    }
    assert_eq!(column("\"\""), 1);
}

#[test]
fn what_is_opened_must_be_closed() {
    assert_eq!(column("a (b (c)"), 3);
    assert_eq!(column("a) b"), 2);
    assert_eq!(column("a \"b c"), 3);
    assert_eq!(column("label:x \"\\\""), 9);
}

#[test]
fn terms_are_not_glued_together() {
    for (text, at) in [("kind:bug\"x\"", 9), ("foo()", 4), ("\"a\"b", 4), ("(a)b", 4), ("a\"b\"", 2), ("OR\"b\"", 3), ("label:a(b)", 8)] {
        assert_eq!(column(text), at, "{text}");
    }
}

#[test]
fn a_sort_stands_alone_and_once() {
    for (text, at) in
        [("-sort:impact", 2), ("(a sort:impact)", 4), ("a OR sort:impact", 1), ("sort:impact,-impact", 13), ("sort:impact sort:impact", 18)]
    {
        assert_eq!(column(text), at, "{text}");
    }
    assert_eq!(
        parse("sort:impact", &SIGNATURES).unwrap_err().message,
        "Unknown field \"sort\". To search for this text, put it in quotes."
    );
}

#[test]
fn length_depth_and_terms_are_limited() {
    let fits = "ä".repeat(MAX_CHARS);
    assert!(parse(&fits, &DELTAS).is_ok());
    assert_eq!(column(&format!("{fits}a")), MAX_CHARS + 1);
    assert_eq!(column(&"(".repeat(1_000_000)), MAX_CHARS + 1);

    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(MAX_DEPTH), &DELTAS).is_ok());
    assert_eq!(column(&nested(MAX_DEPTH + 1)), MAX_DEPTH + 1);
    assert_eq!(column(&"NOT ".repeat(MAX_DEPTH + 1)), MAX_DEPTH * 4 + 1);

    assert!(parse(&"a ".repeat(MAX_TERMS), &DELTAS).is_ok());
    assert_eq!(column(&"a ".repeat(MAX_TERMS + 1)), MAX_TERMS * 2 + 1);
    let list = format!("label:{}", vec!["a"; MAX_TERMS + 1].join(","));
    assert_eq!(column(&list), 7 + MAX_TERMS * 2);
}

#[test]
fn control_characters_are_refused() {
    assert_eq!(column("a\0b"), 2);
    assert_eq!(column("\"a\u{1b}\""), 3);
}
