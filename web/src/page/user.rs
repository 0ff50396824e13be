//! People: the forms that make an account, one's own settings, a person's page.

use leptos::prelude::*;
use schema::{
    problem::{Problem, fault},
    route,
    user::{AccountPage, PASSWORD_MAX, Profile, SettingsPage},
};

use crate::part::{self, Field, Tone};

/// What was refused; where fields are marked, that they are.
pub(super) fn refusal(refused: &Option<Problem>) -> AnyView {
    refused.as_ref().map(|problem| part::notice(Tone::Bad, problem.above())).into_any()
}

/// The form of a new account: of the first start, or of a registration.
pub fn account(page: AccountPage) -> AnyView {
    let AccountPage { first, secret, name, display_name, email, refused } = page;
    let (title, about, action, carried, button) = if first {
        let about = "This Deltaboard is new. Create your account: it runs the instance, and this page works once. Then comes your first project, then your organisation and its board.";
        ("Welcome", about, route::start(), "secret", "Create your account")
    } else {
        let about = "With an account you file deltas, say what affects you and work in organisations.";
        ("Create an account", about, route::register(), "invite", "Create your account")
    };
    let hidden = (!secret.is_empty()).then(|| view! { <input type="hidden" name=carried value=secret/> });
    let fields = view! {
        {hidden}
        {Field::new("name", "Handle").value(name).required().autofocus().max(64).autocomplete("username").mono()
            .hint("a-z, 0-9, dot, dash, underscore. People write @handle to name you; it stays.").error(fault(&refused, "name")).text("text")}
        {Field::new("display_name", "Name").value(display_name).required().max(200).autocomplete("name")
            .hint("As people see it; you can change it.").error(fault(&refused, "display_name")).text("text")}
        {Field::new("email", "E-mail").value(email).required().max(254).autocomplete("email")
            .hint("Only you and who runs this instance see it.").error(fault(&refused, "email")).text("email")}
        {Field::new("password", "Password").required().max(PASSWORD_MAX).autocomplete("new-password")
            .hint("At least 8 characters; a few words in a row are good.").error(fault(&refused, "password")).text("password")}
        <div class="row-of">{part::submit(button)}</div>
    };
    let other = (!first).then(|| {
        view! { <p class="muted small">"You have one? "<a class="link" href=route::sign_in()>"Sign in"</a></p> }
    });
    view! {
        <div class="slim stack">
            <div class="stack-xs"><h1>{title}</h1><p class="muted">{about}</p></div>
            {refusal(&refused)}
            {part::post(&action, fields)}
            {other}
        </div>
    }
    .into_any()
}

/// The tabs of one's own settings; `at` is the page's path.
pub(super) fn tabs(at: &str) -> impl IntoView + use<> {
    let tab = |words: &str, path: String| (words.to_owned(), path.clone(), path == at);
    let all = vec![
        tab("Profile", route::settings()),
        tab("Segments", route::settings_segments()),
        tab("Tokens", route::settings_tokens()),
        tab("Where you are signed in", route::settings_sessions()),
    ];
    part::tabs("Settings", all)
}

/// One's own name, address and password.
pub fn settings(page: SettingsPage) -> AnyView {
    let SettingsPage { name, display_name, email, version, has_password, refused, password_refused } = page;
    let public = view! { <a class="link" href=route::person(&name)>"@"{name.clone()}</a> };
    let profile = view! {
        <input type="hidden" name="version" value=version.to_string()/>
        {Field::new("display_name", "Name").value(display_name).required().max(200).autocomplete("name")
            .error(fault(&refused, "display_name")).text("text")}
        {Field::new("email", "E-mail").value(email).required().max(254).autocomplete("email")
            .hint("You can sign in with it. Only you and who runs this instance see it.").error(fault(&refused, "email")).text("email")}
        <div class="row-of">{part::submit("Save")}</div>
    };
    let password = view! {
        // Lets a password manager know whose password this is.
        <input class="hid" type="text" name="username" value=name autocomplete="username" tabindex="-1" aria-hidden="true" readonly/>
        {Field::new("old", "Your password now").required().max(PASSWORD_MAX).autocomplete("current-password")
            .error(fault(&password_refused, "old")).text("password")}
        {Field::new("new", "New password").required().max(PASSWORD_MAX).autocomplete("new-password")
            .hint("At least 8 characters. You are signed out everywhere else.").error(fault(&password_refused, "new")).text("password")}
        <div class="row-of">{part::submit("Change the password")}</div>
    };
    let password = has_password.then(|| {
        let form = part::post(&route::settings_password(), password);
        part::panel("Password", view! { <div class="body stack">{refusal(&password_refused)}{form}</div> })
    });
    let profile = part::post(&route::settings(), profile);
    view! {
        <div class="narrow">
            <h1>"Settings"</h1>
            {tabs(&route::settings())}
            <div class="slim stack">
                {part::panel_with("Profile", "", public, view! { <div class="body stack">{refusal(&refused)}{profile}</div> })}
                {password}
            </div>
        </div>
    }
    .into_any()
}

/// A person, as anybody sees them.
pub fn person(profile: Profile, now: time::OffsetDateTime) -> AnyView {
    let Profile { name, display_name, deltas, since } = profile;
    let filed = route::with_query(route::DELTAS, &[("q", &format!("reporter:{name}"))]);
    view! {
        <div class="slim stack">
            <div class="bar">{part::avatar(&display_name, "")}<h1>{display_name.clone()}</h1><span class="id">"@"{name}</span></div>
            <dl class="facts">
                <dt>"Here since"</dt><dd>{part::ago(since, now)}</dd>
                <dt>"Deltas filed"</dt><dd><a class="link" href=filed>{deltas}</a></dd>
            </dl>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use schema::problem::{FieldError, Kind};

    use super::*;
    use crate::testing::html;

    #[test]
    fn a_refused_account_keeps_what_was_typed_but_the_password() {
        let errors = vec![FieldError { field: "password".into(), detail: "is too short".into() }];
        let refused = Some(Problem::new(Kind::Invalid, "password: is too short", errors));
        let page = AccountPage { secret: "s3cret".into(), name: "mara".into(), refused, ..AccountPage::default() };
        let html = html(|| account(page));
        assert!(html.contains(r#"value="mara""#) && html.contains(r#"name="invite" value="s3cret""#), "{html}");
        assert!(
            html.contains(r#"id="f-password-error""#) && html.contains(">is too short<") && html.contains(r#"action="/register""#),
            "{html}"
        );
    }

    #[test]
    fn the_first_start_says_what_comes_next() {
        let page = AccountPage { first: true, secret: "x".into(), ..AccountPage::default() };
        let html = html(|| account(page));
        assert!(html.contains("your first project") && html.contains(r#"action="/start""#), "{html}");
    }
}
