//! The browser's one stream of events. Every island of a page listens to the same one.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource, MessageEvent};

use crate::island::dom;

thread_local! {
    /// The open stream with its address. A browser allows few connections per server, so there is never more than one.
    static STREAM: RefCell<Option<(String, EventSource)>> = const { RefCell::new(None) };
}

/// Opens the stream at `url`, or takes the one already open there. Another address replaces it. The browser reconnects by itself and
/// says where it was (`Last-Event-ID`); the stream ends when the page is left.
fn stream(url: &str) -> Option<EventSource> {
    STREAM.with_borrow_mut(|stream| {
        if let Some((open, source)) = stream
            && open == url
        {
            return Some(source.clone());
        }
        if let Some((_, old)) = stream.take() {
            old.close();
        } else {
            // An open stream would keep the page out of the back/forward cache and hold a connection.
            dom::on(&dom::window(), "pagehide", |_: Event| close());
            // Come back from that cache, the page shows what was true when it was left.
            dom::on(&dom::window(), "pageshow", |event: Event| {
                if crate::api::get_in(&event, "persisted").is_truthy() {
                    // Refused only while the page is being left.
                    let _ = dom::window().location().reload();
                }
            });
        }
        let source = EventSource::new(url).ok()?;
        *stream = Some((url.to_owned(), source.clone()));
        Some(source)
    })
}

/// Ends the stream.
pub fn close() {
    STREAM.with_borrow_mut(|stream| {
        if let Some((_, source)) = stream.take() {
            source.close();
        }
    });
}

/// Calls `listener` with the data of each event of this name. `resync` means that events were lost: load anew what is shown.
pub fn on(url: &str, name: &str, listener: impl Fn(String) + 'static) {
    if let Some(source) = stream(url) {
        dom::on(&source, name, move |event: MessageEvent| listener(event.data().as_string().unwrap_or_default()));
    }
}

/// Tells whether the stream is open, now and whenever that changes.
pub fn on_state(url: &str, listener: impl Fn(bool) + 'static) {
    let Some(source) = stream(url) else { return listener(false) };
    let told = source.clone();
    let listener = Closure::<dyn Fn()>::new(move || listener(told.ready_state() == EventSource::OPEN)).into_js_value();
    for event in ["open", "error"] {
        // Refused only for a name that is no string.
        let _ = source.add_event_listener_with_callback(event, listener.unchecked_ref());
    }
}
