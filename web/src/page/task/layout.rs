//! Tasks laid out: as a table, as lines, as cards by category, and in a month.

use leptos::prelude::*;
use schema::{
    board::Category,
    day::Day,
    route,
    task::{
        TaskSummary,
        page::{Layout, Scope, TaskListPage},
    },
};
use time::{Duration, OffsetDateTime};

use crate::part::{self, Tone, capital, card::card};

/// The tasks of a page, as it asks for them.
pub(super) fn laid_out(page: &TaskListPage, at: impl Fn(&[(&str, &str)]) -> String) -> AnyView {
    match page.layout {
        Layout::Calendar => calendar(page, at),
        _ if page.items.is_empty() => ().into_any(),
        Layout::Table => table(page),
        Layout::List => list(page),
        Layout::Board => board(page),
    }
}

fn table(page: &TaskListPage) -> AnyView {
    let rows = page.items.iter().map(|one| row(one, page.now)).collect_view();
    part::panel_with(
        "Tasks",
        match page.scope {
            Scope::Org { .. } => "in the organisation's order",
            Scope::Mine => "of all your organisations",
        },
        (),
        view! {
            <table>
                <caption class="hid">"Tasks"</caption>
                <thead><tr><th scope="col">"Task"</th><th scope="col">"For"</th><th scope="col">"Promise"</th><th scope="col">"Who"</th><th scope="col">"Stands in"</th><th scope="col">"Updated"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        },
    )
}

fn row(one: &TaskSummary, now: OffsetDateTime) -> AnyView {
    let TaskSummary { card, column_name, due, updated_at, .. } = one;
    let people = card.assignees.iter().map(|person| part::avatar(&person.display_name, &person.display_name)).collect_view();
    let deltas = card.deltas.iter().take(3).map(|delta| part::id_link(&delta.key.to_string(), &route::delta(delta.key))).collect_view();
    let blocked = card.blocked_by.first().map(|key| part::pill(Tone::Bad, &format!("blocked by {key}")));
    view! {
        <tr data-row>
            <td>
                {part::priority_bars(card.priority.as_str())}" "{part::id_link(&card.key.to_string(), &route::task(&card.key))}" "
                <a class="t" href=route::task(&card.key)>{card.title.clone()}</a>" "{blocked}
            </td>
            <td data-l="For"><span class="row-of one">{deltas}</span></td>
            <td data-l="Promise">{part::commitment(card.commitment.as_str(), card.target.as_deref().unwrap_or_default())}</td>
            <td><span class="faces">{people}</span></td>
            <td data-l="Stands in">{column_name.clone()}{due_words(one, *due, now)}</td>
            <td class="faint">{part::ago(*updated_at, now)}</td>
        </tr>
    }
    .into_any()
}

/// When it is due; in red where that day is over and the work is not.
fn due_words(one: &TaskSummary, due: Option<Day>, now: OffsetDateTime) -> Option<AnyView> {
    due.map(|due| {
        let late = one.category != Category::Done && due.0 < now.date();
        let words = if late { " · was due " } else { " · due " };
        view! { <span class=late.then_some("bad-ink")>{words}{part::day(due.0)}</span> }.into_any()
    })
}

fn list(page: &TaskListPage) -> AnyView {
    let lines = page.items.iter().map(|one| {
        let card = &one.card;
        view! {
            <li class="row-of" data-row>
                {part::priority_bars(card.priority.as_str())}{part::id_link(&card.key.to_string(), &route::task(&card.key))}
                <a class="t" href=route::task(&card.key)>{card.title.clone()}</a>
                <span class="small muted">{one.column_name.clone()}{due_words(one, one.due, page.now)}</span>
            </li>
        }
    });
    let lines = lines.collect_view();
    part::panel("Tasks", view! { <ul class="body lines" aria-label="Tasks">{lines}</ul> })
}

fn board(page: &TaskListPage) -> AnyView {
    let columns = Category::ALL
        .iter()
        .map(|category| {
            let here: Vec<_> = page.items.iter().filter(|one| one.category == *category).collect();
            let cards: String = here.iter().map(|one| card(&one.card, *category)).collect();
            let name = capital(category.as_str());
            let label = format!("{name}, cards");
            view! {
                <section class="col">
                    <header><h2>{name}</h2><span class="wip">{here.len()}</span></header>
                    <ol aria-label=label inner_html=cards></ol>
                </section>
            }
        })
        .collect_view();
    view! { <div class="board n5" data-fixed="">{columns}</div> }.into_any()
}

/// What a day of the calendar says of a task.
fn on(one: &TaskSummary, day: Day) -> Option<&'static str> {
    match one.card.target.as_deref() == Some(&day.to_string()) {
        true => Some("promised"),
        false => (one.due == Some(day)).then_some("due"),
    }
}

fn calendar(page: &TaskListPage, at: impl Fn(&[(&str, &str)]) -> String) -> AnyView {
    let month = page.month;
    let title = format!("{} {}", month.0.month(), month.0.year());
    let step = |words: &'static str, to: Day| {
        let to = to.month_text();
        view! { <a class="btn small" href=at(&[("as", "calendar"), ("month", &to)])>{words}</a> }
    };
    let steps = view! { {step("Month before", month.last_month())}{step("This month", Day(page.now.date()))}{step("Month after", month.next_month())} };
    // Weeks begin on Monday, as ISO 8601 has them.
    let before = i64::from(month.0.weekday().number_days_from_monday());
    let length = i64::from(month.0.month().length(month.0.year()));
    let blanks = |n: i64| (0..n).map(|_| view! { <li class="blank" aria-hidden="true"></li> }).collect_view();
    let after = (7 - (before + length) % 7) % 7;
    let days = (0..length)
        .filter_map(|n| month.0.checked_add(Duration::days(n)).map(Day))
        .map(|day| {
            let tasks: Vec<_> = page.items.iter().filter_map(|one| on(one, day).map(|why| (one, why))).collect();
            let class = match (tasks.is_empty(), day.0 == page.now.date()) {
                (_, true) => "today",
                (true, _) => "free",
                _ => "",
            };
            let tasks = tasks
                .into_iter()
                .map(|(one, why)| {
                    let done = one.category == Category::Done;
                    let tone = match (why, done) {
                        (_, true) => Tone::Good,
                        (_, false) if day.0 < page.now.date() => Tone::Bad,
                        ("promised", _) => Tone::Accent,
                        _ => Tone::Plain,
                    };
                    let words = if done { "done" } else { why };
                    view! {
                        <a href=route::task(&one.card.key) title=one.card.title.clone()>
                            {part::pill(tone, words)}<span class="id">{one.card.key.to_string()}</span><span class="t">{one.card.title.clone()}</span>
                        </a>
                    }
                })
                .collect_view();
            let weekday: String = day.0.weekday().to_string().chars().take(3).collect();
            view! {
                <li class=class>
                    <time class="day" datetime=day.to_string()>{format!("{weekday} {}", day.0.day())}</time>
                    {tasks}
                </li>
            }
        })
        .collect_view();
    part::panel_with(
        &title,
        "what is due or promised on a day",
        steps,
        view! { <ol class="month" aria-label=title.clone()>{blanks(before)}{days}{blanks(after)}</ol> },
    )
}
