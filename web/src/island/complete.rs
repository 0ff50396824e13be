//! The search box while a query is written: fields and values to go on with, by keyboard. What is offered says the server; without JavaScript
//! the help page lists the fields.
//!
//! A combobox with a list, as the ARIA Authoring Practices Guide has it: arrows choose, Enter or Tab takes what is chosen, Escape closes.

use leptos::prelude::*;

/// Listens to the query box inside it (`#q`, with the list `[data-complete]`).
#[island]
pub fn Complete(children: Children) -> impl IntoView {
    #[cfg(target_arch = "wasm32")]
    browser::listen();
    children()
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;

    use js_sys::Array;
    use wasm_bindgen::closure::Closure;
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::spawn_local;
    use web_sys::{Element, Event, HtmlInputElement, KeyboardEvent, UrlSearchParams};

    use crate::api;
    use crate::island::dom;

    /// How long nothing is typed before the server is asked, in milliseconds.
    const PAUSE: i32 = 90;

    /// The box, its list, and what that shows.
    struct Completer {
        field: HtmlInputElement,
        list: Element,
        /// Counts what was typed: an answer to an older text is not shown.
        turn: Cell<u32>,
        /// Each one's query and place.
        offers: RefCell<Vec<(String, u32)>>,
        chosen: Cell<Option<usize>>,
    }

    pub(super) fn listen() {
        let (Some(field), Some(list)) = (dom::find("#q"), dom::find("[data-complete]")) else { return };
        let Ok(field) = field.dyn_into::<HtmlInputElement>() else { return };
        for (name, value) in [("role", "combobox"), ("aria-autocomplete", "list"), ("aria-expanded", "false"), ("aria-controls", "q-list")]
        {
            dom::attribute(&field, name, Some(value));
        }
        let turn = Cell::new(0);
        let it = Rc::new(Completer { field, list, turn, offers: RefCell::default(), chosen: Cell::new(None) });
        let (typed, pressed, left, taken) = (it.clone(), it.clone(), it.clone(), it.clone());
        dom::on(&it.field, "input", move |_: Event| Completer::ask(&typed, false));
        dom::on(&it.field, "keydown", move |event: KeyboardEvent| Completer::press(&pressed, &event));
        dom::on(&it.field, "blur", move |_: Event| left.close());
        // Before the box loses the focus.
        dom::on(&it.list, "mousedown", move |event: Event| {
            event.prevent_default();
            let place = dom::closest(&event, "[role=option]").and_then(|one| one.get_attribute("data-place")?.parse().ok());
            if let Some(place) = place {
                Completer::take(&taken, place);
            }
        });
    }

    impl Completer {
        /// Asks once nothing was typed for a moment. Where no word has begun, only who asks for it (`always`) is offered all fields.
        fn ask(it: &Rc<Self>, always: bool) {
            let at = it.field.selection_start().ok().flatten().unwrap_or_default() as usize;
            let begun = it.field.value().encode_utf16().take(at).last().is_some_and(|unit| unit > 32);
            if !begun && !always {
                it.close();
                return;
            }
            let now = it.turn.get().wrapping_add(1);
            it.turn.set(now);
            let it = it.clone();
            let later = Closure::once_into_js(move || {
                if it.turn.get() == now {
                    spawn_local(async move { it.answer(now).await });
                }
            });
            // A refused timer offers nothing.
            let _ = dom::window().set_timeout_with_callback_and_timeout_and_arguments_0(later.unchecked_ref(), PAUSE);
        }

        async fn answer(&self, now: u32) {
            let Ok(query) = UrlSearchParams::new() else { return };
            let at = self.field.selection_start().ok().flatten();
            query.append("of", &self.list.get_attribute("data-of").unwrap_or_default());
            query.append("q", &self.field.value());
            if let Some(at) = at {
                query.append("at", &at.to_string());
            }
            let url = format!("{}?{}", self.list.get_attribute("data-complete").unwrap_or_default(), String::from(query.to_string()));
            // A refusal is no business of who is writing.
            let Ok(reply) = api::get(&url).await else { return };
            if self.turn.get() == now && dom::document().active_element().is_some_and(|one| one.id() == "q") {
                self.show(&reply.body.dyn_into::<Array>().map(|items| items.to_vec()).unwrap_or_default());
            }
        }

        fn show(&self, items: &[JsValue]) {
            self.list.set_text_content(None);
            let mut offers = Vec::new();
            for item in items {
                let (Ok(line), Ok(about)) = (dom::document().create_element("li"), dom::document().create_element("span")) else { return };
                let place = offers.len();
                for (name, value) in
                    [("role", "option"), ("aria-selected", "false"), ("id", &format!("q-{place}")), ("data-place", &place.to_string())]
                {
                    dom::attribute(&line, name, Some(value));
                }
                line.set_text_content(Some(&api::text(item, "text")));
                dom::attribute(&about, "class", Some("xs muted"));
                about.set_text_content(Some(&api::text(item, "about")));
                let _ = line.append_child(&about);
                let _ = self.list.append_child(&line);
                let at = api::get_in(item, "at").as_f64().unwrap_or_default() as u32;
                offers.push((api::text(item, "query"), at));
            }
            let open = !offers.is_empty();
            self.offers.replace(offers);
            self.choose(None);
            dom::attribute(&self.list, "hidden", (!open).then_some(""));
            dom::attribute(&self.field, "aria-expanded", Some(if open { "true" } else { "false" }));
        }

        fn close(&self) {
            self.turn.set(self.turn.get().wrapping_add(1));
            self.show(&[]);
        }

        fn choose(&self, place: Option<usize>) {
            self.chosen.set(place);
            for (at, line) in dom::all_in(&self.list, "[role=option]").iter().enumerate() {
                dom::attribute(line, "aria-selected", Some(if Some(at) == place { "true" } else { "false" }));
                if Some(at) == place {
                    line.scroll_into_view_with_bool(false);
                }
            }
            dom::attribute(&self.field, "aria-activedescendant", place.map(|at| format!("q-{at}")).as_deref());
        }

        fn take(it: &Rc<Self>, place: usize) {
            let Some((query, at)) = it.offers.borrow().get(place).cloned() else { return };
            it.field.set_value(&query);
            // Refused only for fields without text.
            let _ = it.field.set_selection_range(at, at);
            it.show(&[]);
            Self::ask(it, false);
        }

        fn press(it: &Rc<Self>, event: &KeyboardEvent) {
            if event.is_composing() || event.ctrl_key() || event.meta_key() || event.alt_key() {
                return;
            }
            let count = it.offers.borrow().len();
            let chosen = it.chosen.get();
            match (event.key().as_str(), chosen) {
                ("ArrowDown", _) if count == 0 => Self::ask(it, true),
                ("ArrowDown", _) => it.choose(Some(chosen.map_or(0, |at| (at + 1) % count))),
                ("ArrowUp", _) if count > 0 => it.choose(Some(chosen.map_or(count - 1, |at| (at + count - 1) % count))),
                ("Enter" | "Tab", Some(at)) => Self::take(it, at),
                ("Escape", _) if count > 0 => it.close(),
                _ => return,
            }
            event.prevent_default();
        }
    }
}
