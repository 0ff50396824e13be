//! The triage inbox: one page, and the forms of its decisions.

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use schema::{
    delta::Kind,
    id::{DeltaKey, TaskKey},
    list::Window,
    problem::Problem,
    query::{TASKS, parse},
    route,
    stance::Stance,
    task::{NewTask, NewTaskLink, Relation},
    triage::{Chosen, DecideForm, LinkForm, SetStance, TakeForm, TriagePage, Wake},
    user::Role,
};
use serde::Deserialize;
use time::macros::format_description;
use web::{part::Tone, shell::Notice};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::{Form, Path, Query},
    page, store,
    store::{db::Tx, org::Row},
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::TRIAGE, get(triage))
        .route(route::TRIAGE_TAKE, post(take))
        .route(route::TRIAGE_LINK, post(link))
        .route(route::TRIAGE_STANCE, post(decide))
        .route(route::TRIAGE_UNDO, post(undo))
}

/// Most tasks that the form "link to a task" offers.
const OFFERED: i64 = 100;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct At {
    /// The chosen delta.
    #[serde(default)]
    at: String,
    /// What was decided just now.
    #[serde(default)]
    undo: String,
    /// The task that was linked by it.
    #[serde(default)]
    task: String,
    cursor: Option<String>,
}

async fn triage(State(app): State<App>, caller: Caller, Path(slug): Path<String>, Query(at): Query<At>) -> Result<Response> {
    show(&app, &caller, &slug, at, None).await
}

async fn show(app: &App, caller: &Caller, slug: &str, at: At, refused: Option<Problem>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let org = act::org::belonging(&mut tx, caller, slug).await?;
    let now = app.clock.now();
    let mut shell = page::shell(&mut tx, caller, "Triage inbox", &route::triage(slug), true).await?;
    if let Ok(key) = at.undo.parse::<DeltaKey>() {
        // Loaded once more, the page has forgotten what was said; what was decided can still be undone.
        let text = shell.notice.take().map_or_else(|| format!("You decided on {key}."), |notice| notice.text);
        shell.notice =
            Some(Notice { kind: Tone::Good, text, undo: Some(route::with_query(&route::triage_undo(slug, key), &[("task", &at.task)])) });
    }
    let watches = store::watch::list(&mut tx, org.id).await?.len();
    let found = store::inbox::page(&mut tx, caller, org.id, &Window { cursor: at.cursor, limit: None }, now).await?;
    let decides = caller.role_in(org.id).is_some_and(|role| role >= Role::Member);
    let (mut columns, mut tasks) = (Vec::new(), Vec::new());
    if decides && !found.items.is_empty() {
        columns = places(&mut tx, &org).await?;
        tasks = open_tasks(&mut tx, app, caller, &org).await?;
    }
    let chosen = match found.items.iter().position(|item| item.delta.key.to_string() == at.at).unwrap_or(0) {
        at if at < found.items.len() => Some(chosen(&mut tx, app, caller, slug, at, found.items[at].delta.key).await?),
        _ => None,
    };
    let orgs = store::org::names(&mut tx, found.items.iter().flat_map(|item| &item.delta.committed)).await?;
    // The navigation has counted already.
    let waiting = shell.nav.orgs.iter().find(|org| org.slug == slug).map_or(0, |org| org.inbox);
    let view = TriagePage {
        org: org.reply(caller),
        decides,
        waiting,
        watches,
        items: found.items,
        next: found.next,
        chosen,
        columns,
        tasks,
        refused,
        orgs,
        now,
    };
    Ok(page::show(app, shell, || web::page::triage::triage(view)))
}

async fn chosen(tx: &mut Tx, app: &App, caller: &Caller, org: &str, at: usize, key: DeltaKey) -> Result<Chosen> {
    let delta = store::delta::find(tx, caller, key).await?;
    let impact = store::impact::view(tx, caller, delta.id, app.clock.now()).await?;
    let mut others = store::triage::standings(tx, caller, &[delta.id]).await?.remove(&delta.id).unwrap_or_default();
    others.retain(|line| line.org != org);
    let known = super::prose::known(tx, caller, [delta.desired.as_str(), delta.actual.as_str()]).await?;
    let (desired, actual) = (app.markdown.html(&delta.desired, &known).to_string(), app.markdown.html(&delta.actual, &known).to_string());
    Ok(Chosen { at, desired, actual, seen: delta.seen_at, impact, others })
}

/// Where a task can start: `board/column` and words.
async fn places(tx: &mut Tx, org: &Row) -> Result<Vec<(String, String)>> {
    let boards = store::board::of_org(tx, org.id).await?;
    let columns = store::board::columns(tx, boards.iter().map(|board| board.id)).await?;
    let places = boards.iter().flat_map(|board| {
        let columns = columns.iter().filter(|column| column.board_id == board.id);
        columns.map(|column| (format!("{}/{}", board.slug, column.slug), format!("{} › {}", board.name, column.name)))
    });
    Ok(places.collect())
}

async fn open_tasks(tx: &mut Tx, app: &App, caller: &Caller, org: &Row) -> Result<Vec<(String, String)>> {
    let Ok(asked) = parse("is:open sort:updated", &TASKS) else { return Ok(Vec::new()) };
    let wanted = store::task::list::Wanted { orgs: &[org.id], question: &asked, cursor: None, limit: OFFERED, between: None };
    let found = store::task::list::page(tx, caller, wanted, app.clock.now()).await?;
    Ok(found.items.into_iter().map(|task| (task.card.key.to_string(), task.card.title)).collect())
}

/// Leads to what is to be decided next; to the delta's own page where the form stood there. `undo` is the task that was linked,
/// empty for none; `None` where nothing can be undone.
fn on(slug: &str, delta: DeltaKey, next: &str, undo: Option<&str>, said: &str) -> Response {
    if next.is_empty() {
        return page::lead(&route::delta(delta), said);
    }
    let (undo, task) = undo.map_or((String::new(), ""), |task| (delta.to_string(), task));
    let next = if next == "-" { "" } else { next };
    let to = route::with_query(&route::triage(slug), &[("at", next), ("undo", &undo), ("task", task)]);
    // The list scrolls for itself: the fragment brings the chosen row into sight.
    page::lead(&if next.is_empty() { to } else { format!("{to}#{next}") }, said)
}

/// The inbox once more, with the words of the refusal.
async fn again(app: &App, caller: &Caller, slug: &str, delta: DeltaKey, error: Error) -> Result<Response> {
    if error.problem().status != 422 && error.problem().status != 409 {
        return Err(error);
    }
    let at = At { at: delta.to_string(), ..At::default() };
    page::again(error, async |problem| show(app, caller, slug, at, Some(problem)).await).await
}

async fn decide(
    State(app): State<App>,
    caller: Caller,
    Path((slug, delta)): Path<(String, DeltaKey)>,
    Form(form): Form<DecideForm>,
) -> Result<Response> {
    let said = match form.stance {
        Stance::Considering => format!("You are considering {delta}."),
        Stance::Declined => format!("{delta} is not yours."),
        Stance::Snoozed => format!("{delta} is put off."),
        Stance::Taken => format!("You have taken {delta}."),
    };
    let set = match read(&app, &form) {
        Ok(set) => set,
        Err(error) => return again(&app, &caller, &slug, delta, error).await,
    };
    match act::triage::set_stance(&app, &caller, &slug, delta, &set).await {
        Ok(_) => Ok(on(&slug, delta, &form.next, Some(""), &said)),
        Err(error) => again(&app, &caller, &slug, delta, error).await,
    }
}

/// A decision as the API takes it. What is left empty is not asked for.
fn read(app: &App, form: &DecideForm) -> Result<SetStance> {
    let typed = |text: &str| if form.stance == Stance::Snoozed { text.trim().to_owned() } else { String::new() };
    let number = |text: &str, field: &str, most: i64| -> Result<Option<i64>> {
        let text = typed(text);
        if text.is_empty() {
            return Ok(None);
        }
        let number = text.parse().ok().filter(|n| (1..=most).contains(n));
        number.map(Some).ok_or_else(|| Error::invalid(field, format!("must be a whole number, 1 to {most}")))
    };
    let until = match typed(&form.date).as_str() {
        "" => number(&form.days, "days", 3650)?.map(|days| app.clock.now() + time::Duration::days(days)),
        day => {
            let day = time::Date::parse(day, format_description!("[year]-[month]-[day]"));
            Some(day.map_err(|_| Error::invalid("date", "must be a day such as 2026-11-30"))?.midnight().assume_utc())
        }
    };
    let users = number(&form.users, "users", 1_000_000)?;
    let wake = Wake {
        impact: number(&form.impact, "impact", 100)?,
        failures: number(&form.failures, "failures", 1_000_000)?,
        users,
        // The choice of a segment alone asks for nothing.
        segment: Some(typed(&form.segment)).filter(|segment| users.is_some() && !segment.is_empty()),
        regressed: typed(&form.regressed) == "true",
    };
    let wake = Some(wake).filter(|wake| *wake != Wake::default());
    Ok(SetStance { stance: form.stance, reason: form.reason.clone(), until, wake })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Undone {
    #[serde(default)]
    task: String,
}

/// Takes the last decision back. A task that was made by it stays: somebody may have begun.
async fn undo(
    State(app): State<App>,
    caller: Caller,
    Path((slug, delta)): Path<(String, DeltaKey)>,
    Query(Undone { task }): Query<Undone>,
) -> Result<Response> {
    let said = match task.parse::<TaskKey>() {
        Ok(task) => {
            act::task::unlink(&app, &caller, &task, delta).await?;
            format!("{task} is no longer linked to {delta}. The task itself stays on the board.")
        }
        Err(_) => {
            act::triage::clear_stance(&app, &caller, &slug, delta).await?;
            format!("{delta} waits again.")
        }
    };
    Ok(on(&slug, delta, &delta.to_string(), None, &said))
}

async fn take(
    State(app): State<App>,
    caller: Caller,
    Path((slug, delta)): Path<(String, DeltaKey)>,
    Form(form): Form<TakeForm>,
) -> Result<Response> {
    let relation = relation(&app, &caller, delta).await?;
    let (board, column) = form.place.split_once('/').map(|(board, column)| (board.to_owned(), column.to_owned())).unzip();
    let new = NewTask {
        title: form.title,
        priority: Some(form.priority),
        board,
        column,
        deltas: vec![NewTaskLink { delta, relation }],
        ..NewTask::default()
    };
    match act::task::create(&app, &caller, &slug, &new).await {
        Ok(task) => Ok(on(&slug, delta, &form.next, Some(&task.key.to_string()), &format!("{delta} is taken on as {}.", task.key))),
        Err(error) => again(&app, &caller, &slug, delta, error).await,
    }
}

async fn link(
    State(app): State<App>,
    caller: Caller,
    Path((slug, delta)): Path<(String, DeltaKey)>,
    Form(form): Form<LinkForm>,
) -> Result<Response> {
    let relation = relation(&app, &caller, delta).await?;
    let linked = async {
        let task: TaskKey = form.task.trim().parse().map_err(|_| Error::invalid("task", "is no task's key, such as NW-207"))?;
        act::task::link(&app, &caller, &task, delta, relation).await?;
        Ok::<_, Error>(task)
    };
    match linked.await {
        Ok(task) => Ok(on(&slug, delta, &form.next, Some(&task.to_string()), &format!("{delta} is linked to {task}."))),
        Err(error) => again(&app, &caller, &slug, delta, error).await,
    }
}

/// What a task does about a delta, as long as nobody says otherwise: a spec is implemented, the rest resolved.
async fn relation(app: &App, caller: &Caller, delta: DeltaKey) -> Result<Relation> {
    let mut tx = app.db.read().await?;
    let kind = store::delta::find(&mut tx, caller, delta).await?.kind;
    Ok(if kind == Kind::Spec { Relation::Implements } else { Relation::Resolves })
}
