//! Text and tree say the same, whatever the tree and whatever the text.

use crate::query::*;
use proptest::prelude::*;
use proptest::sample::select;
use time::{Date, Duration};

fn term() -> impl Strategy<Value = Term> {
    let text = prop_oneof![
        "[a-z]{1,6}",
        "[a-zäß\\\\\"(), \n:.<>=*-]{1,8}",
        select(vec!["AND", "OR", "NOT", "-", "--", "-a", "kind:bug", "a::b", "a://", "7d", "..", "sort:x", "\\", "\\\\\"", "*"])
            .prop_map(str::to_owned),
    ];
    (text, any::<bool>())
        .prop_map(|(text, wild)| if wild { Term::wildcard(&text) } else { Term::plain(&text) })
        .prop_filter("a blank term cannot be written", |term| !term.is_blank())
}

fn span<T: Copy + std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T>,
    range: impl Strategy<Value = (T, T)>,
    exact: bool,
) -> impl Strategy<Value = Span<T>> {
    (value, range, if exact { 0..6 } else { 1..6 }).prop_map(|(value, (from, to), kind)| match kind {
        0 => Span::Exactly(value),
        1 => Span::Below(value),
        2 => Span::AtMost(value),
        3 => Span::Above(value),
        4 => Span::AtLeast(value),
        _ => Span::Between(from, to),
    })
}

fn ordered<T: Copy + Ord + std::fmt::Debug>(value: impl Strategy<Value = T> + Clone) -> impl Strategy<Value = (T, T)> {
    (value.clone(), value).prop_map(|(a, b)| (a.min(b), a.max(b)))
}

fn dates() -> impl Strategy<Value = Span<Moment>> {
    let seconds = (0u32..=100 * 365 * 24).prop_map(|hours| hours * 3_600);
    let day = (0i64..2_932_000).prop_map(|days| Date::from_calendar_date(1970, time::Month::January, 1).unwrap() + Duration::days(days));
    let pair = |make: fn(u32) -> Moment| move |(from, to)| (make(from), make(to));
    prop_oneof![
        span(seconds.clone().prop_map(Moment::Age), ordered(seconds.clone()).prop_map(pair(Moment::Age)), false),
        span(seconds.clone().prop_map(Moment::Ahead), ordered(seconds).prop_map(pair(Moment::Ahead)), false),
        span(day.clone().prop_map(Moment::Day), ordered(day).prop_map(|(from, to)| (Moment::Day(from), Moment::Day(to))), true),
    ]
}

/// A field of these, with one to three values of its kind.
fn field(fields: Fields) -> impl Strategy<Value = Expr> {
    let values = |field: &Field| match field.kind {
        FieldKind::Word(known) => prop::collection::vec(select(known.to_vec()), 1..4).prop_map(Test::Word).boxed(),
        FieldKind::Text | FieldKind::Key => prop::collection::vec(term(), 1..4).prop_map(Test::Is).boxed(),
        FieldKind::KeyOf(known) => {
            let keyed = ("[a-z]{1,8}", select(known.to_vec())).prop_map(|(key, word)| Term::plain(&format!("{key}/{word}")));
            prop::collection::vec(keyed, 1..4).prop_map(Test::Is).boxed()
        }
        FieldKind::Prose => prop::collection::vec(term(), 1..4).prop_map(Test::Has).boxed(),
        FieldKind::Number => prop::collection::vec(span(any::<i64>(), ordered(any::<i64>()), true), 1..4).prop_map(Test::Number).boxed(),
        FieldKind::DateOr(known) => prop_oneof![
            prop::collection::vec(select(known.to_vec()), 1..4).prop_map(Test::Word),
            prop::collection::vec(dates(), 1..4).prop_map(Test::Date),
        ]
        .boxed(),
        FieldKind::Rate => {
            let rate = (span(any::<i64>(), ordered(any::<i64>()), true), 1u32..=365).prop_map(|(count, days)| Rate { count, days });
            prop::collection::vec(rate, 1..4).prop_map(Test::Rate).boxed()
        }
        FieldKind::Date => prop::collection::vec(dates(), 1..4).prop_map(Test::Date).boxed(),
    };
    select(fields.fields.to_vec()).prop_flat_map(move |field| {
        let name = field.name;
        values(&field).prop_map(move |test| Expr::Field { field: name, test })
    })
}

fn expr(fields: Fields) -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![term().prop_map(Expr::Words), field(fields)];
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|members| Expr::all(members).unwrap()),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|members| Expr::any(members).unwrap()),
            inner.prop_map(Expr::negated),
        ]
    })
}

fn query() -> impl Strategy<Value = (Fields, Query)> {
    select(vec![DELTAS, TASKS, SIGNATURES]).prop_flat_map(|fields| {
        let names: Vec<&'static str> = fields.sorts.iter().map(|sort| sort.name).collect();
        let most = names.len();
        let sort = prop::sample::subsequence(names, 0..=most).prop_flat_map(|keys| {
            let count = keys.len();
            prop::collection::vec(any::<bool>(), count)
                .prop_map(move |reversed| keys.iter().zip(reversed).map(|(key, reversed)| Sort { key, reversed }).collect())
        });
        (prop::option::of(expr(fields)), sort).prop_map(move |(filter, sort)| (fields, Query { filter, sort, ..Query::default() }))
    })
}

/// Pieces of the language in any order: more of it is read than of arbitrary text.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => select(vec![
            "AND", "OR", "NOT", "-", "(", ")", " ", " ", "\"", "\\", "*", ",", ":", "..", ">", "<=", "sort:", "impact:", "kind:", "updated:", "label:", "bug",
            "crash", "40", "7d", "2026-01-31", "a", "é", "message:", "test:", "ci:", "/7d", "/", "regressed:", "yes", "lens:", "me",
        ])
        .prop_map(str::to_owned),
        1 => ".{0,3}",
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// How deep nodes stand in each other.
fn depth(expr: &Expr) -> usize {
    1 + match expr {
        Expr::And(members) | Expr::Or(members) => members.iter().map(depth).max().unwrap_or(0),
        Expr::Not(inner) => depth(inner),
        Expr::Field { .. } | Expr::Words(_) => 0,
    }
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_the_same((fields, query) in query()) {
        let text = query.to_string();
        // Only the limits may stand in the way.
        prop_assume!(text.chars().count() <= MAX_CHARS);
        prop_assert_eq!(parse(&text, &fields), Ok(query), "{}", text);
    }

    #[test]
    fn the_canonical_text_is_stable_and_not_longer(text in pieces()) {
        for fields in [DELTAS, TASKS, SIGNATURES] {
            if let Ok(query) = parse(&text, &fields) {
                let printed = query.to_string();
                prop_assert!(printed.chars().count() <= text.chars().count(), "{} -> {}", text, printed);
                prop_assert_eq!(parse(&printed, &fields).map(|query| query.to_string()), Ok(printed));
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        for fields in [DELTAS, TASKS, SIGNATURES] {
            if let Err(error) = parse(&text, &fields) {
                prop_assert!(error.column >= 1 && error.column <= text.chars().count() + 1);
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let text = String::from_utf8_lossy(&bytes);
        for fields in [DELTAS, TASKS, SIGNATURES] {
            match parse(&text, &fields) {
                Ok(query) => prop_assert_eq!(parse(&query.to_string(), &fields), Ok(query)),
                Err(error) => prop_assert!(error.column >= 1 && error.column <= text.chars().count() + 1),
            }
        }
    }

    #[test]
    fn whatever_is_read_is_within_the_limits(text in pieces()) {
        if let Ok(query) = parse(&text, &DELTAS) {
            let mut terms = 0;
            prop_assert!(query.filter.as_ref().is_none_or(|filter| depth(filter) <= 2 * MAX_DEPTH + 1));
            if let Some(filter) = &query.filter {
                filter.visit(&mut |_, _| terms += 1);
            }
            prop_assert!(terms <= MAX_TERMS);
        }
    }

    #[test]
    fn every_value_and_word_is_found_where_it_is_written(text in pieces()) {
        let chars: Vec<char> = text.chars().collect();
        if let Ok(query) = parse(&text, &DELTAS) {
            for value in query.written {
                let written: String = chars[value.column - 1..value.end - 1].iter().collect();
                let (again, filter) = match value.field {
                    "" => (written, Expr::Words(value.term)),
                    _ => {
                        let test = Test::Is(vec![Term::plain("x"), value.term]);
                        (format!("label:x,{written}"), Expr::Field { field: "label", test })
                    }
                };
                prop_assert_eq!(parse(&again, &DELTAS), Ok(Query { filter: Some(filter), ..Query::default() }));
            }
        }
    }

    #[test]
    fn an_error_stands_within_the_text(text in pieces()) {
        if let Err(error) = parse(&text, &DELTAS) {
            prop_assert!(error.column >= 1 && error.column <= text.chars().count() + 1, "{}", error);
        }
    }
}
