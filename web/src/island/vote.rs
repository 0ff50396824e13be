//! "Does this affect you?": five answers of one form, sent by its button. With JavaScript an answer is put as soon as it is
//! given, and undone with the server's words if refused.

use leptos::prelude::*;

/// The behaviour of the form inside it (`children`): `data-vote` says where a vote is put.
#[island]
pub fn Vote(children: Children) -> impl IntoView {
    #[cfg(target_arch = "wasm32")]
    browser::listen();
    children()
}

/// The panel of a delta's page. `who` is whether somebody is signed in; in `project` they say which users they are. Its page
/// has an island.
#[cfg(feature = "ssr")]
pub fn vote_panel(delta: &str, impact: &schema::impact::Impact, who: bool, project: Option<&str>) -> AnyView {
    use schema::route;

    use crate::part::{Field, choice, panel, severities};

    if !who {
        let inside = view! {
            <div class="body stack-sm">
                <p class="small muted">"Say how hard it hits you: votes per segment of users are what this tracker sorts by."</p>
                <a class="btn" href=route::sign_in()>"Sign in to vote"</a>
            </div>
        };
        return panel("Does this affect you?", inside);
    }
    let (action, url, mine) = (route::delta_vote(delta), route::api::vote(delta), impact.mine);
    let answers = severities(str::to_owned);
    let counts = counts(impact, project);
    let noted = !impact.my_note.is_empty();
    let given = mine.map(|severity| severity.to_string());
    let note = Field::new("note", "How it shows at your place").within("vote").value(impact.my_note.clone());
    let note = note.max(schema::impact::NOTE_MAX).hint("Others read it beside the impact.").area(2);
    let inside = view! {
        <div class="body">
            <Vote>
                <form class="stack-sm" method="post" action=action data-vote=url>
                    {choice("severity", "How hard does it hit you?", answers, given.as_deref())}
                    <details class="fold" open=noted><summary>"Add a note"</summary>{note}</details>
                    <p class="small bad-ink" id="vote-refused" role="alert"></p>
                    <p class="xs muted" id="vote-counts">{counts}</p>
                    <div class="row-of vote-do">
                        <button class="btn primary unscripted" type="submit">"Vote"</button>
                        <button class="btn quiet" type="submit" name="withdraw" value="yes" formnovalidate hidden=mine.is_none()>
                            "Take my vote back"
                        </button>
                    </div>
                </form>
            </Vote>
            {asked(delta, impact)}
        </div>
    };
    panel("Does this affect you?", inside)
}

/// What the voter is asked beside: whether it still affects them on a release that came out since, and to count where they joined since.
/// Forms of their own, without script.
#[cfg(feature = "ssr")]
fn asked(delta: &str, impact: &schema::impact::Impact) -> AnyView {
    use schema::route;

    use crate::part::act;

    let action = route::delta_vote(delta);
    let still = impact.releases.iter().filter(|release| release.asks).map(|release| {
        act(
            &action,
            &format!("Still affects me on {}", release.release),
            "btn",
            &[("confirm", &release.release), ("project", &release.project)],
        )
    });
    let still = still.collect_view();
    let since = (!impact.my_new_segments.is_empty()).then(|| {
        let words = format!("You have joined {} since you voted.", impact.my_new_segments.join(", "));
        view! { <div class="stack-xs"><p class="xs muted">{words}</p>{act(&action, "Count my vote there too", "btn small", &[("again", "yes")])}</div> }
    });
    let confirmed: Vec<&str> = impact.releases.iter().filter(|release| release.mine).map(|release| release.release.as_str()).collect();
    let confirmed =
        (!confirmed.is_empty()).then(|| view! { <p class="xs muted">{format!("You confirmed it for {}.", confirmed.join(", "))}</p> });
    let history = impact.mine.is_some().then(|| view! { <a class="link xs" href=route::delta_vote(delta)>"History of your vote"</a> });
    view! { <div class="stack-sm mt" id="vote-asked">{still}{since}{confirmed}{history}</div> }.into_any()
}

/// Where the voter counts.
#[cfg(feature = "ssr")]
fn counts(impact: &schema::impact::Impact, project: Option<&str>) -> AnyView {
    let change = project.map(|slug| view! { <a class="link" href=schema::route::project(slug)>"Change"</a> });
    if impact.my_segments.is_empty() {
        return view! { "Your vote makes you a user of the project. Say there which users you are. "{change} }.into_any();
    }
    view! { "You count in "<b>{impact.my_segments.join(", ")}</b>". "{change} }.into_any()
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;

    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::spawn_local;
    use web_sys::{Event, HtmlInputElement, HtmlTextAreaElement};

    use crate::api;
    use crate::island::dom;

    /// The answer as the server has it, and the one to send next. An answer is the severity as text, empty for none.
    #[derive(Default)]
    struct State {
        url: String,
        kept: RefCell<String>,
        wanted: RefCell<Option<String>>,
        sending: Cell<bool>,
    }

    pub(super) fn listen() {
        let Some(form) = dom::find("[data-vote]") else { return };
        let kept = inputs().into_iter().find(HtmlInputElement::checked).map(|input| input.value()).unwrap_or_default();
        let url = form.get_attribute("data-vote").unwrap_or_default();
        let state = Rc::new(State { url, kept: RefCell::new(kept), ..State::default() });
        let changed = state.clone();
        dom::on(&form, "change", move |event: Event| {
            // A note goes with the answer; without one it waits for it.
            let answer = match event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
                Some(input) => Some(input.value()),
                None => inputs().into_iter().find(HtmlInputElement::checked).map(|input| input.value()),
            };
            if let Some(answer) = answer {
                want(&changed, answer);
            }
        });
        dom::on(&form, "click", move |event: Event| {
            if dom::closest(&event, "[name=withdraw]").is_some() {
                event.prevent_default();
                want(&state, String::new());
            }
        });
    }

    /// Shows the answer and sends it, after the one that is under way.
    fn want(state: &Rc<State>, answer: String) {
        show(&answer);
        refused("");
        state.wanted.replace(Some(answer));
        if !state.sending.replace(true) {
            spawn_local(send(state.clone()));
        }
    }

    async fn send(state: Rc<State>) {
        loop {
            let Some(answer) = state.wanted.take() else { break };
            let sent = match answer.parse::<f64>() {
                Ok(severity) => {
                    let vote = api::object(&[("severity", JsValue::from_f64(severity)), ("note", JsValue::from_str(&note()))]);
                    api::put(&state.url, &vote, None).await
                }
                Err(_) => api::delete(&state.url).await,
            };
            match sent {
                Ok(_) => {
                    dom::announce(if answer.is_empty() { "Your vote is taken back." } else { "Your vote counts." });
                    state.kept.replace(answer);
                }
                Err(refusal) if state.wanted.borrow().is_none() => {
                    show(&state.kept.borrow());
                    refused(&refusal.words);
                }
                // Another answer was given meanwhile: that one is shown.
                Err(_) => {}
            }
        }
        state.sending.set(false);
        // Bars and numbers are drawn by the server.
        dom::renew(&["impact", "vote-counts", "vote-asked"]).await;
    }

    fn note() -> String {
        let area = dom::find("[data-vote] [name=note]").and_then(|area| area.dyn_into::<HtmlTextAreaElement>().ok());
        area.map(|area| area.value()).unwrap_or_default()
    }

    fn inputs() -> Vec<HtmlInputElement> {
        dom::all("[data-vote] [name=severity]").into_iter().filter_map(|input| input.dyn_into().ok()).collect()
    }

    fn show(answer: &str) {
        for input in inputs() {
            input.set_checked(input.value() == answer);
        }
        if let Some(back) = dom::find("[data-vote] [name=withdraw]") {
            dom::attribute(&back, "hidden", answer.is_empty().then_some(""));
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
        let html = html(move || vote_panel("D-1", &impact, true, Some("neutron")));
        assert!(html.contains(r#"action="/deltas/D-1/vote""#) && html.contains(r#"data-vote="/api/v1/deltas/D-1/vote""#), "{html}");
        assert!(html.contains(r#"value="3" checked"#) && !html.contains(r#"value="4" checked"#), "{html}");
        assert!(html.contains("You count in <b>vendor-x driver</b>"), "{html}");
    }

    #[test]
    fn a_guest_is_asked_to_sign_in() {
        let html = html(|| vote_panel("D-1", &Impact::default(), false, None));
        assert!(html.contains("/sign-in") && !html.contains("<form"), "{html}");
    }
}
