//! Organisations and their members.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use schema::{
    list::{Page, Window},
    org::{ChangeOrg, NewOrg, Org, OrgDetail, SetMember},
    problem::Problem,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{IfMatch, Json, Path, Query, etag},
    store,
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, change)).routes(routes!(put_member, delete_member))
}

/// Organisations the caller may see, by name.
#[utoipa::path(get, path = "/orgs", tag = "organisations", params(Window),
    responses((status = 200, body = Page<Org>), (status = 422, body = Problem)))]
async fn list(State(app): State<App>, caller: Caller, Query(window): Query<Window>) -> Result<Json<Page<Org>>> {
    let mut tx = app.db.read().await?;
    Ok(Json(store::org::page(&mut tx, &caller, &window).await?))
}

/// Makes an organisation. Any signed-in person may; they become its first owner.
#[utoipa::path(post, path = "/orgs", tag = "organisations", request_body = NewOrg,
    responses((status = 201, body = Org), (status = 401, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn create(State(app): State<App>, caller: Caller, Json(new): Json<NewOrg>) -> Result<impl IntoResponse> {
    let row = act::org::create(&app, &caller, &new).await?;
    let reply = Org { role: Some(schema::user::Role::Owner), ..row.reply(&caller) };
    Ok((StatusCode::CREATED, etag(row.version), Json(reply)))
}

/// One organisation; its members where the caller may see into it.
#[utoipa::path(get, path = "/orgs/{org}", tag = "organisations", params(("org" = String, Path, description = "Slug")),
    responses((status = 200, body = OrgDetail), (status = 404, body = Problem)))]
async fn get(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<impl IntoResponse> {
    let mut tx = app.db.read().await?;
    let row = store::org::find(&mut tx, &caller, &slug).await?;
    let members = if row.inside(&caller) { Some(store::org::members(&mut tx, row.id).await?) } else { None };
    Ok((etag(row.version), Json(OrgDetail { org: row.reply(&caller), members })))
}

/// Changes name, openness or the days of promises. Owners only.
#[utoipa::path(patch, path = "/orgs/{org}", tag = "organisations", request_body = ChangeOrg,
    params(("org" = String, Path, description = "Slug"), ("If-Match" = String, Header, description = "The ETag that was loaded")),
    responses((status = 200, body = Org), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem)))]
async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(slug): Path<String>,
    IfMatch(version): IfMatch,
    Json(body): Json<ChangeOrg>,
) -> Result<impl IntoResponse> {
    let row = act::org::change(&app, &caller, &slug, version, &body).await?;
    Ok((etag(row.version), Json(row.reply(&caller))))
}

/// Makes a person a member, or gives a member another role. Owners only; the last owner stays one.
#[utoipa::path(put, path = "/orgs/{org}/members/{user}", tag = "organisations", request_body = SetMember,
    params(("org" = String, Path, description = "Slug"), ("user" = String, Path, description = "Handle")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn put_member(
    State(app): State<App>,
    caller: Caller,
    Path((slug, user)): Path<(String, String)>,
    Json(body): Json<SetMember>,
) -> Result<StatusCode> {
    act::org::set_member(&app, &caller, &slug, &user, body.role).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a member out. Owners may take out anybody, everybody themselves; never the last owner.
#[utoipa::path(delete, path = "/orgs/{org}/members/{user}", tag = "organisations",
    params(("org" = String, Path, description = "Slug"), ("user" = String, Path, description = "Handle")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn delete_member(State(app): State<App>, caller: Caller, Path((slug, user)): Path<(String, String)>) -> Result<StatusCode> {
    act::org::remove_member(&app, &caller, &slug, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}
