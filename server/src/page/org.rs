//! Organisations: the list, a new one, the first page of one, and its settings.

mod settings;

use axum::{Router, extract::State, response::Response, routing::get};
use schema::{
    list::Window,
    org::{NewOrg, OrgDetail, OrgNewPage, OrgPage, OrgsPage},
    route,
    view::{Owner, Shelf},
};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::Result,
    extract::{Form, Path, Query},
    page,
    store::{self, view::Of},
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::ORGS, get(orgs).post(create))
        .route(route::ORG_NEW, get(new))
        .route(route::ORG, get(org))
        .merge(settings::routes())
}

async fn orgs(State(app): State<App>, caller: Caller, Query(window): Query<Window>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let orgs = store::org::page(&mut tx, &caller, &window).await?;
    let shell = page::shell(&mut tx, &caller, "Organisations", route::ORGS, false).await?;
    let view = OrgsPage { orgs, signed_in: caller.user.is_some() };
    Ok(page::show(&app, shell, || web::page::org::orgs(view)))
}

async fn new(State(app): State<App>, caller: Caller) -> Result<Response> {
    caller.person()?;
    show_new(&app, &caller, OrgNewPage::default()).await
}

async fn show_new(app: &App, caller: &Caller, view: OrgNewPage) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let shell = page::shell(&mut tx, caller, "New organisation", route::ORG_NEW, false).await?;
    Ok(page::show(app, shell, || web::page::org::new(view)))
}

async fn create(State(app): State<App>, caller: Caller, Form(new): Form<NewOrg>) -> Result<Response> {
    caller.actor()?;
    match act::org::create(&app, &caller, &new).await {
        Ok(org) => Ok(page::lead(&route::org(&org.slug), &format!("{} is made. Next: a board, and what it watches.", org.name))),
        Err(error) => page::again(error, async |problem| show_new(&app, &caller, OrgNewPage { new, refused: Some(problem) }).await).await,
    }
}

async fn org(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let row = store::org::find(&mut tx, &caller, &slug).await?;
    let now = app.clock.now();
    let shell = page::shell(&mut tx, &caller, &row.name, &route::org(&slug), false).await?;
    let (mut members, mut boards, mut inbox, mut watches) = (None, None, None, 0);
    let (mut views, mut opened) = (Vec::new(), None);
    if row.inside(&caller) {
        members = Some(store::org::members(&mut tx, row.id).await?);
        boards = Some(store::nav::boards(&mut tx, &[row.id]).await?.remove(&row.id).unwrap_or_default());
    }
    if caller.role_in(row.id).is_some() {
        let first = Window { cursor: None, limit: Some(5) };
        let items = store::inbox::page(&mut tx, &caller, row.id, &first, now).await?.items;
        // The navigation has counted already.
        let waiting = shell.nav.orgs.iter().find(|org| org.slug == slug).map_or(0, |org| org.inbox);
        watches = store::watch::list(&mut tx, row.id).await?.len();
        inbox = Some((waiting, items));
        views = vec![Shelf {
            owner: Owner::Org(slug.clone()),
            name: row.name.clone(),
            changes: false,
            views: store::view::of(&mut tx, Of::Org(row.id)).await?,
        }];
        opened = super::project::opened(&mut tx, &caller, views.first(), &first, now).await?.map(|(name, _, found)| (name, found));
    }
    let promises = store::standing::promises(&mut tx, &caller, &row).await?;
    let projects = !shell.nav.projects.is_empty() || !store::project::names(&mut tx).await?.is_empty();
    let detail = OrgDetail { org: row.reply(&caller), members };
    let view = OrgPage { detail, inbox, watches, boards, views, opened, promises, projects };
    Ok(page::show(&app, shell, || web::page::org::org(view)))
}
