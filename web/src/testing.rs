//! Rendering in tests, as the server does it.

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::prelude::*;

/// The HTML of a view.
pub(crate) fn html<V: IntoView + 'static>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| view().into_view().to_html());
    owner.unset();
    html
}
