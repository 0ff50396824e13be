//! Votes on behalf of people and customers without an account: the form on a delta's page, the pages of whom one speaks for, and the answer
//! of who has an account now.

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use schema::{
    id::DeltaKey,
    outsider::{Named, OutsidersPage, Record},
    problem::Refused,
    route,
    user::Role,
};
use serde::Deserialize;
use uuid::Uuid;

use super::delta::{BUTTON, done};
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Kind, Result},
    extract::{Form, Path},
    page,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::DELTA_BEHALF, post(record))
        .route(route::DELTA_BEHALF_TAKE, post(take))
        .route(route::ORG_OUTSIDERS, get(of_org))
        .route(route::PROJECT_OUTSIDERS, get(of_project))
        .route(route::OUTSIDER_ACCOUNT, post(offer))
        .route(route::CLAIM, post(claim))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filled {
    /// `org/nw` or `project/neutron`.
    of: String,
    name: String,
    #[serde(default)]
    company: String,
    #[serde(default)]
    contact: String,
    #[serde(default)]
    severity: String,
    #[serde(default)]
    note: String,
    /// `project/segment`, each.
    #[serde(default)]
    segment: Vec<String>,
}

async fn record(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Form(filled): Form<Filled>) -> Result<Response> {
    let result = match read(&filled) {
        Ok(record) => act::outsider::record(&app, &caller, delta, &record).await.map(drop),
        Err(error) => Err(error),
    };
    let Filled { of, name, company, contact, severity, note, segment } = filled;
    let typed = vec![
        ("of", of),
        ("name", name),
        ("company", company),
        ("contact", contact),
        ("severity", severity),
        ("note", note),
        ("segment", segment.join(" ")),
    ];
    done(&app, &caller, delta, result, "The vote is recorded for them.", ("behalf", typed)).await
}

fn read(filled: &Filled) -> Result<Record> {
    let named = |text: &String| {
        let (project, segment) = text.split_once('/').unwrap_or((text.as_str(), ""));
        Named { project: project.to_owned(), segment: segment.to_owned() }
    };
    let (org, project) = match filled.of.split_once('/') {
        Some(("org", slug)) => (Some(slug.to_owned()), None),
        Some(("project", slug)) => (None, Some(slug.to_owned())),
        _ => return Err(Error::invalid("of", "is neither an organisation nor a project you speak for")),
    };
    Ok(Record {
        name: filled.name.clone(),
        org,
        project,
        company: filled.company.clone(),
        contact: filled.contact.clone(),
        severity: act::impact::severity(&filled.severity)?,
        note: filled.note.clone(),
        segments: filled.segment.iter().map(named).collect(),
    })
}

async fn take(State(app): State<App>, caller: Caller, Path((delta, id)): Path<(DeltaKey, Uuid)>) -> Result<Response> {
    let result = act::outsider::take(&app, &caller, delta, id).await.map(drop);
    done(&app, &caller, delta, result, "The recorded vote is taken back.", BUTTON).await
}

async fn of_org(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Response> {
    show_of_org(&app, &caller, &slug, None).await
}

async fn show_of_org(app: &App, caller: &Caller, slug: &str, refused: Option<Refused>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let (org, outsiders) = act::outsider::of_org(&mut tx, caller, slug).await?;
    let here = route::org_outsiders(&org.slug);
    let shell = page::shell(&mut tx, caller, &format!("Customers of {}", org.name), &here, false).await?;
    let decides = caller.role_in(org.id).is_some_and(|role| role >= Role::Member);
    let view = OutsidersPage { back: route::org(&org.slug), of: org.name, here, customers: true, decides, outsiders, refused };
    Ok(page::show(app, shell, || web::page::outsider::outsiders(view)))
}

async fn of_project(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Response> {
    show_of_project(&app, &caller, &slug, None).await
}

async fn show_of_project(app: &App, caller: &Caller, slug: &str, refused: Option<Refused>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let (project, outsiders) = act::outsider::of_project(&mut tx, caller, slug).await?;
    let here = route::project_outsiders(&project.slug);
    let shell = page::shell(&mut tx, caller, &format!("Users of {}", project.name), &here, false).await?;
    let view =
        OutsidersPage { back: route::project(&project.slug), of: project.name, here, customers: false, decides: true, outsiders, refused };
    Ok(page::show(app, shell, || web::page::outsider::outsiders(view)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offered {
    #[serde(default)]
    user: String,
    /// The page to come back to.
    at: String,
}

/// The slug in the address of a page, where it is one of this route.
fn slug<'a>(at: &'a str, route: &str) -> Option<&'a str> {
    let (before, after) = (route.split('{').next()?, route.split('}').nth(1)?);
    at.strip_prefix(before)?.strip_suffix(after).filter(|slug| schema::id::is_slug(slug))
}

async fn offer(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>, Form(filled): Form<Offered>) -> Result<Response> {
    if let Err(error) = act::outsider::offer(&app, &caller, id, Some(&filled.user)).await {
        let (org, project) = (slug(&filled.at, route::ORG_OUTSIDERS), slug(&filled.at, route::PROJECT_OUTSIDERS));
        if error.kind() == Kind::Unauthenticated || (org.is_none() && project.is_none()) {
            return Err(error);
        }
        let again = async |problem| {
            let typed = vec![("outsider", id.to_string()), ("user", filled.user.clone())];
            let refused = Some(Refused { form: "account", typed, problem });
            match org {
                Some(org) => show_of_org(&app, &caller, org, refused).await,
                None => show_of_project(&app, &caller, project.unwrap_or_default(), refused).await,
            }
        };
        return page::again(error, again).await;
    }
    let back = if filled.at.starts_with("/orgs/") || filled.at.starts_with("/projects/") { filled.at } else { route::home() };
    let said = if filled.user.trim().is_empty() { "The offer is taken back." } else { "They are asked whether it is them." };
    Ok(page::lead(&back, said))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Claimed {
    /// `yes` or `no`.
    accept: String,
}

async fn claim(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>, Form(filled): Form<Claimed>) -> Result<Response> {
    let accept = filled.accept == "yes";
    act::outsider::answer(&app, &caller, id, accept).await?;
    let said = if accept { "The votes are yours now." } else { "Noted: it is not you." };
    Ok(page::lead(&route::home(), said))
}
