//! "Does this affect you?": five buttons of one form. Pressing one posts it; with JavaScript it is shown at once, put, and
//! undone with the server's words if refused.

use leptos::prelude::*;

/// The behaviour of the form inside it (`children`): `data-vote` says where a vote is put.
#[island]
pub fn Vote(children: Children) -> impl IntoView {
    #[cfg(target_arch = "wasm32")]
    browser::listen();
    children()
}

/// The panel of a delta's page. `who` is whether somebody is signed in. Its page has an island.
#[cfg(feature = "ssr")]
pub fn vote_panel(delta: &str, impact: &schema::impact::Impact, who: bool) -> AnyView {
    use schema::route;

    use crate::part::panel;

    if !who {
        let inside = view! {
            <div class="body stack-sm">
                <p class="small muted">"Say how hard it hits you: votes per group of users are what this tracker sorts by."</p>
                <a class="btn" href=route::sign_in()>"Sign in to vote"</a>
            </div>
        };
        return panel("Does this affect you?", inside);
    }
    let (action, url, answers) = (route::delta_vote(delta), route::api::vote(delta), answers(impact.mine));
    let inside = view! {
        <div class="body">
            <Vote>
                <form method="post" action=action data-vote=url>
                    <fieldset class="vote">
                        <legend class="hid">"How hard does it hit you?"</legend>
                        {answers}
                    </fieldset>
                    <p class="small bad-ink" id="vote-refused" role="alert"></p>
                </form>
            </Vote>
            <div class="small muted" id="vote-counts">{counts(impact)}</div>
        </div>
    };
    panel("Does this affect you?", inside)
}

/// The five answers, hardest last, and the way to take one back.
#[cfg(feature = "ssr")]
fn answers(mine: Option<i64>) -> Vec<AnyView> {
    const DOTS: [&str; 5] = ["dot s0", "dot s1", "dot s2", "dot s3", "dot s4"];
    let answer = |severity: i64, dot: &'static str, words: &'static str| {
        let pressed = if mine == Some(severity) { "true" } else { "false" };
        view! {
            <button type="submit" name="severity" value=severity.to_string() aria-pressed=pressed><span class=dot></span>{words}</button>
        }
        .into_any()
    };
    let mut answers: Vec<AnyView> =
        (0..).zip(DOTS).zip(schema::impact::SEVERITIES).map(|((severity, dot), words)| answer(severity, dot, words)).collect();
    // "Not affected" stands last.
    answers.rotate_left(1);
    let back = view! {
        <button class="btn quiet small" type="submit" name="severity" value="" hidden=mine.is_none()>"Take my vote back"</button>
    };
    answers.push(back.into_any());
    answers
}

/// Where the voter counts.
#[cfg(feature = "ssr")]
fn counts(impact: &schema::impact::Impact) -> AnyView {
    if impact.my_segments.is_empty() {
        return view! { "Your vote makes you a user of the project, counted in everyone." }.into_any();
    }
    view! { "You count in "<strong>{impact.my_segments.join(", ")}</strong>". " }.into_any()
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use wasm_bindgen::JsValue;
    use wasm_bindgen_futures::spawn_local;
    use web_sys::{Element, Event};

    use crate::api;
    use crate::island::dom;

    const BUTTONS: &str = "[data-vote] button[name=severity]";

    pub(super) fn listen() {
        let Some(form) = dom::find("[data-vote]") else { return };
        let url = form.get_attribute("data-vote").unwrap_or_default();
        dom::on(&form, "click", move |event: Event| {
            let Some(button) = dom::closest(&event, "button[name=severity]") else { return };
            event.prevent_default();
            let severity = button.get_attribute("value").unwrap_or_default();
            spawn_local(send(url.clone(), severity));
        });
    }

    /// Shows the answer, sends it, and shows what came of it.
    async fn send(url: String, severity: String) {
        let before = pressed();
        show(&severity);
        refused("");
        let sent = match severity.parse::<f64>() {
            Ok(number) => api::put(&url, &api::object(&[("severity", JsValue::from_f64(number))]), None).await,
            Err(_) => api::delete(&url).await,
        };
        match sent {
            Ok(_) => {
                dom::announce(if severity.is_empty() { "Your vote is taken back." } else { "Your vote counts." });
                // Bars and numbers are drawn by the server.
                dom::renew(&["impact", "vote-counts"]).await;
            }
            Err(refusal) => {
                show(&before);
                refused(&refusal.words);
            }
        }
    }

    fn buttons() -> Vec<(String, Element)> {
        dom::all(BUTTONS).into_iter().map(|button| (button.get_attribute("value").unwrap_or_default(), button)).collect()
    }

    /// The answer that is given now; empty for none.
    fn pressed() -> String {
        let given = |(_, button): &(String, Element)| button.get_attribute("aria-pressed").as_deref() == Some("true");
        buttons().into_iter().find(given).map(|(value, _)| value).unwrap_or_default()
    }

    fn show(severity: &str) {
        for (value, button) in buttons() {
            if value.is_empty() {
                dom::attribute(&button, "hidden", severity.is_empty().then_some(""));
            } else {
                dom::attribute(&button, "aria-pressed", Some(if value == severity { "true" } else { "false" }));
            }
        }
    }

    fn refused(words: &str) {
        if let Some(place) = dom::find("#vote-refused") {
            place.set_text_content(Some(words));
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use schema::impact::Impact;

    use super::*;
    use crate::testing::html;

    #[test]
    fn the_panel_is_a_form_that_posts_and_shows_the_answer_given() {
        let impact = Impact { mine: Some(3), my_segments: vec!["vendor-x driver".into()], ..Impact::default() };
        let html = html(move || vote_panel("D-1", &impact, true));
        assert!(html.contains(r#"action="/deltas/D-1/vote""#) && html.contains(r#"data-vote="/api/v1/deltas/D-1/vote""#), "{html}");
        assert!(html.contains(r#"value="3" aria-pressed="true""#) && html.contains(r#"value="4" aria-pressed="false""#), "{html}");
        assert!(html.contains("You count in <strong>vendor-x driver</strong>"), "{html}");
    }

    #[test]
    fn a_guest_is_asked_to_sign_in() {
        let html = html(|| vote_panel("D-1", &Impact::default(), false));
        assert!(html.contains("/sign-in") && !html.contains("<form"), "{html}");
    }
}
