//! Styles, scripts and pictures: in the binary, served under names that change with their content.

use axum::Router;
use memory_serve::{CacheControl, Manifest, MemoryServe};

/// URLs of what pages load.
#[derive(Clone, Debug)]
pub struct Assets {
    manifest: Manifest,
}

fn serve() -> MemoryServe {
    memory_serve::load!().index_file(None).enable_hashed_routes(true).cache_control(CacheControl::Long)
}

impl Assets {
    /// Looks through what was built in; says once where the browser part is missing.
    pub fn load() -> Self {
        let assets = Self { manifest: serve().manifest() };
        if assets.url("web_bg.wasm").is_none() {
            tracing::warn!("built without the browser part: every page works, as plain forms; `cargo xtask bundle` builds it");
        }
        assets
    }

    /// Where a file is served, if it was built in: `style.css`, `web.js`, `web_bg.wasm`, `icon.svg`.
    pub fn url(&self, name: &str) -> Option<String> {
        self.manifest.get(&format!("/assets/{name}")).map(str::to_owned)
    }
}

/// Their routes.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    serve().into_router()
}
