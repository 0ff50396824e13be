//! A refusal as a page.

use axum::{http::header, response::Response};

use schema::session::SignInPage;

use crate::{app::App, caller::Caller, error::Problem, page};

/// The refusal's page, with the refusal's status and headers. Without the navigation where the database does not answer.
///
/// Who is not signed in is given the form to do so, and is led on to what they wanted to see: `next`, its path and query.
pub async fn show(app: &App, caller: &Caller, path: &str, next: &str, response: Response, problem: &Problem) -> Response {
    if problem.status == 401 && caller.user.is_none() {
        let mut problem = problem.clone();
        "Sign in to go on.".clone_into(&mut problem.detail);
        let view = SignInPage { next: next.to_owned(), refused: Some(problem), ..SignInPage::default() };
        if let Ok(mut page) = page::session::show(app, caller, view).await {
            *page.status_mut() = response.status();
            return page;
        }
    }
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
