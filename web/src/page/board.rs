//! A board: columns of cards, live where there is a script, moved by form where there is none.

use leptos::prelude::*;
use schema::board::{
    Board, Category, Column, DONE_DAYS, OVER, limit_words,
    page::{BoardForm, BoardPage, ColumnForm},
};
use schema::{query::Of, route};

use crate::island::board::Board as Alive;
use crate::part::{self, Crumb, Field, Tone, Tried, card::card};

/// The whole page.
pub fn board(page: &BoardPage) -> AnyView {
    let BoardPage { org_name, board, q, error, refused, may_change } = page;
    let (org, slug) = (&board.org, &board.slug);
    let path = route::board(org, slug);
    let quick = [("Mine", "is:mine"), ("Blocked", "is:blocked"), ("Committed", "commitment:committed")]
        .map(|(words, quick)| {
            let on = q == quick;
            // Pressed again it lets go.
            let href = if on { format!("{path}?q=") } else { route::with_query(&path, &[("q", quick)]) };
            view! { <a class="btn quiet" href=href aria-current=on.then_some("true")>{words}</a> }
        })
        .collect_view();
    let tools = may_change.then(|| {
        view! {
            <a class="btn quiet" href=route::board_edit(org, slug)>"Edit board"</a>
            <a class="btn primary" href=route::task_new(org) data-key="c">"New task"<kbd>"C"</kbd></a>
        }
    });
    let error = error.as_ref().map(|words| part::notice(Tone::Bad, words));
    let cards: usize = board.columns.iter().map(|column| column.cards.len()).sum();
    let empty = (cards == 0).then(|| nothing(page));
    let columns = board.columns.iter().map(|column| lane(org, slug, column)).collect::<String>();
    let filtered = !q.trim().is_empty();
    let hint = may_change.then(|| {
        view! {
            <span class="push xs faint keys-hint">
                <kbd>"↑"</kbd>" "<kbd>"↓"</kbd>" move · "<kbd>"Shift"</kbd>"+"<kbd>"→"</kbd>" next column · "<kbd>"?"</kbd>" all keys"
            </span>
        }
    });
    // How many columns there are: what comes while the page loads finds its width already there.
    let class = format!("board n{}{}", board.columns.len().min(8), if cards == 0 { " bare" } else { "" });
    let alive = view! {
            <div
                class=class id="board" data-org=org.clone() data-board=slug.clone() data-version=board.version.to_string() data-events=route::api::board_events(org, slug)
                data-page=path.clone() data-filtered=filtered.then_some("") data-fixed=(!may_change).then_some("") inner_html=columns
            ></div>
    }
    .into_any();
    view! {
        <div class="bar">
            <div class="crumbs">{part::org_mark(org_name, "")}<a href=route::org(org)>{org_name.clone()}</a><span>"/"</span><span>"Boards"</span></div>
        </div>
        <div class="bar">
            <h1>{board.name.clone()}</h1><span class="pill good" id="live" hidden>"● live"</span><span class="push"></span>{tools}
        </div>
        <div class="bar">
            {part::query_box(&path, q, Of::Tasks, "assignee:me priority:high,urgent", None)}
            {quick}
            {hint}
        </div>
        {error}
        {empty}
        <Alive>{alive}</Alive>
        {may_change.then(|| mover(board, Tried::of(refused, "move")))}
    }
    .into_any()
}

/// One column as HTML. Its count and limit are written by the island in the same words.
fn lane(org: &str, board: &str, column: &Column) -> String {
    let Column { slug, name, category, wip_limit, wip_hard, policy, cards } = column;
    let done = *category == Category::Done;
    let words = limit_words(cards.len(), *wip_limit, *wip_hard);
    let over = words == OVER;
    let count = match wip_limit {
        Some(limit) => format!("{} / {limit}", cards.len()),
        None => cards.len().to_string(),
    };
    let limit = wip_limit.map(|limit| limit.to_string());
    let title = (!policy.is_empty()).then(|| policy.clone());
    let week = done.then(|| {
        let query = format!("is:done board:{board} sort:updated");
        let href = route::with_query(&route::tasks(org), &[("q", &query)]);
        view! { <a class="wip push" href=href>{format!("last {DONE_DAYS} days")}</a> }
    });
    let label = format!("{name}, cards");
    let html = cards.iter().map(|one| card(one, *category)).collect::<String>();
    view! {
        <section class=if over { "col over" } else { "col" } data-column=slug.clone() data-limit=limit data-hard=wip_hard.then_some("") data-done=done.then_some("")>
            <header title=title>
                <h2>{name.clone()}</h2><span class="wip">{count}</span><span class="over-words">{words}</span>{week}
            </header>
            <ol aria-label=label inner_html=html></ol>
        </section>
    }
    .to_html()
}

fn nothing(page: &BoardPage) -> AnyView {
    let BoardPage { board, q, may_change, .. } = page;
    if !q.trim().is_empty() {
        let step = view! { <a class="btn" href=format!("{}?q=", route::board(&board.org, &board.slug))>"Show all cards"</a> };
        return part::empty("No card meets this filter", "The board has others: they are only out of sight.", step);
    }
    let step = may_change.then(|| view! { <a class="btn primary" href=route::triage(&board.org)>"Open the triage inbox"</a> });
    part::empty(
        "No work here yet",
        "Tasks of this organisation stand here, each for the deltas it does something about. Take a delta from the inbox, or create a task.",
        step,
    )
}

/// Moving a card without dragging: for those without a script, and one more way for everybody.
fn mover(board: &Board, tried: Tried<'_>) -> AnyView {
    let columns = board.columns.iter().map(|column| (column.slug.clone(), column.name.clone())).collect();
    let beside = vec![("after".to_owned(), "below".to_owned()), ("before".to_owned(), "above".to_owned())];
    let body = view! {
        {tried.above(&["task", "column", "beside"])}
        <div class="cols">
            {tried.field("task", "Card", "").placeholder("NW-207").mono().required().max(30).text("text")}
            {tried.field("column", "To column", "").required().select(columns)}
            {tried.field("where", "Place it", "").select(beside)}
            {tried.field("beside", "this card", "").placeholder("NW-180").mono().hint("Empty: its place in the order stays.").max(30).text("text")}
        </div>
        <div>{part::submit("Move")}</div>
    };
    view! {
        <details class="mt" open=tried.refused()><summary class="muted small">"Move a card"</summary><div class="mt">{part::post(&route::board_move(&board.org, &board.slug), body)}</div></details>
    }
    .into_any()
}

/// The page that makes or changes a board.
pub fn form(page: &BoardForm) -> AnyView {
    let BoardForm { org, org_name, slug, new_slug, name, filter, columns, cards_to, version, error } = page;
    let new = slug.is_empty();
    let (title, action, back) = match new {
        true => ("New board".to_owned(), route::board_new(org), route::org(org)),
        false => (format!("Edit {name}"), route::board_edit(org, slug), route::board(org, slug)),
    };
    let lines = columns.iter().enumerate().map(|(index, line)| line_of(index, line)).collect_view();
    let stay = "nowhere: one with cards is not removed".to_owned();
    let takers = columns.iter().filter(|line| !line.slug.is_empty()).map(|line| (line.slug.clone(), line.name.clone()));
    let takers = std::iter::once((String::new(), stay)).chain(takers.filter(|(_, name)| !name.is_empty())).collect();
    let body = view! {
        <input type="hidden" name="version" value=version.to_string()/>
        {Field::new("name", "Name").value(name.clone()).required().max(200).text("text")}
        {new.then(|| Field::new("slug", "Short name in addresses").value(new_slug.clone()).hint("a-z, 0-9, '.', '_' and '-'").mono().required().max(64).text("text"))}
        {(!new).then(|| Field::new("filter", "Filter it opens with").value(filter.clone()).mono().max(1000).placeholder("is:open").text("text"))}
        <h2>"Columns, from left to right"</h2>
        <p class="hint">"Empty a name to remove a column. A limit is shown; a hard one also stops who would put one more card there."</p>
        {lines}
        {(!new).then(|| Field::new("cards-to", "Cards of a removed column go to").value(cards_to.clone()).select(takers))}
        {part::buttons(if new { "Create the board" } else { "Save" }, &back)}
    };
    view! {
        {part::crumbs(vec![Crumb::link(org_name.clone(), route::org(org)), Crumb::text("Boards")])}
        <h1>{title}</h1>
        <div class="narrow mt">{error.as_ref().map(|words| part::notice(Tone::Bad, words))}{part::post(&action, body)}</div>
    }
    .into_any()
}

fn line_of(index: usize, line: &ColumnForm) -> AnyView {
    let categories = Category::ALL.iter().map(|category| (category.to_string(), category.to_string())).collect();
    let number = index + 1;
    let name = |field: &str| format!("{field}-{index}");
    view! {
        <fieldset class="cols">
            <legend class="hid">{format!("Column {number}")}</legend>
            <input type="hidden" name=name("slug") value=line.slug.clone()/>
            {Field::new(name("name"), format!("Column {number}")).value(line.name.clone()).max(64).text("text")}
            {Field::new(name("category"), "Means").value(line.category.clone()).required().select(categories)}
            <div class="stack-sm">
                {Field::new(name("wip"), "Limit").value(line.wip_limit.clone()).text("number")}
                {part::check(&name("hard"), "true", "Hard", line.wip_hard)}
            </div>
            {Field::new(name("policy"), "Policy").value(line.policy.clone()).max(2000).text("text")}
        </fieldset>
    }
    .into_any()
}
