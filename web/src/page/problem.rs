//! What a reader sees when it did not work: what happened, what was kept, what to do.

use leptos::prelude::*;
use schema::route;

/// A refusal or failure as a page. `detail` is the server's sentence about this case, `instance` the request's id to quote.
pub fn problem(status: u16, title: &str, detail: &str, instance: &str) -> AnyView {
    let (kept, step) = advice(status);
    let detail = (!detail.is_empty()).then(|| view! { <p>{detail.to_owned()}</p> });
    let quote = (!instance.is_empty())
        .then(|| view! { <p class="xs faint">{format!("Error {status} · request ")}<code>{instance.to_owned()}</code></p> });
    let next = match status {
        401 => view! { <a class="btn primary" href=route::sign_in()>"Sign in"</a> }.into_any(),
        404 | 410 => view! { <a class="btn primary" href=route::deltas()>"Search the deltas"</a> }.into_any(),
        _ => ().into_any(),
    };
    view! {
        <div class="slim stack">
            <h1>{title.to_owned()}</h1>
            <div class="stack-sm">{detail}<p class="muted">{kept}</p><p class="muted">{step}</p></div>
            <div class="row-of">{next}<a class="btn" href=route::home()>"Go to the first page"</a></div>
            {quote}
        </div>
    }
    .into_any()
}

/// What was kept, and what to do.
fn advice(status: u16) -> (&'static str, &'static str) {
    match status {
        400 | 422 => ("Nothing was changed.", "Go back: your browser still has what you wrote. Correct it and send it again."),
        401 => ("Nothing was changed.", "Sign in and try again."),
        403 => {
            ("Nothing was changed.", "Ask who may: an owner of the organisation, a maintainer of the project, or who runs this instance.")
        }
        404 | 410 => ("", "It may never have existed, it may be private, or the address has a slip in it. Search for it by its words."),
        409 | 412 => (
            "Nothing of yours was saved, and nothing of theirs was lost.",
            "Somebody changed it while you were at it. Go back, reload to see their change, and make yours again.",
        ),
        413 => ("Nothing was changed.", "Send something smaller."),
        429 => ("Nothing was changed.", "That was a lot at once. Wait a minute and try again."),
        503 => ("Nothing was changed.", "The server is busy or restarting. Try again in a moment."),
        500.. => (
            "What you sent was not saved; what was there before is as it was.",
            "Try again. If it happens again, tell who runs this instance, with the line below.",
        ),
        _ => ("Nothing was changed.", "Go back and try again."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::html;

    #[test]
    fn a_missing_page_offers_a_search_and_does_not_say_forbidden() {
        let html = html(|| problem(404, "There is no such page", "", ""));
        assert!(html.contains("There is no such page</h1>") && html.contains(r#"href="/deltas""#), "{html}");
        assert!(!html.contains("forbidden") && !html.contains("request <"), "{html}");
    }

    #[test]
    fn a_failure_names_the_request_to_quote() {
        let html = html(|| problem(500, "Something broke on our side", "", "01J-x"));
        assert!(html.contains("<code>01J-x</code>") && html.contains("was not saved"), "{html}");
    }

    #[test]
    fn a_conflict_says_what_was_kept() {
        assert!(html(|| problem(409, "Somebody was faster", "NW-207 moved.", "")).contains("nothing of theirs was lost"));
    }
}
