//! Commenting on words that are selected: near a selection within one piece of a delta's text stands a link to the page to comment on it,
//! with its words filled in. Without script each piece has a link of its own, for who asks for them.

use leptos::prelude::*;

/// Listens to what is selected. `children` is the link (`data-passage`), out of sight.
#[island]
pub fn Passage(children: Children) -> impl IntoView {
    #[cfg(target_arch = "wasm32")]
    browser::listen();
    children()
}

/// The link, out of sight until words are selected: it leads to `new` with a passage of this revision. The texts are where `data-text`
/// says which one it is. Its page has an island.
#[cfg(feature = "ssr")]
pub fn passage_link(new: String, revision: i64) -> AnyView {
    view! {
        <Passage>
            <a class="btn small passage" data-passage=new data-revision=revision.to_string() hidden>"Comment on this"</a>
        </Passage>
    }
    .into_any()
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use std::cell::Cell;
    use std::rc::Rc;

    use schema::thread::QUOTE_MAX;
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    use web_sys::{Element, Event, HtmlElement, KeyboardEvent, Node, Range, UrlSearchParams};

    use crate::island::dom;

    /// What begins and ends a piece of a text.
    const PIECES: &str = "p,li,dt,dd,h3,h4,h5,h6,pre,td,th,caption,summary,blockquote";
    /// What stands in a text and is not of it.
    const BESIDE: &str = ".perma,.say,.thread,.passage";
    /// How many characters of what stands around a passage are told.
    const AROUND: usize = 64;
    /// In how many pieces before and behind the passage's own they are looked for.
    const NEAR: usize = 3;
    /// How long the selection stays as it is before the link is shown, in milliseconds.
    const PAUSE: i32 = 200;
    /// How far below the selection the link stands, in pixels.
    const BELOW: f64 = 4.0;

    /// What is selected.
    struct Chosen {
        piece: Element,
        range: Range,
        field: String,
        quote: String,
        before: String,
        after: String,
    }

    pub(super) fn listen() {
        let Some(link) = dom::find("[data-passage]").and_then(|link| link.dyn_into::<HtmlElement>().ok()) else { return };
        // Pressing it would take the selection away before it is followed.
        dom::on(&link, "mousedown", |event: Event| event.prevent_default());
        let left = link.clone();
        dom::on(&link, "blur", move |_: Event| offer(&left));
        // Browsers go on from where was clicked, which may be behind it.
        let next = link.clone();
        dom::on(&dom::document(), "keydown", move |event: KeyboardEvent| {
            // The page, or a part of it, has the focus where nothing in it has.
            let here: &Element = &next;
            let around = dom::document().active_element().is_none_or(|active| active != *here && active.contains(Some(here)));
            if event.key() == "Tab" && !event.shift_key() && around && !next.has_attribute("hidden") && next.focus().is_ok() {
                event.prevent_default();
            }
        });
        let turn = Rc::new(Cell::new(0_u32));
        dom::on(&dom::document(), "selectionchange", move |_: Event| {
            let now = turn.get().wrapping_add(1);
            turn.set(now);
            let (turn, link) = (turn.clone(), link.clone());
            let rest = Closure::once_into_js(move || {
                if turn.get() == now {
                    offer(&link);
                }
            });
            // A refused timer leaves the link where it is.
            let _ = dom::window().set_timeout_with_callback_and_timeout_and_arguments_0(rest.unchecked_ref(), PAUSE);
        });
    }

    /// Shows the link below what is selected; takes it away where that is no passage, unless it has the focus.
    fn offer(link: &HtmlElement) {
        let Some(chosen) = chosen() else {
            let here: &Element = link;
            if dom::document().active_element().as_ref() != Some(here) {
                dom::attribute(link, "hidden", Some(""));
            }
            return;
        };
        let Ok(query) = UrlSearchParams::new() else { return };
        let revision = link.get_attribute("data-revision").unwrap_or_default();
        let Chosen { piece, range, field, quote, before, after } = chosen;
        for (name, value) in [("field", field), ("quote", quote), ("before", before), ("after", after), ("revision", revision)] {
            query.append(name, &value);
        }
        let url = format!("{}?{}", link.get_attribute("data-passage").unwrap_or_default(), String::from(query.to_string()));
        dom::attribute(link, "href", Some(&url));
        // In the piece: for the keyboard it comes right after what is selected.
        if link.parent_element().as_ref() != Some(&piece) {
            let _ = piece.append_child(link);
        }
        dom::attribute(link, "hidden", None);
        place(link, &range);
    }

    fn place(link: &HtmlElement, range: &Range) {
        let Some(host) = link.offset_parent() else { return };
        let (host, at) = (host.get_bounding_client_rect(), range.get_bounding_client_rect());
        let most = (host.width() - f64::from(link.offset_width())).max(0.0);
        let (left, top) = ((at.left() - host.left()).clamp(0.0, most), at.bottom() - host.top() + BELOW);
        for (name, pixels) in [("left", left), ("top", top)] {
            let _ = link.style().set_property(name, &format!("{}px", pixels as i32));
        }
    }

    /// What is selected, where it is words of one piece of a text.
    fn chosen() -> Option<Chosen> {
        let selection = dom::window().get_selection().ok().flatten().filter(|selection| !selection.is_collapsed())?;
        // A copy: what is selected stays as it is.
        let range = selection.get_range_at(0).ok()?.clone_range();
        let piece = piece_of(&range.start_container().ok()?)?;
        let text = piece.closest("[data-text] > .prose").ok().flatten()?;
        let field = text.parent_element()?.get_attribute("data-text")?;
        let end = range.end_container().ok()?;
        if !piece.contains(Some(&end)) {
            // Three clicks select up to where the next piece begins.
            let rest = dom::document().create_range().ok()?;
            rest.set_start_after(&piece).ok()?;
            rest.set_end(&end, range.end_offset().ok()?).ok()?;
            if !words(&rest)?.is_empty() {
                return None;
            }
            range.set_end(&piece, piece.child_nodes().length()).ok()?;
        }
        let quote = words(&range).filter(|quote| !quote.is_empty() && quote.chars().count() <= QUOTE_MAX)?;
        let (before, after) = around(&text, &piece, &range)?;
        Some(Chosen { piece, range, field, quote, before, after })
    }

    /// The piece of a text that a place is in.
    fn piece_of(place: &Node) -> Option<Element> {
        let element = place.dyn_ref::<Element>().cloned().or_else(|| place.parent_element())?;
        if element.closest(BESIDE).ok()?.is_some() {
            return None;
        }
        element.closest(PIECES).ok().flatten()
    }

    /// The words of a part of a text as they are read, with one space between them.
    fn words(range: &Range) -> Option<String> {
        let part = dom::document().create_element("div").ok()?;
        part.append_child(&range.clone_contents().ok()?.into()).ok()?;
        for beside in dom::all_in(&part, BESIDE) {
            beside.remove();
        }
        for piece in dom::all_in(&part, PIECES) {
            piece.insert_adjacent_text("beforebegin", " ").ok()?;
        }
        Some(part.text_content()?.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// What stands before and behind: it tells one of several places with the same words from another.
    fn around(text: &Element, piece: &Element, range: &Range) -> Option<(String, String)> {
        let pieces = dom::all_in(text, PIECES);
        let at = pieces.iter().position(|one| one == piece)?;
        let (first, last) = (pieces.get(at.saturating_sub(NEAR))?, pieces.get((at + NEAR).min(pieces.len() - 1))?);
        let (before, after) = (dom::document().create_range().ok()?, dom::document().create_range().ok()?);
        before.set_start_before(first).ok()?;
        before.set_end(&range.start_container().ok()?, range.start_offset().ok()?).ok()?;
        after.set_start(&range.end_container().ok()?, range.end_offset().ok()?).ok()?;
        after.set_end_after(last).ok()?;
        let (before, after) = (words(&before)?, words(&after)?);
        let from = before.char_indices().rev().nth(AROUND - 1).map_or(0, |(from, _)| from);
        Some((before[from..].to_owned(), after.chars().take(AROUND).collect()))
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::html;

    #[test]
    fn the_link_waits_out_of_sight_and_knows_where_it_leads() {
        let html = html(|| passage_link("/deltas/D-1/threads/new".into(), 3));
        assert!(html.contains(r#"data-passage="/deltas/D-1/threads/new""#) && html.contains(r#"data-revision="3""#), "{html}");
        assert!(html.contains(" hidden") && !html.contains("href"), "{html}");
    }
}
