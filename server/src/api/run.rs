//! Runs of CI: results in, receipts out.

use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use schema::{
    ci::{Receipt, Run, RunFacts, RunReport, RunSummary},
    list::{Page, Window},
    problem::Problem,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    act::{self, run::Tally},
    app::App,
    caller::Caller,
    error::{Error, Kind, Result},
    extract::{Json, Path, Query},
    ingest::{self, Limits, ReadError},
    store,
};

/// Its routes.
pub fn routes() -> OpenApiRouter<App> {
    let limit = DefaultBodyLimit::max(Limits::default().bytes);
    OpenApiRouter::new().routes(routes!(post, list)).layer(limit).routes(routes!(get))
}

/// The formats results come in.
#[derive(Clone, Copy)]
enum Format {
    Json,
    JUnit,
}

/// Report a run
///
/// With a CI token of the project, or as one of its maintainers. The results as JSON with the run's facts in it, or as JUnit XML with
/// the facts as query parameters, of which empty ones count as absent. At most 64 MiB, also unpacked; `Content-Encoding: gzip` is taken. Errors that a suite itself reports
/// count as errored tests. The same run and attempt again is answered with 200 and the same receipt, and nothing is counted twice.
/// Receipts name public deltas only.
#[utoipa::path(
    post, path = "/projects/{project}/runs", tag = "ci",
    params(("project" = String, Path, description = "The project's slug"), RunFacts),
    request_body(content((RunReport = "application/json"), (String = "application/xml"), (String = "text/xml"))),
    responses(
        (status = 201, body = Receipt, description = "Kept"),
        (status = 200, body = Receipt, description = "Was kept before"),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "Nothing was kept"),
    ),
)]
async fn post(State(app): State<App>, caller: Caller, Path(project): Path<String>, request: Request) -> Result<Response> {
    let desk = act::run::desk(&app, &caller, &project).await?;
    let format = format(request.headers())?;
    let packed = packed(request.headers())?;
    let query = request.uri().query().unwrap_or_default().to_owned();
    let facts = match format {
        Format::Json if !query.is_empty() => {
            return Err(Error::invalid("query", "JSON has the run's facts in it: give none in the address"));
        }
        Format::Json => None,
        Format::JUnit => Some(crate::extract::from_form::<RunFacts>(given(&query).as_bytes())?),
    };
    let body = Bytes::from_request(request, &app).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::new(Kind::TooLarge, "A report has at most 64 MiB. Nothing was kept."),
        _ => Error::new(Kind::Malformed, "The body broke off before its end. Nothing was kept."),
    })?;
    let (facts, tally) = tokio::task::spawn_blocking(move || read(format, packed, facts, &body)).await??;
    let (fresh, receipt) = act::run::report(&app, &desk, facts, tally).await?;
    let status = if fresh { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(receipt)).into_response())
}

/// The parameters that say something: a variable that CI did not set comes as `attempt=`.
fn given(query: &str) -> String {
    query.split('&').filter(|pair| !pair.ends_with('=')).collect::<Vec<_>>().join("&")
}

fn format(headers: &HeaderMap) -> Result<Format> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/json" => Ok(Format::Json),
        "application/xml" | "text/xml" => Ok(Format::JUnit),
        _ => Err(Error::new(Kind::UnsupportedMedia, "Send JSON as application/json, or JUnit XML as application/xml.")),
    }
}

fn packed(headers: &HeaderMap) -> Result<bool> {
    let value = headers.get(header::CONTENT_ENCODING).map_or(Ok("identity"), |value| value.to_str());
    match value.map(str::trim) {
        Ok(value) if value.eq_ignore_ascii_case("gzip") => Ok(true),
        Ok(value) if value.eq_ignore_ascii_case("identity") || value.is_empty() => Ok(false),
        _ => Err(Error::new(Kind::UnsupportedMedia, "The only Content-Encoding taken is gzip.")),
    }
}

/// Bytes to counted results.
fn read(format: Format, packed: bool, facts: Option<RunFacts>, body: &[u8]) -> Result<(RunFacts, Tally)> {
    let limits = Limits::default();
    let body = if packed { ingest::gzip::unpack(body, limits.bytes).map_err(too_large_or_unread)? } else { body.into() };
    let (facts, tests) = match (format, facts) {
        (Format::JUnit, Some(facts)) => {
            let report = ingest::junit::report(&body, &limits).map_err(unread)?;
            let mut tests = report.tests;
            // A suite that died must not look green.
            tests.extend(report.suite_errors);
            (facts, tests)
        }
        _ => {
            let mut report = crate::extract::from_json::<RunReport>(&body)?;
            ingest::json::fit(&mut report, &limits).map_err(|fault| Error::invalid(fault.field, fault.detail))?;
            report.into_parts()
        }
    };
    Ok((facts, Tally::of(tests)))
}

fn unread(error: ReadError) -> Error {
    Error::invalid("body", error.to_string())
}

fn too_large_or_unread(error: ReadError) -> Error {
    if error.what.contains("more than") { Error::new(Kind::TooLarge, format!("{error}. Nothing was kept.")) } else { unread(error) }
}

/// A project's runs
///
/// Newest first.
#[utoipa::path(
    get, path = "/projects/{project}/runs", tag = "ci",
    params(("project" = String, Path, description = "The project's slug"), Window),
    responses((status = 200, body = Page<RunSummary>), (status = 404, body = Problem)),
)]
async fn list(State(app): State<App>, Path(project): Path<String>, Query(window): Query<Window>) -> Result<Json<Page<RunSummary>>> {
    let mut tx = app.db.read().await?;
    let project = store::project::find(&mut tx, &project).await?;
    let (rows, next) = store::run::list(&mut tx, project.id, window.cursor.as_deref(), window.limit()).await?;
    Ok(Json(Page { items: rows.into_iter().map(Into::into).collect(), next }))
}

/// One run
///
/// With its failures and the deltas they were attributed to, as far as the caller may see.
#[utoipa::path(
    get, path = "/runs/{run}", tag = "ci",
    params(("run" = Uuid, Path)),
    responses((status = 200, body = Run), (status = 404, body = Problem)),
)]
async fn get(State(app): State<App>, caller: Caller, Path(run): Path<Uuid>) -> Result<Json<Run>> {
    let mut tx = app.db.read().await?;
    Ok(Json(act::run::read(&mut tx, &caller, run).await?.0))
}
