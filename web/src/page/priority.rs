//! The order of an organisation's open tasks, and the one that scores suggest beside it.

use leptos::prelude::*;
use schema::{
    priority::{PrioritiesPage, Ranked},
    route,
};

use crate::part::{self, Crumb, Tone};

/// The whole page.
pub fn priorities(page: &PrioritiesPage) -> AnyView {
    let PrioritiesPage { org, org_name, order, may_change } = page;
    let body = if order.items.is_empty() {
        let step = may_change.then(|| view! { <a class="btn primary" href=route::task_new(org)>"New task"</a> });
        part::panel("Our order", part::empty("Nothing to put in order", "Open tasks stand here, the first one first.", step))
    } else {
        let shown = order.items.len();
        let about = if order.open > i64::try_from(shown).unwrap_or_default() {
            format!("the first {shown} of {}", order.open)
        } else {
            format!("{shown} open")
        };
        view! { <div class="stack">{part::panel_with("Our order", &about, (), ours(page))}{suggested(page)}</div> }.into_any()
    };
    view! {
        {part::crumbs(vec![Crumb::link(org_name.clone(), route::org(org)), Crumb::text("Priorities")])}
        <h1>"Priorities"</h1>
        <p class="muted small">"What is done first: one order over all open tasks. A task's band follows where you put it."</p>
        <div class="mt">{body}</div>
    }
    .into_any()
}

fn ours(page: &PrioritiesPage) -> AnyView {
    let rows = page.order.items.iter().map(|task| row(task, buttons(task, page))).collect_view();
    table("Our order", rows)
}

fn suggested(page: &PrioritiesPage) -> AnyView {
    let order = &page.order;
    let about = if order.lens { "through the lens; nothing applies it by itself" } else { "by impact; nothing applies it by itself" };
    if order.suggested.is_empty() {
        return part::panel_with(
            "Suggested",
            about,
            (),
            part::empty("Nothing to suggest", "No open task is for an open delta that hits anybody.", ()),
        );
    }
    let rows = (1..)
        .zip(&order.suggested)
        .map(|(at, task): (i64, &Ranked)| {
            let same = task.position == at;
            let tool = match (same, page.may_change) {
                (true, _) => view! { <span class="small faint">"stands there"</span> }.into_any(),
                (false, true) => put(page, task, &format!("Put at #{at}"), at, "btn quiet small"),
                (false, false) => ().into_any(),
            };
            let now = (!same).then(|| view! { <span class="xs faint">{format!("now #{}", task.position)}</span> });
            row(&Ranked { position: at, out_of_order: false, ..task.clone() }, view! { {now}" "{tool} }.into_any())
        })
        .collect_view();
    part::panel_with("Suggested", about, (), table("Suggested order", rows))
}

fn table(caption: &'static str, rows: impl IntoView + 'static) -> AnyView {
    view! {
        <table>
            <caption class="hid">{caption}</caption>
            <thead class="hid"><tr><th scope="col">"Place"</th><th scope="col">"Task"</th><th scope="col">"Impact"</th><th scope="col">"Move"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(task: &Ranked, tools: AnyView) -> AnyView {
    let key = task.key.to_string();
    let odd = task.out_of_order.then(|| view! { " "{part::pill(Tone::Warn, "out of order")} });
    let impact = (task.deltas > 0).then(|| part::impact(task.score));
    view! {
        <tr data-row="">
            <td class="num nowrap">{format!("#{}", task.position)}</td>
            <td class="grow">{part::priority(task.priority.as_str())}" "{part::id(&key)}" "<a class="t" href=route::task(&task.key)>{task.title.clone()}</a>{odd}</td>
            <td>{impact}</td>
            <td class="end nowrap">{tools}</td>
        </tr>
    }
    .into_any()
}

/// Up, down, and to any place.
fn buttons(task: &Ranked, page: &PrioritiesPage) -> AnyView {
    if !page.may_change {
        return ().into_any();
    }
    let at = task.position;
    let up = (at > 1).then(|| put(page, task, "Up", at - 1, "btn quiet small"));
    let down = (at < page.order.open).then(|| put(page, task, "Down", at + 1, "btn quiet small"));
    let label = format!("Place of {}", task.key);
    let field = view! {
        <input class="in small num" type="number" name="position" min="1" max=page.order.open.to_string() value=at.to_string() aria-label=label required/>
        <button class="btn quiet small" type="submit">"Put"</button>
    };
    let action = route::priority(&page.org, &task.key);
    view! { <div class="row-of one">{up}{down}<form class="row-of one" method="post" action=action>{field}</form></div> }.into_any()
}

fn put(page: &PrioritiesPage, task: &Ranked, words: &str, at: i64, class: &'static str) -> AnyView {
    part::act(&route::priority(&page.org, &task.key), words, class, &[("position", &at.to_string())])
}

#[cfg(test)]
mod tests {
    use schema::{priority::Priorities, task::Priority};

    use super::*;
    use crate::testing::html;

    fn page(may_change: bool) -> PrioritiesPage {
        let task = |number, score| Ranked {
            position: 0,
            key: schema::id::TaskKey { prefix: "NW".into(), number },
            title: format!("Task {number}"),
            priority: Priority::Normal,
            out_of_order: false,
            score,
            deltas: 1,
        };
        let order = Priorities::of(vec![task(1, 10), task(2, 80)], true);
        PrioritiesPage { org: "nw".into(), org_name: "Northwind".into(), order, may_change }
    }

    #[test]
    fn who_may_change_the_order_has_buttons_for_it() {
        let mine = html(|| priorities(&page(true)));
        for words in ["#1", "Down", "Put at #1", "now #2", "through the lens"] {
            assert!(mine.contains(words), "{words}: {mine}");
        }
        let theirs = html(|| priorities(&page(false)));
        assert!(theirs.contains("now #2") && !theirs.contains("<form"), "{theirs}");
    }
}
