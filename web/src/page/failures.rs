//! What fails in a project's CI: unexplained groups, the deltas that explain the others, and a signature to try.

use leptos::prelude::*;
use schema::{
    ci::{DAYS, ExplainedDelta, FailureGroup, FailuresPage, Sample, Tried},
    delta::Ref,
    route,
    stance::Standing,
};
use time::OffsetDateTime;

use crate::part::{self, Bar, Crumb, Field, Tone};

/// The page.
pub fn failures(page: FailuresPage) -> AnyView {
    let here = route::failures(&page.project);
    let steps = vec![Crumb::link(page.project.clone(), route::project(&page.project)), Crumb::text("CI")];
    let spans = [(1, "24 h"), (7, "7 days"), (30, "30 days")]
        .into_iter()
        .map(|(days, words)| {
            let href = route::with_query(&here, &[("days", &days.to_string())]);
            view! { <a class="btn quiet" href=href aria-current=(days == page.days).then_some("true")>{words}</a> }
        })
        .collect_view();
    let unexplained = unexplained(&page);
    let explained = explained(&page);
    let lab = lab(&page, &here);
    view! {
        {part::crumbs(steps)}
        <div class="bar">
            <h1>"CI failures"</h1>
            <nav class="row-of push" aria-label="Span of time">{spans}<a class="btn" href=route::runs(&page.project)>"All runs"</a></nav>
        </div>
        {tiles(&page)}
        <div class="stack">{unexplained}{explained}{lab}</div>
    }
    .into_any()
}

fn percent(part: i64, of: i64) -> Option<i64> {
    (of > 0).then(|| (part * 100 + of / 2) / of)
}

fn span(days: i64) -> &'static str {
    match days {
        1 => "the day before",
        7 => "last week",
        _ => "the 30 days before",
    }
}

fn tiles(page: &FailuresPage) -> AnyView {
    let share = percent(page.explained, page.failures);
    let trend = share.zip(percent(page.explained_before, page.failures_before)).map(|(now, before)| match now - before {
        0 => format!("as {}", span(page.days)),
        up @ 1.. => format!("▲ {up} points on {}", span(page.days)),
        down => format!("▼ {} points on {}", -down, span(page.days)),
    });
    let failed = percent(page.runs_failed * 10, page.runs * 10)
        .map_or_else(|| "no run yet".to_owned(), |_| format!("{:.1} %", page.runs_failed as f64 * 100.0 / page.runs as f64));
    let costliest = match &page.costliest {
        Some(costly) => (
            view! { <a class="link" href=route::delta(costly.delta.key)>{costly.delta.key.to_string()}</a> }.into_any(),
            format!("{} lost", counted(costly.runs, "run", "runs")),
        ),
        None => ("—".into_any(), "no run lost to a known delta".to_owned()),
    };
    view! {
        <div class="tiles">
            {tile("Failures explained", share.map_or_else(|| "—".to_owned(), |share| format!("{share} %")).into_any(), trend.unwrap_or_else(|| counted(page.failures, "failure", "failures")))}
            {tile("Runs · failed", format!("{} · {}", grouped(page.runs), grouped(page.runs_failed)).into_any(), failed)}
            {tile("Unexplained groups", grouped(page.unexplained_groups).into_any(), counted(page.unexplained_failures, "failure", "failures"))}
            {tile("Costliest delta", costliest.0, costliest.1)}
        </div>
    }
    .into_any()
}

fn tile(name: &'static str, value: AnyView, about: String) -> AnyView {
    view! { <div class="panel tile"><span class="xs faint">{name}</span><b>{value}</b><span class="small muted">{about}</span></div> }
        .into_any()
}

/// "1 284": thousands apart by a narrow space.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) && digit.is_ascii_digit() && !out.ends_with('-') {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

pub(super) fn counted(number: i64, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {many}", grouped(number)) }
}

/// A test's id, in two lines at most; the whole of it as its title.
fn test(id: &str) -> AnyView {
    view! { <code class="two-lines" title=id.to_owned()>{id.to_owned()}</code> }.into_any()
}

/// Failures per day as bars; labels are days back from today.
pub(super) fn spark(days: &[i64]) -> AnyView {
    let bars: Vec<Bar> =
        days.iter().enumerate().map(|(index, count)| Bar { label: format!("{} days ago", DAYS - 1 - index), value: *count }).collect();
    part::spark("Failures per day", &bars)
}

fn unexplained(page: &FailuresPage) -> AnyView {
    let body = if page.groups.items.is_empty() {
        let about = if page.runs == 0 {
            "Nothing has failed here yet. Let CI report its runs: a maintainer makes a token in the project's settings, and each job posts its JUnit file."
        } else {
            "Every failure that CI reported is explained by a delta."
        };
        let step = (page.runs == 0 && page.maintains)
            .then(|| view! { <a class="btn primary" href=route::project_settings(&page.project)>"Create a CI token"</a> });
        part::empty("No unexplained failures", about, step)
    } else {
        let rows = page.groups.items.iter().map(|group| row(group, page.maintains, page.now)).collect_view();
        view! {
            {may(page)}
            <table>
                <thead><tr>
                    <th scope="col">"Failure"</th><th scope="col">"Seen"</th><th scope="col">"Last 14 days"</th><th scope="col">"First · last"</th>
                    <th scope="col"><span class="hid">"Actions"</span></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    let next = page
        .groups
        .next
        .as_ref()
        .map(|cursor| route::with_query(&route::failures(&page.project), &[("days", &page.days.to_string()), ("cursor", cursor)]));
    view! { {part::panel_with("Unexplained", "grouped by what failed; explain a group once and it stays explained", (), body)}{part::pager(next)} }
        .into_any()
}

/// Who may explain the groups: for the others in words, for them the keys they may mean.
fn may(page: &FailuresPage) -> AnyView {
    if !page.maintains {
        return view! { <p class="body small muted">{only_maintainers(&page.project)}</p> }.into_any();
    }
    let known = page.deltas.iter().map(|known| {
        view! { <option value=known.delta.key.to_string()>{known.delta.title.clone()}</option> }
    });
    view! { <datalist id="known">{known.collect_view()}</datalist> }.into_any()
}

/// Who may explain a failure, for those who may not.
pub(super) fn only_maintainers(project: &str) -> AnyView {
    view! { "Only the maintainers of "<a class="link" href=route::project(project)>{project.to_owned()}</a>" file and link deltas for its failures." }
        .into_any()
}

/// Links a group to a delta that is known already.
fn link(group: &FailureGroup) -> AnyView {
    let id = format!("link-{}", group.id.simple());
    view! {
        <form class="row-of" method="post" action=route::failure_group_link(group.id)>
            <label class="small muted nowrap" for=id.clone()>"Link to"<span class="hid">{format!(" a delta: {}", group.test)}</span></label>
            <input class="in mono small" id=id type="text" name="delta" list="known" placeholder="D-1042" size="8" maxlength="30" autocomplete="off" required/>
            <button class="btn small" type="submit">"Link"</button>
        </form>
    }
    .into_any()
}

fn row(group: &FailureGroup, maintains: bool, now: OffsetDateTime) -> AnyView {
    let page = route::failure_group(group.id);
    let acts = maintains.then(|| {
        view! {
            <div class="stack-xs">
                <div class="row-of">{part::act(&route::failure_group_file(group.id), "File a delta", "btn primary", &[])}</div>
                {link(group)}
            </div>
        }
    });
    let jobs = if group.jobs == 1 { " in 1 job".to_owned() } else { format!(" in {} jobs", group.jobs) };
    view! {
        <tr>
            <td><a href=page>{test(&group.test)}</a><span class="msg">{group.message.lines().next().unwrap_or_default().to_owned()}</span></td>
            <td data-l="Seen"><b>{group.failures}</b><span class="muted">{jobs}</span></td>
            <td data-l="Last 14 days">{spark(&group.days)}</td>
            <td class="muted nowrap" data-l="First · last">{part::ago(group.first_seen, now)}" · "{part::ago(group.last_seen, now)}</td>
            <td>{acts}</td>
        </tr>
    }
    .into_any()
}

fn explained(page: &FailuresPage) -> AnyView {
    let body = if page.deltas.is_empty() {
        part::empty("No known delta cost a run", "Deltas that explain failures of these days stand here, the costliest first.", ())
    } else {
        let rows = page.deltas.iter().map(delta).collect_view();
        view! {
            <table>
                <thead><tr>
                    <th scope="col">"Delta"</th><th scope="col">"Runs"</th><th scope="col">"Last 14 days"</th><th scope="col">"Signature"</th>
                    <th scope="col">"Who is on it"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    let about = match page.days {
        1 => "known deltas that cost runs within 24 h",
        7 => "known deltas that cost runs this week",
        _ => "known deltas that cost runs within 30 days",
    };
    part::panel_with("Explained", about, (), body)
}

/// A delta in one line: kind, key, title.
pub(super) fn line(delta: &Ref) -> AnyView {
    let closed = (!delta.open).then(|| part::pill(Tone::Plain, "not open"));
    view! {
        <a href=route::delta(delta.key)>{part::kind_mark(delta.kind.as_str())}" "{part::id(&delta.key.to_string())}" "<span class="t">{delta.title.clone()}</span></a>" "{closed}
    }
    .into_any()
}

fn delta(explained: &ExplainedDelta) -> AnyView {
    let signature = match &explained.signature {
        Some(query) => view! { <code>{query.clone()}</code> }.into_any(),
        None => view! { <span class="muted">"linked by hand"</span> }.into_any(),
    };
    let standings: Vec<AnyView> = explained.standings.iter().filter_map(who).collect();
    let who = if standings.is_empty() { view! { <span class="muted">"nobody"</span> }.into_any() } else { standings.into_any() };
    view! {
        <tr>
            <td>{line(&explained.delta)}</td>
            <td data-l="Runs"><b>{explained.runs}</b></td>
            <td data-l="Last 14 days">{spark(&explained.days)}</td>
            <td data-l="Signature">{signature}</td>
            <td data-l="Who is on it"><span class="row-of">{who}</span></td>
        </tr>
    }
    .into_any()
}

/// An organisation that is on it: its mark, and its task or what it promised.
fn who(standing: &Standing) -> Option<AnyView> {
    let on = standing.task.is_some() || !matches!(standing.commitment.as_str(), "none" | "withdrawn");
    on.then(|| {
        let task = match &standing.task {
            Some(task) => part::id_link(&task.to_string(), &route::task(task)),
            None => part::state::commitment(standing.commitment.as_str(), standing.target.as_deref().unwrap_or_default()),
        };
        view! { <span>{part::org_mark(&standing.org_name, &standing.org_name)}" "{task}</span> }.into_any()
    })
}

/// The form that tries a signature, and what it found.
fn lab(page: &FailuresPage, here: &str) -> AnyView {
    let found = page.tried.as_ref().map(result);
    let form = view! {
        <form class="form" method="get" action=here.to_owned()>
            {Field::new("query", "Signature").value(page.query.clone()).required().mono().max(1000).error(page.error.clone())
                .placeholder("test:*agent_restart* message:\"session reset\"")
                .hint("Over test, message, details, job and branch. Tried on the newest 2,000 failures; nothing is changed.").text("text")}
            <div class="row-of"><button class="btn" type="submit">"Try it"</button></div>
        </form>
    };
    part::panel_with(
        "Try a signature",
        "before it explains anything",
        (),
        view! { <div class="body stack-sm" id="lab">{form}{found}</div> },
    )
}

/// What a signature finds.
pub(super) fn result(tried: &Tried) -> AnyView {
    let overlap = (!tried.overlap.is_empty()).then(|| {
        let rows = tried.overlap.iter().map(|overlap| view! { <li>{line(&overlap.delta)}" "<span class="muted">{counted(overlap.failures, "failure", "failures")}</span></li> }).collect_view();
        view! { <div><h3>"Explained by deltas already"</h3><ul class="stack-xs">{rows}</ul></div> }
    });
    let head = format!("Finds {} of {}", counted(tried.hits, "failure", "failures"), grouped(tried.tried));
    let missed = (tried.misses > 0).then(|| format!(", and misses {} of the delta", grouped(tried.misses)));
    view! {
        <div class="stack-sm" role="status">
            <p><b>{head}</b>{missed}"."</p>
            {samples("Found", &tried.found)}{samples("Missed", &tried.missed)}{overlap}
        </div>
    }
    .into_any()
}

fn samples(title: &'static str, samples: &[Sample]) -> AnyView {
    if samples.is_empty() {
        return ().into_any();
    }
    let rows = samples
        .iter()
        .map(|sample| {
            view! {
                <li><a href=route::failure_group(sample.group)>{test(&sample.test)}</a>" "<span class="muted">{format!("× {}", sample.failures)}</span>
                <span class="msg">{sample.message.lines().next().unwrap_or_default().to_owned()}</span></li>
            }
        })
        .collect_view();
    view! { <div><h3>{title}</h3><ul class="stack-xs">{rows}</ul></div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_groups_of_three() {
        assert_eq!((grouped(7), grouped(1284), grouped(1_000_000)), ("7".into(), "1\u{202f}284".into(), "1\u{202f}000\u{202f}000".into()));
        assert_eq!(percent(1, 3), Some(33));
        assert_eq!(percent(1, 0), None);
    }
}
