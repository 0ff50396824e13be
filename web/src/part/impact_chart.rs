//! How a delta's impact moves: a line a segment over the weeks with the releases between them, and the weekly trend in a line of text.

use leptos::prelude::*;
use schema::impact::{History, Impact, OnRelease, Point, Trend, Week, day_number};

use super::time::day;

/// Segments that have a line; the table has all of them.
const LINES: usize = 4;
/// Width of the drawing, in its own units; it is stretched to its place.
const WIDTH: i64 = 640;
/// Height of the drawing; a score of 100 reaches its top.
const HEIGHT: i64 = 100;

/// People who came to be affected above the line, who no longer are below it: a bar for each week's net, oldest first.
pub fn trend_spark(net: &[i64]) -> AnyView {
    let top = net.iter().map(|net| net.abs()).max().unwrap_or(0).max(1);
    let (mut up, mut down) = (String::new(), String::new());
    for (at, net) in net.iter().enumerate() {
        let (x, height) = (at * 6, (net.abs() * 8 / top).max(1));
        match net {
            0 => {}
            1.. => up.push_str(&format!("M{x} 9v-{height}h4v{height}z")),
            _ => down.push_str(&format!("M{x} 9v{height}h4v-{height}z")),
        }
    }
    let width = (net.len() * 6).saturating_sub(2);
    let words: Vec<String> = net.iter().map(|net| signed(*net)).collect();
    let label = format!("Each of the last {} weeks: {}", net.len(), words.join(", "));
    view! {
        <svg class="trend" viewBox=format!("0 0 {width} 18") width=width.to_string() height="18" role="img" aria-label=label>
            <path class="base" d=format!("M0 9h{width}")></path><path class="up" d=up></path><path class="down" d=down></path>
        </svg>
    }
    .into_any()
}

/// "+6", "−2", "0".
pub fn signed(n: i64) -> String {
    match n {
        0 => "0".to_owned(),
        1.. => format!("+{n}"),
        _ => format!("−{}", n.unsigned_abs()),
    }
}

/// "+6 this week" with its bars; nothing where nothing moved for weeks.
pub(super) fn trend(trend: &Trend) -> AnyView {
    if trend.weeks.is_empty() {
        return ().into_any();
    }
    let net: Vec<i64> = trend.weeks.iter().map(|week| week.came - week.went).collect();
    let words = match trend.net {
        0 => "no change this week".to_owned(),
        net => format!("{} this week", signed(net)),
    };
    view! { <span class="row-of small muted">{trend_spark(&net)}<span>{words}</span></span> }.into_any()
}

/// The fold "Over time": the chart, and all of its numbers.
pub(super) fn over_time(impact: &Impact, today: i64) -> AnyView {
    let weeks = impact.history.iter().flat_map(|line| &line.points).map(number).min();
    let Some(first) = weeks else { return ().into_any() };
    // One week alone is a line, not a point.
    let first = first.min(today - 28);
    let names = names(&impact.history);
    let shown = impact.history.iter().take(LINES).enumerate();
    let lines = shown
        .clone()
        .map(|(at, line)| view! { <path class=format!("l{at}") d=path(&line.points, first, today)><title>{names[at].clone()}</title></path> })
        .collect_view();
    let legend = shown
        .map(|(at, line)| {
            let now = line.points.last().map_or(0, |point| point.score);
            view! {
                <li class="row-of">
                    <svg class="key" viewBox="0 0 22 8" width="22" height="8" aria-hidden="true"><path class=format!("l{at}") d="M0 4h22"></path></svg>
                    {names[at].clone()}" "<b>{now}</b>
                </li>
            }
        })
        .collect_view();
    let out: Vec<&OnRelease> = impact.releases.iter().filter(|release| day_number(release.released_at) >= first).collect();
    let marks = out
        .iter()
        .map(|release| {
            let x = across(day_number(release.released_at), first, today);
            view! { <path class="mark" d=format!("M{x} 0V{HEIGHT}")><title>{release.release.clone()}</title></path> }
        })
        .collect_view();
    let marked = (!out.is_empty()).then(|| {
        let named = out.iter().rev().map(|release| view! { <li class="nowrap"><span class="mono">{release.release.clone()}</span>" "{day(release.released_at.date())}</li> });
        view! { <ul class="row-of xs muted" aria-label="Releases, from left to right"><li aria-hidden="true">"┊"</li>{named.collect_view()}</ul> }
    });
    let from = day(schema::impact::day(first).0);
    let about = format!("Impact of the hardest-hit segments, 0 to 100, since {}", schema::impact::day(first));
    view! {
        <details class="fold" id="impact-over-time">
            <summary>"Over time and releases"</summary>
            <figure class="stack-xs">
                <svg class="history" viewBox=format!("0 -2 {WIDTH} {}", HEIGHT + 4) preserveAspectRatio="none" role="img" aria-label=about>
                    <path class="base" d=format!("M0 {HEIGHT}H{WIDTH}M0 {}H{WIDTH}M0 0H{WIDTH}", HEIGHT / 2)></path>
                    {marks}{lines}
                </svg>
                <div class="bar xs faint"><span>{from}</span><span class="push">"today"</span></div>
                <ul class="row-of small" aria-label="Segments">{legend}</ul>
                {marked}
                <details class="small"><summary>"The numbers"</summary><div class="stack-sm scroll">{table(impact, &names)}{confirmed(&impact.releases)}{weekly(&impact.trend.weeks)}</div></details>
            </figure>
        </details>
    }
    .into_any()
}

/// What each segment is called; with its project where another has one of this name.
fn names(history: &[History]) -> Vec<String> {
    let shared = |line: &History| history.iter().any(|other| other.name == line.name && other.project != line.project);
    history.iter().map(|line| if shared(line) { format!("{} in {}", line.name, line.project) } else { line.name.clone() }).collect()
}

fn number(point: &Point) -> i64 {
    day_number(point.week.0.midnight().assume_utc())
}

/// Where a day stands between the first one and today.
fn across(day: i64, first: i64, today: i64) -> i64 {
    ((day - first) * WIDTH / (today - first).max(1)).clamp(0, WIDTH)
}

/// A line in steps: what was said at the end of a week holds until the next.
fn path(points: &[Point], first: i64, today: i64) -> String {
    let mut drawn = String::new();
    for (at, point) in points.iter().enumerate() {
        let (x, y) = (across(number(point), first, today), HEIGHT - point.score);
        drawn.push_str(&if at == 0 { format!("M{x} {y}") } else { format!("H{x}V{y}") });
    }
    format!("{drawn}H{WIDTH}")
}

/// A row a week, a column a segment.
fn table(impact: &Impact, names: &[String]) -> AnyView {
    let mut weeks: Vec<_> = impact.history.iter().flat_map(|line| &line.points).map(|point| point.week).collect();
    weeks.sort_unstable();
    weeks.dedup();
    let head = names.iter().map(|name| view! { <th scope="col" class="num">{name.clone()}</th> }).collect_view();
    let rows = weeks.iter().rev().map(|week| {
        let cells = impact.history.iter().map(|line| {
            let said = line.points.iter().find(|point| point.week == *week);
            let words = said.map_or_else(|| "–".to_owned(), |point| format!("{}: {} of {}", point.score, point.affected, point.known));
            view! { <td class="num nowrap">{words}</td> }
        });
        view! { <tr><th scope="row" class="nowrap">{day(week.0)}</th>{cells.collect_view()}</tr> }
    });
    view! {
        <table>
            <caption class="xs faint">"Impact: affected of known users, in the week of"</caption>
            <thead><tr><th scope="col">"Week"</th>{head}</tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// Who confirmed for which release.
fn confirmed(releases: &[OnRelease]) -> AnyView {
    if releases.is_empty() {
        return ().into_any();
    }
    let rows = releases.iter().map(|release| {
        let segments: Vec<String> = release.segments.iter().map(|one| format!("{} {}", one.confirmed, one.segment)).collect();
        view! {
            <tr>
                <th scope="row" class="mono nowrap">{release.release.clone()}</th>
                <td class="nowrap">{day(release.released_at.date())}</td><td class="num">{release.confirmed}</td><td>{segments.join(", ")}</td>
            </tr>
        }
    });
    view! {
        <table>
            <caption class="xs faint">"Still affected, as confirmed for each release"</caption>
            <thead><tr><th scope="col">"Release"</th><th scope="col">"Out"</th><th scope="col" class="num">"People"</th><th scope="col">"By segment"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// Who came and went in each week.
fn weekly(weeks: &[Week]) -> AnyView {
    if weeks.is_empty() {
        return ().into_any();
    }
    let rows = weeks.iter().rev().map(|week| {
        view! {
            <tr><th scope="row" class="nowrap">{day(week.start.0)}</th><td class="num">{week.came}</td><td class="num">{week.went}</td><td class="num">{signed(week.came - week.went)}</td></tr>
        }
    });
    view! {
        <table>
            <caption class="xs faint">"People, in the seven days from"</caption>
            <thead><tr><th scope="col">"From"</th><th scope="col" class="num">"Newly affected"</th><th scope="col" class="num">"No longer"</th><th scope="col" class="num">"Net"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::html;

    fn point(week: &str, score: i64) -> Point {
        Point { week: week.parse().unwrap(), affected: score / 10, known: 10, score }
    }

    #[test]
    fn the_chart_has_a_step_a_week_and_its_table_behind_it() {
        let line = History {
            project: "neutron".into(),
            slug: "x".into(),
            name: "vendor-x".into(),
            points: vec![point("2026-10-05", 20), point("2026-11-02", 60)],
        };
        let release = OnRelease {
            project: "neutron".into(),
            release: "2026.1".into(),
            released_at: time::macros::datetime!(2026-10-26 8:00 UTC),
            confirmed: 9,
            mine: false,
            asks: false,
            segments: Vec::new(),
        };
        let impact = Impact { history: vec![line], releases: vec![release], ..Impact::default() };
        let today = day_number(time::macros::datetime!(2026-11-30 10:00 UTC));
        let html = html(move || over_time(&impact, today));
        assert!(html.contains(r#"d="M0 80H320V40H640""#), "{html}");
        assert!(html.contains("60: 6 of 10") && html.contains(r#"d="M240 0V100""#) && html.contains(">9<"), "{html}");
    }

    #[test]
    fn a_trend_says_its_weeks() {
        let html = html(|| trend_spark(&[0, 3, -2]));
        assert!(html.contains("Each of the last 3 weeks: 0, +3, −2") && html.contains(r#"d="M12 9v5h4v-5z" class="down""#), "{html}");
    }
}
