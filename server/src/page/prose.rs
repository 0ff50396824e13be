//! What people wrote, as pages show it; and the page that shows it before it is kept, for those without script.

use axum::{Router, extract::State, http::Uri, response::Response, routing::post};
use schema::{delta::TEXT_MAX, preview::PreviewPage, route};
use serde::Deserialize;

use crate::{
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::{Form, Query},
    markdown::{Known, names},
    page,
    store::{self, db::Tx},
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::PREVIEW, post(preview))
}

/// Who of those that texts name there is. Asks only where somebody is named.
///
/// # Errors
/// When the database does not answer.
pub async fn known<'a>(tx: &mut Tx, texts: impl IntoIterator<Item = &'a str>) -> Result<Known> {
    let named: std::collections::BTreeSet<&str> = texts.into_iter().flat_map(names).collect();
    let named: Vec<&str> = named.into_iter().collect();
    Ok(Known::new(store::user::by_names(tx, &named).await?.into_keys()))
}

/// Most fields of a form that is shown once more.
const FIELDS: usize = 40;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// Where the form goes: one of our paths.
    to: String,
    /// The words of its button.
    #[serde(default)]
    words: String,
}

/// Shows a form's texts as they would look, and the form below. Nothing is kept.
async fn preview(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<Asked>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    caller.person()?;
    let own = asked.to.parse::<Uri>().is_ok_and(|to| to.scheme().is_none() && to.authority().is_none() && to.path().starts_with('/'));
    if !own || asked.to.starts_with("//") {
        return Err(Error::invalid("to", "must be a path of this server"));
    }
    if fields.len() > FIELDS || fields.iter().any(|(_, text)| text.chars().count() > 2 * TEXT_MAX) {
        return Err(Error::invalid("body", "is too long to be shown"));
    }
    let mut tx = app.db.read().await?;
    let texts = || fields.iter().filter(|(name, _)| web::page::preview::is_text(name)).map(|(_, text)| text.as_str());
    let known = known(&mut tx, texts()).await?;
    let html = texts().map(|text| app.markdown.html(text, &known).to_string()).collect();
    let shell = page::shell(&mut tx, &caller, "Preview", &asked.to, true).await?;
    let words = if asked.words.is_empty() { "Send".to_owned() } else { asked.words.chars().take(40).collect() };
    let view = PreviewPage { to: asked.to, words, fields, html };
    Ok(page::show(&app, shell, || web::page::preview::preview(view)))
}
