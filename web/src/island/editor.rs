//! Fields that hold Markdown (`textarea[data-md]`): a live preview, drafts that outlive a reload, files that are dropped, pasted or chosen, and
//! quotes put where one writes. Without JavaScript the preview is a page of its own, files have a form, and a quote is a link.

use leptos::prelude::*;

/// Listens to the page's Markdown fields. `children` is nothing to see.
#[island]
pub fn Editor(children: Children) -> impl IntoView {
    #[cfg(target_arch = "wasm32")]
    browser::listen();
    children()
}

/// Makes the Markdown fields of a page more than fields. Once on a page.
#[cfg(feature = "ssr")]
pub fn editor() -> AnyView {
    view! { <Editor><i hidden></i></Editor> }.into_any()
}

/// Drops the drafts of what was sent before this page came: for pages without such fields.
#[cfg(target_arch = "wasm32")]
pub(super) fn settle_drafts() {
    browser::settle();
}

/// Drops every draft that this browser keeps: who signs out leaves none.
#[cfg(target_arch = "wasm32")]
pub(super) fn forget_drafts() {
    browser::forget();
}

/// What stands below such a field, for those with JavaScript.
#[cfg(feature = "ssr")]
pub fn tools() -> AnyView {
    use schema::route::api;
    view! {
        <div class="md-tools scripted" data-md-tools="" data-markdown=api::markdown() data-attachments=api::attachments()>
            <button class="btn quiet small" type="button" data-md-preview="" aria-pressed="false">"Preview"</button>
            <label class="btn quiet small"><input class="hid" type="file" multiple data-md-file=""/>"Add a file"</label>
            <button class="btn small" type="button" data-md-restore="" hidden>"Restore your draft"</button>
            <button class="btn quiet small" type="button" data-md-discard="" hidden>"Discard it"</button>
            <span class="hint" role="status" data-md-said=""></span>
        </div>
        <div class="md-shown prose" data-md-shown="" hidden></div>
    }
    .into_any()
}

#[cfg(target_arch = "wasm32")]
mod browser {
    mod draft;
    mod file;

    use schema::delta::Format;
    use wasm_bindgen::closure::Closure;
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::spawn_local;
    use web_sys::{Element, Event, HtmlSelectElement, HtmlTextAreaElement, MouseEvent};

    use crate::api;
    use crate::island::dom;

    /// How long nothing is typed before the preview is drawn anew, in milliseconds.
    const PAUSE: i32 = 300;
    /// Most characters of a comment that are quoted, as many as the page without script quotes.
    const QUOTED: usize = 2000;
    /// The field that says what a delta's body is written in.
    const FORMAT: &str = "select[name=body_format]";

    pub(super) fn listen() {
        let document = dom::document();
        draft::settle();
        for area in dom::all("textarea[data-md]") {
            draft::offer(&area);
        }
        dom::on(&document, "input", |event: Event| {
            let Some(area) = dom::closest(&event, "textarea[data-md]") else { return };
            // At once: who leaves the page in the middle of a word finds it again.
            draft::keep(&area);
            if previewed(&area) {
                show_soon(area);
            }
        });
        dom::on(&document, "click", |event: Event| {
            if let Some(button) = dom::closest(&event, "[data-md-preview]") {
                let on = button.get_attribute("aria-pressed").as_deref() != Some("true");
                dom::attribute(&button, "aria-pressed", Some(if on { "true" } else { "false" }));
                if let Some(area) = field(&button) {
                    show(&area);
                }
            } else if let Some(button) = dom::closest(&event, "[data-md-restore],[data-md-discard]") {
                if let Some(area) = field(&button) {
                    draft::decide(&area, button.has_attribute("data-md-restore"));
                }
            } else if let Some(link) = dom::closest(&event, "a[data-quote]") {
                quote(&event, link);
            }
        });
        dom::on(&document, "change", |event: Event| {
            if dom::closest(&event, FORMAT).is_some()
                && let Some(area) = dom::find("#f-body")
            {
                show(&area);
            }
        });
        dom::on(&document, "submit", |event: Event| draft::sent(&event));
        file::listen();
    }

    /// Drops the drafts of what was sent before this page came.
    pub(super) fn settle() {
        draft::settle();
    }

    /// Drops every draft that this browser keeps.
    pub(super) fn forget() {
        draft::forget();
    }

    /// The field that a tool belongs to.
    fn field(tool: &Element) -> Option<Element> {
        tool.closest(".f").ok().flatten()?.query_selector("textarea[data-md]").ok().flatten()
    }

    /// A tool of a field.
    fn tool(area: &Element, selector: &str) -> Option<Element> {
        area.closest(".f").ok().flatten()?.query_selector(selector).ok().flatten()
    }

    fn text_area(area: &Element) -> Option<HtmlTextAreaElement> {
        area.dyn_ref::<HtmlTextAreaElement>().cloned()
    }

    /// Says something below a field.
    fn say(area: &Element, words: &str) {
        if let Some(place) = tool(area, "[data-md-said]") {
            place.set_text_content(Some(words));
        }
    }

    /// Puts a text where the cursor is, and tells those who listen to typing.
    fn insert(area: &HtmlTextAreaElement, text: &str) {
        let start = area.selection_start().ok().flatten().unwrap_or(0);
        let end = area.selection_end().ok().flatten().unwrap_or(start);
        let _ = area.set_range_text_with_start_and_end(text, start, end);
        let after = start + u32::try_from(text.encode_utf16().count()).unwrap_or(0);
        let _ = area.set_selection_range(after, after);
        typed(area);
    }

    /// Tells of a change as if it had been typed.
    fn typed(area: &HtmlTextAreaElement) {
        let init = web_sys::EventInit::new();
        init.set_bubbles(true);
        if let Ok(event) = Event::new_with_event_init_dict("input", &init) {
            let _ = area.dispatch_event(&event);
        }
    }

    /// What a text is written in: a delta's body in what its form says, or looks like where that is left open; everything else in Markdown.
    fn format(area: &Element, text: &str) -> Format {
        let asked = dom::find(FORMAT).filter(|_| area.id() == "f-body").and_then(|field| field.dyn_into::<HtmlSelectElement>().ok());
        asked.map_or(Format::Markdown, |field| field.value().parse().unwrap_or_else(|_| Format::guess(text)))
    }

    /// Whether the preview of a field is wanted.
    fn previewed(area: &Element) -> bool {
        tool(area, "[data-md-preview]").is_some_and(|button| button.get_attribute("aria-pressed").as_deref() == Some("true"))
    }

    /// Draws the preview of a field anew once nothing was typed there for a while; other fields have pauses of their own.
    fn show_soon(area: Element) {
        let Some(text) = text_area(&area).map(|field| field.value()) else { return };
        let rest = Closure::once_into_js(move || {
            if text_area(&area).is_some_and(|field| field.value() == text) {
                show(&area);
            }
        });
        // A refused timer leaves the last preview.
        let _ = dom::window().set_timeout_with_callback_and_timeout_and_arguments_0(rest.unchecked_ref(), PAUSE);
    }

    /// Draws the preview of a field anew, where it is wanted.
    fn show(area: &Element) {
        let (Some(place), Some(tools)) = (tool(area, "[data-md-shown]"), tool(area, "[data-md-tools]")) else { return };
        let on = previewed(area);
        dom::attribute(&place, "hidden", (!on).then_some(""));
        let Some(typed) = text_area(area).filter(|_| on) else { return };
        let url = tools.get_attribute("data-markdown").unwrap_or_default();
        let area = area.clone();
        spawn_local(async move {
            let text = typed.value();
            let written = format(&area, &text);
            let body = [("text", JsValue::from_str(&text)), ("format", JsValue::from_str(written.as_str()))];
            match api::post(&url, &api::object(&body)).await {
                // An answer to an older text is not shown. The HTML is the server's, sanitised there.
                Ok(reply) if typed.value() == text && format(&area, &text) == written => {
                    place.set_inner_html(&api::text(&reply.body, "html"));
                }
                Ok(_) => {}
                Err(refusal) => say(&area, &refusal.words),
            }
        });
    }

    /// Puts a comment as a quote into the form, instead of loading the page with it.
    fn quote(event: &Event, link: Element) {
        // With a key held the link opens elsewhere: that is the browser's.
        let held = event.dyn_ref::<MouseEvent>().is_some_and(|click| click.ctrl_key() || click.meta_key() || click.shift_key());
        let Some(area) = dom::find("#f-body").and_then(|area| text_area(&area)).filter(|_| !held) else { return };
        event.prevent_default();
        let url = link.get_attribute("data-quote").unwrap_or_default();
        let place = link.closest("li[id]").ok().flatten().map(|line| line.id()).unwrap_or_default();
        spawn_local(async move {
            let Ok(reply) = api::get(&url).await else {
                let _ = dom::window().location().set_href(&link.get_attribute("href").unwrap_or_default());
                return;
            };
            let page = dom::window().location().pathname().unwrap_or_default();
            let name = api::text(&api::get_in(&reply.body, "author"), "display_name").replace(['[', ']', '\\'], "");
            let mut text = format!("> [{name}]({page}#{place}) wrote:\n>\n");
            let quoted: String = api::text(&reply.body, "body").trim().chars().take(QUOTED).collect();
            for line in quoted.lines() {
                text.push_str(if line.is_empty() { ">" } else { "> " });
                text.push_str(line);
                text.push('\n');
            }
            text.push('\n');
            if !area.value().is_empty() && !area.value().ends_with('\n') {
                text.insert(0, '\n');
            }
            let end = area.value().encode_utf16().count().try_into().unwrap_or(0);
            let _ = area.set_selection_range(end, end);
            insert(&area, &text);
            let _ = area.focus();
        });
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::html;

    #[test]
    fn the_tools_say_where_they_send_and_are_a_status_of_their_own() {
        let html = html(tools);
        assert!(
            html.contains(r#"data-markdown="/api/v1/markdown""#) && html.contains(r#"data-attachments="/api/v1/attachments""#),
            "{html}"
        );
        assert!(html.contains(r#"role="status""#) && html.contains("aria-pressed=\"false\""), "{html}");
    }
}
