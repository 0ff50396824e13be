//! The few things islands do to the document, in one place so that each is compiled once.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::convert::FromWasmAbi;
use web_sys::{Document, Element, EventTarget, Window};

/// The window.
///
/// # Panics
/// Outside a browser window; this code runs nowhere else.
#[must_use]
pub fn window() -> Window {
    web_sys::window().expect("islands run in a browser window")
}

/// The document.
///
/// # Panics
/// Outside a browser window; this code runs nowhere else.
#[must_use]
pub fn document() -> Document {
    window().document().expect("a window has a document")
}

/// The first element a selector finds.
#[must_use]
pub fn find(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

/// All elements a selector finds, in document order.
#[must_use]
pub fn all(selector: &str) -> Vec<Element> {
    all_in(&document(), selector)
}

/// All elements a selector finds inside `root` (an element or the document).
#[must_use]
pub fn all_in(root: &impl AsRef<web_sys::Node>, selector: &str) -> Vec<Element> {
    let root: &web_sys::Node = root.as_ref();
    let list = match root.dyn_ref::<Element>() {
        Some(element) => element.query_selector_all(selector),
        None => root.unchecked_ref::<Document>().query_selector_all(selector),
    };
    let Ok(list) = list else { return Vec::new() };
    (0..list.length()).filter_map(|i| list.get(i)).filter_map(|node| node.dyn_into().ok()).collect()
}

/// The nearest element, from an event's target outwards, that a selector matches.
#[must_use]
pub fn closest(event: &web_sys::Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok().flatten()
}

/// Listens for as long as the page lives.
pub fn on<E: FromWasmAbi + 'static>(target: &impl AsRef<EventTarget>, event: &str, listener: impl Fn(E) + 'static) {
    let listener = Closure::<dyn Fn(E)>::new(listener).into_js_value();
    // Refused only for a name that is no string.
    let _ = target.as_ref().add_event_listener_with_callback(event, listener.unchecked_ref());
}

/// Listens before what is inside the target does, and may keep the event from it.
pub fn on_first<E: FromWasmAbi + 'static>(target: &impl AsRef<EventTarget>, event: &str, listener: impl Fn(E) + 'static) {
    let listener = Closure::<dyn Fn(E)>::new(listener).into_js_value();
    // Refused only for a name that is no string.
    let _ = target.as_ref().add_event_listener_with_callback_and_bool(event, listener.unchecked_ref(), true);
}

/// Listens and may hold the browser back from what it would do: for events that it takes for passive, such as touches.
pub fn on_active<E: FromWasmAbi + 'static>(target: &impl AsRef<EventTarget>, event: &str, listener: impl Fn(E) + 'static) {
    let listener = Closure::<dyn Fn(E)>::new(listener).into_js_value();
    let options = web_sys::AddEventListenerOptions::new();
    options.set_passive(false);
    // Refused only for a name that is no string.
    let _ = target.as_ref().add_event_listener_with_callback_and_add_event_listener_options(event, listener.unchecked_ref(), &options);
}

/// Adds or takes away a class.
pub fn toggle(element: &Element, class: &str, on: bool) {
    // Refused only for a class with a space in it.
    let _ = element.class_list().toggle_with_force(class, on);
}

/// Sets an attribute, or takes it away.
pub fn attribute(element: &Element, name: &str, value: Option<&str>) {
    // Refused only for a name that is none.
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}

/// Says something to those who listen to the page rather than see it, in the shell's live region.
pub fn announce(words: &str) {
    if let Some(region) = find("#said") {
        region.set_text_content(Some(words));
    }
}

/// Shows a sentence at the foot of the window for six seconds, and says it.
pub fn toast(words: &str) {
    announce(words);
    let Some(place) = find("#toast") else { return };
    place.set_text_content(Some(words));
    attribute(&place, "hidden", None);
    let hide = Closure::once_into_js(move || attribute(&place, "hidden", Some("")));
    // A refused timer leaves the sentence where it is.
    let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(hide.unchecked_ref(), 6000);
}

/// Loads this page anew and puts its elements of these ids in the place of those shown: what the server draws is drawn once.
/// They must hold no island. Where it cannot be loaded, they stay as they are.
pub async fn renew(ids: &[&str]) {
    let Ok(place) = window().location().href() else { return };
    let Some(html) = crate::api::page(&place).await else { return };
    // A template's inside is inert: nothing in it loads or runs.
    let Ok(inert) = document().create_element("template") else { return };
    inert.set_inner_html(&html);
    let Some(inside) = inert.dyn_ref::<web_sys::HtmlTemplateElement>().map(web_sys::HtmlTemplateElement::content) else { return };
    for id in ids {
        let (Some(old), Ok(Some(new))) = (find(&format!("#{id}")), inside.query_selector(&format!("#{id}"))) else { continue };
        old.set_inner_html(&new.inner_html());
    }
}
