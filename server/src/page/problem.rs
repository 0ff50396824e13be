//! A refusal as a page.

use axum::{http::header, response::Response};

use crate::{app::App, caller::Caller, error::Problem, page};

/// The refusal's page, with the refusal's status and headers. Without the navigation where the database does not answer.
pub async fn show(app: &App, caller: &Caller, path: &str, response: Response, problem: &Problem) -> Response {
    let shell = async {
        let mut tx = app.db.read().await?;
        page::shell(&mut tx, caller, &problem.title, path, false).await
    };
    let shell = shell.await.unwrap_or_default();
    let (status, title, detail, instance) = (problem.status, problem.title.clone(), problem.detail.clone(), problem.instance.clone());
    let mut page = page::show(app, shell, move || web::page::problem::problem(status, &title, &detail, &instance));
    *page.status_mut() = response.status();
    for (name, value) in response.headers() {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            page.headers_mut().append(name, value.clone());
        }
    }
    page
}
