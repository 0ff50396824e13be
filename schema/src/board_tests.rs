//! One total order, no card lost or doubled.

use proptest::prelude::*;

use super::*;

fn key(number: i64) -> TaskKey {
    TaskKey { prefix: "NW".to_owned(), number }
}

fn card(number: i64) -> Card {
    Card {
        key: key(number),
        title: format!("Task {number}"),
        priority: Priority::Normal,
        version: 1,
        assignees: Vec::new(),
        labels: Vec::new(),
        deltas: Vec::new(),
        commitment: Commitment::None,
        target: None,
        blocked_by: Vec::new(),
        ci_failing: None,
        rank: crate::rank::dealt(number.unsigned_abs()),
    }
}

fn board() -> Board {
    let column = |slug: &str, cards: &[i64]| Column {
        wip_hard: false,
        slug: slug.to_owned(),
        name: slug.to_owned(),
        category: Category::Doing,
        wip_limit: None,
        policy: String::new(),
        cards: cards.iter().map(|number| card(*number)).collect(),
    };
    Board {
        org: "nw".to_owned(),
        slug: "switching".to_owned(),
        name: "Switching".to_owned(),
        filter: String::new(),
        swimlanes: Swimlanes::None,
        version: 1,
        settings_version: 1,
        columns: vec![column("ready", &[1, 2, 3]), column("doing", &[4]), column("done", &[])],
    }
}

fn moved(version: i64, number: i64, column: &str, after: Option<i64>) -> Event {
    let kind = EventKind::CardMoved { key: key(number), column: column.to_owned(), after: after.map(key), task_version: version };
    Event { version, kind }
}

fn numbers(board: &Board) -> Vec<Vec<i64>> {
    board.columns.iter().map(|column| column.cards.iter().map(|card| card.key.number).collect()).collect()
}

#[test]
fn a_card_goes_below_the_one_named() {
    let mut board = board();
    assert_eq!(board.apply(&moved(2, 1, "doing", Some(4))), Applied::Done);
    assert_eq!(numbers(&board), [vec![2, 3], vec![4, 1], vec![]]);
    assert_eq!(board.apply(&moved(3, 3, "ready", None)), Applied::Done);
    assert_eq!(numbers(&board), [vec![3, 2], vec![4, 1], vec![]]);
    assert_eq!(board.card(&key(1)).unwrap().version, 2);
}

#[test]
fn an_event_twice_changes_nothing_and_a_gap_is_noticed() {
    let mut board = board();
    assert_eq!(board.apply(&moved(2, 1, "done", None)), Applied::Done);
    let seen = board.clone();
    assert_eq!(board.apply(&moved(2, 1, "ready", None)), Applied::Known);
    assert_eq!(board.apply(&moved(4, 1, "ready", None)), Applied::Reload);
    assert_eq!(board, seen);
}

#[test]
fn what_does_not_fit_changes_nothing() {
    let mut board = board();
    let seen = board.clone();
    for event in [
        moved(2, 9, "done", None),
        moved(2, 1, "nowhere", None),
        moved(2, 1, "done", Some(4)),
        moved(2, 1, "ready", Some(1)),
        Event { version: 2, kind: EventKind::BoardChanged },
    ] {
        assert_eq!(board.apply(&event), Applied::Reload, "{event:?}");
    }
    assert_eq!(board, seen);
}

#[test]
fn a_new_card_comes_in_and_one_that_leaves_is_gone() {
    let mut board = board();
    let kind = EventKind::CardAdded { column: "done".to_owned(), after: None, card: Box::new(card(7)) };
    assert_eq!(board.apply(&Event { version: 2, kind }), Applied::Done);
    assert_eq!(board.apply(&Event { version: 3, kind: EventKind::CardRemoved { key: key(2) } }), Applied::Done);
    let kind = EventKind::CardChanged { card: Box::new(Card { title: "Other words".to_owned(), version: 5, ..card(3) }) };
    assert_eq!(board.apply(&Event { version: 4, kind }), Applied::Done);
    assert_eq!(numbers(&board), [vec![1, 3], vec![4], vec![7]]);
    assert_eq!(board.card(&key(3)).unwrap().title, "Other words");
    assert_eq!(board.apply(&Event { version: 5, kind: EventKind::CardChanged { card: Box::new(card(2)) } }), Applied::Reload);
}

#[test]
fn an_event_is_written_as_clients_read_it() {
    let json = serde_json::to_value(moved(2, 1, "doing", Some(4))).unwrap();
    let expected = serde_json::json!(
        {"version": 2, "event": "card-moved", "key": "NW-1", "column": "doing", "after": "NW-4", "task_version": 2});
    assert_eq!(json, expected);
    assert_eq!(serde_json::from_value::<Event>(json).unwrap(), moved(2, 1, "doing", Some(4)));
}

proptest! {
    #[test]
    fn no_card_is_lost_or_doubled(moves in prop::collection::vec((1..=5_i64, 0..4_usize, prop::option::of(1..=5_i64)), 0..60)) {
        let mut board = board();
        for (number, column, after) in moves {
            let column = ["ready", "doing", "done", "nowhere"][column];
            board.apply(&moved(board.version + 1, number, column, after));
            let mut all: Vec<i64> = numbers(&board).concat();
            all.sort_unstable();
            prop_assert_eq!(all, [1, 2, 3, 4]);
        }
    }
}

#[test]
fn a_column_says_when_it_is_over_its_limit_and_when_a_hard_one_is_reached() {
    for (cards, limit, hard, words) in [
        (9, None, true, ""),
        (2, Some(3), true, ""),
        (3, Some(3), false, ""),
        (3, Some(3), true, "full"),
        (4, Some(3), true, OVER),
        (4, Some(3), false, OVER),
    ] {
        assert_eq!(limit_words(cards, limit, hard), words, "{cards} of {limit:?}");
    }
}
