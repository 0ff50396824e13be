//! The only code shipped to the browser: what is interactive, one island a file.
//!
//! An island takes its server-rendered inside as `children`, which stays static HTML, and nothing else: what it must know stands there
//! as `data-` attributes. It adds behaviour to that DOM by listening (event delegation, `dom`) and speaks to the server through
//! `crate::api` and `crate::live`. Each works as a plain form first.
//!
//! What costs much in WASM, measured compressed, so that nobody needs to find out again: the first island prop brings `serde_json`
//! (21 kB), `to_lowercase` the tables of Unicode (7 kB). All of leptos' islands are 33 kB; client, stream and keys together 8 kB.

pub mod board;
pub mod choose;
pub mod complete;
#[cfg(target_arch = "wasm32")]
pub mod dom;
pub mod editor;
pub mod keys;
pub mod passage;
pub mod similar;
pub mod vote;

/// Called once by the loader before any island is given its element.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
