//! What an organisation promised, and what became of it.

use leptos::prelude::*;
use schema::{
    ledger::{LedgerPage, PromiseOutcome, Promised, Show},
    route,
};

use super::org::moved;
use crate::part::{self, Crumb, Tone};

/// The whole page.
pub fn ledger(page: &LedgerPage) -> AnyView {
    let LedgerPage { org, org_name, show, ledger, .. } = page;
    let path = route::ledger(org);
    let at = |show: Show, cursor: &str| {
        let word = if show == Show::Open { "" } else { show.as_str() };
        route::with_query(&path, &[("show", word), ("cursor", cursor)])
    };
    let tabs = Show::ALL
        .iter()
        .filter(|one| page.inside || **one != Show::Quiet || ledger.totals.quiet > 0)
        .map(|one| (format!("{} {}", named(*one), ledger.totals.count(*one)), at(*one, ""), one == show))
        .collect();
    let more = ledger.next.as_ref().map(|next| at(*show, next));
    let insight = page.inside.then(|| view! { <a class="link small" href=route::insight(org)>"By month"</a> });
    let body = if ledger.items.is_empty() {
        part::empty(nothing(*show), explained(*show, page).as_str(), ())
    } else {
        let rows = ledger.items.iter().map(|entry| row(entry, page)).collect_view();
        view! {
            <table>
                <caption class="hid">{format!("Promises: {}", named(*show))}</caption>
                <thead><tr><th scope="col">"Promise"</th><th scope="col">"About"</th><th scope="col">"For"</th><th scope="col">"Since"</th><th scope="col"><span class="hid">"What to do"</span></th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        {part::crumbs(vec![Crumb::link(org_name.clone(), route::org(org)), Crumb::text("Promises")])}
        <div class="bar"><h1>"Promises"</h1><span class="push"></span>{insight}<a class="link small" href=format!("{}#promises", route::help())>"What the words mean"</a></div>
        {part::tabs("Which promises", tabs)}
        <div class="mt">{part::panel_with(named(*show), &explained(*show, page), (), body)}{part::pager(more)}</div>
    }
    .into_any()
}

fn named(show: Show) -> &'static str {
    match show {
        Show::Open => "Open",
        Show::Soon => "Due soon",
        Show::Overdue => "Overdue",
        Show::Quiet => "Gone quiet",
        Show::Moved => "Moved",
        Show::Kept => "Kept",
        Show::Late => "Kept late",
        Show::Dropped => "Dropped",
        Show::All => "All",
    }
}

fn nothing(show: Show) -> &'static str {
    match show {
        Show::Open => "No open promise",
        Show::Soon => "Nothing is due soon",
        Show::Overdue => "Nothing is overdue",
        Show::Quiet => "None has gone quiet",
        Show::Moved => "None moved",
        Show::Kept => "None was kept in time yet",
        Show::Late => "None was kept late",
        Show::Dropped => "None was taken back",
        Show::All => "Nothing was promised yet",
    }
}

fn explained(show: Show, page: &LedgerPage) -> String {
    match show {
        Show::Open => "what stands, by its day".to_owned(),
        Show::Soon => format!("within {} days", schema::ledger::SOON),
        Show::Overdue => "their day has passed".to_owned(),
        Show::Quiet => {
            let expiry = page.expires_after.map(|days| format!("; after {days} they expire")).unwrap_or_default();
            format!("nothing was heard for {} days; after {} others may take them over{expiry}", page.quiet_after, page.quiet_after * 2)
        }
        Show::Moved => "open ones whose target changed".to_owned(),
        Show::Kept => "delivered by their day, or without one".to_owned(),
        Show::Late => "delivered after their day".to_owned(),
        Show::Dropped => "taken back, or expired".to_owned(),
        Show::All => "open ones first, then the latest".to_owned(),
    }
}

fn row(entry: &Promised, page: &LedgerPage) -> AnyView {
    let outcome = match entry.outcome {
        PromiseOutcome::Open => part::commitment(entry.state.as_str(), ""),
        PromiseOutcome::Kept => part::pill(Tone::Good, "kept"),
        PromiseOutcome::Late => part::pill(Tone::Warn, "kept late"),
        PromiseOutcome::Dropped => part::pill(Tone::Bad, "dropped"),
    };
    let deltas = entry
        .deltas
        .iter()
        .map(|delta| {
            let closed = (!delta.open).then(|| view! { " "{part::pill(Tone::Good, "closed")} });
            view! { <div>{part::kind_mark(delta.kind.as_str())}" "{part::id(&delta.key.to_string())}" "<a class="t" href=route::delta(delta.key)>{delta.title.clone()}</a>{closed}</div> }
        })
        .collect_view();
    let task = entry.task.as_ref().map(|task| {
        let title = entry.deltas.is_empty().then(|| entry.title.clone());
        view! { <div class="small muted">{part::id_link(&task.to_string(), &route::task(task))}" "{title}</div> }
    });
    let by = entry.by.as_ref().map(|person| format!(" by {}", person.display_name));
    view! {
        <tr data-row="">
            <td class="nowrap">{outcome}</td>
            <td class="grow">{deltas}{task}</td>
            <td data-l="For">{when(entry)}</td>
            <td class="muted small" data-l="Since">{part::day(entry.made.0)}{by}</td>
            <td class="end">{quiet(entry, page)}</td>
        </tr>
    }
    .into_any()
}

/// For when, how that moved, and how it stands against the day.
fn when(entry: &Promised) -> AnyView {
    let day = match (entry.due, entry.target.as_deref()) {
        (Some(due), Some(target)) if target == due.to_string() => part::day(due.0).into_any(),
        (Some(due), Some(target)) => view! { {target.to_owned()}" "<span class="muted small">{part::day(due.0)}</span> }.into_any(),
        (_, Some(target)) => view! { {target.to_owned()} }.into_any(),
        _ => view! { <span class="faint">"no day"</span> }.into_any(),
    };
    let left = entry.days_left.and_then(|days| match days {
        ..0 => Some(part::pill(Tone::Bad, &format!("{} overdue", in_days(-days)))),
        0 => Some(part::pill(Tone::Warn, "today")),
        1..=schema::ledger::SOON => Some(part::pill(Tone::Warn, &format!("in {}", in_days(days)))),
        _ => None,
    });
    let moves = (entry.moves > 0).then(|| view! { <div class="xs faint">{moved_by(entry)}</div> });
    view! { {day}" "{left}{moves} }.into_any()
}

/// "moved twice, by 34 days in all".
fn moved_by(entry: &Promised) -> String {
    match entry.shift {
        0 => moved(entry.moves),
        days if days > 0 => format!("{}, {} later in all", moved(entry.moves), in_days(days)),
        days => format!("{}, {} earlier in all", moved(entry.moves), in_days(-days)),
    }
}

fn in_days(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// What there is to do about a promise of which nothing was heard.
fn quiet(entry: &Promised, page: &LedgerPage) -> AnyView {
    let Some(days) = entry.quiet else { return ().into_any() };
    let pill = part::pill(Tone::Warn, &format!("quiet for {}", in_days(days)));
    let buttons = entry.task.as_ref().filter(|_| page.may_change).map(|task| {
        let again = part::act(&route::task_commitment(task), "Still on it", "btn small", &still(entry));
        let over = entry.takeover.then(|| part::act(&route::task_takeover(task), "Take over", "btn quiet small", &[]));
        view! { {again}{over} }
    });
    let offered = (entry.takeover && !page.may_change).then(|| view! { <span class="small muted">"may be taken over"</span> });
    view! { <div class="row-of">{pill}{buttons}{offered}</div> }.into_any()
}

/// The fields that say a promise once more.
fn still(entry: &Promised) -> Vec<(&str, &str)> {
    let target = entry.target.as_deref().unwrap_or_default();
    let field = if target.parse::<schema::day::Day>().is_ok() { "target_date" } else { "target_release" };
    vec![("state", entry.state.as_str()), (field, target), ("note", "Still on it.")]
}

#[cfg(test)]
mod tests {
    use schema::{ledger::Ledger, task::Commitment};

    use super::*;
    use crate::testing::html;

    fn page(items: Vec<Promised>, may_change: bool) -> LedgerPage {
        LedgerPage {
            org: "nw".into(),
            org_name: "Northwind".into(),
            show: Show::Open,
            ledger: Ledger { items, ..Ledger::default() },
            inside: may_change,
            may_change,
            quiet_after: 30,
            expires_after: None,
        }
    }

    fn entry() -> Promised {
        Promised {
            state: Commitment::Committed,
            outcome: PromiseOutcome::Open,
            target: Some("2026-12-12".into()),
            due: "2026-12-12".parse().ok(),
            made: "2026-06-01".parse().unwrap(),
            on: "2026-07-01".parse().unwrap(),
            moves: 2,
            shift: 34,
            days_left: Some(-3),
            quiet: Some(70),
            takeover: true,
            deltas: Vec::new(),
            task: Some("NW-7".parse().unwrap()),
            title: Some("Retry".into()),
            by: None,
        }
    }

    #[test]
    fn a_quiet_promise_asks_its_owner_and_offers_itself() {
        let mine = html(|| ledger(&page(vec![entry()], true)));
        for words in ["3 days overdue", "moved 2 times, 34 days later in all", "Still on it", "Take over", "quiet for 70 days"] {
            assert!(mine.contains(words), "{words}: {mine}");
        }
        let theirs = html(|| ledger(&page(vec![Promised { task: None, title: None, ..entry() }], false)));
        assert!(theirs.contains("may be taken over") && !theirs.contains("Still on it") && !theirs.contains("NW-7"), "{theirs}");
    }

    #[test]
    fn an_empty_ledger_says_what_would_stand_here() {
        assert!(html(|| ledger(&page(Vec::new(), true))).contains("No open promise"));
    }
}
