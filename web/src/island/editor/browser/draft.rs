//! What is typed is kept in this browser until it is sent. A draft is offered, never put in place of anything.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, Storage};

use super::{text_area, tool, typed};
use crate::island::dom;

/// Texts sent with the form that left this window last: theirs are dropped once another page has come.
const SENT: &str = "deltaboard-sent";

fn drafts() -> Option<Storage> {
    dom::window().local_storage().ok().flatten()
}

fn window_only() -> Option<Storage> {
    dom::window().session_storage().ok().flatten()
}

/// Where a field's draft is: by where its form goes, which is the same when it comes back refused.
fn key(area: &Element) -> Option<String> {
    let action = area.closest("form").ok().flatten()?.get_attribute("action")?;
    Some(format!("draft:{action}:{}", area.id()))
}

fn value(area: &Element) -> String {
    text_area(area).map(|area| area.value().replace('\r', "")).unwrap_or_default()
}

/// Keeps what stands in a field; nothing where it is empty, or what the server wrote there.
pub(super) fn keep(area: &Element) {
    let (Some(drafts), Some(key)) = (drafts(), key(area)) else { return };
    let (text, first) = (value(area), text_area(area).and_then(|area| area.default_value().ok()).unwrap_or_default());
    // A full storage keeps no draft.
    let _ = if text.is_empty() || text == first.replace('\r', "") { drafts.remove_item(&key) } else { drafts.set_item(&key, &text) };
    offered(area, false);
}

/// Offers the draft of a field, where there is one that says something else. One that was sent is dropped.
pub(super) fn offer(area: &Element) {
    let (Some(drafts), Some(key)) = (drafts(), key(area)) else { return };
    let Some(draft) = drafts.get_item(&key).ok().flatten() else { return };
    let sent = window_only().and_then(|kept| kept.get_item(SENT).ok().flatten()).unwrap_or_default();
    if draft == value(area) {
        return;
    }
    if sent.lines().any(|line| line == key) && came_by_sending() {
        let _ = drafts.remove_item(&key);
        return;
    }
    offered(area, true);
}

/// Whether this page came as the answer to something, rather than by going back or loading it again.
fn came_by_sending() -> bool {
    let entries = js_sys::Reflect::get(&dom::window(), &"performance".into()).ok();
    let entries = entries.and_then(|performance| {
        let get = js_sys::Reflect::get(&performance, &"getEntriesByType".into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
        get.call1(&performance, &"navigation".into()).ok()?.dyn_into::<js_sys::Array>().ok()
    });
    entries.is_none_or(|entries| crate::api::text(&entries.get(0), "type") == "navigate")
}

fn offered(area: &Element, on: bool) {
    for selector in ["[data-md-restore]", "[data-md-discard]"] {
        if let Some(button) = tool(area, selector) {
            dom::attribute(&button, "hidden", (!on).then_some(""));
        }
    }
}

/// Puts the draft into its field, or drops it.
pub(super) fn decide(area: &Element, restore: bool) {
    let (Some(drafts), Some(key), Some(field)) = (drafts(), key(area), text_area(area)) else { return };
    let draft = drafts.get_item(&key).ok().flatten();
    offered(area, false);
    match draft {
        Some(draft) if restore => {
            field.set_value(&draft);
            typed(&field);
        }
        _ => {
            let _ = drafts.remove_item(&key);
        }
    }
    let _ = field.focus();
}

/// Notes which texts a form takes along; who signs out leaves no drafts.
pub(super) fn sent(event: &Event) {
    let Some(form) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let (Some(drafts), Some(kept)) = (drafts(), window_only()) else { return };
    if form.get_attribute("action").as_deref() == Some("/sign-out") {
        let keys: Vec<String> = (0..drafts.length().unwrap_or(0)).filter_map(|at| drafts.key(at).ok().flatten()).collect();
        for key in keys.iter().filter(|key| key.starts_with("draft:")) {
            let _ = drafts.remove_item(key);
        }
        return;
    }
    let keys: Vec<String> = dom::all_in(&form, "textarea[data-md]").iter().inspect(|area| keep(area)).filter_map(key).collect();
    let _ = kept.set_item(SENT, &keys.join("\n"));
}
