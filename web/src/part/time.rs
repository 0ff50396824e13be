//! Times as people say them, with the exact one on hover.

use ::time::OffsetDateTime;
use ::time::format_description::well_known::Rfc3339;
use ::time::macros::format_description;
use leptos::prelude::*;

/// When something was, relative to `now`: `<time>` with the absolute time (UTC) as title.
pub fn ago(then: OffsetDateTime, now: OffsetDateTime) -> AnyView {
    // A year beyond 9999 is the one thing RFC 3339 cannot write; the words still stand then.
    let machine = then.format(&Rfc3339).unwrap_or_default();
    let title = then.format(format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute] UTC")).unwrap_or_default();
    view! { <time datetime=machine title=title>{relative(then, now)}</time> }.into_any()
}

/// A time to come or gone, to the minute, in UTC: where the day matters more than how long it is away.
pub fn moment(at: OffsetDateTime) -> AnyView {
    let stamp = at.format(&Rfc3339).unwrap_or_default();
    let words = format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute());
    view! { <time datetime=stamp>{words}</time> }.into_any()
}

/// A day such as a due date: `<time>` with the day in words.
pub fn day(day: ::time::Date) -> AnyView {
    let words = day.format(format_description!("[day padding:none] [month repr:short] [year]")).unwrap_or_default();
    view! { <time datetime=day.to_string()>{words}</time> }.into_any()
}

/// "just now", "5 min ago", "2 h ago", "yesterday", "6 days ago", "3 Nov", "3 Nov 2025"; for what is to come "in 5 min", "in 2 days".
#[must_use]
pub fn relative(then: OffsetDateTime, now: OffsetDateTime) -> String {
    let past = now - then;
    // What is to come is rounded: seven days that began a moment ago are seven days still.
    let (ahead, span) = if past.is_negative() { (true, ::time::Duration::seconds(30) - past) } else { (false, past) };
    let words = match (span.whole_minutes(), span.whole_hours(), span.whole_days()) {
        (0, ..) => return "just now".to_owned(),
        (minutes @ 1..=59, ..) => format!("{minutes} min"),
        (_, hours @ 1..=23, _) => format!("{hours} h"),
        (_, _, 1) => return if ahead { "tomorrow" } else { "yesterday" }.to_owned(),
        (_, _, days @ 2..=6) => format!("{days} days"),
        (_, _, 7) if ahead => "7 days".to_owned(),
        _ if then.year() == now.year() => {
            return then.format(format_description!("[day padding:none] [month repr:short]")).unwrap_or_default();
        }
        _ => return then.format(format_description!("[day padding:none] [month repr:short] [year]")).unwrap_or_default(),
    };
    if ahead { format!("in {words}") } else { format!("{words} ago") }
}

#[cfg(test)]
mod tests {
    use ::time::macros::{date, datetime};

    use super::*;
    use crate::testing::html;

    const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

    #[test]
    fn times_are_said_as_people_say_them() {
        for (then, words) in [
            (datetime!(2026-11-22 11:59:40 UTC), "just now"),
            (datetime!(2026-11-22 11:40 UTC), "20 min ago"),
            (datetime!(2026-11-22 10:00 UTC), "2 h ago"),
            (datetime!(2026-11-21 11:00 UTC), "yesterday"),
            (datetime!(2026-11-18 12:00 UTC), "4 days ago"),
            (datetime!(2026-11-03 12:00 UTC), "3 Nov"),
            (datetime!(2025-11-03 12:00 UTC), "3 Nov 2025"),
            (datetime!(2026-11-24 13:00 UTC), "in 2 days"),
        ] {
            assert_eq!(relative(then, NOW), words);
        }
    }

    #[test]
    fn the_exact_time_is_on_hover() {
        let html = html(|| ago(datetime!(2026-11-22 10:00 UTC), NOW));
        assert_eq!(html, r#"<time datetime="2026-11-22T10:00:00Z" title="22 Nov 2026, 10:00 UTC">2 h ago</time>"#);
    }

    #[test]
    fn a_day_is_a_time_too() {
        assert_eq!(html(|| day(date!(2026 - 12 - 12))), r#"<time datetime="2026-12-12">12 Dec 2026</time>"#);
    }
}
