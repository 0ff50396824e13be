//! An organisation's settings. Who belongs to it sees them; each form is an act that asks for its own permission.

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use schema::{
    lens::{Lens, Weight},
    org::{ChangeOrg, Openness, OrgSettingsPage},
    problem::Problem,
    route,
    triage::{COUNT_MAX, SetWatch},
    user::Role,
};
use serde::Deserialize;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::{Form, Path},
    page, store,
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(route::ORG_SETTINGS, get(settings).post(change))
        .route(route::ORG_BOARD, post(first_board))
        .route(route::ORG_MEMBERS, post(set_member))
        .route(route::ORG_MEMBER_REMOVE, post(remove_member))
        .route(route::ORG_WATCHES, post(put_watch))
        .route(route::ORG_WATCH_REMOVE, post(delete_watch))
        .route(route::ORG_LENS, post(weigh))
        .route(route::ORG_LEDGER, post(promises))
}

async fn settings(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Response> {
    show(&app, &caller, &slug, &[], None).await
}

async fn show(app: &App, caller: &Caller, slug: &str, typed: &[(&str, &str)], refused: Option<Problem>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let org = act::org::belonging(&mut tx, caller, slug).await?;
    let members = store::org::members(&mut tx, org.id).await?;
    let mut watches = Vec::new();
    for watch in store::watch::list(&mut tx, org.id).await? {
        let found = store::inbox::matches(&mut tx, caller, &watch.query, COUNT_MAX, app.clock.now()).await?;
        watches.push((watch, found));
    }
    let lens = Lens { weights: store::lens::weights(&mut tx, org.id).await? };
    let shell = page::shell(&mut tx, caller, &format!("Settings of {}", org.name), &route::org_settings(slug), false).await?;
    let typed = typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let view = OrgSettingsPage { org: org.reply(caller), members, watches, lens, typed, refused };
    Ok(page::show(app, shell, || web::page::org_settings::settings(view)))
}

/// The settings once more, with what was typed; where the caller may not see them, the refusal itself.
async fn again(app: &App, caller: &Caller, slug: &str, typed: &[(&str, &str)], error: Error) -> Result<Response> {
    if error.problem().status != 422 && error.problem().status != 409 {
        return Err(error);
    }
    page::again(error, async |problem| show(app, caller, slug, typed, Some(problem)).await).await
}

fn saved(slug: &str) -> Response {
    page::lead(&route::org_settings(slug), "Saved.")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    version: i64,
    name: String,
    openness: Openness,
}

async fn change(State(app): State<App>, caller: Caller, Path(slug): Path<String>, Form(form): Form<About>) -> Result<Response> {
    let change = ChangeOrg { name: Some(form.name.clone()), openness: Some(form.openness), ..ChangeOrg::default() };
    match act::org::change(&app, &caller, &slug, form.version, &change).await {
        Ok(_) => Ok(saved(&slug)),
        Err(error) => again(&app, &caller, &slug, &[("name", &form.name), ("openness", form.openness.as_str())], error).await,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Promises {
    version: i64,
    quiet_after: String,
    #[serde(default)]
    expires_after: String,
}

async fn promises(State(app): State<App>, caller: Caller, Path(slug): Path<String>, Form(form): Form<Promises>) -> Result<Response> {
    let days = |text: &str, field: &str| match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Error::invalid(field, "must be a number of days")),
    };
    let done = async {
        let (quiet_after, expires_after) = (days(&form.quiet_after, "quiet_after")?, Some(days(&form.expires_after, "expires_after")?));
        act::org::change(&app, &caller, &slug, form.version, &ChangeOrg { quiet_after, expires_after, ..ChangeOrg::default() }).await
    };
    match done.await {
        Ok(_) => Ok(saved(&slug)),
        Err(error) => {
            let typed = [("quiet_after", form.quiet_after.as_str()), ("expires_after", form.expires_after.as_str())];
            again(&app, &caller, &slug, &typed, error).await
        }
    }
}

async fn first_board(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Response> {
    act::org::first_board(&app, &caller, &slug).await?;
    Ok(page::lead(&route::board(&slug, "main"), "The board is made. Its columns can be changed."))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberForm {
    user: String,
    role: Role,
}

async fn set_member(State(app): State<App>, caller: Caller, Path(slug): Path<String>, Form(form): Form<MemberForm>) -> Result<Response> {
    let name = form.user.trim().trim_start_matches('@').to_lowercase();
    match act::org::set_member(&app, &caller, &slug, &name, form.role).await {
        Ok(_) => Ok(page::lead(&route::org_settings(&slug), &format!("@{name} is {} now.", form.role))),
        Err(error) => again(&app, &caller, &slug, &[("user", &form.user), ("role", form.role.as_str())], error).await,
    }
}

async fn remove_member(State(app): State<App>, caller: Caller, Path((slug, name)): Path<(String, String)>) -> Result<Response> {
    let left = caller.user.as_ref().is_some_and(|user| user.name == name);
    match act::org::remove_member(&app, &caller, &slug, &name).await {
        Ok(_) if left => Ok(page::lead(route::ORGS, "You have left.")),
        Ok(_) => Ok(page::lead(&route::org_settings(&slug), &format!("@{name} belongs to it no longer."))),
        Err(error) => again(&app, &caller, &slug, &[], error).await,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WatchForm {
    slug: String,
    query: String,
    /// `true` where it is ticked.
    #[serde(default)]
    confirm: String,
}

async fn put_watch(State(app): State<App>, caller: Caller, Path(slug): Path<String>, Form(form): Form<WatchForm>) -> Result<Response> {
    let set = SetWatch { query: form.query, confirm: form.confirm == "true" };
    match act::triage::put_watch(&app, &caller, &slug, form.slug.trim(), &set).await {
        Ok(_) => Ok(saved(&slug)),
        Err(error) => again(&app, &caller, &slug, &[("slug", &form.slug), ("query", &set.query)], error).await,
    }
}

async fn delete_watch(State(app): State<App>, caller: Caller, Path((slug, watch)): Path<(String, String)>) -> Result<Response> {
    act::triage::delete_watch(&app, &caller, &slug, &watch).await?;
    Ok(saved(&slug))
}

async fn weigh(State(app): State<App>, caller: Caller, Path(slug): Path<String>, Form(weight): Form<Weight>) -> Result<Response> {
    let typed = weight.clone();
    match act::lens::weigh(&app, &caller, &slug, vec![weight]).await {
        Ok(_) => Ok(saved(&slug)),
        Err(error) => {
            let number = typed.weight.to_string();
            let typed = [("project", typed.project.as_str()), ("segment", typed.segment.as_str()), ("weight", number.as_str())];
            again(&app, &caller, &slug, &typed, error).await
        }
    }
}
