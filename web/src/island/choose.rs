//! Choosing several rows of a list: Shift and a click choose all between, the box above chooses all, `x` the row that is walked to. Without
//! script the boxes are ticked one by one.

use leptos::prelude::*;

/// Listens to the boxes inside (`children`: the form with the list).
#[island]
pub fn Choose(children: Children) -> impl IntoView {
    #[cfg(target_arch = "wasm32")]
    browser::listen();
    children()
}

/// The form of a list whose rows can be chosen. Its page has an island.
#[cfg(feature = "ssr")]
pub fn choose(form: AnyView) -> AnyView {
    view! { <Choose>{form}</Choose> }.into_any()
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use std::cell::RefCell;

    use wasm_bindgen::JsCast;
    use web_sys::{Element, HtmlInputElement, KeyboardEvent, MouseEvent};

    use crate::island::dom;

    const BOX: &str = "form.choose input[name=delta]";
    const ALL: &str = "form.choose [data-choose=all]";

    pub(super) fn listen() {
        if let Some(all) = dom::find(ALL) {
            dom::attribute(&all, "hidden", None);
        }
        tell();
        let last: RefCell<Option<Element>> = RefCell::new(None);
        dom::on(&dom::document(), "click", move |event: MouseEvent| {
            if let Some(all) = dom::closest(&event, ALL).and_then(|all| all.dyn_into::<HtmlInputElement>().ok()) {
                for one in boxes() {
                    one.set_checked(all.checked());
                }
            } else if let Some(one) = dom::closest(&event, BOX) {
                let before = last.replace(Some(one.clone()));
                if let (true, Some(before), Some(ticked)) = (event.shift_key(), before, one.dyn_ref::<HtmlInputElement>()) {
                    between(&before, &one, ticked.checked());
                }
            } else {
                return;
            }
            tell();
        });
        dom::on(&dom::document(), "keydown", move |event: KeyboardEvent| {
            let fields = "input:not([type=checkbox]),textarea,select";
            let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key() && !event.default_prevented();
            if event.key() == "x" && plain && dom::closest(&event, fields).is_none() {
                let one = dom::find("form.choose tr.at input[name=delta]").and_then(|one| one.dyn_into::<HtmlInputElement>().ok());
                if let Some(one) = one {
                    one.click();
                    event.prevent_default();
                }
            }
        });
    }

    fn boxes() -> Vec<HtmlInputElement> {
        dom::all(BOX).into_iter().filter_map(|one| one.dyn_into().ok()).collect()
    }

    /// Makes all between two boxes like the second.
    fn between(from: &Element, to: &Element, on: bool) {
        let all = boxes();
        let place = |wanted: &Element| all.iter().position(|one| one.is_same_node(Some(wanted.as_ref())));
        if let (Some(from), Some(to)) = (place(from), place(to)) {
            for one in &all[from.min(to)..=from.max(to)] {
                one.set_checked(on);
            }
        }
    }

    /// Says how many are chosen.
    fn tell() {
        let boxes = boxes();
        let chosen = boxes.iter().filter(|one| one.checked()).count();
        if let Some(all) = dom::find(ALL).and_then(|all| all.dyn_into::<HtmlInputElement>().ok()) {
            all.set_checked(chosen > 0 && chosen == boxes.len());
            all.set_indeterminate(chosen > 0 && chosen < boxes.len());
        }
        if let Some(place) = dom::find("form.choose [data-chosen]") {
            place.set_text_content(Some(&format!("{chosen} chosen")));
        }
        if chosen > 0 {
            dom::announce(&format!("{chosen} chosen"));
        }
    }
}
