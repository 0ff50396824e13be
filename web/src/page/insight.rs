//! What an organisation's past says about its work.

use leptos::prelude::*;
use schema::{
    insight::{Ageing, Chart, ColumnTime, Forecast, Insight, InsightPage, Month, Spread, Times},
    query::Of,
    route,
};

use crate::part::{
    self, Bar, Crumb, Tone, capital,
    flow_chart::{cumulative_flow, scatter, words},
};

/// Rows of a table behind a picture; the file has all.
const ROWS: usize = 100;

/// The whole page.
pub fn insight(page: &InsightPage) -> AnyView {
    let InsightPage { org, org_name, asked, from, to, error, .. } = page;
    let path = route::insight(org);
    let day = |name: &'static str, label: &'static str, value: String| {
        let id = format!("f-{name}");
        view! {
            <label class="small muted" for=id.clone()>{label}</label>
            <input class="in small" type="date" id=id name=name value=value form="search"/>
        }
    };
    let body = match error {
        Some(words) => part::notice(Tone::Bad, words),
        None => view! { <div class="pair">{panels(page)}</div> }.into_any(),
    };
    view! {
        {part::crumbs(vec![Crumb::link(org_name.clone(), route::org(org))])}
        <div class="bar"><h1>"Insight"</h1><span class="push"></span><a class="link small" href=format!("{}#insight", route::help())>"What the numbers mean"</a></div>
        {part::query_box(&path, &asked.q, Of::Tasks, "board:main label:driver", None)}
        <div class="row-of mt">
            {day("from", "From", from.to_string())}{day("to", "to", to.to_string())}
            <button class="btn small" type="submit" form="search">"Show"</button>
        </div>
        <div class="mt">{body}</div>
    }
    .into_any()
}

fn panels(page: &InsightPage) -> Vec<AnyView> {
    let insight = &page.insight;
    vec![
        panel(page, "Cumulative flow", "tasks at the end of each day", Chart::Flow, flow(insight)),
        panel(page, "Cycle time", &finished(&insight.times), Chart::CycleTime, cycle(page)),
        panel(page, "Throughput", "tasks finished in each week", Chart::Throughput, throughput(insight)),
        panel(page, "Forecast", "", Chart::Forecast, forecast(page)),
        panel(page, "Under way", "the oldest first", Chart::Ageing, ageing(insight)),
        panel(page, "Promises", "made, kept, moved and dropped", Chart::Commitments, promises(&insight.commitments)),
        panel(page, "Time in columns", "of stays that ended", Chart::Columns, columns(&insight.columns)),
        panel(page, "Impact removed", "gaps closed by what was finished", Chart::Impact, removed(insight)),
    ]
}

fn panel(page: &InsightPage, title: &str, about: &str, chart: Chart, body: AnyView) -> AnyView {
    let asked = &page.asked;
    let (from, to) = (page.from.to_string(), page.to.to_string());
    let pairs = [("q", asked.q.as_str()), ("from", &from), ("to", &to), ("tasks", &asked.tasks)];
    let file = route::with_query(&route::insight_csv(&page.org, format!("{chart}.csv")), &pairs);
    let label = format!("{title} as CSV");
    let tools = view! { <a class="link small" href=file aria-label=label>"CSV"</a> };
    part::panel_with(title, about, tools, body)
}

fn nothing(words: &'static str) -> AnyView {
    boxed(view! { <p class="small muted">{words}</p> })
}

/// What is no table has a margin in its panel.
fn boxed(body: impl IntoView + 'static) -> AnyView {
    view! { <div class="body stack-sm">{body}</div> }.into_any()
}

/// A table behind its picture; of what comes oldest first the newest rows.
fn behind(head: &[&'static str], rows: Vec<Vec<String>>) -> AnyView {
    let cut =
        (rows.len() > ROWS).then(|| view! { <p class="xs faint">{format!("The last {ROWS} of {}; the file has all.", rows.len())}</p> });
    let head =
        head.iter().enumerate().map(|(at, words)| view! { <th scope="col" class=(at > 0).then_some("num")>{*words}</th> }).collect_view();
    let rows = rows
        .into_iter()
        .rev()
        .take(ROWS)
        .map(|row| {
            let cells = row.into_iter().enumerate().map(|(at, text)| match at {
                0 => view! { <th scope="row" class="nowrap">{text}</th> }.into_any(),
                _ => view! { <td class="num">{text}</td> }.into_any(),
            });
            view! { <tr>{cells.collect_view()}</tr> }
        })
        .collect_view();
    view! {
        <details class="small"><summary>"The numbers"</summary>{cut}
            <div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>
        </details>
    }
    .into_any()
}

fn flow(insight: &Insight) -> AnyView {
    let rows = insight.flow.iter().map(|one| {
        let numbers = [one.backlog, one.ready, one.doing, one.review, one.done];
        std::iter::once(one.day.to_string()).chain(numbers.map(|number| number.to_string())).collect()
    });
    let table = behind(&["Day", "Backlog", "Ready", "Doing", "Review", "Done, ever"], rows.collect());
    boxed(view! { {cumulative_flow(&insight.flow)}{table} })
}

fn finished(times: &Times) -> String {
    match times.finished {
        1 => "1 task finished".to_owned(),
        n => format!("{n} tasks finished"),
    }
}

fn cycle(page: &InsightPage) -> AnyView {
    let times = &page.insight.times;
    let (Some(cycle), Some(lead)) = (times.cycle, times.lead) else {
        return nothing("Nothing was finished in these days. Each task that comes to a column of finished work is a dot here.");
    };
    let line = |name: &'static str, Spread { p50, p85, p95 }: Spread| {
        view! { <tr><th scope="row">{name}</th><td class="num">{words(p50)}</td><td class="num">{words(p85)}</td><td class="num">{words(p95)}</td></tr> }
    };
    let rows = times.points.iter().map(|one| vec![one.day.to_string(), one.cycle.to_string(), one.lead.to_string(), one.tasks.to_string()]);
    boxed(view! {
        {scatter(&times.points, cycle, (page.from, page.to))}
        <table>
            <thead><tr><td></td><th scope="col" class="num">"50 %"</th><th scope="col" class="num">"85 %"</th><th scope="col" class="num">"95 %"</th></tr></thead>
            <tbody>{line("Cycle time", cycle)}{line("Lead time", lead)}</tbody>
        </table>
        {behind(&["Finished", "Cycle, days", "Lead, days", "Tasks"], rows.collect())}
    })
}

fn throughput(insight: &Insight) -> AnyView {
    let weeks: Vec<Bar> = insight.throughput.iter().map(|week| Bar { label: week.start.to_string(), value: week.finished }).collect();
    boxed(part::bars("Tasks finished", "Week from", &weeks))
}

fn forecast(page: &InsightPage) -> AnyView {
    let form = view! {
        <div class="row-of">
            <label class="small" for="f-tasks">"When will so many be done?"</label>
            <input class="in small num" id="f-tasks" type="number" name="tasks" min="1" max="1000" value=page.asked.tasks.clone() placeholder="all open" form="search"/>
            <button class="btn small" type="submit" form="search">"Tell"</button>
        </div>
    };
    let Some(Forecast { tasks, p50, p85, p95, days, finished, thin }) = page.insight.forecast else {
        let words = "Nothing is to do, or nothing was finished in these days: there is no past to tell a future from.";
        return boxed(view! { {form}<p class="small muted">{words}</p> });
    };
    let thin = thin.then(|| part::notice(Tone::Warn, "So few were finished that this says little. Choose a longer period."));
    let line = |chance: &'static str, by| view! { <dt>{chance}</dt><dd>"by "{part::day(by)}</dd> };
    let of = if tasks == 1 { "1 task".to_owned() } else { format!("{tasks} tasks") };
    boxed(view! {
        {form}{thin}
        <p class="small strong">{format!("{of} will be done")}</p>
        <dl class="facts">{line("As likely as not", p50.0)}{line("85 in 100", p85.0)}{line("95 in 100", p95.0)}</dl>
        <p class="xs faint">{format!("Played 2,000 times with the {finished} tasks finished in {}. It knows nothing of what is larger or harder than usual.", words(days))}</p>
    })
}

fn ageing(insight: &Insight) -> AnyView {
    if insight.ageing.is_empty() {
        return nothing("Nothing is under way.");
    }
    let limit = insight.times.cycle.map(|cycle| cycle.p85);
    let rows = insight
        .ageing
        .iter()
        .map(|one| {
            let Ageing { key, title, column_name, age, here, .. } = one;
            let late = limit.is_some_and(|limit| *age > limit);
            let late = late.then(|| view! { " "{part::pill(Tone::Warn, "older than 85 in 100 took")} });
            view! {
                <tr data-row>
                    <td class="grow">{part::id_link(&key.to_string(), &route::task(key))}" "<a class="t" href=route::task(key)>{title.clone()}</a>{late}</td>
                    <td data-l="In">{column_name.clone()}</td>
                    <td class="num nowrap" data-l="Age">{words(*age)}</td>
                    <td class="num nowrap" data-l="There">{words(*here)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table>
            <caption class="hid">"Work under way"</caption>
            <thead><tr><th scope="col">"Task"</th><th scope="col">"In"</th><th scope="col" class="num">"Age"</th><th scope="col" class="num nowrap">"There for"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn promises(months: &[Month]) -> AnyView {
    let sum = |of: fn(&Month) -> i64| months.iter().map(of).sum::<i64>();
    let totals = [
        ("made", sum(|one| one.made), Tone::Plain),
        ("kept", sum(|one| one.kept), Tone::Good),
        ("kept late", sum(|one| one.late), Tone::Warn),
        ("moved", sum(|one| one.moved), Tone::Warn),
        ("dropped", sum(|one| one.dropped), Tone::Bad),
    ];
    let pills = totals.iter().filter(|(_, count, _)| *count > 0).map(|(words, count, tone)| part::pill(*tone, &format!("{count} {words}")));
    let pills: Vec<AnyView> = pills.collect();
    if pills.is_empty() {
        return nothing("No promise was made, kept, moved or dropped in these days.");
    }
    let rows = months.iter().map(|one| {
        let numbers = [one.made, one.kept, one.late, one.moved, one.dropped];
        std::iter::once(one.month.month_text()).chain(numbers.map(|number| number.to_string())).collect()
    });
    boxed(view! {
        <div class="row-of">{pills}</div>
        {kept_or_not(months)}
        {behind(&["Month", "Made", "Kept", "Kept late", "Moved", "Dropped"], rows.collect())}
    })
}

/// For each month four bars: kept, kept late, moved, dropped.
fn kept_or_not(months: &[Month]) -> AnyView {
    const WIDTH: usize = 640;
    const HEIGHT: i64 = 90;
    let numbers = |one: &Month| [("kept", one.kept), ("late", one.late), ("moved", one.moved), ("dropped", one.dropped)];
    let top = months.iter().flat_map(numbers).map(|(_, count)| count).max().unwrap_or(0).max(1);
    let wide = WIDTH / months.len().max(1);
    let bar = (wide / 6).clamp(1, 26);
    let mut bars = Vec::new();
    for (at, month) in months.iter().enumerate() {
        for (nth, (what, count)) in numbers(month).into_iter().enumerate() {
            let (x, height) = (at * wide + nth * (bar + 1), count * HEIGHT / top);
            let words = format!("{}: {count} {what}", month.month.month_text());
            bars.push(view! {
                <rect class=format!("p-{what}") x=x.to_string() y=(HEIGHT - height).to_string() width=bar.to_string() height=height.to_string()><title>{words}</title></rect>
            });
        }
    }
    let (first, last) = (months.first(), months.last());
    let name = |month: Option<&Month>| month.map(|one| one.month.month_text());
    view! {
        <figure class="stack-xs">
            <svg class="chart" viewBox=format!("0 0 {WIDTH} {}", HEIGHT + 1) role="img" aria-label="Promises kept, kept late, moved and dropped in each month">
                <line x1="0" x2=WIDTH.to_string() y1=HEIGHT.to_string() y2=HEIGHT.to_string()></line>{bars}
            </svg>
            <div class="bar xs faint"><span>{name(first)}</span><span class="push">{name(last)}</span></div>
        </figure>
    }
    .into_any()
}

fn columns(columns: &[ColumnTime]) -> AnyView {
    let boards = columns.iter().map(|one| &one.board).collect::<std::collections::BTreeSet<_>>().len();
    let longest = columns.iter().map(|one| one.hours).max().unwrap_or(0);
    let rows = columns
        .iter()
        .map(|one| {
            let name = if boards > 1 { format!("{} / {}", one.board, one.name) } else { one.name.clone() };
            let mean = (one.stays > 0).then(|| hours(one.hours));
            let width = (one.hours * 100).checked_div(longest).unwrap_or(0);
            let bar = (one.stays > 0).then(|| view! { <svg class="bar-of" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width=width.to_string() height="6"></rect></svg> });
            let over = (one.over > 0).then(|| part::pill(Tone::Warn, &format!("over its limit of {} on {}", one.limit.unwrap_or(0), words(one.over))));
            view! {
                <tr>
                    <th scope="row">{name}{over.map(|pill| view! { " "{pill} })}</th>
                    <td>{bar}</td>
                    <td class="num nowrap" data-l="Mean">{mean}</td>
                    <td class="num" data-l="Stays">{one.stays}</td>
                    <td class="num" data-l="Now">{one.standing}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table>
            <caption class="hid">"Time in columns"</caption>
            <thead><tr><th scope="col">"Column"</th><td></td><th scope="col" class="num">"Mean"</th><th scope="col" class="num">"Stays"</th><th scope="col" class="num">"Now"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// "5 h", "3.5 days".
fn hours(hours: i64) -> String {
    match hours {
        0 => "under an hour".to_owned(),
        1..48 => format!("{hours} h"),
        _ => format!("{}.{} days", hours / 24, hours % 24 * 10 / 24),
    }
}

fn removed(insight: &Insight) -> AnyView {
    let one = insight.impact;
    let Some(tenths) = one.tenths() else { return nothing("Nothing was finished in these days.") };
    let deltas = if one.deltas == 1 { "1 delta".to_owned() } else { format!("{} deltas", one.deltas) };
    if one.deltas == 0 {
        return nothing("No finished task resolved or implemented a delta that is closed now, as far as you may see.");
    }
    boxed(view! {
        <p><b>{one.impact}</b>" of impact in "{deltas}", closed and resolved or implemented by "{capital(&finished(&insight.times)).to_lowercase()}": "<b>{format!("{}.{}", tenths / 10, tenths % 10)}</b>" for each task."</p>
        <p class="xs faint">"As far as you may see. Impact counts once for each delta, as its votes stand today."</p>
    })
}

#[cfg(test)]
mod tests {
    use schema::insight::Asked;

    use super::*;
    use crate::testing::html;

    fn page(insight: Insight) -> InsightPage {
        let day = |text: &str| text.parse().unwrap();
        InsightPage {
            org: "nw".into(),
            org_name: "Northwind".into(),
            asked: Asked::default(),
            from: day("2026-11-01"),
            to: day("2026-11-22"),
            error: None,
            insight,
        }
    }

    #[test]
    fn a_new_organisation_is_told_what_will_stand_here() {
        let html = html(|| insight(&page(Insight::default())));
        let month = Month { month: "2026-11-01".parse().unwrap(), made: 2, moved: 1, kept: 0, late: 0, dropped: 1 };
        let promised = crate::testing::html(move || promises(&[month]));
        assert!(
            promised.contains("2026-11: 1 moved") && promised.contains("1 dropped") && !promised.contains("0 kept late<"),
            "{promised}"
        );
        for words in ["Nothing was finished", "Nothing is under way", "No promise was made", "no past to tell a future from", "flow.csv"] {
            assert!(html.contains(words), "{words}: {html}");
        }
    }

    #[test]
    fn time_is_told_in_hours_and_days() {
        assert_eq!([0, 5, 47, 48, 84].map(hours), ["under an hour", "5 h", "47 h", "2.0 days", "3.5 days"]);
    }
}
