//! A refusal as a page.

use axum::{
    http::{HeaderValue, header},
    response::Response,
};

use crate::{app::App, caller::Caller, error::Problem};

/// The refusal's page, with the refusal's status and headers.
pub async fn show(_app: &App, _caller: &Caller, _path: &str, mut response: Response, problem: &Problem) -> Response {
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    *response.body_mut() = format!("<h1>{}</h1>", problem.title).into();
    response
}
