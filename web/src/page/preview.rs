//! A form's texts as they would look, and the form below: what those without script see for "Preview".

use leptos::prelude::*;
use schema::{
    delta::{SPEC_MAX, TEXT_MAX},
    preview::PreviewPage,
};

use crate::island::editor::editor;
use crate::part::{self, Field};

/// The fields of our forms that are Markdown, and what they are called.
const TEXTS: [(&str, &str); 4] = [("desired", "Desired"), ("actual", "Actual"), ("body", "Text"), ("description", "Description")];

/// Whether a field of this name is Markdown.
#[must_use]
pub fn is_text(name: &str) -> bool {
    TEXTS.iter().any(|(known, _)| *known == name)
}

/// The whole page.
pub fn preview(page: PreviewPage) -> AnyView {
    let PreviewPage { to, words, fields, html } = page;
    let label = |name: &str| TEXTS.iter().find(|(known, _)| *known == name).map_or("Text", |(_, label)| *label);
    let texts: Vec<_> = fields.iter().filter(|(name, _)| is_text(name)).cloned().collect();
    let shown = texts
        .iter()
        .zip(html)
        .filter(|((_, text), _)| !text.trim().is_empty())
        .map(|((name, _), html)| part::panel(label(name), view! { <div class="body">{part::prose(&html)}</div> }))
        .collect_view();
    let others = fields
        .iter()
        .filter(|(name, _)| !is_text(name))
        .map(|(name, text)| view! { <input type="hidden" name=name.clone() value=text.clone()/> })
        .collect_view();
    let max = |name: &str| if name == "body" { SPEC_MAX } else { TEXT_MAX };
    let areas =
        texts.into_iter().map(|(name, text)| Field::new(name.clone(), label(&name)).value(text).max(max(&name)).area(5)).collect_view();
    let again = part::preview_button(&to, &words);
    view! {
        <div class="slim">
            <h1>"Preview"</h1>
            <p class="muted mt">"Nothing is kept yet. Go on writing below, or send it."</p>
            <div class="stack mt">
                {shown}
                {editor()}
                {part::post(&to, view! { {others}{areas}<div class="row-of">{part::submit(&words)}{again}</div> })}
            </div>
        </div>
    }
    .into_any()
}
