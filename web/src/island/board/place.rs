//! Placing cards: in the document at once, then on the server; and back where the server refuses.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use schema::{
    board::{OVER, limit_words},
    route,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlElement};

use crate::api;
use crate::island::dom;

/// The board in the document.
pub(super) struct Live {
    /// `#board`.
    pub(super) root: Element,
    /// The board's version that the document shows.
    pub(super) version: Cell<f64>,
    /// Versions that are our own moves: the stream tells them again.
    pub(super) own: RefCell<Vec<f64>>,
}

/// Where a card stood: its list, and what stood behind it.
type Stood = (web_sys::Node, Option<web_sys::Node>);

impl Live {
    pub(super) fn new(root: Element) -> Rc<Self> {
        let version = root.get_attribute("data-version").and_then(|version| version.parse().ok()).unwrap_or(0.0);
        Rc::new(Self { root, version: Cell::new(version), own: RefCell::default() })
    }

    /// One of the board's `data-` attributes.
    pub(super) fn data(&self, name: &str) -> String {
        self.root.get_attribute(name).unwrap_or_default()
    }

    /// Whether cards may not be moved by this reader.
    pub(super) fn fixed(&self) -> bool {
        self.root.has_attribute("data-fixed")
    }

    /// Whether only some of the cards are shown.
    pub(super) fn filtered(&self) -> bool {
        self.root.has_attribute("data-filtered")
    }

    /// The card of a key.
    pub(super) fn card(&self, key: &str) -> Option<Element> {
        self.inside(&format!("[data-card=\"{key}\"]"))
    }

    /// The column of a slug.
    pub(super) fn column(&self, slug: &str) -> Option<Element> {
        self.inside(&format!("[data-column=\"{slug}\"]"))
    }

    fn inside(&self, selector: &str) -> Option<Element> {
        self.root.query_selector(selector).ok().flatten()
    }

    /// Puts a card below another of the column, or at its top; says whether it could.
    pub(super) fn put(&self, card: &Element, column: &Element, after: Option<&str>) -> bool {
        let Some(list) = list(column) else { return false };
        let next = match after {
            None => list.first_child(),
            Some(key) => match self.card(key).filter(|above| above != card && list.contains(Some(above))) {
                Some(above) => above.next_sibling(),
                None => return false,
            },
        };
        // The card itself is behind the one it shall stand below: it stands there already.
        if next.as_ref() != Some(card.as_ref()) && list.insert_before(card, next.as_ref()).is_err() {
            return false;
        }
        self.count();
        true
    }

    /// Writes each column's count, and in words where it is over its limit.
    pub(super) fn count(&self) {
        for column in dom::all_in(&self.root, ".col") {
            let cards = dom::all_in(&column, "[data-card]").len();
            let limit: Option<i64> = column.get_attribute("data-limit").and_then(|limit| limit.parse().ok());
            let count = limit.map_or_else(|| cards.to_string(), |limit| format!("{cards} / {limit}"));
            let words = limit_words(cards, limit, column.has_attribute("data-hard"));
            write(&column, ".wip", &count);
            write(&column, ".over-words", words);
            dom::toggle(&column, "over", words == OVER);
        }
    }

    /// Tells the server where the card stands now. `stood` is where it goes back to when the server refuses.
    pub(super) fn tell(self: &Rc<Self>, card: Element, stood: Stood) {
        self.count();
        if card.class_list().contains("unsure") {
            // The move before this one is under way: the new place is told when its answer is there.
            return dom::attribute(&card, "data-again", Some(""));
        }
        dom::toggle(&card, "unsure", true);
        let board = Rc::clone(self);
        spawn_local(async move {
            let answer = board.send(&card).await;
            dom::toggle(&card, "unsure", false);
            let again = card.has_attribute("data-again");
            dom::attribute(&card, "data-again", None);
            match answer {
                Ok(reply) => {
                    dom::attribute(&card, "data-v", api::number(&reply.body, "version").map(|v| v.to_string()).as_deref());
                    board.own.borrow_mut().extend(api::number(&reply.body, "board_version"));
                    if again {
                        return board.tell(card, stood);
                    }
                    said(&card, api::get_in(&reply.body, "deliverable").is_truthy());
                }
                Err(refusal) => {
                    // Refused only where the list is gone: then the board is loaded anew below.
                    let _ = stood.0.insert_before(&card, stood.1.as_ref());
                    board.count();
                    dom::toast(&refusal.words);
                    if refusal.status != 0 {
                        board.reload();
                    }
                }
            }
        });
    }

    async fn send(&self, card: &Element) -> api::Result {
        let key = card.get_attribute("data-card").unwrap_or_default();
        let column = card.closest("[data-column]").ok().flatten().and_then(|column| column.get_attribute("data-column"));
        let mut to = vec![("board", JsValue::from(self.data("data-board"))), ("column", JsValue::from(column.unwrap_or_default()))];
        let neighbour = |other: Option<Element>| other.and_then(|other| other.get_attribute("data-card"));
        if let Some(above) = neighbour(card.previous_element_sibling()) {
            to.push(("after", above.into()));
        } else if let Some(below) = neighbour(card.next_element_sibling()) {
            to.push(("before", below.into()));
        }
        let version = format!("\"{}\"", card.get_attribute("data-v").unwrap_or_default());
        api::patch(&route::api::placement(key), &api::object(&to), Some(&version)).await
    }

    /// Loads the board anew and shows it, where it was scrolled to.
    pub(super) fn reload(self: &Rc<Self>) {
        let board = Rc::clone(self);
        spawn_local(async move {
            let Ok(href) = dom::window().location().href() else { return };
            let Ok(html) = api::html(&href).await else { return };
            let Ok(page) = dom::document().create_element("div") else { return };
            page.set_inner_html(&html);
            let Some(fresh) = page.query_selector("#board").ok().flatten() else { return };
            let focus = dom::find("#board :focus").and_then(|at| at.closest("[data-card]").ok().flatten());
            board.root.set_inner_html(&fresh.inner_html());
            if let Some(version) = fresh.get_attribute("data-version").and_then(|version| version.parse().ok()) {
                board.version.set(version);
            }
            if let Some(card) = focus.and_then(|card| card.get_attribute("data-card")).and_then(|key| board.card(&key)) {
                hold(&card);
            }
        });
    }
}

/// A column's list of cards.
pub(super) fn list(column: &Element) -> Option<Element> {
    column.query_selector("ol").ok().flatten()
}

/// Where a card stands.
pub(super) fn stands(card: &Element) -> Option<Stood> {
    Some((card.parent_node()?, card.next_sibling()))
}

/// Gives a card the focus: its link, so that Enter opens it.
pub(super) fn hold(card: &Element) {
    if let Some(link) = card.query_selector("a").ok().flatten().and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
        // Refused only for what cannot have it.
        let _ = link.focus();
    }
}

fn write(column: &Element, selector: &str, words: &str) {
    if let Some(place) = column.query_selector(selector).ok().flatten() {
        place.set_text_content(Some(words));
    }
}

/// Says where a card stands now.
fn said(card: &Element, deliverable: bool) {
    let key = card.get_attribute("data-card").unwrap_or_default();
    let column = card.closest(".col").ok().flatten();
    let name = column.as_ref().and_then(|column| column.query_selector("h2").ok().flatten()).and_then(|name| name.text_content());
    let cards = column.map(|column| dom::all_in(&column, "[data-card]")).unwrap_or_default();
    let at = cards.iter().position(|other| other == card).map_or(0, |at| at + 1);
    let words = format!("{key} is in {}, place {at} of {}.", name.unwrap_or_default(), cards.len());
    if deliverable {
        dom::toast(&format!("{words} Its promise still stands: mark it delivered on its page."));
    } else {
        dom::announce(&words);
    }
}
