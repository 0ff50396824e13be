//! What an organisation's past says about its work, and the numbers behind each chart.

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use schema::{
    insight::{Asked, Chart, Insight, InsightPage},
    route,
};

use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Kind, Result},
    extract::{Path, Query},
    feed, page,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::INSIGHT, get(insight)).route(route::INSIGHT_CSV, get(csv))
}

async fn insight(State(app): State<App>, caller: Caller, Path(slug): Path<String>, Query(asked): Query<Asked>) -> Result<Response> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let org = act::board::org(&mut tx, &caller, &slug).await?;
    let shell = page::shell(&mut tx, &caller, &format!("Insight of {}", org.name), &route::insight(&slug), false).await?;
    let (insight, error) = match act::insight::insight(&mut tx, &caller, &org, &asked, now).await {
        Ok(insight) => (insight, None),
        Err(error) if error.kind() == Kind::Invalid => (Insight::default(), Some(error.problem().in_words())),
        Err(error) => return Err(error),
    };
    drop(tx);
    let (from, to) = act::insight::period(&asked, now).or_else(|_| act::insight::period(&Asked::default(), now))?;
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = InsightPage { org: slug, org_name: org.name, asked, from, to, error, insight };
    let mut response = page::show(&app, shell, || web::page::insight::insight(&view));
    *response.status_mut() = status;
    Ok(response)
}

async fn csv(
    State(app): State<App>,
    caller: Caller,
    Path((slug, file)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let chart: Option<Chart> = file.strip_suffix(".csv").and_then(|word| word.parse().ok());
    let chart = chart.ok_or_else(|| Error::not_found("page"))?;
    let mut tx = app.db.read().await?;
    let org = act::board::org(&mut tx, &caller, &slug).await?;
    let part = act::insight::insight(&mut tx, &caller, &org, &asked, app.clock.now()).await?.part(chart);
    let name = format!("attachment; filename=\"{chart}.csv\"");
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((head, feed::numbers::csv(&part)).into_response())
}
