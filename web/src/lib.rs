//! How it looks: view models in, HTML out, and the islands that run in the browser.
//!
//! Everything here is pure. The server calls [`shell::document`] with a page of [`page`]; pages are made of [`part`]s. What is
//! interactive is an island (`island`), the only code that reaches the browser.
//!
//! The content security policy forbids inline styles: no page, part or island writes a `style` attribute. What varies is drawn as SVG
//! or chosen as a class.
//!
//! Parts and pages return `AnyView`: a view's type holds the type of all that is in it, and without erasing it at each border the
//! compiler would be slow at first and give up at last.

#![recursion_limit = "256"]

#[cfg(target_arch = "wasm32")]
pub mod api;
pub mod island;
#[cfg(target_arch = "wasm32")]
pub mod live;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "ssr")]
pub mod part;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(all(test, feature = "ssr"))]
mod testing;
