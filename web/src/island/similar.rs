//! While a delta is being written: what it may be a duplicate of. Without JavaScript the form's second step says the same; once
//! something was offered here, the form's field `seen` says so, and that step is left out.

use leptos::prelude::*;

/// Listens to the fields `title`, `desired` and `actual` of the page's form, and fills the list inside it (`children`).
#[island]
pub fn Similar(children: Children) -> impl IntoView {
    #[cfg(target_arch = "wasm32")]
    browser::listen();
    children()
}

/// The panel of the filing page, with what is known already; empty and out of sight until something is found. `project` may
/// be empty; `crashes` says which of those found have the same crash, or a similar one. Its page has an island.
#[cfg(feature = "ssr")]
pub fn similar_panel(project: &str, found: &[schema::delta::Similar], crashes: &[schema::occurrence::Alike]) -> AnyView {
    use schema::route;

    use crate::part::{Tone, kind_mark, panel, pill};

    let lines = found
        .iter()
        .map(|one| {
            let delta = &one.delta;
            let why = why(one, crashes);
            let key = delta.key.to_string();
            let state = (!delta.open).then(|| pill(Tone::Plain, "ended"));
            view! { <li>{kind_mark(delta.kind.as_str())}" "<a class="link" href=route::delta(&key)>{format!("{key} {}", delta.title)}</a>" "{state}{why}</li> }
        })
        .collect_view();
    let inside = view! {
        <div class="body stack-sm">
            <p class="small muted">"If one of these says it, vote there: that counts more than a second report. Nothing is filed yet; what you wrote stays."</p>
            <ul class="stack-xs small" id="similar-list">{lines}</ul>
        </div>
    };
    let (project, none, panel) = (project.to_owned(), found.is_empty(), panel("Is it one of these?", inside));
    view! {
        <Similar>
            <div id="similar" aria-live="polite" data-similar=route::api::similar() data-project=project hidden=none>
                {panel}
            </div>
        </Similar>
    }
    .into_any()
}

/// Why it is offered: where its text says the same, else which words it shares, else its crash.
#[cfg(feature = "ssr")]
fn why(one: &schema::delta::Similar, crashes: &[schema::occurrence::Alike]) -> Option<AnyView> {
    if let Some(snippet) = &one.snippet {
        return Some(view! { <span class="snippet xs muted" inner_html=snippet.clone()></span> }.into_any());
    }
    let words = if one.shared.is_empty() {
        crash_words(crashes.iter().find(|crash| crash.key == one.delta.key)?.same).to_owned()
    } else {
        format!("shares {}", one.shared.join(", "))
    };
    Some(view! { <span class="snippet xs muted">{words}</span> }.into_any())
}

/// How a delta that was found by its crash is offered.
fn crash_words(same: bool) -> &'static str {
    if same { "the same crash" } else { "a similar crash" }
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use std::cell::Cell;
    use std::rc::Rc;

    use js_sys::Array;
    use wasm_bindgen::closure::Closure;
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::spawn_local;
    use web_sys::{Element, Event, HtmlInputElement, HtmlTextAreaElement, UrlSearchParams};

    use crate::api;
    use crate::island::dom;

    /// How long nothing is typed before the server is asked, in milliseconds.
    const PAUSE: i32 = 250;

    pub(super) fn listen() {
        let Some(place) = dom::find("[data-similar]") else { return };
        // Counts what was typed: an answer to an older text is not shown.
        let turn = Rc::new(Cell::new(0_u32));
        let fields = "[name=title],[name=desired],[name=actual],[name=project]";
        dom::on(&dom::document(), "input", move |event: Event| {
            if dom::closest(&event, fields).is_none() {
                return;
            }
            let now = turn.get().wrapping_add(1);
            turn.set(now);
            let (turn, place) = (turn.clone(), place.clone());
            let ask = Closure::once_into_js(move || {
                if turn.get() == now {
                    spawn_local(ask(turn, now, place));
                }
            });
            // A refused timer leaves the list as it is.
            let _ = dom::window().set_timeout_with_callback_and_timeout_and_arguments_0(ask.unchecked_ref(), PAUSE);
        });
    }

    async fn ask(turn: Rc<Cell<u32>>, now: u32, place: Element) {
        let title = value("title");
        let text = schema::list::similar_text(&value("desired"), &value("actual"));
        let chosen = value("project");
        let project = if chosen.is_empty() { place.get_attribute("data-project").unwrap_or_default() } else { chosen };
        let Ok(query) = UrlSearchParams::new() else { return };
        query.append("title", &title.chars().take(300).collect::<String>());
        query.append("text", &text);
        query.append("project", &project);
        let url = format!("{}?{}", place.get_attribute("data-similar").unwrap_or_default(), String::from(query.to_string()));
        // A refusal is no business of who is writing.
        let Ok(reply) = api::get(&url).await else { return };
        if turn.get() == now {
            show(&place, &list(&reply.body, "items"), &list(&reply.body, "crashes"));
        }
    }

    /// What a member of a reply lists.
    fn list(body: &JsValue, member: &str) -> Vec<JsValue> {
        api::get_in(body, member).dyn_into::<Array>().map(|items| items.to_vec()).unwrap_or_default()
    }

    fn value(name: &str) -> String {
        let Some(field) = dom::find(&format!("[name={name}]")) else { return String::new() };
        match field.dyn_ref::<HtmlInputElement>() {
            Some(input) => input.value(),
            None => match field.dyn_ref::<HtmlTextAreaElement>() {
                Some(area) => area.value(),
                None => api::text(field.as_ref(), "value"),
            },
        }
    }

    fn show(place: &Element, items: &[JsValue], crashes: &[JsValue]) {
        let Some(list) = dom::find("#similar-list") else { return };
        list.set_text_content(None);
        for item in items {
            // Elements of these names can always be made.
            let (Ok(line), Ok(link)) = (dom::document().create_element("li"), dom::document().create_element("a")) else { return };
            let key = api::text(item, "key");
            let open = api::get_in(item, "open").as_bool().unwrap_or(true);
            let words = format!("{key} {}{}", api::text(item, "title"), if open { "" } else { " (ended)" });
            link.set_text_content(Some(&words));
            dom::attribute(&link, "class", Some("link"));
            dom::attribute(&link, "href", Some(&format!("/deltas/{key}")));
            // The form keeps what was typed.
            dom::attribute(&link, "target", Some("_blank"));
            let _ = line.append_child(&link);
            if let Some(why) = why(item, crashes) {
                let _ = line.append_child(&why);
            }
            let _ = list.append_child(&line);
        }
        dom::attribute(place, "hidden", items.is_empty().then_some(""));
        // What was offered here needs no second step.
        if let Some(seen) = dom::find("[name=seen]").filter(|_| !items.is_empty()) {
            dom::attribute(&seen, "disabled", None);
        }
    }

    /// Why a delta is offered, as the page says it without script; nothing where there is nothing to say.
    fn why(item: &JsValue, crashes: &[JsValue]) -> Option<Element> {
        let span = dom::document().create_element("span").ok()?;
        dom::attribute(&span, "class", Some("snippet xs muted"));
        let (snippet, shared) = (api::text(item, "snippet"), list(item, "shared"));
        if !snippet.is_empty() {
            // Our own server's: escaped text and marks.
            span.set_inner_html(&snippet);
            return Some(span);
        }
        let words = if shared.is_empty() {
            let key = api::text(item, "key");
            let crash = crashes.iter().find(|crash| api::text(crash, "key") == key)?;
            super::crash_words(api::get_in(crash, "same").as_bool() == Some(true)).to_owned()
        } else {
            let words: Vec<String> = shared.iter().filter_map(JsValue::as_string).collect();
            format!("shares {}", words.join(", "))
        };
        span.set_text_content(Some(&words));
        Some(span)
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use schema::{
        delta::{Kind, Ref, Similar},
        id::DeltaKey,
        occurrence::Alike,
    };

    use super::*;
    use crate::testing::html;

    #[test]
    fn what_is_known_already_is_there_without_script() {
        let delta = Ref { key: DeltaKey(7), kind: Kind::Bug, title: "Panic <x>".into(), impact: 4, open: false };
        let found = [Similar { delta, shared: vec!["panic".into()], snippet: Some("a <mark>panic</mark> &lt;".into()) }];
        let some = html(move || similar_panel("neutron", &found, &[]));
        assert!(some.contains("D-7 Panic &lt;x&gt;") && some.contains("ended") && !some.contains("hidden"), "{some}");
        assert!(some.contains("a <mark>panic</mark> &lt;"), "{some}");
        assert!(html(|| similar_panel("", &[], &[])).contains("hidden"));
    }

    #[test]
    fn what_was_found_by_its_crash_alone_says_so() {
        let one = |key| {
            let delta = Ref { key: DeltaKey(key), kind: Kind::Crash, title: "It falls over".into(), impact: 0, open: true };
            Similar { delta, shared: Vec::new(), snippet: None }
        };
        let crash = |key, same| Alike { key: DeltaKey(key), same, percent: 90, words: String::new() };
        let (found, crashes) = ([one(1), one(2), one(3)], [crash(1, true), crash(2, false)]);
        let html = html(move || similar_panel("neutron", &found, &crashes));
        assert!(html.contains("the same crash") && html.contains("a similar crash"), "{html}");
        assert_eq!(html.matches("snippet").count(), 2, "{html}");
    }
}
