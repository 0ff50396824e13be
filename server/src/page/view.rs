//! Saved views: where they are kept, and the form of the list that saves one.

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use schema::{
    problem::Refused,
    query::{DELTAS, parse},
    route,
    view::{Owner, PutView, ViewsPage},
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

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::VIEWS, get(all).post(create)).route(route::VIEW, post(change)).route(route::VIEW_REMOVE, post(remove))
}

async fn all(State(app): State<App>, caller: Caller) -> Result<Response> {
    show(&app, &caller, None).await
}

async fn show(app: &App, caller: &Caller, refused: Option<Refused>) -> Result<Response> {
    caller.person()?;
    let mut tx = app.db.read().await?;
    let mut shelves = store::view::around(&mut tx, caller, None).await?;
    shelves.retain(|shelf| shelf.changes);
    let shell = page::shell(&mut tx, caller, "Saved views", route::VIEWS, true).await?;
    let view = ViewsPage { shelves, refused };
    Ok(page::show(app, shell, || web::page::view::views(view)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filled {
    #[serde(default)]
    owner: String,
    /// Of a view that is changed: the version that stood in the form.
    #[serde(default)]
    version: Option<i64>,
    name: String,
    #[serde(default)]
    query: String,
    #[serde(default)]
    default: Option<String>,
}

impl Filled {
    fn put(&self) -> PutView {
        PutView { name: self.name.clone(), query: self.query.trim().to_owned(), default: self.default.is_some() }
    }

    fn typed(&self, view: &str) -> Vec<(&'static str, String)> {
        let default = if self.default.is_some() { "1" } else { "" };
        vec![
            ("owner", self.owner.clone()),
            ("view", view.to_owned()),
            ("name", self.name.clone()),
            ("query", self.query.clone()),
            ("default", default.to_owned()),
        ]
    }
}

fn owner(text: &str) -> Result<Owner> {
    text.parse().map_err(|error| Error::invalid("owner", format!("{error}")))
}

/// The list of a query.
fn list_of(query: &str) -> String {
    // An empty query is said: left out it would be the list's own.
    if parse(query, &DELTAS).is_ok_and(|query| query.to_string().is_empty()) {
        format!("{}?q=", route::DELTAS)
    } else {
        route::with_query(route::DELTAS, &[("q", query)])
    }
}

async fn create(State(app): State<App>, caller: Caller, Form(filled): Form<Filled>) -> Result<Response> {
    let made = async { act::view::create(&app, &caller, &owner(&filled.owner)?, &filled.put()).await };
    match made.await {
        Ok(view) => Ok(page::lead(&list_of(&view.query), &format!("Saved as “{}”.", view.name))),
        Err(error) => refuse(&app, &caller, "new", filled.typed(""), error).await,
    }
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path((owner, slug)): Path<(String, String)>,
    Form(mut filled): Form<Filled>,
) -> Result<Response> {
    let of = self::owner(&owner).map_err(|_| Error::not_found("view"))?;
    // Who takes it away is not answered with a new one of the same name.
    if !act::view::list(&app, &caller, &of).await?.iter().any(|view| view.slug == slug) {
        return Err(Error::not_found("view"));
    }
    filled.owner = owner;
    match act::view::put(&app, &caller, &of, &slug, filled.version, &filled.put()).await {
        Ok(_) => Ok(page::lead(route::VIEWS, "Saved.")),
        Err(error) => refuse(&app, &caller, "change", filled.typed(&slug), error).await,
    }
}

async fn remove(State(app): State<App>, caller: Caller, Path((owner, slug)): Path<(String, String)>) -> Result<Response> {
    let of = self::owner(&owner).map_err(|_| Error::not_found("view"))?;
    act::view::remove(&app, &caller, &of, &slug).await?;
    Ok(page::lead(route::VIEWS, "The view is gone. The deltas it showed are where they were."))
}

async fn refuse(app: &App, caller: &Caller, form: &'static str, typed: Vec<(&'static str, String)>, error: Error) -> Result<Response> {
    if !matches!(error.problem().status, 409 | 412 | 422) {
        return Err(error);
    }
    page::again(error, async |problem| show(app, caller, Some(Refused { form, typed, problem })).await).await
}
