//! A delta's long text with its outline.

use leptos::prelude::*;
use schema::{
    delta::{DeltaPage, Heading, Kind},
    route,
    thread::Field as Text,
};

use crate::part::{self, Tone};

/// Fewest headings that make an outline.
const OUTLINE: usize = 3;
/// Deepest headings in it.
const DEEPEST: usize = 4;

/// The body: of a spec, the specification.
pub(super) fn body(page: &DeltaPage) -> AnyView {
    let html = &page.html;
    if html.body.is_empty() {
        return ().into_any();
    }
    let title = if page.delta.kind == Kind::Spec { "Specification" } else { "More" };
    let unread = match html.unread {
        0 => String::new(),
        1 => "1 construct is shown as it was written".to_owned(),
        count => format!("{count} constructs are shown as they were written"),
    };
    let fold = has_outline(&html.outline).then(|| {
        view! { <details class="fold toc-fold"><summary>"Contents"</summary><nav aria-label="Contents">{entries(&html.outline)}</nav></details> }
    });
    let text = super::chosen_in(page, Text::Body);
    let body = view! { <div class="body stack-sm" id="text">{fold}<div class="doc" data-text=text>{part::prose(&html.body)}</div></div> };
    part::panel_with(title, &unread, (), body)
}

/// What to do while each paragraph has a link.
pub(super) fn choosing(page: &DeltaPage) -> AnyView {
    if !page.choosing {
        return ().into_any();
    }
    let done = view! { <a class="link" href=route::delta(page.delta.key)>"Without links"</a> };
    part::notice_with(Tone::Plain, "Choose a passage: each paragraph has a link at its end.", done)
}

/// Comments whose passages are gone.
pub(super) fn outdated(page: &DeltaPage) -> AnyView {
    if page.html.outdated.is_empty() {
        return ().into_any();
    }
    let threads = page.html.outdated.iter().map(|html| view! { <div inner_html=html.clone()></div> }).collect_view();
    part::panel("Comments on passages that are gone", view! { <div class="body stack-sm prose">{threads}</div> })
}

/// The outline that stays beside the text while it is read, on wide screens.
pub(super) fn outline(page: &DeltaPage) -> AnyView {
    if !has_outline(&page.html.outline) {
        return ().into_any();
    }
    view! {
        <nav class="toc" aria-labelledby="toc-title">
            <h2 id="toc-title">"Contents"</h2>
            {entries(&page.html.outline)}
            <a class="small muted" href="#timeline">"Discussion"</a>
        </nav>
    }
    .into_any()
}

fn has_outline(outline: &[Heading]) -> bool {
    outline.len() >= OUTLINE
}

fn entries(outline: &[Heading]) -> AnyView {
    let entries = outline
        .iter()
        .filter(|heading| heading.level <= DEEPEST)
        .map(|heading| view! { <li class=format!("l{}", heading.level)><a href=format!("#{}", heading.id)>{heading.text.clone()}</a></li> })
        .collect_view();
    view! { <ol>{entries}</ol> }.into_any()
}
