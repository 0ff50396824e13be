//! An organisation's lens: its weights, and what they do to the order of deltas.

use axum::{Router, extract::State, response::Response, routing::get};
use schema::{
    lens::{Lens, LensPage, WEIGHTS_MAX, Weight},
    problem::Problem,
    route,
    user::Role,
};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::{Form, Path, Query},
    page, store,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::ORG_LENS_PAGE, get(one).post(put))
}

/// Fields named `project/segment`, each with a weight. What is left empty weighs 1.
type Fields = Vec<(String, String)>;

/// The weights of a form: of the segments it names, and no others. An instance has more than a page shows.
fn read(fields: &Fields) -> Result<Vec<Weight>> {
    let mut weights = Vec::new();
    for (name, text) in fields {
        let (project, segment) = name.split_once('/').ok_or_else(|| Error::invalid(name.clone(), "is no project/segment"))?;
        let weight: i64 = match text.trim() {
            "" => 1,
            text => text.parse().map_err(|_| Error::invalid(name.clone(), "must be 0 to 100"))?,
        };
        weights.push(Weight { project: project.to_owned(), segment: segment.to_owned(), weight });
    }
    if weights.iter().filter(|weight| weight.weight != 1).count() > WEIGHTS_MAX {
        return Err(Error::invalid("weights", format!("has more than {WEIGHTS_MAX} weights")));
    }
    Ok(weights)
}

async fn one(State(app): State<App>, caller: Caller, Path(slug): Path<String>, Query(fields): Query<Fields>) -> Result<Response> {
    let fields: Fields = fields.into_iter().filter(|(name, _)| name.contains('/')).collect();
    show(&app, &caller, &slug, fields, None).await
}

/// The page: with the weights of a form where one was sent, put over those that are kept.
async fn show(app: &App, caller: &Caller, slug: &str, fields: Fields, refused: Option<Problem>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let org = act::org::belonging(&mut tx, caller, slug).await?;
    let kept = Lens { weights: store::lens::weights(&mut tx, org.id).await? };
    let (tried, refused) = match (fields.is_empty(), read(&fields)) {
        (true, _) => (kept.clone(), refused),
        (false, Ok(weights)) => (act::lens::over(kept.weights.clone(), weights), refused),
        (false, Err(error)) => (kept.clone(), refused.or_else(|| Some(error.problem()))),
    };
    let mut segments = store::lens::weighed(&mut tx, &tried).await?;
    for one in &mut segments {
        let name = format!("{}/{}", one.project, one.segment);
        if let Some((_, typed)) = fields.iter().find(|(field, _)| *field == name) {
            one.weight.clone_from(typed);
        }
    }
    let effect = store::lens::effect(&mut tx, caller, &tried).await?;
    let shell = page::shell(&mut tx, caller, &format!("The lens of {}", org.name), &route::org_lens_page(slug), false).await?;
    let decides = caller.role_in(org.id).is_some_and(|role| role >= Role::Member);
    let same = tried.weights.len() == kept.weights.len() && tried.weights.iter().all(|weight| kept.weights.contains(weight));
    let view = LensPage { org: org.reply(caller), segments, effect, preview: !same, any: !tried.weights.is_empty(), decides, refused };
    Ok(page::show(app, shell, || web::page::lens::lens(view)))
}

async fn put(State(app): State<App>, caller: Caller, Path(slug): Path<String>, Form(fields): Form<Fields>) -> Result<Response> {
    let result = match read(&fields) {
        Ok(weights) => act::lens::weigh(&app, &caller, &slug, weights).await.map(drop),
        Err(error) => Err(error),
    };
    match result {
        Ok(()) => Ok(page::lead(&route::org_lens_page(&slug), "The lens is kept: your inbox goes by it.")),
        Err(error) => page::again(error, async |problem| show(&app, &caller, &slug, fields, Some(problem)).await).await,
    }
}
