//! Deltas: filing, reading, editing, revisions, visibility.

mod edit;
mod file;
mod revision;
mod text;

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    response::Response,
    routing::{get, post},
};
use schema::{
    delta::{Can, Delta, DeltaPage, Embargo, Kind, Spoken, Visibility},
    fixed::Answers,
    id::DeltaKey,
    occurrence::Crashes,
    outsider::AllRecorded,
    problem::Refused,
    route,
    timeline::Entry,
    user::Role,
};
use serde::Deserialize;
use time::{PrimitiveDateTime, macros::format_description};
use uuid::Uuid;

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::{Form, Path, Query},
    markdown, page,
    store::{self, timeline::Way},
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::DELTA_NEW, get(file::get).post(file::post).layer(DefaultBodyLimit::max(LONG)))
        .route(route::DELTA, get(one))
        .route(route::DELTA_EDIT, get(edit::get).post(edit::post).layer(DefaultBodyLimit::max(LONG)))
        .route(route::DELTA_REVISIONS, get(revision::list))
        .route(route::DELTA_REVISION, get(revision::one))
        .route(route::DELTA_CHANGES, get(revision::changes))
        .route(route::DELTA_LABELS, post(labels))
        .route(route::DELTA_GUESTS, post(guests))
        .route(route::DELTA_EMBARGO, post(embargo))
}

/// Largest form with a delta's text, in bytes: a spec may have 262,144 characters, each of which takes up to 12 in a form.
pub const LONG: usize = 4 << 20;
/// Entries of the timeline on one page.
const ENTRIES: i64 = 50;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// Shows the part of the timeline before this.
    before: Option<String>,
    /// The comment that an answer quotes.
    quote: Option<Uuid>,
    /// Has a link at each paragraph to comment on it.
    passages: Option<String>,
}

async fn one(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Query(asked): Query<Asked>) -> Result<Response> {
    show(&app, &caller, delta, &asked, None).await
}

/// Shows the delta once more after one of its forms was refused, with what was typed there.
///
/// # Errors
/// 404 where they may not see it.
pub async fn again(app: &App, caller: &Caller, delta: DeltaKey, refused: Refused) -> Result<Response> {
    show(app, caller, delta, &Asked::default(), Some(refused)).await
}

async fn show(app: &App, caller: &Caller, key: DeltaKey, asked: &Asked, refused: Option<Refused>) -> Result<Response> {
    let now = app.clock.now();
    let from = store::timeline::cursor(asked.before.as_deref())?;
    let mut tx = app.db.read().await?;
    let named = store::delta::named(&mut tx, caller, key).await?;
    let row = named.row.clone();
    let (delta, places) = store::delta::whole(&mut tx, caller, named, now).await?;
    let evidence = store::failure::of_delta(&mut tx, &row, now).await?;
    // A bug has some where a trace stood in what was filed.
    let crashes = match row.kind == Kind::Crash || delta.impact.machine.occurrences > 0 {
        true => {
            let crashes = store::occurrence::crashes(&mut tx, caller, row.id).await?;
            Some(Crashes { week: delta.impact.machine.occurrences_week, ..crashes })
        }
        false => None,
    };
    let told = store::timeline::page(&mut tx, caller, &row, Way::Before(from), ENTRIES).await?;
    let threads = if row.anchored > 0 { store::thread::all(&mut tx, row.id).await? } else { Vec::new() };
    let can = can(caller, &delta, &places, &row);
    let security = match row.visibility {
        Visibility::Private => store::project::guards(&mut tx, &places).await?,
        Visibility::Public => Vec::new(),
    };
    let fixed = match delta.resolution.as_ref().is_some_and(|ended| ended.fixed.is_some()) {
        true => store::fixed::view(&mut tx, caller, row.id, can.maintainer).await?,
        false => Answers::default(),
    };
    let recorded = match delta.impact.on_behalf > 0 {
        true => store::outsider::recorded(&mut tx, caller, row.id).await?,
        false => AllRecorded::default(),
    };
    let segments = if can.speaks.is_empty() { Vec::new() } else { segments(&delta) };
    let projects = if can.edit() { store::project::names(&mut tx).await? } else { Vec::new() };
    let releases = match can.maintainer && delta.open {
        true => store::project::releases(&mut tx, &places).await?,
        false => Vec::new(),
    };
    let current = delta.places.first().map_or_else(route::deltas, |place| route::project(&place.project));
    let shell = page::shell(&mut tx, caller, &format!("{key} {}", delta.title), &current, true).await?;
    let quote = match asked.quote {
        Some(id) => store::comment::find(&mut tx, row.id, id).await.map(|comment| super::comment::quote(key, &comment)).unwrap_or_default(),
        None => String::new(),
    };
    let said = told.items.iter().filter_map(|entry| entry.body.as_deref());
    let known = super::prose::known(&mut tx, caller, [delta.desired.as_str(), &delta.actual, &delta.body].into_iter().chain(said)).await?;
    drop(tx);
    let choosing = asked.passages.is_some() && can.me.is_some();
    let around = text::Around { threads, can: &can, known: &known, choosing, refused: refused.as_ref(), now };
    let texts = text::of(app, &delta, around);
    let html = |text: &str| app.markdown.html(text, &known).to_string();
    let spoken = |entry: Entry| {
        let mine = can.me.is_some() && entry.actor.as_ref().map(|person| &person.name) == can.me.as_ref();
        let html = entry.body.as_deref().map(html);
        // One's own tasks can be ticked.
        let html = html.map(|html| if mine { markdown::tickable(&html, &format!("tick-{}", entry.id.simple())) } else { html });
        Spoken { html, entry }
    };
    let mut timeline: Vec<Spoken> = told.items.into_iter().map(spoken).collect();
    timeline.reverse();
    let view = DeltaPage {
        html: texts,
        choosing,
        delta,
        evidence,
        crashes,
        timeline,
        earlier: told.next,
        quote,
        fixed,
        recorded,
        segments,
        can,
        projects,
        security,
        releases,
        refused,
        now,
    };
    Ok(page::show(app, shell, || web::page::delta::delta(view)))
}

/// The segments of the delta's projects, but everyone: `project/segment` and the name, with the project's where there are several.
fn segments(delta: &Delta) -> Vec<(String, String)> {
    let named = |(project, slug, name): &(String, String, String)| {
        let name = if delta.places.len() > 1 { format!("{name} in {project}") } else { name.clone() };
        (format!("{project}/{slug}"), name)
    };
    delta.impact.all_segments.iter().map(named).collect()
}

/// What the caller may do here: the rules are those of `act`, which asks again.
fn can(caller: &Caller, delta: &Delta, places: &[Uuid], row: &store::delta::Row) -> Can {
    let Some(user) = &caller.user else { return Can::default() };
    let reporter = user.id == row.reporter_id;
    let here = delta.places.iter().zip(places);
    let decides: Vec<String> = here.filter(|(_, project)| caller.maintains(**project)).map(|(place, _)| place.project.clone()).collect();
    let guards = row.visibility == Visibility::Private && places.iter().any(|project| caller.guards(*project));
    let maintainer = guards || !decides.is_empty();
    let reopen = !row.open && (maintainer || (reporter && row.resolved_by == Some(user.id)));
    let mut speaks: Vec<(String, String)> = Vec::new();
    let members = caller.orgs.iter().filter(|org| org.role >= Role::Member);
    speaks.extend(members.map(|org| (format!("org/{}", org.slug), format!("A customer of {}", org.name))));
    let own = delta.places.iter().filter(|place| decides.contains(&place.project));
    speaks.extend(own.map(|place| (format!("project/{}", place.project), format!("A user of {}", place.project_name))));
    let stands_for = caller.orgs.iter().filter(|org| org.role >= Role::Member).map(|org| (org.slug.clone(), org.name.clone())).collect();
    Can { me: Some(user.name.clone()), reporter, maintainer, decides, stands_for, speaks, reopen }
}

/// One of the page's forms, as it was sent: its name, and what was typed into its fields.
pub type Sent = (&'static str, Vec<(&'static str, String)>);

/// A button that is a form by itself: nothing is typed there.
pub const BUTTON: Sent = ("button", Vec::new());

/// Leads back to the delta, or shows it once more with what was typed and why it was refused.
///
/// # Errors
/// What broke on our side.
pub async fn done(app: &App, caller: &Caller, delta: DeltaKey, result: Result<()>, said: &str, sent: Sent) -> Result<Response> {
    let (form, typed) = sent;
    match result {
        Ok(()) => Ok(page::lead(&route::delta(delta), said)),
        Err(error) => page::again(error, async |problem| again(app, caller, delta, Refused { form, typed, problem }).await).await,
    }
}

/// Short names with spaces or commas between.
pub fn list(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || c == ',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labels {
    #[serde(default)]
    labels: String,
}

async fn labels(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Form(filled): Form<Labels>) -> Result<Response> {
    let put = schema::delta::PutLabels { labels: list(&filled.labels) };
    let result = act::delta::put_labels(&app, &caller, delta, put).await;
    done(&app, &caller, delta, result, "The labels are set.", ("labels", vec![("labels", filled.labels)])).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Guest {
    name: String,
    #[serde(default)]
    remove: Option<String>,
}

async fn guests(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Form(filled): Form<Guest>) -> Result<Response> {
    let name = filled.name.trim().trim_start_matches('@');
    if filled.remove.is_none() {
        let result = act::delta::invite(&app, &caller, delta, name).await;
        return done(&app, &caller, delta, result, "They see it now.", ("guests", vec![("name", filled.name)])).await;
    }
    let result = act::delta::uninvite(&app, &caller, delta, name).await;
    if result.is_ok() && caller.user.as_ref().is_some_and(|user| user.name == name) {
        return Ok(page::lead(&route::deltas(), "You no longer see it as a guest."));
    }
    done(&app, &caller, delta, result, "They no longer see it as guests.", BUTTON).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Until {
    #[serde(default)]
    until: String,
    #[serde(default)]
    opens: Option<String>,
    #[serde(default)]
    end: Option<String>,
}

async fn embargo(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Form(filled): Form<Until>) -> Result<Response> {
    if filled.end.is_some() {
        let result = act::delta::put_embargo(&app, &caller, delta, None).await;
        return done(&app, &caller, delta, result, "The embargo has ended. The delta is still private.", BUTTON).await;
    }
    // As the browser's field for a day and a time gives it, read as UTC; seconds are optional there.
    let minutes = format_description!("[year]-[month]-[day]T[hour]:[minute]");
    let until = PrimitiveDateTime::parse(filled.until.trim().get(..16).unwrap_or_default(), minutes);
    let result = match until {
        Ok(until) => {
            let embargo = Embargo { until: until.assume_utc(), opens: filled.opens.is_some() };
            act::delta::put_embargo(&app, &caller, delta, Some(embargo)).await
        }
        Err(_) => Err(Error::invalid("until", "is not a time such as 2026-12-01T14:00")),
    };
    let typed = vec![("until", filled.until), ("opens", filled.opens.unwrap_or_default())];
    done(&app, &caller, delta, result, "The delta is under an embargo.", ("embargo", typed)).await
}
