//! Pictures where people would rather look than read, each with the numbers behind it.

use leptos::prelude::*;

/// One bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What it stands for: a day, a name.
    pub label: String,
    /// How much; below zero counts as zero.
    pub value: i64,
}

/// A small bar chart in a line of text. `about` says what it shows and is read out instead.
pub fn spark(about: &str, bars: &[Bar]) -> AnyView {
    let top = top(bars);
    let width = bars.len() * 7;
    let rects = bars
        .iter()
        .enumerate()
        .map(|(i, bar)| {
            let height = (bar.value.max(0) * 26 / top).max(1);
            view! { <rect x=(i * 7).to_string() y=(28 - height).to_string() width="5" height=height.to_string() rx="1.5"></rect> }
        })
        .collect_view();
    let total: i64 = bars.iter().map(|bar| bar.value).sum();
    let label = format!("{about}: {total} in all, {} at most", bars.iter().map(|bar| bar.value).max().unwrap_or(0));
    let title = label.clone();
    view! {
        <svg class="spark" viewBox=format!("0 0 {width} 28") width=width.to_string() height="28" role="img" aria-label=label>
            <title>{title}</title>
            {rects}
        </svg>
    }
    .into_any()
}

/// The last results of one test, oldest first: passed, failed, or neither.
pub fn runs(about: &str, results: &[Option<bool>]) -> AnyView {
    let width = results.len() * 7;
    let rects = results
        .iter()
        .enumerate()
        .map(|(i, result)| {
            let (class, height) = match result {
                Some(true) => ("p", 10),
                Some(false) => ("f", 26),
                None => ("x", 5),
            };
            view! { <rect class=class x=(i * 7).to_string() y=(28 - height).to_string() width="5" height=height.to_string() rx="1.5"></rect> }
        })
        .collect_view();
    let failed = results.iter().filter(|result| **result == Some(false)).count();
    let label = format!("{about}: {failed} of the last {} failed", results.len());
    let title = label.clone();
    view! {
        <svg class="runs" viewBox=format!("0 0 {width} 28") width=width.to_string() height="28" role="img" aria-label=label>
            <title>{title}</title>
            {rects}
        </svg>
    }
    .into_any()
}

/// A bar chart with its table behind it. `of` names what is counted, `unit` what each bar is ("Day").
pub fn bars(of: &str, unit: &str, bars: &[Bar]) -> AnyView {
    const WIDTH: i64 = 640;
    const HEIGHT: i64 = 120;
    let top = top(bars);
    let count = i64::try_from(bars.len()).unwrap_or(i64::MAX).max(1);
    let rects = (0..)
        .zip(bars)
        .map(|(i, bar)| {
            let x = i * WIDTH / count;
            let width = (WIDTH / count - 2).clamp(1, 40);
            let height = bar.value.max(0) * HEIGHT / top;
            let title = format!("{}: {}", bar.label, bar.value);
            view! {
                <rect x=x.to_string() y=(HEIGHT - height).to_string() width=width.to_string() height=height.to_string() rx="2"><title>{title}</title></rect>
            }
        })
        .collect_view();
    let rows =
        bars.iter().map(|bar| view! { <tr><th scope="row">{bar.label.clone()}</th><td class="num">{bar.value}</td></tr> }).collect_view();
    let of = of.to_owned();
    view! {
        <figure class="stack-sm">
            <svg class="chart" viewBox=format!("0 0 {WIDTH} {}", HEIGHT + 1) role="img" aria-label=of.clone()>
                <line x1="0" x2=WIDTH.to_string() y1=HEIGHT.to_string() y2=HEIGHT.to_string()></line>
                {rects}
            </svg>
            <details class="small"><summary>"The numbers"</summary>
                <table><thead><tr><th scope="col">{unit.to_owned()}</th><th scope="col" class="num">{of}</th></tr></thead><tbody>{rows}</tbody></table>
            </details>
        </figure>
    }
    .into_any()
}

/// The highest value, at least one: what is divided by.
fn top(bars: &[Bar]) -> i64 {
    bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::html;

    fn days(values: &[i64]) -> Vec<Bar> {
        values.iter().zip(1..).map(|(value, day)| Bar { label: format!("{day} Nov"), value: *value }).collect()
    }

    #[test]
    fn a_spark_says_what_it_shows() {
        let html = html(|| spark("Failures in 14 days", &days(&[0, 4, 2])));
        assert!(html.contains("Failures in 14 days: 6 in all, 4 at most") && html.matches("<rect").count() == 3, "{html}");
    }

    #[test]
    fn a_chart_of_nothing_is_still_a_chart() {
        assert!(html(|| spark("Failures", &[])).contains("0 in all"));
        assert!(html(|| bars("Done", "Week", &[])).contains("The numbers"));
    }

    #[test]
    fn a_bar_chart_has_its_table_behind_it() {
        let html = html(|| bars("Done", "Day", &days(&[3, 5])));
        assert!(html.contains(r#"<th scope="row">2 Nov</th><td class="num">5</td>"#), "{html}");
    }

    #[test]
    fn results_are_told_apart_by_height_too() {
        let html = html(|| runs("test_rebind", &[Some(true), Some(false), None]));
        assert!(html.contains("1 of the last 3 failed") && html.contains(r#"height="26""#) && html.contains(r#"height="10""#), "{html}");
    }
}
