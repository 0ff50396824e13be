//! Looking for what a delta being filed may be a duplicate of.

use schema::{
    delta::{Similar as Item, TEXT_MAX, TITLE_MAX},
    list::{Similar, SimilarQuery},
    occurrence::Alike,
};

use crate::{
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::Check,
    store,
};

/// How many are offered.
const OFFERED: usize = 10;

/// At most ten deltas the caller may see: those with a crash like that of the text, where it holds a trace, then those that share telling
/// words with title and text; only those of a project, where one is named.
///
/// # Errors
/// 422 for too long a text, 404 for a project that is not there.
pub async fn similar(app: &App, caller: &Caller, asked: &SimilarQuery) -> Result<Similar> {
    let (title, text) = (asked.title.as_deref().unwrap_or_default(), asked.text.as_deref().unwrap_or_default());
    Check::default().text(title, "title", 0, TITLE_MAX).text(text, "text", 0, TEXT_MAX).done()?;
    let mut tx = app.db.read().await?;
    let project = match asked.project.as_deref().filter(|slug| !slug.is_empty()) {
        Some(slug) if schema::id::is_slug(slug) => Some(store::project::find(&mut tx, slug).await?.id),
        Some(_) => return Err(Error::not_found("project")),
        None => None,
    };
    let alike = super::occurrence::alike(&mut tx, caller, text, project).await?;
    let mut found = store::search::similar(&mut tx, &app.common, caller, (title, text), project, OFFERED).await?;
    let (mut items, mut crashes): (Vec<Item>, Vec<Alike>) = (Vec::new(), Vec::new());
    for (delta, crash) in alike {
        let told = found.iter().position(|one| one.delta.key == crash.key).map(|at| found.remove(at));
        items.push(told.unwrap_or(Item { delta, shared: Vec::new(), snippet: None }));
        crashes.push(crash);
    }
    items.extend(found);
    items.truncate(OFFERED);
    Ok(Similar { items, crashes })
}
