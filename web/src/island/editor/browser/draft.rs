//! What is typed is kept in this browser until it is sent. A draft is offered, never put in place of anything.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, Storage};

use super::{text_area, tool, typed};
use crate::{api, island::dom};

/// Texts sent with the form that left this window last: theirs are dropped once another page has come.
const SENT: &str = "deltaboard-sent";
/// What the names of drafts begin with.
const DRAFT: &str = "draft:";
/// What the name of an older draft ends with: one that was offered still when something else was typed.
const BEFORE: &str = ":before";

fn drafts() -> Option<Storage> {
    dom::window().local_storage().ok().flatten()
}

fn window_only() -> Option<Storage> {
    dom::window().session_storage().ok().flatten()
}

/// Where a field's draft is: by where its form goes, which is the same when it comes back refused.
fn key(area: &Element) -> Option<String> {
    let action = area.closest("form").ok().flatten()?.get_attribute("action")?;
    Some(format!("{DRAFT}{action}:{}", area.id()))
}

fn value(area: &Element) -> String {
    text_area(area).map(|area| area.value().replace('\r', "")).unwrap_or_default()
}

/// Drops the drafts of what was sent before this page came; not where it was refused, which the page's status says, or that it has the
/// form once more with what was typed. On the page that answers, before drafts are offered: what is typed from now on was not sent.
pub(super) fn settle() {
    let (Some(drafts), Some(kept)) = (drafts(), window_only()) else { return };
    let Some(sent) = kept.get_item(SENT).ok().flatten() else { return };
    let _ = kept.remove_item(SENT);
    if !came_by_sending() || refused() {
        return;
    }
    let areas = dom::all("textarea[data-md]");
    for name in sent.lines() {
        let draft = drafts.get_item(name).ok().flatten();
        let stands = areas.iter().any(|area| key(area).as_deref() == Some(name) && draft.as_deref() == Some(value(area).as_str()));
        if !stands {
            let _ = drafts.remove_item(name);
        }
    }
}

/// Keeps what stands in a field; nothing where it is empty, or what the server wrote there. What is offered still is kept beside it.
pub(super) fn keep(area: &Element) {
    let (Some(drafts), Some(key)) = (drafts(), key(area)) else { return };
    let (text, first) = (value(area), text_area(area).and_then(|area| area.default_value().ok()).unwrap_or_default());
    let before = format!("{key}{BEFORE}");
    if is_offered(area)
        && let (Ok(Some(draft)), Ok(None)) = (drafts.get_item(&key), drafts.get_item(&before))
    {
        let _ = drafts.set_item(&before, &draft);
    }
    // A full storage keeps no draft.
    let _ = if text.is_empty() || text == first.replace('\r', "") { drafts.remove_item(&key) } else { drafts.set_item(&key, &text) };
}

/// What is offered for a field, with the name it is kept under: the newest text that does not stand there anyway.
fn kept(drafts: &Storage, area: &Element) -> Option<(String, String)> {
    let (key, here) = (key(area)?, value(area));
    let before = format!("{key}{BEFORE}");
    [key, before].into_iter().find_map(|name| {
        let text = drafts.get_item(&name).ok().flatten().filter(|text| *text != here)?;
        Some((name, text))
    })
}

/// Offers the draft of a field, where there is one that says something else.
pub(super) fn offer(area: &Element) {
    let Some(drafts) = drafts() else { return };
    offered(area, kept(&drafts, area).is_some());
}

/// What the browser knows of how this page came.
fn coming() -> Option<JsValue> {
    let performance = js_sys::Reflect::get(&dom::window(), &"performance".into()).ok()?;
    let get = js_sys::Reflect::get(&performance, &"getEntriesByType".into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
    Some(get.call1(&performance, &"navigation".into()).ok()?.dyn_into::<js_sys::Array>().ok()?.get(0))
}

/// Whether this page came as the answer to something, rather than by going back or loading it again.
fn came_by_sending() -> bool {
    coming().is_none_or(|coming| api::text(&coming, "type") == "navigate")
}

/// Whether this page is a refusal. Not every browser tells.
fn refused() -> bool {
    coming().and_then(|coming| api::number(&coming, "responseStatus")).is_some_and(|status| status >= 400.0)
}

fn is_offered(area: &Element) -> bool {
    tool(area, "[data-md-restore]").is_some_and(|button| !button.has_attribute("hidden"))
}

fn offered(area: &Element, on: bool) {
    for selector in ["[data-md-restore]", "[data-md-discard]"] {
        if let Some(button) = tool(area, selector) {
            dom::attribute(&button, "hidden", (!on).then_some(""));
        }
    }
}

/// Puts the draft into its field, or drops it. Then an older one is offered, where there is one.
pub(super) fn decide(area: &Element, restore: bool) {
    let (Some(drafts), Some(field)) = (drafts(), text_area(area)) else { return };
    let draft = kept(&drafts, area);
    // Out of sight first: what is restored is not typed in place of what is offered.
    offered(area, false);
    if let Some((name, text)) = draft {
        if !restore || name.ends_with(BEFORE) {
            let _ = drafts.remove_item(&name);
        }
        if restore {
            field.set_value(&text);
            typed(&field);
        }
    }
    offer(area);
    let _ = field.focus();
}

/// Notes which texts a form takes along.
pub(super) fn sent(event: &Event) {
    let Some(form) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let Some(kept) = window_only().filter(|_| !event.default_prevented()) else { return };
    let keys: Vec<String> = dom::all_in(&form, "textarea[data-md]").iter().inspect(|area| keep(area)).filter_map(key).collect();
    if !keys.is_empty() {
        let _ = kept.set_item(SENT, &keys.join("\n"));
    }
}

/// Drops all drafts.
pub(super) fn forget() {
    let Some(drafts) = drafts() else { return };
    let names: Vec<String> = (0..drafts.length().unwrap_or(0)).filter_map(|at| drafts.key(at).ok().flatten()).collect();
    for name in names.iter().filter(|name| name.starts_with(DRAFT)) {
        let _ = drafts.remove_item(name);
    }
}
