//! The keyboard everywhere: `?` shows the keys, `g` and a letter goes places, `j` and `k` walk rows, and every other letter presses
//! what carries it as `data-key`.
//!
//! A page says nothing to this island; it marks its HTML: `data-key="c"` on the link, button or field a letter presses (`/` is one
//! too), `data-go="b"` on a link that `g b` follows, `data-row` on the rows of its list. Ctrl or Cmd and Enter send what is typed,
//! in whatever field of a form.

use leptos::prelude::*;

/// Listens to the keyboard. `children` is the dialog that lists the keys (`#keys`).
#[island]
pub fn Keys(children: Children) -> impl IntoView {
    #[cfg(target_arch = "wasm32")]
    browser::listen();
    children()
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use std::cell::Cell;

    use wasm_bindgen::JsCast;
    use web_sys::{Element, Event, HtmlDialogElement, HtmlElement, HtmlFormElement, KeyboardEvent};

    use crate::island::{dom, editor};

    /// Where letters are typed.
    const FIELDS: &str = "input:not([type=checkbox],[type=radio]),textarea,select,[contenteditable]";
    /// What sends a form.
    const SENDS: &str = "button[type=submit]:not([disabled]),button:not([type],[disabled])";

    pub(super) fn listen() {
        // The texts of forms are everywhere's: what was sent is answered on any page, and so is signing out.
        editor::settle_drafts();
        dom::on(&dom::document(), "submit", |event: Event| {
            let form = dom::closest(&event, "form").and_then(|form| form.get_attribute("action"));
            if form.as_deref() == Some(schema::route::SIGN_OUT) {
                editor::forget_drafts();
            }
        });
        // Whether `g` was the key before this one.
        let going = Cell::new(false);
        dom::on(&dom::document(), "keydown", move |event: KeyboardEvent| {
            let went = going.take();
            if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && send(&event) {
                event.prevent_default();
                return;
            }
            if event.default_prevented()
                || event.ctrl_key()
                || event.meta_key()
                || event.alt_key()
                || event.is_composing()
                || typing(&event)
            {
                return;
            }
            let key = event.key();
            let done = match key.as_str() {
                _ if went => press("data-go", &key),
                "g" => {
                    going.set(true);
                    true
                }
                "?" => show_keys(),
                // A page that chooses rather than walks says so.
                "j" => press("data-key", "j") || walk(1),
                "k" => press("data-key", "k") || walk(-1),
                _ if key.len() == 1 => press("data-key", &key.to_ascii_lowercase()),
                _ => false,
            };
            if done {
                event.prevent_default();
            }
        });
    }

    /// Whether the key belongs to something that is being typed in, or to an open dialog.
    fn typing(event: &KeyboardEvent) -> bool {
        dom::closest(event, FIELDS).is_some() || dom::find("dialog[open]").is_some()
    }

    /// Sends the form of the field that is typed in, as its first button would; where a part of the form is folded, as that part's.
    fn send(event: &KeyboardEvent) -> bool {
        let Some(field) = dom::closest(event, FIELDS) else { return false };
        let Some(form) = field.closest("form").ok().flatten() else { return false };
        let first = |within: &Element| within.query_selector(SENDS).ok().flatten();
        let near = field.closest("details,form").ok().flatten().and_then(|near| first(&near));
        // The button is named, so that what listens to it, and the value it may carry, are as if it were pressed.
        let button = near.or_else(|| first(&form)).and_then(|button| button.dyn_into::<HtmlElement>().ok());
        form.dyn_into::<HtmlFormElement>().is_ok_and(|form| form.request_submit_with_submitter(button.as_ref()).is_ok())
    }

    fn show_keys() -> bool {
        dom::find("#keys").and_then(|el| el.dyn_into::<HtmlDialogElement>().ok()).is_some_and(|dialog| dialog.show_modal().is_ok())
    }

    /// Presses what carries this key: the page's own first, then the document's. A field is given the focus instead.
    fn press(attribute: &str, key: &str) -> bool {
        if key == "\"" || key == "\\" {
            return false;
        }
        let one = format!("[{attribute}=\"{key}\"]:not([disabled])");
        let Some(el) = dom::find(&format!("main {one}")).or_else(|| dom::find(&one)).and_then(|el| el.dyn_into::<HtmlElement>().ok())
        else {
            return false;
        };
        if matches!(el.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") {
            return el.focus().is_ok();
        }
        el.click();
        true
    }

    /// Goes up or down the rows; the focus goes to the row's first link or button, so that Enter opens it.
    fn walk(step: i32) -> bool {
        let rows = dom::all("[data-row]");
        let at = rows.iter().position(|row| row.class_list().contains("at") || matches!(row.query_selector(":focus"), Ok(Some(_))));
        let next = match at {
            Some(at) => at.saturating_add_signed(step as isize),
            None => 0,
        };
        let Some(row) = rows.get(next) else { return !rows.is_empty() };
        for other in &rows {
            dom::toggle(other, "at", other == row);
        }
        row.scroll_into_view_with_bool(false);
        let inside = row.query_selector("a[href],button").ok().flatten().unwrap_or_else(|| row.clone());
        inside.dyn_into::<HtmlElement>().is_ok_and(|el| el.focus().is_ok())
    }
}
