//! API tokens of people and of projects' CI.

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use schema::{
    route,
    token::{DAYS_MAX, Made, NewCiToken, NewToken, TokensPage, Typed},
    user::Scope,
};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Kind, Problem, Result},
    extract::{Form, Path},
    page,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::SETTINGS_TOKENS, get(mine).post(create))
        .route(route::SETTINGS_TOKEN_REVOKE, post(revoke))
        .route(route::PROJECT_TOKENS, get(of_project).post(create_ci))
        .route(route::PROJECT_TOKEN_REVOKE, post(revoke_ci))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filled {
    name: String,
    #[serde(default)]
    scopes: Vec<Scope>,
    days: String,
    /// The query whose feed a feed token is made for.
    #[serde(default)]
    q: String,
    /// Where the query is one over tasks, whose.
    #[serde(default)]
    org: String,
}

impl Filled {
    /// When it is to end; none for 0 days.
    fn end(&self, now: OffsetDateTime) -> Result<Option<OffsetDateTime>> {
        match self.days.trim().parse::<i64>() {
            Ok(0) => Ok(None),
            Ok(days @ 1..=DAYS_MAX) => Ok(Some(now + Duration::days(days))),
            _ => Err(Error::invalid("days", format!("must be 1 to {DAYS_MAX}"))),
        }
    }

    /// What was filled in, for the form once more.
    fn typed(self) -> Typed {
        let scope = [Scope::Feed, Scope::Write].into_iter().find(|scope| self.scopes.contains(scope)).unwrap_or(Scope::Read);
        Typed { name: self.name, scope, days: self.days, q: self.q, org: self.org }
    }
}

/// What a page of tokens has to say beside the tokens.
#[derive(Default)]
struct Extra {
    made: Option<Made>,
    typed: Typed,
    refused: Option<Problem>,
    feeds: Vec<(&'static str, String)>,
}

/// The addresses of a query's feeds that hold a token's secret: of deltas, or of an organisation's tasks.
fn feeds(app: &App, made: &Made, q: &str, org: &str) -> Vec<(&'static str, String)> {
    let at = |path: &str| {
        let asked = if q.is_empty() { format!("{path}?q=") } else { route::with_query(path, &[("q", q)]) };
        format!("{}{asked}&token={}", app.config.base_url, made.secret)
    };
    match org {
        "" => vec![("Atom", at(route::DELTAS_ATOM)), ("CSV", at(route::DELTAS_CSV)), ("JSON", at(route::DELTAS_JSON))],
        org => vec![("CSV", at(&route::tasks_csv(org))), ("JSON", at(&route::tasks_json(org)))],
    }
}

async fn show(app: &App, caller: &Caller, project: Option<&str>, extra: Extra) -> Result<Response> {
    let (project, tokens) = match project {
        Some(slug) => {
            let (name, tokens) = act::token::list_ci(app, caller, slug).await?;
            (Some((slug.to_owned(), name)), tokens)
        }
        None => {
            caller.in_person()?;
            (None, act::token::list(app, caller).await?)
        }
    };
    let at = project.as_ref().map_or_else(route::settings, |(slug, _)| route::project(slug));
    let mut tx = app.db.read().await?;
    let shell = page::shell(&mut tx, caller, "Tokens", &at, false).await?;
    let Extra { made, typed, refused, feeds } = extra;
    let view = TokensPage { project, tokens, made, typed, refused, feeds, now: app.clock.now() };
    Ok(page::show(app, shell, || web::page::token::tokens(view)))
}

/// The page after an attempt: with the secret, this once, or with what was filled in and what was wrong.
async fn after(app: &App, caller: &Caller, project: Option<&str>, filled: Filled, made: Result<Made>) -> Result<Response> {
    match made {
        Ok(made) => {
            let feeds = if made.token.scopes == [Scope::Feed] { feeds(app, &made, &filled.q, &filled.org) } else { Vec::new() };
            show(app, caller, project, Extra { made: Some(made), feeds, ..Extra::default() }).await
        }
        Err(error) if !matches!(error.kind(), Kind::Conflict | Kind::Invalid) => Err(error),
        Err(error) => {
            let again = async |problem| {
                let extra = Extra { typed: filled.typed(), refused: Some(problem), ..Extra::default() };
                show(app, caller, project, extra).await
            };
            page::again(error, again).await
        }
    }
}

async fn mine(State(app): State<App>, caller: Caller) -> Result<Response> {
    show(&app, &caller, None, Extra::default()).await
}

async fn create(State(app): State<App>, caller: Caller, Form(filled): Form<Filled>) -> Result<Response> {
    let made = async {
        let end = filled.end(app.clock.now())?.ok_or_else(|| Error::invalid("days", "must be at least 1"))?;
        let new = NewToken { name: filled.name.clone(), scopes: filled.scopes.clone(), expires_at: Some(end) };
        act::token::create(&app, &caller, &new).await
    };
    let made = made.await;
    after(&app, &caller, None, filled, made).await
}

async fn revoke(State(app): State<App>, caller: Caller, Path(token): Path<Uuid>) -> Result<Response> {
    act::token::revoke(&app, &caller, token).await?;
    Ok(page::lead(route::SETTINGS_TOKENS, "The token is revoked."))
}

async fn of_project(State(app): State<App>, caller: Caller, Path(project): Path<String>) -> Result<Response> {
    show(&app, &caller, Some(&project), Extra::default()).await
}

async fn create_ci(State(app): State<App>, caller: Caller, Path(project): Path<String>, Form(filled): Form<Filled>) -> Result<Response> {
    let made = async {
        let expires_at = filled.end(app.clock.now())?;
        let new = NewCiToken { name: filled.name.clone(), expires_at, never_expires: expires_at.is_none() };
        act::token::create_ci(&app, &caller, &project, &new).await
    };
    let made = made.await;
    after(&app, &caller, Some(&project), filled, made).await
}

async fn revoke_ci(State(app): State<App>, caller: Caller, Path((project, token)): Path<(String, Uuid)>) -> Result<Response> {
    act::token::revoke_ci(&app, &caller, &project, token).await?;
    Ok(page::lead(&route::project_tokens(&project), "The token is revoked."))
}
