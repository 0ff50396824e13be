//! Boards, their columns, and the placement of cards.

mod form;

use axum::{
    Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use schema::{board::page::BoardPage, id::TaskKey, problem::Refused, query, route, task::Placement};
use serde::Deserialize;

use super::{lead, shell, show};
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Kind, Result},
    extract::{Form, Path, Query},
    store::{board::card, task::list::condition},
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(route::BOARD, get(board))
        .route(route::BOARD_MOVE, post(shift))
        .route(route::CARD, get(one))
        .route(route::BOARD_NEW, get(form::new).post(form::create))
        .route(route::BOARD_EDIT, get(form::edit).post(form::save))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    q: Option<String>,
}

async fn board(
    State(app): State<App>,
    caller: Caller,
    Path((org, board)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    page(&app, &caller, (&org, &board), asked.q, None).await
}

/// The board's page, with the form to move a card where it was refused.
async fn page(app: &App, caller: &Caller, (org, slug): (&str, &str), q: Option<String>, refused: Option<Refused>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let now = app.clock.now();
    let whole = act::board::find(&mut tx, caller, org, slug).await?;
    let may_change = act::board::member(caller, whole.board.org_id).is_ok();
    let q = q.unwrap_or_else(|| whole.board.filter.clone());
    let mut which = card::of_board(whole.board.id, now);
    let mut error = refused.as_ref().map(|refused| refused.problem.in_words());
    match query::parse(&q, &query::TASKS) {
        Ok(question) => which = question.filter.iter().fold(which, |all, asked| all.add(condition(caller, asked, now))),
        Err(wrong) => error = Some(format!("The filter cannot be read: {wrong}")),
    }
    let cards = card::cards(&mut tx, caller, &whole.key_prefix, &which, now).await?;
    let org_name = whole.org_name.clone();
    let board = act::board::put(whole, cards);
    let shell = shell(&mut tx, caller, &board.name, &route::board(org, slug), true).await?;
    drop(tx);
    let page = BoardPage { org_name, board, q, error, refused, may_change };
    Ok(show(app, shell, move || web::page::board::board(&page)))
}

/// One card, as the island swaps it in.
async fn one(State(app): State<App>, caller: Caller, Path((org, board, key)): Path<(String, String, TaskKey)>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let now = app.clock.now();
    let whole = act::board::find(&mut tx, &caller, &org, &board).await?;
    let id = crate::store::task::find(&mut tx, &caller, &key).await?.id;
    let which = card::of_board(whole.board.id, now).add(card::of_task(id));
    let standing = card::cards(&mut tx, &caller, &whole.key_prefix, &which, now).await?.into_iter().next();
    let standing = standing.ok_or_else(|| Error::not_found("card"))?;
    let column = whole.columns.iter().find(|column| column.id == standing.column).ok_or_else(|| Error::not_found("card"))?;
    let html = web::part::card::card(&standing.card, column.category);
    Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    task: String,
    column: String,
    #[serde(default, rename = "where")]
    place: String,
    #[serde(default)]
    beside: String,
}

/// Moves a card without a script. What is refused is said above the board as it is now.
async fn shift(
    State(app): State<App>,
    caller: Caller,
    Path((org, board)): Path<(String, String)>,
    Form(form): Form<Move>,
) -> Result<Response> {
    match moved(&app, &caller, &board, &form).await {
        Ok(said) => Ok(lead(&route::board(&org, &board), &said)),
        Err(error) if matches!(error.kind(), Kind::Invalid | Kind::Conflict | Kind::Stale | Kind::NotFound) => {
            let Move { task, column, place, beside } = form;
            let typed = vec![("task", task), ("column", column), ("where", place), ("beside", beside)];
            let again = async |problem| page(&app, &caller, (&org, &board), None, Some(Refused { form: "move", typed, problem })).await;
            super::again(error, again).await
        }
        Err(error) => Err(error),
    }
}

async fn moved(app: &App, caller: &Caller, board: &str, form: &Move) -> Result<String> {
    let key: TaskKey = read(&form.task, "task")?;
    let beside = match form.beside.trim() {
        "" => None,
        text => Some(read(text, "beside")?),
    };
    let (after, before) = if form.place == "before" { (None, beside) } else { (beside, None) };
    let to = Placement { board: Some(board.to_owned()), column: form.column.clone(), after, before };
    let placed = act::task::place(app, caller, &key, None, &to).await?;
    super::task::stands(app, caller, &placed.key).await
}

/// A task's key as somebody typed it.
fn read(text: &str, field: &str) -> Result<TaskKey> {
    text.trim().parse().map_err(|_| Error::invalid(field, "is not a key such as NW-207"))
}
