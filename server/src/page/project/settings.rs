//! A project's settings: for its maintainers.

use axum::{extract::State, response::Response};
use schema::{
    place::{Decision, Rule},
    problem::Refused,
    project::{Patch, PutComponent, PutRelease, SettingsPage},
    route,
    segment::PutSegment,
};
use serde::Deserialize;
use time::{Date, macros::format_description};

use crate::{
    act, api,
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::{Form, Path},
    page, store,
};

pub(super) async fn get(State(app): State<App>, caller: Caller, Path(project): Path<String>) -> Result<Response> {
    show(&app, &caller, &project, None).await
}

async fn show(app: &App, caller: &Caller, slug: &str, refused: Option<Refused>) -> Result<Response> {
    caller.person()?;
    let mut tx = app.db.read().await?;
    let row = store::project::find(&mut tx, slug).await?;
    let project = api::project::load(&mut tx, caller, row).await?;
    if !project.mine {
        return Err(Error::forbidden(format!("Only the maintainers of {} change its settings.", project.name)));
    }
    let shell = page::shell(&mut tx, caller, &format!("Settings of {}", project.name), &route::project(slug), false).await?;
    let view = SettingsPage { project, refused };
    Ok(page::show(app, shell, || web::page::project::settings(view)))
}

/// Leads back to the settings, or shows them with what was typed and why it was refused.
async fn done(
    app: &App,
    caller: &Caller,
    project: &str,
    result: Result<()>,
    said: &str,
    form: &'static str,
    typed: Vec<(&'static str, String)>,
) -> Result<Response> {
    match result {
        Ok(()) => Ok(page::lead(&route::project_settings(project), said)),
        Err(error) => page::again(error, async |problem| show(app, caller, project, Some(Refused { form, typed, problem })).await).await,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct About {
    version: i64,
    name: String,
    #[serde(default)]
    description: String,
}

pub(super) async fn about(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Form(filled): Form<About>,
) -> Result<Response> {
    let patch = Patch { name: Some(filled.name.clone()), description: Some(filled.description.clone()) };
    let result = act::project::change(&app, &caller, &project, Some(filled.version), patch).await;
    let typed = vec![("name", filled.name), ("description", filled.description)];
    done(&app, &caller, &project, result, "Saved.", "about", typed).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Maintainer {
    name: String,
    #[serde(default)]
    remove: Option<String>,
}

pub(super) async fn maintainers(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Form(filled): Form<Maintainer>,
) -> Result<Response> {
    let (result, said) = match filled.remove {
        Some(_) => (act::project::remove_maintainer(&app, &caller, &project, &filled.name).await, "They no longer maintain this project."),
        None => (act::project::add_maintainer(&app, &caller, &project, &filled.name).await, "They maintain this project now."),
    };
    // Who took themselves away does not see the settings any more.
    let own = caller.user.as_ref().is_some_and(|user| user.name == filled.name);
    if result.is_ok() && filled.remove.is_some() && own {
        return Ok(page::lead(&route::project(&project), "You no longer maintain this project."));
    }
    done(&app, &caller, &project, result, said, "maintainers", vec![("name", filled.name)]).await
}

pub(super) async fn security(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Form(filled): Form<Maintainer>,
) -> Result<Response> {
    let (result, said) = match filled.remove {
        Some(_) => {
            (act::project::remove_security(&app, &caller, &project, &filled.name).await, "They are no longer of the security group.")
        }
        None => (act::project::add_security(&app, &caller, &project, &filled.name).await, "They see this project's private deltas now."),
    };
    done(&app, &caller, &project, result, said, "security", vec![("name", filled.name)]).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Component {
    slug: String,
    name: String,
}

pub(super) async fn components(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Form(filled): Form<Component>,
) -> Result<Response> {
    let put = PutComponent { name: filled.name.clone() };
    let result = act::project::put_component(&app, &caller, &project, filled.slug.trim(), put).await;
    let typed = vec![("slug", filled.slug), ("name", filled.name)];
    done(&app, &caller, &project, result, "The component is saved.", "components", typed).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Segment {
    slug: String,
    name: String,
    #[serde(default)]
    description: String,
}

pub(super) async fn segments(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Form(filled): Form<Segment>,
) -> Result<Response> {
    let put = PutSegment { name: filled.name.clone(), description: filled.description.clone() };
    let result = act::segment::put(&app, &caller, &project, filled.slug.trim(), put).await;
    let typed = vec![("slug", filled.slug), ("name", filled.name), ("description", filled.description)];
    done(&app, &caller, &project, result, "The group is saved.", "segments", typed).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Release {
    name: String,
    #[serde(default)]
    released: String,
}

pub(super) async fn releases(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Form(filled): Form<Release>,
) -> Result<Response> {
    let day = match filled.released.trim() {
        "" => Ok(None),
        text => Date::parse(text, format_description!("[year]-[month]-[day]")).map(Some),
    };
    let result = match day {
        Ok(day) => {
            let put = PutRelease { released_at: day.map(|day| day.midnight().assume_utc()) };
            act::project::put_release(&app, &caller, &project, filled.name.trim(), put).await
        }
        Err(_) => Err(Error::invalid("released", "is not a day such as 2026-10-01")),
    };
    let typed = vec![("name", filled.name), ("released", filled.released)];
    done(&app, &caller, &project, result, "The release is saved.", "releases", typed).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decides {
    rule: String,
    #[serde(default)]
    days: String,
    #[serde(default)]
    approvals: String,
}

pub(super) async fn decision(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    Form(filled): Form<Decides>,
) -> Result<Response> {
    let result = match read(&filled) {
        Ok(decision) => act::consensus::put_rule(&app, &caller, &project, decision).await,
        Err(error) => Err(error),
    };
    let typed = vec![("rule", filled.rule), ("days", filled.days), ("approvals", filled.approvals)];
    done(&app, &caller, &project, result, "That is how this project decides now.", "decision", typed).await
}

/// Of the two numbers, only the rule's own is read.
fn read(filled: &Decides) -> Result<Decision> {
    let rule: Rule = filled.rule.parse().map_err(|error| Error::invalid("rule", format!("{error}")))?;
    let number =
        |field: &str, text: &str| text.trim().parse::<i64>().map(Some).map_err(|_| Error::invalid(field, "must be a whole number"));
    Ok(match rule {
        Rule::Maintainers => Decision::default(),
        Rule::Lazy => Decision { rule, days: number("days", &filled.days)?, approvals: None },
        Rule::Approvals => Decision { rule, days: None, approvals: number("approvals", &filled.approvals)? },
    })
}
