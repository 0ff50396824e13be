//! Making and changing a board by form.

use axum::{extract::State, http::StatusCode, response::Response};
use schema::{
    board::{
        BoardChange, NewBoard, NewColumn,
        page::{BoardForm, ColumnForm},
    },
    route,
};

use super::super::{lead, shell, show};
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Kind, Result},
    extract::{Form, Path},
    store::db::Tx,
};

/// Lines for columns that are offered beyond those there are.
const SPARE: usize = 2;

/// What the form sends: the columns' fields are numbered.
type Sent = Vec<(String, String)>;

fn field<'a>(sent: &'a Sent, name: &str) -> &'a str {
    sent.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
}

fn lines(sent: &Sent) -> Vec<ColumnForm> {
    let line = |index: usize| ColumnForm {
        slug: field(sent, &format!("slug-{index}")).to_owned(),
        name: field(sent, &format!("name-{index}")).to_owned(),
        category: field(sent, &format!("category-{index}")).to_owned(),
        wip_limit: field(sent, &format!("wip-{index}")).to_owned(),
        wip_hard: field(sent, &format!("hard-{index}")) == "true",
        policy: field(sent, &format!("policy-{index}")).to_owned(),
    };
    (0..schema::board::COLUMNS_MAX + SPARE).map(line).take_while(|line| !line.category.is_empty()).collect()
}

/// The columns of the lines that have a name.
fn columns(lines: &[ColumnForm]) -> Result<Vec<NewColumn>> {
    let named = lines.iter().enumerate().filter(|(_, line)| !line.name.is_empty());
    named
        .map(|(index, line)| {
            let wip_limit = match line.wip_limit.as_str() {
                "" => None,
                text => Some(text.parse().map_err(|_| Error::invalid(format!("column {}", index + 1), "the limit must be a number"))?),
            };
            let category = line
                .category
                .parse()
                .map_err(|e: schema::word::NotOneOf| Error::invalid(format!("column {}", index + 1), e.to_string()))?;
            let slug = (!line.slug.is_empty()).then(|| line.slug.clone());
            Ok(NewColumn { slug, name: line.name.clone(), category, wip_limit, wip_hard: line.wip_hard, policy: line.policy.clone() })
        })
        .collect()
}

fn spare() -> impl Iterator<Item = ColumnForm> {
    (0..SPARE).map(|_| ColumnForm { category: "doing".to_owned(), ..ColumnForm::default() })
}

async fn render(app: &App, tx: &mut Tx, caller: &Caller, form: BoardForm, status: StatusCode) -> Result<Response> {
    let (title, path) = match form.slug.as_str() {
        "" => ("New board".to_owned(), route::board_new(&form.org)),
        slug => (format!("Edit {}", form.name), route::board_edit(&form.org, slug)),
    };
    let shell = shell(tx, caller, &title, &path, false).await?;
    let mut response = show(app, shell, move || web::page::board::form(&form));
    *response.status_mut() = status;
    Ok(response)
}

fn status_of(error: &Error) -> StatusCode {
    StatusCode::from_u16(error.kind().status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY)
}

/// The empty form.
pub async fn new(State(app): State<App>, caller: Caller, Path(org): Path<String>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let found = act::board::org(&mut tx, &caller, &org).await?;
    act::board::member(&caller, found.id)?;
    let usual = act::board::usual().into_iter().map(|column| ColumnForm {
        name: column.name,
        category: column.category.to_string(),
        wip_limit: column.wip_limit.map(|limit| limit.to_string()).unwrap_or_default(),
        ..ColumnForm::default()
    });
    let columns = usual.chain(spare()).collect();
    let form = BoardForm {
        org,
        org_name: found.name,
        slug: String::new(),
        new_slug: String::new(),
        name: String::new(),
        filter: String::new(),
        columns,
        cards_to: String::new(),
        version: 0,
        error: None,
    };
    render(&app, &mut tx, &caller, form, StatusCode::OK).await
}

/// Makes a board.
pub async fn create(State(app): State<App>, caller: Caller, Path(org): Path<String>, Form(sent): Form<Sent>) -> Result<Response> {
    let lines = lines(&sent);
    let (slug, name) = (field(&sent, "slug").to_owned(), field(&sent, "name").to_owned());
    let made = async {
        let new = NewBoard { slug: slug.clone(), name: name.clone(), columns: columns(&lines)? };
        act::board::create(&app, &caller, &org, &new).await
    };
    let error = match made.await {
        Ok(board) => return Ok(lead(&route::board(&org, &board.slug), &format!("{} is there.", board.name))),
        Err(error) if matches!(error.kind(), Kind::Invalid | Kind::Conflict) => error,
        Err(error) => return Err(error),
    };
    let mut tx = app.db.read().await?;
    let org_name = act::board::org(&mut tx, &caller, &org).await?.name;
    let (status, error) = (status_of(&error), Some(error.problem().in_words()));
    let form = BoardForm {
        org,
        org_name,
        slug: String::new(),
        new_slug: slug,
        name,
        filter: String::new(),
        columns: lines,
        cards_to: String::new(),
        version: 0,
        error,
    };
    render(&app, &mut tx, &caller, form, status).await
}

/// The form filled in.
pub async fn edit(State(app): State<App>, caller: Caller, Path((org, board)): Path<(String, String)>) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let whole = act::board::find(&mut tx, &caller, &org, &board).await?;
    act::board::member(&caller, whole.board.org_id)?;
    let line = |column: &crate::store::board::ColumnRow| ColumnForm {
        slug: column.slug.clone(),
        name: column.name.clone(),
        category: column.category.to_string(),
        wip_limit: column.wip_limit.map(|limit| limit.to_string()).unwrap_or_default(),
        wip_hard: column.wip_hard,
        policy: column.policy.clone(),
    };
    let columns = whole.columns.iter().map(line).chain(spare()).collect();
    let form = BoardForm {
        org,
        org_name: whole.org_name,
        slug: board,
        new_slug: String::new(),
        name: whole.board.name,
        filter: whole.board.filter,
        columns,
        cards_to: String::new(),
        version: whole.board.settings_version,
        error: None,
    };
    render(&app, &mut tx, &caller, form, StatusCode::OK).await
}

/// Changes a board.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    Path((org, board)): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let lines = lines(&sent);
    let version = field(&sent, "version").parse().map_err(|_| Error::invalid("version", "is not a number"))?;
    let (name, filter) = (field(&sent, "name").to_owned(), field(&sent, "filter").to_owned());
    let cards_to = field(&sent, "cards-to").to_owned();
    let changed = async {
        let (name, filter) = (Some(name.clone()), Some(filter.clone()));
        let change = BoardChange {
            name,
            filter,
            columns: Some(columns(&lines)?),
            cards_to: Some(cards_to.clone()).filter(|to| !to.is_empty()),
            swimlanes: None,
        };
        act::board::change(&app, &caller, &org, &board, version, &change).await
    };
    let error = match changed.await {
        Ok(_) => return Ok(lead(&route::board(&org, &board), "Saved.")),
        Err(error) if matches!(error.kind(), Kind::Invalid | Kind::Conflict | Kind::Stale) => error,
        Err(error) => return Err(error),
    };
    let mut tx = app.db.read().await?;
    let whole = act::board::find(&mut tx, &caller, &org, &board).await?;
    let status = status_of(&error);
    let form = BoardForm {
        org,
        org_name: whole.org_name,
        slug: board,
        new_slug: String::new(),
        name,
        filter,
        columns: lines,
        cards_to,
        // What is typed is kept: sent once more, it is on top of what others did, which the words say.
        version: whole.board.settings_version,
        error: Some(error.problem().in_words()),
    };
    render(&app, &mut tx, &caller, form, status).await
}
