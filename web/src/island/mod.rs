//! The only code shipped to the browser: what is interactive, one island a file.
//!
//! An island takes small props and its server-rendered inside as `children`, which stays static HTML; it adds behaviour to that DOM by
//! listening (event delegation) and speaks to the server through `crate::api`. Each works as a plain form first. To stay small, islands
//! use neither `serde_json` nor views of their own where a class or attribute on the server's HTML is enough.

#[cfg(target_arch = "wasm32")]
pub mod dom;
pub mod keys;

/// Called once by the loader before any island is given its element.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
