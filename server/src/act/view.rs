//! Saved views.

use schema::{
    query,
    user::Role,
    view::{NAME_MAX, Owner, PutView, VIEWS_MAX, View},
};
use serde_json::json;

use super::org::{at_least, belonging};
use crate::{
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::Check,
    store::{
        self,
        db::Tx,
        event::Event,
        view::{New, Of},
    },
};

/// Whose views are meant, for a caller who may read them: everybody a project's, who belongs to it an organisation's.
async fn readable(tx: &mut Tx, caller: &Caller, owner: &Owner) -> Result<Of> {
    Ok(match owner {
        Owner::Me => Of::User(caller.person()?.id),
        Owner::Project(slug) => Of::Project(store::project::find(tx, slug).await?.id),
        Owner::Org(slug) => Of::Org(belonging(tx, caller, slug).await?.id),
    })
}

/// The same for a caller who may change them: a project's maintainers, an organisation's members and owners.
async fn writable(tx: &mut Tx, caller: &Caller, owner: &Owner) -> Result<Of> {
    caller.actor()?;
    let of = readable(tx, caller, owner).await?;
    match (of, owner) {
        (Of::Project(id), _) if !caller.maintains(id) => Err(Error::forbidden("Only the project's maintainers change its views.")),
        (Of::Org(id), Owner::Org(slug)) => {
            let org = store::org::find(tx, caller, slug).await?;
            at_least(caller, &org, Role::Member)?;
            // Its views are counted and changed one after the other.
            store::org::lock(tx, id).await?;
            Ok(of)
        }
        _ => Ok(of),
    }
}

/// An owner's views, by name.
///
/// # Errors
/// 401 for guests who ask for their own or an organisation's; 404 where there is no such owner for them.
pub async fn list(app: &App, caller: &Caller, owner: &Owner) -> Result<Vec<View>> {
    let mut tx = app.db.read().await?;
    let of = readable(&mut tx, caller, owner).await?;
    store::view::of(&mut tx, of).await
}

/// Saves a view under a slug: adds it, or changes the one that is there, of the version seen where one is said.
///
/// # Errors
/// 401, 403, 404; 409 beyond [`VIEWS_MAX`] views; 412 when somebody was faster; 422 for fields, with the column of a query that cannot be read.
pub async fn put(app: &App, caller: &Caller, owner: &Owner, slug: &str, version: Option<i64>, put: &PutView) -> Result<View> {
    let mut tx = app.db.write().await?;
    let of = writable(&mut tx, caller, owner).await?;
    check(owner, slug, put)?;
    let views = store::view::of(&mut tx, of).await?;
    let was = views.iter().find(|view| view.slug == slug);
    if version.is_some_and(|version| was.is_none_or(|was| was.version != version)) {
        return Err(if was.is_some() { Error::stale("view") } else { Error::not_found("view") });
    }
    if was.is_none() && views.len() >= VIEWS_MAX {
        return Err(Error::conflict(format!("There are {VIEWS_MAX} views already: take one away first.")));
    }
    save(app, tx, caller, of, slug, put).await
}

/// Saves a new view under a slug made from its name.
///
/// # Errors
/// As [`put`].
pub async fn create(app: &App, caller: &Caller, owner: &Owner, put: &PutView) -> Result<View> {
    let mut tx = app.db.write().await?;
    let of = writable(&mut tx, caller, owner).await?;
    let views = store::view::of(&mut tx, of).await?;
    let slug = fresh(&put.name, &views);
    check(owner, &slug, put)?;
    if views.len() >= VIEWS_MAX {
        return Err(Error::conflict(format!("There are {VIEWS_MAX} views already: take one away first.")));
    }
    save(app, tx, caller, of, &slug, put).await
}

/// Takes a view away.
///
/// # Errors
/// 401, 403, 404.
pub async fn remove(app: &App, caller: &Caller, owner: &Owner, slug: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    let of = writable(&mut tx, caller, owner).await?;
    if !store::view::delete(&mut tx, of, slug).await? {
        return Err(Error::not_found("view"));
    }
    tell(app, &mut tx, caller, of, json!({ "view": slug, "query": null })).await?;
    tx.commit().await
}

fn check(owner: &Owner, slug: &str, put: &PutView) -> Result<()> {
    let mut check = Check::default();
    check.slug(slug, "view").text(put.name.trim(), "name", 1, NAME_MAX).text(&put.query, "query", 0, query::MAX_CHARS).done()?;
    let asked = store::list::read(Some(&put.query), None).map_err(|error| {
        let words = error.problem().errors.into_iter().next().map_or_else(|| error.detail().to_owned(), |error| error.detail);
        Error::invalid("query", words)
    })?;
    if let Owner::Project(project) = owner
        && asked.sole("project").is_none_or(|asked| !asked.eq_ignore_ascii_case(project))
    {
        return Err(Error::invalid(
            "query",
            format!("A view of {project} shows deltas of {project}: add project:{project}, outside OR and NOT."),
        ));
    }
    Ok(())
}

async fn save(app: &App, mut tx: Tx, caller: &Caller, of: Of, slug: &str, put: &PutView) -> Result<View> {
    let (name, query) = (put.name.trim(), put.query.trim());
    let new = New { slug, name, query, default: put.default };
    let version = store::view::put(&mut tx, of, new, app.clock.now()).await.map_err(|error| match error.is_taken() {
        true => Error::conflict("Somebody else made another view the default just now. Look again, then decide."),
        false => error,
    })?;
    tell(app, &mut tx, caller, of, json!({ "view": slug, "name": name, "query": query, "default": put.default })).await?;
    tx.commit().await?;
    Ok(View { slug: slug.to_owned(), name: name.to_owned(), query: query.to_owned(), default: put.default, version })
}

/// Notes a change of what others see too.
async fn tell(app: &App, tx: &mut Tx, caller: &Caller, of: Of, data: serde_json::Value) -> Result<()> {
    if let Of::Org(org) = of {
        tx.emit(Event { org: Some(org), ..Event::new("org.view", app.clock.now(), caller.user_id()).with(data) }).await?;
    }
    Ok(())
}

/// A slug made from a name, unlike those there are.
fn fresh(name: &str, views: &[View]) -> String {
    let mut slug = String::new();
    for letter in name.to_lowercase().chars().take(200) {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.truncate(56);
    let slug = Some(slug.trim_end_matches('-')).filter(|slug| !slug.is_empty()).unwrap_or("view");
    let taken = |slug: &str| views.iter().any(|view| view.slug == slug);
    let numbered = (2..).map(|n: usize| format!("{slug}-{n}"));
    std::iter::once(slug.to_owned()).chain(numbered).find(|slug| !taken(slug)).unwrap_or_default()
}
