//! What holds other things: panels, crumbs, tabs, notices, empty states, pagers.

use leptos::prelude::*;

use super::icon::{Icon, icon};
use super::mark::Tone;

/// A framed section with a heading. `body` brings its own padding: wrap text in `<div class="body">`, put a table in bare.
pub fn panel(title: &str, body: impl IntoView + 'static) -> AnyView {
    panel_with(title, "", (), body)
}

/// A framed section whose heading has a line beside it (`about`, may be empty) and things at its right end (`tools`, `()` for none).
pub fn panel_with(title: &str, about: &str, tools: impl IntoView + 'static, body: impl IntoView + 'static) -> AnyView {
    let about = (!about.is_empty()).then(|| view! { <span class="faint small">{about.to_owned()}</span> });
    view! {
        <section class="panel">
            <header><h2>{title.to_owned()}</h2>{about}<span class="push"></span>{tools}</header>
            {body}
        </section>
    }
    .into_any()
}

/// One step of the way to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// What it is called.
    pub text: String,
    /// Where it leads; none for a step that is no page.
    pub href: Option<String>,
}

impl Crumb {
    /// A step that leads somewhere.
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: Some(href.into()) }
    }

    /// A step that is only said.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), href: None }
    }
}

/// The way to this page, above its `<h1>`.
pub fn crumbs(steps: Vec<Crumb>) -> AnyView {
    let steps = steps
        .into_iter()
        .map(|Crumb { text, href }| match href {
            Some(href) => view! { <li><a href=href>{text}</a></li> }.into_any(),
            None => view! { <li>{text}</li> }.into_any(),
        })
        .collect_view();
    view! { <ol class="crumbs" aria-label="Where you are">{steps}</ol> }.into_any()
}

/// Views of one thing, as links: text, address, whether it is this one.
pub fn tabs(label: &str, tabs: Vec<(String, String, bool)>) -> AnyView {
    let tabs =
        tabs.into_iter().map(|(text, href, here)| view! { <a href=href aria-current=here.then_some("page")>{text}</a> }).collect_view();
    view! { <nav class="tabs" aria-label=label.to_owned()>{tabs}</nav> }.into_any()
}

/// Something the reader should know now. Read out at once when it is bad, politely otherwise.
pub fn notice(tone: Tone, text: &str) -> AnyView {
    notice_with(tone, text, ())
}

/// A notice with something to press at its end.
pub fn notice_with(tone: Tone, text: &str, tools: impl IntoView + 'static) -> AnyView {
    let (mark, role) = match tone {
        Tone::Good => (Icon::Check, "status"),
        Tone::Bad => (Icon::Alert, "alert"),
        Tone::Warn => (Icon::Alert, "status"),
        _ => (Icon::Info, "status"),
    };
    view! { <div class=format!("notice {}", tone.class()) role=role>{icon(mark)}<div>{text.to_owned()}</div>{tools}</div> }.into_any()
}

/// What an empty list says: what belongs there, and the one next step (`()` for none).
pub fn empty(title: &str, about: &str, step: impl IntoView + 'static) -> AnyView {
    view! { <div class="empty"><h2>{title.to_owned()}</h2><p>{about.to_owned()}</p>{step}</div> }.into_any()
}

/// The way to the next page of a list; nothing at its end.
pub fn pager(next: Option<String>) -> AnyView {
    next.map(|href| {
        view! { <nav class="pager" aria-label="Pages"><a class="btn" rel="next" href=href>"Next page"{icon(Icon::ChevronRight)}</a></nav> }
    })
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::html;

    #[test]
    fn a_panel_has_a_heading() {
        let html = html(|| panel_with("Impact", "who is hit", (), "x"));
        assert!(html.starts_with(r#"<section class="panel"><header><h2>Impact</h2><span class="faint small">who is hit</span>"#), "{html}");
    }

    #[test]
    fn crumbs_lead_back() {
        let html = html(|| crumbs(vec![Crumb::link("neutron", "/projects/neutron"), Crumb::text("Deltas")]));
        assert!(html.contains(r#"<li><a href="/projects/neutron">neutron</a></li><li>Deltas</li>"#), "{html}");
    }

    #[test]
    fn a_refusal_is_read_out_at_once() {
        assert!(html(|| notice(Tone::Bad, "No.")).contains(r#"role="alert""#));
        assert!(html(|| notice(Tone::Good, "Saved.")).contains(r#"role="status""#));
    }

    #[test]
    fn a_list_that_ends_has_no_next_page() {
        assert!(!html(|| pager(None)).contains("<nav"));
        assert!(html(|| pager(Some("/deltas?cursor=x".into()))).contains(r#"rel="next""#));
    }

    #[test]
    fn the_tab_one_is_on_is_marked() {
        let html = html(|| tabs("Settings", vec![("A".into(), "/a".into(), true), ("B".into(), "/b".into(), false)]));
        assert!(html.contains(r#"href="/a" aria-current="page""#) && !html.contains(r#"href="/b" aria"#), "{html}");
    }
}
