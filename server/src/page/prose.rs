//! What people wrote, as pages show it; and the page that shows it before it is kept, for those without script.

use std::collections::BTreeSet;

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::Uri,
    response::Response,
    routing::post,
};
use schema::{
    delta::{Format, SPEC_MAX, TEXT_MAX},
    preview::PreviewPage,
    route,
};
use serde::Deserialize;

use super::delta::LONG;
use crate::{
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::{Form, Query},
    markdown::{Known, names, prefixes},
    page, prose,
    store::{self, db::Tx},
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::PREVIEW, post(preview).layer(DefaultBodyLimit::max(LONG)))
}

/// Most organisations that are looked for by the letters of their keys: of codes and standards a long text may name any number.
const PREFIXES: usize = 100;

/// Who of those that texts name there is, and which organisations the caller may know of. Asks only where somebody is named.
///
/// # Errors
/// When the database does not answer.
pub async fn known<'a>(tx: &mut Tx, caller: &Caller, texts: impl IntoIterator<Item = &'a str>) -> Result<Known> {
    let (mut named, mut keyed) = (BTreeSet::new(), BTreeSet::new());
    for text in texts {
        named.extend(names(text));
        keyed.extend(prefixes(text));
    }
    let named: Vec<&str> = named.into_iter().collect();
    let keyed: Vec<&str> = keyed.into_iter().take(PREFIXES).collect();
    let people = store::user::by_names(tx, &named).await?.into_keys();
    Ok(Known::new(people.chain(store::org::prefixes(tx, caller, &keyed).await?)))
}

/// A text of this format as safe HTML, to be looked at before it is kept.
pub fn html(app: &App, text: &str, format: Format, known: &Known) -> String {
    match format {
        Format::Markdown => app.markdown.html(text, known).to_string(),
        Format::Rst => prose::render(text, format, "body", known).html,
    }
}

/// What a text of a form is written in: a delta's body in what the form says, or looks like where that is left open; everything else
/// in Markdown.
fn format(fields: &[(String, String)], name: &str, text: &str) -> Format {
    let asked = fields.iter().find(|(field, _)| field == "body_format").filter(|_| name == "body");
    asked.map_or(Format::Markdown, |(_, word)| word.parse().unwrap_or_else(|_| Format::guess(text)))
}

/// Most characters of a field that are shown, where a form sends each line end as two.
fn most(name: &str) -> usize {
    2 * if name == "body" { SPEC_MAX } else { TEXT_MAX }
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
    if fields.len() > FIELDS || fields.iter().any(|(name, text)| text.chars().count() > most(name)) {
        return Err(Error::invalid("body", "is too long to be shown"));
    }
    let mut tx = app.db.read().await?;
    let texts = || fields.iter().filter(|(name, _)| web::page::preview::is_text(name)).map(|(name, text)| (name.as_str(), text.as_str()));
    let known = known(&mut tx, &caller, texts().map(|(_, text)| text)).await?;
    let html = texts().map(|(name, text)| html(&app, text, format(&fields, name, text), &known)).collect();
    let shell = page::shell(&mut tx, &caller, "Preview", &asked.to, true).await?;
    let words = if asked.words.is_empty() { "Send".to_owned() } else { asked.words.chars().take(40).collect() };
    let view = PreviewPage { to: asked.to, words, fields, html };
    Ok(page::show(&app, shell, || web::page::preview::preview(view)))
}
