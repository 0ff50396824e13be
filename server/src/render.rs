//! Leptos on the server: a view to HTML. The only file of the server that knows of Leptos.

use std::sync::Arc;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use hydration_context::SsrSharedContext;
pub use leptos::prelude::IntoView;
use leptos::prelude::*;
use web::shell::{Assets, Shell, document};

use crate::{app::App, clock};

/// A part of a page by itself, to be put into text that people wrote.
pub fn fragment<V: IntoView + 'static>(part: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| part().to_html());
    owner.unset_with_forced_cleanup();
    html
}

/// A page around `body`, with its Content-Security-Policy: nothing from elsewhere, scripts only by this answer's nonce.
/// `shell.nonce` and `shell.assets` are set here.
pub fn page<V: IntoView + 'static>(app: &App, mut shell: Shell, body: impl FnOnce() -> V) -> Response {
    shell.nonce = clock::secret("");
    shell.assets = Assets {
        style: app.assets.url("style.css").unwrap_or_default(),
        script: app.assets.url("web.js"),
        wasm: app.assets.url("web_bg.wasm"),
    };
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        shell.nonce
    );
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| document(shell, body()).to_html());
    owner.unset_with_forced_cleanup();
    let mut response = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}
