//! Pictures of flow: how many tasks stood where, and how long finished ones took.

use leptos::prelude::*;
use schema::{
    board::Category,
    day::Day,
    insight::{FlowDay, Point, Spread},
};

use super::{capital, time::day};

/// Width of a drawing, in its own units.
const WIDTH: i64 = 640;
/// Height of a drawing.
const HEIGHT: i64 = 200;
/// From the bottom to the top, as cumulative flow is drawn.
const BANDS: [Category; 5] = [Category::Done, Category::Review, Category::Doing, Category::Ready, Category::Backlog];

/// Cumulative flow: a band for each category. Of what is finished, only what was in these days is drawn: the past would dwarf the rest.
pub fn cumulative_flow(days: &[FlowDay]) -> AnyView {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return ().into_any() };
    let before = days.iter().map(|one| one.done).min().unwrap_or(0);
    let of = |one: &FlowDay, category| one.of(category) - if category == Category::Done { before } else { 0 };
    let sum = |one: &FlowDay| BANDS.iter().map(|category| of(one, *category)).sum::<i64>();
    let top = days.iter().map(sum).max().unwrap_or(0).max(1);
    let steps = i64::try_from(days.len()).unwrap_or(i64::MAX).saturating_sub(1).max(1);
    let x = |at: usize| i64::try_from(at).unwrap_or(0) * WIDTH / steps;
    let y = |tasks: i64| HEIGHT - tasks * HEIGHT / top;
    let mut below = vec![0; days.len()];
    let mut bands = Vec::with_capacity(BANDS.len());
    for category in BANDS {
        let above: Vec<i64> = days.iter().zip(&below).map(|(one, below)| below + of(one, category)).collect();
        let mut path = String::new();
        for (at, tasks) in above.iter().enumerate() {
            path.push_str(&format!("{}{} {}", if at == 0 { "M" } else { "L" }, x(at), y(*tasks)));
        }
        // One day alone is as wide as the picture.
        if days.len() == 1 {
            path.push_str(&format!("H{WIDTH}V{}", y(below[0])));
        }
        for (at, tasks) in below.iter().enumerate().rev() {
            path.push_str(&format!("L{} {}", x(at), y(*tasks)));
        }
        path.push('Z');
        let name = capital(category.as_str());
        bands.push(view! { <path class=format!("c-{category}") d=path><title>{name}</title></path> });
        below = above;
    }
    let legend = BANDS
        .iter()
        .rev()
        .map(|category| {
            view! {
                <li class="row-of one">
                    <svg class="flow" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path class=format!("c-{category}") d="M0 0h12v12h-12z"></path></svg>
                    {capital(category.as_str())}" "<b>{of(last, *category)}</b>
                </li>
            }
        })
        .collect_view();
    let about = format!("Tasks in each category at the end of each day, {} at most", top);
    view! {
        <figure class="stack-xs">
            <svg class="flow wide" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=about>{bands}</svg>
            <div class="bar xs faint"><span>{day(first.day.0)}</span><span class="push">{day(last.day.0)}</span></div>
            <ul class="row-of small" aria-label="At the end">{legend}</ul>
        </figure>
    }
    .into_any()
}

/// Cycle times: a dot for what was finished on a day and took as long, larger where it is several, and lines that half, 85 and 95 in 100 stayed below.
pub fn scatter(points: &[Point], spread: Spread, (from, to): (Day, Day)) -> AnyView {
    const LEFT: i64 = 30;
    let top = points.iter().map(|point| point.cycle).max().unwrap_or(1).max(1);
    let length = (to.0 - from.0).whole_days().max(1);
    let x = |on: Day| LEFT + 6 + (on.0 - from.0).whole_days() * (WIDTH - LEFT - 12) / length;
    let y = |days: i64| HEIGHT - 4 - days * (HEIGHT - 50) / top;
    // All dots of a size are one path: a line without length, with round ends.
    let dots = [("d1", 1..=1), ("d2", 2..=4), ("d3", 5..=i64::MAX)]
        .into_iter()
        .map(|(class, tasks)| {
            let path: String = points
                .iter()
                .filter(|point| tasks.contains(&point.tasks))
                .map(|point| format!("M{} {}h0", x(point.day), y(point.cycle)))
                .collect();
            view! { <path class=class d=path></path> }
        })
        .collect_view();
    let lines = [("50 %", spread.p50), ("85 %", spread.p85), ("95 %", spread.p95)];
    let drawn = lines.iter().map(|(_, days)| format!("M{LEFT} {}H{WIDTH}", y(*days))).collect::<String>();
    // The words of lines that lie close stand apart, the lowest where its line is.
    let mut free = HEIGHT;
    let said = lines
        .iter()
        .map(|(percent, days)| {
            free = (y(*days) - 3).min(free - 15);
            view! { <text x=WIDTH.to_string() y=free.to_string() text-anchor="end">{format!("{percent}: {}", words(*days))}</text> }
        })
        .collect_view();
    let about = format!(
        "Cycle times: half took {} days at most, 85 in 100 {}, 95 in 100 {}, the longest {top}",
        spread.p50, spread.p85, spread.p95
    );
    view! {
        <svg class="scatter" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=about>
            <path class="base" d=format!("M{LEFT} 0V{}H{WIDTH}", HEIGHT - 2)></path>
            <path class="mark" d=drawn></path>
            {dots}
            {said}
            <text x="0" y=(y(top) + 4).to_string()>{top}</text><text x="0" y=(HEIGHT - 6).to_string()>"1"</text>
        </svg>
    }
    .into_any()
}

/// "1 day", "5 days".
pub fn words(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::html;

    fn on(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn flow(day: &str, doing: i64, done: i64) -> FlowDay {
        FlowDay { day: on(day), backlog: 0, ready: 0, doing, review: 0, done }
    }

    #[test]
    fn what_was_finished_before_is_not_drawn() {
        let html = html(|| cumulative_flow(&[flow("2026-11-01", 2, 100), flow("2026-11-02", 1, 101)]));
        assert!(html.contains("2 at most") && html.contains("M0 200L640 100L640 200L0 200Z"), "from nothing to one of two: {html}");
        assert!(html.matches("c-doing").count() == 2, "a band and its legend: {html}");
    }

    #[test]
    fn a_single_day_fills_the_picture() {
        let html = html(|| cumulative_flow(&[flow("2026-11-01", 2, 0)]));
        assert!(html.contains("H640"), "{html}");
    }

    #[test]
    fn a_scatter_says_its_percentiles() {
        let points =
            [Point { day: on("2026-11-02"), cycle: 4, lead: 9, tasks: 1 }, Point { day: on("2026-11-03"), cycle: 8, lead: 9, tasks: 6 }];
        let html = html(|| scatter(&points, Spread { p50: 4, p85: 8, p95: 8 }, (on("2026-11-01"), on("2026-11-30"))));
        assert!(html.contains("half took 4 days at most, 85 in 100 8") && html.contains("4 days"), "{html}");
    }
}
