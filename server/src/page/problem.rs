//! A refusal as a page.

use axum::{http::header, response::Response};

use schema::{route, session::SignInPage};

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

/// The page that a form's address belongs to: who loads that address, after the form was refused there, is led to the page.
pub fn page_of(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let kept = match parts.as_slice() {
        ["sign-out"] => 0,
        ["projects", project, "maintainers" | "decision" | "security" | "components" | "segments" | "releases"] => {
            return Some(route::project_settings(project));
        }
        ["orgs", _, "boards", ..] | ["projects", _, "settings" | "imports", ..] => 4,
        ["orgs", ..] | ["deltas", _, "ci", ..] => 3,
        ["projects" | "deltas" | "tasks" | "failure-groups", ..] | ["settings", "tokens", ..] => 2,
        ["settings" | "admin", ..] => 1,
        _ => return None,
    };
    (kept < parts.len()).then(|| format!("/{}", parts[..kept].join("/")))
}
