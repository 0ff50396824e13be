//! "Fixed for you?"

use axum::extract::State;
use schema::{
    fixed::{Answers, PutFixed, Question},
    id::DeltaKey,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Problem, Result},
    extract::{Json, Path},
    store,
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get, put)).routes(routes!(questions))
}

/// Is it fixed for those it affected?
///
/// Asked of exactly those whom the delta affected when its gap was closed. Who says no is told to the maintainers of its projects.
#[utoipa::path(get, path = "/deltas/{delta}/fixed", tag = "impact", params(("delta" = DeltaKey, Path)),
    responses((status = 200, body = Answers), (status = 404, body = Problem)))]
async fn get(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>) -> Result<Json<Answers>> {
    let mut tx = app.db.read().await?;
    let row = store::delta::find(&mut tx, &caller, delta).await?;
    let maintains = act::delta::maintains(&mut tx, &caller, &row).await?;
    store::fixed::view(&mut tx, &caller, row.id, maintains).await.map(Json)
}

/// Say whether it is fixed for you
///
/// Or for somebody without an account for whom you speak. Takes the place of what you answered before. Opening the gap again forgets all
/// answers.
#[utoipa::path(put, path = "/deltas/{delta}/fixed", tag = "impact", request_body = PutFixed, params(("delta" = DeltaKey, Path)),
    responses((status = 200, body = Answers), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "Not asked"), (status = 422, body = Problem)))]
async fn put(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Json(put): Json<PutFixed>) -> Result<Json<Answers>> {
    act::fixed::put(&app, &caller, delta, &put).await.map(Json)
}

/// What waits for your answer
///
/// Closed deltas that affected you, or somebody whose vote you recorded; at most 100.
#[utoipa::path(get, path = "/me/fixed", tag = "people", responses((status = 200, body = Vec<Question>), (status = 401, body = Problem)))]
async fn questions(State(app): State<App>, caller: Caller) -> Result<Json<Vec<Question>>> {
    let user = caller.person()?.id;
    let mut tx = app.db.read().await?;
    store::fixed::questions(&mut tx, &caller, user).await.map(Json)
}
