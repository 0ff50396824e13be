//! The board, alive: cards are dragged and moved by key, and what others do shows at once.
//!
//! The document is the state. A move shows at once and is confirmed by the server, or visibly undone in the server's words. Of the
//! markup (`page/board.rs`, `part/card.rs`) it relies on `#board` with `data-org`, `-board`, `-version`, `-events`, `-page`, `-filtered`
//! and `-fixed`, on columns with `data-column` and `data-limit`, and on cards with `data-card` and `data-v`.

use leptos::prelude::*;

#[cfg(target_arch = "wasm32")]
mod drag;
#[cfg(target_arch = "wasm32")]
mod follow;
#[cfg(target_arch = "wasm32")]
mod place;

/// Makes the board alive. `children` is the board (`#board`), which the server rendered.
#[island]
pub fn Board(children: Children) -> impl IntoView {
    #[cfg(target_arch = "wasm32")]
    if let Some(root) = crate::island::dom::find("#board") {
        let board = place::Live::new(root);
        drag::listen(&board);
        follow::listen(&board);
    }
    children()
}
