//! Signing in, and where one is signed in.

use leptos::prelude::*;
use schema::{
    problem::fault,
    route,
    session::{Session, SessionsPage, SignInPage},
    user::PASSWORD_MAX,
};

use super::user::{refusal, tabs};
use crate::part::{self, Field, Tone};

/// The form to sign in with.
pub fn sign_in(page: SignInPage) -> AnyView {
    let SignInPage { login, next, refused, registration_open } = page;
    let hidden = (!next.is_empty()).then(|| view! { <input type="hidden" name="next" value=next/> });
    let fields = view! {
        {hidden}
        {Field::new("login", "Handle or e-mail").value(login).required().autofocus().max(254).autocomplete("username")
            .error(fault(&refused, "login")).text("text")}
        {Field::new("password", "Password").required().max(PASSWORD_MAX).autocomplete("current-password")
            .error(fault(&refused, "password")).text("password")}
        <div class="row-of">{part::submit("Sign in")}</div>
    };
    let other = if registration_open {
        view! { <p class="muted small">"New here? "<a class="link" href=route::register()>"Create an account"</a></p> }.into_any()
    } else {
        view! { <p class="muted small">"Accounts are by invitation: ask who runs this instance."</p> }.into_any()
    };
    view! {
        <div class="slim stack">
            <h1>"Sign in"</h1>
            {refusal(&refused)}
            {part::post(&route::sign_in(), fields)}
            {other}
        </div>
    }
    .into_any()
}

/// Where one is signed in, each with the button that ends it.
pub fn sessions(page: SessionsPage) -> AnyView {
    let SessionsPage { sessions, now } = page;
    let others = sessions.iter().any(|session| !session.this);
    let rows = sessions.into_iter().map(|session| row(session, now)).collect_view();
    let all = others.then(|| {
        view! {
            <form method="post" action=route::settings_sessions()>
                <input type="hidden" name="key" value="others"/>
                <button class="btn small danger" type="submit">"End all others"</button>
            </form>
        }
    });
    let table = view! {
        <table>
            <thead><tr><th scope="col">"Browser"</th><th scope="col">"Since"</th><th scope="col">"Last seen"</th><th scope="col"><span class="hid">"Actions"</span></th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    };
    view! {
        <div class="narrow">
            <h1>"Settings"</h1>
            {tabs(&route::settings_sessions())}
            {part::panel_with("Where you are signed in", "", all, table)}
        </div>
    }
    .into_any()
}

fn row(session: Session, now: time::OffsetDateTime) -> impl IntoView {
    let Session { key, agent, created_at, seen_at, this } = session;
    let name = browser(&agent);
    let mark = this.then(|| part::pill(Tone::Good, "this one"));
    let end = (!this).then(|| {
        view! {
            <form method="post" action=route::settings_sessions()>
                <input type="hidden" name="key" value=key/>
                <button class="btn small danger" type="submit" aria-label=format!("End the session of {name}")>"End"</button>
            </form>
        }
    });
    view! {
        <tr>
            <td><span class="t" title=agent>{name.clone()}</span>" "{mark}</td>
            <td data-l="Since">{part::ago(created_at, now)}</td>
            <td data-l="Last seen">{part::ago(seen_at, now)}</td>
            <td class="end">{end}</td>
        </tr>
    }
}

/// A browser and its system in words, from what it says of itself; the beginning of that where it is none we know.
fn browser(agent: &str) -> String {
    let first = |words: &[(&str, &'static str)]| words.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let name = first(&[("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]);
    let on = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (name, on) {
        (Some(name), Some(on)) => format!("{name} on {on}"),
        (Some(name), None) => name.to_owned(),
        _ if agent.is_empty() => "Unknown".to_owned(),
        _ => agent.chars().take(60).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::html;

    #[test]
    fn browsers_are_said_in_words() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
        assert_eq!(browser(firefox), "Firefox on Linux");
        assert_eq!(browser("curl/8.5.0"), "curl/8.5.0");
        assert_eq!(browser(""), "Unknown");
    }

    #[test]
    fn where_to_go_next_is_carried_along() {
        let page = SignInPage { next: "/deltas/new".into(), registration_open: true, ..SignInPage::default() };
        let html = html(|| sign_in(page));
        assert!(html.contains(r#"name="next" value="/deltas/new""#) && html.contains("Create an account"), "{html}");
    }
}
