//! What others do: the board's stream of events, shown in the document.

use std::rc::Rc;

use schema::route;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

use super::place::{Live, hold};
use crate::island::dom;
use crate::{api, live};

/// Follows the board's stream.
pub(super) fn listen(board: &Rc<Live>) {
    let url = format!("{}?after={}", board.data("data-events"), board.version.get());
    for name in ["card-moved", "card-added", "card-changed", "card-removed", "board-changed"] {
        let board = Rc::clone(board);
        live::on(&url, name, move |data| {
            let Ok(event) = js_sys::JSON::parse(&data) else { return };
            let version = api::number(&event, "version").unwrap_or(0.0);
            if version <= board.version.get() {
                return;
            }
            board.version.set(version);
            let mut own = board.own.borrow_mut();
            let ours = own.contains(&version);
            own.retain(|known| *known > version);
            drop(own);
            if !ours && !show(&board, name, &event) {
                board.reload();
            }
        });
    }
    let (lost, shown) = (Rc::clone(board), Rc::clone(board));
    live::on(&url, "resync", move |_| lost.reload());
    live::on_state(&url, move |open| {
        dom::attribute(&shown.root, "data-live", Some(if open { "open" } else { "closed" }));
        if let Some(pill) = dom::find("#live") {
            dom::attribute(&pill, "hidden", (!open).then_some(""));
        }
    });
}

/// Shows an event; says whether it could.
fn show(board: &Rc<Live>, name: &str, event: &JsValue) -> bool {
    let card = api::get_in(event, "card");
    let key = api::text(if card.is_object() { &card } else { event }, "key");
    let standing = board.card(&key);
    match (name, standing) {
        // Ours, and its answer is under way; or somebody was faster, which the answer says.
        ("card-moved", Some(standing)) if standing.class_list().contains("unsure") => true,
        ("card-moved", Some(standing)) => {
            let after = api::get_in(event, "after").as_string();
            let version = api::number(event, "task_version").map(|version| version.to_string());
            dom::attribute(&standing, "data-v", version.as_deref());
            let focused = standing.query_selector(":focus").ok().flatten().is_some();
            let Some(column) = board.column(&api::text(event, "column")) else { return false };
            let across = !column.contains(Some(&standing));
            let put = board.put(&standing, &column, after.as_deref());
            if focused {
                hold(&standing);
            }
            if across && (column.has_attribute("data-done") || standing.class_list().contains("done")) {
                // Finished cards look different.
                swap(board, &standing, key);
            }
            // Among some of the cards the one above may not be shown: then where it stands is as good as any.
            put || board.filtered()
        }
        ("card-changed", Some(standing)) => {
            swap(board, &standing, key);
            true
        }
        ("card-removed", standing) => {
            if let Some(standing) = standing {
                standing.remove();
                board.count();
            }
            true
        }
        ("card-moved" | "card-changed", None) => board.filtered(),
        // New cards, and what changes everything.
        ("card-added", Some(_)) => true,
        ("card-added", None) if !board.filtered() => {
            add(board, key, api::text(event, "column"), api::get_in(event, "after").as_string());
            true
        }
        _ => false,
    }
}

/// Renders a card anew, as the server does.
fn swap(board: &Rc<Live>, standing: &Element, key: String) {
    let (board, standing) = (Rc::clone(board), standing.clone());
    spawn_local(async move {
        let Ok(html) = fragment(&board, &key).await else { return };
        let focused = standing.query_selector(":focus").ok().flatten().is_some();
        standing.set_outer_html(&html);
        if let Some(card) = board.card(&key).filter(|_| focused) {
            hold(&card);
        }
    });
}

fn add(board: &Rc<Live>, key: String, column: String, after: Option<String>) {
    let board = Rc::clone(board);
    spawn_local(async move {
        let Ok(html) = fragment(&board, &key).await else { return };
        let Ok(holder) = dom::document().create_element("ol") else { return };
        holder.set_inner_html(&html);
        let placed = match (holder.first_element_child(), board.column(&column)) {
            (Some(card), Some(column)) if board.card(&key).is_none() => board.put(&card, &column, after.as_deref()),
            _ => true,
        };
        if !placed {
            board.reload();
        }
    });
}

async fn fragment(board: &Live, key: &str) -> Result<String, api::Refusal> {
    api::html(&route::card(board.data("data-org"), board.data("data-board"), key)).await
}
