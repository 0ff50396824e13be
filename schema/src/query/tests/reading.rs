//! What is read from what is written.

use crate::query::*;
use time::macros::date;

fn deltas(text: &str) -> Query {
    parse(text, &DELTAS).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn canonical(text: &str) -> String {
    deltas(text).to_string()
}

fn test_of(text: &str) -> Test {
    match deltas(text).filter {
        Some(Expr::Field { test, .. }) => test,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn the_example_of_the_product_page_is_read() {
    let text = "is:open kind:crash project:neutron component:ovs impact:>40 consensus:agreed committed:none affecting:me \"free words\" sort:impact";
    let query = deltas(text);
    assert_eq!(query.to_string(), text);
    assert_eq!(query.required().len(), 9);
    assert_eq!(query.sort, [Sort { key: "impact", reversed: false }]);
}

#[test]
fn nothing_at_all_finds_everything() {
    assert_eq!(deltas(""), Query::default());
    assert_eq!(deltas(" \t\n"), Query::default());
    assert_eq!(Query::default().to_string(), "");
}

#[test]
fn terms_side_by_side_are_all_wanted_and_or_binds_weaker() {
    let word = |word| Expr::Words(Term::plain(word));
    let both = Expr::And(vec![word("b"), word("c")]);
    assert_eq!(deltas("a OR b c").filter, Some(Expr::Or(vec![word("a"), both.clone()])));
    assert_eq!(deltas("a OR b AND c").filter, Some(Expr::Or(vec![word("a"), both])));
    assert_eq!(canonical("(a OR b) c"), "(a OR b) c");
    assert_eq!(canonical("((a) (b c)) AND d"), "a b c d");
    assert_eq!(canonical("a OR (b OR (c))"), "a OR b OR c");
}

#[test]
fn not_and_minus_bind_tightest() {
    assert_eq!(canonical("NOT a b"), "-a b");
    assert_eq!(canonical("-(a b)"), "-(a b)");
    assert_eq!(canonical("NOT (a OR b) OR -kind:bug"), "-(a OR b) OR -kind:bug");
    assert_eq!(canonical("NOT NOT a -(-b)"), "a b");
}

#[test]
fn operators_are_upper_case_words_only() {
    assert_eq!(deltas("this or that and not those").words().len(), 6);
    assert_eq!(canonical("\"OR\" \"-a\" label:OR"), "\"OR\" \"-a\" label:OR");
    assert_eq!(canonical("NOT --force"), "-\"--force\"");
}

#[test]
fn what_only_looks_like_a_field_or_a_negation_is_a_word() {
    for text in ["std::io", "https://example.org/a", "10:30", "--force", "a - b", "foo-bar", "3.5"] {
        assert_eq!(canonical(text), text);
        assert!(!deltas(text).words().is_empty());
    }
}

#[test]
fn names_and_closed_values_are_read_in_any_case() {
    assert_eq!(canonical("Kind:BUG,Crash SORT:-Updated project:Neutron"), "kind:bug,crash project:Neutron sort:-updated");
}

#[test]
fn quotes_hold_everything_and_backslashes_only_where_needed() {
    let phrase = |text: &str| deltas(text).words()[0].clone();
    assert_eq!(phrase(r#""say \"hi\" \\ \*""#), Term::plain(r#"say "hi" \ *"#));
    assert_eq!(phrase(r#""C:\temp (x)""#), Term::plain(r"C:\temp (x)"));
    assert_eq!(phrase("\"a, b\nc\""), Term::plain("a, b\nc"));
    assert_eq!(canonical(r#""say \"hi\" \\ \* C:\temp""#), r#""say \"hi\" \ \* C:\temp""#);
    assert_eq!(canonical("label:\":x\",:y,\"//z\""), "label:\":x\",:y,//z");
    assert_eq!(canonical("\"plain\" label:\"ok\""), "plain label:ok");
}

#[test]
fn a_star_is_a_wildcard_with_or_without_quotes() {
    assert_eq!(test_of("label:*a**b"), Test::Is(vec![Term::wildcard("*a*b")]));
    assert_eq!(test_of("label:\"a * b\""), Test::Is(vec![Term::wildcard("a * b")]));
    assert_eq!(Term::wildcard("agent*").parts(), ["agent", ""]);
    assert_eq!(Term::wildcard("*agent*").parts(), ["", "agent", ""]);
    assert_eq!((Term::wildcard("a*").as_word(), Term::plain("a*").as_word()), (None, Some("a*")));
}

#[test]
fn a_comma_list_means_any_of() {
    assert_eq!(test_of("kind:bug,crash"), Test::Word(vec!["bug", "crash"]));
    assert_eq!(test_of("label:a,\"b, c\""), Test::Is(vec![Term::plain("a"), Term::plain("b, c")]));
    assert_eq!(test_of("impact:<5,>90"), Test::Number(vec![Span::Below(5), Span::Above(90)]));
}

#[test]
fn numbers_are_compared_and_ranged() {
    let one = |text: &str| match test_of(text) {
        Test::Number(spans) => spans[0],
        other => panic!("{other:?}"),
    };
    assert_eq!(one("impact:40"), Span::Exactly(40));
    assert_eq!(one("impact:=40"), Span::Exactly(40));
    assert_eq!(one("impact:>40"), Span::Above(40));
    assert_eq!(one("impact:>=40"), Span::AtLeast(40));
    assert_eq!(one("impact:<40"), Span::Below(40));
    assert_eq!(one("impact:<=40"), Span::AtMost(40));
    assert_eq!(one("impact:20..60"), Span::Between(20, 60));
    assert_eq!(one("impact:-5..-1"), Span::Between(-5, -1));
    assert_eq!((one("impact:20.."), one("impact:..60")), (Span::AtLeast(20), Span::AtMost(60)));
}

#[test]
fn dates_are_days_ages_or_times_ahead() {
    let one = |text: &str| match test_of(text) {
        Test::Date(spans) => spans[0],
        other => panic!("{other:?}"),
    };
    assert_eq!(one("updated:<7d"), Span::Below(Moment::Age(7 * 86_400)));
    assert_eq!(one("updated:>=2026-01-31"), Span::AtLeast(Moment::Day(date!(2026 - 01 - 31))));
    assert_eq!(one("created:2026-01-31"), Span::Exactly(Moment::Day(date!(2026 - 01 - 31))));
    assert_eq!(one("created:<+2h"), Span::Below(Moment::Ahead(7_200)));
    assert_eq!(one("created:1w..3m"), Span::Between(Moment::Age(7 * 86_400), Moment::Age(90 * 86_400)));
    assert_eq!(
        canonical("updated:<14d updated:<365d updated:<48h updated:<25h updated:>0y"),
        "updated:<2w updated:<1y updated:<2d updated:<25h updated:>0h"
    );
}

#[test]
fn a_sort_may_stand_anywhere_outside_parentheses() {
    assert_eq!(canonical("sort:-updated a OR b sort:impact"), "a OR b sort:-updated,impact");
    assert_eq!(canonical("sort:relevance"), "sort:relevance");
}

#[test]
fn free_words_are_given_without_the_unwanted_ones() {
    let query = deltas("agent -(restart OR -slow) (\"session reset\" OR kind:bug) is:open");
    assert_eq!(query.words(), [&Term::plain("agent"), &Term::plain("slow"), &Term::plain("session reset")]);
}

#[test]
fn a_sole_value_is_one_that_everything_found_has() {
    let query = deltas("project:neutron is:open (component:a OR kind:bug) -label:x reporter:a,b segment:v* impact:4");
    assert_eq!((query.sole("project"), query.sole("is")), (Some("neutron"), Some("open")));
    for field in ["component", "kind", "label", "reporter", "segment", "impact", "created"] {
        assert_eq!(query.sole(field), None, "{field}");
    }
    assert_eq!(deltas("project:nova").sole("project"), Some("nova"));
    assert!(query.asks("label") && query.asks("component") && !query.asks("created"));
}

#[test]
fn a_query_knows_where_its_values_words_and_orders_stand() {
    let query = deltas("größe -(Project:neutron,\"a b\" OR restart) sort:-updated,impact");
    let places = |field: &str| query.values(field).map(|value| (value.column, value.end)).collect::<Vec<_>>();
    assert_eq!(places("project"), [(17, 24), (25, 30)]);
    assert_eq!(places(""), [(1, 6), (34, 41)]);
    assert_eq!(places("sort"), [(48, 56), (57, 63)]);
    assert!(places("label").is_empty());
    assert_eq!(query.values("project").nth(1).map(|value| &value.term), Some(&Term::plain("a b")));
}

#[test]
fn queries_are_equal_that_ask_the_same_wherever_it_stands() {
    assert_eq!(deltas("  kind:bug (a)  sort:impact"), deltas("sort:impact kind:BUG a"));
    assert_ne!(deltas("a"), deltas("a sort:impact"));
    assert_ne!(deltas("a"), deltas("b"));
}

#[test]
fn tasks_and_signatures_have_their_own_fields() {
    let text = "is:mine priority:urgent,high commitment:none assignee:me board:net column:\"In review\" delta:D-1042 due:<+7d sort:rank";
    let tasks = parse(text, &TASKS).unwrap().to_string();
    assert_eq!(tasks, text.replace("+7d", "+1w"));
    let text = "test:*agent_restart* message:\"session reset\"";
    assert_eq!(parse("test:*agent_restart* AND message:\"session reset\"", &SIGNATURES).unwrap().to_string(), text);
}

#[test]
fn help_names_every_field_with_its_values() {
    let lines = help(&DELTAS);
    assert_eq!(lines.len(), DELTAS.fields.len() + 1);
    assert_eq!((lines[1].name, lines[1].values.as_slice()), ("kind", ["bug", "crash", "spec"].as_slice()));
    assert_eq!(lines.last().map(|line| line.name), Some("sort"));
    assert!(help(&SIGNATURES).iter().all(|line| line.name != "sort"));
    for (fields, line) in
        [&DELTAS, &TASKS, &SIGNATURES].into_iter().flat_map(|fields| help(fields).into_iter().map(move |line| (fields, line)))
    {
        for value in line.values {
            assert!(parse(&format!("{}:{value}", line.name), fields).is_ok(), "{}:{value}", line.name);
        }
    }
}
