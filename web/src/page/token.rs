//! API tokens: one's own, and those of a project's CI.

use leptos::prelude::*;
use schema::{
    problem::fault,
    route,
    token::{DAYS_MAX, Made, Token, TokensPage, Typed},
    user::Scope,
};
use time::OffsetDateTime;

use super::user::{refusal, tabs};
use crate::part::{self, Crumb, Field, Tone};

/// Tokens in force, the form for a new one, and the one just made.
pub fn tokens(page: TokensPage) -> AnyView {
    let TokensPage { project, tokens, made, typed, refused, feeds, now } = page;
    let Typed { name, scope, days, q, org } = typed;
    let (head, about, action) = match &project {
        Some((slug, name)) => {
            let steps = vec![
                Crumb::link(name.clone(), route::project(slug)),
                Crumb::link("Settings", route::project_settings(slug)),
                Crumb::text("CI tokens"),
            ];
            let head = view! { {part::crumbs(steps)}<h1>"CI tokens"</h1> }.into_any();
            (head, "CI reports runs of this project with one, and reads what is known of its failures.", route::project_tokens(slug))
        }
        None => {
            let head = view! { <h1>"Settings"</h1>{tabs(&route::settings_tokens())} }.into_any();
            (head, "A token lets a program do in your name what you may do. Treat it as a password.", route::settings_tokens())
        }
    };
    let feed = [("q", q), ("org", org)].into_iter().filter(|(_, value)| !value.is_empty());
    let form = view! {
        {feed.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()}
        {Field::new("name", "What for").value(name).required().max(200).placeholder("release script").error(fault(&refused, "name")).text("text")}
        {scopes(project.is_some(), scope, fault(&refused, "scopes"))}
        {Field::new("days", "Works for, in days").value(days).required().hint(ends(project.is_some()))
            .error(fault(&refused, "expires_at").or_else(|| fault(&refused, "days"))).text("number")}
        <div class="row-of">{part::submit("Create the token")}</div>
    };
    let form = part::post(&action, form);
    let list = if tokens.is_empty() {
        part::empty("No tokens", about, ())
    } else {
        let rows = tokens.into_iter().map(|token| row(token, project.as_ref().map(|(slug, _)| slug.as_str()), now)).collect_view();
        view! {
            <table>
                <thead><tr><th scope="col">"Name"</th><th scope="col">"May"</th><th scope="col">"Last used"</th><th scope="col">"Ends"</th><th scope="col"><span class="hid">"Actions"</span></th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <div class="narrow">
            {head}
            <div class="stack mt">
                {made.map(|made| shown(made, feeds))}
                {part::panel("Tokens", list)}
                {part::panel_with("New token", "", (), view! { <div class="body stack">{refusal(&refused)}{form}</div> })}
            </div>
        </div>
    }
    .into_any()
}

fn ends(ci: bool) -> String {
    if ci { format!("At most {DAYS_MAX}; 0 for until it is revoked.") } else { format!("At most {DAYS_MAX}.") }
}

/// What it may do, one of three: for CI there is nothing to choose.
fn scopes(ci: bool, chosen: Scope, error: Option<String>) -> AnyView {
    if ci {
        return ().into_any();
    }
    let error = error.map(|error| view! { <p class="error">{error}</p> });
    let answers = [
        (Scope::Read, "see what you may see"),
        (Scope::Write, "see and change what you may"),
        (Scope::Feed, "read feeds by their address, and nothing else"),
    ];
    let answers = answers.map(|(scope, words)| {
        view! {
            <label class="check">
                <input type="radio" name="scopes" value=scope.as_str() checked={scope == chosen} required/>
                <span>{words}</span>
            </label>
        }
    });
    view! {
        <fieldset class="f">
            <legend>"It may"</legend>
            {answers.into_iter().collect_view()}{error}
        </fieldset>
    }
    .into_any()
}

/// A secret, this once.
fn shown(made: Made, feeds: Vec<(&'static str, String)>) -> impl IntoView {
    let feeds = feeds.into_iter().map(|(name, address)| {
        let label = format!("The {name} address");
        view! { <label class="small">{label.clone()}<input class="in mono" type="text" readonly value=address autocomplete="off"/></label> }
    });
    view! {
        <section class="notice good" role="status">
            <div class="stack-sm grow">
                <p>"The token “"{made.token.name}"”. Copy it now: it is not shown again."</p>
                <input class="in mono" type="text" readonly value=made.secret aria-label="The token's secret" autocomplete="off"/>
                {feeds.collect_view()}
            </div>
        </section>
    }
}

fn row(token: Token, project: Option<&str>, now: OffsetDateTime) -> impl IntoView + use<> {
    let Token { id, name, scopes, created_at, used_at, expires_at } = token;
    let action = match project {
        Some(project) => route::project_token_revoke(project, id),
        None => route::settings_token_revoke(id),
    };
    let may = scopes.iter().map(|scope: &Scope| scope.as_str()).collect::<Vec<_>>().join(", ");
    let used = match used_at {
        Some(at) => part::ago(at, now).into_any(),
        None => view! { <span class="faint">"never"</span> }.into_any(),
    };
    let ends = match expires_at {
        Some(at) if at <= now => part::pill(Tone::Bad, "expired").into_any(),
        Some(at) => part::ago(at, now).into_any(),
        None => "when revoked".into_any(),
    };
    let label = format!("Revoke {name}");
    view! {
        <tr>
            <td><span class="t">{name}</span><span class="sub xs faint">"made "{part::ago(created_at, now)}</span></td>
            <td data-l="May">{may}</td>
            <td data-l="Last used">{used}</td>
            <td data-l="Ends">{ends}</td>
            <td class="end"><form method="post" action=action><button class="btn small danger" type="submit" aria-label=label>"Revoke"</button></form></td>
        </tr>
    }
}
